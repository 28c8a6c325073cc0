"""The parts of a line of text that says a network's layers; see architecture_text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec

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


def check_ends(stages: Stages, present: NetworkSpec) -> None:
    """Raise SettingError where inputs and outputs are not as many as the network has."""
    inputs, outputs = sum(group.units for group in present.inputs), present.output.units
    wrong_inputs = sum(group.units for group in stages[0]) != inputs
    wrong_outputs = stages[-1][0].units != outputs
    if not wrong_inputs and not wrong_outputs:
        return
    # Where an end does not fit, it may have been typed as a hidden layer.
    alone = len(stages[0]) == 1 and (wrong_inputs and wrong_outputs)
    middle = stages if alone else stages[1:] if len(stages) == 2 else stages[1:-1]
    typed = ["|".join(str(group.units) for group in stage) for stage in middle]
    fitting = " → ".join([str(inputs), *typed, str(outputs)])
    first = "begins with" if len(stages[0]) == 1 else "begins with numbers that add up to"
    raise SettingError(
        f"the data has {_counted(inputs, 'input')} and asks for {_counted(outputs, 'output')}, "
        f"so the line {first} {inputs} and ends with {outputs}, such as {fitting}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
