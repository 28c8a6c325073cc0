"""The parts of a line of text that says a network's layers; see architecture_text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpviz.engine.settings import SettingError

_ARROW = re.compile(r"\s*(?:[-–—−=]*[>→⟶]|[-–—−]+)\s*")
NAME = re.compile(r"[^\W\d]\w*")
_GROUP = re.compile(r"(?:([^\W\d]\w*)\s*=\s*)?(\d+)")
_MOST_FIGURES = 12
# Says that a connection is not there, so it names no layer.
NOT = "not"


@dataclass(frozen=True)
class Group:
    """A layer as the text says it; `name` is "" unless one was given."""

    units: int
    name: str = ""


@dataclass(frozen=True)
class Extra:
    """A connection that the stages do not say, or (`there` false) one that they say wrongly."""

    source: str
    target: str
    there: bool = True


Stages = list[list[Group]]


def read_line(text: str) -> tuple[Stages, list[Extra]]:
    """The groups of each stage, and what stands behind the semicolon. Raises SettingError."""
    main, *more = text.strip().split(";")
    if not _ARROW.search(main):
        raise SettingError(
            "the layers must be numbers of units from the inputs to the outputs, as in 2 → 4 → 1"
        )
    if len(more) > 1:
        raise SettingError("there can be one semicolon, before the connections that skip layers")
    stages = [
        [_read_group(part) for part in re.split(r"[+|]", stage)] for stage in _ARROW.split(main)
    ]
    if len(stages[-1]) > 1:
        raise SettingError("there is one output layer, so one number behind the last arrow")
    extras = [part.strip() for part in more[0].split(",")] if more else []
    return stages, [_read_extra(part) for part in extras if part]


def _read_group(part: str) -> Group:
    match = _GROUP.fullmatch(part.strip())
    if not match:
        raise SettingError(
            f"each layer must be a number of units, as in 2 → 4 → 1, got “{part.strip()}”"
        )
    # More figures make no number; what there may be of units is far below.
    units = int(match[2][:_MOST_FIGURES])
    if not units:
        raise SettingError("a layer must have at least 1 unit; leave it out instead")
    return Group(units, match[1] or "")


def _read_extra(words: str) -> Extra:
    denied = re.match(rf"{NOT}\s", words)
    ends = _ARROW.split(words[denied.end() :].strip() if denied else words)
    if len(ends) != 2 or not all(NAME.fullmatch(end) for end in ends):
        raise SettingError(
            f"behind the semicolon stand connections between layers, such as i→o, got “{words}”"
        )
    return Extra(ends[0], ends[1], not denied)
