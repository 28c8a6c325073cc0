"""What changes with the data: inputs, outputs, split, and how the outputs are read."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, filterfalse
from typing import Any

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.features import feature_names
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.carry_over import Origins
from bpviz.engine.data import Task
from bpviz.engine.losses import LOSSES
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.experiments.experiment import Experiment
from bpviz.lab.architecture import with_layers


def with_source(before: Experiment, changed: Experiment) -> Experiment:
    """The experiment on data of another kind, split and scaled as suits that.

    A split that suits the one as well as the other stays as the person set it. Name, words and
    finding spoke of the other data.
    """
    source = changed.data.source
    was, suits = _suggestion(before.data.source), _suggestion(source)
    suited = {name: value for name, value in suits.items() if value != was[name]}
    if source.load(changed.seed).inputs.shape[1] != 2:
        suited["features"] = ()
    data = replace(changed.data, class_weights=(), **suited)
    return replace(changed, data=data, name=source.name, title="", watch="", finding="")


def _suggestion(source: DataSource) -> dict[str, Any]:
    """What suits a source, also where it says nothing of it."""
    usual = {name: fields_of(DataConfig)[name].default for name in ("missing", "scale_targets")}
    return {**usual, **source.suggested}


def fit_to_data(old: Dataset, before: Experiment, changed: Experiment) -> Experiment:
    """The changed experiment with as many inputs and outputs as its data has.

    `old` are the samples before, perhaps mended: what they come from may be gone. When the kind
    of task is another one than before, the output activation and the error become the usual ones
    for it.
    """
    new = changed.data.source.load(changed.seed)
    # Marks on parameters that go are sorted out when all layers are known.
    spec = replace(changed.network, missing=frozenset(), frozen=frozenset())
    columns = len(changed.data.features) or new.inputs.shape[1]
    names = _names(before, old), _names(changed, new)
    if before.data.source.kind == changed.data.source.kind and _tell(spec, *names):
        spec = _with_known_inputs(spec, *names)
    elif sum(group.units for group in spec.inputs) != columns:
        spec = _with_units(_with_one_group(spec), spec.inputs[0], columns)
    if new.outputs != old.outputs:
        spec = _with_units(spec, spec.output, new.outputs)
    if new.task != old.task:
        activation, loss = usual_head(new)
        head = replace(spec.output, activation=ACTIVATIONS.make(activation))
        spec = spec.with_layer(head)
        changed = replace(changed, training=replace(changed.training, loss=LOSSES.make(loss)))
    same = spec.layers == changed.network.layers
    return changed if same else with_layers(changed, spec.layers, merged_inputs(before.network))


def _names(experiment: Experiment, dataset: Dataset) -> tuple[str, ...]:
    """What the network's inputs are called, or () where features do not suit the data."""
    features = experiment.data.features
    if features and dataset.inputs.shape[1] != 2:
        return ()
    return feature_names(features, dataset.input_names)


def _tell(spec: NetworkSpec, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether names say which input is which."""
    return len(set(new)) == len(new) and len(old) == sum(group.units for group in spec.inputs)


def _with_known_inputs(
    spec: NetworkSpec, old: tuple[str, ...], new: tuple[str, ...]
) -> NetworkSpec:
    """The network where an input that stays keeps its unit, and another name is another unit.

    A new input joins the group of the one before it. Where groups would be empty or mixed, all
    inputs come into the first one.
    """
    units = [(group.id, unit) for group in spec.inputs for unit in group.ids]
    merged = {was: now for now, was in merged_inputs(spec).items()}
    together = [merged.get(unit, unit) for unit in units]
    taken = {unit for _, unit in (*units, *together)}
    free = filterfalse(taken.__contains__, count())
    unknown = {name: next(free) for name in new if name not in old}
    ids = _by_group(spec, dict(zip(old, units, strict=True)), unknown, new)
    if not ids:
        spec = _with_one_group(spec)
        ids = _by_group(spec, dict(zip(old, together, strict=True)), unknown, new)
    for group, kept in ids.items():
        spec = spec.with_layer(replace(spec.layer(group), units=len(kept), unit_ids=tuple(kept)))
    return spec


def _by_group(
    spec: NetworkSpec,
    known: dict[str, tuple[str, int]],
    unknown: dict[str, int],
    names: tuple[str, ...],
) -> dict[str, list[int]]:
    """The units of each input group, in the order of the names; {} where they fit no groups."""
    ids: dict[str, list[int]] = {group.id: [] for group in spec.inputs}
    order = list(ids)
    at = order[0]
    for name in names:
        owner, unit = known[name] if name in known else (at, unknown[name])
        if order.index(owner) < order.index(at):
            return {}
        at = owner
        ids[at].append(unit)
    return ids if all(ids.values()) else {}


def merged_inputs(spec: NetworkSpec) -> Origins:
    """What the units of other input groups would be if all inputs were in the first group."""
    first, *others = spec.inputs
    taken, origins = set(first.ids), dict[tuple[str, int], tuple[str, int]]()
    for group in others:
        for unit in group.ids:
            now = max(taken) + 1 if unit in taken else unit
            taken.add(now)
            origins[first.id, now] = (group.id, unit)
    return origins


def _with_one_group(spec: NetworkSpec) -> NetworkSpec:
    """The network where all that inputs fed is fed by the first group, which keeps its units."""
    first, *others = spec.inputs
    gone = {group.id for group in others}

    def sources(layer: LayerSpec) -> tuple[str, ...]:
        return tuple(dict.fromkeys(first.id if s in gone else s for s in layer.sources))

    layers = tuple(
        replace(layer, sources=sources(layer)) for layer in spec.layers if layer.id not in gone
    )
    return replace(spec, layers=layers)


_USUAL_HEADS: dict[Task, tuple[str, str]] = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "classes": ("softmax", "categorical_cross_entropy"),
    "labels": ("sigmoid", "binary_cross_entropy"),
    "regression": ("identity", "half_squared"),
}


def usual_head(dataset: Dataset) -> tuple[str, str]:
    """The output activation and the error that suit what is to be predicted, by kind."""
    return _USUAL_HEADS[dataset.task]


def _with_units(spec: NetworkSpec, layer: LayerSpec, units: int) -> NetworkSpec:
    return spec.with_layer(replace(layer, units=units, unit_ids=()))
