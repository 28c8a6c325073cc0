"""One moment of a training: a network at its weights, and the samples that are looked at.

Everything that is explained is read off the engine's own forward and backward pass of these
samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.data import Samples
from bpviz.engine.network import Buffers, Network
from bpviz.engine.parameters import Layout, layout_of, unit_label
from bpviz.engine.regularizers import penalty, penalty_gradient
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.engine.training_config import TrainingConfig
from bpviz.explain.terms import UnitRef


@dataclass(frozen=True, eq=False)
class Moment:
    """A network, its θ, how it is trained, and one sample or a batch of them.

    `of` says which samples these are and at which weights. `moments` and `steps` are what the
    optimiser remembers (zero and 0 when left out). Nothing of it may change afterwards.
    """

    spec: NetworkSpec
    training: TrainingConfig
    theta: Array
    samples: Samples
    of: str = "this sample"
    moments: Mapping[str, Array] = field(default_factory=dict)
    steps: int = 0

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

        Lists follow `spec.layers`; each entry has shape (samples, units).
        """
        return self._pass(1.0)[0]

    @cached_property
    def data_gradient(self) -> Array:
        """∂E/∂θ of the samples together, without the penalty."""
        gradient = self._pass(self.scale)[1]
        gradient[~self.layout.present()] = 0.0
        return gradient

    @cached_property
    def gradient(self) -> Array:
        """∂(error + penalty)/∂θ, as the optimiser is given it."""
        return np.asarray(self.data_gradient + self.l1_gradient + self.l2_gradient)

    @cached_property
    def l1_gradient(self) -> Array:
        return penalty_gradient(self.layout, self.theta, self.training.l1, 0.0)

    @cached_property
    def l2_gradient(self) -> Array:
        return penalty_gradient(self.layout, self.theta, 0.0, self.training.l2)

    @cached_property
    def errors(self) -> Array:
        """E of every sample, shape (samples,)."""
        with np.errstate(all="ignore"):
            return self.training.loss.per_sample(
                self.buffers.net, self.buffers.out, self.samples.targets
            )

    @property
    def error(self) -> float:
        """The error of the samples together, without the penalty."""
        return float(self.errors.sum()) * self.scale

    @property
    def penalty(self) -> float:
        """The penalty on the weights."""
        weights = self.theta[self.layout.is_weight()]
        training = self.training
        return penalty(weights, training.l1, training.l2, np.empty_like(weights))

    @property
    def is_batch(self) -> bool:
        return len(self.samples) > 1

    def at(self, theta: Array) -> Moment:
        """The same samples at other weights."""
        return Moment(
            self.spec, self.training, theta, self.samples, self.of, self.moments, self.steps
        )

    # Units

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where in `spec.layers` each layer is, by its id."""
        return {layer.id: k for k, layer in enumerate(self.spec.layers)}

    def layer(self, unit: UnitRef) -> LayerSpec:
        return self.spec.layers[self.positions[unit.layer]]

    def name(self, unit: UnitRef) -> str:
        """The short name of a unit: h1, or h2₃."""
        return unit_label(self.layer(unit), unit.unit)

    def net(self, unit: UnitRef, sample: int) -> float:
        return self._value(self.buffers.nets, unit, sample)

    def out(self, unit: UnitRef, sample: int) -> float:
        return self._value(self.buffers.outs, unit, sample)

    def delta(self, unit: UnitRef, sample: int) -> float:
        """∂E/∂net of a unit, for one sample with its own error taken whole."""
        return self._value(self.buffers.deltas, unit, sample)

    def weight(self, parameter: ParameterId) -> float:
        return float(self.theta[self.layout.index_of(parameter)])

    def _value(self, arrays: list[Array], unit: UnitRef, sample: int) -> float:
        place = self.layer(unit).places[unit.unit]
        return float(arrays[self.positions[unit.layer]][sample, place])

    def _pass(self, scale: float) -> tuple[Buffers, Array]:
        inputs, targets = self.samples.inputs, self.samples.targets
        buffers = self.network.run(inputs)
        gradient = np.zeros_like(self.theta)
        Backprop(self.network, gradient).backward(
            buffers, np.asarray(targets, self.spec.dtype), self.training.loss, scale
        )
        return buffers, gradient
