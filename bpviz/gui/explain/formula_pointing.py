"""What a term of a formula is to who points at it: its place, what it speaks of, its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from bpviz.explain.terms import Term
from bpviz.gui.explain.formula_rows import Piece
from bpviz.gui.widgets.numbers import MINUS

# How far a term's background reaches beyond it.
_AROUND = 3.0


def areas_of(pieces: list[Piece]) -> list[tuple[QRectF, Piece]]:
    """One area for each term in each row, with a little air around it."""
    areas: list[tuple[QRectF, Piece]] = []
    for piece in pieces:
        rect = piece.rect.adjusted(-_AROUND, -2, _AROUND, 2)
        if areas:
            area, last = areas[-1]
            same = (last.line, last.index) == (piece.line, piece.index)
            if same and last.baseline == piece.baseline:
                areas[-1] = (area.united(rect), piece)
                continue
        areas.append((rect, piece))
    return areas


def means_something(term: Term) -> bool:
    return bool(term.factor is not None or term.units or term.parameters)


def subject(term: Term | None) -> object:
    """What makes two terms the same to who points at them; their numbers do not."""
    if term is None:
        return None
    symbol = term.factor.text if term.factor is not None else term.text
    return (symbol, term.number is None, term.role, term.units, term.parameters)


def tip(term: Term) -> str:
    """What a term is, in words, and its exact value."""
    factor = term.factor
    value = term.number if term.number is not None or factor is None else factor.value
    lines = []
    if factor is not None and factor.words:
        lines.append(factor.words)
    symbol = factor.text if factor is not None else term.text
    if value is not None:
        exact = repr(float(value)).replace("-", MINUS)
        lines.append(f"{symbol} = {exact}" if symbol else exact)
    elif symbol and not lines:
        lines.append(symbol)
    return "\n".join(lines)
