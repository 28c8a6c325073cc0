"""What the network says of all samples, no more often than is worth while on large data."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.metrics import decide
from bpviz.engine.network import Network
from bpviz.lab.snapshot import Glimpse, Snapshot

Table = np.ndarray[Any, np.dtype[np.int64]]

# While training runs, work on all samples rests for so many times as long as it took.
RESTS = 8.0
# More outputs than this are not held; no view shows them all.
_MOST_OUTPUTS = 20_000_000


class Outputs(NamedTuple):
    """Outputs of all samples, and how many of class i were taken for class j, (train, test).

    `confusion` is None without classes; the outputs are None where they are too many to be held,
    as pictures are.
    """

    train: Array | None
    test: Array | None
    confusion: tuple[Table, Table] | None


def whole_outputs(snapshot: Snapshot) -> Outputs:
    """The outputs at the snapshot's weights."""
    if len(snapshot.data.dataset) * snapshot.spec.output.units > _MOST_OUTPUTS:
        return Outputs(None, None, None)
    network = Network(snapshot.spec, snapshot.theta)
    training = snapshot.data.training
    train, test = network.predict(training.train.inputs), network.predict(training.test.inputs)
    return Outputs(train, test, _confusion(snapshot.data, train, test))


class OutputsWatch:
    """Answers with the outputs at the latest weights, or, while training runs, at recent ones."""

    def __init__(self) -> None:
        self._seen: tuple[Glimpse, float, float, Outputs] | None = None

    def of(self, snapshot: Snapshot) -> Outputs:
        """The outputs at these weights; on large data perhaps at those of a moment ago."""
        begun = time.monotonic()
        if self._seen is not None:
            seen, at, took, found = self._seen
            recent = snapshot.running and begun - at < RESTS * took
            if seen.is_of(snapshot) or (recent and seen.is_like(snapshot)):
                return found
        found = whole_outputs(snapshot)
        now = time.monotonic()
        self._seen = (Glimpse(snapshot), now, now - begun, found)
        return found


def _confusion(data: PreparedData, train_out: Array, test_out: Array) -> tuple[Table, Table] | None:
    if not data.dataset.is_classification:
        return None
    training, classes = data.training, len(data.dataset.class_names)
    tables = []
    for out, part in ((train_out, training.train), (test_out, training.test)):
        table = np.zeros((classes, classes), dtype=np.int64)
        if len(part):
            true = decide(part.targets, training.task, training.threshold)
            taken = decide(out, training.task, training.threshold)
            np.add.at(table, (true, taken), 1)
        tables.append(table)
    return tables[0], tables[1]
