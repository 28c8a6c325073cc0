"""What the chosen columns are used for, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from bpviz.datasets.tables.choosing import SaidKind, kind_said, roles_in
from bpviz.datasets.tables.options import ColumnRole, Recipe
from bpviz.engine.settings import fields_of
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.import_preview import PreviewColumn

_HEIGHT = 28
_HELP = {name: field.setting.help for name, field in fields_of(Recipe).items()}

ROLES: tuple[tuple[ColumnRole, str, str], ...] = (
    ("input", "Input", _HELP["inputs"]),
    ("target", "Target", _HELP["target"]),
    ("weight", "Weight", _HELP["weight"]),
    ("left out", "Left out", _HELP["leave_out"]),
)
KINDS: tuple[tuple[SaidKind, str, str], ...] = (
    ("auto", "auto", "What most of the cells hold"),
    ("number", "number", _HELP["numbers"]),
    ("category", "category", _HELP["categories"]),
)


class ColumnBar(QWidget):
    """`role_chosen` and `kind_chosen`: the chosen columns are to be used so, or to hold that."""

    role_chosen = Signal(str)
    kind_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "form")
        self._columns: tuple[PreviewColumn, ...] = ()
        self._said: SaidKind | None = "auto"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self.setFixedHeight(_HEIGHT)
        self.name = ElidedLabel("", "title", self)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self.name, 1)
        row.addWidget(label("used as", "secondary", self))
        self.roles = SegmentedControl(ROLES, "Used as", self)
        self.roles.chosen.connect(self.role_chosen)
        row.addWidget(self.roles)
        row.addSpacing(GAP)
        row.addWidget(label("holds", "secondary", self))
        self.kinds = Choice(KINDS, "Holds", "What the cells of the column stand for", self)
        self.kinds.setMinimumWidth(132)
        self.kinds.chosen.connect(lambda kind: self.kind_chosen.emit(str(kind)))
        row.addWidget(self.kinds)

    def show_columns(self, columns: Sequence[PreviewColumn], recipe: Recipe | None) -> None:
        """Show what is so of the chosen columns."""
        self._columns = tuple(columns)
        # The bar keeps its place while there is nothing to choose.
        for widget in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            widget.setVisible(bool(columns) and recipe is not None)
        if not columns or recipe is None:
            return
        first, more = columns[0], len(columns) - 1
        self.name.setText(f"{first.name} and {more:,} more" if more else first.name)
        # What was just chosen is shown before it is read.
        self.roles.set_value(roles_in(recipe, (first,))[first.name])
        said = {kind_said(recipe, column.name) for column in columns}
        self._said = said.pop() if len(said) == 1 else None
        self.kinds.setItemText(0, f"auto: {first.kind}" if self._said == "auto" else "auto")
        self.kinds.set_value(self._said or "auto")
        self.kinds.updateGeometry()

    def role_menu(self, at: QPoint) -> None:
        """A menu of roles."""
        present = {column.role for column in self._columns}
        self._menu(ROLES, present, self.role_chosen.emit, at, "Used as")

    def kind_menu(self, at: QPoint) -> None:
        """A menu of what a column can hold."""
        present = {self._said} if self._said else set()
        self._menu(KINDS, present, self.kind_chosen.emit, at, "Holds")

    def _menu(
        self,
        options: Sequence[tuple[str, str, str]],
        present: set[ColumnRole] | set[SaidKind] | set[SaidKind | None],
        choose: Callable[[str], object],
        at: QPoint,
        name: str,
    ) -> None:
        if not self._columns:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(name)
        menu.setToolTipsVisible(True)
        menu.setProperty("checkable", True)
        group = QActionGroup(menu)
        for value, text, tip in options:
            action = menu.addAction(text)
            action.setToolTip(tip)
            action.setCheckable(True)
            action.setChecked(present == {value})
            group.addAction(action)
            action.triggered.connect(lambda _on=False, value=value: choose(value))
        menu.setActiveAction(group.checkedAction() or menu.actions()[0])
        menu.popup(at)


def recipe_says(recipe: Recipe) -> bool:
    """Whether anything is said of any column."""
    return any(getattr(recipe, name) != field.default for name, field in fields_of(Recipe).items())
