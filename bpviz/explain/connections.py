"""The connections of one unit as arrays: what each of them brings, and who is at its other end.

A unit may have hundreds of thousands; names are made for those that are asked about alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef

Places = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, eq=False)
class _Run:
    """The connections between a unit and one layer: their values, and the places in that layer.

    `places` is None when all of its units are connected.
    """

    layer: LayerSpec
    values: Array
    places: Places | None


@dataclass(frozen=True, eq=False)
class Connections:
    """Connections of one unit in one direction; `values` are what each of them brings."""

    runs: tuple[_Run, ...]

    def __len__(self) -> int:
        return sum(len(run.values) for run in self.runs)

    @cached_property
    def values(self) -> Array:
        if len(self.runs) == 1:
            return self.runs[0].values
        return np.concatenate([np.empty(0), *(run.values for run in self.runs)])

    def unit(self, number: int) -> UnitRef:
        """The unit at the other end of a connection. Raises IndexError when there is none."""
        for run in self.runs:
            if number < len(run.values):
                place = number if run.places is None else int(run.places[number])
                return UnitRef(run.layer.id, run.layer.ids[place])
            number -= len(run.values)
        raise IndexError(number)


def outgoing(moment: Moment, unit: UnitRef, sample: int) -> Connections:
    """The units that a unit feeds; each brings ∂E/∂net of the next unit times the weight."""
    place = moment.layer(unit).places[unit.unit]
    runs = []
    for layer in moment.spec.layers:
        if unit.layer not in layer.sources:
            continue
        weights = _block(moment, layer.id, unit.layer, moment.theta)[:, place]
        deltas = moment.buffers.deltas[moment.positions[layer.id]][sample]
        there = None
        if moment.spec.missing:
            there = _block(moment, layer.id, unit.layer, moment.layout.present())[:, place]
        runs.append(_run(layer, weights, deltas, there))
    return Connections(tuple(runs))


def incoming(moment: Moment, unit: UnitRef, sample: int) -> Connections:
    """The units that feed a unit; each brings its output times the weight. Without the bias."""
    layer = moment.layer(unit)
    place = layer.places[unit.unit]
    runs = []
    for source in layer.sources:
        weights = _block(moment, layer.id, source, moment.theta)[place]
        there = None
        if moment.spec.missing:
            there = _block(moment, layer.id, source, moment.layout.present())[place]
        runs.append(_run(moment.spec.layer(source), weights, moment.outs(source, sample), there))
    return Connections(tuple(runs))


def parameters_into(moment: Moment, unit: UnitRef) -> Iterator[ParameterId]:
    """The weights into a unit that are there, and its bias, one after the other."""
    layer, missing = moment.layer(unit), moment.spec.missing
    for source in layer.sources:
        for k in moment.spec.layer(source).ids:
            parameter = ParameterId(layer.id, unit.unit, source, k)
            if parameter not in missing:
                yield parameter
    bias = bias_of(moment, unit)
    if bias is not None:
        yield bias


def bias_of(moment: Moment, unit: UnitRef) -> ParameterId | None:
    """The bias of a unit, which may be that of its whole layer."""
    layer = moment.layer(unit)
    if layer.bias == "none":
        return None
    return ParameterId(layer.id, unit.unit if layer.bias == "unit" else -1)


def between(unit: UnitRef, to: UnitRef) -> ParameterId:
    """The weight of the connection from one unit to another."""
    return ParameterId(to.layer, to.unit, unit.layer, unit.unit)


def _block(
    moment: Moment, layer: str, source: str, vector: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    block = moment.layout.block(layer, source)
    assert block is not None
    return block.view(vector)


def _run(
    layer: LayerSpec, weights: Array, carried: Array, there: np.ndarray[Any, Any] | None
) -> _Run:
    with np.errstate(all="ignore"):
        values = np.asarray(weights * carried)
    if there is None or there.all():
        return _Run(layer, values, None)
    places = np.flatnonzero(there)
    return _Run(layer, values[places], places)
