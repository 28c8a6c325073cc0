"""Data: the samples as a table, a scatter plot and histograms; select in one, see it in all."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.bottom.page import Page
from bpviz.gui.canvas.names import pretty
from bpviz.gui.data_view.arrangement import Arrangement
from bpviz.gui.data_view.panes import HistogramPane, ScatterPane
from bpviz.gui.data_view.picking import combined
from bpviz.gui.data_view.table_pane import TablePane
from bpviz.gui.data_view.working import DataWork
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP, TEXT
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label, set_property
from bpviz.lab.data_columns import DataColumns, Mask, Rows
from bpviz.lab.landscape_task import steepest

_WAITING = "The samples appear here as soon as there are some."
_HINT = "{} · click rows, or drag in a plot, to select"
# Narrower than this the plots take turns, and then all three.
_ALL_THREE, _TWO = 600, 430
_TABLE_SHARE = 0.46
# Columns whose means are told of what is selected.
_MEANS = 10
_SMALL_SEGMENTS = 'QToolButton[kind="segment"] { padding: 2px 8px; }'
TABLE, SCATTER, HISTOGRAM = "table", "scatter", "histogram"


class DataPage(Page):
    """Shows the data of the present snapshot; the selection is the session's `marked_rows`."""

    def __init__(
        self,
        session: Session,
        _yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._data: PreparedData | None = None
        self.columns: DataColumns | None = None
        self.work = DataWork(self)
        self.arrangement = Arrangement(self.work, self)
        self.arrangement.changed.connect(self._arranged)
        self.arrangement.told.connect(self._told)
        self._make_parts()
        self._lay_out()
        session.snapshot_changed.connect(self._meet)
        session.request_changed.connect(self._follow_sample)
        session.rows_marked.connect(self._rows_marked)
        session.look_changed.connect(self._dress)

    def _make_parts(self) -> None:
        self.words = label(_WAITING, "secondary", self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.panes = QWidget(self)
        self.left = TablePane(
            self._session, self.work, lambda: self._means(self.marked), self.panes
        )
        self.table, self.filter, self.line = self.left.table, self.left.filter, self.left.line
        self.explain_button = self.left.explain_button
        self.table.picked.connect(self._pick)
        self.table.sorted_by.connect(self.arrangement.sort)
        self.table.explain_asked.connect(self.explain)
        self.table.all_asked.connect(self.select_all)
        self.table.none_asked.connect(self.select_none)
        self.filter.textChanged.connect(self.arrangement.find)
        self.filter.returnPressed.connect(self.select_all)
        self.explain_button.clicked.connect(self.explain)
        self.scatter = ScatterPane(self.work, self.panes)
        self.histogram = HistogramPane(self.work, self.panes)
        for pane in (self.scatter, self.histogram):
            pane.chosen.connect(self._pick)
            pane.none_asked.connect(self.select_none)
        self.turns = SegmentedControl(
            (
                (TABLE, "Table", "All samples, row by row"),
                (SCATTER, "Scatter", "Two columns against each other"),
                (HISTOGRAM, "Bars", "How values of a column are spread"),
            ),
            "View of the data",
            self,
        )
        self.turns.setStyleSheet(_SMALL_SEGMENTS)
        self.turns.chosen.connect(lambda _key: self._fit())

    def _lay_out(self) -> None:
        self._top = QHBoxLayout()
        self._top.setSpacing(GAP)
        self._top.addWidget(self.turns, 0, Qt.AlignmentFlag.AlignLeft)
        self._row = QHBoxLayout(self.panes)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * GAP)
        self.setProperty("role", "form")
        for pane in (self.left, self.scatter, self.histogram):
            self._row.addWidget(pane, 1)
        self.panes.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, HALF_GAP, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addLayout(self._top)
        column.addWidget(self.words)
        column.addWidget(self.panes, 1)

    # What a person does

    @property
    def marked(self) -> Mask:
        """Which samples are selected."""
        mask: Mask = np.zeros(len(self.columns) if self.columns else 0, dtype=bool)
        rows = np.array(self._session.marked_rows, dtype=np.intp)
        mask[rows[rows < len(mask)]] = True
        return mask

    def _pick(self, rows: Rows, how: str) -> None:
        """Select these rows; a single one becomes the current sample, too.

        Of what a drag or a bar holds, only what is looked for.
        """
        found = self.arrangement.found
        if found is not None:
            rows = rows[found[rows]]
        after = combined(self.marked, rows, how)  # type: ignore[arg-type]
        if len(rows) == 1 and after[rows[0]]:
            self._session.ask(sample=int(rows[0]), typed=None)
        self._session.mark_rows(np.flatnonzero(after))

    def select_all(self) -> None:
        """Select every row that the table shows."""
        self._session.mark_rows(self.table.data_model.order)

    def select_none(self) -> None:
        self._session.mark_rows(())

    def explain(self) -> None:
        """Explain why the selected weight, or the steepest, changes with the current sample."""
        session = self._session
        if session.selection is None and session.snapshot is not None:
            session.select(steepest(session.snapshot))
        session.explain_asked.emit()

    def show_found(self, text: str) -> None:
        """Show only the samples that a text tells of."""
        self.filter.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._session.marked_rows:
            self.select_none()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _arranged(self, order: Rows) -> None:
        """Show these samples from the first one on."""
        self.table.data_model.show_order(order)
        self.table.current = -1
        self._follow_sample()
        self.table.scrollToTop()
        self._show_marks()

    def _told(self) -> None:
        set_property(self.filter, "error", bool(self.arrangement.problem))
        self._say()

    # What the program does

    @property
    def running(self) -> bool:
        return self.work.running

    def shut(self) -> None:
        self.work.shut()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing was followed while the page was hidden."""
        super().showEvent(event)
        self._meet()
        self._dress()
        self._show_marks()
        self._follow_sample()

    def _meet(self) -> None:
        """Show other data."""
        snapshot = self._session.snapshot
        if snapshot is None or not self.isVisible() or snapshot.data is self._data:
            return
        self.work.forget_all()
        before, self._data = self.columns, snapshot.data
        table = self.columns = DataColumns(snapshot.data)
        model, theme = self.table.data_model, self._session.theme
        alike = before is not None and before.names == table.names
        if not alike:
            self.table.forget_order()
        self.table.current = -1
        model.dress(theme, self.devicePixelRatioF())
        model.show_table(table)
        self.table.fit()
        self.words.hide()
        self.panes.show()
        likely = _names_of_axes(snapshot.data, self._session.request.axes)
        for pane in self._both:
            pane.marked, pane.current, pane.found = self.marked, self._sample, None
            pane.show_table(table, theme, likely)
        self._follow_sample()
        self._show_marks()
        self.arrangement.meet(table, self.filter.text(), alike)
        self._told()
        self._order_tabs()
        self._fit()

    def _order_tabs(self) -> None:
        """Tab goes from the left to the right, and down."""
        scatter, bars = self.scatter, self.histogram
        stops: tuple[QWidget, ...] = (self.filter, self.table, self.explain_button)
        stops += (scatter.y_slot.choice, scatter.view, scatter.x_slot.choice)
        stops += (bars.slot.choice, bars.view)
        for before, after in itertools.pairwise(stops):
            QWidget.setTabOrder(before, after)

    @property
    def _sample(self) -> int:
        """The dataset row of the current sample, -1 while typed values stand in for it."""
        request = self._session.request
        return request.sample if request.typed is None else -1

    def _follow_sample(self) -> None:
        """Go to the current sample wherever it was chosen; the keyboard stays where it is."""
        if not self.isVisible() or self.columns is None:
            return
        if self._sample != self.table.current:
            self.table.show_current(self._sample)
            self._show_marks()

    def _rows_marked(self) -> None:
        self._show_marks()
        if self.isVisible() and self.columns is not None:
            self.table.show_marked()

    def _show_marks(self) -> None:
        if not self.isVisible() or self.columns is None:
            return
        marked = self.marked
        self.table.data_model.marked = marked
        self.table.viewport().update()
        for pane in self._both:
            pane.show_marks(marked, self._sample, self.arrangement.found)
        self._say()

    @property
    def _both(self) -> tuple[ScatterPane, HistogramPane]:
        return (self.scatter, self.histogram)

    def _say(self) -> None:
        """What is selected, or why nothing was found."""
        table = self.columns
        if table is None:
            return
        marked, shown = self.marked, len(self.table.data_model.order)
        text = table.summary(marked)
        if not marked.any():
            text = _HINT.format(text.replace(", none selected", ""))
        if self.arrangement.finding:
            text = f"{shown:,} found · {table.summary(marked)}"
        self.left.say(text, self.arrangement.problem)
        self.explain_button.setEnabled(0 <= self._sample < len(table))

    def _means(self, marked: Mask) -> str:
        """What is selected, with the means of its columns."""
        assert self.columns is not None
        means = self.columns.means(marked, _MEANS)
        told = "\n".join(f"{pretty(name)} {mean}" for name, mean in means)
        return f"{self.columns.summary(marked)}\nMeans of these:\n{told}" if means else ""

    def _dress(self) -> None:
        if not self.isVisible():
            return
        theme = self._session.theme
        self.table.data_model.dress(theme, self.devicePixelRatioF())
        self.table.viewport().update()
        self.scatter.dress(theme)
        self.histogram.dress(theme)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self.columns:
            self.table.fit()
            self._fit()

    def _fit(self) -> None:
        """All three side by side, or two, or one at a time."""
        width = self.width() * TEXT / max(1, self.fontInfo().pixelSize())
        beside = 3 if width >= _ALL_THREE else 2 if width >= _TWO else 1
        self.turns.setVisible(beside < 3 and self.columns is not None)
        self.turns.buttons[TABLE].setVisible(beside == 1)
        chosen = self.turns.value
        if beside == 2 and chosen == TABLE:
            chosen = SCATTER
            self.turns.set_value(SCATTER)
        self.left.seat_filter(self._top if beside == 1 else None)
        self.filter.setVisible(beside > 1 or chosen == TABLE)
        self.scatter.set_low(beside == 1)
        self.left.setVisible(beside > 1 or chosen == TABLE)
        self.scatter.setVisible(beside == 3 or chosen == SCATTER)
        self.histogram.setVisible(beside == 3 or chosen == HISTOGRAM)
        wide = round(100 * _TABLE_SHARE)
        for pane, share in ((self.left, wide), (self.scatter, 30), (self.histogram, 24)):
            self._row.setStretchFactor(pane, share)


def _names_of_axes(data: PreparedData, axes: tuple[int, int]) -> tuple[str, ...]:
    """The inputs that the output view's map is over."""
    names = data.dataset.input_names
    return tuple(names[axis] for axis in axes if axis < len(names))
