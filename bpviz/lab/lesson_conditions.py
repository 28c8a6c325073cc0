"""What a lesson waits for: small conditions over plain state.

Each is chosen in a lesson's file by its `kind`. To add one, add a class here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.settings import Entry, Registry, SettingError, setting, to_plain
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.lab.snapshot import Snapshot

Part = Literal["train", "test"]


@dataclass(frozen=True)
class LessonState:
    """What conditions look at.

    `first` is the snapshot with which the step began and `start` the experiment then; `snapshot`
    and `experiment` are the present ones. `explained` are labels of parameters that were explained
    during the step, `done` the names of views that were worked through, `typed` whether inputs
    were typed, `stage` the stage of training that is looked at, `tab` and `plot` what is open.
    """

    experiment: Experiment
    start: Experiment
    snapshot: Snapshot | None = None
    first: Snapshot | None = None
    selection: ParameterId | None = None
    explained: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    stage: int = 0
    tab: str = ""
    plot: str = ""
    typed: bool = False
    answer: float | None = None

    @property
    def selected(self) -> str:
        """The label of the selected parameter, "" for none."""
        snapshot = self.snapshot
        if self.selection is None or snapshot is None or not snapshot.spec.has(self.selection):
            return ""
        return snapshot.layout.label(snapshot.layout.index_of(self.selection))

    @property
    def is_current(self) -> bool:
        """Whether the snapshot is already one of the experiment as it was edited last."""
        return self.snapshot is not None and self.snapshot.experiment == self.experiment


@dataclass(frozen=True)
class Condition(Entry):
    """Something a person is asked to bring about."""

    def met(self, state: LessonState) -> bool:
        raise NotImplementedError


CONDITIONS: Registry[Condition] = Registry("condition")


def make_condition(table: Mapping[str, Any]) -> Condition:
    """A condition from its table in a lesson's file. Raises SettingError."""
    return CONDITIONS.make(table)


# Training


@CONDITIONS.register
@dataclass(frozen=True)
class EpochAtLeast(Condition):
    """Training has come this far."""

    kind: ClassVar[str] = "epoch_at_least"
    epoch: int = setting(1, "Epoch", "The epoch to be reached", unit="epochs", at_least=1)

    def met(self, state: LessonState) -> bool:
        return state.snapshot is not None and state.snapshot.epoch >= self.epoch


@CONDITIONS.register
@dataclass(frozen=True)
class Stepped(Condition):
    """A batch was trained since the step began: the weights were updated."""

    kind: ClassVar[str] = "batch_stepped"

    def met(self, state: LessonState) -> bool:
        now, first = state.snapshot, state.first
        if now is None or first is None:
            return False
        return (now.epoch, now.batch) > (first.epoch, first.batch)


@CONDITIONS.register
@dataclass(frozen=True)
class WasReset(Condition):
    """Training stands at its beginning."""

    kind: ClassVar[str] = "reset"

    def met(self, state: LessonState) -> bool:
        snapshot = state.snapshot
        return state.is_current and snapshot is not None and snapshot.epoch == snapshot.batch == 0


@dataclass(frozen=True)
class _Loss(Condition):
    loss: float = setting(0.1, "Loss", "The error that is the mark", at_least=0)
    part: Part = setting("train", "Part", "Error of the training or the test part")
    epoch: int = setting(0, "Epoch", "Not before this epoch", unit="epochs", at_least=0)

    def _now(self, state: LessonState) -> float:
        snapshot = state.snapshot
        if snapshot is None or not state.is_current or snapshot.epoch < self.epoch:
            return math.nan
        metrics = snapshot.metrics
        return metrics.train_loss if self.part == "train" else metrics.test_loss


@CONDITIONS.register
@dataclass(frozen=True)
class LossBelow(_Loss):
    """The error has fallen below a mark."""

    kind: ClassVar[str] = "loss_below"

    def met(self, state: LessonState) -> bool:
        return self._now(state) < self.loss


@CONDITIONS.register
@dataclass(frozen=True)
class LossAbove(_Loss):
    """The error is above a mark, or infinite."""

    kind: ClassVar[str] = "loss_above"

    def met(self, state: LessonState) -> bool:
        return self._now(state) > self.loss


@CONDITIONS.register
@dataclass(frozen=True)
class AccuracyAtLeast(Condition):
    """This share of the samples is classified right."""

    kind: ClassVar[str] = "accuracy_at_least"
    accuracy: float = setting(0.9, "Accuracy", "Share of right answers", at_least=0, at_most=1)
    part: Part = setting("train", "Part", "Accuracy on the training or the test part")

    def met(self, state: LessonState) -> bool:
        if state.snapshot is None or not state.is_current:
            return False
        metrics = state.snapshot.metrics
        now = metrics.train_accuracy if self.part == "train" else metrics.test_accuracy
        return now >= self.accuracy


