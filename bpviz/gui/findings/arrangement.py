"""Where a finding's pictures and tables go: in rows, as large as the room allows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF

from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.lab.findings import Grid, Lines

# Between two panels.
BETWEEN = 3 * GAP
# Around the words of a table's cell.
CELL_GAP = 2 * GAP
# A cell of a grid has so many pixels to a side: at most, and more than so many.
_LARGEST, _SMALLEST = 36, 11
# Where all must be scrolled they are not as small as that.
_SCROLLED = 15
# Sizes are tried out in steps.
_STEP = 2
# A name takes no more than so many letters' room.
_MOST_LETTERS = 16
_TITLE_LETTERS, _CAPTION_LETTERS = 40, 34
# Between turned names, so that they can be told apart.
_LEADING = 0.9
_SLOPE = math.sqrt(0.5)


@dataclass(frozen=True)
class Fonts:
    """The measures of what is written: titles, names and captions, the words of tables.

    What was measured once is kept: places are tried out in many sizes. `least` are widths of
    columns of tables, by the tables' titles, that they take at least.
    """

    title: QFontMetricsF
    names: QFontMetricsF
    words: QFontMetricsF
    least: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    _longest: dict[tuple[str, ...], float] = field(default_factory=dict)
    _columns: dict[Lines, tuple[float, ...]] = field(default_factory=dict)
    _heights: dict[tuple[str, float], float] = field(default_factory=dict)

    def longest(self, names: tuple[str, ...]) -> float:
        """What the longest of these names takes, within reason."""
        if names not in self._longest:
            most = self.names.averageCharWidth() * _MOST_LETTERS
            widest = max((self.names.horizontalAdvance(name) for name in names), default=0.0)
            self._longest[names] = min(most, widest)
        return self._longest[names]

    def columns(self, panel: Lines) -> tuple[float, ...]:
        """What the columns of a table take."""
        if panel not in self._columns:
            widths = [self.names.horizontalAdvance(header) for header in panel.headers]
            for row in panel.rows:
                for k, text in enumerate(row[: len(widths)]):
                    widths[k] = max(widths[k], self.words.horizontalAdvance(text))
            least = self.least.get(panel.title, ())
            if len(least) == len(widths):
                widths = list(map(max, widths, least))
            self._columns[panel] = tuple(widths)
        return self._columns[panel]

    def height(self, text: str, width: float) -> float:
        """How high a caption of this width is."""
        key = (text, width)
        if key not in self._heights:
            room = QRectF(0.0, 0.0, width, 1000.0)
            box = self.names.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
            self._heights[key] = math.ceil(box.height())
        return self._heights[key]


@dataclass(frozen=True, eq=False)
class GridPlace:
    """Where a grid goes. `turned` is how far its columns' names are turned, in degrees.

    `row_names` is the width of what is left of the cells, `column_names` and `column_feet` are the
    heights of what is above and below them; 0 where nothing is written.

    Slanted names reach `over` its right edge, above whatever comes next. Names that the grid to the
    left or above has already are not written again.
    """

    panel: Grid
    box: QRectF
    cells: QRectF
    row_names: float
    column_names: float
    column_feet: float
    turned: int
    over: float
    caption: QRectF

    @property
    def side(self) -> float:
        """The width and height of a cell."""
        return self.cells.width() / max(1, self.panel.values.shape[1])

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        side = self.side
        corner = self.cells.topLeft() + QPointF(column * side, row * side)
        return QRectF(corner.x(), corner.y(), side, side)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a place; None where there is none."""
        if not self.cells.contains(point) or self.side <= 0:
            return None
        rows, columns = self.panel.values.shape
        row = int((point.y() - self.cells.top()) / self.side)
        column = int((point.x() - self.cells.left()) / self.side)
        return min(row, rows - 1), min(column, columns - 1)


@dataclass(frozen=True, eq=False)
class LinesPlace:
    """Where a table goes: the widths of its columns, the height of a row.

    `mark` is the width of the column of ✓ and ✗, 0 where no row has one.
    """

    panel: Lines
    box: QRectF
    widths: tuple[float, ...]
    row: float
    mark: float


Place = GridPlace | LinesPlace


@dataclass(frozen=True, eq=False)
class Arrangement:
    """All places, and the height that they take together."""

    places: tuple[Place, ...]
    height: float


def arranged(
    panels: Sequence[Grid | Lines], room: QSize, seen: float, fonts: Fonts, scale: float = 1.0
) -> Arrangement:
    """Panels in rows of the room's width, their cells as large as its height allows.

    Where not even small cells fit, they are of a size that can be looked at, and all is to be
    scrolled; `seen` is the height that is seen at once then.
    """
    width = float(room.width())
    for side in range(round(_LARGEST * scale), round(_SMALLEST * scale), -_STEP):
        found = _flow(panels, width, float(side), fonts)
        if found.height <= room.height():
            return found
    sides = range(round(_SCROLLED * scale), round(_LARGEST * scale) + 1, _STEP)
    ways = [_flow(panels, width, float(side), fonts) for side in sides]
    # As many as can be are seen at once, as large as that allows.
    return max(reversed(ways), key=lambda way: sum(p.box.bottom() <= seen for p in way.places))


def renewed(arrangement: Arrangement, panels: Sequence[Grid | Lines]) -> Arrangement:
    """The same places with panels of the same kinds and shapes."""
    places: list[Place] = []
    for place, panel in zip(arrangement.places, panels, strict=True):
        if isinstance(place, GridPlace):
            assert isinstance(panel, Grid)
            places.append(replace(place, panel=panel))
        else:
            assert isinstance(panel, Lines)
            places.append(replace(place, panel=panel))
    return Arrangement(tuple(places), arrangement.height)


