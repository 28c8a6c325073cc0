"""The answer over a single input, and predicted against true values."""

from __future__ import annotations

import functools

import numpy as np
from PySide6.QtGui import QColor

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import class_colors
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.samples import (
    YES_OR_NO,
    Array,
    Showing,
    dot_colors,
    marked_among,
    output_map,
    own_units,
    part_rows,
)
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation


def curve_plane(evaluation: Evaluation, theme: Theme, showing: Showing) -> Plane | None:
    """The output over the one input, with the samples; None when there is no such map."""
    maps = output_map(evaluation, 1)
    if maps is None:
        return None
    data, output, typed = evaluation.snapshot.data, showing.output, showing.typed
    x = np.linspace(evaluation.map_low[0], evaluation.map_high[0], maps.shape[1])
    y = np.asarray(maps[output], dtype=np.float64)
    if showing.discretise and data.training.task in YES_OR_NO:
        low, high = data.training.train.targets.min(), data.training.train.targets.max()
        y = np.where(y > data.training.threshold, high, low)
    dots = _curve_dots(data, showing.show_test, theme, output, showing.marked)
    bounds = _bounds(dots.places[:, 1], maps.ravel() if data.training.task == "classes" else y)
    name = pretty(data.dataset.input_names[0])
    out_name = "ŷ" if len(maps) == 1 else data.dataset.target_names[output]
    mark = cross = None
    if typed:
        cross = (typed[0], float(np.interp(typed[0], x, y)))
    else:
        at = np.flatnonzero(dots.rows == showing.sample)
        if len(at):
            mark = (float(dots.places[at[0], 0]), float(dots.places[at[0], 1]))
    return Plane(
        x_range=(float(x[0]), float(x[-1])),
        y_range=bounds,
        x_name=name,
        y_name=out_name,
        lines=_lines(data, x, maps, y, theme),
        dots=dots,
        mark=mark,
        cross=cross,
        read=lambda at, _: (
            f"{name} {value_text(at, 3)}   {out_name} {value_text(float(np.interp(at, x, y)), 3)}"
        ),
    )


def _lines(
    data: PreparedData, x: Array, maps: Array, y: Array, theme: Theme
) -> tuple[tuple[Array, QColor, bool], ...]:
    """One curve; for several classes one of each."""
    if data.training.task != "classes":
        return ((np.column_stack([x, y]), QColor(theme.text), False),)
    colors = class_colors(theme, len(maps))
    pairs = zip(maps, colors, strict=True)
    return tuple((np.column_stack([x, out]), color, False) for out, color in pairs)


def scatter_plane(evaluation: Evaluation, theme: Theme, showing: Showing) -> Plane | None:
    """Predicted against true values: a perfect network puts every sample on the diagonal."""
    data, output = evaluation.snapshot.data, showing.output
    if evaluation.train_out is None or evaluation.test_out is None:
        return None
    rows, hollow = part_rows(data, showing.show_test)
    outs = np.concatenate([evaluation.train_out, evaluation.test_out])[: len(rows)]
    outs = own_units(data, outs)[:, output]
    true = np.asarray(data.dataset.targets[rows, output], dtype=np.float64)
    numbers, colors = dot_colors(data, rows, theme, output)
    marked = marked_among(rows, showing.marked)
    dots = Dots(np.column_stack([true, outs]), rows, numbers, colors, hollow, marked)
    x_range, y_range = _bounds(true), _bounds(true, outs)
    ends = np.array([min(x_range[0], y_range[0]), max(x_range[1], y_range[1])])
    at = np.flatnonzero(rows == showing.sample)
    name = data.dataset.target_names[output] if output < len(data.dataset.target_names) else ""
    return Plane(
        x_range=x_range,
        y_range=y_range,
        x_name=f"true {name}".rstrip(),
        y_name="predicted",
        lines=((np.column_stack([ends, ends]), QColor(theme.secondary), True),),
        dots=dots,
        mark=(float(true[at[0]]), float(outs[at[0]])) if len(at) else None,
        square=True,
        read=lambda x, y: f"true {value_text(x, 3)}   predicted {value_text(y, 3)}",
    )


@functools.lru_cache(maxsize=2)
def _curve_dots(
    data: PreparedData, show_test: bool, theme: Theme, output: int, marked: frozenset[int]
) -> Dots:
    rows, hollow = part_rows(data, show_test)
    targets = np.concatenate([data.training.train.targets, data.training.test.targets])
    targets = own_units(data, targets)
    numbers, colors = dot_colors(data, rows, theme, output)
    heights = targets[: len(rows), min(output, targets.shape[1] - 1)]
    if data.training.task == "classes":
        heights = np.full(len(rows), targets.max())
    places = np.column_stack([data.dataset.inputs[rows, 0], heights])
    return Dots(places, rows, numbers, colors, hollow, marked_among(rows, marked))


def _bounds(*values: Array) -> tuple[float, float]:
    """The range of these values with a margin, never empty."""
    together = np.concatenate(values)
    together = together[np.isfinite(together)]
    if not together.size:
        return 0.0, 1.0
    low, high = float(together.min()), float(together.max())
    margin = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return low - margin, high + margin
