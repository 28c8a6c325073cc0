"""What changes with the data: inputs, outputs, split, and how the outputs are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.features import FEATURES
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.losses import LOSSES
from bpviz.engine.settings import SettingError, fields_of
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.experiments.experiment import Experiment
from bpviz.lab.architecture import with_layers


def with_source(before: Experiment, changed: Experiment) -> Experiment:
    """The experiment on data of another kind, split and scaled as suits that.

    A split that suits the one as well as the other stays as the person set it. Name and words
    spoke of the other data.
    """
    source = changed.data.source
    was, suits = _suggestion(before.data.source), _suggestion(source)
    suited = {name: value for name, value in suits.items() if value != was[name]}
    if source.load(changed.seed).inputs.shape[1] != 2:
        suited["features"] = ()
    data = replace(changed.data, class_weights=(), **suited)
    return replace(changed, data=data, name=source.kind, title="", watch="")


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
    spec = changed.network
    inputs, columns = spec.inputs, len(changed.data.features) or new.inputs.shape[1]
    if sum(group.units for group in inputs) != columns:
        if len(inputs) > 1:
            raise SettingError(
                f"this data has {columns} inputs, but the network takes its inputs in "
                f"{len(inputs)} groups of another total; choose a network with one input group"
            )
        spec = _with_units(spec, inputs[0], columns)
    both_planes = old.inputs.shape[1] == new.inputs.shape[1] == 2
    if changed.data.features != before.data.features and both_planes and len(inputs) == 1:
        ids = _feature_ids(before, changed.data.features)
        spec = spec.with_layer(replace(spec.inputs[0], unit_ids=ids))
    if new.outputs != old.outputs:
        spec = _with_units(spec, spec.output, new.outputs)
    if _task(new) != _task(old):
        activation, loss = _USUAL_HEADS[_task(new)]
        head = replace(spec.output, activation=ACTIVATIONS.make(activation))
        spec = spec.with_layer(head)
        changed = replace(changed, training=replace(changed.training, loss=LOSSES.make(loss)))
    return with_layers(changed, spec.layers) if spec != changed.network else changed


def _feature_ids(before: Experiment, features: tuple[str, ...]) -> tuple[int, ...]:
    """Lasting ids for the input units of these features: one that stays keeps its unit."""
    had = before.data.features or _PLAIN
    ids = dict(zip(had, before.network.inputs[0].ids, strict=False))
    free = (k for k in range(2 * len(FEATURES)) if k not in ids.values())
    return tuple(ids[kind] if kind in ids else next(free) for kind in features or _PLAIN)


# The features that two inputs are when nothing is made of them.
_PLAIN = ("x1", "x2")

_USUAL_HEADS = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "classes": ("softmax", "categorical_cross_entropy"),
    "regression": ("identity", "half_squared"),
}


def _task(dataset: Dataset) -> str:
    if not dataset.is_classification:
        return "regression"
    return "binary" if dataset.outputs == 1 else "classes"


def _with_units(spec: NetworkSpec, layer: LayerSpec, units: int) -> NetworkSpec:
    return spec.with_layer(replace(layer, units=units, unit_ids=()))
