"""What is selected in one view of the data is highlighted in all, and its sample is the current."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from bpviz.gui.output.view import OutputView
from bpviz.lab.edits import Change
from tests.gui.data_view.looking import (
    CTRL,
    LEFT,
    SHIFT,
    click_row,
    drag,
    lit_in_bars,
    lit_in_scatter,
    lit_in_table,
    place,
    shown,
)


def check_all(page, rows):
    """Every view highlights just these."""
    assert page.bench.session.marked_rows == tuple(sorted(rows))
    assert lit_in_table(page) == set(rows)
    assert lit_in_scatter(page) == set(rows)
    assert lit_in_bars(page) == len(rows)


def test_a_row_of_the_table(qtbot, page):
    click_row(qtbot, page, 17)
    check_all(page, [17])
    assert page.bench.session.request.sample == 17
    click_row(qtbot, page, 20, SHIFT)
    check_all(page, [17, 18, 19, 20])
    assert page.bench.session.request.sample == 17
    click_row(qtbot, page, 18, CTRL)
    check_all(page, [17, 19, 20])
    click_row(qtbot, page, 3)
    check_all(page, [3])


def test_a_drag_over_rows(qtbot, page):
    table = page.table
    table.verticalScrollBar().setValue(40)
    at = [QPoint(20, table.rowViewportPosition(position) + 5) for position in (41, 44)]
    drag(qtbot, table.viewport(), *at)
    check_all(page, [41, 42, 43, 44])


def test_a_dot_of_the_scatter_plot(qtbot, page):
    view = page.scatter.view
    at = place(page, 60)
    row = view.nearest(at.toPointF())
    qtbot.mouseClick(view, LEFT, pos=at)
    check_all(page, [row])
    assert page.bench.session.request.sample == row
    assert view.plane.mark == tuple(view.plane.dots.places[view.plane.dots.rows == row][0])
    # Where there is no dot, nothing is meant.
    area = view.area()
    qtbot.mouseClick(view, LEFT, pos=QPoint(int(area.left()) + 3, int(area.top()) + 3))
    check_all(page, [])
    assert page.bench.session.request.sample == row


def test_a_rectangle_in_the_scatter_plot(qtbot, page):
    view = page.scatter.view
    petals = page.columns.data.dataset.inputs[:, 2]
    small = set(np.flatnonzero(petals < 2).tolist())
    area = view.area()
    corner = view.to_pixels(np.array([[2.4, 0.8]]))[0]
    start = QPoint(int(corner[0]), int(corner[1]))
    end = QPoint(int(area.left()), int(area.bottom()))
    drag(qtbot, view, start, end)
    check_all(page, small)
    before = page.bench.session.request.sample
    qtbot.mouseClick(view, LEFT, SHIFT, place(page, 120))
    assert small < set(page.bench.session.marked_rows)
    assert page.bench.session.request.sample != before


def test_bars(qtbot, page):
    view = page.histogram.view
    bins = view.histograms[0].bins
    for bar, keys in ((1, Qt.KeyboardModifier.NoModifier), (3, SHIFT)):
        at = view.bar(0, bar).center().toPoint()
        qtbot.mouseClick(view, LEFT, keys, at)
    check_all(page, np.flatnonzero(np.isin(bins.bin_of, (1, 3))).tolist())
    drag(qtbot, view, view.bar(0, 4).center().toPoint(), view.bar(0, 2).center().toPoint())
    check_all(page, np.flatnonzero((bins.bin_of >= 2) & (bins.bin_of <= 4)).tolist())
    qtbot.mouseClick(view, LEFT, CTRL, view.bar(0, 4).center().toPoint())
    check_all(page, np.flatnonzero((bins.bin_of >= 2) & (bins.bin_of <= 3)).tolist())


def test_plots_select_only_what_is_found(qtbot, page):
    view, bars = page.scatter.view, page.histogram.view
    plain = view.grab().toImage(), bars.grab().toImage()
    page.filter.setText("setosa")
    page.pump()
    assert len(shown(page, "species")) == 50
    assert (view.grab().toImage(), bars.grab().toImage()) != plain
    area = view.area().toRect()
    drag(qtbot, view, area.topLeft(), area.bottomRight())
    check_all(page, range(50))
    last = bars.bar(0, bars.histograms[0].bins.counts.shape[1] - 1).center().toPoint()
    drag(qtbot, bars, bars.bar(0, 0).center().toPoint(), last)
    check_all(page, range(50))
    # Another one that lies under the mouse is passed over, by keys, too.
    assert view.nearest(place(page, 120).toPointF()) == -1
    for _ in range(60):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert page.bench.session.request.sample < 50
    assert " found, " in bars.words(0, 0)
    page.filter.clear()
    page.pump()
    drag(qtbot, view, area.topLeft(), area.bottomRight())
    check_all(page, range(150))


@pytest.mark.parametrize("where", ["table", "scatter", "histogram", "filter"])
def test_escape_selects_none(qtbot, page, where):
    page.bench.session.mark_rows(range(12))
    check_all(page, range(12))
    widgets = {
        "table": page.table,
        "scatter": page.scatter.view,
        "histogram": page.histogram.view,
        "filter": page.filter,
    }
    qtbot.keyClick(widgets[where], Qt.Key.Key_Escape)
    check_all(page, [])


def test_the_output_view_puts_a_halo_around_what_is_selected(qtbot, page):
    output = OutputView(page.bench.session)
    qtbot.addWidget(output)
    output.resize(340, 420)
    output.show()
    rows = page.columns.data.train_rows[:5].tolist()
    before = output.plane.grab().toImage()
    page.bench.session.mark_rows(rows)
    dots = output.plane.plane.dots
    assert set(dots.rows[dots.marked].tolist()) == set(rows)
    assert output.plane.grab().toImage() != before
    page.bench.session.mark_rows(())
    assert output.plane.plane.dots.marked is None
    assert output.plane.grab().toImage() == before
    # A sample of the part that is not shown has no dot to put it around.
    page.bench.session.mark_rows(page.columns.data.test_rows[:2])
    assert output.plane.plane.dots.marked is None


def test_another_current_sample_moves_the_table_not_the_keyboard(qtbot, page):
    page.filter.setFocus()
    page.bench.session.mark_rows([4, 5])
    page.bench.session.ask(sample=140, typed=None)
    assert page.table.current == 140
    position = page.table.data_model.position_of(140)
    area = page.table.visualRect(page.table.data_model.index(position, 0))
    assert page.table.viewport().rect().intersects(area)
    assert page.table.currentIndex().row() == position
    assert page.filter.hasFocus()
    check_all(page, [4, 5])
    assert page.scatter.view.plane.mark is not None
    page.bench.session.ask(typed=(5.0, 3.0, 2.0, 1.0))
    assert page.table.current == -1
    assert page.scatter.view.plane.mark is None


def test_the_line_says_what_is_selected(qtbot, page):
    page.bench.session.mark_rows(range(30))
    table = page.columns
    tested = int(table.is_test[:30].sum())
    assert page.line.text() == f"30 of 150 samples selected: {30 - tested} training, {tested} test"
    mean = page.columns.data.dataset.inputs[:30, 0].mean()
    assert f"sepal length {mean:.4g}" in page._means(page.marked)
    page.bench.session.mark_rows(())
    assert page.line.text().startswith("150 samples · click rows")


def test_what_was_selected_before_the_page_was_shown(qtbot, page):
    card = page.window()
    card.show_tab("Results")
    page.bench.session.mark_rows([7, 8])
    page.bench.session.ask(sample=99, typed=None)
    assert lit_in_table(page) == set()
    card.show_tab("Data")
    check_all(page, [7, 8])
    assert page.table.current == 99


def test_other_data_clears_what_was_selected(opened):
    page = opened("playground")
    page.bench.session.mark_rows(range(40))
    page.bench.session.apply(Change("data.source.noise", 0.3))
    page.pump()
    check_all(page, [])
    page.bench.session.mark_rows([499])
    page.bench.session.apply(Change("data.source", {"kind": "xor", "samples": 20}))
    page.pump()
    check_all(page, [])
    assert len(shown(page, "#")) == 20


def test_undo_of_data_while_samples_are_selected(opened):
    page = opened("playground")
    first = shown(page, "x1")
    page.bench.session.apply(Change("data.source", {"kind": "xor", "samples": 20}))
    page.pump()
    page.bench.session.mark_rows(range(5))
    page.bench.session.undo()
    page.pump()
    check_all(page, [])
    assert shown(page, "x1") == first
    page.bench.session.redo()
    page.pump()
    assert len(shown(page, "#")) == 20


def test_explaining_a_sample(qtbot, page):
    asked = []
    page.bench.session.explain_asked.connect(lambda: asked.append(1))
    click_row(qtbot, page, 17)
    qtbot.mouseClick(page.explain_button, LEFT)
    assert asked == [1]
    assert page.bench.session.request.sample == 17
    assert page.bench.session.selection is not None
    table = page.table
    table.scrollTo(table.data_model.index(23, 0))
    at = table.visualRect(table.data_model.index(23, 0)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=at)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=at)
    assert asked == [1, 1]
    assert page.bench.session.request.sample == 23
