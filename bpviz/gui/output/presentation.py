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
LABELS = Presentation("labels", "Labels", "Each yes and no of the current sample")
PICTURE = Presentation("picture", "Image", "The current sample as a picture")
MADE = Presentation("made", "Image", "The picture that the network makes, beside the true one")
DRAW = Presentation("draw", "Draw", "Draw a digit and see it classified")


def suitable(data: PreparedData) -> tuple[Presentation, ...]:
    """The presentations that suit the data, the best first."""
    dataset = data.dataset
    if dataset.target_shape is not None:
        return (MADE,)
    whole = LABELS if dataset.labels else MATRIX if dataset.is_classification else SCATTER
    if dataset.image_shape is not None:
        return PICTURE, DRAW, whole
    plane = CURVE if dataset.inputs.shape[1] == 1 else MAP
    # A slice through many inputs says little of many labels.
    labels_first = dataset.labels and dataset.inputs.shape[1] > 2
    return (whole, plane) if labels_first else (plane, whole)
