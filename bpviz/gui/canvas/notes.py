"""What is said below a block of connections of which not all are drawn, and where."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from bpviz.gui.canvas.scene import BlockItem
from bpviz.lab.graph_layout import GraphLayout

_HEIGHT, _FOOT = 16, 28
# A note stays so far from units; before them there are biases.
_AFTER, _BEFORE = 6, 12


def block_note(item: BlockItem, drawn: int) -> str:
    """What is to be said of a block whose edges are not all drawn; "" when they are."""
    total = item.block.size
    if item.block.is_bias:
        return ""
    if item.bundle:
        return f"{total:,} weights"
    if drawn < item.candidates:
        return f"{drawn:,} strongest of {total:,}"
    return ""


def elided_note(item: BlockItem, drawn: int, missing: int) -> str:
    if item.block.is_bias:
        return ""
    total = item.block.size - missing
    return f"{drawn:,} of {total:,}" if drawn < total else ""


def note_rect(item: BlockItem, layout: GraphLayout, width: float) -> QRectF:
    """Where a note of this width stands: beside a picture there is room, over units there is none.

    Other notes are short enough to stand between two columns.
    """
    middle = min(item.note_at.y() + 6, layout.height - _FOOT)
    rect = QRectF(item.note_at.x() - width / 2, middle - _HEIGHT / 2, width, _HEIGHT)
    if item.bundle:
        source, target = layout.place(item.block.source), layout.place(item.block.layer)
        if source.x < target.x and not source.picture:
            rect.moveLeft(max(rect.left(), source.x + source.half_width + _AFTER))
        elif source.x < target.x and not target.picture:
            rect.moveRight(min(rect.right(), target.x - target.half_width - _BEFORE))
    return rect
