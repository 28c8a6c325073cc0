"""Activation functions: out = f(net), and how an error travels back through them."""

from bpviz.engine.activations.base import ACTIVATIONS, Activation, Array
from bpviz.engine.activations.classic import Identity, ReLU, Sigmoid, Softmax, Tanh
from bpviz.engine.activations.rectifiers import ELU, GELU, SELU, LeakyReLU, SiLU, Softplus
from bpviz.engine.activations.shapes import Gaussian, HardSigmoid, Sine, Softsign

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "Array",
    "Gaussian",
    "HardSigmoid",
    "Identity",
    "LeakyReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Sine",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
]
