"""The cells of one column: different texts once, and what of them is a number, date or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Array
from bpviz.datasets.tables.dates import day_comes_first, days, is_date
from bpviz.datasets.tables.numerals import decimal_mark, has_groups, number_of
from bpviz.datasets.tables.progress import Cancelled, GoesOn

_CHUNK = 5000


@dataclass(frozen=True, eq=False)
class Cells:
    """A column as its different texts, in order of appearance, and the number of each cell's.

    `missing` marks texts that say that there is no value, `numbers` are NaN for what is none.
    `all_plain`: there are only numbers, without separators of thousands.
    """

    texts: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.intp]]
    missing: np.ndarray[Any, np.dtype[np.bool_]]
    numbers: Array
    decimal: str
    all_plain: bool = False

    @cached_property
    def counts(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """How many cells have each text."""
        return np.bincount(self.codes, minlength=len(self.texts))

    @property
    def values(self) -> Array:
        """The number in each cell; NaN where there is none."""
        return self.numbers[self.codes]

    @property
    def given(self) -> list[str]:
        """The texts that are values."""
        return [text for text, gone in zip(self.texts, self.missing, strict=True) if not gone]

    @property
    def given_count(self) -> int:
        """How many cells hold a value."""
        return int(self.counts[~self.missing].sum())

    @property
    def number_count(self) -> int:
        """How many cells hold a number."""
        return int(self.counts[~np.isnan(self.numbers)].sum())

    @property
    def date_count(self) -> int:
        """How many cells hold a date."""
        if not any(map(is_date, self.given[:_CHUNK])):
            return 0
        dates = np.fromiter(map(is_date, self.texts), bool, len(self.texts))
        return int(self.counts[dates & ~self.missing].sum())

    def day_first(self, usual: bool = True) -> bool:
        """Whether its dates have the day before the month; `usual` where none of them tells."""
        found = day_comes_first(self.given)
        return usual if found is None else found

    def as_days(self, day_first: bool) -> Array:
        """For each text the days from 1970-01-01 to its date; NaN for what is none."""
        values = [days(text, day_first) for text in self.texts]
        return np.where(self.missing, np.nan, values)

    def grouped_example(self) -> str:
        """A number written with separators of thousands, or ""."""
        if self.all_plain:
            return ""
        for text, number in zip(self.texts, self.numbers, strict=True):
            if not np.isnan(number) and has_groups(text, self.decimal):
                return text
        return ""


def cells_of(
    column: Sequence[str], marks: frozenset[str], decimal: str, goes_on: GoesOn, forced: bool
) -> Cells:
    """Take a column apart. `decimal` is the table's; the column's own cells may say otherwise,
    unless it is `forced`. Raises Cancelled when `goes_on` says no.
    """
    index: dict[str, int] = {}
    codes = np.empty(len(column), dtype=np.intp)
    for start in range(0, len(column), _CHUNK):
        part = column[start : start + _CHUNK]
        codes[start : start + len(part)] = [index.setdefault(text, len(index)) for text in part]
        if not goes_on(start, 2 * len(column)):
            raise Cancelled
    texts = tuple(index)
    missing = np.array([not text or text.lower() in marks for text in texts], dtype=bool)
    if not forced and (decimal == "comma" or any("," in text for text in texts)):
        decimal = decimal_mark(texts) or decimal
    numbers = np.empty(len(texts))
    all_plain = True
    for start in range(0, len(texts), _CHUNK):
        part = texts[start : start + _CHUNK]
        plain = _plain_numbers(part) if decimal == "point" else None
        all_plain &= plain is not None
        values = [number_of(text, decimal) for text in part] if plain is None else plain
        numbers[start : start + len(part)] = values
        if not goes_on(len(texts) + start, 2 * len(texts)):
            raise Cancelled
    numbers[missing] = np.nan
    return Cells(texts, codes, missing, numbers, decimal, all_plain)


def _plain_numbers(texts: Sequence[str]) -> list[float] | None:
    """Numbers as programs write them, in a fraction of the time; None when one is not."""
    try:
        values = list(map(float, texts))
    except ValueError:
        return None
    return None if "_" in "".join(texts) or not np.isfinite(values).all() else values
