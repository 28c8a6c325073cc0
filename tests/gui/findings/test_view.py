"""Panels as they are drawn, pointed at and gone through with keys."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent

from bpviz.engine.spec import ParameterId
from bpviz.gui.findings import view as view_module
from bpviz.gui.findings.arrangement import arranged
from bpviz.gui.findings.painting import square_side
from bpviz.gui.findings.verdict import Verdict
from bpviz.gui.findings.view import FoundView
from bpviz.gui.plots.painting import picture_of
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.findings import Grid, Lines
from tests.gui.results.looking import mouse_move

WEIGHTS = np.array([[4.0, -1.0, 0.0], [-4.0, 1.0, math.nan]])
A, B = ParameterId("h", 0, "x", 0), ParameterId("h", 0, "x", 1)
SIGNED = Grid(
    "Weights",
    WEIGHTS,
    ("h1", "h2"),
    ("x1", "x2", "x3"),
    4.0,
    parameters=(A, B, None, None, None, None),
    column_feet=("y1", "y2", "y3"),
)
SHARES = Grid("Shares", np.array([[0.0, 0.5, 1.0]]), ("all",), ("a", "b", "c"), 1.0, "share")
TABLE = Lines("Words", ("What", "How"), (("one", "well"), ("two", "badly")), (True, False))
PANELS = (SIGNED, SHARES, TABLE)


@pytest.fixture
def view(qtbot):
    made = FoundView()
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show_panels(PANELS, LIGHT, QSize(700, 300), 300)
    made.show()
    return made


def colors(view, place, row, column):
    """What is to be seen of a cell, along its middle, of the picture."""
    image, cell = picture_of(view, 1.0), place.cell(row, column)
    y = int(cell.center().y())
    return [image.pixelColor(x, y).name() for x in range(int(cell.left()) + 1, int(cell.right()))]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_a_weight_is_a_square_of_its_sign_and_size(view, theme):
    view.show_panels(PANELS, theme, QSize(700, 300), 300)
    place = view.arrangement.places[0]
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        value = WEIGHTS[row, column]
        seen = colors(view, place, row, column)
        wide = seen.count(theme.positive if value > 0 else theme.negative)
        other = seen.count(theme.negative if value > 0 else theme.positive)
        assert other == 0
        assert wide == pytest.approx(0.92 * math.sqrt(abs(value) / 4) * place.side, abs=2)
    for row, column in ((0, 2), (1, 2)):
        assert {theme.negative, theme.positive}.isdisjoint(colors(view, place, row, column))


def test_a_share_is_the_darker_the_larger_and_has_no_sign(view):
    place = view.arrangement.places[1]
    shades = []
    for column in range(3):
        shade = QColor(colors(view, place, 0, column)[int(place.side / 2)])
        shades.append(shade.lightness())
        assert abs(shade.red() - shade.blue()) < 40
    assert shades[0] > shades[1] > shades[2]


def test_the_area_goes_with_the_magnitude():
    assert square_side(2.0, 4.0) ** 2 == pytest.approx(square_side(4.0, 4.0) ** 2 / 2)
    assert square_side(-8.0, 4.0) == square_side(4.0, 4.0)
    assert square_side(1.0, 0.0) == 0.0


def test_pointing_tells_the_value_and_the_weight(view, qtbot):
    told = []
    view.pointed.connect(told.append)
    place = view.arrangement.places[0]
    view.mouseMoveEvent(mouse_move(place.cell(0, 1).center()))
    view.mouseMoveEvent(mouse_move(place.cell(0, 2).center()))
    view.leaveEvent(None)
    assert told == [B, None, None]
    assert view.words((0, 0, 1)) == "Weights, h₁, x₂: −1.0000"
    assert view.words((0, 1, 0)) == "Weights, h₂, y₁: −4.0000"
    assert view.words((0, 1, 2)).endswith("not finite")


def test_a_click_picks_the_weight(view, qtbot):
    place = view.arrangement.places[0]
    with qtbot.waitSignal(view.picked) as picked:
        at = place.cell(0, 0).center().toPoint()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert picked.args == [A]


def test_arrow_keys_go_from_cell_to_cell_and_on_to_the_next_grid(view, qtbot):
    for key, cell in (
        (Qt.Key.Key_Right, (0, 0, 0)),
        (Qt.Key.Key_Right, (0, 0, 1)),
        (Qt.Key.Key_Down, (0, 1, 1)),
        (Qt.Key.Key_Down, (0, 1, 1)),
        (Qt.Key.Key_Right, (0, 1, 2)),
        (Qt.Key.Key_Right, (1, 0, 0)),
        (Qt.Key.Key_Left, (0, 0, 2)),
        (Qt.Key.Key_Left, (0, 0, 1)),
    ):
        qtbot.keyClick(view, key)
        assert view.focused == cell
        assert view.accessibleDescription() == view.words(cell)
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert picked.args == [B]


def press(view, key):
    """Whether the view has a use for a key."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    event.accept()
    view.keyPressEvent(event)
    return event.isAccepted()


