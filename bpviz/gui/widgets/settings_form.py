"""A form for a settings class: one row for each declared setting."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bpviz.engine.settings import fields_of
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.editors import is_editable
from bpviz.gui.widgets.setting_field import SettingField


class SettingsForm(QWidget):
    """Rows for the declared settings of a class, in order of declaration.

    `changed(path, value, drag)` is emitted when a person changes one; `drag` is the same for all
    changes of one pull at a slider and "" otherwise. `set_values` shows an object in silence.
    """

    changed = Signal(str, object, str)
    refused = Signal(str)

    def __init__(
        self,
        settings_class: type,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`only` and `without` choose among the settings by name."""
        super().__init__(parent)
        self.setProperty("role", "form")
        self.settings_class = settings_class
        self.fields: dict[str, SettingField] = {}
        self._shown: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        for name, field in fields_of(settings_class).items():
            if name in without or (only is not None and name not in only):
                continue
            if not is_editable(field):
                continue
            row = SettingField(field, self)
            # First, for whoever hears of it may show the same values again.
            row.changed.connect(self._touched)
            row.refused.connect(self._touched)
            row.changed.connect(self.changed)
            row.refused.connect(self.refused)
            self.fields[name] = row
            column.addWidget(row)

    def set_values(self, settings: Any) -> None:
        """Show the values of an object of the class."""
        if settings == self._shown:
            return
        self._shown = settings
        for name, row in self.fields.items():
            row.set_value(getattr(settings, name))

    def _touched(self) -> None:
        """A control may show another value now, which need not become the setting's."""
        self._shown = None
