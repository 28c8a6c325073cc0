"""The card with the preview: how cells are shown, the chosen columns, what comes of them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QStackedWidget, QWidget

from bpviz.datasets.dataset import DataSource
from bpviz.datasets.tables.options import ReadOptions, Recipe
from bpviz.gui.importing.column_bar import ColumnBar, recipe_says
from bpviz.gui.importing.gallery import Gallery
from bpviz.gui.importing.model import Showing
from bpviz.gui.importing.summary import summary_of
from bpviz.gui.importing.table import PreviewTable
from bpviz.gui.theme import GAP, LIGHT, Theme
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.import_preview import Preview

_SHOWN = (
    ("pictures", "Pictures", "The first samples as they look, and what is to be predicted"),
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
        self._wanted: Showing | None = None
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
        self.gallery = Gallery(self)
        self.nothing = label("", "secondary", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.pages = QStackedWidget(self)
        for page in (self.table, self.gallery, self.nothing):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
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
        can_be_shown: dict[Showing, bool] = {
            "pictures": bool(preview.pictures),
            "written": bool(preview.columns),
            "learned": bool(preview.columns),
            "text": bool(preview.lines),
        }
        possible = [showing for showing, can_be in can_be_shown.items() if can_be]
        showing: Showing = "written"
        if possible:
            showing = self._wanted if self._wanted in possible else possible[0]
        # These keep their place while there is nothing to show.
        self.showing.offer({*possible, "written", "learned"})
        for value, button in self.showing.buttons.items():
            button.setEnabled(value in possible)
        self.showing.set_value(showing)
        self.nothing.setText(preview.refusal)
        is_table = showing != "pictures" and bool(possible or not preview.refusal)
        page = self.table if is_table else self.gallery if possible else self.nothing
        self.pages.setCurrentWidget(page)
        self.search.setVisible(is_table and len(preview.columns) > 1)
        self.table.show_preview(
            preview, "written" if showing == "pictures" else showing, self._theme
        )
        self.gallery.show_preview(preview, self._theme)
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
        if not isinstance(source, ReadOptions) or not text:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setProperty("checkable", True)
        action = menu.addAction(f"“{text[:40]}” means that there is no value")
        action.setCheckable(True)
        action.setChecked(text.casefold() in {mark.casefold() for mark in source.missing_marks})
        action.triggered.connect(lambda on: self.mark_chosen.emit(text, on))
        menu.popup(at)