def test_keys_that_reach_no_cell_are_left_to_who_holds_the_view(view):
    reached = []
    view.reached.connect(reached.append)
    assert press(view, Qt.Key.Key_Down)
    assert press(view, Qt.Key.Key_Down)
    assert not press(view, Qt.Key.Key_Down)
    assert not press(view, Qt.Key.Key_Left)
    place = view.arrangement.places[0]
    assert reached == [place.cell(0, 0), place.cell(1, 0)]
    view.show_panels((TABLE,), LIGHT, QSize(700, 300), 300)
    assert not press(view, Qt.Key.Key_Down)


def test_tables_say_right_and_wrong_with_signs(view):
    image = picture_of(view, 1.0)
    place = view.arrangement.places[2]
    seen = {}
    for row, color in ((0, LIGHT.accent), (1, LIGHT.warning)):
        top = place.box.bottom() - place.row * (2 - row)
        area = [
            image.pixelColor(x, y)
            for x in range(int(place.box.left()), int(place.box.left() + place.mark))
            for y in range(int(top), int(top + place.row))
        ]
        seen[row] = min(_distance(pixel, QColor(color)) for pixel in area)
    assert max(seen.values()) < 60


def test_numbers_that_change_move_nothing(view, monkeypatch):
    """While a network learns, texts of tables grow and shrink many times a second."""
    counted = []

    def counting(*args):
        counted.append(args)
        return arranged(*args)

    monkeypatch.setattr(view_module, "arranged", counting)

    def show(*rows):
        table = replace(TABLE, rows=rows)
        view.show_panels((SIGNED, SHARES, table), LIGHT, QSize(700, 300), 300)
        return view.arrangement.places[2]

    wide = show(("one", "so very well"), ("two", "badly"))
    assert len(counted) == 1
    for rows in (
        (("one", "well"), ("two", "badly")),
        (("one", "so-so"), ("two", "so very well")),
        (("1", ""), ("2", "")),
    ):
        assert show(*rows).widths == wide.widths
        assert view.arrangement.places[2].panel.rows == rows
    assert len(counted) == 1
    # A column that grows keeps what the other one had.
    wider = show(("one and a half", "well"), ("two", "badly"))
    assert wider.widths[0] > wide.widths[0]
    assert wider.widths[1] == wide.widths[1]
    assert len(counted) == 2
    # Digits are all as wide.
    for share in (50, 54, 98):
        titled = replace(SHARES, title=f"Shares: {share} %")
        view.show_panels((SIGNED, titled), LIGHT, QSize(700, 300), 300)
        assert view.arrangement.places[1].panel is titled
    assert len(counted) == 3
    # Another table begins anew.
    assert show(("one", "well")).widths[1] < wide.widths[1]


def _distance(a, b):
    return abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())


def test_the_verdict_is_told_by_more_than_a_colour(qtbot):
    verdict = Verdict()
    qtbot.addWidget(verdict)
    verdict.show_verdict(False, DARK)
    width = verdict.sizeHint().width()
    assert verdict.accessibleName() == "not yet"
    verdict.show_verdict(True, DARK)
    assert verdict.accessibleName() == "✓ holds"
    assert verdict.sizeHint().width() == width
