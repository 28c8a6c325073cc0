"""Optimisers: from the gradient to Δθ, in place over the whole vector."""

# The order is the one they are offered in.
# isort: off
from bpviz.engine.optimizers.base import OPTIMIZERS, Optimizer
from bpviz.engine.optimizers.descent import GradientDescent, Momentum, Nesterov
from bpviz.engine.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from bpviz.engine.optimizers.adam import Adam, AdamW, AMSGrad, NAdam
from bpviz.engine.optimizers.sign import Lion, RProp
from bpviz.engine.optimizers.lbfgs import LBFGS

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "GradientDescent",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "RProp",
]
