"""What a person can say about a table: how its text is read, and what its columns are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bpviz.engine.settings import SettingError, Settings, setting

EncodingName = Literal[
    "auto", "UTF-8", "UTF-16", "Windows-1252", "Latin-1", "Windows-1251", "Shift-JIS", "GB18030"
]
DelimiterName = Literal["auto", "comma", "semicolon", "tab", "pipe", "spaces"]
DecimalMark = Literal["auto", "point", "comma"]
HeaderRule = Literal["auto", "yes", "no"]

# What a column holds, and what it is used for.
ColumnKind = Literal["number", "category", "date", "empty"]
ColumnRole = Literal["input", "target", "weight", "left out"]

# Compared without regard to capitals; an empty cell is always missing.
MISSING_MARKS = (
    "NA", "N/A", "#N/A", "n.a.", "NaN", "null", "nil", "none", "missing", "?", "-", "--", ".",
    "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!",
)  # fmt: skip


@dataclass(frozen=True)
class ReadOptions(Settings):
    """How the bytes of a file become cells; what is "auto" is found from the file itself."""

    encoding: EncodingName = setting(
        "auto", "Encoding", "Which letters the bytes of a text file stand for"
    )
    delimiter: DelimiterName = setting(
        "auto", "Delimiter", "What stands between two cells of a line"
    )
    decimal: DecimalMark = setting("auto", "Decimal mark", "Whether 1½ is written 1.5 or 1,5")
    header: HeaderRule = setting("auto", "Header", "Whether the first row names the columns")
    sheet: str = setting("", "Sheet", "Which sheet of a workbook; empty: the first that has cells")
    missing_marks: tuple[str, ...] = setting(
        MISSING_MARKS, "Missing marks", "Cells that say that there is no value"
    )


# Everything is found from the file.
AUTOMATIC = ReadOptions()


@dataclass(frozen=True)
class Recipe(Settings):
    """How the columns of a table become samples; what is not said is found from the cells."""

    target: tuple[str, ...] = setting(
        (),
        "Target",
        "The column to be predicted, or several of numbers; none: one named class, label, target, "
        "species, … or else the last",
    )
    inputs: tuple[str, ...] = setting(
        (), "Inputs", "The columns to predict from; none: all others that can be used"
    )
    leave_out: tuple[str, ...] = setting((), "Leave out", "Columns that are not used")
    categories: tuple[str, ...] = setting(
        (), "Categories", "Columns whose numbers are only names, one input or class for each"
    )
    numbers: tuple[str, ...] = setting(
        (), "Numbers", "Columns that are read as numbers; dates become days since 1970-01-01"
    )
    weight: str = setting(
        "",
        "Weights",
        "The column that says how much each row counts beside the others; their mean over the "
        "training part becomes 1",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for first, second in (
            ("target", "inputs"),
            ("target", "leave_out"),
            ("inputs", "leave_out"),
            ("categories", "numbers"),
        ):
            both = set(getattr(self, first)) & set(getattr(self, second))
            if both:
                raise SettingError(f"column {min(both)} cannot be in {second} as well", first)


# Everything is found from the cells.
GUESSED = Recipe()
