"""Changes to the layers of an experiment's network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.carry_over import Origins, carry_over
from bpviz.engine.initializers import Explicit, Initializer, Xavier
from bpviz.engine.parameters import explicit_values, initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, hidden_ids
from bpviz.experiments.experiment import Experiment


def hidden_layer(spec: NetworkSpec, layer_id: str) -> LayerSpec:
    layer = spec.layer(layer_id)
    if layer.is_input or layer is spec.output:
        raise SettingError(
            "how many inputs and outputs there are follows from the data; "
            "change a hidden layer instead"
        )
    return layer


def with_layer(experiment: Experiment, layer: LayerSpec) -> Experiment:
    layers = experiment.network.layers
    return with_layers(experiment, tuple(layer if x.id == layer.id else x for x in layers))


def with_layers(
    experiment: Experiment, layers: tuple[LayerSpec, ...], origins: Origins | None = None
) -> Experiment:
    """The experiment with other layers, without marks on parameters that are gone.

    Given initial values stay given where the new layers have no parameter without one; else all
    that are not there yet are drawn. `origins` are units that were others: their marks and values
    go with them.
    """
    spec = experiment.network
    bare = replace(
        spec, layers=layers, initializer=Xavier(), missing=frozenset(), frozen=frozenset()
    )
    missing, frozen = (
        _marks_that_stay(spec, bare, marks, origins or {}) for marks in (spec.missing, spec.frozen)
    )
    made = replace(bare, missing=missing, frozen=frozen)
    ids = {layer.id for layer in layers}
    return replace(
        experiment,
        network=replace(made, initializer=_initializer(spec, made, origins)),
        moved=tuple(move for move in experiment.moved if move.layer in ids),
    )


def _initializer(old: NetworkSpec, new: NetworkSpec, origins: Origins | None) -> Initializer:
    """The initialiser of the network before, with given values where their parameters are now."""
    how = old.initializer
    if not isinstance(how, Explicit) or old.shapes == new.shapes:
        return how
    before, after = layout_of(old), layout_of(new)
    given = initial_theta(replace(old, dtype="float64"), 0)
    values = carry_over(before, after, given, np.full(after.size, np.nan), origins)
    return explicit_values(after, values) if np.isfinite(values).all() else Xavier()


def _marks_that_stay(
    old: NetworkSpec, new: NetworkSpec, marks: frozenset[ParameterId], origins: Origins
) -> frozenset[ParameterId]:
    """The marks on parameters that there are still, and on those that are others now."""
    if not marks or (not origins and _has_all_of(new, old)):
        return marks
    # There may be very many: what the new network has is looked up, not asked one by one.
    places = {layer.id: layer.places for layer in new.layers}
    blocks = {(x.id, s): (places[x.id], places[s]) for x in new.layers for s in x.sources}
    none: tuple[dict[int, int], dict[int, int]] = {}, {}
    stay = list[ParameterId]()
    for mark in marks:
        layer, unit, source, source_unit = mark
        rows, columns = blocks.get((layer, source), none)
        if (unit in rows and source_unit in columns) or (not source and new.has(mark)):
            stay.append(mark)
    return frozenset([*stay, *filter(new.has, _moved_marks(new, marks, origins))])


def _has_all_of(new: NetworkSpec, old: NetworkSpec) -> bool:
    """Whether all parameters of a network are in another one as well, under their own names."""
    there = {layer.id: layer for layer in new.layers}
    return all(
        layer.id in there
        and there[layer.id].bias == layer.bias
        and there[layer.id].places.keys() >= layer.places.keys()
        and {*there[layer.id].sources} >= {*layer.sources}
        for layer in old.layers
    )


def _moved_marks(
    spec: NetworkSpec, marks: frozenset[ParameterId], origins: Origins
) -> Iterable[ParameterId]:
    """The marks on parameters of units that were others, where those are now."""
    if not origins:
        return
    now: Mapping[tuple[str, int], tuple[str, int]] = {old: new for new, old in origins.items()}
    for mark in marks:
        if mark[1] == -1:
            yield from _shared_bias_marks(spec, mark.layer, origins)
            continue
        target, source = mark[:2], mark[2:]
        if target in now or source in now:
            yield ParameterId(*now.get(target, target), *now.get(source, source))


def _shared_bias_marks(spec: NetworkSpec, before: str, origins: Origins) -> Iterable[ParameterId]:
    """Where the bias that a layer's units shared may be now."""
    for layer in spec.computed:
        for unit in layer.ids:
            if origins.get((layer.id, unit), (layer.id, unit))[0] == before:
                yield ParameterId(layer.id, -1)
                yield ParameterId(layer.id, unit)


def in_order(layers: Iterable[LayerSpec]) -> tuple[LayerSpec, ...]:
    """The layers, each behind all that feed it, otherwise in the order that they had.

    There must be no circle.
    """
    waiting, ordered = list(layers), list[LayerSpec]()
    while waiting:
        known = {layer.id for layer in ordered}
        ready = next(layer for layer in waiting if known.issuperset(layer.sources))
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


def way_between(spec: NetworkSpec, first: str, last: str) -> tuple[str, ...]:
    """The layers on a shortest way from one to another along the connections; () without one."""
    ways: dict[str, tuple[str, ...]] = {first: (first,)}
    for layer in spec.layers:
        found = [ways[source] for source in layer.sources if source in ways]
        if found and layer.id not in ways:
            ways[layer.id] = (*min(found, key=len), layer.id)
    return ways.get(last, ())


def free_id(spec: NetworkSpec) -> str:
    taken = {layer.id for layer in spec.layers}
    return next(name for name in hidden_ids(len(taken) + 2) if name not in taken)


def free_group_id(spec: NetworkSpec, layer: LayerSpec) -> str:
    """An id for a layer that is to stand beside another one: i2 beside i, the next h beside h1."""
    if not layer.is_input:
        return free_id(spec)
    taken = {other.id for other in spec.layers}
    return next(name for k in range(2, len(taken) + 3) if (name := f"i{k}") not in taken)


def hidden_activation(spec: NetworkSpec) -> Activation:
    """What the other hidden layers use, so that a new layer is like them."""
    hidden = [layer for layer in spec.computed if layer is not spec.output]
    return hidden[0].activation if hidden else ACTIVATIONS.make("tanh")
