"""What is seen on a sheet that is drawn on: the newest map below its samples."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtGui import QColor

from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.own import OwnSamples
from bpviz.engine.activations import Array
from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import class_colors
from bpviz.gui.output.curves import curve_plane
from bpviz.gui.output.decision_map import decision_plane
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.samples import Showing, shade_numbers, signed, value_colors
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation

Range = tuple[float, float]


def widened(ranges: tuple[Range, Range], sheet: OwnSamples) -> tuple[Range, Range]:
    """Ranges in which all samples of a sheet lie, with a little air where they grew."""
    places = sheet.table[:, :2]
    ends = zip(places.min(axis=0).tolist(), places.max(axis=0).tolist(), strict=True)
    across, up = (_widened(present, *end) for present, end in zip(ranges, ends, strict=True))
    return across, up


def _widened(present: Range, least: float, most: float) -> Range:
    low, high = present
    air = 0.05 * (max(high, most) - min(low, least))
    return low if least >= low else least - air, high if most <= high else most + air


def sheet_plane(
    sheet: OwnSamples,
    ranges: tuple[Range, Range],
    evaluation: Evaluation | None,
    theme: Theme,
    discretise: bool,
) -> Plane:
    """The map of an evaluation, where it is over as many inputs, in the sheet's own ranges."""
    names = [pretty(x) for x in (*sheet.input_names, *sheet.target_names)][:2]
    inputs = len(sheet.input_names)
    made = None
    if evaluation is not None:
        dataset = evaluation.snapshot.data.dataset
        if dataset.inputs.shape[1] == inputs and dataset.image_shape is None:
            build = decision_plane if inputs == 2 else curve_plane
            made = build(evaluation, theme, Showing(0, discretise=discretise))
    if made is None:
        read = functools.partial(_place_text, names)
        return Plane(
            ranges[0],
            ranges[1],
            x_name=names[0],
            y_name=names[1],
            square=inputs == 2,
            read=read,
        )
    return replace(
        made,
        x_range=ranges[0],
        y_range=ranges[1],
        image_range=(*made.x_range, *made.y_range) if made.image else None,
        mark=None,
        mark_color=None,
        cross=None,
    )


def drawn_colors(theme: Theme, known: int, classes: int) -> tuple[QColor, ...]:
    """The classes' colours: those on the map, and of classes not `known` to it what they will be.

    A class that is only offered recolours nothing.
    """
    return class_colors(theme, known) + class_colors(theme, classes)[known:]


def sheet_dots(
    sheet: OwnSamples, table: Array, classes: int, data: PreparedData, bounds: Range, theme: Theme
) -> Dots:
    """The rows of a table of the sheet's columns as dots; those of the test part are hollow.

    `bounds` are the values in full orange and in full blue.
    """
    if sheet.class_names:
        colors = drawn_colors(theme, len(sheet.class_names), classes)
        numbers = table[:, -1].astype(np.intp)
    else:
        colors, numbers = value_colors(theme), value_shades(table[:, -1], bounds)
    hollow = np.zeros(len(table), dtype=bool)
    if len(data.dataset) == len(table):
        hollow[data.test_rows] = True
    return Dots(table[:, :2], np.arange(len(table)), numbers, colors, hollow)


def value_shades(values: Array, bounds: Range) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The numbers of the values' colours in `value_colors`."""
    return shade_numbers(signed(values, bounds))


def _place_text(names: list[str], x: float, y: float) -> str:
    return f"{names[0]} {value_text(x, 3)}   {names[1]} {value_text(y, 3)}"
