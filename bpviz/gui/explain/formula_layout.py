"""Where the pieces of formulas and sentences stand: sizes, spaces, rows.

A formula is broken before an operator: rather at "=" than at "+", rather there than at "×". All
numbers of a page show as many digits as cost no further row, but six where that is possible. A
formula that is a little too wide or too high is set smaller. A line that begins with "=" goes on
where the line above it stopped. A line that begins with running text (a term without LaTeX) is a
sentence with coloured words; it is broken at spaces.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontMetricsF

from bpviz.explain.terms import Line, Role, Term
from bpviz.gui.explain.formula_numbers import calculation
from bpviz.gui.explain.formula_rows import (
    DIGITS,
    Piece,
    first_relation,
    indents,
    most_digits,
    place,
    rows_of,
    wrapped_words,
)
from bpviz.gui.explain.glyphs import written
from bpviz.gui.explain.typesetter import Typeset, Typesetter
from bpviz.gui.theme import GAP, SECONDARY, Theme

# Formulas with fractions, and smaller ones, in pixels at the window's usual text size.
LARGE = 20
SMALL = 16
_IN_SENTENCES = 4

# Where rather to break, the higher the better.
_RELATIONS = {"=": 3, "≈": 3, "←": 3, "→": 3, "<": 3, ">": 3, "≤": 3, "≥": 3}
_OPERATORS = {"+": 2, "−": 2, "-": 2, "·": 1, "×": 1, "⋅": 1, "/": 1, ":": 1, "÷": 1, "*": 1}
_BREAKS = _RELATIONS | _OPERATORS
# Rows after the first begin below what follows the first "=", unless that is too far right.
_FAR = 0.4
_HANGING = 2.0
# An operator begins so much further right than "=" would, in parts of the size.
_FURTHER = 0.9
# Spaces in parts of the size: around operators, =, ·, and between names.
_WIDE = 0.38
_AROUND_RELATION = 0.46
_AROUND_DOT = 0.36
_NARROW = 0.2
_FALLBACK = 0.85
_OPENING = "([{"
_CLOSING = ")]},.;:!?…"


@dataclass
class Page:
    """All pieces in reading order and the height and width that they take.

    `first` is where its first line ends, `broken` whether that is a formula of several rows.
    """

    pieces: list[Piece]
    width: float
    height: float
    first: float = 0.0
    broken: bool = False


@dataclass
class _Setting:
    """One line: its pieces, and where its rows begin and how wide they may be."""

    pieces: list[Piece]
    sentence: bool = False
    first: float = 0.0
    start: float = 0.0
    later: float = 0.0
    widths: tuple[float, float] = (0.0, 0.0)


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
    lines: Sequence[Line],
    width: float,
    type_: Typography,
    quiet: Collection[int] = (),
    room: float = math.inf,
) -> Page:
    """Set lines in a given width; lines whose number is in `quiet` are small and grey.

    The first formula is set smaller when that keeps it in one row, or when it is higher than
    `room`.
    """
    page = _set_page(lines, width, type_, quiet, LARGE)
    if page.broken:
        smaller = _set_page(lines, width, type_, quiet, SMALL)
        if not smaller.broken or page.first > room:
            return smaller
    return page


def _set_page(
    lines: Sequence[Line], width: float, type_: Typography, quiet: Collection[int], large: int
) -> Page:
    settings = _settings(lines, width, type_, quiet, large)
    formulas = [setting for setting in settings if not setting.sentence]
    digits = min(
        (most_digits(f.pieces, f.widths, type_.glyphs, type_.ratio) for f in formulas),
        default=DIGITS[0],
    )
    page = Page([], 0.0, 0.0)
    top, above = 0.0, False
    for k, setting in enumerate(settings):
        if setting.sentence:
            rows = wrapped_words(setting.pieces, width)
            starts = [0.0] * len(rows)
        else:
            rows = rows_of(setting.pieces, setting.widths, digits, type_.glyphs, type_.ratio)
            starts = indents(rows, setting.first, setting.start, setting.later)
        if k:
            top += (GAP if setting.sentence and above else 12) * type_.scale
        above = setting.sentence
        between = (1 if setting.sentence else GAP) * type_.scale
        for row, indent in zip(rows, starts, strict=True):
            top = place(row, indent, top, 0.0 if row is rows[0] else between)
            page.width = max(page.width, row[-1].x + row[-1].width if row else 0.0)
            page.pieces += row
        if not k:
            page.first, page.broken = top, not setting.sentence and len(rows) > 1
    page.height = top
    return page


def _settings(
    lines: Sequence[Line], width: float, type_: Typography, quiet: Collection[int], large: int
) -> list[_Setting]:
    settings = []
    size, start = large, 0.0
    for k, line in enumerate(lines):
        if is_sentence(line):
            settings.append(_Setting(_sentence(k, line, type_), sentence=True))
            continue
        goes_on = k > 0 and _rank(line.terms[0] if line.terms else Term()) == 3
        size = _size_of(k, line, size if goes_on else 0, quiet, large)
        made = _formula(k, line, type_.pixels(size), type_, k in quiet)
        if not goes_on:
            start = first_relation(made)
            start = start if start < _FAR * width else _HANGING * type_.pixels(size)
        first = start if goes_on else 0.0
        later = start + _FURTHER * type_.pixels(size)
        widths = (width - first, width - later)
        settings.append(_Setting(made, False, first, start, later, widths))
    return settings


def _size_of(k: int, line: Line, above: int, quiet: Collection[int], large: int) -> int:
    if k in quiet:
        return SMALL
    if above:
        return above
    return large if k == 0 or any(r"\frac" in term.latex for term in line.terms) else SMALL


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
