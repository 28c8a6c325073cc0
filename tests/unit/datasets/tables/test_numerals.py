"""Numbers and dates as people write them."""

import math

import pytest

from bpviz.datasets.tables.dates import day_comes_first, days, is_date
from bpviz.datasets.tables.numerals import decimal_mark, number_of


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [
        ("1", 1, 1),
        ("-1.5", -1.5, None),
        ("−1,5", None, -1.5),
        ("+.5", 0.5, None),
        (",5", None, 0.5),
        ("1e-3", 1e-3, 1e-3),
        ("1,5E+2", None, 150),
        ("1,234", 1234, 1.234),
        ("1.234", 1.234, 1234),
        ("1,234.5", 1234.5, None),
        ("1.234,5", None, 1234.5),
        ("1.234.567", None, 1234567),
        ("1,234,567", 1234567, None),
        ("1 234 567", 1234567, 1234567),
        ("12'345.5", 12345.5, None),
        ("1,23,456", None, None),
        ("1234,567", None, 1234.567),
        ("0,123", None, 0.123),
        ("1_000", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("1e999", None, None),
        ("12 %", None, None),
        ("0x10", None, None),
        ("-", None, None),
        (".", None, None),
        ("", None, None),
    ],
)
def test_a_number(cell: str, point: float | None, comma: float | None) -> None:
    for value, mark in ((point, "point"), (comma, "comma")):
        found = number_of(cell, mark)
        assert math.isnan(found) if value is None else found == value, mark


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,5", "2"], "comma"),
        (["1.5", "2"], "point"),
        (["1,234", "5,678"], ""),
        (["1.234", "0.5"], "point"),
        (["1.234,5", "1.234"], "comma"),
        (["1,234.5", "1,234"], "point"),
        (["1 234,567"], "comma"),
        (["a,b", "c.d", "1.2.2024"], ""),
    ],
)
def test_the_decimal_mark_that_the_cells_tell(cells: list[str], mark: str) -> None:
    assert decimal_mark(cells) == mark


@pytest.mark.parametrize(
    ("cell", "day_first", "expected"),
    [
        ("1970-01-02", True, 1),
        ("2000-03-01", True, 11017),
        ("1.3.2000", True, 11017),
        ("01/03/2000", True, 11017),
        ("3/1/2000", False, 11017),
        ("1.3.00", True, 11017),
        ("31-12-69", True, -1),
        ("1970-01-01 12:00", True, 0.5),
        ("1970-01-01T06:00:00Z", True, 0.25),
        ("2/30/2000", False, None),
        ("1.2.3.4", True, None),
        ("2000", True, None),
        ("2000-13-01", True, None),
        ("1970-01-01 25:00", True, None),
    ],
)
def test_a_date(cell: str, day_first: bool, expected: float | None) -> None:
    found = days(cell, day_first)
    assert math.isnan(found) if expected is None else found == expected
    assert is_date(cell) is (expected is not None)


@pytest.mark.parametrize(
    ("cells", "day_first"),
    [
        (["1/2/2000", "13/2/2000"], True),
        (["1/2/2000", "2/13/2000"], False),
        (["1/2/2000"], None),
        (["1.2.2000"], True),
        (["2000-01-02"], True),
    ],
)
def test_whether_the_day_comes_first(cells: list[str], day_first: bool | None) -> None:
    assert day_comes_first(cells) is day_first
