"""The heads of the preview's columns: a name, a chip with the role, and the type."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from bpviz.gui.importing.model import PreviewModel
from bpviz.gui.theme import CAPTION, LIGHT, TEXT, Theme, mix
from bpviz.lab.import_preview import PreviewColumn

_PADDING = 8
_CHIP_PADDING = 7
_BETWEEN = 6
_NARROWEST, _WIDEST = 72, 220


class ColumnHeader(QHeaderView):
    """Two lines for each column. A click on the chip or the type asks to change it.

    `role_asked` and `kind_asked` carry the column and where on the screen it was asked.
    """

    role_asked = Signal(int, QPoint)
    kind_asked = Signal(int, QPoint)

    def __init__(self, model: PreviewModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._preview = model
        self.theme: Theme = LIGHT
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_NARROWEST)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMouseTracking(True)
        self.setAccessibleName("Columns of the preview")
        self._hovered: tuple[int, str] = (-1, "")

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._preview.showing == "text":
            return hint
        return QSize(hint.width(), self._name_height() + self._chip_height() + 14)

    def width_for(self, section: int) -> int:
        """How wide a column's head is with all it says, in bounds."""
        column = self._preview.column(section)
        if column is None:
            return 0
        # The longest role: there is room for every other one that is chosen later.
        longest = replace(column, role="left out")
        chip, kind = self._parts(section, QRect(0, 0, _WIDEST, 50), longest)
        # Where letters fall between pixels, a text may be a little wider than it is said to be.
        name = QFontMetrics(self._name_font()).horizontalAdvance(column.name) + 2
        return max(_NARROWEST, min(_WIDEST, max(name, kind.right() - chip.left()) + 2 * _PADDING))

    # Painting

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        column = self._preview.column(logicalIndex)
        if column is None:
            super().paintSection(painter, rect, logicalIndex)
            return
        theme = self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._is_chosen(logicalIndex)
        painter.fillRect(
            rect, QColor(mix(theme.card, theme.accent, 0.12) if chosen else theme.card)
        )
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(QPen(QColor(theme.grid), 1))
        painter.drawLine(rect.topRight() + QPoint(0, 6), rect.bottomRight() - QPoint(0, 6))
        self._paint_name(painter, rect, column)
        chip, kind = self._parts(logicalIndex, rect, column)
        hovered = self._hovered[1] if self._hovered[0] == logicalIndex else ""
        self._paint_chip(painter, chip, column, hovered == "role")
        font = self._caption_font()
        font.setUnderline(hovered == "kind")
        painter.setFont(font)
        painter.setPen(QColor(theme.text if hovered == "kind" else theme.secondary))
        painter.drawText(kind, int(Qt.AlignmentFlag.AlignVCenter), column.kind)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, column: PreviewColumn) -> None:
        font = self._name_font()
        faint = column.role == "left out"
        painter.setFont(font)
        painter.setPen(QColor(self.theme.secondary if faint else self.theme.text))
        room = QRect(
            rect.left() + _PADDING,
            rect.top() + 5,
            rect.width() - 2 * _PADDING,
            self._name_height(),
        )
        # Long names differ in their ends.
        shown = QFontMetrics(font).elidedText(
            column.name, Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_chip(
        self, painter: QPainter, chip: QRect, column: PreviewColumn, hovered: bool
    ) -> None:
        theme = self.theme
        fill, text, border = {
            "input": (
                mix(theme.card, theme.accent, 0.16),
                theme.text,
                mix(theme.card, theme.accent, 0.5),
            ),
            "target": (theme.accent, theme.on_accent, None),
            "weight": (mix(theme.card, theme.text, 0.14), theme.text, None),
            "left out": (theme.card, theme.secondary, theme.border),
        }[column.role]
        painter.setBrush(QColor(mix(fill, theme.text, 0.12) if hovered else fill))
        painter.setPen(QPen(QColor(border or fill), 1))
        radius = 0.5 * chip.height() - 0.5
        painter.drawRoundedRect(QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(self._caption_font())
        painter.setPen(QColor(text))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), column.role)

    def _parts(self, section: int, rect: QRect, column: PreviewColumn) -> tuple[QRect, QRect]:
        """Where the chip and the type stand in a section's rectangle."""
        metrics = QFontMetrics(self._caption_font())
        top, height = rect.top() + 5 + self._name_height() + 2, self._chip_height()
        width = metrics.horizontalAdvance(column.role) + 2 * _CHIP_PADDING
        chip = QRect(rect.left() + _PADDING, top, width, height)
        kind = QRect(
            chip.right() + _BETWEEN,
            top,
            metrics.horizontalAdvance(column.kind) + 2,
            height,
        )
        return chip, kind

    def _is_chosen(self, section: int) -> bool:
        view = self.parent()
        selection = getattr(view, "chosen_columns", None)
        return selection is not None and section in selection()

    def _name_font(self) -> QFont:
        return self._sized(TEXT, True)

    def _caption_font(self) -> QFont:
        return self._sized(CAPTION, False)

    def _sized(self, size: int, bold: bool) -> QFont:
        """The window's font, larger for a projector."""
        font = QFont(QGuiApplication.font())
        if font.pixelSize() > 0:
            font.setPixelSize(round(size * font.pixelSize() / TEXT))
        font.setBold(bold)
        return font

    def _name_height(self) -> int:
        return QFontMetrics(self._name_font()).height() + 3

    def _chip_height(self) -> int:
        return QFontMetrics(self._caption_font()).height() + 5

    # The mouse

    def part_at(self, point: QPoint) -> tuple[int, str]:
        """The column at a point, and "role" or "kind" where it is on one of them."""
        section = self.logicalIndexAt(point)
        column = self._preview.column(section)
        if column is None:
            return -1, ""
        rect = self.section_rect(section)
        chip, kind = self._parts(section, rect, column)
        if chip.contains(point):
            return section, "role"
        return section, "kind" if kind.adjusted(0, 0, _BETWEEN, 0).contains(point) else ""

    def section_rect(self, section: int) -> QRect:
        """Where a column's head stands."""
        return QRect(
            self.sectionViewportPosition(section), 0, self.sectionSize(section), self.height()
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.part_at(event.position().toPoint()))
        if self._hovered[1]:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover((-1, ""))

    def _hover(self, part: tuple[int, str]) -> None:
        if part != self._hovered:
            self._hovered = part
            if not part[1]:
                self.viewport().unsetCursor()
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        section, part = self.part_at(event.position().toPoint())
        if not part or event.button() != Qt.MouseButton.LeftButton:
            return
        below = self.viewport().mapToGlobal(
            QPoint(self.sectionViewportPosition(section) + _PADDING, self.height())
        )
        asked = {"role": self.role_asked, "kind": self.kind_asked}[part]
        asked.emit(section, below)
