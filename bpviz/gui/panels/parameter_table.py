"""All weights and biases in a table: sort, filter, edit, freeze, copy and paste."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.gui.panels.parameter_model import FROZEN, LABEL, PLACE, ParameterModel
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import label, set_property
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.edits import SetParameters

# Numbers that change faster cannot be read in a table.
_INTERVAL_MS = 250


class ParameterTable(QDialog):
    """The parameters of the present snapshot; numbers follow the training four times a second.

    A window of its own that is not modal: the network goes on learning meanwhile.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Weights and biases")
        self.resize(760, 520)
        self._session = session
        self.model = ParameterModel(session)
        self.model.setParent(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter: w5, bias, h1 → o2 …")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter parameters")
        self.filter.setToolTip("Show only parameters whose name or place contains this text")
        self.filter.textChanged.connect(self._filter)
        top.addWidget(self.filter, 1)
        for text, tip, do in (
            ("Copy", "Copy the chosen rows, or all of them, as a table (Ctrl+C)", self.copy),
            ("Paste", "Paste names and values, or a column of values (Ctrl+V)", self.paste),
        ):
            button = QPushButton(text, self)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(do)
            top.addWidget(button)
        column.addLayout(top)
        self.view = _View(self)
        column.addWidget(self.view, 1)
        self.caption = label("", "caption", self)
        column.addWidget(self.caption)
        self.note = label("", "secondary", self)
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(18)
        column.addWidget(self.note)
        self._throttle = Throttle(_INTERVAL_MS, self._refresh, self)
        session.snapshot_changed.connect(self._throttle.poke)
        session.selected.connect(self._show_selected)
        # The window's own messages may be hidden behind this one.
        session.experiment_changed.connect(self._say_nothing)
        session.said.connect(self._say)
        self._refresh()
        self._show_selected(session.selection)

    def copy(self) -> None:
        """Copy the chosen rows, or all, to the clipboard."""
        rows = self.view.chosen_rows() or list(range(self.model.rowCount()))
        QGuiApplication.clipboard().setText(self.model.as_text(rows))
        count = f"{len(rows):,} parameter{'' if len(rows) == 1 else 's'}"
        self._session.said.emit(f"Copied {count}.", False)

    def paste(self) -> None:
        """Give parameters the values in the clipboard."""
        first = max(0, self.view.currentIndex().row())
        try:
            values = self.model.read_text(QGuiApplication.clipboard().text(), first)
        except SettingError as error:
            self._session.said.emit(error.message, True)
            return
        if self._session.apply(SetParameters(values)):
            count = f"{len(values):,} value{'' if len(values) == 1 else 's'}"
            self._session.said.emit(f"Pasted {count}.", False)

    def _say_nothing(self) -> None:
        self._say("", False)

    def _say(self, sentence: str, is_error: bool) -> None:
        set_property(self.note, "role", "error" if is_error else "secondary")
        self.note.setText(sentence)

    def _filter(self, text: str) -> None:
        self._say("", False)
        self.model.set_filter(text)
        self._show_caption()

    def _refresh(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        if self.model.show_snapshot(snapshot):
            self.view.fit_columns()
        self.view.viewport().update()
        self._show_caption()

    def _show_caption(self) -> None:
        snapshot = self.model.snapshot
        if snapshot is None:
            return
        shown, total = self.model.rowCount(), snapshot.layout.size
        count = f"{total:,} parameters" if shown == total else f"{shown:,} of {total:,} parameters"
        if not shown:
            count = "No parameter matches the filter"
        self.caption.setText(f"{count} · gradient of {snapshot.gradient_of}")

    def _show_selected(self, parameter: ParameterId | None) -> None:
        row = self.model.row_of(parameter) if parameter is not None else -1
        if row >= 0 and row != self.view.currentIndex().row():
            self.view.setCurrentIndex(self.model.index(row, LABEL))
            self.view.scrollTo(self.model.index(row, LABEL))


class _View(QTableView):
    def __init__(self, table: ParameterTable) -> None:
        super().__init__(table)
        self._table = table
        self.setModel(table.model)
        # Room for the arrow beside the name of the column that is sorted by.
        self.setProperty("role", "sorted")
        self.setAccessibleName("Weights and biases")
        self.setToolTip(
            "Double-click a value to change it; click a column's name to sort by that column"
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(LABEL, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setSectionResizeMode(PLACE, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(self._selected)

    def chosen_rows(self) -> list[int]:
        """The selected rows from the top down."""
        # Not selectedRows(), which makes an index of each: seconds for thousands of rows.
        rows: set[int] = set()
        selection = self.selectionModel().selection()
        for chosen in map(selection.at, range(selection.size())):
            rows.update(range(chosen.top(), chosen.bottom() + 1))
        return sorted(rows)

    def fit_columns(self) -> None:
        """Columns as wide as their numbers need; the place takes the rest."""
        digits = self.fontMetrics().horizontalAdvance("−0.000000e-00")
        for column in range(self.model().columnCount()):
            if column not in (LABEL, PLACE, FROZEN):
                self.setColumnWidth(column, digits + 20)
        self.setColumnWidth(LABEL, self.fontMetrics().horizontalAdvance("w0000") + 28)
        self.setColumnWidth(FROZEN, self.fontMetrics().horizontalAdvance("Frozen") + 36)

    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        current: QModelIndex = self.currentIndex()
        if current.isValid() and self.hasFocus():
            self._table._session.select(self._table.model.parameter_at(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._table.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._table.paste()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
