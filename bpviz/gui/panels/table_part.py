"""What was found in a person's own table, and what its columns are used for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bpviz.datasets.dataset import DataSource
from bpviz.datasets.tables.facts import ColumnFact, TableFacts
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.gui.dialogs.columns import ColumnsDialog
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.card import Section
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.settings_form import SettingsForm
from bpviz.gui.widgets.text import ElidedLabel, label

_DELIMITERS = {"comma": "commas", "semicolon": "semicolons", "tab": "tabs", "pipe": "pipes"}


class TablePart(QWidget):
    """The file, its size, how it is written, its target and its inputs.

    `changed` carries the source as a person wants it.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self.facts: TableFacts | None = None
        self._source: Any = None
        self.dialog: ColumnsDialog | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        self.name = ElidedLabel("", "", self)
        self.extent = ElidedLabel("", "caption", self)
        self.found = label("", "caption", self)
        self.found.setWordWrap(True)
        for words in (self.name, self.extent, self.found):
            column.addWidget(words)
        column.addSpacing(HALF_GAP)
        self._target_row, self.target = QHBoxLayout(), Choice([], parent=self)
        self._target_row.setSpacing(GAP)
        self._target_row.addWidget(ElidedLabel("Target", "secondary", self), 1)
        column.addLayout(self._target_row)
        self.columns_button = QPushButton("", self)
        self.columns_button.setProperty("kind", "field")
        self.columns_button.setAccessibleName("Columns of the table")
        self.columns_button.setToolTip(
            "Choose which columns are inputs, and which hold numbers or categories"
        )
        self.columns_button.clicked.connect(self.open_columns)
        inputs = QHBoxLayout()
        inputs.setSpacing(GAP)
        inputs.addWidget(ElidedLabel("Inputs", "secondary", self), 1)
        inputs.addWidget(self.columns_button)
        column.addLayout(inputs)
        self.reading = Section("How it is read", "data-reading", folded=True, minor=True)
        self.form = SettingsForm(ReadOptions, parent=self)
        self.weight_form = SettingsForm(Recipe, only=("weight",), parent=self)
        for form in (self.form, self.weight_form):
            form.changed.connect(lambda path, value, _drag: self._change(path, value))
            form.refused.connect(self.refused)
            self.reading.body.addWidget(form)
        column.addWidget(self.reading)
        self._make_target(())
        self.hide()

    def show_table(self, facts: TableFacts | None, source: DataSource, name: str) -> None:
        """Show the table that the present samples are from; None: they are from none."""
        self.setVisible(facts is not None)
        if facts is None:
            if self.dialog is not None:
                self.dialog.close()
            return
        if facts != self.facts or source != self._source:
            self.facts, self._source = facts, source
            self.name.setText(name)
            self.extent.setText(f"{facts.rows:,} rows × {len(facts.columns):,} columns")
            self.found.setText(found_text(facts))
            self._make_target(facts.columns)
            used = [column for column in facts.columns if column.role == "input"]
            self.columns_button.setText(f"{len(used):,} of {len(facts.columns):,} columns…")
            self.form.set_values(source)
            self.weight_form.set_values(source)
        if self.dialog is not None:
            self.dialog.show_columns(facts.columns)

    def open_columns(self) -> ColumnsDialog:
        """The list of columns, beside the window; what is changed there counts at once."""
        if self.dialog is None:
            self.dialog = ColumnsDialog(self.window())
            self.dialog.used.connect(self._use)
            self.dialog.retyped.connect(self._retype)
            self.dialog.destroyed.connect(self._dialog_gone)
        if self.facts is not None:
            self.dialog.setWindowTitle(f"Columns of {self.name.text()}")
            self.dialog.show_columns(self.facts.columns)
        self.dialog.show()
        self.dialog.raise_()
        return self.dialog

    def _dialog_gone(self) -> None:
        self.dialog = None

    def _make_target(self, columns: tuple[ColumnFact, ...]) -> None:
        """The drop-down of columns; several targets, as a file can name, are an entry of it."""
        targets = tuple(column.name for column in columns if column.role == "target")
        options: list[tuple[object, str, str]] = [
            ((column.name,), column.name, column_text(column))
            for column in columns
            if column.kind != "empty"
        ]
        if len(targets) > 1:
            options.insert(0, (targets, ", ".join(targets), "Several columns of numbers"))
        if self.target.offers(options):
            self.target.set_value(targets)
            return
        self._target_row.removeWidget(self.target)
        self.target.hide()
        self.target.deleteLater()
        self.target = Choice(options, "Target", "The column that is to be predicted", self)
        self.target.setMaximumWidth(150)
        self.target.set_value(targets)
        self.target.chosen.connect(self._aim)
        self._target_row.addWidget(self.target)

    # What a person changes. Each step counts on the ones before it that are still loading.

    def _aim(self, target: object) -> None:
        """Another target; what was named an input or left out is so no more."""
        assert isinstance(target, tuple)
        if self.facts is None:
            return
        source = self._source
        for name in ("inputs", "leave_out"):
            rest = tuple(n for n in getattr(source, name) if n not in target)
            source = replace(source, **{name: rest})
        if source.weight in target:
            source = replace(source, weight="")
        self._replace(lambda _: replace(source, target=target))

    def _use(self, names: tuple[str, ...], wanted: bool) -> None:
        self._replace(lambda source: with_inputs(source, self._inputs(), names, wanted))

    def _retype(self, name: str, kind: str) -> None:
        def retyped(source: Any) -> Any:
            rest = {
                field: tuple(n for n in getattr(source, field) if n != name)
                for field in ("categories", "numbers")
            }
            field = "categories" if kind == "category" else "numbers"
            return replace(source, **{**rest, field: (*rest[field], name)})

        self._replace(retyped)

    def _inputs(self) -> tuple[str, ...]:
        assert self.facts is not None
        return tuple(c.name for c in self.facts.columns if c.role == "input")

    def _change(self, path: str, value: object) -> None:
        self._replace(lambda source: replace(source, **{path: value}))

    def _replace(self, change: Callable[[Any], Any]) -> None:
        try:
            self._source = change(self._source)
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self.changed.emit(self._source)


