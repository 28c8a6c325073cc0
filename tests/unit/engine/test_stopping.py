"""Stop rules: when they speak, and what they remember."""

import math
from dataclasses import replace

import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.stopping import (
    STOP_RULES,
    Epochs,
    ErrorBelow,
    GradientBelow,
    NoBetter,
    Rises,
    TimeLimit,
)
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, random_data

METRICS = EpochMetrics(5, 0.5, math.nan, math.nan, math.nan, 0.0, ())


def test_epochs() -> None:
    assert Epochs(6).reason(METRICS, {}) == ""
    assert Epochs(5).reason(METRICS, {}) == "5 epochs are done"
    assert Epochs(4).reason(METRICS, {}) == "4 epochs are done"


def test_error_below() -> None:
    assert ErrorBelow(0.5).reason(METRICS, {}) == ""
    assert ErrorBelow(0.51).reason(METRICS, {}) == "the training error 0.5 is below 0.51"
    assert ErrorBelow(0.51).reason(replace(METRICS, train_loss=math.nan), {}) == ""


def reasons(errors: list[tuple[float, float]], epochs: int) -> list[str]:
    rule, memory = NoBetter(epochs), {}
    return [
        rule.reason(replace(METRICS, epoch=epoch, train_loss=train, test_loss=test), memory)
        for epoch, (train, test) in enumerate(errors, 1)
    ]


def test_no_better_waits_for_a_better_test_error() -> None:
    spoken = reasons([(5, 9), (4, 8), (3, 8), (2, 7.9), (1, 8), (0, 8.1)], 2)
    assert spoken == [""] * 5 + ["the test error has not improved for 2 epochs"]


def test_without_a_test_part_the_training_error_counts() -> None:
    spoken = reasons([(5, math.nan), (4, math.nan), (4, math.nan)], 1)
    assert spoken == ["", "", "the training error has not improved for 1 epochs"]


def test_no_better_counts_epochs_not_looks() -> None:
    rule, memory = NoBetter(10), {}
    assert rule.reason(replace(METRICS, epoch=10), memory) == ""
    assert memory == {"best": 0.5, "epoch": 10.0}
    assert rule.reason(replace(METRICS, epoch=20), memory) != ""


def rising(times: int, errors: list[float]) -> list[str]:
    rule, memory = Rises(times), {}
    return [
        rule.reason(replace(METRICS, epoch=epoch, test_loss=error), memory)
        for epoch, error in enumerate(errors, 1)
    ]


def test_rises_must_follow_each_other() -> None:
    assert rising(2, [5, 6, 5, 6, 6, 7, 8]) == [""] * 6 + [
        "the test error has risen 2 times in a row"
    ]
    assert rising(1, [5, 6]) == ["", "the test error has risen once"]
    assert rising(1, [math.nan, math.nan, math.nan]) == [""] * 3
    assert Rises.keeps_best


def test_gradient_below_looks_at_all_layers_together() -> None:
    rule = GradientBelow(5.1)
    assert rule.reason(replace(METRICS, gradient_norms=(3.0, 4.0)), {}) == (
        "the norm 5 of the gradient is below 5.1"
    )
    assert GradientBelow(5.0).reason(replace(METRICS, gradient_norms=(3.0, 4.0)), {}) == ""
    for unknown in ((), (math.nan, 0.0), (math.inf, math.nan)):
        assert rule.reason(replace(METRICS, gradient_norms=unknown), {}) == ""


def test_time_is_measured_only_for_a_rule_that_asks() -> None:
    assert TimeLimit(2).reason(replace(METRICS, seconds=1.9), {}) == ""
    assert TimeLimit(2.5).reason(replace(METRICS, seconds=2.5), {}) == (
        "2.5 seconds of training are over"
    )
    assert TimeLimit(1).reason(replace(METRICS, seconds=2), {}) == ("1 second of training is over")
    assert [kind for kind in STOP_RULES if not STOP_RULES[kind].reproducible] == ["time"]
    data = random_data(6, 3, 2)
    for rules, runs in (((), False), ((TimeLimit(1e-9),), True)):
        trainer = Trainer(branching(), TrainingConfig(loss="half_squared", stop=rules), data)
        assert trainer.training.is_reproducible != runs
        reason = trainer.run(2)
        assert (trainer.state.seconds > 0) == runs == ("1e-09 seconds" in reason)
        assert (trainer.state.epoch == 1) == runs


def test_time_is_counted_from_when_the_rules_were_set() -> None:
    training = TrainingConfig(loss="half_squared", stop=(TimeLimit(1e9),))
    trainer = Trainer(branching(), training, random_data(6, 3, 2))
    trainer.run(2)
    trainer.set_training(replace(training, learning_rate=0.1))
    assert trainer.state.seconds > 0
    trainer.set_training(replace(training, stop=(TimeLimit(1e8),)))
    assert trainer.state.seconds == 0


# The best weights


def overfitting(*rules: object, **settings: object) -> Trainer:
    """Few samples, many steps: the test error falls and then rises."""
    training = TrainingConfig(
        loss="half_squared",
        optimizer="adam",
        learning_rate=0.05,
        update="full",
        stop=rules,
        **settings,
    )
    return Trainer(branching(), training, random_data(6, 3, 2, seed=4), 3)


def test_the_best_weights_are_kept_and_named() -> None:
    trainer = overfitting(NoBetter(20))
    errors, thetas = [], []

    def note(metrics: EpochMetrics) -> None:
        errors.append(metrics.test_loss)
        thetas.append(trainer.state.theta.copy())

    reason = trainer.run(2000, note)
    best = errors.index(min(errors))
    state = trainer.state
    assert (state.best_epoch, state.best_error) == (best + 1, min(errors))
    assert state.best_theta is not None
    assert state.best_theta.tolist() == thetas[best].tolist() != state.theta.tolist()
    assert len(errors) == best + 21
    assert reason == (
        f"the test error has not improved for 20 epochs; the best was after epoch {best + 1}"
    )
    again = TrainerState.from_arrays(state.to_arrays())
    assert again.best_theta is not None
    assert again.best_theta.tolist() == state.best_theta.tolist()
    assert (again.best_epoch, again.best_error) == (state.best_epoch, state.best_error)


def test_any_rule_names_them_when_one_keeps_them() -> None:
    reason = overfitting(Epochs(200), Rises(500)).run(300)
    assert reason.startswith("200 epochs are done; the best was after epoch ")
    assert overfitting(Epochs(200)).run(300) == "200 epochs are done"
    assert overfitting(Epochs(1), Rises(500)).run(300) == "1 epoch is done"


@pytest.mark.parametrize("change", [{"stop": ()}, {"loss": "squared"}])
def test_they_are_forgotten_with_the_rule_and_with_the_error(change: dict[str, object]) -> None:
    trainer = overfitting(NoBetter(500))
    trainer.run(5)
    trainer.set_training(replace(trainer.training, learning_rate=0.01))
    assert trainer.state.best_theta is not None
    trainer.set_training(replace(trainer.training, **change))
    assert trainer.state.best_theta is None
    assert math.isnan(trainer.state.best_error)


def test_the_registry() -> None:
    assert list(STOP_RULES) == [
        "epochs",
        "error_below",
        "no_better",
        "rises",
        "gradient_below",
        "time",
    ]
