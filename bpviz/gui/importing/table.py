"""The table of the preview: whole columns are chosen; missing cells and left-out rows are seen."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from bpviz.gui.importing.header import ColumnHeader
from bpviz.gui.importing.model import MISSING_ROLE, PreviewModel, Showing, values_text, written_text
from bpviz.gui.theme import LIGHT, Theme, mix
from bpviz.lab.import_preview import Preview

_ROW_HEIGHT = 24
_NARROWEST, _WIDEST, _USUAL = 72, 220, 104
# More columns than this all get the same width, and fewer cells are looked at for theirs.
_MOST_FITTED, _CELLS_LOOKED_AT = 80, 20


class PreviewTable(QTableView):
    """`chosen_changed` when other columns are chosen; `role_asked` and `kind_asked`, with a place
    on the screen, when a person asks to change what they are used for, or what they hold;
    `cell_asked` with the text of a cell when they ask for its menu.
    """

    chosen_changed = Signal()
    cell_asked = Signal(str, QPoint)
    role_asked = Signal(QPoint)
    kind_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen_columns: frozenset[int] = frozenset()
        self.preview_model = PreviewModel(self)
        self.heads = ColumnHeader(self.preview_model, self)
        self.setHorizontalHeader(self.heads)
        self.numbers = RowHeader(self.preview_model, self)
        self.setVerticalHeader(self.numbers)
        self.setModel(self.preview_model)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName("First rows of the table")
        self.setToolTip(
            "Choose a column by a click or the arrow keys; Enter asks what it is used for, "
            "Shift+Enter what it holds"
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.heads.role_asked.connect(lambda column, at: self._ask(self.role_asked, column, at))
        self.heads.kind_asked.connect(lambda column, at: self._ask(self.kind_asked, column, at))
        self.selectionModel().selectionChanged.connect(self._chosen)
        self.preview_model.modelReset.connect(self._chosen)

    # What is shown

    def show_preview(self, preview: Preview, showing: Showing, theme: Theme) -> None:
        """Show a preview; columns that are still there stay chosen."""
        before = self.preview_model.preview
        chosen, offset = self.chosen_names(), self.horizontalScrollBar().value()
        was = self.preview_model.showing
        self.heads.theme = self.numbers.theme = theme
        self.preview_model.show_preview(preview, showing, theme)
        names = [column.name for column in preview.columns]
        if showing != was or names != [column.name for column in before.columns]:
            self._fit_columns()
            self.heads.updateGeometry()
        self.choose(chosen)
        self.horizontalScrollBar().setValue(offset)
        self.viewport().update()
        self.heads.viewport().update()

    def _fit_columns(self) -> None:
        preview = self.preview_model.preview
        if self.preview_model.showing == "text":
            longest = max((len(line) for line in preview.lines), default=0)
            width = max(self.viewport().width(), self._figure_width() * min(longest, 500) + 24)
            self.heads.resizeSection(0, width)
            return
        many = len(preview.columns) > _MOST_FITTED
        # Of very many columns, those at both ends have the shortest and the longest names.
        ends = (0, len(preview.columns) - 2) if many else ()
        self.heads.setDefaultSectionSize(max([_USUAL, *map(self.heads.width_for, ends)]))
        if many:
            return
        for k, column in enumerate(preview.columns):
            text = values_text if self.preview_model.showing == "learned" else written_text
            longest = max((len(text(c)) for c in column.cells[:_CELLS_LOOKED_AT]), default=0)
            width = self._figure_width() * longest + 20
            head = self.heads.width_for(k)
            self.heads.resizeSection(k, max(_NARROWEST, head, min(width, _WIDEST)))

    def _figure_width(self) -> int:
        return QFontMetrics(QGuiApplication.font()).horizontalAdvance("0")

    # What is chosen

    def chosen_columns(self) -> frozenset[int]:
        """The sections that are chosen."""
        return self._chosen_columns

    def chosen_names(self) -> tuple[str, ...]:
        """The names of the columns that are chosen, from left to right."""
        if self.preview_model.showing == "text":
            return self._kept
        columns = self.preview_model.preview.columns
        return tuple(columns[k].name for k in sorted(self.chosen_columns()) if k < len(columns))

    _kept: tuple[str, ...] = ()

    def choose(self, names: tuple[str, ...]) -> None:
        """Choose columns by their names; the first column where none of them is there."""
        if self.preview_model.showing == "text":
            self._kept = names
            return
        columns = self.preview_model.preview.columns
        places = [k for k, column in enumerate(columns) if column.name in names] or [0]
        if not columns or frozenset(places) == self.chosen_columns():
            return
        flags = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        for k in places:
            selection.select(
                self.preview_model.index(0, k),
                self.preview_model.index(self.preview_model.rowCount() - 1, k),
            )
        model = self.selectionModel()
        row = max(0, self.currentIndex().row())
        model.setCurrentIndex(self.preview_model.index(row, places[0]), flags.NoUpdate)
        model.select(selection, flags.ClearAndSelect)

    def go_to(self, name: str) -> None:
        """Choose one column and bring it into view."""
        self.choose((name,))
        self.scrollTo(self.currentIndex())

    def _chosen(self) -> None:
        selection = self.selectionModel().selection()
        parts = [selection.at(k) for k in range(selection.count())]
        self._chosen_columns = frozenset(k for p in parts for k in range(p.left(), p.right() + 1))
        self.heads.viewport().update()
        self.chosen_changed.emit()

    def _ask(self, asked: SignalInstance, column: int, at: QPoint) -> None:
        if column not in self.chosen_columns():
            self.selectColumn(column)
        asked.emit(at)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Enter would press the dialog's button.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or with_control:
            super().keyPressEvent(event)
            return
        event.accept()
        section = self.currentIndex().column()
        if section >= 0:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            asked = self.kind_asked if shifted else self.role_asked
            asked.emit(self.heads.viewport().mapToGlobal(self._below(section)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index, at = self.indexAt(event.pos()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        column = self.preview_model.column(index.column())
        if index.isValid() and column is not None:
            self.cell_asked.emit(column.cells[index.row()].text, at)

    def _below(self, section: int) -> QPoint:
        return self.heads.section_rect(section).bottomLeft() + QPoint(8, 1)


class RowHeader(QHeaderView):
    """The rows' numbers in the file: those for testing in the test curves' colour."""

    def __init__(self, model: PreviewModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._preview = model
        self.theme: Theme = LIGHT
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(_ROW_HEIGHT)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme, preview = self.theme, self._preview.preview
        cells = self._preview.showing != "text"
        left_out = cells and bool(preview.remarks[logicalIndex : logicalIndex + 1] > ("",))
        is_test = cells and preview.tested[logicalIndex : logicalIndex + 1] == (True,)
        painter.save()
        painter.fillRect(rect, QColor(theme.card))
        font = painter.font()
        font.setStrikeOut(left_out)
        painter.setFont(font)
        color = mix(theme.card, theme.secondary, 0.6) if left_out else theme.secondary
        painter.setPen(QColor(theme.violet if is_test else color))
        text = str(self._preview.headerData(logicalIndex, Qt.Orientation.Vertical))
        room = rect.adjusted(4, -1, -8, -1)
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text
        )
        painter.restore()


class _CellDelegate(QStyledItemDelegate):
    """Hatches cells without a value; what is faint stays so where it is chosen."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        color = index.data(Qt.ItemDataRole.ForegroundRole)
        if color is not None:
            option.palette.setColor(QPalette.ColorRole.HighlightedText, color)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        if isinstance(model, PreviewModel) and index.data(MISSING_ROLE):
            theme = model.theme
            hatch = QBrush(QColor(mix(theme.card, theme.secondary, 0.35)))
            hatch.setStyle(Qt.BrushStyle.BDiagPattern)
            painter.fillRect(option.rect.adjusted(1, 1, -1, -1), hatch)
        super().paint(painter, option, index)
