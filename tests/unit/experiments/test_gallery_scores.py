"""What the texts of the gallery promise, tested over five seeds, not on the one that is shown."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.training import Trainer
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option

SEEDS = (7, 1, 2, 3, 4)


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


def both_layers(setting: str) -> list[str]:
    return [f"network.layers.{layer}.{setting}" for layer in ("h1", "h2")]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_point_of_the_two_spirals(seed: int) -> None:
    assert trained("two-spirals", seed).evaluate().train_accuracy == 1.0


def test_two_spirals_with_tanh() -> None:
    assert 0.65 < mean("two-spirals", train_accuracy, *both_layers("activation=tanh")) < 0.85


@pytest.mark.parametrize(
    ("name", "share", "learned"),
    [("iris", 0.96, 0.97), ("wine", 0.98, 1.0), ("penguins", 0.98, 0.99), ("shapes", 0.96, 1.0)],
)
def test_share_of_the_test_part(name: str, share: float, learned: float) -> None:
    scores = [trained(name, seed).evaluate() for seed in SEEDS]
    assert np.mean([s.test_accuracy for s in scores]) == pytest.approx(share, abs=0.015)
    assert np.mean([s.train_accuracy for s in scores]) >= learned


def test_wine_needs_its_scaling() -> None:
    assert mean("wine", test_accuracy, "data.scaling=none") < 0.75


def test_dropout_keeps_wrong_labels_out() -> None:
    without = both_layers("dropout=0")
    assert mean("dropout", test_accuracy) == pytest.approx(0.94, abs=0.02)
    assert mean("dropout", test_accuracy, *without) == pytest.approx(0.87, abs=0.02)
    assert mean("dropout", train_accuracy, *without) > mean("dropout", train_accuracy) + 0.03


def best_accuracy(trainer: Trainer) -> float:
    assert trainer.state.best_theta is not None
    trainer.state.theta[:] = trainer.state.best_theta
    return trainer.evaluate().test_accuracy


def test_early_stopping() -> None:
    stopped = [trained("early-stopping", seed) for seed in SEEDS]
    assert all(60 < trainer.state.epoch < 300 for trainer in stopped)
    assert np.mean([best_accuracy(trainer) for trainer in stopped]) == pytest.approx(0.9, abs=0.02)
    on = [trained("early-stopping", seed, "training.stop=[]") for seed in SEEDS]
    assert all(trainer.state.epoch == 600 for trainer in on)
    scores = [trainer.evaluate() for trainer in on]
    assert np.mean([score.test_accuracy for score in scores]) == pytest.approx(0.74, abs=0.02)
    assert np.mean([score.train_accuracy for score in scores]) > 0.85


def test_l1_finds_the_five_inputs_that_matter() -> None:
    errors = []
    for seed in SEEDS:
        trainer = trained("l1-sparsity", seed)
        block = trainer.layout.block("h", "x")
        assert block is not None
        weights = np.abs(block.view(trainer.state.theta))
        assert np.mean(weights < 0.01) > 0.5
        assert weights[:, 5:].max() < 0.2 < 0.8 < weights[:, :5].max()
        errors.append(trainer.evaluate().test_loss)
    without = mean("l1-sparsity", lambda metrics: metrics.test_loss, "training.l1=0")
    assert np.mean(errors) == pytest.approx(without / 5, rel=0.25)
