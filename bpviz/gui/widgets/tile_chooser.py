"""Data sources as small square tiles, each with a drawing of its samples."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.engine.settings import SettingError
from bpviz.gui.colors import blend
from bpviz.gui.theme import Theme
from bpviz.gui.widgets.editors import explain, label_of
from bpviz.gui.widgets.miniature import draw_miniature

_GAP = 4
_PER_ROW = 5
_SEED = 7


class TileChooser(QWidget):
    """One tile for each kind of data source. `chosen` carries the kind that a person chose.

    Drawings are made one by one after the tiles are shown, for loading data takes its time.
    """

    chosen = Signal(str)

    def __init__(
        self,
        sources: Sequence[type[DataSource]],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Data")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._waiting: list[Tile] = []
        self.tiles: dict[str, Tile] = {}
        # Sources of one group stay together, groups in order of first appearance.
        groups = list(dict.fromkeys(source.group for source in sources))
        for source in sorted(sources, key=lambda s: groups.index(s.group)):
            tile = Tile(source, theme, self)
            tile.clicked.connect(lambda _on=False, kind=source.kind: self._choose(kind))
            self.tiles[source.kind] = tile
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_next)

    @property
    def value(self) -> str:
        return next((kind for kind, tile in self.tiles.items() if tile.isChecked()), "")

    def set_value(self, source: DataSource) -> None:
        """Show which source is in use, in silence; its tile draws that very source."""
        for kind, tile in self.tiles.items():
            tile.setChecked(kind == source.kind)
            tile.setFocusPolicy(
                Qt.FocusPolicy.TabFocus if kind == source.kind else Qt.FocusPolicy.ClickFocus
            )
        used = self.tiles.get(source.kind)
        if used is not None and used.source != source:
            used.source = source
            self._redraw([used])

    def set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            for tile in self.tiles.values():
                tile.theme = theme
            self._redraw(list(self.tiles.values()))

    def step(self, by: int) -> None:
        """Choose the next or an earlier tile, as the arrow keys do."""
        kinds = list(self.tiles)
        at = kinds.index(self.value) if self.value in kinds else 0
        kind = kinds[(at + by) % len(kinds)]
        self._choose(kind)
        self.tiles[kind].setFocus(Qt.FocusReason.TabFocusReason)

    def showEvent(self, event: object) -> None:
        self._redraw([tile for tile in self.tiles.values() if tile.drawing is None])

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def _choose(self, kind: str) -> None:
        # What is in use follows from the experiment; a refused choice leaves it as it was.
        for name, tile in self.tiles.items():
            tile.setChecked(name == kind)
        self.chosen.emit(kind)

    def _redraw(self, tiles: list[Tile]) -> None:
        self._waiting += [tile for tile in tiles if tile not in self._waiting]
        if self._waiting and self.isVisible():
            self._timer.start()

    def _draw_next(self) -> None:
        if self._waiting:
            self._waiting.pop(0).draw()
        else:
            self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = self._side()
        self._redraw([tile for tile in self.tiles.values() if tile.width() != side])
        for k, tile in enumerate(self.tiles.values()):
            row, column = divmod(k, _PER_ROW)
            tile.setGeometry(column * (side + _GAP), row * (side + _GAP), side, side)
        self.updateGeometry()

    def _side(self) -> int:
        return max(32, (self.width() - (_PER_ROW - 1) * _GAP) // _PER_ROW)

    def sizeHint(self) -> QSize:
        rows = -(-len(self.tiles) // _PER_ROW)
        return QSize(200, rows * (self._side() + _GAP) - _GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(_PER_ROW * 36 - _GAP, self.sizeHint().height())


class Tile(QAbstractButton):
    """One source: its drawing, its short name; an accent border when it is in use."""

    def __init__(self, source: type[DataSource], theme: Theme, parent: TileChooser) -> None:
        super().__init__(parent)
        self.source: DataSource = source()
        self.theme = theme
        self.drawing: QPixmap | None = None
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(f"Data: {label_of(source)}")
        self.setToolTip(f"{label_of(source)}\n{explain(source)}")
        self.setText(label_of(source))

    def draw(self) -> None:
        """Load the source and draw it; one that cannot be loaded stays empty."""
        try:
            dataset: Dataset | None = self.source.load(_SEED)
        except (SettingError, OSError):
            dataset = None
        ratio = self.devicePixelRatioF()
        drawing = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        drawing.setDevicePixelRatio(ratio)
        drawing.fill(Qt.GlobalColor.transparent)
        if dataset is not None:
            painter = QPainter(drawing)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_miniature(painter, self._picture_area(), dataset, self.theme)
            painter.end()
        self.drawing = drawing
        self.update()

    def _picture_area(self) -> QRectF:
        room = QRectF(0, 4, self.width(), self.height() - 18)
        side = min(room.width() - 8, room.height())
        area = QRectF(0, 0, side, side)
        area.moveCenter(room.center())
        return area

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self.isChecked() else 1.0
        edge = theme.accent if self.isChecked() else theme.border
        painter.setPen(QPen(blend(edge, theme.text, 0.15 if self.underMouse() else 0.0), width))
        painter.setBrush(blend(theme.field, theme.text, 0.05 if self.underMouse() else 0.0))
        inset = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 5.0, 5.0
        )
        if self.hasFocus():
            self._draw_focus(painter)
        if self.drawing is not None:
            painter.drawPixmap(0, 0, self.drawing)
        font = QFont(self.font())
        font.setPixelSize(9)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if self.isChecked() else theme.secondary))
        room = self.rect().adjusted(2, self.height() - 14, -2, -3)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._name_for(painter, room.width()))
        painter.end()

    def _draw_focus(self, painter: QPainter) -> None:
        """A dotted ring inside the border: the keyboard is here, but that is no choice."""
        painter.setPen(QPen(QColor(self.theme.secondary), 1.0, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 3.0, 3.0)

    def _name_for(self, painter: QPainter, room: int) -> str:
        """The source's label where it fits, else its shorter kind."""
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(self.text()) <= room:
            return self.text()
        kind = self.source.kind.replace("_", " ")
        return metrics.elidedText(kind, Qt.TextElideMode.ElideRight, room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: _PER_ROW,
            Qt.Key.Key_Up: -_PER_ROW,
        }
        by = steps.get(Qt.Key(event.key()))
        chooser = self.parent()
        if by and isinstance(chooser, TileChooser):
            chooser.step(by)
            event.accept()
        else:
            super().keyPressEvent(event)
