"""The columns of a person's table: which are inputs, and what each one holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bpviz.datasets.tables.facts import ColumnFact
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label

_NAME, _KIND, _VALUES, _MISSING, _WORDS = range(5)
_TITLES = ("Column", "Holds", "Different", "Missing", "Used as")
_KINDS = ("number", "category")
_HOW = (
    "Ticked columns are the network's inputs. Double-click what a column holds to read its "
    "numbers as categories, or the other way. What you change counts at once."
)


class ColumnsDialog(QDialog):
    """A list that stays open beside the window.

    `used(names, wanted)`: these columns are to be inputs, or not; `retyped(name, kind)`: this one
    holds "number" or "category".
    """

    used = Signal(object, bool)
    retyped = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Columns")
        self.resize(680, 520)
        self._columns: tuple[ColumnFact, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        how = label(_HOW, "secondary", self)
        how.setWordWrap(True)
        column.addWidget(how)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a column")
        self.search.setAccessibleName("Find a column")
        self.search.setToolTip("Show only the columns whose name has this in it")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.search)
        self.list = _List(self)
        self.list.ticked.connect(self._tick)
        self.list.itemChanged.connect(self._changed)
        column.addWidget(self.list, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def show_columns(self, columns: tuple[ColumnFact, ...]) -> None:
        """Show what is so now, whatever was ticked; the place in the list stays."""
        self.list.blockSignals(True)
        if [c.name for c in columns] != [c.name for c in self._columns]:
            self.list.clear()
            self.list.addTopLevelItems([QTreeWidgetItem() for _ in columns])
            self._columns = ()
        known = dict(enumerate(self._columns))
        self._columns = columns
        for k, fact in enumerate(columns):
            item = self.list.topLevelItem(k)
            assert item is not None
            if fact != known.get(k) or not _shows(item, fact):
                _fill(item, fact)
        self.list.blockSignals(False)
        self._filter(self.search.text())

    def _filter(self, text: str) -> None:
        for k, fact in enumerate(self._columns):
            item = self.list.topLevelItem(k)
            assert item is not None
            item.setHidden(text.casefold() not in fact.name.casefold())

    def _changed(self, item: QTreeWidgetItem, place: int) -> None:
        """A tick or a kind was changed by a person."""
        fact = self._columns[self.list.indexOfTopLevelItem(item)]
        if place == _NAME:
            wanted = item.checkState(_NAME) == Qt.CheckState.Checked
            if wanted != (fact.role == "input"):
                self.used.emit((fact.name,), wanted)
        elif place == _KIND and item.text(_KIND) != fact.kind:
            self.retyped.emit(fact.name, item.text(_KIND))

    def _tick(self) -> None:
        """Space on chosen rows: all of them become inputs, or none when all are."""
        facts = [self._columns[self.list.indexOfTopLevelItem(i)] for i in self.list.selectedItems()]
        usable = [fact for fact in facts if _can_be_input(fact)]
        if usable:
            wanted = not all(fact.role == "input" for fact in usable)
            names = tuple(fact.name for fact in usable if (fact.role == "input") != wanted)
            self.used.emit(names, wanted)


def _can_be_input(fact: ColumnFact) -> bool:
    return fact.kind != "empty" and fact.role in ("input", "left out")


def _shows(item: QTreeWidgetItem, fact: ColumnFact) -> bool:
    """Whether a person has changed nothing in a row."""
    ticked = item.checkState(_NAME) == Qt.CheckState.Checked
    return ticked == (fact.role == "input") and item.text(_KIND) == fact.kind


def _fill(item: QTreeWidgetItem, fact: ColumnFact) -> None:
    used = "" if fact.role == "left out" and fact.reason else fact.role
    texts = (fact.name, fact.kind, f"{fact.distinct:,}", f"{fact.missing + fact.odd:,}", used)
    for place, text in enumerate(texts):
        item.setText(place, text)
    item.setText(_WORDS, used or f"left out: {fact.reason}")
    item.setToolTip(_NAME, fact.name)
    item.setToolTip(_WORDS, item.text(_WORDS))
    for place in (_VALUES, _MISSING):
        item.setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
    if _can_be_input(fact):
        flags |= Qt.ItemFlag.ItemIsUserCheckable
    item.setFlags(flags)
    state = Qt.CheckState.Checked if fact.role == "input" else Qt.CheckState.Unchecked
    item.setData(_NAME, Qt.ItemDataRole.CheckStateRole, state if _can_be_input(fact) else None)


class _List(QTreeWidget):
    """`ticked` when Space is pressed on chosen rows."""

    ticked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setColumnCount(len(_TITLES))
        self.setHeaderLabels(list(_TITLES))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        # Long names differ in their ends.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAllColumnsShowFocus(True)
        self.setAccessibleName("Columns of the table")
        self.setToolTip("Space ticks the chosen rows; F2 changes what a column holds")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setItemDelegate(_KindDelegate(self))
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate((260, 92, 80, 72)):
            header.resizeSection(place, width)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # The window behind trains and pauses with the same key.
            if event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.ticked.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class _KindDelegate(QStyledItemDelegate):
    """A drop-down for what a column holds; nothing else can be edited."""

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        if index.column() != _KIND or index.data() == "empty":
            return None  # type: ignore[return-value]
        box = QComboBox(parent)
        box.setAccessibleName("What the column holds")
        box.addItems(_KINDS)
        box.activated.connect(lambda _: self._done(box))
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data()))

    def _done(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)
