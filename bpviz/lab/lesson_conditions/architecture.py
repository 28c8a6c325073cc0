"""Conditions on layers: how many, how large, with which activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.settings import setting
from bpviz.engine.spec import LayerSpec
from bpviz.experiments.experiment import Experiment
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState


@CONDITIONS.register
@dataclass(frozen=True)
class ActivationIs(Condition):
    """Hidden layers (one of them, or `all`), or the layer of this id, have an activation."""

    kind: ClassVar[str] = "activation_is"
    activation: str = setting("tanh", "Activation", "Its name; several with | between them")
    layer: str = setting("", "Layer", "The layer's id; none: the hidden layers")
    all: bool = setting(False, "All", "Whether every hidden layer must have it")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.activation.split("|"):
            ACTIVATIONS[name]  # raises SettingError, naming those that there are

    def met(self, state: LessonState) -> bool:
        layers = _hidden(state.experiment)
        if self.layer:
            layers = [x for x in state.experiment.network.layers if x.id == self.layer]
        fits = [layer.activation.kind in self.activation.split("|") for layer in layers]
        return bool(fits) and (all(fits) if self.all else any(fits))


@CONDITIONS.register
@dataclass(frozen=True)
class HasBias(Condition):
    """The layer of this id has biases."""

    kind: ClassVar[str] = "has_bias"
    layer: str = setting("", "Layer", "The layer's id")

    def met(self, state: LessonState) -> bool:
        layers = state.experiment.network.layers
        return any(layer.id == self.layer and layer.bias != "none" for layer in layers)


@CONDITIONS.register
@dataclass(frozen=True)
class LayerAdded(Condition):
    """There are more hidden layers than when the step began."""

    kind: ClassVar[str] = "layer_added"

    def met(self, state: LessonState) -> bool:
        return len(_hidden(state.experiment)) > len(_hidden(state.start))


@CONDITIONS.register
@dataclass(frozen=True)
class HiddenLayersAtMost(Condition):
    """There are no more than so many hidden layers."""

    kind: ClassVar[str] = "hidden_layers_at_most"
    layers: int = setting(1, "Layers", "How many", at_least=0)

    def met(self, state: LessonState) -> bool:
        return len(_hidden(state.experiment)) <= self.layers


@CONDITIONS.register
@dataclass(frozen=True)
class HiddenUnitsAtLeast(Condition):
    """The hidden layers have, together, this many units."""

    kind: ClassVar[str] = "hidden_units_at_least"
    units: int = setting(1, "Units", "How many", at_least=1)

    def met(self, state: LessonState) -> bool:
        return sum(layer.units for layer in _hidden(state.experiment)) >= self.units


def _hidden(experiment: Experiment) -> list[LayerSpec]:
    return list(experiment.network.computed[:-1])
