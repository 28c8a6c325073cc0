"""One moment of a training: a network at its weights, and the samples that are looked at.

Everything that is explained is read off the engine's own forward and backward pass of these
samples.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.data import Samples
from bpviz.engine.network import Buffers, Network
from bpviz.engine.noise import Masks
from bpviz.engine.parameters import Layout, layout_of, unit_label
from bpviz.engine.regularizers import add_penalties, penalty, penalty_gradient
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.engine.training_config import TrainingConfig
from bpviz.engine.update_rule import StepSettings, UpdateRule
from bpviz.explain.terms import UnitRef

# So many parameters are stepped through at once.
_RUN = 1 << 15


@dataclass(frozen=True, eq=False)
class Moment:
    """A network, its θ, how it is trained, and one sample or a batch of them.

    `of` says which samples these are and at which weights. `moments` and `steps` are what the
    optimiser remembers (zero and 0 when left out). `left_out` is how many samples of a batch are
    not among these, because all would take too long. `settings` are rate and optimiser of the step
    as schedules have them (left out: as training sets them), `masks` those of dropout; `quiet`
    means that the samples are looked at without the chance (dropout, input noise) of training.
    `input_names` are those of all inputs where they have other ones than their places (x1, x2).
    Nothing of it may change afterwards.
    """

    spec: NetworkSpec
    training: TrainingConfig
    theta: Array
    samples: Samples
    of: str = "this sample"
    moments: Mapping[str, Array] = field(default_factory=dict)
    steps: int = 0
    left_out: int = 0
    settings: StepSettings | None = None
    masks: Masks | None = None
    quiet: bool = False
    input_names: tuple[str, ...] = ()

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.spec)

    @cached_property
    def network(self) -> Network:
        return Network(self.spec, self.theta)

    @cached_property
    def scale(self) -> float:
        """What every sample's error is multiplied with: 1/n for the mean over n, 1 for the sum."""
        return 1.0 / len(self.samples) if self.training.reduction == "mean" else 1.0

    @cached_property
    def buffers(self) -> Buffers:
        """Net inputs, outputs and δ = ∂E/∂net of every sample, its own error taken whole.

        Whole is times the sample's weight, where it has one.

        Lists follow `spec.layers`; each entry has shape (samples, units).
        """
        return self._passes[0]

    @cached_property
    def data_gradient(self) -> Array:
        """∂E/∂θ of the samples together, without the penalty."""
        buffers, gradient = self._passes
        if self.scale != 1.0:
            # The same values, with deltas of their own.
            again = copy.copy(buffers)
            again.deltas, again.scratch = (
                [np.empty_like(x) for x in arrays] for arrays in (buffers.deltas, buffers.scratch)
            )
            gradient = self._backward(again, self.scale)
        if self.spec.missing:
            gradient[~self.layout.present()] = 0.0
        return _read_only(gradient)

    @cached_property
    def gradient(self) -> Array:
        """∂(error + penalty)/∂θ, as the optimiser is given it."""
        l1, l2 = self.training.l1, self.training.l2
        if not (l1 or l2):
            return self.data_gradient
        gradient = self.data_gradient.copy()
        add_penalties(self.layout, self.theta, l1, l2, gradient)
        if self.spec.missing:
            gradient[~self.layout.present()] = 0.0
        return _read_only(gradient)

    @cached_property
    def l1_gradient(self) -> Array:
        """∂(L1 penalty)/∂θ; takes no room when there is no such penalty."""
        return self._penalty_gradient(self.training.l1, 0.0)

    @cached_property
    def l2_gradient(self) -> Array:
        """∂(L2 penalty)/∂θ; takes no room when there is no such penalty."""
        return self._penalty_gradient(0.0, self.training.l2)

    def _penalty_gradient(self, l1: float, l2: float) -> Array:
        if not (l1 or l2):
            return np.broadcast_to(np.zeros(1, self.theta.dtype), self.theta.shape)
        return _read_only(penalty_gradient(self.layout, self.theta, l1, l2))

    @cached_property
    def step_settings(self) -> StepSettings:
        """Rate and optimiser of the step."""
        training = self.training
        return self.settings or StepSettings(training.learning_rate, training.optimizer)

    @cached_property
    def rule(self) -> UpdateRule:
        """How the trainer makes a step of a gradient."""
        return UpdateRule(self.layout, self.training)

    @cached_property
    def given(self) -> Array:
        """The gradient as the optimiser gets it: clipped, and without what rests."""
        given = self.rule.given(self.gradient)
        return given if given is self.gradient else _read_only(given.copy())

    @cached_property
    def step(self) -> Array:
        """Δθ of the whole network, by the trainer's own code; zero where parameters rest.

        Made once, and read-only; the optimiser's moments stay as they are.
        """
        size = self.layout.size
        if not self.rule.elementwise:
            return _read_only(self._step(self.rule, slice(0, size)))
        step = np.empty_like(self.theta)
        # What fits a processor's cache is stepped through at once.
        for start in range(0, size, _RUN):
            part = slice(start, min(size, start + _RUN))
            step[part] = self._step(self.rule.at(part), part)
        return _read_only(step)

    def step_at(self, part: slice) -> Array:
        """Δθ of a part of θ; where the parts hang together, all of them are stepped through."""
        if self.rule.elementwise:
            return self._step(self.rule.at(part), part)
        return self.step[part]

    def _step(self, rule: UpdateRule, part: slice) -> Array:
        theta, gradient = self.theta[part], self.gradient[part]
        change, scratch = np.empty_like(gradient), np.empty_like(gradient)
        moments = self.moments_at(part)
        with np.errstate(all="ignore"):
            rule.step(theta, gradient, self.step_settings, self.steps + 1, moments, change, scratch)
        return change

    @cached_property
    def optimizer_step(self) -> Array:
        """What the optimiser alone makes of the gradient, before decay, shrink and max-norm.

        Of the whole network, for an optimiser that is not elementwise.
        """
        rate, optimizer = self.step_settings
        change, scratch = np.empty_like(self.theta), np.empty_like(self.theta)
        moments = self.moments_at(slice(0, self.layout.size))
        with np.errstate(all="ignore"):
            optimizer.update(self.given, rate, self.steps + 1, moments, change, scratch)
        return _read_only(change)

    def moments_at(self, part: slice) -> dict[str, Array]:
        """Copies of the optimiser's moments for a part of θ, zero where there are none yet."""
        return {
            name: np.array(self.moments[name][part])
            if name in self.moments
            else np.zeros_like(self.theta[part])
            for name in self.training.optimizer.moments
        }

    @cached_property
    def errors(self) -> Array:
        """E of every sample, times its weight where it has one; shape (samples,)."""
        run, weights = self.passed, self.samples.weights
        with np.errstate(all="ignore"):
            errors = self.training.loss.per_sample(run.net, run.out, self.samples.targets)
            return errors if weights is None else errors * weights

    def error_terms(self, sample: int) -> Array:
        """What each output contributes to E of a sample, by its weight too; shape (outputs,)."""
        run, row = self.passed, slice(sample, sample + 1)
        net, out, targets = run.net[row], run.out[row], self.samples.targets[row]
        terms = np.empty_like(out)
        with np.errstate(all="ignore"):
            self.training.loss.terms(net, out, targets, terms, np.empty_like(out))
            return np.asarray(terms[0] * (1.0 if (c := self.counts(sample)) is None else c))

    @cached_property
    def is_finite(self) -> bool:
        """Whether all weights and biases are numbers."""
        with np.errstate(all="ignore"):
            return bool(np.isfinite(self.theta.sum()) or np.isfinite(self.theta).all())

    @property
    def error(self) -> float:
        """The error of the samples together, without the penalty."""
        return float(self.errors.sum()) * self.scale

    @property
    def penalty(self) -> float:
        """The penalty on the weights."""
        training = self.training
        if not (training.l1 or training.l2):
            return 0.0
        weights = self.theta[self.layout.is_weight()]
        return penalty(weights, training.l1, training.l2, np.empty_like(weights))

    @property
    def is_batch(self) -> bool:
        return len(self.samples) > 1

    @property
    def part_words(self) -> str:
        """A sentence on samples that were left out, with a space before it; "" when none was."""
        if not self.left_out:
            return ""
        return f" This is worked out from {self.of}; the real step is that of all of them."

    @property
    def quiet_words(self) -> str:
        """A sentence on the chance of training that is not here; "" when there would be none."""
        found = self.training.chance(self.spec)
        if not (self.quiet and found):
            return ""
        return f" The sample is looked at without the {' and '.join(found)} of training."

    def at(self, theta: Array) -> Moment:
        """The same samples at other weights."""
        return replace(self, theta=theta)

    # Units

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where in `spec.layers` each layer is, by its id."""
        return {layer.id: k for k, layer in enumerate(self.spec.layers)}

    def layer(self, unit: UnitRef) -> LayerSpec:
        return self.spec.layers[self.positions[unit.layer]]

    def name(self, unit: UnitRef) -> str:
        """The short name of a unit: h1, or h2₃."""
        layer = self.layer(unit)
        if layer.is_input and self.input_names:
            inputs = self.spec.inputs
            before = sum(group.units for group in inputs[: inputs.index(layer)])
            return self.input_names[before + layer.places[unit.unit]]
        return unit_label(layer, unit.unit)

    def outs(self, layer: str, sample: int) -> Array:
        """What all units of a layer put out, in their order."""
        return np.asarray(self.passed.outs[self.positions[layer]][sample])

    def net(self, unit: UnitRef, sample: int) -> float:
        return self._value(self.passed.nets, unit, sample)

    def out(self, unit: UnitRef, sample: int) -> float:
        return self._value(self.passed.outs, unit, sample)

    def raw(self, unit: UnitRef, sample: int) -> float:
        """f(net) of a unit, or the input: its output before dropout."""
        return self._value(self.passed.raw, unit, sample)

    def mask(self, unit: UnitRef, sample: int) -> float | None:
        """What dropout multiplies a unit's output with; None where the layer has no dropout."""
        if self.masks is None or (mask := self.masks[self.positions[unit.layer]]) is None:
            return None
        return float(mask[sample, self.layer(unit).places[unit.unit]])

    def counts(self, sample: int) -> float | None:
        """The sample's weight, with which its error is multiplied; None without weights."""
        weights = self.samples.weights
        return None if weights is None else float(weights[sample])

    def delta(self, unit: UnitRef, sample: int) -> float:
        """∂E/∂net of a unit, for one sample with its own error taken whole."""
        return self._value(self.buffers.deltas, unit, sample)

    def weight(self, parameter: ParameterId) -> float:
        return float(self.theta[self.layout.index_of(parameter)])

    def _value(self, arrays: list[Array], unit: UnitRef, sample: int) -> float:
        place = self.layer(unit).places[unit.unit]
        return float(arrays[self.positions[unit.layer]][sample, place])

    @cached_property
    def passed(self) -> Buffers:
        """The forward pass alone: net inputs and outputs of every sample; no deltas yet."""
        return self.network.run(self.samples.inputs, self.masks)

    @cached_property
    def _passes(self) -> tuple[Buffers, Array]:
        """Forward and backward pass, each sample's own error taken whole."""
        return self.passed, self._backward(self.passed, 1.0)

    def _backward(self, buffers: Buffers, scale: float) -> Array:
        gradient = np.empty_like(self.theta)
        targets = np.asarray(self.samples.targets, self.spec.dtype)
        loss, weights = self.training.loss, self.samples.weights
        Backprop(self.network, gradient).backward(buffers, targets, loss, scale, weights)
        return gradient


def _read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array
