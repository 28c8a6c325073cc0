"""Whether a linear network and the one layer that it is give the same outputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.explain.collapse import both_outputs, largest_difference
from bpviz.explain.error_function import affordable, evenly_chosen
from bpviz.lab.snapshot import Snapshot

# Few enough for a view that follows a training: samples, and multiplications for all of them.
_MOST_SAMPLES, _WORK = 1_000, 4e5
_SHOWN = 5
# A difference below this share of the outputs' size is rounding.
_ROUNDING = {"float64": 1e-9, "float32": 1e-3}


@dataclass(frozen=True, eq=False)
class CollapseCheck:
    """How far the outputs lie apart at most, over how many samples.

    `network` and `layer` are both outputs for the first few of them, shape (samples, outputs).
    """

    difference: float
    samples: int
    same: bool
    network: Array
    layer: Array


def check_collapse(snapshot: Snapshot) -> CollapseCheck:
    """Compare the outputs over the training samples, of many of them over some, evenly chosen.

    Raises SettingError when the network is not linear.
    """
    spec, train = snapshot.spec, snapshot.data.training.train
    inputs = evenly_chosen(train, affordable(spec, len(train), _MOST_SAMPLES, _WORK)).inputs
    out, one = both_outputs(spec, snapshot.theta, inputs)
    difference = largest_difference(out, one)
    rounding = _ROUNDING[spec.dtype] * max(1.0, float(np.abs(out).max(initial=0.0)))
    return CollapseCheck(
        difference, len(inputs), difference <= rounding, out[:_SHOWN], one[:_SHOWN]
    )
