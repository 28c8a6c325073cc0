"""Where panels go: inside the room, not over one another, names once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFont, QFontMetricsF

from bpviz.gui.findings.arrangement import Fonts, GridPlace, arranged, renewed
from bpviz.lab.findings import Grid, Lines

NAMES = ("Christopher", "Penelope", "Andrew", "Christine", "Margaret", "Arthur", "Victoria", "Jo")


@pytest.fixture
def fonts(qapp):
    font = QFont()
    font.setPixelSize(12)
    return Fonts(*[QFontMetricsF(font)] * 3)


def grid(title="unit", rows=2, columns=8, names=NAMES, **more):
    values = np.arange(rows * columns, dtype=float).reshape(rows, columns)
    rows_named = tuple(f"row {k}" for k in range(rows))
    return Grid(title, values, rows_named, tuple(names[:columns]), 16.0, **more)


def in_room(panels, width, height, fonts):
    return arranged(panels, QSize(width, height), height, fonts)


LINES = Lines("A table", ("one", "two"), (("a", "b"), ("a longer cell", "d")), (True, None))


@pytest.mark.parametrize("width", [250, 300, 360, 450, 760, 1200])
@pytest.mark.parametrize("height", [100, 240, 600])
def test_panels_stay_in_the_width_and_apart(fonts, width, height):
    found = in_room([*[grid(f"unit {k}") for k in range(6)], LINES], width, height, fonts)
    boxes = [place.box for place in found.places]
    assert len(boxes) == 7
    for k, box in enumerate(boxes):
        assert box.left() >= 0
        assert box.right() <= width + 1e-6
        assert box.bottom() <= found.height
        assert not any(box.intersects(other) for other in boxes[k + 1 :])
    for place in found.places:
        if isinstance(place, GridPlace):
            assert place.box.contains(place.cells)
            assert place.cells.right() + place.over <= width + 1e-6


def test_cells_are_as_large_as_the_height_allows(fonts):
    high, low = (in_room([grid(rows=6)], 800, height, fonts).places[0] for height in (600, 170))
    assert high.side > low.side
    assert low.box.bottom() <= 170


def test_names_are_written_once(fonts):
    found = in_room([grid(f"unit {k}") for k in range(6)], 520, 60, fonts)
    rows: dict[float, list[GridPlace]] = {}
    for place in found.places:
        rows.setdefault(place.box.top(), []).append(place)
    assert len(rows) > 1
    first, *others = [rows[top] for top in sorted(rows)]
    assert all(place.column_names for place in first)
    for row in others:
        assert row[0].row_names
        assert not any(place.column_names for place in row if place.side == first[0].side)
    for row in rows.values():
        assert not any(place.row_names for place in row[1:])


def test_long_names_are_turned_and_short_ones_are_not(fonts):
    assert in_room([grid()], 800, 300, fonts).places[0].turned in (45, 90)
    short = grid(names=tuple("abcdefgh"))
    assert in_room([short], 800, 300, fonts).places[0].turned == 0
    nothing = grid(names=("",) * 8)
    assert in_room([nothing], 800, 300, fonts).places[0].column_names == 0


def test_names_below_take_room_between_cells_and_caption(fonts):
    place = in_room([grid(column_feet=NAMES, caption="What it is.")], 800, 300, fonts).places[0]
    assert place.column_feet == place.column_names > 0
    assert place.caption.top() >= place.cells.bottom() + place.column_feet


def test_cells_are_found_where_they_are(fonts):
    place = in_room([grid()], 800, 300, fonts).places[0]
    for row in range(2):
        for column in range(8):
            assert place.cell_at(place.cell(row, column).center()) == (row, column)
    assert place.cell_at(place.cells.topLeft() - QPointF(2, 0)) is None


def test_a_wide_table_gives_way(fonts):
    wide = Lines("", ("a", "b"), (("m" * 200, "short"),))
    place = in_room([wide], 400, 300, fonts).places[0]
    assert sum(place.widths) < 400
    assert place.widths[1] >= fonts.words.horizontalAdvance("short")


def test_new_numbers_keep_their_places(fonts):
    before = in_room([grid(), LINES], 800, 300, fonts)
    after = renewed(before, [grid("unit"), LINES])
    assert [p.box for p in after.places] == [p.box for p in before.places]


def test_what_must_be_scrolled_is_seen_as_much_as_can_be(fonts):
    panels = [grid(f"unit {k}", columns=12) for k in range(6)]
    found = arranged(panels, QSize(742, 20), 240, fonts)
    assert sum(place.box.bottom() <= 240 for place in found.places) >= 3
