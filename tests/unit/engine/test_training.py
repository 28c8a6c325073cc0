"""The trainer: batches, order, updates, masks, changes while training, and stopping."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.initializers import Explicit
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId, stack
from bpviz.engine.stopping import Epochs, ErrorBelow, NoBetter
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, data, random_data


def line(**settings: Any) -> Trainer:
    """out = w x + b from w = b = 0, half squared error, learning rate 0.1."""
    spec = stack(1, 1, output="identity", initializer=Explicit((0.0,), (0.0,)))
    training = TrainingConfig(**{"loss": "half_squared", "learning_rate": 0.1, **settings})
    return Trainer(spec, training, data([[1.0], [2.0], [3.0]], [[1.0], [1.0], [4.0]]))


def after_epoch(rows: list[list[int]], reduction: str) -> list[float]:
    """w and b after one epoch over these batches, worked out sample by sample."""
    x, t, w, b = [1.0, 2.0, 3.0], [1.0, 1.0, 4.0], 0.0, 0.0
    for batch in rows:
        errors = [w * x[k] + b - t[k] for k in batch]
        scale = 0.1 / (len(batch) if reduction == "mean" else 1)
        w -= scale * sum(e * x[k] for e, k in zip(errors, batch, strict=True))
        b -= scale * sum(errors)
    return [w, b]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("update", "rows"),
    [
        ("sample", [[0], [1], [2]]),
        ("fixed", [[0, 1], [2]]),
        ("full", [[0, 1, 2]]),
    ],
)
def test_a_last_smaller_batch_goes_by_its_own_size(
    update: str, rows: list[list[int]], reduction: str
) -> None:
    trainer = line(update=update, batch_size=2, reduction=reduction)
    assert trainer.batches == len(rows)
    trainer.train_epoch()
    np.testing.assert_allclose(trainer.state.theta, after_epoch(rows, reduction), rtol=1e-14)
    assert (trainer.state.epoch, trainer.state.batch, trainer.state.steps) == (1, 0, len(rows))


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    trainer = line(update="fixed", batch_size=100)
    trainer.train_epoch()
    np.testing.assert_allclose(trainer.state.theta, after_epoch([[0, 1, 2]], "mean"), rtol=1e-14)


def test_mini_batches_take_every_sample_once_in_an_order_of_their_own() -> None:
    trainer = Trainer(stack(2, 1), TrainingConfig(batch_size=10), random_data(25, 2, 1), seed=3)
    orders = []
    for _ in range(3):
        order = [trainer.batch_samples(batch).tolist() for batch in range(trainer.batches)]
        assert [len(batch) for batch in order] == [10, 10, 5]
        orders.append([sample for batch in order for sample in batch])
        trainer.train_epoch()
    assert all(sorted(order) == list(range(25)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    other = Trainer(stack(2, 1), TrainingConfig(batch_size=10), random_data(25, 2, 1), seed=4)
    assert other.batch_samples(0).tolist() != orders[0][:10]


def test_fixed_batches_keep_their_order() -> None:
    trainer = line(update="fixed", batch_size=2)
    for _ in range(2):
        assert [trainer.batch_samples(k).tolist() for k in range(2)] == [[0, 1], [2]]
        trainer.train_epoch()


def test_the_error_shown_is_of_the_weights_at_the_end_of_the_epoch() -> None:
    trainer = line(update="sample")
    metrics = trainer.train_epoch()
    w, b = after_epoch([[0], [1], [2]], "mean")
    error = sum(0.5 * (w * x + b - t) ** 2 for x, t in ((1, 1), (2, 1), (3, 4))) / 3
    assert metrics.epoch == 1
    assert metrics.train_loss == pytest.approx(error, rel=1e-14)
    assert math.isnan(metrics.test_loss)
    assert math.isnan(metrics.train_accuracy)


def test_the_penalty_stands_beside_the_error() -> None:
    trainer = line(update="full", l1=0.5, l2=0.25)
    trainer.state.theta[:] = [-2.0, 3.0]
    metrics = trainer.evaluate()
    assert metrics.penalty == 0.5 * 2 + 0.5 * 0.25 * 4
    assert metrics.train_loss == pytest.approx((0.5 * 0 + 0.5 * 4 + 0.5 * 49) / 3)
    # ∂E/∂w = mean((out - t) x), out = 1, -1, -3; the bias has no penalty.
    gradient = [(0 * 1 - 2 * 2 - 7 * 3) / 3 - 0.5 - 0.25 * 2, (0 - 2 - 7) / 3]
    np.testing.assert_allclose(trainer.whole_gradient(), gradient, rtol=1e-14)


def test_the_whole_gradient_leaves_the_last_batch_in_place() -> None:
    trainer = line(update="sample")
    trainer.train_batch()
    gradient = trainer.gradient.copy()
    trainer.whole_gradient()
    assert trainer.gradient.tolist() == gradient.tolist() == [-1.0, -1.0]
    assert trainer.gradient_batch == (0, 0)
    assert trainer.update.tolist() == [0.1, 0.1]


def test_the_whole_gradient_of_a_large_network_comes_in_pieces() -> None:
    inputs = np.zeros((5, 300_000))
    inputs[:, 0] = [1.0, 2.0, 3.0, 4.0, 5.0]
    spec = stack(300_000, 1, output="identity")
    training = TrainingConfig(loss="half_squared", l2=0.5)
    trainer = Trainer(spec, training, data(inputs, np.full((5, 1), 2.0)), seed=1)
    trainer.state.theta[:] = 0.0
    trainer.state.theta[:2] = [1.0, 4.0]
    gradient = trainer.whole_gradient()
    # out - t = -1, 0, 1, 2, 3
    assert gradient[0] == pytest.approx((-1 + 0 + 3 + 8 + 15) / 5 + 0.5)
    assert gradient[1] == 2.0
    assert gradient[-1] == pytest.approx(1.0)


def test_gradient_norms_are_those_of_the_last_batch() -> None:
    trainer = line(update="full")
    assert all(map(math.isnan, trainer.evaluate().gradient_norms))
    metrics = trainer.train_epoch()
    assert metrics.gradient_norms == pytest.approx((math.hypot(15 / 3, 6 / 3),))


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "adam"])
def test_frozen_and_missing_parameters_rest(optimizer: str) -> None:
    frozen, gone = ParameterId("h", 0, "e", 1), ParameterId("o", 1, "b", 0)
    spec = branching(frozen=frozenset({frozen}), missing=frozenset({gone}))
    spec = spec.with_layer(replace(spec.layer("e"), bias_trained=False))
    training = TrainingConfig(optimizer=optimizer, l1=0.01, l2=0.01, batch_size=4)
    trainer = Trainer(spec, training, random_data(10, 3, 2), 1)
    before = trainer.state.theta.copy()
    trainer.run(3)
    at = [trainer.layout.index_of(p) for p in (frozen, gone, ParameterId("e", -1))]
    assert trainer.state.theta[at].tolist() == before[at].tolist()
    assert trainer.update[at].tolist() == [0, 0, 0]
    for moment in trainer.state.moments.values():
        assert moment[at].tolist() == [0, 0, 0]
    assert (trainer.gradient[at] != 0).tolist() == [True, False, True]
    assert (np.delete(trainer.state.theta != before, at)).all()


def test_freezing_clears_the_moments_at_once() -> None:
    spec = stack(2, 2, 1)
    training = TrainingConfig(optimizer="momentum")
    samples = random_data(10, 2, 1)
    trainer = Trainer(spec, training, samples, 1)
    trainer.run(1)
    frozen = replace(spec, frozen=frozenset({ParameterId("h", 0, "i", 0)}))
    again = Trainer(frozen, training, samples, state=trainer.state)
    velocity = again.state.moments["velocity"]
    assert velocity[0] == 0.0
    assert (velocity[1:] != 0).all()


def test_a_connection_that_goes_missing_is_zero_at_once() -> None:
    spec, samples = stack(2, 2, 1), random_data(10, 2, 1)
    state = Trainer(spec, TrainingConfig(), samples, 1).state
    gone = replace(spec, missing=frozenset({ParameterId("h", 0, "i", 0)}))
    trainer = Trainer(gone, TrainingConfig(), samples, state=state)
    assert trainer.state.theta[0] == trainer.state.initial_theta[0] == 0.0


def test_another_optimiser_starts_with_moments_and_steps_of_its_own() -> None:
    samples = random_data(10, 2, 1)
    trainer = Trainer(stack(2, 1), TrainingConfig(optimizer="momentum"), samples, 1)
    trainer.run(5)
    theta = trainer.state.theta.copy()
    trainer.set_training(TrainingConfig(optimizer="adam", learning_rate=0.25, update="full"))
    assert {name: m.any() for name, m in trainer.state.moments.items()} == {
        "first": False,
        "second": False,
    }
    trainer.train_batch()
    # The first step of Adam has the size of the learning rate.
    np.testing.assert_allclose(np.abs(trainer.state.theta - theta), 0.25, rtol=1e-5)


def test_another_rate_keeps_the_moments_and_the_place_in_the_epoch() -> None:
    samples = random_data(30, 2, 1)
    training = TrainingConfig(optimizer="momentum")
    trainer = Trainer(stack(2, 1), training, samples, 1)
    trainer.train_batch()
    velocity = trainer.state.moments["velocity"].copy()
    trainer.set_training(replace(training, learning_rate=0.5, l2=0.1))
    assert trainer.state.moments["velocity"].tolist() == velocity.tolist()
    assert (trainer.state.batch, trainer.state.steps) == (1, 1)


@pytest.mark.parametrize("change", [{"batch_size": 3}, {"update": "full"}, {"update": "sample"}])
def test_other_batches_start_the_epoch_over(change: dict[str, Any]) -> None:
    training = TrainingConfig(batch_size=5)
    trainer = Trainer(stack(2, 1), training, random_data(30, 2, 1), 1)
    trainer.train_epoch()
    trainer.train_batch()
    trainer.set_training(replace(training, **change))
    assert (trainer.state.epoch, trainer.state.batch) == (1, 0)
    steps = trainer.state.steps
    trainer.train_epoch()
    assert (
        trainer.state.steps - steps
        == trainer.batches
        == {3: 10, 30: 1, 1: 30}[trainer.training.rows_per_batch(30)]
    )


def test_a_state_further_on_than_the_epoch_is_long_starts_it_over() -> None:
    samples = random_data(30, 2, 1)
    trainer = Trainer(stack(2, 1), TrainingConfig(batch_size=5), samples, 1)
    for _ in range(4):
        trainer.train_batch()
    again = Trainer(stack(2, 1), TrainingConfig(batch_size=10), samples, state=trainer.state)
    assert again.state.batch == 0
    assert again.train_epoch() is not None


def test_settings_that_do_not_suit_change_nothing() -> None:
    trainer = line()
    before = trainer.training
    with pytest.raises(SettingError, match="needs softmax outputs"):
        trainer.set_training(TrainingConfig(loss="categorical_cross_entropy", optimizer="adam"))
    assert trainer.training is before
    assert trainer.state.moments == {}


def test_run_stops_at_the_epoch_or_at_a_rule() -> None:
    seen: list[EpochMetrics] = []
    assert line().run(3, seen.append) == "3 epochs are done"
    assert [metrics.epoch for metrics in seen] == [1, 2, 3]
    trainer = line(stop=(ErrorBelow(0.4), Epochs(40)))
    assert "the training error" in trainer.run(100)
    assert trainer.evaluate().train_loss < 0.4
    assert trainer.state.epoch < 40
    assert line(stop=(Epochs(4),)).run(100) == "4 epochs are done"


def test_rules_keep_their_memory_in_the_state() -> None:
    # A vanishing rate: the error is best at first and then stays where it is in all digits.
    trainer = line(learning_rate=1e-300, stop=(Epochs(100), NoBetter(3)))
    assert trainer.run(50) == (
        "the training error has not improved for 3 epochs; the best was after epoch 1"
    )
    assert trainer.state.epoch == 4
    assert trainer.state.stopping["1-no_better"]["epoch"] == 1.0


def test_metrics_come_at_the_declared_cadence() -> None:
    seen: list[int] = []
    line(evaluate_every=3, stop=(Epochs(4),)).run(20, lambda metrics: seen.append(metrics.epoch))
    assert seen == [3, 6]


@pytest.mark.parametrize("loss", ["half_squared", "binary_cross_entropy"])
def test_float32_is_float32_throughout_and_agrees(loss: str) -> None:
    training = TrainingConfig(
        loss=loss, optimizer="adam", l1=0.001, l2=0.01, batch_size=7, learning_rate=0.01
    )
    samples = random_data(20, 3, 2)
    double = Trainer(branching(), training, samples, 2)
    single = Trainer(branching(dtype="float32"), training, samples, 2)
    double.run(5)
    single.run(5)
    state = single.state
    arrays = [state.theta, state.initial_theta, *state.moments.values()]
    arrays += [single.gradient, single.update, single.whole_gradient()]
    assert {array.dtype for array in arrays} == {np.dtype("float32")}
    np.testing.assert_allclose(state.theta, double.state.theta, atol=1e-4)


def test_the_given_data_is_left_alone() -> None:
    samples = random_data(20, 3, 2)
    copy = samples.train.inputs.copy(), samples.train.targets.copy()
    Trainer(branching(), TrainingConfig(), samples, 2).run(2)
    np.testing.assert_array_equal(samples.train.inputs, copy[0])
    np.testing.assert_array_equal(samples.train.targets, copy[1])
