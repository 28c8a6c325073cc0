"""How well an output ranks the samples of a class above the others, at every threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.engine.activations import Array

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class RankCurve:
    """A curve with one point for each threshold, from the strictest to the most generous.

    Samples with an output of at least thresholds[k] are taken for the class; the first threshold
    is infinite. `area` is the area below it, ROC curve, or the average precision. Without samples
    of both kinds, or with outputs that are not finite, the arrays are empty and the area is NaN.
    """

    x: Array
    y: Array
    thresholds: Array
    area: float

    def thinned(self, most: int) -> RankCurve:
        """The curve with at most so many points, evenly chosen; its area stays."""
        if len(self.x) <= most:
            return self
        kept = np.linspace(0, len(self.x) - 1, most).round().astype(np.intp)
        return RankCurve(self.x[kept], self.y[kept], self.thresholds[kept], self.area)


def roc_curve(scores: Array, positive: Mask) -> RankCurve:
    """True positive rate (y) over false positive rate (x) (Fawcett 2006, algorithms 1 and 3).

    `scores` and `positive` have shape (samples,). Samples of equal score pass together; the area
    is the probability that a positive one scores higher than a negative one, ties counting half.
    """
    counted = _counted(scores, positive)
    if counted is None:
        return _undefined()
    thresholds, true, false = counted
    x, y = false / false[-1], true / true[-1]
    # Without points in the middle of a straight line the curve is the same.
    bends = np.ones(len(x), dtype=bool)
    bends[1:-1] = (np.diff(true, 2) != 0) | (np.diff(false, 2) != 0)
    return RankCurve(x[bends], y[bends], thresholds[bends], _area(x, y))


def precision_recall_curve(scores: Array, positive: Mask) -> RankCurve:
    """Precision (y) over recall (x); the area is the average precision Σ (R_n - R_n-1) P_n.

    Where nothing is taken for the class, precision is 1 by convention.
    """
    counted = _counted(scores, positive)
    if counted is None:
        return _undefined()
    thresholds, true, false = counted
    recall = true / true[-1]
    precision = np.ones(len(true))
    precision[1:] = true[1:] / (true[1:] + false[1:])
    area = float(np.dot(np.diff(recall), precision[1:]))
    return RankCurve(recall, precision, thresholds, area)


def _counted(scores: Array, positive: Mask) -> tuple[Array, Array, Array] | None:
    """Thresholds, and how many positive and negative samples reach each; None for one kind only."""
    if not np.isfinite(scores).all() or positive.all() or not positive.any():
        return None
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true = np.cumsum(hits)[last]
    false = 1 + last - true
    return (
        np.concatenate([[np.inf], ranked[last]]),
        np.concatenate([[0.0], true]),
        np.concatenate([[0.0], false]),
    )


def _area(x: Array, y: Array) -> float:
    """The area below a curve, by trapezoids."""
    return float(0.5 * np.dot(np.diff(x), y[1:] + y[:-1]))


def _undefined() -> RankCurve:
    nothing: Array = np.empty(0)
    return RankCurve(nothing, nothing, nothing, float("nan"))
