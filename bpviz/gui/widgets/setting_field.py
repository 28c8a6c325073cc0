"""One row of a form: a setting's label, its control, and what stands under them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from bpviz.engine.settings import Field
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.editors import Editor, editor_for
from bpviz.gui.widgets.glossary_link import link_setting, tip_of_setting
from bpviz.gui.widgets.text import ElidedLabel


class SettingField(QWidget):
    """The row of one declared setting; everything about it follows from the declaration.

    `changed(path, value, drag)` as in Editor, the path beginning with the setting's name.
    """

    changed = Signal(str, object, str)
    refused = Signal(str)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        """Raises ValueError for a setting that no control can edit."""
        super().__init__(parent)
        self.field = field
        editor: Editor = editor_for(field, self)
        self.editor = editor
        self.label = ElidedLabel(field.setting.label, "secondary", self)
        self.label.setToolTip(tip_of_setting(field.name, field.setting.help))
        link_setting(self, field.name)
        self.label.setBuddy(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(GAP)
        self._row.addWidget(self.label, 1)
        self._row.addWidget(editor)
        column.addLayout(self._row)
        if editor.below is not None:
            column.addWidget(editor.below)
        editor.changed.connect(self._changed)
        editor.refused.connect(self.refused)

    def set_value(self, value: Any) -> None:
        """Show a value in silence."""
        self.editor.set_value(value)
        self._fit()

    def _fit(self) -> None:
        """Where label and control do not fit side by side, the control stands below."""
        needed = self.label.sizeHint().width() + GAP + self.editor.sizeHint().width()
        is_low = needed > self.width()
        direction = QBoxLayout.Direction.TopToBottom if is_low else QBoxLayout.Direction.LeftToRight
        if direction != self._row.direction():
            self._row.setDirection(direction)
            self._row.setSpacing(0 if is_low else GAP)
            right = Qt.AlignmentFlag.AlignRight if is_low else Qt.AlignmentFlag(0)
            self._row.setAlignment(self.editor, right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _changed(self, path: str, value: object, drag: str) -> None:
        name = self.field.name
        self.changed.emit(f"{name}.{path}" if path else name, value, drag)
