"""A list of entries of a registry, such as the rules that stop a training."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from bpviz.engine.settings import Entry, Field, SettingError, fields_of
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.editors import Editor, editor_for, explain, is_editable, label_of
from bpviz.gui.widgets.glossary_link import link_entry
from bpviz.gui.widgets.text import ElidedLabel
from bpviz.gui.widgets.tips import wrapped


class EntryListEditor(Editor):
    """Entries one below the other, each with its settings and a button that removes it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        registry = field.setting.registry
        assert registry is not None
        self.add_button = QToolButton(self)
        self.add_button.setText("+")
        self.add_button.setProperty("kind", "small")
        self.add_button.setAccessibleName(f"{field.setting.label}: add")
        self.add_button.setToolTip(wrapped(f"{field.setting.help}: add one"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add_button)
        menu.setToolTipsVisible(True)
        for cls in registry.values():
            action = menu.addAction(label_of(cls))
            action.setToolTip(wrapped(explain(cls)))
            action.triggered.connect(functools.partial(self._add, cls))
        self.add_button.setMenu(menu)
        self._adopt(self.add_button)
        self.below = QWidget(self)
        self._column = QVBoxLayout(self.below)
        self._column.setContentsMargins(GAP, 0, 0, 0)
        self._column.setSpacing(HALF_GAP)
        self.below.hide()
        self._value: tuple[Entry, ...] = ()
        self.rows: list[_EntryRow] = []

    def set_value(self, value: Any) -> None:
        if [type(entry) for entry in value] != [type(entry) for entry in self._value]:
            self._rebuild(value)
        self._value = tuple(value)
        for row, entry in zip(self.rows, value, strict=True):
            row.set_value(entry)

    def _rebuild(self, value: tuple[Entry, ...]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        assert self.below is not None
        self.rows = [_EntryRow(type(entry), k, self) for k, entry in enumerate(value)]
        for row in self.rows:
            self._column.addWidget(row)
        self.below.setVisible(bool(self.rows))

    def _add(self, cls: type[Entry], _checked: bool = False) -> None:
        self.changed.emit("", (*self._value, cls()), "")

    def remove(self, index: int) -> None:
        """Take an entry out, as its button does."""
        self.changed.emit("", self._value[:index] + self._value[index + 1 :], "")

    def replace(self, index: int, name: str, value: object, drag: str) -> None:
        """Change one setting of one entry."""
        try:
            entry = dataclasses.replace(self._value[index], **{name: value})
        except SettingError as error:
            self.rows[index].set_value(self._value[index])
            self.refused.emit(error.message)
            return
        self.changed.emit("", (*self._value[:index], entry, *self._value[index + 1 :]), drag)


class _EntryRow(QWidget):
    """One entry: its label and, on the same line when it is only one, its settings."""

    def __init__(self, cls: type[Entry], index: int, owner: EntryListEditor) -> None:
        super().__init__(owner.below)
        link_entry(self, cls)
        self.editors: dict[str, Editor] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(HALF_GAP)
        label = ElidedLabel(label_of(cls), "secondary", self)
        label.setToolTip(wrapped(explain(cls)))
        top.addWidget(label, 1)
        column.addLayout(top)
        fields = [field for field in fields_of(cls).values() if is_editable(field)]
        for field in fields:
            editor = editor_for(field, self)
            editor.changed.connect(
                lambda path, value, drag, name=field.name: owner.replace(index, name, value, drag)
            )
            editor.refused.connect(owner.refused)
            self.editors[field.name] = editor
            row = top
            if len(fields) > 1:
                row = QHBoxLayout()
                name = ElidedLabel(field.setting.label, "secondary", self)
                name.setToolTip(wrapped(field.setting.help))
                row.addWidget(name, 1)
                editor.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 12 + 16)
                column.addLayout(row)
            else:
                # On one line with the label there is room for a short number only.
                editor.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 6 + 16)
            row.addWidget(editor)
            if editor.below is not None:
                column.addWidget(editor.below)
        remove = QToolButton(self)
        remove.setText("×")
        remove.setProperty("kind", "flat")
        remove.setToolTip(f"Remove “{label_of(cls)}”")
        remove.setAccessibleName(f"Remove {label_of(cls)}")
        remove.setCursor(Qt.CursorShape.PointingHandCursor)
        remove.clicked.connect(functools.partial(self._remove, owner, index))
        self.remove_button = remove
        top.addWidget(remove)

    @staticmethod
    def _remove(owner: EntryListEditor, index: int, _checked: bool = False) -> None:
        owner.remove(index)

    def set_value(self, entry: Entry) -> None:
        for name, editor in self.editors.items():
            editor.set_value(getattr(entry, name))
