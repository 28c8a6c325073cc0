"""Dates as people write them: 2024-03-09, 9.3.2024, 3/9/2024, each with or without a time."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable

_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z| ?[-+]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_OTHER = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (tables seldom say their time zone)
_DAY_S = 86_400.0
# Two digits of a year up to this one belong to this century.
_PIVOT = 68


def is_date(cell: str) -> bool:
    """Whether a cell holds a date that there is, read one way or the other."""
    return not (math.isnan(days(cell, True)) and math.isnan(days(cell, False)))


def day_comes_first(cells: Iterable[str]) -> bool | None:
    """Whether 3/9/2024 is in September; None where nothing tells and it matters."""
    matters = False
    for cell in cells:
        found = _OTHER.fullmatch(cell)
        if found is None:
            continue
        if found[2] == "." or int(found[1]) > 12:
            return True
        if int(found[3]) > 12:
            return False
        matters = True
    return None if matters else True


def reads_two_ways(cell: str) -> bool:
    """Whether it is one date with the day first, and another one with the month first.

    Where points divide it, the day comes first everywhere.
    """
    one, other = days(cell, True), days(cell, False)
    return "." not in cell[:6] and not math.isnan(one + other) and one != other


def iso_date(since: float) -> str:
    """The date that is so many days from 1970-01-01: "2024-09-03"."""
    return (_EPOCH + dt.timedelta(days=since)).date().isoformat()


def days(cell: str, day_first: bool) -> float:
    """Days from 1970-01-01 to the date in a cell; NaN when it holds none."""
    if found := _ISO.fullmatch(cell):
        year, month, day = found[1], found[3], found[4]
    elif found := _OTHER.fullmatch(cell):
        day, month = (found[1], found[3]) if day_first else (found[3], found[1])
        year = found[4]
        if len(year) == 2:
            year = f"{20 if int(year) <= _PIVOT else 19}{year}"
    else:
        return math.nan
    hour, minute, second = (int(part or 0) for part in found.groups()[-3:])
    try:
        moment = dt.datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return math.nan
    return (moment - _EPOCH).total_seconds() / _DAY_S
