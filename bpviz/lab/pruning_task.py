"""A look at pruning on a thread of its own: how the weights are spread, and what a threshold does.

The magnitudes are sorted once per snapshot; what another threshold would take is then read off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.lab.long_task import LongTask
from bpviz.lab.pruning import Pruning, Scores, magnitudes, pruned, threshold_for
from bpviz.lab.snapshot import Snapshot

BINS = 48


@dataclass(frozen=True)
class Asked:
    """How much is to be pruned: a share of the connections, or all below a magnitude."""

    share: float | None = None
    threshold: float = 0.0


class PruningLook(LongTask):
    """What `run` finds: `sizes`, the magnitudes in order, `counts` of them in bins from 0 to
    `largest`, and the `pruning` that was asked for (None when it was cancelled)."""

    def __init__(
        self,
        snapshot: Snapshot,
        asked: Asked,
        before: Scores | None = None,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(2, yield_to)
        self.snapshot, self.asked = snapshot, asked
        self._before = before
        self.sizes: Array = np.empty(0)
        self.counts: Array = np.zeros(BINS)
        self.largest = 0.0
        self.pruning: Pruning | None = None

    def run(self) -> None:
        """Sort the magnitudes, then measure the error before and after."""
        self._start()
        if not self._goes_on(0, 2):
            return
        self.sizes = magnitudes(self.snapshot)
        finite = self.sizes[np.isfinite(self.sizes)]
        self.largest = float(finite[-1]) if len(finite) else 0.0
        self.counts, _ = np.histogram(finite, BINS, (0.0, self.largest or 1.0))
        if not self._goes_on(1, 2):
            return
        threshold, _ = self.reached(self.asked)
        found = pruned(self.snapshot, threshold, self._before)
        if self._goes_on(2, 2):
            self.pruning = found
        self._end()

    def reached(self, asked: Asked) -> tuple[float, float]:
        """The threshold that is asked for, and the share of the connections below it."""
        threshold = asked.threshold
        if asked.share is not None:
            threshold = threshold_for(self.sizes, asked.share)
        below = int(np.searchsorted(self.sizes, threshold))
        return threshold, below / max(1, len(self.sizes))

    def scores_of(self, snapshot: Snapshot) -> Scores | None:
        """The scores before pruning, if they were measured at this snapshot."""
        same = snapshot is self.snapshot and self.pruning is not None
        return self.pruning.before if same and self.pruning is not None else None
