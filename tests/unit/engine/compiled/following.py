"""The compiled epoch beside NumPy's: from one state, by one epoch, again and again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bpviz.engine.data import TrainingData
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig

# How far the two may be apart after an epoch.
CLOSE = {"float64": 1e-12, "float32": 1e-5}
# Vectors below this size are measured by it. A derivative such as 1 - out² of a saturated unit, or
# a sum of deltas of both signs, is what cancellation leaves: a rounding error of 1 give or take,
# however small it is itself.
SIZE = {"float64": 1e-3, "float32": 0.1}


def apart(ours: np.ndarray | float, theirs: np.ndarray | float, least: float) -> float:
    """The largest difference, as a share of the largest number, at least of `least`.

    Not element by element: one that is the sum of large numbers of both signs has rounding errors
    of their size. Where one is infinite or NaN, the other must be so, too.
    """
    ours, theirs = np.atleast_1d(ours).astype(float), np.atleast_1d(theirs).astype(float)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    infinite = np.isinf(theirs)
    np.testing.assert_array_equal(ours[infinite], theirs[infinite])
    known = ~infinite & ~np.isnan(theirs)
    if not known.any():
        return 0.0
    size = max(float(np.abs(theirs[known]).max()), least)
    return float(np.abs(ours[known] - theirs[known]).max()) / size


def follow(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, epochs: int = 2, seed: int = 0
) -> float:
    """Train by NumPy; before each epoch let the compiled one go along from the same state.

    Differences so never pile up. Returns the largest one; fails where it is not close.
    """
    theirs = Trainer(spec, replace(training, kernel="numpy", evaluate_every=1), data, seed)
    worst = 0.0
    for _ in range(epochs):
        ours = _compiled(spec, training, data, theirs)
        expected, got = theirs.train_epoch(), ours.train_epoch()
        assert expected is not None
        assert got is not None
        pairs = {
            "θ": (ours.state.theta, theirs.state.theta),
            "update": (ours.update, theirs.update),
            "gradient": (ours.gradient, theirs.gradient),
            "gradient norms": (got.gradient_norms, expected.gradient_norms),
            **{
                name: (ours.state.moments[name], moment)
                for name, moment in theirs.state.moments.items()
            },
            **{
                name: (getattr(got, name), getattr(expected, name))
                for name in ("train_loss", "test_loss", "penalty")
            },
        }
        far = {name: apart(*pair, SIZE[spec.dtype]) for name, pair in pairs.items()}
        worst = max(worst, *far.values())
        assert worst < CLOSE[spec.dtype], far
        np.testing.assert_equal(got.train_accuracy, expected.train_accuracy)
        np.testing.assert_equal(got.test_accuracy, expected.test_accuracy)
        for name in ("epoch", "batch", "steps"):
            assert getattr(ours.state, name) == getattr(theirs.state, name)
        assert ours.gradient_batch == theirs.gradient_batch
        assert ours.rate == theirs.rate
        held = ~ours.layout.trainable()
        assert not ours.update[held].any()
        assert not ours.gradient[~ours.layout.present()].any()
    return worst


def _compiled(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, like: Trainer
) -> Trainer:
    trainer = Trainer(
        spec,
        replace(training, kernel="compiled", evaluate_every=1),
        data,
        state=like.state.copy(),
    )
    assert trainer.kernel.name == "compiled", trainer.kernel.why
    return trainer
