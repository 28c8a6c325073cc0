"""Where the pieces of formulas and sentences stand: sizes, spaces, rows.

A formula is broken before an operator: rather at "=" than at "+", rather there than at "×". Its
numbers show as many digits as cost no further row. A line that begins with "=" goes on where the
line above it stopped. A line that begins with running text (a term without LaTeX) is a sentence
with coloured words; it is broken at spaces.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from bpviz.explain.terms import Line, Role, Term
from bpviz.gui.explain.formula_numbers import Calculation, calculation, calculation_text
from bpviz.gui.explain.glyphs import written
from bpviz.gui.explain.typesetter import Typeset, Typesetter
from bpviz.gui.theme import GAP, SECONDARY, Theme
from bpviz.gui.widgets.numbers import MINUS

# Formulas with fractions, and smaller ones, in pixels at the window's usual text size.
LARGE = 20
SMALL = 16
# Decimals of the numbers: the most that fit.
DIGITS = (9, 6, 4)
_IN_SENTENCES = 4

# Where rather to break, the higher the better.
_RELATIONS = {"=": 3, "≈": 3, "←": 3, "→": 3, "<": 3, ">": 3, "≤": 3, "≥": 3}
_OPERATORS = {"+": 2, "−": 2, "-": 2, "·": 1, "×": 1, "⋅": 1, "/": 1, ":": 1, "÷": 1, "*": 1}
_BREAKS = _RELATIONS | _OPERATORS
# A row is not broken before this part of it is filled, while there is a choice.
_FILLED = 0.45
# Rows after the first begin below what follows the first "=", unless that is too far right.
_FAR = 0.4
_HANGING = 2.0
# An operator begins so much further right than "=" would, in parts of the size.
_FURTHER = 0.9
# Of several rows, widths that are tried to make them more equal, in parts of what there is.
_NARROWER = (0.6, 0.7, 0.8, 0.9)
# Spaces in parts of the size: around operators, =, ·, and between names.
_WIDE = 0.38
_AROUND_RELATION = 0.46
_AROUND_DOT = 0.36
_NARROW = 0.2
_FALLBACK = 0.85
_OPENING = "([{"
_CLOSING = ")]},.;:!?…"


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


@dataclass
class Page:
    """All pieces in reading order and the height and width that they take."""

    pieces: list[Piece]
    width: float
    height: float


def role_color(theme: Theme, role: Role) -> str:
    """The colour of a role; plain terms are in the text's."""
    colors = {"error": theme.violet, "slope": theme.accent, "carried": theme.magenta}
    return colors.get(role, theme.text)


class Typography:
    """Fonts, sizes and colours that a page is set with; `ratio` is device pixels per pixel."""

    def __init__(
        self, typesetter: Typesetter, theme: Theme, font: QFont, scale: float, ratio: float
    ) -> None:
        self._typesetter = typesetter
        self.glyphs = typesetter.glyphs
        self.theme = theme
        self.scale = scale
        self.ratio = ratio
        self.fonts: dict[int, QFont] = {}
        self._base = font
        self._metrics: dict[int, QFontMetricsF] = {}
        self._widths: dict[tuple[str, int], float] = {}

    def ask(self, latex: str, size: int, color: str) -> Typeset | None:
        return self._typesetter.ask(latex, size, color, self.ratio)

    def pixels(self, size: int) -> int:
        return round(size * self.scale)

    def metrics(self, size: int) -> QFontMetricsF:
        if size not in self._metrics:
            font = QFont(self._base)
            font.setPixelSize(size)
            self.fonts[size] = font
            self._metrics[size] = QFontMetricsF(font)
        return self._metrics[size]

    def word_width(self, text: str, size: int) -> float:
        width = self._widths.get((text, size))
        if width is None:
            if len(self._widths) > 4000:
                self._widths.clear()
            width = self._widths[text, size] = self.metrics(size).horizontalAdvance(text)
        return width


