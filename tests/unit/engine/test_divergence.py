"""Infinity is noticed in the epoch where it comes up, and the last finite state comes back."""

from typing import Any

import numpy as np
import pytest

from bpviz.engine.divergence import LastFinite, is_finite
from bpviz.engine.initializers import Explicit
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training import NonFiniteError, Trainer
from bpviz.engine.training_config import KernelChoice, TrainingConfig
from tests.unit.engine.samples import data, random_data


def diverging(**settings: Any) -> Trainer:
    """A linear unit whose error grows by a factor of 1e20 or so with every epoch."""
    training = TrainingConfig(
        **{"loss": "half_squared", "learning_rate": 1e10, "update": "full", **settings}
    )
    spec = stack(1, 1, output="identity", initializer=Explicit((1.0,), (0.0,)))
    return Trainer(spec, training, data([[1.0], [2.0]], [[0.0], [0.0]]))


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum"])
@pytest.mark.parametrize("update", ["full", "sample", "mini-batch"])
def test_the_last_finite_state_comes_back(optimizer: str, update: str) -> None:
    settings = {"optimizer": optimizer, "update": update, "batch_size": 1}
    trainer, twin = diverging(**settings), diverging(**settings)
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(100)
    error, state = caught.value, trainer.state
    assert 2 <= error.epoch <= 40
    assert error.restored == state.epoch == error.epoch - 1
    assert error.layer == "o"
    twin.run(error.restored)
    assert twin.evaluate().finite
    assert state.theta.tobytes() == twin.state.theta.tobytes()
    assert {n: m.tobytes() for n, m in state.moments.items()} == {
        n: m.tobytes() for n, m in twin.state.moments.items()
    }
    assert (state.batch, state.steps) == (0, twin.state.steps)
    assert trainer.evaluate().finite
    assert not trainer.gradient.any()
    assert not trainer.update.any()
    assert trainer.gradient_batch is None


def test_the_sentence_says_where_and_what_to_try() -> None:
    error = NonFiniteError(5, "h1", 4)
    assert str(error) == (
        "the error became infinite in epoch 5, first in layer h1; the weights are those after "
        "epoch 4 again; try a smaller learning rate, or standardise the data"
    )
    assert "the weights are the initial ones again" in str(NonFiniteError(1, "o", 0))


def test_between_evaluations_the_last_evaluated_state_comes_back() -> None:
    trainer, twin = diverging(evaluate_every=6), diverging()
    with pytest.raises(NonFiniteError) as often:
        twin.run(1000)
    failing = often.value.epoch
    assert failing % 6 not in (0, 1)
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(1000)
    assert caught.value.restored == trainer.state.epoch == failing // 6 * 6
    # Weights overflow later than the error does; what matters is that all is finite again.
    assert caught.value.epoch >= failing
    assert trainer.evaluate().finite
    expected = diverging()
    expected.run(trainer.state.epoch)
    assert trainer.state.theta.tobytes() == expected.state.theta.tobytes()


def test_a_bad_first_epoch_leads_back_to_the_start() -> None:
    trainer = diverging(learning_rate=1e300)
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(3)
    assert (caught.value.epoch, caught.value.restored) == (1, 0)
    assert trainer.state.theta.tolist() == [1.0, 0.0]


def test_training_can_go_on_after_a_smaller_rate() -> None:
    trainer = diverging()
    with pytest.raises(NonFiniteError):
        trainer.run(100)
    trainer.set_training(TrainingConfig(loss="half_squared", learning_rate=0.1, update="full"))
    before = trainer.evaluate().train_loss
    trainer.run(trainer.state.epoch + 10)
    assert trainer.evaluate().train_loss < before


def test_infinite_weights_count_where_the_error_stays_finite() -> None:
    """Saturated units hide an infinite weight from the error."""
    start = Explicit((0.0, 1.0), (0.0, 0.0))
    spec = stack(1, 1, 1, output="identity", dtype="float32", initializer=start)
    training = TrainingConfig(loss="half_squared", learning_rate=1e10, update="full")
    # ∂E/∂w of i → h is -1e30, so that its step overflows float32; tanh(∞) is 1.
    trainer = Trainer(spec, training, data([[1e30]], [[1.0]]))
    with pytest.raises(NonFiniteError) as caught:
        trainer.train_epoch()
    assert (caught.value.epoch, caught.value.layer) == (1, "h")
    assert trainer.state.theta.tolist() == [0.0, 0.0, 1.0, 0.0]
    trainer.state.theta[:] = [np.inf, 0.0, 1.0, 0.0]
    assert trainer.evaluate().finite


