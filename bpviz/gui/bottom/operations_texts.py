"""What stands on the cards of the operation graph: short lines, tiny tables of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.explain.operation_graph import Operation, OperationGraph
from bpviz.explain.operation_numbers import short_number

Tone = Literal["text", "faint", "slope", "error"]

# Tables up to this size are shown number by number: on a card, and in its tooltip.
_TINY = (2, 3)
_SMALL = (6, 6)
_LONGEST = 20


@dataclass(frozen=True)
class Entry:
    """One thing that a card says: what it is, and its rows of texts (one row, one text, mostly)."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    tone: Tone


@dataclass(frozen=True)
class CardText:
    """All that stands on a card: its name, where it belongs, and what it says."""

    title: str
    tag: str
    entries: tuple[Entry, ...]


def card_text(graph: OperationGraph, operation: Operation, known: bool) -> CardText:
    """The card of an operation; its gradient is left open until it is `known`."""
    entries = [Entry("value", table(operation.value), "text")]
    if not operation.leaf and operation.gradient is not None:
        entries.append(Entry("slope", ((_slope(operation),),), "slope"))
    if operation.gradient is None:
        entries.append(Entry("", (("constant",),), "faint"))
    elif known:
        entries.append(Entry("grad", table(operation.gradient, measured=True), "error"))
    else:
        rows = len(table(operation.gradient, measured=True))
        entries.append(Entry("grad", (("–",),) + (("",),) * (rows - 1), "faint"))
    return CardText(_title(operation), _tag(operation), tuple(entries))


def tooltip(graph: OperationGraph, operation: Operation, known: bool) -> str:
    """The card at length."""
    lines = [_headline(operation), f"value {_shape(operation.value)}"]
    lines += _lines(operation.value)
    if not operation.leaf and operation.gradient is not None:
        for source, local in zip(operation.inputs, operation.local, strict=True):
            if local.text and not graph.operations[source].is_constant:
                lines.append(f"derivative by {_name(graph.operations[source])}: {local.text}")
    if operation.gradient is None:
        lines.append("It is a constant and is not updated.")
    elif known:
        lines.append("gradient, ∂E/∂ of it")
        lines += _lines(operation.gradient)
    else:
        lines.append("Its gradient is not known yet: the walk has not come here.")
    if operation.leaf in ("weights", "bias") and not operation.learns:
        lines.append("It does not learn.")
    return "\n".join(lines)


def table(values: Array, measured: bool = False) -> tuple[tuple[str, ...], ...]:
    """The numbers of a tiny table, else its shape; `measured` adds how large it is in all."""
    rows, columns = values.shape
    if rows <= _TINY[0] and columns <= _TINY[1]:
        return tuple(tuple(short_number(float(x)) for x in row) for row in values)
    if not measured:
        return ((_shape(values),),)
    with np.errstate(all="ignore"):
        return ((f"{_shape(values)}, norm {short_number(float(np.linalg.norm(values)))}",),)


def _shape(values: Array) -> str:
    return f"{values.shape[0]:,}×{values.shape[1]:,}"


def _lines(values: Array) -> list[str]:
    if values.shape[0] > _SMALL[0] or values.shape[1] > _SMALL[1]:
        return [f"  from {_span(values)}"]
    return ["  " + "   ".join(short_number(float(x)) for x in row) for row in values]


def _span(values: Array) -> str:
    return f"{short_number(float(values.min()))} to {short_number(float(values.max()))}"


def _title(operation: Operation) -> str:
    return {"weights": "W", "bias": "b"}.get(operation.leaf, operation.name)


def _name(operation: Operation) -> str:
    return f"{operation.name} of {operation.layer}" if operation.layer else operation.name


def _headline(operation: Operation) -> str:
    if operation.leaf:
        return _name(operation)
    return f"{_name(operation)}: {operation.formula}"


def _tag(operation: Operation) -> str:
    if operation.leaf == "weights" and operation.block is not None:
        tag = f"{operation.block.source} → {operation.layer}"
    else:
        tag = operation.layer
    return tag if len(tag) <= _LONGEST else f"{tag[: _LONGEST - 1]}…"


def _slope(operation: Operation) -> str:
    """The derivative by the input that the walk goes on to; with its number where it is one."""
    if operation.name == "matmul":
        return "by W: x" if operation.passes[0] is None else "by x: W,  by W: x"
    local = operation.local[operation.backbone or 0]
    if local.value is None or local.value.size != 1 or operation.value.size != 1:
        return local.text
    number = short_number(float(local.value.flat[0]))
    return local.text if number == local.text else f"{local.text} = {number}"
