"""What reading a table settled that its cells alone do not say, so that new ones are read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    """How the cells of a table were read.

    `missing_marks`, in small letters, say that there is no value. `decimal` is the mark ("point",
    "comma", "" where no cell told), `decimal_given` whether the person chose it, and
    `own_decimals` those of columns that have another one. `day_first` says for each input of dates
    whether 3/9/2024 is in September.
    """

    missing_marks: tuple[str, ...] = ()
    decimal: str = ""
    decimal_given: bool = False
    own_decimals: Mapping[str, str] = field(default_factory=dict)
    day_first: Mapping[str, bool] = field(default_factory=dict)
