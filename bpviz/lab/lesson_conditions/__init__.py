"""What a lesson waits for: small conditions over plain state.

Each is chosen in a lesson's file by its `kind`. To add one, add a class to the module of its theme.
"""

from bpviz.lab.lesson_conditions import (
    architecture,
    findings,
    looking,
    parameters,
    settings,
    training,
)
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState, make_condition

__all__ = [
    "CONDITIONS",
    "Condition",
    "LessonState",
    "architecture",
    "findings",
    "looking",
    "make_condition",
    "parameters",
    "settings",
    "training",
]
