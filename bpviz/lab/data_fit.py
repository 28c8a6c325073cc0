"""What changes with the data: inputs, outputs, split, and how the outputs are read."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, filterfalse
from typing import Any

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.features import feature_names
from bpviz.engine.activations import ACTIVATIONS
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
    known = None
    if before.data.source.kind == changed.data.source.kind:
        known = _with_known_inputs(spec, _names(before, old), _names(changed, new))
    if known is not None:
        spec = known
    elif sum(group.units for group in spec.inputs) != columns:
        spec = _with_one_group(spec, columns)
    if new.outputs != old.outputs:
        spec = _with_units(spec, spec.output, new.outputs)
    if _task(new) != _task(old):
        activation, loss = usual_head(new)
        head = replace(spec.output, activation=ACTIVATIONS.make(activation))
        spec = spec.with_layer(head)
        changed = replace(changed, training=replace(changed.training, loss=LOSSES.make(loss)))
    same = spec.layers == changed.network.layers
    return changed if same else with_layers(changed, spec.layers)


def _names(experiment: Experiment, dataset: Dataset) -> tuple[str, ...]:
    """What the network's inputs are called, or () where features do not suit the data."""
    features = experiment.data.features
    if features and dataset.inputs.shape[1] != 2:
        return ()
    return feature_names(features, dataset.input_names)


def _with_known_inputs(
    spec: NetworkSpec, old: tuple[str, ...], new: tuple[str, ...]
) -> NetworkSpec | None:
    """The network where an input that stays keeps its unit, and another name is another unit.

    A new input joins the group of the one before it. None when names do not tell, or when groups
    would be empty or mixed.
    """
    groups = spec.inputs
    units = [(g, unit) for g, group in enumerate(groups) for unit in group.ids]
    if len(set(new)) < len(new) or len(old) != len(units):
        return None
    known = dict(zip(old, units, strict=True))
    ids: list[list[int]] = [[] for _ in groups]
    free = [filterfalse(group.places.__contains__, count()) for group in groups]
    at = 0
    for name in new:
        owner = known[name][0] if name in known else at
        if owner < at:
            return None
        at = owner
        ids[at].append(known[name][1] if name in known else next(free[at]))
    if not all(ids):
        return None
    for group, kept in zip(groups, ids, strict=True):
        spec = spec.with_layer(replace(group, units=len(kept), unit_ids=tuple(kept)))
    return spec


def _with_one_group(spec: NetworkSpec, columns: int) -> NetworkSpec:
    """The network with all inputs in its first group: how they were grouped was the data's."""
    first, *others = spec.inputs
    gone = {group.id for group in others}

    def sources(layer: LayerSpec) -> tuple[str, ...]:
        return tuple(dict.fromkeys(first.id if s in gone else s for s in layer.sources))

    layers = tuple(
        replace(layer, sources=sources(layer)) for layer in spec.layers if layer.id not in gone
    )
    return _with_units(replace(spec, layers=layers), first, columns)


_USUAL_HEADS = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "classes": ("softmax", "categorical_cross_entropy"),
    "labels": ("sigmoid", "binary_cross_entropy"),
    "regression": ("identity", "half_squared"),
}


def usual_head(dataset: Dataset) -> tuple[str, str]:
    """The output activation and the error that suit what is to be predicted, by kind."""
    return _USUAL_HEADS[_task(dataset)]


def _task(dataset: Dataset) -> str:
    if not dataset.is_classification:
        return "labels" if dataset.labels else "regression"
    return "binary" if dataset.outputs == 1 else "classes"


def _with_units(spec: NetworkSpec, layer: LayerSpec, units: int) -> NetworkSpec:
    return spec.with_layer(replace(layer, units=units, unit_ids=()))
