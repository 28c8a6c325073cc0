"""The table of one's own samples: type them, paste them, add and remove rows and columns."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bpviz.datasets.own import OwnSamples
from bpviz.engine.settings import SettingError
from bpviz.gui.dialogs.samples_model import SamplesModel
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label
from bpviz.lab.drawn_samples import DrawSamples
from bpviz.lab.edits import Change, Edit

_HOW = (
    "One row per sample: its inputs, then what is to be predicted. Paste a table from a "
    "spreadsheet with “Paste table”; a first line of names is understood."
)


class SamplesDialog(QDialog):
    """Edits a copy of the present samples; OK makes it the data of the experiment.

    `self.samples` is what the table holds, None while something is wrong with it.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        samples: OwnSamples | None = None,
    ) -> None:
        """`samples` are shown at first; without, the experiment's own samples, or an example."""
        super().__init__(parent)
        self._session = session
        present = session.experiment.data.source
        samples = samples or (present if isinstance(present, OwnSamples) else OwnSamples())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Own samples")
        self.resize(560, 440)
        self.samples: OwnSamples | None = samples
        self.model = SamplesModel(samples)
        self.model.setParent(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(GAP)
        how = label(_HOW, "secondary", self)
        how.setWordWrap(True)
        column.addWidget(how)
        column.addLayout(self._make_tools())
        self.view = _View(self.model, self)
        column.addWidget(self.view, 1)
        self.error = label("", "error", self)
        self.error.setWordWrap(True)
        self.error.setMinimumHeight(18)
        column.addWidget(self.error)
        column.addLayout(self._make_foot())
        self.model.edited.connect(self._check)
        self._check()

    def _make_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(HALF_GAP)
        for text, tip, do in (
            ("Add row", "Add an empty sample below the chosen one", self.add_row),
            ("Remove rows", "Remove the chosen samples", self.remove_rows),
            ("Paste table", "Replace everything by the table in the clipboard", self.paste_table),
            ("Copy table", "Copy everything, names first", self.copy_table),
        ):
            row.addWidget(self._button(text, tip, do))
        columns = self._button("Columns", "Add, remove or rename a column", None)
        columns.setMenu(self._column_menu())
        row.addWidget(columns)
        row.addStretch(1)
        return row

    def _button(self, text: str, tip: str, do: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        if callable(do):
            button.clicked.connect(lambda _checked=False: do())
        return button

    def _column_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Add an input").triggered.connect(
            functools.partial(self.model.add_column, False)
        )
        menu.addAction("Add a target").triggered.connect(
            functools.partial(self.model.add_column, True)
        )
        menu.addAction("Rename the chosen column…").triggered.connect(
            lambda: self.view.rename(max(0, self.view.currentIndex().column()))
        )
        menu.addAction("Remove the chosen column").triggered.connect(self.remove_column)
        return menu

    def _make_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(label("To be predicted:", "secondary", self))
        self.kind = SegmentedControl(
            [
                ("number", "Number", "The network learns the target's value"),
                ("class", "Class", "The target names a class; the network learns to tell them"),
            ],
            "To be predicted",
            self,
        )
        self.kind.chosen.connect(lambda value: self.model.set_classes(value == "class"))
        row.addWidget(self.kind)
        row.addStretch(1)
        buttons = QDialogButtonBox(self)
        self.ok = buttons.addButton("Use these samples", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("kind", "primary")
        self.ok.setToolTip(
            "Learn from these samples; training goes on from here, or starts again where columns "
            "or classes are others"
        )
        cancel = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setToolTip("Keep the data as it was")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row.addWidget(buttons)
        return row

    # What can be done

    def add_row(self) -> None:
        """Add an empty sample below the chosen one, and go there."""
        current = self.view.currentIndex().row()
        at = current + 1 if current >= 0 else self.model.rowCount()
        self.model.add_row(at)
        self.view.setCurrentIndex(self.model.index(at, 0))
        self.view.setFocus()

    def remove_rows(self) -> None:
        """Remove the chosen samples."""
        self.model.remove_rows([index.row() for index in self.view.selectedIndexes()])

    def remove_column(self) -> None:
        """Remove the column of the chosen cell."""
        try:
            self.model.remove_column(max(0, self.view.currentIndex().column()))
        except SettingError as error:
            self.error.setText(_sentence(error))

    def paste_table(self) -> None:
        """Replace everything by the clipboard's table; a bad one changes nothing."""
        try:
            self.model.replace_by_text(QGuiApplication.clipboard().text())
        except SettingError as error:
            self.error.setText(_sentence(error))

    def copy_table(self) -> None:
        """Copy everything."""
        try:
            QGuiApplication.clipboard().setText(self.model.as_text())
        except SettingError as error:
            self.error.setText(_sentence(error))

    def accept(self) -> None:
        """Learn from these samples; where the rest of the experiment refuses, say so and stay."""
        if self.samples is None:
            return
        present = self._session.experiment.data.source
        if self.samples == present:
            super().accept()
            return
        edit: Edit = Change("data.source", self.samples)
        if isinstance(present, OwnSamples) and _columns(present) == _columns(self.samples):
            # As with what is drawn, what was learned stays.
            edit = DrawSamples(self.samples, "change samples")
        if self._session.apply(edit):
            self._session.ask(sample=0, typed=None)
            super().accept()

    def _check(self) -> None:
        """Say at once what is wrong; what is wrong cannot be used."""
        try:
            self.samples = self.model.samples()
            self.error.setText("")
        except SettingError as error:
            self.samples = None
            self.error.setText(_sentence(error))
        self.ok.setEnabled(self.samples is not None)
        self.kind.set_value("class" if self.model.classes else "number")


class _View(QTableView):
    def __init__(self, model: SamplesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._samples = model
        self.setModel(model)
        self.setAccessibleName("Samples")
        self.setToolTip(
            "Type values cell by cell, or paste a table; double-click a column's name to change it"
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(True)
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(72)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().sectionDoubleClicked.connect(self.rename)

    def rename(self, column: int) -> None:
        """Ask for a new name of a column."""
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename column")
        dialog.setLabelText("Name of the column:")
        dialog.setTextValue(self._samples.names[column])
        dialog.textValueSelected.connect(lambda name: self._samples.rename(column, name))
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.selectedIndexes()
        if event.matches(QKeySequence.StandardKey.Paste):
            at = self.currentIndex()
            self._samples.paste(
                QGuiApplication.clipboard().text(), max(0, at.row()), max(0, at.column())
            )
        elif event.matches(QKeySequence.StandardKey.Copy) and chosen:
            rows: dict[int, list[str]] = {}
            for index in sorted(chosen, key=lambda i: (i.row(), i.column())):
                rows.setdefault(index.row(), []).append(str(index.data()))
            text = "\n".join("\t".join(cells) for cells in rows.values())
            QGuiApplication.clipboard().setText(text)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and chosen:
            for index in chosen:
                self._samples.setData(index, "")
        else:
            super().keyPressEvent(event)
            return
        event.accept()


def _columns(samples: OwnSamples) -> tuple[tuple[str, ...], ...]:
    """All of samples but their values."""
    return samples.input_names, samples.target_names, samples.class_names


def _sentence(error: SettingError) -> str:
    text = error.message
    return f"{text[:1].upper()}{text[1:]}."
