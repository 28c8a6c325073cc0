"""Why linear hidden layers are ineffective: such a network equals one layer.

out = f(W_n(… W_2(W_1 x + b_1) + b_2 …) + b_n) = f(W x + b), with W the product of the matrices.
"""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array, Identity
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec


def collapsed(spec: NetworkSpec, theta: Array) -> tuple[Array, Array]:
    """W, shape (outputs, inputs), and b, shape (outputs,), of the one layer that the network is.

    The output's activation is not part of it. Connections may skip layers. Raises SettingError
    naming the first hidden layer that is not linear.
    """
    for layer in spec.computed[:-1]:
        if not isinstance(layer.activation, Identity):
            raise SettingError(
                f"layer {layer.id} is {layer.activation.label}, not linear, "
                "so the network is more than one layer"
            )
    layout = layout_of(spec)
    columns: dict[str, slice] = {}
    inputs = 0
    for layer in spec.inputs:
        columns[layer.id] = slice(inputs, inputs + layer.units)
        inputs += layer.units
    linear: dict[str, tuple[Array, Array]] = {}
    for layer in spec.computed:
        weights, bias = np.zeros((layer.units, inputs)), np.zeros(layer.units)
        for source in layer.sources:
            block = layout.block(layer.id, source)
            assert block is not None
            own = np.asarray(block.view(theta), np.float64)
            if source in columns:
                weights[:, columns[source]] += own
            else:
                weights += own @ linear[source][0]
                bias += own @ linear[source][1]
        own_bias = layout.block(layer.id)
        if own_bias is not None:
            bias += own_bias.view(theta)
        linear[layer.id] = weights, bias
    return linear[spec.output.id]


def collapsed_output(spec: NetworkSpec, weights: Array, bias: Array, inputs: Array) -> Array:
    """f(W x + b) of every sample, f being the output's activation; shape (samples, outputs)."""
    net = np.asarray(inputs @ weights.T + bias)
    out = np.empty_like(net)
    with np.errstate(all="ignore"):
        spec.output.activation.forward(net, out, np.empty_like(net))
    return out


def both_outputs(spec: NetworkSpec, theta: Array, inputs: Array) -> tuple[Array, Array]:
    """What the network puts out for these samples, and what the one layer does.

    Raises SettingError when the network is not linear.
    """
    weights, bias = collapsed(spec, theta)
    one = collapsed_output(spec, weights, bias, inputs)
    return Network(spec, theta).predict(inputs), one


def largest_difference(out: Array, one: Array) -> float:
    """How far two tables of outputs lie apart at most; 0 without samples."""
    return float(np.abs(one - out).max(initial=0.0))
