"""Edits: what a person can change, as data. An edit turns an experiment into another one.

How θ follows is the runner's matter: `effect` says which of four ways it is. "keep" carries every
parameter over that still exists; "parameters" sets single values; "restart" begins again at epoch
0 with weights drawn anew, "reset" with the initial weights as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bpviz.datasets.dataset import Dataset
from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.initializers import Explicit, Xavier
from bpviz.engine.losses import LOSSES
from bpviz.engine.settings import SettingError, with_value
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, hidden_ids
from bpviz.experiments.experiment import Experiment

Effect = Literal["keep", "parameters", "restart", "reset"]


@dataclass(frozen=True)
class Edit:
    """Something a person did. `text` is its name in the undo menu."""

    @property
    def text(self) -> str:
        raise NotImplementedError

    @property
    def effect(self) -> Effect:
        return "keep"

    def apply(self, experiment: Experiment) -> Experiment:
        """The experiment after the edit. Raises SettingError when it cannot be done."""
        return experiment


@dataclass(frozen=True)
class SetParameters(Edit):
    """Give some weights or biases new values. A drag is many of these, merged by the undo stack."""

    values: Mapping[ParameterId, float]

    @property
    def text(self) -> str:
        return "edit weight" if len(self.values) == 1 else f"edit {len(self.values)} weights"

    @property
    def effect(self) -> Effect:
        return "parameters"


@dataclass(frozen=True)
class Freeze(Edit):
    """Hold parameters where they are, or let them learn again."""

    parameters: frozenset[ParameterId]
    frozen: bool = True

    @property
    def text(self) -> str:
        return "freeze" if self.frozen else "unfreeze"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        frozen = spec.frozen | self.parameters if self.frozen else spec.frozen - self.parameters
        return replace(experiment, network=replace(spec, frozen=frozen))


@dataclass(frozen=True)
class Change(Edit):
    """Set one setting by its dotted path, such as "training.learning_rate"."""

    path: str
    value: Any

    @property
    def text(self) -> str:
        return f"change {self.path.rsplit('.', 1)[-1].replace('_', ' ')}"

    @property
    def effect(self) -> Effect:
        return "restart" if self.path in _RESTARTING else "keep"

    def apply(self, experiment: Experiment) -> Experiment:
        changed = with_value(experiment, self.path, self.value)
        if changed.data.source.kind != experiment.data.source.kind:
            changed = _with_source(experiment, changed)
        return fit_to_data(experiment, changed) if self.path.startswith("data") else changed


_RESTARTING = {"data.source", "network.initializer", "network.dtype", "seed"}


@dataclass(frozen=True)
class AddUnit(Edit):
    """Add a unit at the end of a hidden layer."""

    layer: str

    @property
    def text(self) -> str:
        return f"add a unit to {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = _hidden(experiment.network, self.layer)
        ids = (*layer.ids, max(layer.ids) + 1)
        return _with(experiment, replace(layer, units=len(ids), unit_ids=ids))


@dataclass(frozen=True)
class RemoveUnit(Edit):
    """Take a unit (by its lasting id; None: the last one) out of a hidden layer."""

    layer: str
    unit: int | None = None

    @property
    def text(self) -> str:
        return f"remove a unit from {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = _hidden(experiment.network, self.layer)
        if layer.units == 1:
            raise SettingError(f"layer {self.layer} has only one unit; remove the layer instead")
        gone = layer.ids[-1] if self.unit is None else self.unit
        ids = tuple(unit for unit in layer.ids if unit != gone)
        if len(ids) == layer.units:
            raise SettingError(f"layer {self.layer} has no unit {gone}")
        return _with(experiment, replace(layer, units=len(ids), unit_ids=ids))


@dataclass(frozen=True)
class AddLayer(Edit):
    """Put a new hidden layer behind layer `after`, between it and the layers that it feeds."""

    after: str
    units: int = 4

    @property
    def text(self) -> str:
        return "add a layer"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        at = spec.layers.index(spec.layer(self.after))
        if at == len(spec.layers) - 1:
            raise SettingError("a layer cannot be added behind the output layer")
        new = LayerSpec(
            id=_free_id(spec),
            units=self.units,
            activation=_hidden_activation(spec),
            sources=(self.after,),
        )
        layers = [
            replace(x, sources=tuple(new.id if s == self.after else s for s in x.sources))
            for x in spec.layers[at + 1 :]
        ]
        return _with_layers(experiment, (*spec.layers[: at + 1], new, *layers))


@dataclass(frozen=True)
class RemoveLayer(Edit):
    """Take a hidden layer out; the layers that it fed are fed by its sources instead."""

    layer: str

    @property
    def text(self) -> str:
        return f"remove layer {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        gone = _hidden(spec, self.layer)

        def sources(layer: LayerSpec) -> tuple[str, ...]:
            merged = [
                s for old in layer.sources for s in (gone.sources if old == gone.id else (old,))
            ]
            return tuple(dict.fromkeys(merged))

        layers = tuple(
            replace(layer, sources=sources(layer)) for layer in spec.layers if layer is not gone
        )
        return _with_layers(experiment, layers)


@dataclass(frozen=True)
class SetLayer(Edit):
    """Change one field of a layer: its activation, bias, or number of units."""

    layer: str
    field: str
    value: Any

    @property
    def text(self) -> str:
        return f"change {self.field.replace('_', ' ')} of {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = experiment.network.layer(self.layer)
        if self.field == "units":
            _hidden(experiment.network, self.layer)
            units = with_value(replace(layer, unit_ids=()), "units", self.value).units
            kept = layer.ids[:units]
            first_new = max(layer.ids) + 1
            new_ids = tuple(range(first_new, first_new + units - len(kept)))
            return _with(experiment, replace(layer, units=units, unit_ids=(*kept, *new_ids)))
        return _with(experiment, with_value(layer, self.field, self.value))


@dataclass(frozen=True)
class Reset(Edit):
    """Back to epoch 0 and the same initial weights."""

    @property
    def text(self) -> str:
        return "reset"

    @property
    def effect(self) -> Effect:
        return "reset"


@dataclass(frozen=True)
class Load(Edit):
    """Replace the whole experiment; one that is not to learn at once pauses the training."""

    experiment: Experiment

    @property
    def text(self) -> str:
        return f"open {self.experiment.name}"

    @property
    def effect(self) -> Effect:
        return "restart"

    def apply(self, experiment: Experiment) -> Experiment:
        return self.experiment


def _with_source(before: Experiment, changed: Experiment) -> Experiment:
    """The experiment on data of another kind, split and scaled as suits that.

    A split that suits the one as well as the other stays as the person set it. Name and words
    spoke of the other data.
    """
    old, source = before.data.source, changed.data.source
    suited = {k: v for k, v in source.suggested.items() if v != old.suggested.get(k)}
    data = replace(changed.data, **suited)
    return replace(changed, data=data, name=source.kind, title="", watch="")


def fit_to_data(before: Experiment, changed: Experiment) -> Experiment:
    """The changed experiment with as many inputs and outputs as its data has.

    When the kind of task is another one than before, the output activation and the error become
    the usual ones for it.
    """
    old = before.data.source.load(before.seed)
    new = changed.data.source.load(changed.seed)
    spec = changed.network
    inputs, columns = spec.inputs, new.inputs.shape[1]
    if sum(group.units for group in inputs) != columns:
        if len(inputs) > 1:
            raise SettingError(
                f"this data has {columns} inputs, but the network takes its inputs in "
                f"{len(inputs)} groups of another total; choose a network with one input group"
            )
        spec = _with_units(spec, inputs[0], columns)
    if new.outputs != old.outputs:
        spec = _with_units(spec, spec.output, new.outputs)
    if _task(new) != _task(old):
        activation, loss = _USUAL_HEADS[_task(new)]
        head = replace(spec.output, activation=ACTIVATIONS.make(activation))
        spec = spec.with_layer(head)
        changed = replace(changed, training=replace(changed.training, loss=LOSSES.make(loss)))
    return _with_layers(changed, spec.layers) if spec != changed.network else changed


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


def _hidden(spec: NetworkSpec, layer_id: str) -> LayerSpec:
    layer = spec.layer(layer_id)
    if layer.is_input or layer is spec.output:
        raise SettingError(
            "how many inputs and outputs there are follows from the data; "
            "change a hidden layer instead"
        )
    return layer


def _with(experiment: Experiment, layer: LayerSpec) -> Experiment:
    return _with_layers(experiment, experiment.network.with_layer(layer).layers)


def _with_layers(experiment: Experiment, layers: tuple[LayerSpec, ...]) -> Experiment:
    """The experiment with other layers, without marks on parameters that are gone.

    Given initial values fit one architecture only; the runner keeps them for the parameters that
    stay, new ones are drawn.
    """
    spec = experiment.network
    how = spec.initializer
    if isinstance(how, Explicit) and _shapes(layers) != _shapes(spec.layers):
        how = Xavier()
    names = {layer.id: layer for layer in layers}

    def lives(parameter: ParameterId) -> bool:
        layer = names.get(parameter.layer)
        if layer is None:
            return False
        if parameter.is_bias:
            return parameter.unit in layer.ids if layer.bias == "unit" else layer.bias == "shared"
        return (
            parameter.source in layer.sources
            and parameter.unit in layer.ids
            and parameter.source_unit in names[parameter.source].ids
        )

    network = replace(
        spec,
        layers=layers,
        initializer=how,
        missing=frozenset(p for p in spec.missing if lives(p)),
        frozen=frozenset(p for p in spec.frozen if lives(p)),
    )
    return replace(experiment, network=network)


def _shapes(layers: tuple[LayerSpec, ...]) -> list[tuple[object, ...]]:
    """What the parameters of layers depend on."""
    return [(layer.id, layer.ids, layer.sources, layer.bias) for layer in layers]


def _free_id(spec: NetworkSpec) -> str:
    taken = {layer.id for layer in spec.layers}
    return next(name for name in hidden_ids(len(taken) + 2) if name not in taken)


def _hidden_activation(spec: NetworkSpec) -> Activation:
    """What the other hidden layers use, so that a new layer is like them."""
    hidden = [layer for layer in spec.computed if layer is not spec.output]
    return hidden[0].activation if hidden else ACTIVATIONS.make("tanh")
