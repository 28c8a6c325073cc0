"""The list of what the keyboard and the mouse can do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from bpviz.gui.dialogs.telling import Telling
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label

_ELSEWHERE = {
    "On the network": [
        ("From unit to unit", "← → ↑ ↓"),
        ("Through a unit's weights", "Tab"),
        ("Edit or enlarge it", "Enter"),
        ("Connect its layer to another one", "C"),
        ("Draw a connection", "Drag the dot beside a unit or a title"),
        ("… of these two units alone", "Alt while dragging"),
        ("Remove the unit or the connection", "Del"),
        ("Move its layer", "Shift+← → ↑ ↓, or drag the title"),
        ("Menu of its layer", "Menu, or right click"),
    ],
    "On the drawing sheet": [
        ("Point, brush, eraser", "P, B, E"),
        ("Another class", "1 to 9"),
        ("A smaller or a larger ring", "[ ]"),
        ("Erase", "Right button"),
        ("Draw without a mouse", "← → ↑ ↓ and Enter"),
        ("End drawing", "Esc"),
    ],
    "In fields": [
        ("Take the typed value", "Enter"),
        ("Take it back", "Esc"),
        ("A little more or less", "↑ ↓"),
    ],
    "In the panels": [
        ("From control to control", "Tab"),
        ("Another tile, tab or choice", "← →"),
        ("Fold or unfold a section", "Space on its title"),
    ],
}


class ShortcutsDialog(Telling):
    """Rows of (what, keys); what the mouse can do stands below them."""

    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        content = QWidget()
        content.setProperty("role", "content")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, GAP, 0)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        groups = {"Keyboard": [(text.rstrip("…"), keys) for text, keys in rows], **_ELSEWHERE}
        at = 0
        for title, lines in groups.items():
            heading = label(title, "title", content)
            heading.setContentsMargins(0, GAP if at else 0, 0, 0)
            grid.addWidget(heading, at, 0, 1, 2)
            for what, keys in lines:
                at += 1
                grid.addWidget(label(what, parent=content), at, 0)
                grid.addWidget(
                    label(keys, "secondary", content), at, 1, Qt.AlignmentFlag.AlignRight
                )
            at += 1
        grid.setRowStretch(at, 1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(content)
        content.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        self.body.addWidget(scroll)
        self.resize(440, 520)
