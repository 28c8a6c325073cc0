"""What a network with two inputs can be given beside them: products, squares and sines.

The seven of TensorFlow Playground (Smilkov et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Feature:
    """One input of the network, made of the data's two.

    `name` has {0} and {1} for their names; `formula` is LaTeX over x_1 and x_2.
    """

    kind: str
    name: str
    formula: str
    compute: Callable[[Array, Array], Array]


FEATURES: dict[str, Feature] = {
    feature.kind: feature
    for feature in (
        Feature("x1", "{0}", "x_1", lambda x1, x2: x1),
        Feature("x2", "{1}", "x_2", lambda x1, x2: x2),
        Feature("x1_squared", "{0}²", "x_1^2", lambda x1, x2: x1 * x1),
        Feature("x2_squared", "{1}²", "x_2^2", lambda x1, x2: x2 * x2),
        Feature("x1_x2", "{0}·{1}", r"x_1 x_2", lambda x1, x2: x1 * x2),
        Feature("sin_x1", "sin {0}", r"\sin x_1", lambda x1, x2: np.sin(x1)),
        Feature("sin_x2", "sin {1}", r"\sin x_2", lambda x1, x2: np.sin(x2)),
    )
}


def feature_over_plane(kind: str, low: Array, high: Array, points: int) -> Array:
    """A feature on a grid between these bounds, shape (points, points), the first row at the top.

    The values are scaled so that the largest is 1 in size.
    """
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], points), np.linspace(high[1], low[1], points))
    values = FEATURES[kind].compute(x1, x2)
    return values / (float(np.abs(values).max()) or 1.0)


def feature_names(features: tuple[str, ...], input_names: tuple[str, ...]) -> tuple[str, ...]:
    """What the network's inputs are called: "a²" for the square of input a; () are the inputs."""
    if not features:
        return input_names
    first, second = input_names
    return tuple(FEATURES[kind].name.format(first, second) for kind in features)
