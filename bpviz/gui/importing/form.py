"""The choices beside the preview: how a table is read, and how it is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DataSource
from bpviz.datasets.tables.options import Recipe
from bpviz.engine.settings import Field, fields_of
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.editors import Editor, LiteralEditor, TextEditor, editor_for
from bpviz.gui.widgets.glossary_link import link_setting, tip_of_setting
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.import_preview import Preview

# What stands elsewhere: which file it is, and what is said of columns.
_ELSEWHERE = ("path", "text")
LEARNING = ("scaling", "scale_targets", "missing", "test_fraction")

_LABEL_WIDTH, _FIELD_WIDTH = 90, 132
_AUTO = "auto"

# Settings that name a part of the file.
_OFFERED = ("sheet", "inputs", "targets", "test_inputs", "test_targets")
# A value, its text, what it means.
Option = tuple[str, str, str]


class ImportForm(QWidget):
    """Rows of label and control under two titles; only those that the table has a use for.

    `changed(path, value)`: a person chose something; the path is "scaling" or "source.decimal".
    """

    changed = Signal(str, object)
    refused = Signal(str)

    def __init__(self, source: DataSource, parent: QWidget | None = None) -> None:
        """For sources of the same kind."""
        super().__init__(parent)
        self.setProperty("role", "form")
        self.rows: dict[str, ImportRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self.reading = reading_choices(source)
        self._reading_title = self._add_group(
            column, "How it is read", type(source), self.reading, "source."
        )
        self.marks = label("", "caption", self)
        self.marks.setWordWrap(True)
        self.marks.setToolTip("The missing marks that occur, and how often")
        column.addWidget(self.marks)
        column.addSpacing(GAP)
        self._add_group(column, "How it is learned from", DataConfig, LEARNING, "")
        column.addStretch(1)

    def _add_group(
        self, column: QVBoxLayout, title: str, cls: type, names: Sequence[str], prefix: str
    ) -> QLabel:
        heading = label(title, "title", self)
        column.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        fields = fields_of(cls)
        for name in names:
            row = ImportRow(fields[name], self)
            row.place(grid)
            row.changed.connect(lambda value, path=prefix + name: self.changed.emit(path, value))
            row.refused.connect(self.refused)
            self.rows[name] = row
        column.addLayout(grid)
        return heading

    def show_choices(self, config: DataConfig) -> None:
        """Show what was chosen, in silence."""
        for name, row in self.rows.items():
            row.show_value(getattr(config if name in LEARNING else config.source, name))

    def commit(self) -> str:
        """Take over what is being typed; says why a field is refused, or "", and goes there."""
        for row in self.rows.values():
            error = row.editor.commit() if row.is_shown else ""
            if error:
                row.editor.setFocus()
                return error
        return ""

    def show_found(self, config: DataConfig, preview: Preview) -> None:
        """Show what was found where nothing is chosen, and only the rows that have a say."""
        for row in self.rows.values():
            if isinstance(row.editor, OfferEditor):
                row.editor.offer(offered(row.field.name, preview))
        for name, text in found_texts(preview).items():
            if name in self.rows:
                self.rows[name].show_found(text)
        for name, has_say in has_a_say(config, preview).items():
            if name in self.rows:
                self.rows[name].set_shown(has_say)
        self._reading_title.setVisible(any(self.rows[name].is_shown for name in self.reading))
        counts = [f"{mark or 'empty'} {count:,}" for mark, count in preview.marks[:6]]
        self.marks.setText("Found as missing: " + ", ".join(counts) if counts else "")
        self.marks.setVisible(bool(counts))


class ImportRow(QObject):
    """A label and the control of one setting, in two columns of a grid.

    What is chosen of itself is said behind "auto".
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.is_shown = True
        self.editor: Editor = (
            OfferEditor(field, parent) if field.name in _OFFERED else editor_for(field, parent)
        )
        self.editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editor.setMinimumWidth(_FIELD_WIDTH)
        if isinstance(self.editor, TextEditor) and field.default == "":
            self.editor.line.setPlaceholderText(_AUTO)
        if self.choice is not None:
            self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.label = ElidedLabel(field.setting.label, "secondary", parent)
        self.label.setToolTip(tip_of_setting(field.name, field.setting.help))
        self.label.setBuddy(self.editor)
        link_setting(self.editor, field.name)
        self.editor.changed.connect(lambda _path, value, _drag: self.changed.emit(value))
        self.editor.refused.connect(self.refused)

    @property
    def choice(self) -> Choice | None:
        """The drop-down, where it is one."""
        return getattr(self.editor, "choice", None)

    def place(self, grid: QGridLayout) -> None:
        """Take the next lines of a grid."""
        line = grid.rowCount()
        grid.addWidget(self.label, line, 0)
        grid.addWidget(self.editor, line, 1)
        if self.editor.below is not None:
            grid.addWidget(self.editor.below, line + 1, 0, 1, 2)

    def set_shown(self, shown: bool) -> None:
        """Show the row, or leave it out."""
        self.is_shown = shown
        for widget in (self.label, self.editor, self.editor.below):
            if widget is not None:
                widget.setVisible(shown)

    def show_value(self, value: Any) -> None:
        self.editor.set_value(value)

    def show_found(self, text: str) -> None:
        """Say what was found, where nothing is chosen."""
        if self.choice is not None:
            self.choice.setItemText(0, f"{_AUTO}: {text}" if text else _AUTO)


