"""Results as plots: ROC, precision-recall, calibration, residuals. Training and test together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtGui import QColor

from bpviz.engine.activations import Array
from bpviz.engine.calibration import Calibration
from bpviz.engine.ranking import RankCurve
from bpviz.gui.canvas.names import pretty
from bpviz.gui.colors import blend
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.results.content import Content, Figure, Plot, Shown, Words, figure_text
from bpviz.gui.theme import Theme
from bpviz.gui.widgets.numbers import percent_text
from bpviz.lab.assessment import PartAssessment, answer_names, why_no_probabilities

Line = tuple[Array, QColor, bool]

_UNIT = (-0.02, 1.02)
_DIAGONAL = np.array([[0.0, 0.0], [1.0, 1.0]])
# How high the fullest bin of the histogram below a calibration curve is drawn.
_HISTOGRAM = 0.25


def roc(shown: Shown) -> Content:
    """How many of a class are found, over how many others are taken for it."""
    name = _class_name(shown)
    lines: list[Line] = [(_DIAGONAL, QColor(shown.theme.secondary), True)]
    return _rank_plot(
        shown,
        "ROC curve",
        lambda part: part.roc,
        lines,
        ("false alarms", "found"),
        Figure("Area", "Area under the curve: 1 is perfect, 0.5 is guessing", ()),
        f"Each point is a threshold: how many of {name} are found, and how many others are taken "
        "for it by mistake. Up and to the left is better; guessing lies on the diagonal.",
        lambda x, y: f"{percent_text(y)} found, {percent_text(x)} false alarms",
    )


def precision_recall(shown: Shown) -> Content:
    """How pure what is found stays, the more is found."""
    name = _class_name(shown)
    results = shown.results
    share = results.positives / max(1, results.samples)
    lines: list[Line] = [
        (np.array([[0.0, share], [1.0, share]]), QColor(shown.theme.secondary), True)
    ]
    return _rank_plot(
        shown,
        "Precision-recall curve",
        lambda part: part.precision_recall,
        lines,
        ("recall", "precision"),
        Figure("Average precision", "The mean precision over all recalls; 1 is perfect", ()),
        f"The more of {name} are found (recall), the more others slip in (precision falls). Up "
        "and to the right is better; guessing lies on the dashed line.",
        lambda x, y: f"recall {x:.3f}, precision {y:.3f}",
    )


def _rank_plot(
    shown: Shown,
    name: str,
    curve_of: Callable[[PartAssessment], RankCurve | None],
    lines: list[Line],
    axes: tuple[str, str],
    figure: Figure,
    words: str,
    read: Callable[[float, float], str],
) -> Content:
    found = [(curve_of(part), color) for _, part, color in shown.parts]
    own = curve_of(shown.results)
    assert own is not None
    if not len(own.x):
        return Words(_why_no_curve(shown))
    for curve, color in found:
        if curve is not None and len(curve.x):
            lines.append((np.column_stack([curve.x, curve.y]), QColor(color), False))

    def nearest(x: float, y: float) -> int:
        return int(np.argmin(np.hypot(own.x - x, own.y - y)))

    def place(x: float, y: float) -> tuple[float, float]:
        at = nearest(x, y)
        return float(own.x[at]), float(own.y[at])

    def under_mouse(x: float, y: float) -> str:
        limit = float(own.thresholds[nearest(x, y)])
        limit_text = f"threshold {value_text(limit, 3)}" if np.isfinite(limit) else "none taken"
        return f"{shown.part.capitalize()}, {limit_text}: {read(*place(x, y))}."

    values = tuple(figure_text(curve.area if curve else np.nan) for curve, _ in found)
    plane = Plane(_UNIT, _UNIT, *axes, lines=tuple(lines), square=True, read=under_mouse)
    figures = (Figure(figure.name, figure.tip, values),)
    return Plot(name, plane, _columns(shown), figures, words, place)


def _why_no_curve(shown: Shown) -> str:
    results, name = shown.results, _class_name(shown)
    holds = "only" if results.positives else "no"
    return (
        f"The {shown.part} part holds {holds} samples of {name}, and a curve compares them with "
        "others: choose another one above, or another part."
    )


def calibration(shown: Shown) -> Content:
    """How often what is called likely is true."""
    if shown.results.calibration is None:
        return Words(why_no_probabilities(shown.assessment.snapshot))
    theme, own = shown.theme, shown.results.calibration
    lines: list[Line] = [
        _histogram(own, theme),
        (_DIAGONAL, QColor(theme.secondary), True),
    ]
    places, colors = [], []
    for k, (_, part, color) in enumerate(shown.parts):
        found = part.calibration
        if found is not None:
            filled = found.counts > 0
            points = np.column_stack([found.predicted, found.observed])[filled]
            lines.append((points, QColor(color), False))
            places.append(points)
            colors += [k] * len(points)
    parts = [part.calibration for _, part, _ in shown.parts]
    figures = (
        Figure(
            "Calibration error",
            "How far predicted and observed lie apart on average, in bins of a tenth (ECE)",
            tuple(figure_text(c.error if c else np.nan) for c in parts),
        ),
        Figure(
            "Brier score",
            "Mean squared distance of the probability from what happened; 0 is best",
            tuple(figure_text(c.brier if c else np.nan) for c in parts),
        ),
    )
    dots = _dots(np.concatenate(places), colors, [QColor(c) for _, _, c in shown.parts])
    plane = Plane(
        _UNIT,
        _UNIT,
        "predicted",
        "observed",
        lines=tuple(lines),
        dots=dots,
        square=True,
        read=lambda x, _y: f"{shown.part.capitalize()}, {_bin_text(own, x)}.",
    )
    words = (
        f"Of what is called {_class_name(shown)} with 70 %, is 70 % so? On the diagonal it is; "
        "below it the network promises too much. Grey steps: how many samples it says that of."
    )

    def place(x: float, _y: float) -> tuple[float, float]:
        k = _bin_at(own, x)
        return float(own.predicted[k]), float(own.observed[k])

    return Plot("Calibration curve", plane, _columns(shown), figures, words, place)


def _histogram(found: Calibration, theme: Theme) -> Line:
    """How many samples each bin holds, as steps along the bottom."""
    edges = np.linspace(0.0, 1.0, len(found.counts) + 1)
    heights = found.counts / max(1, int(found.counts.max())) * _HISTOGRAM
    steps = np.column_stack([np.repeat(edges, 2)[1:-1], np.repeat(heights, 2)])
    return (
        np.vstack([[0.0, 0.0], steps, [1.0, 0.0]]),
        blend(theme.card, theme.secondary, 0.5),
        False,
    )


def _bin_at(found: Calibration, x: float) -> int:
    bins = len(found.counts)
    return min(max(int(np.ceil(x * bins)) - 1, 0), bins - 1)


def _bin_text(found: Calibration, x: float) -> str:
    bins, k = len(found.counts), _bin_at(found, x)
    span = f"{100 * k // bins}–{100 * (k + 1) // bins} %"
    count = int(found.counts[k])
    if not count:
        return f"called {span}: no sample"
    observed = percent_text(float(found.observed[k]))
    return f"called {span}: {count:,} sample{'s' * (count > 1)}, of which {observed} are"


def residuals(shown: Shown) -> Content:
    """How far predictions are off, over what was predicted."""
    found, theme = shown.results.residuals, shown.theme
    assert found is not None
    x, y = found.predicted[:, shown.output], found.residuals[:, shown.output]
    bounds = _range(x), _range(y, np.zeros(1))
    color = {name: c for name, _, c in shown.parts}[shown.part]
    at = np.flatnonzero(found.rows == shown.sample)
    name = _target_name(shown)
    plane = Plane(
        *bounds,
        f"predicted {name}".rstrip(),
        "residual",
        lines=(
            (np.array([[bounds[0][0], 0.0], [bounds[0][1], 0.0]]), QColor(theme.secondary), True),
        ),
        dots=Dots(
            np.column_stack([x, y]),
            found.rows,
            np.zeros(len(x), dtype=np.intp),
            (QColor(color),),
            np.zeros(len(x), dtype=bool),
        ),
        mark=(float(x[at[0]]), float(y[at[0]])) if len(at) else None,
        read=lambda x, y: f"Predicted {value_text(x, 3)}, residual {value_text(y, 3)}.",
    )
    few = "" if len(x) == found.total else f" Drawn: {len(x):,} of {found.total:,}, evenly chosen."
    words = (
        "Residual = true − predicted. A good network leaves a shapeless band around 0; a bend or "
        f"a funnel is something it has not learned. A click chooses a sample.{few}"
    )
    return Plot("Residuals", plane, _columns(shown), _value_figures(shown), words, picks=True)


def _value_figures(shown: Shown) -> tuple[Figure, ...]:
    values = [part.values for _, part, _ in shown.parts]
    k = shown.output
    return (
        Figure(
            "R²",
            "Share of the true values' variance that the predictions explain; 1 is best",
            tuple(figure_text(float(v.r2[k])) for v in values if v),
        ),
        Figure(
            "MAE",
            "Mean absolute error: how far off a prediction is on average",
            tuple(value_text(float(v.mae[k])) for v in values if v),
        ),
        Figure(
            "RMSE",
            "Root of the mean squared error",
            tuple(value_text(float(v.rmse[k])) for v in values if v),
        ),
    )


def _dots(places: Array, numbers: Sequence[int], colors: Sequence[QColor]) -> Dots:
    """Dots that stand for no sample."""
    count = len(places)
    return Dots(
        places,
        np.full(count, -1, dtype=np.intp),
        np.array(numbers, dtype=np.intp),
        tuple(colors),
        np.zeros(count, dtype=bool),
    )


def _columns(shown: Shown) -> tuple[tuple[str, str], ...]:
    return tuple((name, color) for name, _, color in shown.parts)


def _class_name(shown: Shown) -> str:
    names = answer_names(shown.assessment.snapshot.data.dataset)
    return f"“{names[shown.assessment.ask.positive]}”"


def _target_name(shown: Shown) -> str:
    names = shown.assessment.snapshot.data.dataset.target_names
    return pretty(names[shown.output]) if shown.output < len(names) else ""


def _range(*values: Array) -> tuple[float, float]:
    """The range of these values with a margin, never empty."""
    together = np.concatenate(values)
    together = together[np.isfinite(together)]
    low, high = (float(together.min()), float(together.max())) if together.size else (0.0, 1.0)
    margin = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return low - margin, high + margin
