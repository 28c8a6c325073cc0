"""An activation function around one unit's present net input: f, f' and the point in between."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Activation, Array

# Half the width of the range, the first of these that leaves the present point some room.
_REACHES = (4.0, 6.0, 10.0, 20.0, 50.0, 100.0)
_ROOM = 1.2
# At a kink f' is sampled this close to both of its sides, in parts of the range.
_BESIDE_KINK = 1e-6
# Of an activation that takes a whole layer, at most so many values are computed.
_MOST_VALUES = 200_000


@dataclass(frozen=True, eq=False)
class ActivationCurve:
    """f and f' over net inputs, and where a unit stands: out = f(net), slope = f'(net).

    `alone` is False for an activation of a whole layer at once (softmax): then f is this unit's
    output while the other net inputs stay, and f' is ∂out_k/∂net_k.
    """

    nets: Array
    outs: Array
    slopes: Array
    net: float
    out: float
    slope: float
    alone: bool = True

    def tangent(self, net: float) -> float:
        """out + f'(net) · (net - present net): what the slope alone expects."""
        return self.out + self.slope * (net - self.net)


def activation_curve(
    activation: Activation, nets: Array, unit: int, points: int = 121
) -> ActivationCurve:
    """Sample f and f' around unit number `unit` of a layer with these net inputs, shape (units,).

    The range holds the present net input and the function's kinks, and changes in leaps, so that
    a live picture keeps its axis.
    """
    present = float(nets[unit])
    if not activation.elementwise:
        points = max(9, min(points, _MOST_VALUES // len(nets)))
    places = _places(activation, present if math.isfinite(present) else 0.0, points)
    layer = np.asarray(nets, np.float64)
    # Where units do not depend on each other, one column does.
    table = np.empty((len(places) + 1, 1))
    column = 0
    if not activation.elementwise:
        table, column = np.tile(layer, (len(places) + 1, 1)), unit
    table[:-1, column], table[-1, column] = places, present
    outs, slopes = np.empty_like(table), np.empty_like(table)
    with np.errstate(all="ignore"):
        activation.forward(table, outs, slopes)
        activation.derivative(table, outs, slopes)
    f, slope = outs[:, column], slopes[:, column]
    return ActivationCurve(
        places,
        f[:-1].copy(),
        slope[:-1].copy(),
        present,
        float(f[-1]),
        float(slope[-1]),
        activation.elementwise,
    )


def _places(activation: Activation, present: float, points: int) -> Array:
    """Net inputs in order, with both sides of every kink among them."""
    farthest = max(abs(present), *(abs(kink) for kink in activation.kinks), 0.0)
    reach = next((r for r in _REACHES if r >= _ROOM * farthest), _ROOM * farthest)
    places = np.linspace(-reach, reach, points)
    sides = [k + side * _BESIDE_KINK * reach for k in activation.kinks for side in (-1, 1)]
    return np.unique(np.concatenate([places, sides]))