# Settings and architecture


@CONDITIONS.register
@dataclass(frozen=True)
class SettingIs(Condition):
    """A setting, by its dotted path, has a value; an entry of a registry is named by its kind."""

    kind: ClassVar[str] = "setting_is"
    path: str = setting("", "Setting", "Its dotted path, such as training.learning_rate")
    value: Any = setting(None, "Value", "What it is to be")
    tolerance: float = setting(0.0, "Tolerance", "How far a number may be off", at_least=0)

    def met(self, state: LessonState) -> bool:
        present = present_value(state.experiment, self.path)
        if isinstance(present, Entry) and isinstance(self.value, str):
            return present.kind == self.value
        numbers = isinstance(present, int | float) and isinstance(self.value, int | float)
        if numbers and not isinstance(present, bool):
            return bool(abs(present - self.value) <= self.tolerance)
        return bool(to_plain(present) == self.value)


@CONDITIONS.register
@dataclass(frozen=True)
class SettingAtLeast(Condition):
    """A number among the settings is at least this large."""

    kind: ClassVar[str] = "setting_at_least"
    path: str = setting("", "Setting", "Its dotted path")
    value: float = setting(0.0, "Value", "The mark")

    def met(self, state: LessonState) -> bool:
        return bool(present_value(state.experiment, self.path) >= self.value)


def present_value(experiment: Experiment, path: str) -> Any:
    """A setting of the experiment by its dotted path. Raises SettingError when there is none."""
    value: Any = experiment
    for name in path.split("."):
        if not hasattr(value, name):
            raise SettingError("there is no such setting", path)
        value = getattr(value, name)
    return value


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


# Parameters


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterSelected(Condition):
    """A weight or bias is selected: the one with this label, or any."""

    kind: ClassVar[str] = "parameter_selected"
    parameter: str = setting("", "Label", "Such as w5; none: any")

    def met(self, state: LessonState) -> bool:
        return bool(state.selected) and self.parameter in ("", state.selected)


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterExplained(Condition):
    """A weight or bias was explained during the step."""

    kind: ClassVar[str] = "parameter_explained"
    parameter: str = setting("", "Label", "Such as w5; none: any")

    def met(self, state: LessonState) -> bool:
        return bool(state.explained) if not self.parameter else self.parameter in state.explained


@CONDITIONS.register
@dataclass(frozen=True)
class ParameterChanged(Condition):
    """A weight or bias has another value than when the step began."""

    kind: ClassVar[str] = "parameter_changed"
    parameter: str = setting("", "Label", "Such as w5")

    def met(self, state: LessonState) -> bool:
        values = []
        for snapshot in (state.first, state.snapshot):
            if snapshot is None:
                return False
            try:
                values.append(float(snapshot.theta[snapshot.layout.find(self.parameter)]))
            except SettingError:
                return False
        return values[0] != values[1]


# What is looked at


@CONDITIONS.register
@dataclass(frozen=True)
class StageReached(Condition):
    """This one of the six stages is looked at."""

    kind: ClassVar[str] = "stage_reached"
    stage: int = setting(1, "Stage", "1 to 6", at_least=1, at_most=6)

    def met(self, state: LessonState) -> bool:
        return state.stage == self.stage


@CONDITIONS.register
@dataclass(frozen=True)
class ViewDone(Condition):
    """The special view of this name was worked through."""

    kind: ClassVar[str] = "view_done"
    name: str = setting("", "View", "Its name")

    def met(self, state: LessonState) -> bool:
        return self.name in state.done


@CONDITIONS.register
@dataclass(frozen=True)
class TabShown(Condition):
    """A tab of the card below the network is open."""

    kind: ClassVar[str] = "tab_shown"
    name: str = setting("", "Tab", "Its name")

    def met(self, state: LessonState) -> bool:
        return state.tab == self.name


@CONDITIONS.register
@dataclass(frozen=True)
class PlotShown(Condition):
    """A tab of the plots is open."""

    kind: ClassVar[str] = "plot_shown"
    name: str = setting("", "Plot", "Its name")

    def met(self, state: LessonState) -> bool:
        return state.plot == self.name


@CONDITIONS.register
@dataclass(frozen=True)
class InputsTyped(Condition):
    """The network was given inputs that are no sample of the data."""

    kind: ClassVar[str] = "inputs_typed"

    def met(self, state: LessonState) -> bool:
        return state.typed


@CONDITIONS.register
@dataclass(frozen=True)
class Answered(Condition):
    """A number was answered, near enough to the right one."""

    kind: ClassVar[str] = "answered"
    value: float = setting(0.0, "Value", "The right answer")
    tolerance: float = setting(0.001, "Tolerance", "How far off it may be", at_least=0)

    def met(self, state: LessonState) -> bool:
        return state.answer is not None and abs(state.answer - self.value) <= self.tolerance