def with_inputs(source: Any, present: tuple[str, ...], names: tuple[str, ...], wanted: bool) -> Any:
    """The source with these columns used as inputs, or not; `present` are those used now."""
    left_out = tuple(n for n in source.leave_out if n not in names)
    if source.inputs:
        rest = tuple(n for n in source.inputs if n not in names)
        return replace(source, leave_out=left_out, inputs=(*rest, *names) if wanted else rest)
    if not wanted:
        return replace(source, leave_out=(*left_out, *names))
    if set(names) <= set(source.leave_out):
        return replace(source, leave_out=left_out)
    missing = tuple(n for n in names if n not in present)
    return replace(source, leave_out=left_out, inputs=(*present, *missing))


def found_text(facts: TableFacts) -> str:
    """How the table is written, in a few words."""
    found = facts.found
    words = [found.encoding]
    if found.delimiter:
        words.append(_DELIMITERS.get(found.delimiter, found.delimiter))
    if found.sheet:
        words.append(f"sheet {found.sheet}")
    words.append(f"decimal {found.decimal}")
    words.append("first row is names" if found.header else "no row of names")
    return ", ".join(word for word in words if word)


def column_text(column: ColumnFact) -> str:
    """What a column holds, in one line."""
    parts = [column.kind, f"{column.distinct:,} different values"]
    if column.missing:
        parts.append(f"{column.missing:,} missing")
    if column.odd:
        parts.append(f"{column.odd:,} not read")
    return ", ".join(parts) + (f"; left out: {column.reason}" if column.reason else "")
