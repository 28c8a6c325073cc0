"""Schedules: what the learning rate, or the momentum, is multiplied with as training goes on."""

# The order is the one they are offered in.
# isort: off
from bpviz.engine.schedules.base import SCHEDULES, Constant, Memory, Schedule, factor_at, observe
from bpviz.engine.schedules.stairs import Piecewise, Plateau, Steps
from bpviz.engine.schedules.decay import CosineRestarts, Exponential, InverseTime
from bpviz.engine.schedules.warm_up import CosineWarmUp, LinearWarmUp, OneCycle

__all__ = [
    "SCHEDULES",
    "Constant",
    "CosineRestarts",
    "CosineWarmUp",
    "Exponential",
    "InverseTime",
    "LinearWarmUp",
    "Memory",
    "OneCycle",
    "Piecewise",
    "Plateau",
    "Schedule",
    "Steps",
    "factor_at",
    "observe",
]
