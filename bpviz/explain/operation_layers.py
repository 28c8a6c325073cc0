"""The operations of a network: products of matrices, biases added, activations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Block
from bpviz.engine.spec import LayerSpec
from bpviz.explain.names import with_constants
from bpviz.explain.operation_building import Builder, units_of
from bpviz.explain.operation_graph import Local
from bpviz.explain.plain import plain


def add_layers(builder: Builder) -> None:
    """Add what the network computes, layer after layer."""
    for position, layer in enumerate(builder.moment.spec.layers):
        if layer.is_input:
            builder.outs[layer.id] = builder.add(
                None,
                name="inputs",
                formula=layer.id if _mask(builder, position) is None else f"m · {layer.id}",
                layer=layer.id,
                leaf="inputs",
                inputs=(),
                value=builder.moment.passed.outs[position],
                units=units_of(layer),
            )
        else:
            builder.outs[layer.id] = _add_layer(builder, layer, position)


def _add_layer(builder: Builder, layer: LayerSpec, position: int) -> int:
    net = builder.moment.passed.nets[position]
    bias = builder.moment.layout.block(layer.id)
    products = [_add_product(builder, layer, source) for source in layer.sources]
    total = products[0]
    if len(products) > 1:
        value = net if bias is None else np.sum([builder.value(p) for p in products], axis=0)
        total = _add_sum(builder, "add", layer, tuple(products), value)
    if bias is not None:
        total = _add_sum(builder, "add bias", layer, (total, _add_block(builder, layer, bias)), net)
    out = _add_activation(builder, layer, total, position)
    mask = _mask(builder, position)
    return out if mask is None else _add_dropout(builder, layer, out, mask)


def _add_block(builder: Builder, layer: LayerSpec, block: Block) -> int:
    moment = builder.moment
    value = block.view(moment.theta)
    return builder.add(
        None,
        name="bias" if block.is_bias else "weights",
        formula="b" if block.is_bias else f"W  {block.source} → {layer.id}",
        layer=layer.id,
        leaf="bias" if block.is_bias else "weights",
        inputs=(),
        value=value.reshape(1, -1) if block.is_bias else value,
        units=units_of(layer) if block.is_bias else (),
        block=block,
        learns=bool(moment.layout.trainable()[block.start : block.stop].any()),
    )


def _add_product(builder: Builder, layer: LayerSpec, source: str) -> int:
    moment = builder.moment
    block = moment.layout.block(layer.id, source)
    assert block is not None
    weights, carried = _add_block(builder, layer, block), builder.outs[source]
    W, x = builder.value(weights), builder.value(carried)
    wanted = not builder.is_fixed(carried)
    missing = moment.spec.missing
    there = block.view(moment.layout.present()) if missing else None

    def back(gradient: Array) -> Sequence[Array | None]:
        to_weights = gradient.T @ x
        if there is not None:
            to_weights[~there] = 0.0
        return (gradient @ W if wanted else None, to_weights)

    return builder.add(
        back,
        name="matmul",
        formula="x · Wᵀ",
        layer=layer.id,
        leaf="",
        inputs=(carried, weights),
        value=x @ W.T,
        local=(Local("W", "W"), Local("x", "x")),
        units=units_of(layer),
        block=block,
    )


def _add_sum(
    builder: Builder, name: str, layer: LayerSpec, inputs: tuple[int, ...], value: Array
) -> int:
    shapes = [builder.value(k).shape for k in inputs]

    def back(gradient: Array) -> Sequence[Array | None]:
        return [_summed_to(gradient, shape) for shape in shapes]

    return builder.add(
        back,
        name=name,
        formula="x + b" if name == "add bias" else " + ".join(["x"] * len(inputs)),
        layer=layer.id,
        leaf="",
        inputs=inputs,
        value=value,
        local=(Local("1", "1", np.ones((1, 1))),) * len(inputs),
        units=units_of(layer),
        block=builder.made[inputs[-1]].block if name == "add bias" else None,
    )


def _add_activation(builder: Builder, layer: LayerSpec, net_at: int, position: int) -> int:
    activation = layer.activation
    net, out = builder.value(net_at), builder.moment.passed.raw[position]

    def back(gradient: Array) -> Sequence[Array | None]:
        delta = np.array(gradient)
        activation.backward(net, out, delta, np.empty_like(delta))
        return (delta,)

    slope = None
    if activation.elementwise:
        slope = np.empty_like(net)
        activation.derivative(net, out, slope)
    latex = with_constants(activation.derivative_formula, activation.constants)
    return builder.add(
        back,
        name=activation.label,
        formula=plain(with_constants(activation.formula, activation.constants)),
        layer=layer.id,
        leaf="",
        inputs=(net_at,),
        value=out,
        local=(Local(plain(latex), latex, slope),),
        units=units_of(layer),
    )


def _mask(builder: Builder, position: int) -> Array | None:
    """What dropout multiplies a layer's outputs with, if it does."""
    masks = builder.moment.masks
    return None if masks is None else masks[position]


def _add_dropout(builder: Builder, layer: LayerSpec, out: int, mask: Array) -> int:
    """Each output times its mask: 0 for what is left out, else 1 / (1 - p)."""
    return builder.add(
        lambda gradient: (gradient * mask,),
        name="dropout",
        formula="m · x",
        layer=layer.id,
        leaf="",
        inputs=(out,),
        value=builder.value(out) * mask,
        local=(Local("m", "m", mask),),
        units=units_of(layer),
    )


def _summed_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """What was spread out in the addition (a bias over samples, or over a layer) is summed."""
    for axis in (0, 1):
        if shape[axis] == 1 and gradient.shape[axis] != 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient
