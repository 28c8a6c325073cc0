"""The forward pass: out = f(net), net = Σ W·out_source + b, layer after layer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bpviz.engine.activations import Activation, Array
from bpviz.engine.noise import Masks
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec

_EVALUATION_NUMBERS = 1 << 20
_ENOUGH_ROWS = 32


class Step(NamedTuple):
    """How one layer is computed; `sources` are (position of the source layer, its weights)."""

    position: int
    activation: Activation
    sources: tuple[tuple[int, Array], ...]
    bias: Array | None


class Buffers:
    """Room for a batch of `rows` samples: per layer its net inputs, outputs and deltas.

    Lists follow `spec.layers`. `outs` of a single input group is the batch itself that was put in;
    several groups each have a copy of their columns, because a product with a part of the columns
    would copy them every time. `deltas` hold ∂E/∂out and then ∂E/∂net.

    `within` are buffers of at least as many rows to share memory with.

    With dropout, `masks` (see noise.py) stand beside them: `outs` are then what goes on along the
    connections, mask · f(net), and `raw` holds f(net) itself. Elsewhere the two are one.
    """

    def __init__(self, spec: NetworkSpec, rows: int, within: Buffers | None = None) -> None:
        def room(name: str) -> list[Array]:
            if within is not None:
                return [array[:rows] for array in getattr(within, name)]
            return [
                np.empty((rows, 0 if layer.is_input else layer.units), spec.dtype)
                for layer in spec.layers
            ]

        self.rows = rows
        self.nets, self.outs = room("nets"), room("outs")
        self.deltas, self.scratch = room("deltas"), room("scratch")
        self.raw = self.outs
        self.masks: Masks | None = None
        self.groups: list[tuple[int, slice]] = []
        column = 0
        for position, layer in enumerate(spec.layers):
            if layer.is_input:
                self.groups.append((position, slice(column, column + layer.units)))
                column += layer.units
        self.inputs = column
        if len(self.groups) > 1:
            for position, columns in self.groups:
                self.outs[position] = np.empty((rows, columns.stop - columns.start), spec.dtype)

    def put(self, inputs: Array) -> None:
        """Let the input groups hold these samples, shape (rows, inputs)."""
        if len(self.groups) == 1:
            self.raw[self.groups[0][0]] = inputs
            if self.masks is not None:
                self._drop_inputs(self.groups[0][0])
            return
        for position, columns in self.groups:
            np.copyto(self.raw[position], inputs[:, columns])
            if self.masks is not None:
                self._drop_inputs(position)

    def drop(self, masks: Masks) -> None:
        """Leave out what the masks say, from the next `put` on."""
        if self.masks is None:
            self.raw = [
                out if mask is None else np.empty_like(mask)
                for out, mask in zip(self.outs, masks, strict=True)
            ]
        self.masks = masks

    def _drop_inputs(self, position: int) -> None:
        assert self.masks is not None
        mask, raw = self.masks[position], self.raw[position]
        self.outs[position] = raw if mask is None else raw * mask

    @property
    def net(self) -> Array:
        """Net inputs of the output layer, shape (rows, outputs)."""
        return self.nets[-1]

    @property
    def out(self) -> Array:
        """Outputs of the network, shape (rows, outputs)."""
        return self.outs[-1]


class Network:
    """A network and its θ. The weights are views: when θ changes in place, so does the network."""

    def __init__(self, spec: NetworkSpec, theta: Array) -> None:
        self.spec = spec
        self.theta = theta
        self.steps = steps_of(spec, theta)

    def forward(self, buffers: Buffers) -> None:
        """Compute net inputs and outputs of all layers for the samples that `buffers` holds."""
        outs, nets, raw, masks = buffers.outs, buffers.nets, buffers.raw, buffers.masks
        with np.errstate(all="ignore"):
            for position, activation, sources, bias in self.steps:
                net, room = nets[position], buffers.scratch[position]
                first, weights = sources[0]
                np.dot(outs[first], weights.T, out=net)
                for source, weights in sources[1:]:
                    np.dot(outs[source], weights.T, out=room)
                    np.add(net, room, out=net)
                if bias is not None:
                    np.copyto(room, bias)
                    np.add(net, room, out=net)
                activation.forward(net, raw[position], room)
                if masks is not None and (mask := masks[position]) is not None:
                    np.multiply(raw[position], mask, out=outs[position])

    def run(self, inputs: Array, masks: Masks | None = None) -> Buffers:
        """The forward pass of these samples in buffers of its own, with or without dropout.

        Raises ValueError when they are not a table with one column per input unit.
        """
        inputs = np.ascontiguousarray(inputs, self.spec.dtype)
        buffers = Buffers(self.spec, len(inputs))
        if inputs.ndim != 2 or inputs.shape[1] != buffers.inputs:
            raise ValueError(
                f"inputs must have shape (samples, {buffers.inputs}), got {inputs.shape}"
            )
        if masks is not None:
            buffers.drop(masks)
        buffers.put(inputs)
        self.forward(buffers)
        return buffers

    def predict(self, inputs: Array) -> Array:
        """Outputs for these samples, shape (samples, outputs), computed in bounded memory."""
        rows = evaluation_rows(self.spec)
        starts = range(0, max(1, len(inputs)), rows)
        return np.concatenate([self.run(inputs[k : k + rows]).out for k in starts])


def evaluation_rows(spec: NetworkSpec) -> int:
    """How many samples to evaluate at once: fixed by the network alone, so bits never differ.

    A single group of inputs is not copied; however wide it is, so many samples go together that
    the weights need not be read anew for every few of them.
    """
    rows = _EVALUATION_NUMBERS // sum(layer.units for layer in spec.layers)
    if len(spec.inputs) == 1 and rows < _ENOUGH_ROWS:
        computed = sum(layer.units for layer in spec.computed)
        rows = max(rows, min(_ENOUGH_ROWS, _EVALUATION_NUMBERS // computed))
    return max(1, rows)


def steps_of(spec: NetworkSpec, theta: Array) -> tuple[Step, ...]:
    """How each layer is computed, its weights and biases being views on a θ-sized vector."""
    layout = layout_of(spec)
    position = {layer.id: k for k, layer in enumerate(spec.layers)}
    steps = []
    for layer in spec.computed:
        sources = []
        for source in layer.sources:
            block = layout.block(layer.id, source)
            assert block is not None
            sources.append((position[source], block.view(theta)))
        bias = layout.block(layer.id)
        steps.append(
            Step(
                position[layer.id],
                layer.activation,
                tuple(sources),
                None if bias is None else bias.view(theta),
            )
        )
    return tuple(steps)