def _flow(panels: Sequence[Grid | Lines], width: float, side: float, fonts: Fonts) -> Arrangement:
    """Panels beside each other, and below where the row is full."""
    places: list[Place] = []
    line: list[Place] = []
    above: list[Place] = []
    x = y = 0.0
    for panel in panels:
        place = _placed(panel, x, y, side, width, fonts, line, above)
        if line and _right(place) > width:
            y = max(p.box.bottom() for p in line) + 2 * GAP
            x, above, line = 0.0, line, []
            place = _placed(panel, x, y, side, width, fonts, line, above)
        line.append(place)
        places.append(place)
        x = place.box.right() + BETWEEN
    return Arrangement(tuple(places), max((p.box.bottom() for p in places), default=0.0))


def _right(place: Place) -> float:
    """How far right a place reaches, slanted names and all."""
    if isinstance(place, GridPlace):
        return max(place.box.right(), place.cells.right() + place.over)
    return place.box.right()


def _placed(
    panel: Grid | Lines,
    x: float,
    y: float,
    side: float,
    width: float,
    fonts: Fonts,
    line: list[Place],
    above: list[Place],
) -> Place:
    if isinstance(panel, Lines):
        return _lines_place(panel, x, y, width, fonts)
    beside = line[-1] if line else None
    named = isinstance(beside, GridPlace) and beside.panel.row_names == panel.row_names
    row_names = 0.0 if named or not any(panel.row_names) else fonts.longest(panel.row_names)
    left = row_names + HALF_GAP if row_names else 0.0
    columns = max(1, panel.values.shape[1])
    side = max(2.0, min(side, (width - left) / columns))
    named = any(
        isinstance(place, GridPlace)
        and place.panel.column_names == panel.column_names
        and abs(place.cells.left() - (x + left)) < 1
        and abs(place.side - side) < 1
        for place in above
    )
    turned, high, over = 0, 0.0, 0.0
    if any(panel.column_names) and not named:
        both = (*panel.column_names, *panel.column_feet)
        turned, high, over = _names_of_columns(both, side, fonts)
        if left + columns * side + over > width:
            # The last name, slanted, has to have room as well.
            side = max(2.0, (width - left - over - side / 2) / (columns - 0.5))
            turned, high, over = _names_of_columns(both, side, fonts)
    names = (row_names, high, high if panel.column_feet else 0.0)
    return _grid_place(panel, QPointF(x, y), side, names, turned, over, fonts)


def _names_of_columns(
    names: tuple[str, ...], side: float, fonts: Fonts
) -> tuple[int, float, float]:
    """How far names of columns are turned, how high they are, how far they reach beyond."""
    longest, line = fonts.longest(names), fonts.names.height()
    if longest <= side:
        return 0, line, 0.0
    if side * _SLOPE >= line * _LEADING:
        reach = (longest + line) * _SLOPE
        return 45, reach, max(0.0, longest * _SLOPE - side / 2)
    return 90, longest + 2, 0.0


def _grid_place(
    panel: Grid,
    corner: QPointF,
    side: float,
    names: tuple[float, float, float],
    turned: int,
    over: float,
    fonts: Fonts,
) -> GridPlace:
    row_names, column_names, column_feet = names
    rows, columns = panel.values.shape
    left = row_names + HALF_GAP if row_names else 0.0
    top = fonts.title.height() + HALF_GAP if panel.title else 0.0
    top += column_names + 2 if column_names else 0.0
    cells = QRectF(corner.x() + left, corner.y() + top, columns * side, rows * side)
    letters = fonts.title.averageCharWidth()
    title = min(fonts.title.horizontalAdvance(panel.title), letters * _TITLE_LETTERS)
    width = max(left + cells.width(), title)
    foot = cells.bottom() + (column_feet + 2 if column_feet else 0.0)
    caption = QRectF(corner.x(), foot, 0.0, 0.0)
    if panel.caption:
        width = max(width, min(letters * _CAPTION_LETTERS, _line(panel.caption, fonts)))
        height = fonts.height(panel.caption, width)
        caption = QRectF(corner.x(), foot + HALF_GAP, width, height)
    box = QRectF(corner.x(), corner.y(), width, caption.bottom() - corner.y())
    return GridPlace(panel, box, cells, *names, turned, over, caption)


def _line(text: str, fonts: Fonts) -> float:
    return math.ceil(fonts.names.horizontalAdvance(text)) + 1


def _lines_place(panel: Lines, x: float, y: float, width: float, fonts: Fonts) -> LinesPlace:
    widths = list(fonts.columns(panel))
    row_height = math.ceil(fonts.words.height()) + 2
    marked = any(right is not None for right in panel.right)
    mark = fonts.words.horizontalAdvance("✓") + GAP if marked else 0.0
    room = width - mark - CELL_GAP * (len(widths) - 1)
    total = sum(widths)
    if total > room > 0:
        # What is longest gives way.
        spare = total - room
        k = widths.index(max(widths))
        widths[k] = max(widths[k] - spare, 0.2 * room)
    full = mark + sum(widths) + CELL_GAP * max(0, len(widths) - 1)
    full = max(full, min(fonts.title.horizontalAdvance(panel.title), width))
    top = fonts.title.height() + HALF_GAP if panel.title else 0.0
    height = top + row_height * (len(panel.rows) + bool(any(panel.headers)))
    return LinesPlace(panel, QRectF(x, y, full, height), tuple(widths), row_height, mark)
