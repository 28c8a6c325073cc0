"""What was found in a person's own table, and what its columns are used for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bpviz.datasets.dataset import DataSource
from bpviz.datasets.tables.choosing import used_as
from bpviz.datasets.tables.facts import ColumnFact, TableFacts
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.text import ElidedLabel, label

_DELIMITERS = {"comma": "commas", "semicolon": "semicolons", "tab": "tabs", "pipe": "pipes"}


class TablePart(QWidget):
    """The file, its size, how it is written, its target and how many columns are inputs.

    `changed` carries the source as a person wants it; `import_asked`: a person wants to see the
    table, and to change how it is read.
    """

    changed = Signal(object)
    refused = Signal(str)
    import_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self.facts: TableFacts | None = None
        self._source: Any = None
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
        self.columns_button.setAccessibleName("Columns of the table, and how it is read")
        self.columns_button.setToolTip(
            "See the first rows, choose which columns are inputs and what\n"
            "they hold, and change how the table is read"
        )
        self.columns_button.clicked.connect(self.import_asked)
        inputs = QHBoxLayout()
        inputs.setSpacing(GAP)
        inputs.addWidget(ElidedLabel("Inputs", "secondary", self), 1)
        inputs.addWidget(self.columns_button)
        column.addLayout(inputs)
        self._make_target(())
        self.hide()

    def show_table(self, facts: TableFacts | None, source: DataSource, name: str) -> None:
        """Show the table that the present samples are from; None: they are from none."""
        self.setVisible(facts is not None)
        if facts is None or (facts == self.facts and source == self._source):
            return
        self.facts, self._source = facts, source
        self.name.setText(name)
        self.extent.setText(f"{facts.rows:,} rows × {len(facts.columns):,} columns")
        self.found.setText(found_text(facts))
        self._make_target(facts.columns)
        used = [column for column in facts.columns if column.role == "input"]
        self.columns_button.setText(f"{len(used):,} of {len(facts.columns):,} columns…")

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

    def _aim(self, target: object) -> None:
        """Another target; what was named an input or left out is so no more."""
        assert isinstance(target, tuple)
        if self.facts is None:
            return
        try:
            self._source = used_as(self._source, self.facts.columns, target, "target")
        except ValueError as error:
            self.refused.emit(str(error))
            return
        self.changed.emit(self._source)


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
