"""Tooltips no wider than a column of a book: Qt wraps none that is plain text."""

from __future__ import annotations

import textwrap

# Some 400 pixels.
_LETTERS = 64


def wrapped(tip: str) -> str:
    """A tooltip with line breaks where it is too wide; those that it has stay."""
    return "\n".join(
        textwrap.fill(line, _LETTERS, break_long_words=False, break_on_hyphens=False)
        for line in tip.split("\n")
    )
