"""The rows of a formula or a sentence: where they break, how many digits fit, what stands where."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from bpviz.explain.terms import Term
from bpviz.gui.explain.formula_numbers import Calculation, calculation_text
from bpviz.gui.explain.glyphs import Glyphs
from bpviz.gui.explain.typesetter import Typeset
from bpviz.gui.widgets.numbers import MINUS

# Decimals of the numbers: the most that fit, and how many are worth another row.
DIGITS = (9, 6, 4)
_ENOUGH = 6
# A row is not broken before this part of it is filled, while there is a choice.
_FILLED = 0.45
# Of several rows, widths that are tried to make them more equal, in parts of what there is.
_NARROWER = (0.6, 0.7, 0.8, 0.9)


@dataclass
class Piece:
    """What stands in one place: a typeset term, a number, or words.

    `line` and `index` tell which term it is of. x and baseline are where it is drawn.
    """

    line: int
    index: int
    term: Term
    color: str
    size: int
    kind: str = "words"
    text: str = ""
    parts: Calculation = ()
    bracketed: bool = False
    picture: Typeset | None = None
    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    space: float = 0.0
    rank: int = 0
    x: float = 0.0
    baseline: float = 0.0

    @property
    def rect(self) -> QRectF:
        """Where it is, for the mouse and for what lies behind it."""
        return QRectF(self.x, self.baseline - self.ascent, self.width, self.ascent + self.descent)


def most_digits(
    pieces: list[Piece], widths: tuple[float, float], glyphs: Glyphs, ratio: float
) -> int:
    """The most digits that take no more rows than `_ENOUGH`; fewer only where those do not fit.

    `widths` are those of the first row and of the others.
    """
    numbers = [piece for piece in pieces if piece.kind == "number"]
    if not numbers:
        return DIGITS[0]
    counts = {}
    for digits in DIGITS:
        _write(numbers, digits, glyphs, ratio)
        rows = _wrapped(pieces, widths)
        if all(_width(row) <= widths[k > 0] for k, row in enumerate(rows)):
            counts[digits] = len(rows)
    fewest = counts.get(_ENOUGH, min(counts.values(), default=0))
    return next((digits for digits in DIGITS if counts.get(digits) == fewest), DIGITS[-1])


def rows_of(
    pieces: list[Piece], widths: tuple[float, float], digits: int, glyphs: Glyphs, ratio: float
) -> list[list[Piece]]:
    """The rows of a formula whose numbers have so many digits."""
    _write([piece for piece in pieces if piece.kind == "number"], digits, glyphs, ratio)
    return _balanced(pieces, widths, _wrapped(pieces, widths))


def _width(row: list[Piece]) -> float:
    return sum(piece.width + (piece.space if k else 0.0) for k, piece in enumerate(row))


def _balanced(
    pieces: list[Piece], widths: tuple[float, float], rows: list[list[Piece]]
) -> list[list[Piece]]:
    """Rows of more equal length, as many as before: no term is left alone in the last one."""
    if len(rows) < 2:
        return rows
    for part in _NARROWER:
        tried = _wrapped(pieces, (widths[0] * part, widths[1] * part))
        if len(tried) == len(rows):
            return tried
    return rows


def _write(numbers: list[Piece], digits: int, glyphs: Glyphs, ratio: float) -> None:
    for piece in numbers:
        piece.text = calculation_text(piece.parts, digits)
        if piece.bracketed and piece.text.startswith(MINUS):
            piece.text = f"({piece.text})"
        piece.width = glyphs.width(piece.text, piece.size, ratio)


def _wrapped(pieces: list[Piece], widths: tuple[float, float]) -> list[list[Piece]]:
    """Rows of a formula, each broken where it is best of what fits."""
    rows: list[list[Piece]] = []
    rest = pieces
    while rest:
        cut = _cut(rest, widths[bool(rows)])
        rows.append(rest[:cut])
        rest = rest[cut:]
    return rows


def _cut(pieces: list[Piece], width: float) -> int:
    """How many pieces the next row takes."""
    x, best, best_rank = 0.0, 0, -1.0
    for k, piece in enumerate(pieces):
        breaks = piece.rank or (piece.kind == "words" and piece.space > 0)
        if k and breaks:
            rank = piece.rank if x >= _FILLED * width else -0.5
            if rank >= best_rank:
                best, best_rank = k, rank
        x += (piece.space if k else 0.0) + piece.width
        if x > width and best:
            return best
    return len(pieces)


def wrapped_words(pieces: list[Piece], width: float) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    x = 0.0
    for piece in pieces:
        if rows and (x + piece.space + piece.width <= width or piece.space == 0.0):
            rows[-1].append(piece)
            x += piece.space + piece.width
        else:
            rows.append([piece])
            x = piece.width
    return rows


def first_relation(pieces: list[Piece]) -> float:
    """Where the first "=" stands while all is in one row; 0 without one."""
    x = 0.0
    for k, piece in enumerate(pieces):
        x += piece.space if k else 0.0
        if piece.rank == 3:
            return x
        x += piece.width
    return 0.0


def indents(rows: list[list[Piece]], first: float, start: float, later: float) -> list[float]:
    """Where each row begins: "=" under "=", other operators a little further right."""
    return [first if k == 0 else start if row[0].rank == 3 else later for k, row in enumerate(rows)]


def place(row: list[Piece], indent: float, top: float, gap: float) -> float:
    """Put a row on its baseline, on whole pixels; returns its bottom."""
    if not row:
        return top
    baseline = round(top + gap + max(piece.ascent for piece in row))
    x = indent
    for k, piece in enumerate(row):
        x += piece.space if k else 0.0
        piece.x, piece.baseline = round(x), baseline
        x += piece.width
    return baseline + max(piece.descent for piece in row)
