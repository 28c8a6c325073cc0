"""The card with the preview: how cells are shown, the chosen columns, what comes of them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QWidget

from bpviz.datasets.dataset import DataSource
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.gui.importing.column_bar import ColumnBar, recipe_says
from bpviz.gui.importing.model import Showing
from bpviz.gui.importing.summary import summary_of
from bpviz.gui.importing.table import PreviewTable
from bpviz.gui.theme import GAP, LIGHT, Theme
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import ElidedLabel, label, set_property
from bpviz.lab.import_preview import Preview

_SHOWN = (
    ("written", "As written", "The cells as they stand in the file"),
    ("learned", "As learned", "The numbers that are learned from: filled in, coded and scaled"),
    ("text", "Text", "The lines of the file, before they are divided into cells"),
)


class PreviewCard(Card):
    """Shows a preview, and asks for what is changed there.

    `role_chosen` and `kind_chosen` are for the columns that are chosen in `table`; `mark_chosen`
    carries the text of a cell and whether it is to say that there is no value; `guess_asked`:
    nothing is to be said of columns any more.
    """

    role_chosen = Signal(str)
    kind_chosen = Signal(str)
    mark_chosen = Signal(str, bool)
    guess_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is what to call the table."""
        super().__init__(parent=parent)
        self._preview = Preview(name)
        self._source: object = None
        self._theme: Theme = LIGHT
        self._wanted: Showing = "written"
        self.body.addLayout(self._make_top(name))
        self.bar = ColumnBar(self)
        self.bar.role_chosen.connect(self.role_chosen)
        self.bar.kind_chosen.connect(self.kind_chosen)
        self.body.addWidget(self.bar)
        self.table = PreviewTable(self)
        self.table.role_asked.connect(self.bar.role_menu)
        self.table.kind_asked.connect(self.bar.kind_menu)
        self.table.cell_asked.connect(self._cell_menu)
        self.table.chosen_changed.connect(self._show_columns)
        self.body.addWidget(self.table, 1)
        self.summary = label("", "secondary", self)
        self.summary.setTextFormat(Qt.TextFormat.RichText)
        self.extent = label("", "secondary", self)
        bottom = QHBoxLayout()
        bottom.addWidget(self.summary, 1)
        bottom.addWidget(self.extent)
        self.body.addLayout(bottom)

    def _make_top(self, name: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self.title = ElidedLabel(name, "title", self)
        self.guess = QPushButton("Guess columns", self)
        self.guess.setProperty("kind", "link")
        self.guess.setAutoDefault(False)
        self.guess.setToolTip(
            "Take back what was chosen for columns; their names and cells tell what they are for"
        )
        self.guess.clicked.connect(self.guess_asked)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a column")
        self.search.setAccessibleName("Find a column")
        self.search.setToolTip("Choose the column whose name has this in it; Enter finds the next")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(140)
        self.search.returnPressed.connect(self._find)
        self.showing = SegmentedControl(_SHOWN, "Cells are shown", self)
        self.showing.chosen.connect(self._show_as)
        row.addWidget(self.title, 1)
        row.addWidget(self.guess)
        row.addWidget(self.search)
        row.addWidget(self.showing)
        return row

    def show_preview(self, preview: Preview, source: DataSource, theme: Theme) -> None:
        """Show another preview, of a source as it is read."""
        self._preview, self._source, self._theme = preview, source, theme
        self.extent.setText(f"The first {len(preview.rows):,} rows" if preview.rows else "")
        self.summary.setText(summary_of(preview, theme))
        self._show()

    def show_source(self, source: DataSource) -> None:
        """Show what is said of columns, before it is read."""
        self._source = source
        self._show_columns()

    def _show_as(self, showing: str) -> None:
        self._wanted = showing  # type: ignore[assignment]
        self._show()

    def _show(self) -> None:
        preview = self._preview
        has_text, has_cells = bool(preview.lines), bool(preview.columns)
        showing = self._wanted
        if not has_cells and has_text:
            showing = "text"
        elif showing == "text" and not has_text:
            showing = "written"
        for name, button in self.showing.buttons.items():
            button.setEnabled(has_text if name == "text" else has_cells)
        has_third = has_text or not has_cells
        self.showing.buttons["text"].setVisible(has_third)
        set_property(self.showing.buttons["learned"], "place", "middle" if has_third else "last")
        self.showing.set_value(showing)
        self.table.show_preview(preview, showing, self._theme)
        self._show_columns()

    def _show_columns(self) -> None:
        chosen = frozenset(self.table.chosen_names())
        source = self._source
        recipe = source if isinstance(source, Recipe) else None
        self.bar.setVisible(recipe is not None)
        self.guess.setVisible(recipe is not None and recipe_says(recipe))
        columns = [column for column in self._preview.columns if column.name in chosen]
        self.bar.show_columns(columns, recipe)

    def _find(self) -> None:
        wanted = self.search.text().casefold()
        names = [c.name for c in self._preview.columns if wanted in c.name.casefold()]
        if wanted and names:
            present = self.table.chosen_names()[:1]
            later = names.index(present[0]) + 1 if present and present[0] in names else 0
            self.table.go_to(names[later % len(names)])

    def _cell_menu(self, text: str, at: QPoint) -> None:
        source = self._source
        # A list of marks is written with commas.
        if not isinstance(source, ReadOptions) or not text or "," in text or ";" in text:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setProperty("checkable", True)
        action = menu.addAction(f"“{text[:40]}” means that there is no value")
        action.setCheckable(True)
        action.setChecked(text.casefold() in {mark.casefold() for mark in source.missing_marks})
        action.triggered.connect(lambda on: self.mark_chosen.emit(text, on))
        menu.popup(at)
