"""The controls that edit one declared setting: which one follows from the declaration alone."""

from __future__ import annotations

import inspect
import itertools
import re
import typing
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bpviz.engine.settings import Entry, Field
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.glossary_link import link_entry
from bpviz.gui.widgets.line import NUMBER_STARTS, Line
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.numbers import exact_number, parse_number
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import set_property
from bpviz.gui.widgets.tips import wrapped

_drags = itertools.count(1)

# So many figures wide is a text, that its label stands beside it.
_TEXT_FIGURES = 10

# A list longer than this is shown as a count: nobody edits it in one line.
_LONGEST_LIST = 64

_HOW_TO_LIST = "\nSeparated by commas; in quotes where there is a comma in one of them"
# The names of a list, in quotes or bare.
_NAMES = re.compile(r"""\s*(?:"([^"]+)"\s*(?=[,;]|$)|([^,;]*[^,;\s]))""")


class Editor(QWidget):
    """Edits one value. The control itself is `self`; `below` stands under its row, if anything.

    `changed(path, value, drag)`: `path` is relative to the setting ("" is the setting itself);
    `drag` names the drag that the change is part of, "" for a single change. `refused` carries a
    sentence.
    """

    changed = Signal(str, object, str)
    refused = Signal(str)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.below: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(HALF_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_value(self, value: Any) -> None:
        """Show a value in silence."""
        raise NotImplementedError

    def commit(self) -> str:
        """Take over what is being typed; says why it was refused, or ""."""
        return ""

    def _adopt(self, control: QWidget) -> None:
        self._row.addWidget(control)
        self.setFocusProxy(control)


class NumberEditor(Editor):
    """A number: a text field and, where a range is declared, a slider under it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        setting = field.setting
        whole = _plain_type(field.type) is int
        self.number = NumberField(setting, whole, parent=self)
        self.number.committed.connect(lambda value: self._report(value, ""))
        self.number.refused.connect(self.refused)
        self._adopt(self.number)
        self._whole = whole
        self._drag = ""
        self.slider: Slider | None = None
        if setting.slider:
            self.slider = Slider(*setting.slider, setting.logarithmic, whole, parent=self)
            self.slider.setAccessibleName(f"{setting.label}, slider")
            self.slider.setToolTip(wrapped(setting.help))
            self.slider.sliderPressed.connect(self._drag_begins)
            self.slider.sliderReleased.connect(self._drag_ends)
            self.slider.moved.connect(self._slid)
            self.below = self.slider

    def set_value(self, value: Any) -> None:
        self.number.set_value(value)
        if self.slider:
            self.slider.set_value(value)

    def commit(self) -> str:
        return self.number.commit()

    def _drag_begins(self) -> None:
        self._drag = f"drag {next(_drags)}"

    def _drag_ends(self) -> None:
        self._drag = ""

    def _slid(self, value: float) -> None:
        if self.field.setting.broken_bound(value):
            return
        if value != self.number.value:
            self.number.set_value(value)
            self.number.show_value()
            self._report(value, self._drag)

    def _report(self, value: float, drag: str) -> None:
        if self.slider and not drag:
            self.slider.set_value(value)
        self.changed.emit("", int(value) if self._whole else value, drag)


class SwitchEditor(Editor):
    """Yes or no: a check box."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(field.setting.label)
        self.box.setToolTip(wrapped(field.setting.help))
        self.box.clicked.connect(lambda on: self.changed.emit("", bool(on), ""))
        self._adopt(self.box)

    def set_value(self, value: Any) -> None:
        self.box.setChecked(bool(value))


class LiteralEditor(Editor):
    """One of a few names."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        names = field.setting.names
        options = [(v, names.get(v, v.replace("_", " ")), "") for v in field.choices]
        self.choice = Choice(options, field.setting.label, field.setting.help, self)
        self.choice.chosen.connect(lambda value: self.changed.emit("", value, ""))
        self._adopt(self.choice)

    def set_value(self, value: Any) -> None:
        self.choice.set_value(value)


class TextEditor(Editor):
    """A text, or a list of numbers or names separated by commas.

    A name that has a comma or a semicolon in it stands in quotes.
    """

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._item = item_type(field.type)
        self.line = Line(NUMBER_STARTS if self._item in (int, float) else None, self)
        self.line.setAccessibleName(field.setting.label)
        tip = field.setting.help + (_HOW_TO_LIST if self._item is str else "")
        self.line.setToolTip(wrapped(tip))
        self.line.editingFinished.connect(self.commit)
        self._value: Any = field.default
        self._adopt(self.line)

    def sizeHint(self) -> QSize:
        self.line.ensurePolished()
        width = self.line.fontMetrics().horizontalAdvance("0") * _TEXT_FIGURES + 24
        return QSize(width, super().sizeHint().height())

    def set_value(self, value: Any) -> None:
        self._value = value
        long = isinstance(value, tuple) and len(value) > _LONGEST_LIST
        self.line.setReadOnly(long)
        if long:
            self.line.show_text(f"{len(value):,} values")
        elif not (self.line.hasFocus() and self.line.isModified()):
            self.line.show_text(self._write(value))
        set_property(self.line, "error", False)

    def _write(self, value: Any) -> str:
        if not isinstance(value, tuple):
            return str(value)
        return ", ".join(
            exact_number(v) if isinstance(v, float) else _quoted(str(v)) for v in value
        )

    def _read(self, text: str) -> Any:
        if self._item is None:
            return text
        if self._item is str:
            return tuple(quoted or bare.strip() for quoted, bare in _NAMES.findall(text))
        cells = [cell.strip() for cell in text.replace(";", ",").split(",") if cell.strip()]
        numbers = [parse_number(cell) for cell in cells]
        for cell, number in zip(cells, numbers, strict=True):
            if number is None:
                raise ValueError(f"{self.field.setting.label}: “{cell}” is not a number")
        return tuple(self._item(number) for number in numbers)

    def commit(self) -> str:
        if not self.line.isModified():
            return ""
        self.line.setModified(False)
        try:
            value = self._read(self.line.text())
        except ValueError as error:
            self.set_value(self._value)
            set_property(self.line, "error", True)
            self.refused.emit(str(error))
            return str(error)
        if value != self._value:
            self.changed.emit("", value, "")
        else:
            self.set_value(self._value)
        return ""


class EntryEditor(Editor):
    """One entry of a registry, and under it the entry's own settings."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        registry = field.setting.registry
        assert registry is not None
        self._registry = registry
        options = [(kind, label_of(cls), explain(cls)) for kind, cls in registry.items()]
        self.choice = Choice(options, field.setting.label, field.setting.help, self)
        self.choice.chosen.connect(self._choose)
        self._adopt(self.choice)
        # Going back to an entry finds it as it was left.
        self._left: dict[str, Entry] = {}
        self.form: Any = None
        self.below = QWidget(self)
        self._under = QVBoxLayout(self.below)
        self._under.setContentsMargins(12, 0, 0, 0)
        self.below.hide()

    def set_value(self, value: Any) -> None:
        self.choice.set_value(value.kind)
        self._left[value.kind] = value
        assert self.below is not None
        for widget in (self, self.below):
            link_entry(widget, type(value))
        if self.form is None or self.form.settings_class is not type(value):
            self._rebuild(value)
        self.form.set_values(value)

    def _choose(self, kind: object) -> None:
        assert isinstance(kind, str)
        entry = self._left.get(kind) or self._registry[kind]()
        self.changed.emit("", entry, "")

    def _rebuild(self, value: Entry) -> None:
        from bpviz.gui.widgets.settings_form import SettingsForm

        if self.form is not None:
            self._under.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = SettingsForm(type(value), parent=self.below)
        self.form.changed.connect(self.changed)
        self.form.refused.connect(self.refused)
        self._under.addWidget(self.form)
        assert self.below is not None
        self.below.setVisible(bool(self.form.fields))


def _quoted(name: str) -> str:
    """A name as it stands in a list of names, in quotes where it would be taken apart there."""
    return f'"{name}"' if re.search("[,;]", name) and '"' not in name else name


def item_type(kind: Any) -> Any:
    """float for tuple[float, ...], and so on; None when it is no list."""
    return typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else None


def label_of(cls: type[Entry]) -> str:
    return cls.label or cls.kind.replace("_", " ")


def explain(cls: type) -> str:
    """The first sentence of what a class says about itself, for a tooltip."""
    text = inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0]
    return " ".join(text.split())


