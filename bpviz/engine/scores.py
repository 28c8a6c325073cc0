"""How good answers are: per class or label, R² and mean errors for values to predict.

What cannot be said (the precision of a class that was never chosen, R² of constant targets) is
NaN, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.engine.activations import Activation, Array

Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class ClassScores:
    """Scores of each class; all arrays have shape (classes,).

    precision: of what was taken for the class, the share that is of it, TP / (TP + FP); recall: of
    what is of the class, the share that was found, TP / (TP + FN); f1: their harmonic mean,
    2 TP / (2 TP + FP + FN) (van Rijsbergen 1979, ch. 7); support: how many samples are of the
    class. `macro` and `weighted` are (precision, recall, f1) averaged over the classes that have
    them, each counting the same, or by its support. `accuracy` is the share that is right.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Counts
    macro: tuple[float, float, float]
    weighted: tuple[float, float, float]
    accuracy: float


def confusion(true: Counts, taken: Counts, classes: int) -> Counts:
    """counts[i, j]: how many samples of class i were taken for class j."""
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (true, taken), 1)
    return table


def class_scores(counts: Counts) -> ClassScores:
    """Scores of each class from a confusion matrix, counts[true, taken]."""
    right = np.diag(counts)
    taken, support = counts.sum(axis=0), counts.sum(axis=1)
    scores = (_share(right, taken), _share(right, support), _share(2 * right, taken + support))
    ones = np.ones(len(support))
    return ClassScores(
        *scores,
        support,
        (_mean(scores[0], ones), _mean(scores[1], ones), _mean(scores[2], ones)),
        (_mean(scores[0], support), _mean(scores[1], support), _mean(scores[2], support)),
        float(_share(right.sum(), support.sum())),
    )


def label_scores(true: Counts, taken: Counts) -> ClassScores:
    """Scores of each label's yes, both of shape (samples, labels), 1 for yes and 0 for no.

    `support` is how many samples have the label; `accuracy` the share that is right in all.
    """
    right = (true & taken).sum(axis=0)
    wanted, given = true.sum(axis=0), taken.sum(axis=0)
    scores = (_share(right, given), _share(right, wanted), _share(2 * right, given + wanted))
    ones = np.ones(len(wanted))
    return ClassScores(
        *scores,
        wanted,
        (_mean(scores[0], ones), _mean(scores[1], ones), _mean(scores[2], ones)),
        (_mean(scores[0], wanted), _mean(scores[1], wanted), _mean(scores[2], wanted)),
        float(_share((true == taken).all(axis=1).sum(), len(true))),
    )


@dataclass(frozen=True, eq=False)
class RegressionScores:
    """Scores of each output; all arrays have shape (outputs,).

    r2: 1 - Σ (target - out)² / Σ (target - mean target)², the share of the targets' variance that
    is explained; mae: mean |target - out|; rmse: √ mean (target - out)².
    """

    r2: Array
    mae: Array
    rmse: Array


def regression_scores(targets: Array, outputs: Array) -> RegressionScores:
    """Scores of outputs against targets, both of shape (samples, outputs)."""
    count = targets.shape[1]
    if not len(targets):
        nothing = np.full(count, np.nan)
        return RegressionScores(nothing, nothing, nothing)
    with np.errstate(all="ignore"):
        residuals = targets - outputs
        spread = np.square(targets - targets.mean(axis=0)).sum(axis=0)
        left = np.square(residuals).sum(axis=0)
        # A column of equal numbers may vary by the rounding of its mean.
        varies = targets.max(axis=0) > targets.min(axis=0)
        r2 = np.where(varies, 1.0 - left / np.where(varies, spread, 1.0), np.nan)
        return RegressionScores(r2, np.abs(residuals).mean(axis=0), np.sqrt(left / len(targets)))


def probabilities(out: Array, activation: Activation) -> Array | None:
    """Outputs as probabilities: (out - no) / (yes - no), shape (samples, outputs).

    None when they cannot be read as such: the activation's outputs may lie beyond the values that
    stand for "no" and "yes".
    """
    no, yes = activation.targets
    bounds = activation.bounds
    if bounds is None or bounds[0] < no or bounds[1] > yes:
        return None
    return np.asarray((out - no) / (yes - no))


def _share(part: Any, whole: Any) -> Array:
    """part / whole; NaN where there is no whole."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def _mean(values: Array, weights: Any) -> float:
    """The weighted mean of what there is."""
    there = ~np.isnan(values)
    total = float(np.sum(weights[there]))
    return float(np.dot(values[there], weights[there]) / total) if total > 0 else float("nan")
