"""Whether probabilities mean what they say: of those called 70 %, do 70 % happen?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.engine.activations import Array

BINS = 10


@dataclass(frozen=True, eq=False)
class Calibration:
    """Probabilities sorted into bins of equal width; arrays have shape (bins,).

    `predicted` is the mean probability in each bin, `observed` the share of its samples that are
    positive (both NaN in an empty bin), `counts` how many samples it holds. `error` is the
    expected calibration error Σ counts / n · |observed - predicted| (Naeini et al. 2015), `brier`
    mean (probability - [positive])² (Brier 1950); NaN without samples or with outputs that are not
    finite.
    """

    predicted: Array
    observed: Array
    counts: np.ndarray[Any, np.dtype[np.intp]]
    error: float
    brier: float


def calibration(
    probabilities: Array, positive: np.ndarray[Any, np.dtype[np.bool_]], bins: int = BINS
) -> Calibration:
    """Compare probabilities in 0..1 with what happened, both of shape (samples,).

    A bin holds what lies above its lower edge, up to and with its upper one.
    """
    count = len(probabilities)
    if not count or not np.isfinite(probabilities).all():
        nothing = np.full(bins, np.nan)
        return Calibration(nothing, nothing, np.zeros(bins, np.intp), np.nan, np.nan)
    edges = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    numbers = np.searchsorted(edges, probabilities)
    counts = np.bincount(numbers, minlength=bins)
    sums = np.bincount(numbers, weights=probabilities, minlength=bins)
    hits = np.bincount(numbers, weights=positive, minlength=bins)
    predicted, observed = (
        np.divide(x, counts, out=np.full(bins, np.nan), where=counts > 0) for x in (sums, hits)
    )
    return Calibration(
        predicted,
        observed,
        counts,
        float(np.abs(hits - sums).sum() / count),
        float(np.square(probabilities - positive).mean()),
    )
