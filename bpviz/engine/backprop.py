"""The backward pass: deltas from the outputs to the first layer, and the gradient they give.

δ of an output unit is ∂E/∂out · f'(net); δ of an inner unit is f'(net) · Σ δ_next · w; the
gradient of a weight is δ of the unit it leads to times what it carries (Rumelhart et al. 1986,
eq. 4 to 7). Here δ = ∂E/∂net.
"""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.losses import Loss
from bpviz.engine.network import Buffers, Network, Step, steps_of


class Backprop:
    """The backward pass of one network into one gradient vector of θ's size; None: deltas alone."""

    def __init__(self, network: Network, gradient: Array | None) -> None:
        self.network = network
        self.gradient = gradient
        self._targets = None if gradient is None else steps_of(network.spec, gradient)
        self._inputs = {k for k, layer in enumerate(network.spec.layers) if layer.is_input}

    def backward(
        self,
        buffers: Buffers,
        targets: Array,
        loss: Loss,
        scale: float,
        weights: Array | None = None,
    ) -> None:
        """Fill `gradient`, if there is one, with Σ over samples of weight · ∂E/∂θ, times `scale`.

        `buffers` must hold a finished forward pass; afterwards its deltas are
        scale · weight · ∂E/∂net. `weights` has shape (samples,); None: all 1.
        """
        with np.errstate(all="ignore"):
            self._output_delta(buffers, targets, loss, scale)
            if weights is not None:
                np.multiply(buffers.deltas[-1], weights[:, np.newaxis], out=buffers.deltas[-1])
            self._propagate(buffers)

    def _output_delta(self, buffers: Buffers, targets: Array, loss: Loss, scale: float) -> None:
        delta = buffers.deltas[-1]
        activation = self.network.spec.output.activation
        if loss.needs_output:
            loss.gradient_net(buffers.out, targets, delta)
        else:
            loss.gradient_out(buffers.out, targets, delta)
            activation.backward(buffers.net, buffers.out, delta, buffers.scratch[-1])
        if scale != 1.0:
            np.multiply(delta, scale, out=delta)

    def _propagate(self, buffers: Buffers) -> None:
        nets, outs, deltas, scratch = buffers.nets, buffers.outs, buffers.deltas, buffers.scratch
        raw, masks = buffers.raw, buffers.masks
        written: set[int] = set()
        output = len(outs) - 1
        for number, step in reversed(tuple(enumerate(self.network.steps))):
            position = step.position
            delta = deltas[position]
            if position != output:
                if masks is not None and (mask := masks[position]) is not None:
                    np.multiply(delta, mask, out=delta)
                step.activation.backward(nets[position], raw[position], delta, scratch[position])
            if self._targets is not None:
                _add_up(delta, outs, self._targets[number])
            for source, weights in step.sources:
                if source in self._inputs:
                    continue
                if source in written:
                    np.dot(delta, weights, out=scratch[source])
                    np.add(deltas[source], scratch[source], out=deltas[source])
                else:
                    np.dot(delta, weights, out=deltas[source])
                    written.add(source)


def _add_up(delta: Array, outs: list[Array], target: Step) -> None:
    """The gradient of one layer's weights and biases from its deltas."""
    if target.bias is not None:
        if target.bias.size == delta.shape[1]:
            np.add.reduce(delta, axis=0, out=target.bias)
        else:
            target.bias[0] = np.add.reduce(delta, axis=None)
    for source, gradient in target.sources:
        np.dot(delta.T, outs[source], out=gradient)
