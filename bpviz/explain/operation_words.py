"""A step of the walk back through an operation graph, in one plain sentence with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.explain.operation_graph import Operation, OperationGraph
from bpviz.explain.operation_numbers import short_number

BEGINNING = "Step back from the error: each operation hands ∂E/∂ of its inputs on."
_START = "The walk begins with ∂E/∂E = 1. "


def step_words(graph: OperationGraph, steps: int) -> str:
    """What the last of so many steps backwards does; before the first, what the walk is."""
    if steps <= 0:
        return BEGINNING
    operation = graph.operations[graph.backwards[min(steps, len(graph.backwards)) - 1]]
    start = _START if operation.id == graph.error.id else ""
    words = f"{start}{_title(graph, operation)}: {_told(graph, operation)}"
    return f"{words} {operation.note}" if operation.note else words


def _times(a: str, b: str) -> str:
    return f"{a} × ({b})" if b.startswith("−") else f"{a} × {b}"


def _title(graph: OperationGraph, operation: Operation) -> str:
    """The name, and whose numbers are taken as the example."""
    column = _example(operation)[1]
    if operation.value.size == 1:
        return operation.name
    units = operation.units
    where = []
    if column < len(units) and graph.moment.layer(units[column]).units > 1:
        where.append(graph.moment.name(units[column]))
    if graph.moment.is_batch and operation.value.shape[0] > 1:
        where.append("first sample")
    return f"{operation.name} ({', '.join(where)})" if where else operation.name


def _told(graph: OperationGraph, operation: Operation) -> str:
    return _teller(operation).words(graph, operation)


def _reduced(graph: OperationGraph, operation: Operation) -> str:
    count = graph.operations[operation.inputs[0]].value.size
    what = "its one term" if count == 1 else f"each of its {count:,} terms"
    coming = short_number(_at(operation.gradient, (0, 0)))
    return f"a sum hands what comes in on unchanged, so {what} gets {coming}."


def _slope(graph: OperationGraph, operation: Operation) -> str:
    """An operation done number by number: what comes in, times its derivative."""
    k = operation.backbone
    if k is None:
        return "what went in is constant, and the walk ends here."
    local, at = operation.local[k], _example(operation)
    coming = short_number(_at(operation.gradient, at))
    passed = short_number(_at(operation.passes[k], at))
    if local.value is None:
        return (
            f"each output hangs on every net input, {local.text}; {coming} coming in at "
            f"this output, and the others', become {passed}."
        )
    slope = short_number(_at(local.value, at))
    here = "" if local.text == slope else f" = {slope}"
    if here and local.here and local.here.strip("()") != slope:
        here = f" = {local.here}{here}"
    by = _by(graph, operation, k)
    if operation.note:
        return f"its derivative{by} is {local.text}{here}."
    return (
        f"its derivative{by} is {local.text}{here}, "
        f"so {coming} coming in becomes {_times(coming, slope)} = {passed}."
    )


def _by(graph: OperationGraph, operation: Operation, k: int) -> str:
    """Of several inputs, the one that the walk goes on to."""
    if len(operation.inputs) < 2:
        return ""
    source = graph.operations[operation.inputs[k]]
    return " by out" if source.layer and operation.layer != source.layer else f" by {source.name}"


def _sum(graph: OperationGraph, operation: Operation) -> str:
    bias = graph.operations[operation.inputs[-1]]
    at = _example(operation)
    coming = short_number(_at(operation.gradient, at))
    words = f"a sum hands what comes in, {coming}, on unchanged"
    if bias.leaf != "bias" or bias.block is None or bias.gradient is None:
        return f"{words} to each of its {len(operation.inputs)} terms."
    place = min(at[1], bias.value.size - 1)
    label = graph.moment.layout.label(bias.block.start + place)
    added = _added_up(graph, bias, operation)
    rests = "" if bias.learns else ", though it does not learn"
    return f"{words}; {added}, ∂E/∂{label} = {short_number(_at(bias.gradient, at))}{rests}."


def _added_up(graph: OperationGraph, bias: Operation, operation: Operation) -> str:
    parts = []
    if bias.value.size < operation.value.shape[1]:
        parts.append("units")
    if operation.value.shape[0] > 1:
        parts.append("samples")
    if parts:
        return f"added up over the {' and '.join(parts)} it is the bias's gradient"
    return "for the bias it is the gradient itself"


def _product(graph: OperationGraph, operation: Operation) -> str:
    """Back along the connections to what they carried, and aside to their weights."""
    carried, weights = (graph.operations[k] for k in operation.inputs)
    assert weights.block is not None
    label = graph.moment.layout.label(weights.block.start)
    came = short_number(_at(operation.gradient, (0, 0)))
    factor = short_number(_at(carried.value, (0, 0)))
    gradient = short_number(_at(weights.gradient, (0, 0)))
    product = _times(came, factor) + (" + …" if len(carried.value) > 1 else "")
    words = "what comes in, times what the connections carried, is "
    if graph.moment.layout.id_of(weights.block.start) in graph.moment.spec.missing:
        words += "the weights' gradient"
    else:
        words += f"∂E/∂{label} = {product} = {gradient}"
    if operation.passes[0] is None:
        return f"{words}; the inputs are constants and are not updated."
    there = short_number(_at(operation.passes[0], (0, 0)))
    name = graph.moment.name(carried.units[0])
    how = "along the weights" if operation.value.shape[1] > 1 else "times the weight"
    return f"{words}; {how} it goes back to {name}: {there}."


def _example(operation: Operation) -> tuple[int, int]:
    """The element whose numbers are told: the first that has something to hand on."""
    k = operation.backbone
    passed = None if k is None else operation.passes[k]
    if passed is None or passed.shape != operation.value.shape or _teller(operation).mixes:
        return (0, 0)
    nonzero = np.flatnonzero(passed[0])
    return (0, int(nonzero[0]) if len(nonzero) else 0)


def _at(values: Array | None, at: tuple[int, int]) -> float:
    assert values is not None
    return float(values[min(at[0], values.shape[0] - 1), min(at[1], values.shape[1] - 1)])


@dataclass(frozen=True)
class _Teller:
    """How a kind of operation is told; `mixes`: each of its results is made of many elements."""

    words: Callable[[OperationGraph, Operation], str]
    mixes: bool = False


# By name, and whether it belongs to a layer or to the error; all others are told by their slope.
_TELLERS = {
    ("matmul", True): _Teller(_product, mixes=True),
    ("add", True): _Teller(_sum),
    ("add bias", True): _Teller(_sum),
    ("reduce_sum", False): _Teller(_reduced, mixes=True),
}
_BY_SLOPE = _Teller(_slope)


def _teller(operation: Operation) -> _Teller:
    return _TELLERS.get((operation.name, bool(operation.layer)), _BY_SLOPE)
