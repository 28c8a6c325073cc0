"""What happens to a logged series before it is drawn: smoothing, logarithm, thinning."""

from __future__ import annotations

import numpy as np

from bpviz.engine.activations import Array

# Below this share of the newest value, what is older no longer shows in a double.
_NEGLIGIBLE = 1e-17


def smooth(values: Array, weight: float) -> Array:
    """The running mean s_t = weight · s_(t-1) + (1 - weight) · v_t, with s_0 = v_0.

    Values that are not finite stay as they are and do not count. Computed by doubling: a sum over
    the last 2n values is the sum over the last n plus that sum, n steps earlier, times weightⁿ.
    """
    if not 0.0 < weight < 1.0:
        return values
    finite = np.isfinite(values)
    whole = bool(finite.all())
    sums = np.array(values if whole else values[finite], dtype=np.float64)
    if not sums.size:
        return values
    sums[1:] *= 1.0 - weight
    older = np.empty_like(sums)
    span, share = 1, weight
    while span < sums.size and share > _NEGLIGIBLE:
        np.multiply(sums[:-span], share, out=older[span:])
        sums[span:] += older[span:]
        span, share = 2 * span, share * share
    if whole:
        return sums
    result = values.copy()
    result[finite] = sums
    return result


class Smoother:
    """`smooth` for a log that grows: what was smoothed before is kept and carried on."""

    def __init__(self) -> None:
        self._of: tuple[object, float] = (None, 0.0)
        self._last = np.nan
        self._result: Array = np.empty(0)

    def __call__(self, log: object, values: Array, weight: float) -> Array:
        """The running mean of a column of `log`; another log or weight starts anew."""
        count = len(self._result)
        carried_on = (
            count > 0
            and self._of == (log, weight)
            and len(values) >= count
            and values[count - 1] == self._last
            and np.isfinite(self._result[-1])
        )
        if carried_on:
            new = smooth(np.concatenate([self._result[-1:], values[count:]]), weight)
            self._result = np.concatenate([self._result, new[1:]])
        else:
            self._result = smooth(values, weight)
        self._of = (log, weight)
        self._last = values[-1] if len(values) else np.nan
        return self._result


def logarithm(values: Array) -> Array:
    """log10, NaN where there is none."""
    positive = values > 0
    return np.log10(values, out=np.full(values.shape, np.nan), where=positive)


def thin(x: Array, y: Array, buckets: int) -> tuple[Array, Array]:
    """At most two points per bucket of x, which is sorted: lowest and highest y, so spikes stay.

    The two come in the order in which the curve runs through the bucket. NaN counts only where a
    bucket has nothing else. Returned as given when that is no more points already.
    """
    if len(x) <= 2 * buckets:
        return x, y
    edges = np.linspace(x[0], x[-1], buckets + 1)[:-1]
    starts = np.unique(np.searchsorted(x, edges))
    ends = np.append(starts[1:], len(x)) - 1
    lows, highs = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    falling = y[starts] > y[ends]
    thin_y = np.empty(2 * len(starts))
    thin_y[0::2] = np.where(falling, highs, lows)
    thin_y[1::2] = np.where(falling, lows, highs)
    thin_x = np.empty(2 * len(starts))
    thin_x[0::2], thin_x[1::2] = x[starts], x[ends]
    return thin_x, thin_y


def finite_range(*series: Array) -> tuple[float, float] | None:
    """The lowest and the highest finite value of all, None when there is none."""
    finite = [s[np.isfinite(s)] for s in series]
    finite = [s for s in finite if s.size]
    if not finite:
        return None
    return float(min(s.min() for s in finite)), float(max(s.max() for s in finite))
