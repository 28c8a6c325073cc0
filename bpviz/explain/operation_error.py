"""The operations of an error: those of each output, their sum, the mean over the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.losses import ErrorOperation
from bpviz.explain.names import with_constants
from bpviz.explain.operation_building import Builder, units_of
from bpviz.explain.operation_graph import Local
from bpviz.explain.operation_kinds import KINDS, Value
from bpviz.explain.operation_numbers import short_number
from bpviz.explain.plain import plain

FROM_NET = "The engine computes the error from the net input instead: E = {}."


def add_error(builder: Builder) -> None:
    """Add what makes one number of the outputs: the error of the moment's samples together."""
    moment = builder.moment
    targets = builder.add(
        None,
        name="targets",
        formula="target",
        layer="",
        leaf="targets",
        inputs=(),
        value=np.asarray(moment.samples.targets, moment.spec.dtype),
        units=units_of(moment.spec.output),
    )
    out = builder.outs[moment.spec.output.id]
    if moment.training.loss.operations:
        last = _add_total(builder, _add_weights(builder, _add_terms(builder, out, targets)))
    else:
        last = _add_weights(builder, _add_whole_error(builder, out, targets))
        if moment.is_batch:
            last = _add_total(builder, last)
    if moment.training.reduction == "mean" and moment.is_batch:
        _add_mean(builder, last)


def _add_terms(builder: Builder, out: int, targets: int) -> int:
    """What each output contributes, by the operations that the error declares."""
    ids = {"out": out, "target": targets}
    for step in builder.moment.training.loss.operations:
        ids[step.result] = _add_elementary(builder, step, ids)
    return ids[step.result]


def _add_elementary(builder: Builder, step: ErrorOperation, ids: dict[str, int]) -> int:
    kind, output = KINDS[step.operation], builder.moment.spec.output
    constants = builder.moment.training.loss.constants
    numbers = {"K": float(output.units)} | constants
    arguments = [
        numbers.get(x, ids.get(x, -1)) if isinstance(x, str) else x for x in step.arguments
    ]
    values: list[Value] = [builder.value(x) if isinstance(x, int) else x for x in arguments]
    names = _names(step, constants)
    first = [_enclosed(float(np.ravel(value)[0])) for value in values]
    shape = np.broadcast_shapes(*map(np.shape, values))
    inputs = tuple(x for x in arguments if isinstance(x, int))
    slopes = [kind.slopes[k] for k, x in enumerate(arguments) if isinstance(x, int)]
    derivatives = [np.broadcast_to(slope.of(values), shape) for slope in slopes]

    def back(gradient: Array) -> Sequence[Array | None]:
        pairs = zip(inputs, derivatives, strict=True)
        return [None if builder.is_fixed(x) else gradient * slope for x, slope in pairs]

    return builder.add(
        back,
        name=kind.name,
        formula=kind.text.format(*names),
        layer="",
        leaf="",
        inputs=inputs,
        value=np.asarray(kind.forward(*values)),
        local=tuple(
            Local(
                slope.text.format(*names),
                slope.latex.format(*names),
                derivative,
                slope.text.format(*first),
            )
            for slope, derivative in zip(slopes, derivatives, strict=True)
        ),
        units=units_of(output),
    )


def _add_whole_error(builder: Builder, out: int, targets: int) -> int:
    """An error that says nothing of its operations is one, with a value for each sample."""
    loss, y, t = builder.moment.training.loss, builder.value(out), builder.value(targets)
    slope = np.empty_like(y)
    loss.gradient_out(y, t, slope)
    errors = loss.per_sample(builder.moment.passed.net, y, t)
    latex = with_constants(loss.gradient_formula, loss.constants)
    latex = latex or r"\frac{\partial E}{\partial out}"
    return builder.add(
        lambda gradient: (gradient * slope, None),
        name=loss.label,
        formula=plain(with_constants(loss.formula, loss.constants)) or loss.label,
        layer="",
        leaf="",
        inputs=(out, targets),
        value=errors.reshape(-1, 1),
        local=(Local(plain(latex), latex, slope), Local("", "")),
        units=units_of(builder.moment.spec.output),
    )


def _add_weights(builder: Builder, terms: int) -> int:
    """Each sample's error times its weight, where samples have weights."""
    weights, values = builder.moment.samples.weights, builder.value(terms)
    if weights is None:
        return terms
    column = np.broadcast_to(weights[:, np.newaxis], values.shape)
    return builder.add(
        lambda gradient: (gradient * column,),
        name="sample weight",
        formula="c · x",
        layer="",
        leaf="",
        inputs=(terms,),
        value=values * column,
        local=(Local("c", "c", column),),
        units=units_of(builder.moment.spec.output),
    )


def _add_total(builder: Builder, terms: int) -> int:
    values = builder.value(terms)
    total = values.sum().reshape(1, 1)
    engines = float(builder.moment.errors.sum())
    differs = not np.isfinite(total[0, 0]) and np.isfinite(engines)
    return builder.add(
        lambda gradient: (np.full_like(values, gradient[0, 0]),),
        name="reduce_sum",
        formula="Σ x",
        layer="",
        leaf="",
        inputs=(terms,),
        value=total,
        local=(Local("1", "1"),),
        units=units_of(builder.moment.spec.output),
        note=FROM_NET.format(short_number(engines)) if differs else "",
    )


def _add_mean(builder: Builder, total: int) -> int:
    count, scale = len(builder.moment.samples), builder.moment.scale
    slope = Local(f"1/{count}", rf"\frac{{1}}{{{count}}}", np.full((1, 1), scale))
    return builder.add(
        lambda gradient: (gradient * scale,),
        name="mean over the batch",
        formula=f"x / {count}",
        layer="",
        leaf="",
        inputs=(total,),
        value=builder.value(total) * scale,
        local=(slope,),
    )


def _names(step: ErrorOperation, constants: dict[str, float]) -> list[str]:
    """What the arguments are called in formulas; results of operations before are x and y."""
    letters = iter("xy")
    names = []
    for argument in step.arguments:
        if not isinstance(argument, str) or argument in constants:
            names.append(f"{constants[argument] if isinstance(argument, str) else argument:g}")
        else:
            names.append(argument if argument in ("out", "target", "K") else next(letters))
    return names


def _enclosed(value: float) -> str:
    text = short_number(value)
    return f"({text})" if value < 0 else text
