"""What the network answers all over the input plane, as a picture."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.canvas.names import pretty
from bpviz.gui.canvas.pictures import signed_outputs
from bpviz.gui.colors import blend, class_colors, indexed_image, signed_image, signed_table
from bpviz.gui.output.plane import Plane
from bpviz.gui.output.samples import (
    Array,
    Showing,
    hidden_color,
    input_dots,
    output_map,
    sample_color,
    signed,
    target_range,
)
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation

# The map is paler than its samples, so that they stand out.
_STRENGTH = 0.78
_CLASS_STRENGTH = 0.62
_SHADES = 64


def decision_plane(evaluation: Evaluation, theme: Theme, showing: Showing) -> Plane | None:
    """The output layer's map with the samples, None when the evaluation has no such map."""
    maps = output_map(evaluation, 2)
    if maps is None:
        return None
    data, output = evaluation.snapshot.data, showing.output
    if data.training.task == "classes":
        image = class_image(maps, theme, showing.discretise)
    else:
        values = signed(maps[output], target_range(data, output))
        image = sign_image(values, theme, showing.discretise)
    axes = shown_axes(evaluation)
    return _plane(
        evaluation,
        theme,
        image,
        lambda row, column: _answer(evaluation, maps[:, row, column], output),
        showing,
        dots=input_dots(
            data, axes, showing.show_test, theme, output, showing.marked, held_values(evaluation)
        ),
        mark_color=hidden_color(data, showing.sample, showing.show_test, theme, output),
    )


def has_map(evaluation: Evaluation, layer: int, unit: int) -> bool:
    """Whether there is a map over two inputs of this unit."""
    if not 0 <= layer < len(evaluation.maps):
        return False
    maps = evaluation.maps[layer]
    return maps is not None and maps.ndim == 3 and 0 <= unit < len(maps)


def unit_plane(
    evaluation: Evaluation, theme: Theme, layer: int, unit: int, showing: Showing
) -> Plane | None:
    """One unit's output over the input plane, None when there is no such map."""
    if not has_map(evaluation, layer, unit):
        return None
    maps = evaluation.maps[layer]
    assert maps is not None
    spec = evaluation.snapshot.spec.layers[layer]
    values = signed_outputs(spec.activation, maps)[unit]
    data, sample = evaluation.snapshot.data, showing.sample
    return _plane(
        evaluation,
        theme,
        sign_image(values, theme, showing.discretise),
        lambda row, column: f"out {value_text(float(maps[unit, row, column]))}",
        showing,
        mark_color=sample_color(data, sample, theme) if sample < len(data.dataset) else None,
    )


def shown_axes(evaluation: Evaluation) -> tuple[int, int]:
    """The two inputs that the maps run over."""
    last = evaluation.snapshot.data.dataset.inputs.shape[1] - 1
    a, b = evaluation.request.axes
    return min(a, last), min(b, last)


def held_values(evaluation: Evaluation) -> tuple[float, ...]:
    """What the inputs that the map does not run over are held at, in their order."""
    return tuple(np.delete(evaluation.probe.inputs, shown_axes(evaluation)).tolist())


def sign_image(values: Array, theme: Theme, discretise: bool) -> QImage:
    """A picture of values in -1..1, row 0 at the bottom."""
    if discretise:
        values = np.where(values > 0, 1.0, -1.0)
    return signed_image(values[::-1], signed_table(theme, _STRENGTH))


def class_image(maps: Array, theme: Theme, discretise: bool) -> QImage:
    """The winning class's colour at every point, the paler the closer the second one is.

    `maps` has shape (classes, rows, columns), row 0 at the bottom.
    """
    maps = np.nan_to_num(maps)
    winner = np.argmax(maps, axis=0)
    if discretise:
        shade = np.full(winner.shape, _SHADES - 1)
    else:
        second, first = np.partition(maps, -2, axis=0)[-2:]
        shade = (np.clip(first - second, 0.0, 1.0) * (_SHADES - 1)).astype(np.intp)
    return indexed_image((winner * _SHADES + shade)[::-1], _class_table(theme, len(maps)))


@functools.lru_cache(maxsize=8)
def _class_table(theme: Theme, classes: int) -> Any:
    shades = np.linspace(0.08, _CLASS_STRENGTH, _SHADES)
    pixels = [
        blend(theme.card, color, float(t)).rgb()
        for color in class_colors(theme, classes)
        for t in shades
    ]
    return np.array(pixels, dtype=np.uint32).view(np.uint8).reshape(-1, 4)


def _plane(
    evaluation: Evaluation,
    theme: Theme,
    image: QImage,
    answer: Any,
    showing: Showing,
    dots: Any = None,
    mark_color: QColor | None = None,
) -> Plane:
    data, typed = evaluation.snapshot.data, showing.typed
    axes = shown_axes(evaluation)
    names = [pretty(data.dataset.input_names[a]) for a in axes]
    low, high = np.array(evaluation.map_low), np.array(evaluation.map_high)
    columns, rows = image.width(), image.height()
    # Grid points lie at the bounds themselves: the outer cells reach half a step further.
    half = (high - low) / (np.array([columns, rows]) - 1) / 2
    low, high = low - half, high + half

    def read(x: float, y: float) -> str:
        column = int(np.clip((x - low[0]) / (high[0] - low[0]) * columns, 0, columns - 1))
        row = int(np.clip((y - low[1]) / (high[1] - low[1]) * rows, 0, rows - 1))
        place = f"{names[0]} {value_text(x, 3)}   {names[1]} {value_text(y, 3)}"
        return f"{place}   {answer(row, column)}"

    return Plane(
        x_range=(low[0], high[0]),
        y_range=(low[1], high[1]),
        x_name=names[0],
        y_name=names[1],
        image=image,
        dots=dots,
        mark=None if typed else _place(data, showing.sample, axes),
        mark_color=mark_color,
        cross=(typed[axes[0]], typed[axes[1]]) if typed else None,
        square=True,
        read=read,
    )


def _place(data: PreparedData, sample: int, axes: tuple[int, int]) -> tuple[float, float] | None:
    if not 0 <= sample < len(data.dataset):
        return None
    x, y = data.dataset.inputs[sample, list(axes)]
    return float(x), float(y)


def _answer(evaluation: Evaluation, outs: Array, output: int) -> str:
    data = evaluation.snapshot.data
    if data.training.task == "classes":
        winner = int(np.argmax(outs))
        return f"{data.dataset.class_names[winner]} {value_text(float(outs[winner]), 3)}"
    name = "ŷ" if len(outs) == 1 else data.dataset.target_names[output]
    return f"{name} {value_text(float(outs[output]), 3)}"