@pytest.mark.parametrize(("kernel", "pull"), [("numpy", 1e20), ("auto", 1e22)])
def test_infinite_moments_count(kernel: KernelChoice, pull: float) -> None:
    """Adam's second moment overflows in float32 long before anything else, and then rests.

    NumPy's already on the way to it; the compiled epoch rounds to float32 when it is done.
    """
    spec = stack(1, 1, output="identity", dtype="float32", initializer=Explicit((1.0,), (0.0,)))
    training = TrainingConfig(
        loss="half_squared", optimizer="adam", update="full", l2=pull, kernel=kernel
    )
    trainer = Trainer(spec, training, data([[1.0]], [[0.0]]))
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(3)
    assert caught.value.epoch == 1
    assert not trainer.state.moments["second"].any()


def test_the_layer_is_the_one_where_it_began() -> None:
    """Net inputs of h2 overflow to infinity; h1 before it stays finite until the deltas arrive."""
    spec: NetworkSpec = stack(
        1,
        1,
        1,
        1,
        hidden="identity",
        output="identity",
        initializer=Explicit((1e200, 1e200, 1.0), (0.0, 0.0, 0.0)),
    )
    trainer = Trainer(spec, TrainingConfig(loss="half_squared"), data([[1.0]], [[0.0]]))
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(1)
    assert caught.value.layer == "h2"


def test_the_layer_of_an_overflow_on_the_way_back() -> None:
    """Outputs are finite: 1e200 · 1e-250 · 1e200; ∂E/∂w of i → h is not: 1e150 · 1e200 · 1e200."""
    spec = stack(
        1,
        1,
        1,
        hidden="identity",
        output="identity",
        initializer=Explicit((1e-250, 1e200), (0.0, 0.0)),
    )
    samples = data([[1e200]], [[0.0]])
    training = TrainingConfig(loss="half_squared", learning_rate=1.0)
    trainer = Trainer(spec, training, samples)
    with pytest.raises(NonFiniteError) as caught:
        trainer.run(1)
    assert caught.value.layer == "h"


@pytest.mark.parametrize(
    ("values", "finite"),
    [
        ([1.0, -1.0], True),
        ([1e308, 1e308], True),
        ([np.inf, 1.0], False),
        ([np.inf, -np.inf], False),
        ([np.nan, 1.0], False),
        ([], True),
    ],
)
def test_what_is_finite(values: list[float], finite: bool) -> None:
    assert is_finite(np.array(values)) is finite


def test_a_healthy_run_is_not_disturbed() -> None:
    trainer = Trainer(stack(2, 3, 1), TrainingConfig(), random_data(20, 2, 1), 1)
    assert trainer.run(20) == "20 epochs are done"


def test_a_large_state_is_remembered_every_few_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 4 parameters and 1 copied per step, every fourth update."""
    monkeypatch.setattr("bpviz.engine.divergence._COPIED_PER_STEP", 1)
    training = TrainingConfig(loss="half_squared", learning_rate=0.1, update="full")
    trainer = Trainer(stack(1, 1, 1), training, data([[1.0]], [[1.0]]))
    last = LastFinite(trainer.state)
    remembered = []
    for _ in range(10):
        trainer.train_epoch()
        last.follow(trainer.state)
        state = trainer.state.copy()
        last.restore(state)
        remembered.append(state.epoch)
    assert remembered == [0, 0, 0, 4, 4, 4, 4, 8, 8, 8]


def test_what_is_remembered_shares_nothing_that_changes() -> None:
    training = TrainingConfig(loss="half_squared", optimizer="adam", update="full")
    state = Trainer(stack(1, 1, 1), training, data([[1.0]], [[1.0]])).state
    last, before = LastFinite(state), state.copy()
    for array in (state.theta, *state.moments.values()):
        array.fill(7.0)
    last.restore(state)
    assert state.theta.tolist() == before.theta.tolist()
    assert all(not moment.any() for moment in state.moments.values())
