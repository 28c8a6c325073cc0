"""The panels of a finding, drawn; a cell tells its value and lights up its weight."""

from __future__ import annotations

import math
import re
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.gui.canvas.names import pretty
from bpviz.gui.canvas.scale import exact
from bpviz.gui.findings.arrangement import Arrangement, Fonts, GridPlace, arranged, renewed
from bpviz.gui.findings.painting import PanelPainter
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, LIGHT, SECONDARY, TEXT, Theme
from bpviz.lab.findings import Grid, Lines

Panels = tuple[Grid | Lines, ...]
# A cell: which of the panels, row, column.
Cell = tuple[int, int, int]
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class FoundView(QWidget):
    """Draws panels. `pointed` tells the ParameterId under the pointer or None, `picked` a choice.

    With arrow keys one goes from cell to cell, past the end of a row to the next grid; `reached`
    tells where the cell lies. What they do not reach is left to who holds the view.
    """

    pointed = Signal(object)
    picked = Signal(object)
    reached = Signal(QRectF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.panels: Panels = ()
        self.focused: Cell | None = None
        self._over: Cell | None = None
        self._key: tuple[object, ...] = ()
        self._widths: dict[str, tuple[float, ...]] = {}
        self.arrangement = Arrangement((), 0.0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What was found")

    def sizeHint(self) -> QSize:
        return QSize(240, math.ceil(self.arrangement.height))

    def show_panels(self, panels: Panels, theme: Theme, room: QSize, seen: int) -> None:
        """Draw these in a room of this size; where it is too low, the view is higher.

        `seen` is the height that is seen at once of what is higher than the room.
        """
        self.panels, self.theme = panels, theme
        key = (room, seen, self.fontInfo().pixelSize(), *map(_shape, panels))
        if key != self._key:
            self._widths = {}
        fonts = self._fonts()
        # Columns of tables grow with their texts and stay as wide: nothing moves to and fro.
        widths = {p.title: fonts.columns(p) for p in panels if isinstance(p, Lines)}
        if key == self._key and widths == self._widths:
            self.arrangement = renewed(self.arrangement, panels)
        else:
            if key != self._key:
                self.focused = self._over = None
            self._key, self._widths = key, widths
            scale = max(1.0, self.fontInfo().pixelSize() / TEXT)
            self.arrangement = arranged(panels, room, seen, fonts, scale)
            self.setFixedHeight(math.ceil(self.arrangement.height) + 1)
        self._describe()
        self.update()

    def _fonts(self) -> Fonts:
        return Fonts(
            QFontMetricsF(scaled_font(self, SECONDARY, bold=True)),
            QFontMetricsF(scaled_font(self, CAPTION)),
            QFontMetricsF(scaled_font(self, SECONDARY)),
            self._widths,
        )

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell at a place of the view; None where there is none."""
        for k, place in enumerate(self.arrangement.places):
            if isinstance(place, GridPlace):
                cell = place.cell_at(point)
                if cell is not None:
                    return k, *cell
        return None

    def words(self, cell: Cell) -> str:
        """What a cell says: its grid, row and column, and its exact value."""
        k, row, column = cell
        panel = self.panels[k]
        assert isinstance(panel, Grid)
        names = (panel.title, *panel.names_of(row, column))
        place = ", ".join(pretty(name) for name in names if name)
        value = exact(float(panel.values[row, column]))
        return f"{place}: {value}" if place else value

    def parameter(self, cell: Cell | None) -> object:
        """The weight that a cell shows; None when it shows none."""
        if cell is None:
            return None
        panel = self.panels[cell[0]]
        assert isinstance(panel, Grid)
        at = cell[1] * panel.values.shape[1] + cell[2]
        return panel.parameters[at] if at < len(panel.parameters) else None

    # What a person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell == self._over:
            return
        self._over = cell
        if cell is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), self.words(cell), self)
        self.pointed.emit(self.parameter(cell))
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._over = None
        self.pointed.emit(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._focus(cell)
            self._pick()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS and self._step(*_STEPS[key]):
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focused is not None:
            self._pick()
        else:
            super().keyPressEvent(event)

    def _pick(self) -> None:
        parameter = self.parameter(self.focused)
        if parameter is not None:
            self.picked.emit(parameter)

    def _step(self, down: int, right: int) -> bool:
        """To the next cell; whether there is one."""
        cell = self._next_cell(down, right)
        if cell is None or cell == self.focused:
            return False
        self._focus(cell)
        place = self.arrangement.places[cell[0]]
        assert isinstance(place, GridPlace)
        self.reached.emit(place.cell(*cell[1:]))
        return True

    def _next_cell(self, down: int, right: int) -> Cell | None:
        """Past the end of a row of cells it is in the next grid; None where there is none."""
        grids = [k for k, panel in enumerate(self.panels) if isinstance(panel, Grid)]
        if not grids:
            return None
        if self.focused is None:
            return grids[0], 0, 0
        k, row, column = self.focused
        rows, columns = self._panel(k).values.shape
        row, column = min(max(row + down, 0), rows - 1), column + right
        if not 0 <= column < columns:
            at = grids.index(k) + right
            if not 0 <= at < len(grids):
                return None
            k = grids[at]
            rows, columns = self._panel(k).values.shape
            row, column = min(row, rows - 1), 0 if right > 0 else columns - 1
        return k, row, column

    def _panel(self, k: int) -> Grid:
        panel = self.panels[k]
        assert isinstance(panel, Grid)
        return panel

    def _focus(self, cell: Cell) -> None:
        self.focused = cell
        self._describe()
        self.pointed.emit(self.parameter(cell))
        self.update()

    def _describe(self) -> None:
        text = self.words(self.focused) if self.focused is not None else ""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        panels = PanelPainter(
            painter,
            self.theme,
            scaled_font(self, SECONDARY, bold=True),
            scaled_font(self, CAPTION),
            scaled_font(self, SECONDARY),
        )
        seen = QRectF(event.rect())
        shown = self._over or (self.focused if self.hasFocus() else None)
        for k, place in enumerate(self.arrangement.places):
            if isinstance(place, GridPlace):
                panels.paint_grid(place, shown[1:] if shown and shown[0] == k else None)
            else:
                panels.paint_lines(place, seen)
        painter.end()


def _shape(panel: Grid | Lines) -> tuple[object, ...]:
    """What decides on a panel's room; numbers that change do not: all digits are as wide."""
    title = re.sub(r"\d", "0", panel.title)
    if isinstance(panel, Grid):
        names = (panel.row_names, panel.column_names, panel.column_feet)
        return (title, panel.values.shape, *names, len(panel.caption) // 40)
    marked = any(right is not None for right in panel.right)
    return (title, panel.headers, len(panel.rows), marked)
