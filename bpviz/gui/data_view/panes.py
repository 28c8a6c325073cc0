"""The scatter plot and the histogram with the lists that say of which columns they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bpviz.engine.activations import Array
from bpviz.gui.canvas.names import pretty
from bpviz.gui.data_view.bars import BarsView, histogram
from bpviz.gui.data_view.scatter import ScatterView
from bpviz.gui.data_view.scatter_plane import Scatter, placed, scatter, with_marks
from bpviz.gui.data_view.working import DataWork
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.data_bins import Bins, bins_of
from bpviz.lab.data_columns import DataColumns, Mask

# In place of one column: the first of them, each small.
ALL = -1
_MOST_SMALL = 12
# Lists of more columns would be no lists any more.
_MOST_OFFERED = 128


class Pane(QWidget):
    """A plot between two rows of controls.

    `marked` and `current` are what is selected, `found` what is looked for (None: all).
    """

    chosen = Signal(object, str)
    none_asked = Signal()

    def __init__(self, work: DataWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self.table: DataColumns | None = None
        self.marked: Mask | None = None
        self.current = -1
        self.found: Mask | None = None
        self.theme: Theme | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(HALF_GAP)

    def offered(self) -> list[tuple[object, str, str]]:
        """The columns that can be drawn, for a list."""
        assert self.table is not None
        drawn = self.table.drawn[:_MOST_OFFERED]
        columns = self.table.columns
        return [(k, pretty(columns[k].name), columns[k].meaning) for k in drawn]

    def show_marks(self, marked: Mask, current: int, found: Mask | None) -> None:
        """Other samples are selected or found, or another one is the current one."""
        self.marked, self.current, self.found = marked, current, found
        self.redraw()

    def redraw(self) -> None:
        """Draw what there is."""


class ChoiceSlot(QHBoxLayout):
    """A place for a list that is made anew for other data."""

    def __init__(self, arrow: str, name: str, tip: str, parent: QWidget) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(HALF_GAP)
        self._name, self._tip, self._parent = name, tip, parent
        if arrow:
            self.addWidget(label(arrow, "secondary", parent))
        self.choice = Choice((), name, tip, parent)
        self.addWidget(self.choice)
        self.addStretch(1)

    def offer(
        self, options: list[tuple[object, str, str]], chosen: int, then: Callable[[object], None]
    ) -> None:
        """Offer these, with one of them chosen; `then` is called when a person chooses."""
        if not self.choice.offers(options) or not options:
            new = Choice(options, self._name, self._tip, self._parent)
            self.replaceWidget(self.choice, new)
            self.choice.hide()
            self.choice.deleteLater()
            self.choice = new
            new.chosen.connect(then)
            new.show()
        self.choice.set_value(chosen)


class ScatterPane(Pane):
    """Two columns against each other: the upright one is chosen above, the other one below."""

    def __init__(self, work: DataWork, parent: QWidget | None = None) -> None:
        super().__init__(work, parent)
        self.across = self.upward = -1
        self._found: Scatter | None = None
        self._places: Array | None = None
        self.view = ScatterView(self)
        self.view.chosen.connect(self.chosen)
        self.view.none_asked.connect(self.none_asked)
        self.y_slot = ChoiceSlot("↑", "Upwards", "The column that goes upwards", self)
        self.x_slot = ChoiceSlot("→", "To the right", "The column that goes to the right", self)
        self.top = QHBoxLayout()
        self.top.setSpacing(GAP)
        self.top.addLayout(self.y_slot)
        self.column.addLayout(self.top)
        self.column.addWidget(self.view, 1)
        self.column.addLayout(self.x_slot)
        self._low = False

    def set_low(self, low: bool) -> None:
        """Both lists in one row, where there is little height and much width."""
        if low == self._low:
            return
        self._low = low
        before, after = (self.column, self.top) if low else (self.top, self.column)
        before.removeItem(self.x_slot)
        self.x_slot.setParent(None)
        after.addLayout(self.x_slot)

    def show_table(self, table: DataColumns, theme: Theme, likely: Sequence[str]) -> None:
        """Show other data: the same columns where it has them, else the `likely` ones."""
        before, self.theme = self.table, theme
        names = [before.columns[k].name for k in (self.across, self.upward)] if before else []
        self.table, self._found, self._places = table, None, None
        kept = [table.named(name) for name in names]
        drawn = table.drawn[:_MOST_OFFERED]
        if len(kept) == 2 and all(k in drawn for k in kept):
            self.across, self.upward = (int(k) for k in kept if k is not None)
        else:
            self.across, self.upward = _first_two(table, likely)
        options = self.offered()
        self.x_slot.offer(options, self.across, lambda k: self.choose(int(str(k)), self.upward))
        self.y_slot.offer(options, self.upward, lambda k: self.choose(self.across, int(str(k))))
        self._place()

    def choose(self, x: int, y: int) -> None:
        """Draw these two columns of the data."""
        if (x, y) != (self.across, self.upward):
            self.across, self.upward = x, y
            self.x_slot.choice.set_value(x)
            self.y_slot.choice.set_value(y)
            self._place()

    def dress(self, theme: Theme) -> None:
        if theme is not self.theme and self.table is not None and self._places is not None:
            self.theme = theme
            self._found = scatter(self.table, self.across, self.upward, self._places, theme)
        self.redraw()

    def _place(self) -> None:
        table, x, y = self.table, self.across, self.upward
        assert table is not None

        def take(places: Array) -> None:
            assert self.theme is not None
            self._places = places
            self._found = scatter(table, x, y, places, self.theme)
            self.redraw()

        self._work.ask("scatter", table.numbers(x, y), lambda: placed(table, x, y), take)

    def redraw(self) -> None:
        found, theme = self._found, self.theme
        if theme is None:
            return
        if found is not None and self.marked is not None:
            found = with_marks(found, self.marked, self.current, self.found)
        self.view.show_scatter(found, self.table, self.current, theme)


class HistogramPane(Pane):
    """How the values of a column are spread, or of the first columns, each small."""

    def __init__(self, work: DataWork, parent: QWidget | None = None) -> None:
        super().__init__(work, parent)
        self.of = -1
        self._name = ""
        self._bins: tuple[Bins, ...] = ()
        self.view = BarsView(self)
        self.view.chosen.connect(self.chosen)
        self.view.none_asked.connect(self.none_asked)
        self.slot = ChoiceSlot("", "Histogram of", "The column whose values are counted", self)
        self.caption = ElidedLabel("", "caption", self)
        self.view.pointed.connect(self._point)
        self.column.addLayout(self.slot)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.caption)

    def show_table(self, table: DataColumns, theme: Theme, likely: Sequence[str]) -> None:
        """Show other data: the same column where it has it, else the first likely one."""
        self.table, self.theme = table, theme
        kept = table.named(self._name) if self._name else None
        if self.of != ALL or not self._name:
            self.of = kept if kept in table.drawn else _first_two(table, likely)[0]
        several = [(ALL, "every column", "The first columns side by side, each small")]
        self.slot.offer(
            [*self.offered(), *(several if len(table.drawn) > 1 else ())],
            self.of,
            lambda k: self.choose(int(str(k))),
        )
        self._count()

    def choose(self, k: int) -> None:
        """Draw this column of the data, or ALL."""
        if k != self.of:
            self.of = k
            self.slot.choice.set_value(k)
            self._count()

    def dress(self, theme: Theme) -> None:
        self.theme = theme
        self.redraw()

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that are drawn."""
        assert self.table is not None
        return self.table.drawn[:_MOST_SMALL] if self.of == ALL else (self.of,)

    def _count(self) -> None:
        table, columns = self.table, self.columns
        assert table is not None
        self._name = "*" if self.of == ALL else table.columns[self.of].name

        def take(bins: tuple[Bins, ...]) -> None:
            self._bins = bins
            self.redraw()

        def count() -> tuple[Bins, ...]:
            return tuple(bins_of(table, k) for k in columns)

        self._bins = ()
        self._work.ask("histogram", 4 * table.numbers(*columns), count, take)

    def redraw(self) -> None:
        table, theme, marked = self.table, self.theme, self.marked
        if table is None or theme is None:
            return
        if marked is not None:
            shown = tuple(
                histogram(table, bins, marked, self.current, self.found) for bins in self._bins
            )
            self.view.show_histograms(shown, table, theme)
        self._point("")

    def _point(self, words: str) -> None:
        """What is under the mouse, else what there is to know."""
        table = self.table
        if not words and self.of == ALL and table is not None and len(table.drawn) > _MOST_SMALL:
            words = f"the first {_MOST_SMALL} of {len(table.drawn):,} columns"
        if words != self.caption.text():
            self.caption.setText(words)


def _first_two(table: DataColumns, likely: Sequence[str]) -> tuple[int, int]:
    """The columns to begin with: those of these names where they are, else the first."""
    drawn = table.drawn
    first, second = (table.named(name) for name in (*likely, "", "")[:2])
    if first is None or second is None or not {first, second} <= set(table.listed):
        return drawn[0], drawn[min(1, len(drawn) - 1)]
    return first, second
