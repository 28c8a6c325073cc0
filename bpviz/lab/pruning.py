"""Pruning: dropping the connections whose weights are small, and what that does to the error.

The oldest measure of a connection's worth is the size of its weight; what can be left out without
harm tells how much of a network is needed (LeCun, Denker & Solla, "Optimal Brain Damage", 1990,
begin with it). Biases stay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.metrics import Evaluator
from bpviz.engine.network import Network
from bpviz.engine.parameters import Layout, Mask
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.lab.graph_edits import RemoveConnections
from bpviz.lab.snapshot import Snapshot


class Scores(NamedTuple):
    """Error (without penalty) and accuracy over both parts of the data; NaN where there is none."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


@dataclass(frozen=True, eq=False)
class Pruning:
    """What dropping all connections with |w| < `threshold` would do to a snapshot's network.

    `parameters` are these connections, of `connections` that there are. `note` is a sentence
    where the network would be cut apart, else "".
    """

    snapshot: Snapshot
    threshold: float
    parameters: frozenset[ParameterId]
    connections: int
    before: Scores
    after: Scores
    note: str

    @property
    def share(self) -> float:
        """The share of the connections that would go."""
        return len(self.parameters) / self.connections if self.connections else 0.0

    @property
    def edit(self) -> RemoveConnections:
        """What does it. Applying it raises SettingError when no connection is that small."""
        return RemoveConnections(self.parameters)


def magnitudes(snapshot: Snapshot) -> Array:
    """|w| of all connections that there are, smallest first."""
    return np.sort(_sizes(snapshot)[_connections(snapshot.layout)])


def threshold_for(sizes: Array, share: float) -> float:
    """The magnitude below which this share of these lies, as nearly as can be.

    `sizes` are in order, as `magnitudes` gives them.
    """
    count = round(share * len(sizes))
    if count < len(sizes):
        return float(sizes[count])
    return math.nextafter(float(sizes[-1]), math.inf) if len(sizes) else 0.0


def pruned(snapshot: Snapshot, threshold: float, before: Scores | None = None) -> Pruning:
    """What this threshold would do. `before` need not be computed again when it is known.

    Raises SettingError for a threshold that is negative or no number.
    """
    if not threshold >= 0:
        raise SettingError(f"the magnitude must be at least 0, got {threshold:g}", "threshold")
    layout = snapshot.layout
    there = _connections(layout)
    with np.errstate(invalid="ignore"):
        small = there & (_sizes(snapshot) < threshold)
    theta = np.array(snapshot.theta)
    known = before or _scores(snapshot, theta)
    theta[small] = 0.0
    return Pruning(
        snapshot,
        threshold,
        _ids(layout, small),
        int(there.sum()),
        known,
        _scores(snapshot, theta) if small.any() else known,
        _note(layout, there & ~small),
    )


def _sizes(snapshot: Snapshot) -> Array:
    """|θ| in float64: a threshold between two float32 numbers would be one of them."""
    return np.abs(snapshot.theta.astype(np.float64))


def _connections(layout: Layout) -> Mask:
    """Mask over θ: the weights of connections that there are."""
    return layout.is_weight() & layout.present()


def _ids(layout: Layout, chosen: Mask) -> frozenset[ParameterId]:
    found: list[ParameterId] = []
    for block in layout.weight_blocks:
        targets, sources = layout.spec.layer(block.layer).ids, layout.spec.layer(block.source).ids
        rows, columns = np.nonzero(block.view(chosen))
        found += [
            ParameterId(block.layer, targets[row], block.source, sources[column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
    return frozenset(found)


def _scores(snapshot: Snapshot, theta: Array) -> Scores:
    training = snapshot.experiment.training
    data = snapshot.data.training.astype(snapshot.spec.dtype)
    network = Network(snapshot.spec, theta)
    (train, train_right), (test, test_right) = (
        Evaluator(network, part, data).scores(training.loss, training.reduction)
        for part in (data.train, data.test)
    )
    return Scores(train, test, train_right, test_right)


def _note(layout: Layout, left: Mask) -> str:
    """A sentence where layers lose all connections that feed them."""
    if not left.any():
        return "No connection is left: the network answers every sample alike, by its biases."
    feeding = {layer.id: 0 for layer in layout.spec.computed}
    for block in layout.weight_blocks:
        feeding[block.layer] += int(block.view(left).sum())
    cut = [name for name, count in feeding.items() if not count]
    if not cut:
        return ""
    return f"Nothing feeds {' and '.join(cut)} any more: only biases are left there."
