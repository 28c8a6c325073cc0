"""Which samples a person looks for: words, numbers of samples, and comparisons by column."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from bpviz.engine.settings import SettingError
from bpviz.lab.data_columns import DataColumn, DataColumns, Mask

_COMPARISON = re.compile(r"^(?P<name>.+?)\s*(?P<sign><=|>=|!=|≤|≥|≠|==|<|>|=)\s*(?P<value>.+)$")
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    "≤": operator.le,
    ">=": operator.ge,
    "≥": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "≠": operator.ne,
}
_NOT = ("!=", "≠")


def found_samples(table: DataColumns, text: str) -> Mask:
    """Mark samples that suit every part of a text; parts are separated by commas.

    A part is a word that a cell of words has in it ("setosa", "test"), the number of a sample, or
    a comparison ("length > 5.1", "island = Biscoe"). Raises SettingError, one sentence, when a
    comparison names no column or no value of it.
    """
    found: Mask = np.ones(len(table), dtype=bool)
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _COMPARISON.match(part)
        found &= _compared(table, match) if match else _having(table, part)
    return found


def _having(table: DataColumns, part: str) -> Mask:
    """Samples with this in one of their words, or with this number."""
    found: Mask = np.zeros(len(table), dtype=bool)
    if re.fullmatch(r"\d{1,12}", part) and 1 <= int(part) <= len(table):
        found[int(part) - 1] = True
    wanted = part.casefold()
    for column in (table.columns[k] for k in table.listed):
        inside = [wanted in word.casefold() for word in column.words]
        if any(inside):
            found |= np.array(inside)[column.values()]
    return found


def _compared(table: DataColumns, match: re.Match[str]) -> Mask:
    name, sign, value = match["name"], match["sign"], match["value"]
    k = table.named(name)
    if k is None:
        raise SettingError(f"no column is called {name!r}; write a column's name before {sign}")
    column = table.columns[k]
    if column.words:
        return _of_word(column, sign, value)
    try:
        number = float(value.replace("−", "-"))
    except ValueError:
        raise SettingError(f"{column.name} is compared with a number, got {value!r}") from None
    values, compare = column.values(), _SIGNS[sign]
    if compare in (operator.eq, operator.ne):
        # What is shown with few decimals is meant as it is shown.
        decimals = table.decimals(k)
        values = values if decimals is None else np.round(values, decimals)
    return np.asarray(compare(values, number), dtype=bool)


def _of_word(column: DataColumn, sign: str, value: str) -> Mask:
    if _SIGNS[sign] not in (operator.eq, operator.ne):
        raise SettingError(f"{column.name} holds words, which = and ≠ compare, got {sign}")
    words = [word.casefold() for word in column.words]
    if value.casefold() not in words:
        known = ", ".join(column.words[:6]) + (", …" if len(words) > 6 else "")
        raise SettingError(f"{column.name} is one of {known}, got {value!r}")
    same = column.values() == words.index(value.casefold())
    return np.asarray(~same if sign in _NOT else same)
