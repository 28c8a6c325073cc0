"""Where the cards of an operation graph stand: columns by depth, rows where ways part.

The network's values run left to right; weights, targets and constants stand above what they go
into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bpviz.explain.operation_graph import Operation, OperationGraph

COLUMN_GAP = 28.0
LEAF_GAP = 12.0
ROW_GAP = 16.0
MARGIN = 2.0


class Box(NamedTuple):
    """A card's place: its upper left corner, its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arrangement:
    """Places of all cards by operation id, the size of it all, and which ids stand above."""

    boxes: Mapping[int, Box]
    width: float
    height: float
    above: frozenset[int]
    columns: Mapping[int, int]
    floors: Mapping[int, float]


def arrange(graph: OperationGraph, sizes: Mapping[int, tuple[float, float]]) -> Arrangement:
    """Place cards of these sizes (width, height)."""
    above = frozenset(x.id for x in graph.operations if _stands_above(x))
    columns = _columns(graph, above)
    rows, stacked = _rows(graph, above, columns)
    widths: dict[int, float] = {}
    for k, column in columns.items():
        widths[column] = max(widths.get(column, 0.0), sizes[k][0])
    lefts, x = {}, MARGIN
    for column in range(max(columns.values()) + 1):
        lefts[column] = x
        x += widths.get(column, 0.0) + COLUMN_GAP
    boxes: dict[int, Box] = {}
    floors: dict[int, float] = {}
    top = MARGIN
    for row in range(max(rows.values()) + 1):
        inside = [k for k, at in rows.items() if at == row]
        stacks = {k: stacked[k] for k in inside if k in stacked}
        room = max((sum(sizes[s][1] + LEAF_GAP for s in s_) for s_ in stacks.values()), default=0.0)
        height = max(sizes[k][1] for k in inside)
        for k in inside:
            left, width = lefts[columns[k]], widths[columns[k]]
            boxes[k] = Box(left, top + room, width, sizes[k][1])
            bottom = top + room - LEAF_GAP
            for leaf in stacks.get(k, ()):
                tall = sizes[leaf][1]
                boxes[leaf] = Box(left, bottom - tall, width, tall)
                bottom -= tall + LEAF_GAP
        top += room + height + ROW_GAP
        for k in inside:
            floors[k] = top - ROW_GAP
    return Arrangement(
        boxes, x - COLUMN_GAP + MARGIN, top - ROW_GAP + MARGIN, above, columns, floors
    )


def _stands_above(operation: Operation) -> bool:
    if operation.leaf:
        return operation.leaf != "inputs"
    return operation.is_constant


def _columns(graph: OperationGraph, above: frozenset[int]) -> dict[int, int]:
    columns: dict[int, int] = {}
    late = []
    for operation in graph.operations:
        if operation.id in above:
            continue
        if operation.leaf and columns:
            late.append(operation.id)
        before = [columns[k] for k in operation.inputs if k in columns]
        columns[operation.id] = max(before, default=-1) + 1
    # A group that joins later stands just before what it goes into.
    for k in late:
        columns[k] = max(0, min(columns[c] for c in graph.consumers[k]) - 1)
    for operation in reversed(graph.operations):
        if operation.id in above:
            columns[operation.id] = min(columns[c] for c in graph.consumers[operation.id])
    return columns


def _rows(
    graph: OperationGraph, above: frozenset[int], columns: dict[int, int]
) -> tuple[dict[int, int], dict[int, list[int]]]:
    """The row of each card on the way, and what is stacked above it, lowest first."""
    rows: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()

    def place(k: int, row: int) -> None:
        while (columns[k], row) in taken:
            row += 1
        taken.add((columns[k], row))
        rows[k] = row

    for operation in graph.operations:
        if operation.id not in above:
            before = [rows[k] for k in operation.inputs if k in rows]
            place(operation.id, min(before, default=0))
    stacked: dict[int, list[int]] = {}
    for k in sorted(above):
        below = next(c for c in graph.consumers[k] if columns[c] == columns[k])
        while below in above:
            below = next(c for c in graph.consumers[below] if columns[c] == columns[below])
        free = (columns[k], rows[below] - 1)
        if rows[below] > 0 and free not in taken and below not in stacked:
            taken.add(free)
            rows[k] = free[1]
        else:
            stacked.setdefault(below, []).append(k)
    return rows, stacked
