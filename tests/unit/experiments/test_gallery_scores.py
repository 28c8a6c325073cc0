"""What the texts of the gallery promise, tested over five seeds, not on the one that is shown."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.training import Trainer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option

# The seed that is shown, and those that `bpviz train --seeds 5` goes on with.
SEEDS = (7, 8, 9, 10, 11)
TANH = [f"network.layers.{layer}.activation=tanh" for layer in ("h1", "h2")]


def trained(name: str, seed: int, *options: str) -> Trainer:
    """The experiment after its own number of epochs, or when its stop rule speaks."""
    experiment = replace(gallery_experiment(name), seed=seed)
    for option in options:
        experiment = set_option(experiment, option)
    trainer = experiment.trainer()
    trainer.run(experiment.epochs)
    return trainer


def mean(name: str, score: Callable[[EpochMetrics], float], *options: str) -> float:
    scores = [score(trained(name, seed, *options).evaluate()) for seed in SEEDS]
    return float(np.mean(scores))


def train_accuracy(metrics: EpochMetrics) -> float:
    return metrics.train_accuracy


def test_accuracy(metrics: EpochMetrics) -> float:
    return metrics.test_accuracy


test_accuracy.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_point_of_the_two_spirals(seed: int) -> None:
    assert trained("two-spirals", seed).evaluate().train_accuracy == 1.0


def test_two_spirals_with_tanh() -> None:
    assert 0.65 < mean("two-spirals", train_accuracy, *TANH) < 0.85


@pytest.mark.parametrize(
    ("name", "share", "learned"),
    [("iris", 0.96, 0.97), ("wine", 0.98, 1.0), ("penguins", 0.99, 0.99), ("shapes", 0.96, 1.0)],
)
def test_share_of_the_test_part(name: str, share: float, learned: float) -> None:
    scores = [trained(name, seed).evaluate() for seed in SEEDS]
    assert np.mean([s.test_accuracy for s in scores]) == pytest.approx(share, abs=0.01)
    assert np.mean([s.train_accuracy for s in scores]) >= learned


def test_wine_needs_its_scaling() -> None:
    assert mean("wine", test_accuracy, "data.scaling=none") < 0.75


@pytest.mark.parametrize(
    ("options", "learned", "share"),
    [([], (0.88, 0.96), (0.83, 0.89)), (["network.layers.h.dropout=0"], (0.99, 1), (0.74, 0.8))],
)
def test_dropout_keeps_wrong_labels_out(
    options: list[str], learned: tuple[float, float], share: tuple[float, float]
) -> None:
    for seed in SEEDS:
        metrics = trained("dropout", seed, *options).evaluate()
        assert learned[0] <= metrics.train_accuracy <= learned[1]
        assert share[0] <= metrics.test_accuracy <= share[1]


def best_accuracy(trainer: Trainer) -> float:
    assert trainer.state.best_theta is not None
    trainer.state.theta[:] = trainer.state.best_theta
    return trainer.evaluate().test_accuracy


def test_early_stopping() -> None:
    stopped = [trained("early-stopping", seed) for seed in SEEDS]
    assert all(60 < trainer.state.epoch < 400 for trainer in stopped)
    best = [best_accuracy(trainer) for trainer in stopped]
    assert np.mean(best) == pytest.approx(0.92, abs=0.015)
    on = [trained("early-stopping", seed, "training.stop=[]") for seed in SEEDS]
    assert all(trainer.state.epoch == 600 for trainer in on)
    scores = [trainer.evaluate() for trainer in on]
    assert np.mean([score.test_accuracy for score in scores]) == pytest.approx(0.75, abs=0.02)
    assert np.mean([score.train_accuracy for score in scores]) > 0.85
    pairs = zip(best, scores, strict=True)
    assert all(before > after.test_accuracy + 0.05 for before, after in pairs)


def test_l1_finds_the_five_inputs_that_matter() -> None:
    for seed in SEEDS:
        trainer = trained("l1-sparsity", seed)
        block = trainer.layout.block("h", "x")
        assert block is not None
        weights = np.abs(block.view(trainer.state.theta))
        assert np.mean(weights < 0.01) > 0.5
        assert np.square(weights[:, 5:]).sum() < 0.05 * np.square(weights).sum()
        without = trained("l1-sparsity", seed, "training.l1=0").evaluate()
        assert trainer.evaluate().test_loss < 0.5 * without.test_loss