class OfferEditor(LiteralEditor):
    """A part of a file by its name: a sheet, an array; they are known when it was read."""

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(field, parent)
        self._offered: tuple[Option, ...] = ()
        self._value = ""
        self._make()

    def sizeHint(self) -> QSize:
        return self.choice.sizeHint()

    def offer(self, options: tuple[Option, ...]) -> None:
        """Offer these; those of a file that could not be read stay."""
        if options and options != self._offered:
            self._offered = options
            self._make()

    def set_value(self, value: Any) -> None:
        self._value = value
        self.choice.set_value(value)
        if self.choice.value != value:
            self._make()

    def _make(self) -> None:
        self._row.removeWidget(self.choice)
        self.choice.hide()
        self.choice.deleteLater()
        setting = self.field.setting
        options = [("", _AUTO, ""), *self._offered]
        if self._value not in [name for name, _, _ in options]:
            # It is no longer there; the refusal says so.
            options.append((self._value, self._value, ""))
        self.choice = Choice(options, setting.label, setting.help, self)
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.chosen.connect(lambda value: self.changed.emit("", value, ""))
        self.choice.set_value(self._value)
        self._adopt(self.choice)


def offered(name: str, preview: Preview) -> tuple[Option, ...]:
    """What there is to choose from for a setting that names a part of the file."""
    if name == "sheet":
        return tuple((sheet, sheet, "") for sheet in preview.found.sheets)
    return tuple(
        (array.name, str(array), f"{array.shape}, numbers of type {array.type}")
        for array in preview.outline.arrays
    )


def found_texts(preview: Preview) -> dict[str, str]:
    """What was found of each choice that can be left to the file; "" where nothing was."""
    found, outline = preview.found, preview.outline
    read = {
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "decimal": found.decimal,
        "header": "yes" if found.header else "no",
        "sheet": found.sheet,
    }
    arrays = {array.name: str(array) for array in outline.arrays}
    used = {name: arrays.get(array, "") for name, array in outline.used.items()}
    return {**(read if preview.columns else dict.fromkeys(read, "")), **used}


def reading_choices(source: DataSource) -> tuple[str, ...]:
    """The settings of a source that say how it is read, in their order."""
    elsewhere = {*_ELSEWHERE, *(fields_of(Recipe) if isinstance(source, Recipe) else ())}
    return tuple(name for name in fields_of(type(source)) if name not in elsewhere)


def has_a_say(config: DataConfig, preview: Preview) -> dict[str, bool]:
    """For choices that are not for all tables, whether they can change what is learned from."""
    is_text = bool(preview.lines or preview.found.delimiter)
    sheets, source = preview.found.sheets, config.source
    return {
        **{name: _is_of_use(name, source, preview) for name in reading_choices(source)},
        "encoding": is_text,
        "delimiter": is_text,
        "header": is_text or bool(sheets),
        "sheet": len(sheets) > 1 or bool(getattr(source, "sheet", "")),
        "scale_targets": bool(preview.columns) and not preview.class_names,
        "missing": isinstance(source, Recipe) or _has_gaps(preview),
    }


def _is_of_use(name: str, source: DataSource, preview: Preview) -> bool:
    """Whether the file has what a setting is about; what was chosen can always be taken back."""
    is_chosen = getattr(source, name) != fields_of(type(source))[name].default
    return is_chosen or name not in preview.outline.idle


def _has_gaps(preview: Preview) -> bool:
    return any(cell.missing for column in preview.columns for cell in column.cells)