def is_sentence(line: Line) -> bool:
    """Whether a line is set as running text."""
    return bool(line.words) or bool(line.terms and _is_words(line.terms[0]))


def set_page(
    lines: Sequence[Line], width: float, type_: Typography, quiet: Collection[int] = ()
) -> Page:
    """Set lines in a given width; lines whose number is in `quiet` are small and grey."""
    pieces: list[Piece] = []
    rows: list[list[Piece]]
    top, widest, size, start = 0.0, 0.0, LARGE, 0.0
    for k, line in enumerate(lines):
        if is_sentence(line):
            rows = _wrapped_words(_sentence(k, line, type_), width)
            indents = [0.0] * len(rows)
        else:
            goes_on = k > 0 and _rank(line.terms[0] if line.terms else Term()) == 3
            size = _size_of(k, line, size if goes_on else 0, quiet)
            made = _formula(k, line, type_.pixels(size), type_, k in quiet)
            if not goes_on:
                start = _first_relation(made)
                start = start if start < _FAR * width else _HANGING * type_.pixels(size)
            first = start if goes_on else 0.0
            later = start + _FURTHER * type_.pixels(size)
            rows = _fitted(made, (width - first, width - later), type_)
            indents = _indents(rows, first, start, later)
        if k:
            top += (GAP if is_sentence(line) and is_sentence(lines[k - 1]) else 12) * type_.scale
        between = (1 if is_sentence(line) else GAP) * type_.scale
        for row, indent in zip(rows, indents, strict=True):
            top = _place(row, indent, top, 0.0 if row is rows[0] else between)
            widest = max(widest, row[-1].x + row[-1].width if row else 0.0)
            pieces += row
    return Page(pieces, widest, top)


def _size_of(k: int, line: Line, above: int, quiet: Collection[int]) -> int:
    if k in quiet:
        return SMALL
    if above:
        return above
    return LARGE if k == 0 or any(r"\frac" in term.latex for term in line.terms) else SMALL


def _rank(term: Term) -> int:
    """How gladly a row is broken before a term; 0 for never."""
    return _BREAKS.get(term.text, 0) if term.number is None and term.factor is None else 0


def _is_words(term: Term) -> bool:
    return term.number is None and not term.latex and bool(term.text.strip())


# Pieces


def _formula(k: int, line: Line, size: int, type_: Typography, quiet: bool) -> list[Piece]:
    pieces: list[Piece] = []
    for index, term in enumerate(line.terms):
        plain = type_.theme.secondary if quiet and not term.strong else type_.theme.text
        color = role_color(type_.theme, term.role) if term.role else plain
        if _is_words(term):
            words = type_.pixels(SECONDARY)
            color = color if term.role else type_.theme.secondary
            made = _words(k, index, term, term.text, color, words, type_)
        elif term.number is not None or term.latex:
            made = [_maths(k, index, term, color, size, type_)]
        else:
            continue
        made[0].rank = _rank(term)
        if pieces and made[0].kind != "words":
            made[0].space = _space(pieces[-1].term, term) * size
            # Not "+ −0.5".
            made[0].bracketed = term.number is not None and pieces[-1].rank in (1, 2)
        elif pieces:
            made[0].space = max(made[0].space, _NARROW * size)
        else:
            made[0].space = 0.0
        pieces += made
    return pieces


def _maths(k: int, index: int, term: Term, color: str, size: int, type_: Typography) -> Piece:
    """A number, whose width is found later, or a symbol; its plain text while not typeset."""
    piece = Piece(k, index, term, color, size)
    calculated = calculation(term.latex) if term.number is None else (term.number,)
    if calculated is not None:
        piece.kind, piece.parts = "number", calculated
        below = 0.08 if term.number is not None else 0.22
        piece.ascent, piece.descent = round(0.72 * size), round(below * size)
        return piece
    picture = type_.ask(term.latex, size, color)
    if picture is not None:
        piece.kind, piece.picture = "picture", picture
        piece.width, piece.ascent, piece.descent = picture.width, picture.ascent, picture.descent
        return piece
    # Letters of the window's font look larger than those of the formulas.
    piece.size = round(_FALLBACK * size)
    metrics = type_.metrics(piece.size)
    piece.text = term.text
    piece.width = type_.word_width(term.text, piece.size)
    piece.ascent, piece.descent = metrics.ascent(), metrics.descent()
    return piece


