"""Numbers as people write them: 1.5 and 1,5, with or without separators of thousands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_SIGN = r"[-+−]?"
_POWER = r"(?:[eE][-+−]?\d+)?"
# What may stand between groups of three digits, beside the mark that is not the decimal one.
_GAPS = " '’\u00a0\u202f\u2009"


def _grouped(separators: str, mark: str) -> re.Pattern[str]:
    return re.compile(rf"{_SIGN}[1-9]\d{{0,2}}([{separators}])\d{{3}}(?:\1\d{{3}})*(?:{mark}\d*)?")


def _plain(mark: str) -> re.Pattern[str]:
    return re.compile(rf"{_SIGN}(?:\d+{mark}?\d*|{mark}\d+){_POWER}")


_GROUPED = {"point": _grouped("," + _GAPS, r"\."), "comma": _grouped(r"\." + _GAPS, ",")}
_PLAIN = {"point": _plain(r"\."), "comma": _plain(",")}
_MARK = {"point": ".", "comma": ","}

# Numbers that can be read in one way only.
_ONLY = {
    "comma": re.compile(
        rf"{_SIGN}(?:(?:\d*,(?:\d{{1,2}}|\d{{4,}})|0*,\d+|\d{{4,}},\d+){_POWER}"
        rf"|\d{{1,3}}(?:[.{_GAPS}]\d{{3}})+,\d*|\d{{1,3}}(?:\.\d{{3}}){{2,}})"
    ),
    "point": re.compile(
        rf"{_SIGN}(?:(?:\d*\.(?:\d{{1,2}}|\d{{4,}})|0*\.\d+|\d{{4,}}\.\d+){_POWER}"
        rf"|\d{{1,3}}(?:[,{_GAPS}]\d{{3}})+\.\d*|\d{{1,3}}(?:,\d{{3}}){{2,}})"
    ),
}


def decimal_mark(cells: Iterable[str]) -> str:
    """What most numbers say that can be read in one way only: "comma", "point", or "" if none."""
    comma = point = 0
    for cell in cells:
        if "," in cell:
            comma += _ONLY["comma"].fullmatch(cell) is not None
            point += _ONLY["point"].fullmatch(cell) is not None
        elif "." in cell:
            point += _ONLY["point"].fullmatch(cell) is not None
            comma += _ONLY["comma"].fullmatch(cell) is not None
    if comma == point:
        return ""
    return "comma" if comma > point else "point"


def number_of(cell: str, decimal: str) -> float:
    """The number that a cell holds; NaN when it holds none.

    `decimal` is "point" or "comma". Groups of three digits may be separated.
    """
    if decimal == "point" and "_" not in cell:
        try:
            value = float(cell)
        except ValueError:
            pass
        else:
            return value if math.isfinite(value) else math.nan
    if _PLAIN[decimal].fullmatch(cell):
        text = cell
    else:
        grouped = _GROUPED[decimal].fullmatch(cell)
        if grouped is None:
            return math.nan
        text = cell.replace(grouped[1], "")
    value = float(text.replace(_MARK[decimal], ".").replace("−", "-"))
    return value if math.isfinite(value) else math.nan


def has_groups(cell: str, decimal: str) -> bool:
    """Whether the number in a cell is written with separators of thousands."""
    return _GROUPED[decimal].fullmatch(cell) is not None


def looks_like_number(cell: str) -> bool:
    """Whether it is a number, whichever the decimal mark."""
    return not (math.isnan(number_of(cell, "point")) and math.isnan(number_of(cell, "comma")))
