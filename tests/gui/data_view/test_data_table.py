"""The table of samples: what it shows, sorting, finding, keys, copying."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bpviz.lab.edits import Change
from tests.gui.data_view.looking import (
    CTRL,
    SHIFT,
    click_row,
    lit_in_scatter,
    lit_in_table,
    shown,
)

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def sort(page, name, order=UP):
    sections = [page.columns.columns[k].name for k in page.table.data_model.columns]
    page.table.horizontalHeader().setSortIndicator(sections.index(name), order)
    page.pump()


def test_it_shows_words_and_numbers_in_their_own_units(opened):
    page = opened("penguins")
    data = page.columns.data
    islands = [n.removeprefix("island = ") for n in data.dataset.input_names[:3]]
    codes = np.argmax(data.dataset.inputs[:, :3], axis=1)
    assert shown(page, "island") == [islands[k] for k in codes]
    assert shown(page, "species")[:3] == ["Adelie"] * 3
    assert shown(page, "#")[:3] == ["1", "2", "3"]
    tested = set(data.test_rows.tolist())
    parts = ["test" if row in tested else "training" for row in range(len(data.dataset))]
    assert shown(page, "split") == parts


def test_a_filled_in_value_is_marked(opened):
    page = opened("penguins", Change("data.missing", "mean"))
    model, filled = page.table.data_model, page.columns.data.filled
    assert filled is not None
    section = [page.columns.columns[k].name for k in model.columns].index("body mass")
    for row, missing in enumerate(page.columns.columns[model.columns[section]].filled):
        font = model.index(row, section).data(Qt.ItemDataRole.FontRole)
        assert (font is not None and font.italic()) == missing
        tip = model.index(row, section).data(Qt.ItemDataRole.ToolTipRole)
        assert ("filled in" in tip) == missing
    assert page.columns.columns[model.columns[section]].filled.any()


@pytest.mark.parametrize("order", [UP, DOWN])
def test_sorting_moves_rows_not_what_is_selected(qtbot, page, order):
    page.bench.session.mark_rows([3, 60, 120])
    page.bench.session.ask(sample=60, typed=None)
    sort(page, "petal length", order)
    values = [float(text) for text in shown(page, "petal length")]
    assert values == sorted(values, reverse=order == DOWN)
    assert lit_in_table(page) == {3, 60, 120}
    model = page.table.data_model
    assert model.order[page.table.currentIndex().row()] == 60
    tinted = [model.index(p, 0).data() for p in range(150) if model.marked[model.order[p]]]
    assert set(tinted) == {"4", "61", "121"}
    # What was sorted is looked at from its end.
    assert page.table.rowAt(0) == 0
    # A range is one of rows as they stand now.
    first, last = int(model.order[10]), int(model.order[13])
    click_row(qtbot, page, first)
    click_row(qtbot, page, last, SHIFT)
    assert lit_in_table(page) == set(model.order[10:14].tolist())


def test_sorting_by_nothing_gives_the_order_of_the_data(page):
    sort(page, "sepal width")
    assert shown(page, "#") != [str(k) for k in range(1, 151)]
    page.table.horizontalHeader().setSortIndicator(-1, UP)
    page.pump()
    assert shown(page, "#") == [str(k) for k in range(1, 151)]


def test_sorting_stays_while_the_data_is_edited(opened):
    page = opened("playground")
    sort(page, "x1")
    before = shown(page, "x1")
    page.bench.session.apply(Change("data.source.samples", 300))
    page.pump()
    values = [float(text.replace("−", "-")) for text in shown(page, "x1")]
    assert shown(page, "x1") != before
    assert values == sorted(values)
    page.bench.session.apply(Change("data.source", {"kind": "plane"}))
    page.pump()


def test_finding_shows_some_rows_and_enter_selects_them(qtbot, page):
    page.filter.setFocus()
    qtbot.keyClicks(page.filter, "species = setosa, petal length > 1.6")
    petals = page.columns.data.dataset.inputs[:50, 2]
    expected = {str(row + 1) for row in np.flatnonzero(petals > 1.6)}
    assert set(shown(page, "#")) == expected
    assert page.line.text().startswith(f"{len(expected)} found")
    qtbot.keyClick(page.filter, Qt.Key.Key_Return)
    assert {str(row + 1) for row in page.bench.session.marked_rows} == expected
    sort(page, "petal length", DOWN)
    assert len(shown(page, "#")) == len(expected)
    page.filter.clear()
    assert len(shown(page, "#")) == 150
    assert {str(row + 1) for row in lit_in_scatter(page)} == expected


def test_a_wrong_comparison_is_told_and_changes_nothing(page):
    page.show_found("petal length > 5")
    before = shown(page, "#")
    page.show_found("petals > 5")
    assert page.filter.property("error") is True
    assert "no column is called 'petals'" in page.line.text()
    assert shown(page, "#") == before
    page.show_found("petal length > 6")
    assert page.filter.property("error") is False
    assert len(shown(page, "#")) < len(before)


def test_keys_go_from_row_to_row(qtbot, page):
    session = page.bench.session
    click_row(qtbot, page, 10)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert session.request.sample == 11
    assert session.marked_rows == (11,)
    qtbot.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    assert session.marked_rows == (11, 12, 13)
    qtbot.keyClick(page.table, Qt.Key.Key_Up, SHIFT)
    assert session.marked_rows == (11, 12)
    qtbot.keyClick(page.table, Qt.Key.Key_End)
    assert session.request.sample == 149
    qtbot.keyClick(page.table, Qt.Key.Key_Home)
    assert session.marked_rows == (0,)
    qtbot.keyClick(page.table, Qt.Key.Key_A, CTRL)
    assert len(session.marked_rows) == 150
    session.ask(sample=77, typed=None)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.marked_rows == (77,)


def test_tab_goes_through_the_views_also_after_other_data(qtbot, opened):
    page = opened("playground")
    page.bench.session.apply(Change("data.source", {"kind": "iris"}))
    page.pump()
    page.filter.setFocus()
    expected = [
        page.table,
        page.explain_button,
        page.scatter.y_slot.choice,
        page.scatter.view,
        page.scatter.x_slot.choice,
        page.histogram.slot.choice,
        page.histogram.view,
    ]
    for widget in expected:
        assert widget.accessibleName()
        assert widget.toolTip()
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
        assert page.window().focusWidget() is widget


def test_copying_what_is_selected(qtbot, page):
    page.table.copy()
    assert page.bench.said[-1] == "Select the rows to copy first."
    page.bench.session.mark_rows([0, 1])
    sort(page, "#", DOWN)
    qtbot.keyClick(page.table, Qt.Key.Key_C, CTRL)
    page.pump()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:4] == ["#", "split", "species", "sepal length"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["2", "1"]
    assert lines[2].split("\t")[2:] == ["setosa", "5.1", "3.5", "1.4", "0.2"]


def test_pictures_stand_before_their_numbers(opened):
    page = opened("digits")
    model = page.table.data_model
    assert model.pictures
    assert [page.columns.columns[k].name for k in model.columns] == [
        "#",
        "split",
        "digit",
        "ink",
    ]
    icons = [model.index(5, 0).data(Qt.ItemDataRole.DecorationRole) for _ in range(2)]
    assert not icons[0].isNull()
    assert icons[0].cacheKey() == icons[1].cacheKey()
    page.bench.session.mark_rows([1, 2])
    assert lit_in_scatter(page) == {1, 2}


def test_without_data_it_says_so(qtbot):
    from bpviz.experiments.gallery import gallery_experiment
    from bpviz.gui.bottom.data_page import DataPage
    from bpviz.gui.session import Session
    from bpviz.lab.laboratory import Laboratory

    session = Session(Laboratory(gallery_experiment("iris")))
    page = DataPage(session)
    qtbot.addWidget(page)
    page.show()
    assert page.words.isVisible()
    assert not page.panes.isVisible()
    session.mark_rows([1])
    session.ask(sample=3)
    page.shut()


@pytest.mark.parametrize(("width", "panes"), [(800, 3), (500, 2), (380, 1)])
def test_panes_take_turns_where_it_is_narrow(qtbot, opened, width, panes):
    page = opened(width=width)
    everything = (page.left, page.scatter, page.histogram)
    assert sum(pane.isVisible() for pane in everything) == panes
    assert page.turns.isVisible() == (panes < 3)
    for key, pane in (("histogram", page.histogram), ("scatter", page.scatter)):
        if panes < 3:
            qtbot.mouseClick(page.turns.buttons[key], Qt.MouseButton.LeftButton)
        assert pane.isVisible()
        assert pane.geometry().right() <= page.panes.width()
    assert sum(pane.isVisible() for pane in everything) == panes
    if panes == 1:
        qtbot.mouseClick(page.turns.buttons["table"], Qt.MouseButton.LeftButton)
        assert page.filter.isVisible()
        assert page.table.isVisible()
