"""Which ways of showing the output suit the data."""

from __future__ import annotations

from typing import NamedTuple

from bpviz.datasets.encoding import PreparedData


class Presentation(NamedTuple):
    """One way of showing the output: its key, its name on a button, and what it shows."""

    key: str
    text: str
    help: str


MAP = Presentation("map", "Map", "The output all over the input plane")
CURVE = Presentation("curve", "Curve", "The output over the input")
MATRIX = Presentation("matrix", "Matrix", "Confusion matrix: which classes are taken for which")
SCATTER = Presentation("scatter", "Fit", "Predicted against true values")
PICTURE = Presentation("picture", "Image", "The current sample as a picture")
DRAW = Presentation("draw", "Draw", "Draw a digit and see it classified")


def suitable(data: PreparedData) -> tuple[Presentation, ...]:
    """The presentations that suit the data, the best first."""
    dataset = data.dataset
    whole = MATRIX if dataset.is_classification else SCATTER
    if dataset.image_shape is not None:
        return PICTURE, DRAW, whole
    return (CURVE if dataset.inputs.shape[1] == 1 else MAP), whole