def _plain_type(kind: Any) -> Any:
    """The type without its "or None"."""
    members = [k for k in typing.get_args(kind) if k is not type(None)]
    is_optional = type(None) in typing.get_args(kind) and len(members) == 1
    return members[0] if is_optional else kind


def _is_list_of_entries(field: Field) -> bool:
    return field.setting.registry is not None and item_type(field.type) is not None


def _list_editor(field: Field, parent: QWidget | None = None) -> Editor:
    from bpviz.gui.widgets.entry_list import EntryListEditor

    return EntryListEditor(field, parent)


# The first that applies makes the control.
_EDITORS: tuple[tuple[Callable[[Field], bool], Callable[[Field, QWidget | None], Editor]], ...] = (
    (_is_list_of_entries, _list_editor),
    (lambda f: f.setting.registry is not None, EntryEditor),
    (lambda f: bool(f.choices), LiteralEditor),
    (lambda f: f.type is bool, SwitchEditor),
    (lambda f: _plain_type(f.type) in (int, float), NumberEditor),
    (lambda f: f.type is str or item_type(f.type) in (str, int, float), TextEditor),
)


def is_editable(field: Field) -> bool:
    """Whether a line in a panel can edit the setting."""
    return any(applies(field) for applies, _ in _EDITORS)


def editor_for(field: Field, parent: QWidget | None = None) -> Editor:
    """The control for a setting. Raises ValueError where it needs more than a line in a panel."""
    for applies, make in _EDITORS:
        if applies(field):
            return make(field, parent)
    raise ValueError(f"there is no control for {field.name}")
