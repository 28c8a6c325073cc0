"""The table that results are drawn in, without a network behind it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from bpviz.gui.results.content import Cell, Head, Rows
from bpviz.gui.results.table_view import ResultTable
from bpviz.gui.theme import DARK, LIGHT

NAME = Head("Name", "", "m" * 9, number=False)
REST = Head("Rest", "", "m" * 9, number=False, stretch=True)


@pytest.fixture
def table(qtbot):
    made = ResultTable(lambda text: None)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    return made


def drawn(table, row, column=0):
    return table.viewport().grab(table.visualRect(table.model().index(row, column))).toImage()


def test_names_that_differ_at_either_end_look_different(table):
    names = [f"{start} a name of some forty characters {end}" for start in "AB" for end in "CD"]
    table.show_rows(Rows("", (NAME, REST), tuple((Cell(n), Cell()) for n in names)), LIGHT)
    pictures = [drawn(table, row) for row in range(4)]
    assert not any(a == b for k, a in enumerate(pictures) for b in pictures[:k])


def test_a_list_is_cut_at_its_end(table):
    lists = ("1, 2, 3, " * 20 + "4", "1, 2, 3, " * 20 + "5")
    table.show_rows(Rows("", (NAME, REST), tuple((Cell(), Cell(t)) for t in lists)), LIGHT)
    assert drawn(table, 0, 1) == drawn(table, 1, 1)


def test_a_bar_fills_its_share_and_none_for_what_is_no_number(table):
    shares = (0.0, float("nan"), 0.5, 1.0, 2.0)
    rows = Rows("", (NAME, REST), tuple((Cell(), Cell(share=s)) for s in shares))
    table.show_rows(rows, LIGHT)
    none, undefined, half, full, more = (drawn(table, row, 1) for row in range(5))
    assert none == undefined
    assert full == more
    assert none != half != full


def icon(table, row):
    return table.model().index(row, 0).data(Qt.ItemDataRole.DecorationRole)


def test_dots_and_pictures_are_made_once(table):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    red = QColor("red")

    def show(theme=LIGHT):
        cells = ((Cell(dot=red),), (Cell(dot=QColor("red")),), (Cell(image=image),))
        table.show_rows(Rows("", (NAME,), cells), theme)
        return [icon(table, row).cacheKey() for row in range(3)]

    first = show()
    assert first[0] == first[1]
    assert show() == first
    assert show(DARK)[0] != first[0]


def test_what_can_be_done_with_it_is_said(table):
    table.show_rows(Rows("", (NAME,), ((Cell("a"),),)), LIGHT)
    assert table.toolTip() == "Ctrl+C copies the table"
    table.show_rows(Rows("", (NAME,), ((Cell("a"),),), samples=(4,)), LIGHT)
    assert table.toolTip().startswith("Click a row to make its sample the current one")
