"""Which units have stopped learning: dead ones that no sample switches on, and saturated ones."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Activation, Array
from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.parameters import unit_label
from bpviz.engine.spec import LayerSpec
from bpviz.lab.snapshot import Glimpse, Snapshot

# A unit is saturated when its mean slope is below this share of its activation's largest one.
SATURATED = 0.05

MOST_SAMPLES = 2000
# Of a huge network fewer samples are looked at: one multiplication for each parameter and sample.
_MULTIPLICATIONS = 1e9
_FEWEST_SAMPLES = 20
# While training runs, health is looked at anew after so many seconds, and so many times as long
# as it took.
_INTERVAL, _RESTS = 0.5, 8.0

# Where activations do what they do; farther out the slope of a smooth one is rounded to 0.
_NETS = np.linspace(-4.0, 4.0, 161)


@dataclass(frozen=True)
class UnitHealth:
    """What is wrong with a unit, by its layer's id and its own lasting id, and why in a sentence.

    dead: no sample lies where its activation has a slope; saturated: mean |f'(net)| over the
    samples is below SATURATED times the largest |f'| there is; a constant slope never is.
    """

    layer: str
    unit: int
    state: Literal["dead", "saturated"]
    reason: str


def unit_health(snapshot: Snapshot) -> tuple[UnitHealth, ...]:
    """The units that are dead or saturated on the training samples, at most MOST_SAMPLES of them.

    Softmax layers are left out, because no unit of theirs has a slope of its own; so are outputs
    whose error is chosen such that their slope cancels from the gradient. A unit whose net inputs
    are not all finite has other troubles and is left out too.
    """
    rows = _rows(snapshot)
    means, shares = _slopes(snapshot, rows)
    loss, total = snapshot.experiment.training.loss, len(snapshot.data.training.train)
    found: list[UnitHealth] = []
    for k, layer in enumerate(snapshot.spec.layers):
        cancels = layer is snapshot.spec.output and loss.needs_output == layer.activation.kind
        if k not in means or cancels:
            continue
        shape = _Shape.of(layer.activation)
        for unit, mean, share in zip(layer.ids, means[k], shares[k], strict=True):
            name = unit_label(layer, unit)
            if share == 0 and shape.has_flat_part:
                reason = _why_dead(name, layer, shape, len(rows), total)
                found.append(UnitHealth(layer.id, unit, "dead", reason))
            elif mean < SATURATED * shape.largest:
                on = round(share * len(rows)) if shape.has_flat_part else len(rows)
                reason = _why_saturated(float(mean), shape, on, len(rows))
                found.append(UnitHealth(layer.id, unit, "saturated", reason))
    return tuple(found)


class HealthWatch:
    """Answers with the health of the latest snapshot, or, while training runs, of a recent one."""

    def __init__(self) -> None:
        self._seen: tuple[Glimpse, float, float, tuple[UnitHealth, ...]] | None = None

    def of(self, snapshot: Snapshot) -> tuple[UnitHealth, ...]:
        """The health of this snapshot's units, seldom older than half a second."""
        now = time.monotonic()
        if self._seen is not None:
            seen, at, took, health = self._seen
            recent = snapshot.running and now - at < max(_INTERVAL, _RESTS * took)
            if seen.is_of(snapshot) or (recent and seen.is_like(snapshot)):
                return health
        health = unit_health(snapshot)
        self._seen = (Glimpse(snapshot), now, time.monotonic() - now, health)
        return health


def _rows(snapshot: Snapshot) -> np.ndarray:
    """The training samples to look at, evenly chosen."""
    there = len(snapshot.data.training.train)
    affordable = max(_FEWEST_SAMPLES, int(_MULTIPLICATIONS / max(1, snapshot.layout.size)))
    count = min(there, MOST_SAMPLES, affordable)
    return np.linspace(0, there - 1, count).round().astype(np.intp)


def _slopes(snapshot: Snapshot, rows: np.ndarray) -> tuple[dict[int, Array], dict[int, Array]]:
    """Per position of a layer: mean |f'(net)| and the share of samples with f' ≠ 0, by unit."""
    layers = {
        k: layer
        for k, layer in enumerate(snapshot.spec.layers)
        if not layer.is_input and layer.activation.elementwise
    }
    means: dict[int, Array] = {k: np.zeros(layer.units) for k, layer in layers.items()}
    shares: dict[int, Array] = {k: np.zeros(layer.units) for k, layer in layers.items()}
    network = Network(snapshot.spec, snapshot.theta)
    inputs = snapshot.data.training.train.inputs
    step = evaluation_rows(snapshot.spec)
    for first in range(0, len(rows), step):
        buffers = network.run(inputs[rows[first : first + step]])
        for k, layer in layers.items():
            slope = buffers.scratch[k]
            with np.errstate(all="ignore"):
                layer.activation.derivative(buffers.nets[k], buffers.outs[k], slope)
                slope[~np.isfinite(buffers.nets[k])] = np.nan
                means[k] += np.abs(slope).sum(axis=0) / len(rows)
                shares[k] += (slope != 0).sum(axis=0) / len(rows)
    return means, shares


@dataclass(frozen=True)
class _Shape:
    """What the slope of an activation does, found by looking at it."""

    largest: float
    has_flat_part: bool
    on_above_zero: bool

    @classmethod
    def of(cls, activation: Activation) -> _Shape:
        net = _NETS[:, None].copy()
        out, slope = np.empty_like(net), np.empty_like(net)
        activation.forward(net, out, np.empty_like(net))
        activation.derivative(net, out, slope)
        size = np.abs(slope)
        flat = size == 0
        return cls(
            float(size.max()),
            # A slope that only passes 0, as that of a Gaussian does, is no flat part.
            bool((flat[1:] & flat[:-1]).any()),
            bool(np.array_equal(flat, net <= 0)),
        )


def _why_dead(name: str, layer: LayerSpec, shape: _Shape, looked_at: int, total: int) -> str:
    samples = f"{looked_at:,} training samples" if total > 1 else "training samples"
    if looked_at < total:
        samples = f"{looked_at:,} samples looked at"
    if shape.on_above_zero:
        return (
            f"dead: none of the {samples} gives {name} a positive net input, so its slope, and"
            " every gradient through it, is 0"
        )
    return (
        f"dead: for all of the {samples} the net input of {name} lies where"
        f" {layer.activation.label} is flat, so every gradient through it is 0"
    )


def _why_saturated(mean: float, shape: _Shape, on: int, looked_at: int) -> str:
    reason = (
        f"saturated: its mean slope is {_brief(mean)}, {_percent(mean / shape.largest)}"
        f" of the largest possible {shape.largest:.3g}"
    )
    if on < looked_at:
        reason += f"; only {on:,} of {looked_at:,} samples switch it on"
    return reason


def _brief(value: float) -> str:
    return f"{value:.2g}".replace("e-0", "e−").replace("e-", "e−")


def _percent(share: float) -> str:
    percent = 100.0 * share
    return "less than 0.1 %" if percent < 0.1 else f"{percent:.{0 if percent >= 1 else 1}f} %"
