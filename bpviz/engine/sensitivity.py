"""How much each output moves with each input, by the engine's own backward pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.losses import Loss
from bpviz.engine.network import Buffers, Network, evaluation_rows


@dataclass(frozen=True)
class OneOutput(Loss):
    """E = out_k, so that the deltas of a backward pass are ∂out_k/∂net.

    Backpropagation differentiates any error; this one makes it differentiate the network itself.
    """

    output: int = 0

    def gradient_out(self, out: Array, target: Array, result: Array) -> None:
        result.fill(0.0)
        result[:, self.output] = 1.0


def input_gradients(network: Network, inputs: Array) -> Array:
    """∂out_k/∂in_i for every sample, shape (samples, outputs, inputs).

    One backward pass for each output: ∂out_k/∂in = Σ δ W over the layers fed by the inputs, where
    δ = ∂out_k/∂net. `inputs` are the network's own, after scaling, shape (samples, inputs).
    """
    outputs = network.spec.output.units
    result = np.empty((len(inputs), outputs, inputs.shape[1]), network.spec.dtype)
    backprop = Backprop(network, None)
    buffers = network.run(inputs)
    for k in range(outputs):
        backprop.backward(buffers, buffers.out, OneOutput(k), 1.0)
        _to_inputs(network, buffers, result[:, k])
    return result


def mean_sensitivity(network: Network, inputs: Array) -> Array:
    """Mean over the samples of |∂out_k/∂in_i|, shape (outputs, inputs); NaN without samples."""
    outputs = network.spec.output.units
    if not len(inputs):
        return np.full((outputs, inputs.shape[1]), np.nan)
    total = np.zeros((outputs, inputs.shape[1]))
    rows = max(1, evaluation_rows(network.spec) // outputs)
    for start in range(0, len(inputs), rows):
        gradients = input_gradients(network, inputs[start : start + rows])
        with np.errstate(all="ignore"):
            total += np.abs(gradients).sum(axis=0, dtype=np.float64)
    return total / len(inputs)


def _to_inputs(network: Network, buffers: Buffers, result: Array) -> None:
    """Carry the deltas on to the inputs, one group after the other."""
    columns = dict(buffers.groups)
    result.fill(0.0)
    with np.errstate(all="ignore"):
        for step in network.steps:
            for source, weights in step.sources:
                if source in columns:
                    result[:, columns[source]] += buffers.deltas[step.position] @ weights
