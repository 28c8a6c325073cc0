"""The scatter plot and the histograms: which columns, words along axes, keys, very many dots."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from bpviz.gui.data_view.panes import ALL
from bpviz.gui.data_view.working import DataWork
from bpviz.gui.theme import DARK
from bpviz.lab.edits import Change
from tests.gui.data_view.looking import place


def names_of(choice):
    return [choice.itemText(k) for k in range(choice.count())]


def test_it_begins_with_the_columns_of_the_map(page):
    axes = page.bench.session.request.axes
    inputs = page.columns.data.dataset.input_names
    assert page.scatter.x_slot.choice.currentText() == inputs[axes[0]]
    assert page.scatter.y_slot.choice.currentText() == inputs[axes[1]]
    expected = [*inputs, "species"]
    assert names_of(page.scatter.x_slot.choice) == expected
    assert names_of(page.histogram.slot.choice) == [*expected, "every column"]


def test_a_column_is_chosen(page):
    scatter = page.scatter
    choice = scatter.x_slot.choice
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    dots = scatter.view.plane.dots
    values = page.columns.data.dataset.inputs[dots.rows, 0]
    assert dots.places[:, 0] == pytest.approx(values)
    assert scatter.view.plane.x_range[0] < values.min()
    page.histogram.slot.choice.activated.emit(1)
    assert page.histogram.view.histograms[0].column.name == "sepal width"


def test_dots_are_those_of_the_output_view(page):
    from bpviz.gui.output.samples import dot_colors

    dots = page.scatter.view.plane.dots
    assert sorted(dots.rows.tolist()) == list(range(150))
    assert (dots.hollow == page.columns.is_test[dots.rows]).all()
    numbers, colors = dot_colors(page.columns.data, dots.rows, page.bench.session.theme)
    assert (dots.color_numbers == numbers).all()
    assert dots.colors == colors


def test_words_stand_along_the_axes(opened):
    page = opened("penguins")
    scatter, table = page.scatter, page.columns
    scatter.choose(table.named("island"), table.named("species"))
    view = scatter.view
    area = view.area()
    assert [value for value, _ in view._x_ticks(view.plane, area.width())] == [0, 1, 2]
    words = [text for _, text in view._y_ticks(view.plane, area.height())]
    assert words == ["Adelie", "Chinstrap", "Gentoo"]
    islands = table.columns[table.named("island")].values()
    dots = view.plane.dots
    assert (np.rint(dots.places[:, 0]) == islands[dots.rows]).all()


def test_columns_stay_chosen_where_other_data_has_them(opened):
    page = opened("playground")
    page.scatter.choose(page.columns.named("x2"), page.columns.named("x1"))
    page.histogram.choose(ALL)
    page.bench.session.apply(Change("data.source", {"kind": "xor"}))
    page.pump()
    assert page.columns.columns[page.scatter.across].name == "x2"
    assert page.scatter.x_slot.choice.currentText() == "x₂"
    assert page.histogram.of == ALL
    page.bench.session.apply(Change("data.source", {"kind": "iris"}))
    page.pump()
    assert len(page.histogram.view.histograms) == 5
    assert page.scatter.view.plane.x_name.startswith("petal")


def test_every_column_has_a_histogram(qtbot, page):
    page.histogram.choose(ALL)
    view = page.histogram.view
    assert [h.column.name for h in view.histograms] == [
        "sepal length",
        "sepal width",
        "petal length",
        "petal width",
        "species",
    ]
    cells = view.cells()
    assert all(view.rect().contains(cell.toAlignedRect().adjusted(1, 1, -1, -1)) for cell in cells)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.bar(4, 1).center().toPoint())
    assert page.bench.session.marked_rows == tuple(range(50, 100))
    assert int(view.histograms[0].marked.sum()) == 50
    assert not page.grab().isNull()


def test_the_mouse_over_a_bar_says_what_it_holds(qtbot, page):
    view = page.histogram.view
    bins = view.histograms[0].bins
    page.bench.session.mark_rows(bins.rows(1, 1)[:4])
    qtbot.mouseMove(view, view.bar(0, 1).center().toPoint())
    low, high = bins.edges[1], bins.edges[2]
    count = int(bins.counts[:, 1].sum())
    assert page.histogram.caption.text() == f"{low:.1f} – {high:.1f}: {count}, 4 selected"


def test_keys_go_from_bar_to_bar(qtbot, page):
    view = page.histogram.view
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert page.bench.session.marked_rows == tuple(view.histograms[0].bins.rows(0, 0).tolist())
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    expected = view.histograms[0].bins.rows(0, 1).tolist()
    assert page.bench.session.marked_rows == tuple(expected)


def test_keys_go_to_the_next_dot(qtbot, page):
    view, session = page.scatter.view, page.bench.session
    dots = view.plane.dots
    order = np.lexsort((dots.rows, dots.places[:, 0]))
    rows = dots.rows[order].tolist()
    session.ask(sample=rows[20], typed=None)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert session.request.sample == rows[21]
    assert session.marked_rows == (rows[21],)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert set(session.marked_rows) == {rows[20], rows[21]}
    height = dots.places[dots.rows == session.request.sample][0][1]
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.plane.mark[1] >= height


def test_the_mouse_over_a_dot_says_which_it_is(qtbot, page):
    view = page.scatter.view
    dots = view.plane.dots
    x, y = view.to_pixels(dots.places[:1])[0]
    view._mouse = QPoint(round(x), round(y))
    row = view.nearest(view._mouse.toPointF())
    words = page.columns.text(page.columns.named("species"), row)
    assert view.readout().startswith(f"{row + 1:,}: ")
    assert view.readout().endswith(words)


def test_it_is_dressed_anew(page):
    before = page.grab().toImage()
    page.bench.session.show(theme=DARK)
    assert page.grab().toImage() != before
    assert page.table.data_model.theme is DARK
    assert page.scatter.view.theme is DARK


def test_values_to_predict_are_coloured_by_their_sign(opened):
    page = opened("playground", Change("data.source", {"kind": "plane"}))
    dots = page.scatter.view.plane.dots
    assert len(dots.colors) > 2
    assert page.histogram.view.histograms[0].bins.counts.shape[0] == 1
    assert not page.grab().isNull()


def test_what_is_not_selected_has_paler_dots_and_paler_rims(opened):
    """As dark as ink is seen only around the test sample that is selected."""
    few = Change("data.source", {"kind": "circle", "samples": 40})
    page = opened("playground", few, Change("data.test_fraction", 0.5))
    view, session = page.scatter.view, page.bench.session
    ink, card = QColor(view.theme.text), QColor(view.theme.card)

    def darkest(row):
        at = place(page, row)
        image = view.grab().toImage()
        near = range(-4, 5)
        return min(image.pixelColor(at.x() + x, at.y() + y).lightness() for x in near for y in near)

    dots = view.plane.dots
    pixels = view.to_pixels(dots.places)
    away = np.abs(pixels[:, np.newaxis] - pixels).max(axis=2) + 99 * np.eye(len(dots))
    alone = dots.hollow & (away.min(axis=1) > 16)
    first, second = (int(row) for row in dots.rows[alone][:2])
    halfway = (ink.lightness() + card.lightness()) // 2
    for row, other in ((first, second), (second, first)):
        session.mark_rows((row,))
        assert darkest(row) < halfway < darkest(other)


@pytest.mark.parametrize("marked", [(), range(0, 4000, 3)])
def test_many_samples_are_drawn_as_pixels(opened, marked):
    source = {"kind": "circle", "samples": 4000}
    page = opened("playground", Change("data.source", source))
    page.bench.session.mark_rows(marked)
    image = page.scatter.view.grab().toImage()
    dots = page.scatter.view.plane.dots
    assert len(dots) == 4000
    colors = {color.rgb() for color in dots.colors}
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 2)}
    assert colors <= seen


def test_work_on_much_is_done_on_a_thread_and_only_the_newest_counts(qtbot):
    from PySide6.QtCore import QObject

    owner = QObject()
    work = DataWork(owner)
    got, began = [], []
    gate = __import__("threading").Event()

    def first():
        began.append(1)
        gate.wait(10)
        return "first"

    work.ask("a", 10**9, first, got.append)
    qtbot.waitUntil(lambda: began == [1])
    work.ask("a", 10**9, lambda: "second", got.append)
    work.ask("b", 10**9, lambda: "other", got.append)
    work.ask("b", 1, lambda: "at once", got.append)
    assert got == ["at once"]
    assert work.running
    gate.set()
    qtbot.waitUntil(lambda: not work.running)
    assert got == ["at once", "second"]
    work.ask("c", 10**9, lambda: "never", got.append)
    work.shut()
    assert got == ["at once", "second"]
