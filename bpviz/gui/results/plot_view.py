"""A plot of results: the plane, and beside it numbers for each part and a sentence."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.results.content import Plot
from bpviz.gui.theme import CAPTION, GAP, HALF_GAP, LIGHT, Theme
from bpviz.gui.widgets.text import ElidedLabel, label

# Of the width, what a plane that is not square takes, and what any leaves to the numbers at least.
_SHARE, _BESIDE = 0.58, 170


class _Plane(PlaneView):
    """Lower than elsewhere, where it must be; what it reads off is said beside it.

    `pointed` says that there is something else to read off, or no longer.
    """

    pointed = Signal()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 100)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.pointed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit()

    def under_mouse(self) -> tuple[float, float] | None:
        """The place under the mouse, in the plane's own units."""
        if self._mouse is None or not self.area().contains(QPointF(self._mouse)):
            return None
        return self.to_data(QPointF(self._mouse))

    def _paint_readout(self, painter: QPainter, area: QRectF) -> None:
        """In a small square there is no room for it."""


class PlotView(QWidget):
    """Shows a Plot. `picked` tells the dataset row of a sample that was clicked."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot: Plot | None = None
        self._theme: Theme = LIGHT
        self.plane = _Plane(self)
        self.plane.picked.connect(self._pick)
        self.plane.pointed.connect(self._read_off)
        self.side = QWidget(self)
        self.side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(2 * GAP)
        self.grid.setVerticalSpacing(HALF_GAP)
        self.words = label("", "secondary", self.side)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self.grid)
        column.addWidget(self.words)
        column.addStretch(1)
        self._labels: list[QLabel] = []
        self._shape: tuple[int, int] = (0, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(120 + _BESIDE, 100)

    def show_plot(self, plot: Plot, theme: Theme) -> None:
        """Draw this from now on."""
        self.plot = plot
        self._theme = theme
        self.plane.setAccessibleName(plot.name)
        shape = (len(plot.columns), len(plot.figures))
        if shape != self._shape:
            self._make_figures(*shape)
        self._fill_figures(plot, theme)
        self._read_off()

    def _read_off(self) -> None:
        """Ring the point that is read off, and say what it is in place of the words."""
        plot = self.plot
        if plot is None:
            return
        plane, at = plot.plane, self.plane.under_mouse()
        if at is not None and plot.nearest is not None:
            plane = replace(plane, mark=plot.nearest(*at))
        self.plane.show_plane(plane, self._theme)
        if not plot.picks:
            self.plane.setCursor(Qt.CursorShape.CrossCursor)
        words = self.plane.readout() or plot.words
        if self.words.text() != words:
            self.words.setText(words)
        self._fit()

    def _pick(self, row: int) -> None:
        if self.plot is not None and self.plot.picks and row >= 0:
            self.picked.emit(row)

    # The numbers

    def _make_figures(self, columns: int, rows: int) -> None:
        for old in self._labels:
            self.grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shape = (columns, rows)
        self._labels = []
        for row in range(rows + 1):
            for column in range(columns + 1):
                role = "caption" if not row else "secondary" if not column else ""
                made = label("", role, self.side) if column else ElidedLabel("", role, self.side)
                made.ensurePolished()
                if column:
                    self.grid.addWidget(made, row, column, Qt.AlignmentFlag.AlignRight)
                else:
                    self.grid.addWidget(made, row, column)
                # A layout leaves out what is not shown yet.
                made.show()
                self._labels.append(made)
        self.grid.setColumnStretch(columns + 1, 1)

    def _fill_figures(self, plot: Plot, theme: Theme) -> None:
        width = len(plot.columns) + 1
        texts = ["", *(f"▬ {name}" for name, _ in plot.columns)]
        for figure in plot.figures:
            texts += [figure.name, *figure.values]
        for k, (place, text) in enumerate(zip(self._labels, texts, strict=True)):
            if place.text() != text:
                place.setText(text)
            row, column = divmod(k, width)
            if row:
                place.setToolTip(plot.figures[row - 1].tip)
            elif column:
                _color(place, plot.columns[column - 1][1])
        told = [
            f"{figure.name}: "
            + ", ".join(
                f"{name} {value}"
                for (name, _), value in zip(plot.columns, figure.values, strict=True)
            )
            for figure in plot.figures
        ]
        self.plane.setAccessibleDescription("; ".join(told))

    # Places

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A square plane takes the height; the sentence goes where there is no room for it."""
        if self.plot is None:
            return
        most = max(120, self.width() - _BESIDE - 2 * GAP)
        plane = self.plot.plane
        measure = QFontMetrics(scaled_font(self.plane, CAPTION)).horizontalAdvance
        names = measure(f"0.00    → {plane.x_name}    ↑ {plane.y_name}") + 2 * GAP
        square = max(self.height() + 2 * GAP, names)
        wanted = square if plane.square else round(_SHARE * self.width())
        width = min(wanted, most)
        self.plane.setGeometry(0, 0, width, self.height())
        left = width + 2 * GAP
        self.words.ensurePolished()
        self.grid.invalidate()
        self.side.setGeometry(left, 0, max(0, self.width() - left), self.height())
        room = self.height() - HALF_GAP - self.grid.sizeHint().height() - GAP
        fits = self.words.heightForWidth(self.side.width()) <= room
        self.words.setVisible(fits)
        self.plane.setToolTip("" if fits else self.plot.words)


def _color(place: QLabel, color: str) -> None:
    """Give a label a colour of its own, which the style sheet does not know."""
    sheet = f"color: {color};"
    if place.styleSheet() != sheet:
        place.setStyleSheet(sheet)