def _sentence(k: int, line: Line, type_: Typography) -> list[Piece]:
    size = type_.pixels(SECONDARY)
    theme = type_.theme
    if not line.terms:
        return _words(k, 0, Term(text=line.words), line.words, theme.secondary, size, type_)
    pieces: list[Piece] = []
    for index, term in enumerate(line.terms):
        color = role_color(theme, term.role) if term.role or term.strong else theme.secondary
        if term.latex:
            made = [_maths(k, index, term, color, round(1.25 * size), type_)]
            made[0].space = type_.word_width(" ", size)
        else:
            text = term.text if term.number is None else written(term.number, _IN_SENTENCES)
            made = _words(k, index, term, text, color, size, type_)
        pieces += made
    return pieces


def _words(
    k: int, index: int, term: Term, text: str, color: str, size: int, type_: Typography
) -> list[Piece]:
    metrics = type_.metrics(size)
    space = type_.word_width(" ", size)
    pieces = []
    for word in text.split():
        piece = Piece(k, index, term, color, size, text=word)
        piece.width = type_.word_width(word, size)
        piece.ascent, piece.descent = metrics.ascent(), metrics.descent()
        piece.space = 0.0 if word[0] in _CLOSING else space
        pieces.append(piece)
    return pieces


def _space(before: Term, after: Term) -> float:
    """The space between two terms of a formula, in parts of its size."""
    if before.text in tuple(_OPENING) or after.text[:1] in tuple(_CLOSING):
        return 0.0
    for term in (before, after):
        rank = _rank(term)
        if rank:
            wide = _AROUND_RELATION if rank == 3 else _WIDE
            return _AROUND_DOT if term.text in ("·", "⋅") else wide
    if after.text in tuple(_OPENING):
        return 0.0
    return _NARROW


# Rows


def _fitted(
    pieces: list[Piece], widths: tuple[float, float], type_: Typography
) -> list[list[Piece]]:
    """The rows of a formula, with the most digits that take no more rows than the fewest.

    `widths` are those of the first row and of the others.
    """
    numbers = [piece for piece in pieces if piece.kind == "number"]
    if not numbers:
        return _balanced(pieces, widths, _wrapped(pieces, widths))
    _write(numbers, DIGITS[-1], type_)
    fewest = len(_wrapped(pieces, widths))
    rows: list[list[Piece]] = []
    for digits in DIGITS:
        _write(numbers, digits, type_)
        rows = _wrapped(pieces, widths)
        if len(rows) <= fewest:
            break
    return _balanced(pieces, widths, rows)


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


def _write(numbers: list[Piece], digits: int, type_: Typography) -> None:
    for piece in numbers:
        piece.text = calculation_text(piece.parts, digits)
        if piece.bracketed and piece.text.startswith(MINUS):
            piece.text = f"({piece.text})"
        piece.width = type_.glyphs.width(piece.text, piece.size, type_.ratio)


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


def _wrapped_words(pieces: list[Piece], width: float) -> list[list[Piece]]:
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


def _first_relation(pieces: list[Piece]) -> float:
    """Where the first "=" stands while all is in one row; 0 without one."""
    x = 0.0
    for k, piece in enumerate(pieces):
        x += piece.space if k else 0.0
        if piece.rank == 3:
            return x
        x += piece.width
    return 0.0


def _indents(rows: list[list[Piece]], first: float, start: float, later: float) -> list[float]:
    """Where each row begins: "=" under "=", other operators a little further right."""
    return [first if k == 0 else start if row[0].rank == 3 else later for k, row in enumerate(rows)]


def _place(row: list[Piece], indent: float, top: float, gap: float) -> float:
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
