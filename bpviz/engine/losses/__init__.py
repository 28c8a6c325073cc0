"""Error functions: E of one sample, summed over its output units, and its derivatives."""

from bpviz.engine.losses.base import LOSSES, ErrorOperation, Loss
from bpviz.engine.losses.differences import HalfSquared, MarginSquared, MeanSquared, Squared
from bpviz.engine.losses.entropy import BinaryCrossEntropy, CategoricalCrossEntropy, Focal
from bpviz.engine.losses.robust import Absolute, Huber, LogCosh

__all__ = [
    "LOSSES",
    "Absolute",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "ErrorOperation",
    "Focal",
    "HalfSquared",
    "Huber",
    "LogCosh",
    "Loss",
    "MarginSquared",
    "MeanSquared",
    "Squared",
]
