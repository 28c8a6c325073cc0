"""Samples made by a seeded generator."""

# A chooser lists the sources in this order.
from bpviz.datasets.synthetic.playground import (
    Circle,
    Gauss,
    MultiGaussian,
    Plane,
    RegressionSet,
    Spiral,
    Xor,
)

# isort: split
from bpviz.datasets.synthetic.functions import Friedman1, FunctionOfOne, Sine, Step
from bpviz.datasets.synthetic.patterns import Encoder, Parity
from bpviz.datasets.synthetic.planes import Blobs, Checkerboard, Moons, Rings, TwoSpirals
from bpviz.datasets.synthetic.points import PointSet
from bpviz.datasets.synthetic.symmetry import Symmetry

__all__ = [
    "Blobs",
    "Checkerboard",
    "Circle",
    "Encoder",
    "Friedman1",
    "FunctionOfOne",
    "Gauss",
    "Moons",
    "MultiGaussian",
    "Parity",
    "Plane",
    "PointSet",
    "RegressionSet",
    "Rings",
    "Sine",
    "Spiral",
    "Step",
    "Symmetry",
    "TwoSpirals",
    "Xor",
]
