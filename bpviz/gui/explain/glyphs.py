"""Numbers in the maths font, composed of kept glyphs: they change sixty times a second.

The glyphs are the outlines of the font that formulas are typeset in; digits are equally wide and
stand on whole device pixels, so that running numbers neither tremble nor blur.
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRawFont,
    QTransform,
)

from bpviz.explain.terms import number_text
from bpviz.gui.widgets.numbers import MINUS

_FONT = Path("fonts") / "STIXTwoMath-Regular.ttf"
# Outlines are taken from the font at this size and scaled.
_UNIT = 200.0
# Exponents: their size and how far they are raised, in parts of the number's size.
_SMALL = 0.7
_RAISED = 0.36
# Digits and the minus of exponents.
_RAISED_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
SUPERSCRIPT = str.maketrans("0123456789-", _RAISED_SIGNS)
_PLAIN = {ord(raised): f"0123456789{MINUS}"[k] for k, raised in enumerate(_RAISED_SIGNS)}
# A result is set bold: its outlines are drawn with a pen this wide, in parts of the size.
_BOLD = 0.045
# Space on both sides of the dot in ·10⁻⁵, in parts of the size.
_AROUND_DOT = 0.08
_MOST_KEPT = 4000


class Glyph(NamedTuple):
    """One character: its picture, where that lies from the pen, and how far the pen moves."""

    pixmap: QPixmap
    left: float
    top: float
    advance: float


def written(value: float, digits: int) -> str:
    """A number as it is set: a true minus, powers of ten as ·10⁻⁵."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    mantissa, _, exponent = number_text(value, digits).partition("e")
    mantissa = mantissa.replace("-", MINUS)
    if exponent:
        return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return mantissa


class Glyphs:
    """The characters of numbers as pictures, made when first needed. For the GUI thread."""

    def __init__(self) -> None:
        self._font: QRawFont | None = None
        self._outlines: dict[str, tuple[QPainterPath, float]] = {}
        self._advances: dict[tuple[str, int, float], float] = {}
        self._glyphs: dict[tuple[str, int, str, bool, float], Glyph] = {}

    def width(self, text: str, size: int, ratio: float = 1.0) -> float:
        """How wide a number is; bold ones are as wide as the others."""
        advances = self._advances
        total = 0.0
        for character in text:
            advance = advances.get((character, size, ratio))
            total += self._advance(character, size, ratio) if advance is None else advance
        return total

    def draw(
        self,
        painter: QPainter,
        x: float,
        baseline: float,
        text: str,
        size: int,
        color: str,
        strong: bool = False,
        ratio: float = 1.0,
    ) -> None:
        """Draw a number that starts at x and stands on the baseline."""
        for character in text:
            glyph = self._glyphs.get((character, size, color, strong, ratio))
            if glyph is None:
                glyph = self._glyph(character, size, color, strong, ratio)
            painter.drawPixmap(QPointF(x + glyph.left, baseline + glyph.top), glyph.pixmap)
            x += glyph.advance

    def _glyph(self, character: str, size: int, color: str, strong: bool, ratio: float) -> Glyph:
        if len(self._glyphs) > _MOST_KEPT:
            self._glyphs.clear()
        path = self._path(character, size * ratio)
        pen = _BOLD * size * ratio if strong else 0.0
        box = path.boundingRect().adjusted(-pen, -pen, pen, pen)
        # Whole device pixels around the outline.
        left, top = math.floor(box.left()), math.floor(box.top())
        width = max(1, math.ceil(box.right()) - left)
        height = max(1, math.ceil(box.bottom()) - top)
        pixmap = QPixmap(width, height)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-left, -top)
        painter.setBrush(QColor(color))
        painter.setPen(QPen(QColor(color), pen) if strong else QPen(Qt.PenStyle.NoPen))
        painter.drawPath(path)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        advance = self._advance(character, size, ratio)
        made = Glyph(pixmap, left / ratio, top / ratio, advance)
        self._glyphs[character, size, color, strong, ratio] = made
        return made

    def _advance(self, character: str, size: int, ratio: float) -> float:
        """How far the pen moves, in whole device pixels."""
        _, advance = self._outline(_PLAIN.get(ord(character), character))
        advance *= size * ratio * (_SMALL if ord(character) in _PLAIN else 1.0)
        if character == "·":
            advance += 2 * _AROUND_DOT * size * ratio
        made = round(advance) / ratio
        self._advances[character, size, ratio] = made
        return made

    def _path(self, character: str, size: float) -> QPainterPath:
        """The outline at a size in device pixels, exponents small and raised."""
        outline, _ = self._outline(_PLAIN.get(ord(character), character))
        scale, up, right = size, 0.0, 0.0
        if ord(character) in _PLAIN:
            scale, up = size * _SMALL, size * _RAISED
        if character == "·":
            right = _AROUND_DOT * size
        return QTransform(scale, 0, 0, scale, right, -up).map(outline)

    def _outline(self, character: str) -> tuple[QPainterPath, float]:
        """A character's outline and advance at size 1."""
        if character not in self._outlines:
            font = self._loaded()
            index = font.glyphIndexesForString(character)[0]
            path = QTransform.fromScale(1 / _UNIT, 1 / _UNIT).map(font.pathForGlyph(index))
            advance = font.advancesForGlyphIndexes([index])[0].x() / _UNIT
            self._outlines[character] = (path, advance)
        return self._outlines[character]

    def _loaded(self) -> QRawFont:
        if self._font is None:
            self._font = _maths_font()
        return self._font


def _maths_font() -> QRawFont:
    """The font of the formulas, read without importing what typesets them."""
    unhinted = QFont.HintingPreference.PreferNoHinting
    spec = importlib.util.find_spec("ziamath")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        font = QRawFont(str(Path(folder) / _FONT), _UNIT, unhinted)
        if font.isValid():
            return font
    family = QFont("serif")
    family.setPixelSize(int(_UNIT))
    return QRawFont.fromFont(family)
