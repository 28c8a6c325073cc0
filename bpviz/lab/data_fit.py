"""What changes with the data: inputs, outputs, split, and how the outputs are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.features import feature_names
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
    return replace(changed, data=data, name=source.name, title="", watch="")


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
    if len(inputs) == 1 and before.data.source.kind == changed.data.source.kind:
        spec = _with_known_inputs(spec, before, _names(before, old), _names(changed, new))
    if new.outputs != old.outputs:
        spec = _with_units(spec, spec.output, new.outputs)
    if _task(new) != _task(old):
        activation, loss = usual_head(new)
        head = replace(spec.output, activation=ACTIVATIONS.make(activation))
        spec = spec.with_layer(head)
        changed = replace(changed, training=replace(changed.training, loss=LOSSES.make(loss)))
    return with_layers(changed, spec.layers) if spec != changed.network else changed


def _names(experiment: Experiment, dataset: Dataset) -> tuple[str, ...]:
    """What the network's inputs are called, or () where features do not suit the data."""
    features = experiment.data.features
    if features and dataset.inputs.shape[1] != 2:
        return ()
    return feature_names(features, dataset.input_names)


def _with_known_inputs(
    spec: NetworkSpec, before: Experiment, old: tuple[str, ...], new: tuple[str, ...]
) -> NetworkSpec:
    """The network where an input that stays keeps its unit, and another name is another unit."""
    if old == new or len(set(new)) < len(new):
        return spec
    ids = dict(zip(old, before.network.inputs[0].ids, strict=False))
    free = (k for k in range(len(old) + len(new)) if k not in ids.values())
    kept = tuple(ids[name] if name in ids else next(free) for name in new)
    return spec.with_layer(replace(spec.inputs[0], unit_ids=kept))


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
