"""Edits: what a person can change, as data. An edit turns an experiment into another one.

How θ follows is the runner's matter: `effect` says which of five ways it is. "keep" carries every
parameter over that still exists; "parameters" sets single values, "weights" all of them; "restart"
begins again at epoch 0 with weights drawn anew, "reset" with the initial weights as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bpviz.datasets.dataset import Dataset
from bpviz.engine.activations import Array
from bpviz.engine.carry_over import Origins
from bpviz.engine.settings import SettingError, with_value
from bpviz.engine.spec import LayerSpec, ParameterId
from bpviz.engine.stopping import STOP_RULES
from bpviz.engine.training import TrainerState
from bpviz.engine.value_checks import check_theta
from bpviz.experiments.experiment import Experiment
from bpviz.lab.architecture import (
    free_id,
    hidden_activation,
    hidden_layer,
    with_layer,
    with_layers,
)
from bpviz.lab.data_fit import fit_to_data, merged_inputs, with_source

Effect = Literal["keep", "parameters", "weights", "restart", "reset"]


@dataclass(frozen=True)
class Edit:
    """Something a person did. `text` is its name in the undo menu."""

    @property
    def text(self) -> str:
        raise NotImplementedError

    @property
    def effect(self) -> Effect:
        return "keep"

    @property
    def winds_back(self) -> bool:
        """Whether taking it back takes the whole training back to the moment before it."""
        return self.effect in ("weights", "restart", "reset")

    @property
    def pauses(self) -> bool:
        """Whether training pauses with it."""
        return False

    def origins(self, before: Experiment) -> Origins:
        """Units of the network after the edit that were others before; they keep their weights."""
        return {}

    def apply(self, experiment: Experiment) -> Experiment:
        """The experiment after the edit. Raises SettingError when it cannot be done."""
        return experiment

    def apply_to(self, experiment: Experiment, dataset: Dataset) -> Experiment:
        """The same, where the experiment's samples are at hand."""
        return self.apply(experiment)

    def draft(self, experiment: Experiment) -> Experiment:
        """The experiment after the edit as far as it can be said without loading any samples."""
        return self.apply(experiment)


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


@dataclass(frozen=True, eq=False)
class SetWeights(Edit):
    """Give all weights and biases other values: θ of another training of the same layers."""

    weights: Array

    @property
    def text(self) -> str:
        return "import weights"

    @property
    def effect(self) -> Effect:
        return "weights"

    def new_theta(self, state: TrainerState) -> Array | None:
        """What θ is set to; None leaves it as it is."""
        return self.weights

    def apply(self, experiment: Experiment) -> Experiment:
        check_theta(experiment.network, self.weights)
        return experiment


@dataclass(frozen=True, eq=False)
class TakeBest(Edit):
    """Go back to the best weights so far, which a stop rule keeps; training pauses there."""

    @property
    def text(self) -> str:
        return "take the best weights"

    @property
    def effect(self) -> Effect:
        return "weights"

    @property
    def pauses(self) -> bool:
        return True

    def new_theta(self, state: TrainerState) -> Array | None:
        """What θ is set to; None, when none are kept any more, leaves it as it is."""
        return state.best_theta

    def apply(self, experiment: Experiment) -> Experiment:
        if not experiment.training.keeps_best:
            rules = [cls.label for cls in STOP_RULES.values() if cls.keeps_best]
            raise SettingError(
                f"no best weights are kept; a stop rule does that, such as {rules[0]!r}"
            )
        return experiment


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
        if not self.path.startswith("data"):
            return self.draft(experiment)
        return self.apply_to(experiment, experiment.data.source.load(experiment.seed))

    def apply_to(self, experiment: Experiment, dataset: Dataset) -> Experiment:
        changed = self.draft(experiment)
        if not self.path.startswith("data"):
            return changed
        if changed.data.source.kind != experiment.data.source.kind:
            changed = with_source(experiment, changed)
        return fit_to_data(dataset, experiment, changed)

    def origins(self, before: Experiment) -> Origins:
        return merged_inputs(before.network) if self.path.startswith("data") else {}

    def draft(self, experiment: Experiment) -> Experiment:
        return with_value(experiment, self.path, self.value)


_RESTARTING = {"data.source", "network.initializer", "network.dtype", "seed"}


@dataclass(frozen=True)
class AddUnit(Edit):
    """Add a unit at the end of a hidden layer."""

    layer: str

    @property
    def text(self) -> str:
        return f"add a unit to {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = hidden_layer(experiment.network, self.layer)
        ids = (*layer.ids, max(layer.ids) + 1)
        return with_layer(experiment, replace(layer, units=len(ids), unit_ids=ids))


@dataclass(frozen=True)
class RemoveUnit(Edit):
    """Take a unit (by its lasting id; None: the last one) out of a hidden layer."""

    layer: str
    unit: int | None = None

    @property
    def text(self) -> str:
        return f"remove a unit from {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = hidden_layer(experiment.network, self.layer)
        if layer.units == 1:
            raise SettingError(f"layer {self.layer} has only one unit; remove the layer instead")
        gone = layer.ids[-1] if self.unit is None else self.unit
        ids = tuple(unit for unit in layer.ids if unit != gone)
        if len(ids) == layer.units:
            raise SettingError(f"layer {self.layer} has no unit {gone}")
        return with_layer(experiment, replace(layer, units=len(ids), unit_ids=ids))


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
            id=free_id(spec),
            units=self.units,
            activation=hidden_activation(spec),
            sources=(self.after,),
        )
        layers = [
            replace(x, sources=tuple(new.id if s == self.after else s for s in x.sources))
            for x in spec.layers[at + 1 :]
        ]
        return with_layers(experiment, (*spec.layers[: at + 1], new, *layers))


@dataclass(frozen=True)
class RemoveLayer(Edit):
    """Take a hidden layer out; the layers that it fed are fed by its sources instead."""

    layer: str

    @property
    def text(self) -> str:
        return f"remove layer {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        gone = hidden_layer(spec, self.layer)

        def sources(layer: LayerSpec) -> tuple[str, ...]:
            merged = [
                s for old in layer.sources for s in (gone.sources if old == gone.id else (old,))
            ]
            return tuple(dict.fromkeys(merged))

        layers = tuple(
            replace(layer, sources=sources(layer)) for layer in spec.layers if layer is not gone
        )
        return with_layers(experiment, layers)


@dataclass(frozen=True)
class SetLayer(Edit):
    """Change one field of a layer, by its dotted path: "units", "bias", "activation.slope"."""

    layer: str
    field: str
    value: Any

    @property
    def text(self) -> str:
        return f"change {self.field.rpartition('.')[2].replace('_', ' ')} of {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        layer = experiment.network.layer(self.layer)
        if self.field == "units":
            hidden_layer(experiment.network, self.layer)
            units = with_value(replace(layer, unit_ids=()), "units", self.value).units
            kept = layer.ids[:units]
            first_new = max(layer.ids) + 1
            new_ids = tuple(range(first_new, first_new + units - len(kept)))
            return with_layer(experiment, replace(layer, units=units, unit_ids=(*kept, *new_ids)))
        return with_layer(experiment, with_value(layer, self.field, self.value))


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

    @property
    def pauses(self) -> bool:
        return not self.experiment.learn_at_once

    def apply(self, experiment: Experiment) -> Experiment:
        return self.experiment
