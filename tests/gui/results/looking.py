"""What a person sees of the tab Results, and does there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from bpviz.lab.edits import Change


def texts(page):
    model = page.table.rows_model
    return [
        [str(model.index(r, c).data()) for c in range(model.columnCount())]
        for r in range(model.rowCount())
    ]


def mouse_move(at):
    nothing = Qt.MouseButton.NoButton
    none = Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(at), nothing, nothing, none)


def offered(page):
    return [key for key, button in page.controls.views.buttons.items() if button.isVisibleTo(page)]


def plane() -> Change:
    return Change("data.source", {"kind": "plane"})
