"""Schedules: their factors by hand, what they multiply, and what they remember."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.optimizers import Adam, GradientDescent, Momentum
from bpviz.engine.schedules import (
    SCHEDULES,
    Constant,
    CosineRestarts,
    CosineWarmUp,
    Exponential,
    InverseTime,
    LinearWarmUp,
    OneCycle,
    Piecewise,
    Plateau,
    Schedule,
    Steps,
    factor_at,
)
from bpviz.engine.settings import SettingError, from_dict, to_dict
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, random_data

METRICS = EpochMetrics(5, 0.5, math.nan, math.nan, math.nan, 0.0, ())


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        (Constant(), {0: 1, 7: 1}),
        (Steps(10, 0.5), {0: 1, 9: 1, 10: 0.5, 29: 0.25, 30: 0.125}),
        (Piecewise((2, 5), (0.5, 2.0)), {0: 1, 1: 1, 2: 0.5, 4: 0.5, 5: 2, 99: 2}),
        (Piecewise((0, 5, 9), (0.5,)), {0: 0.5, 5: 0.5, 9: 0.5}),
        (Piecewise((), ()), {0: 1, 9: 1}),
        (Exponential(0.25), {0: 1, 0.5: 0.5, 2: 0.0625}),
        (InverseTime(0.5), {0: 1, 2: 0.5, 6: 0.25}),
        (CosineRestarts(8), {0: 1, 4: 0.5, 8 * 2 / 3: 0.25, 8: 1, 12: 0.5, 16: 1}),
        (CosineRestarts(4, 3, 0.5), {0: 1, 2: 0.75, 4: 1, 10: 0.75, 16: 1, 34: 0.75, 52: 1}),
        (LinearWarmUp(4, 0.2), {0: 0.2, 1: 0.4, 2.5: 0.7, 4: 1, 50: 1}),
        (CosineWarmUp(6, 0.5), {0: 0.5, 2: 0.625, 3: 0.75, 6: 1, 50: 1}),
        (OneCycle(10, 0.4, 0.2, 1.0, 0.1), {0: 0.2, 2: 0.6, 4: 1, 7: 0.55, 10: 0.1, 99: 0.1}),
        (OneCycle(10, 0.5, 1.0, 0.9, 1.0), {0: 1, 2.5: 0.95, 5: 0.9, 10: 1}),
    ],
    ids=repr,
)
def test_by_hand(schedule: Schedule, factors: dict[float, float]) -> None:
    for time, factor in factors.items():
        assert schedule.factor(time, {}) == pytest.approx(factor, abs=1e-12), time


@pytest.mark.parametrize("kind", SCHEDULES)
def test_factors_are_finite_at_any_time(kind: str) -> None:
    schedule = SCHEDULES.make(kind)
    assert schedule.formula
    for time in (0, 0.5, 1, 99.9, 1e4, 1e7):
        assert 0 <= schedule.factor(time, {}) <= 1


def test_what_a_list_must_be() -> None:
    with pytest.raises(SettingError, match=r"^epochs: the epochs must rise from 0 or later"):
        Piecewise(epochs=(5, 5))
    with pytest.raises(SettingError, match=r"^epochs: .* got -1, 3"):
        Piecewise(epochs=(-1, 3))
    with pytest.raises(SettingError, match=r"^factors: .*there are 3 factors and 2 epochs"):
        Piecewise((1, 2), (1.0, 0.5, 0.1))
    with pytest.raises(SettingError, match=r"^factors: factors must be at least 0, got -1"):
        Piecewise((1,), (-1.0,))


def test_from_a_file_and_back() -> None:
    table = {
        "rate_schedule": [
            "linear_warm_up",
            {"kind": "piecewise", "epochs": [3, 9], "factors": [0.5, 0.1]},
        ]
    }
    training = from_dict(TrainingConfig, table)
    assert training.rate_schedule == (LinearWarmUp(), Piecewise((3, 9), (0.5, 0.1)))
    assert to_dict(training) == table


def test_several_multiply_and_only_continuous_ones_see_fractions() -> None:
    both = (Steps(2, 0.5), InverseTime(1.0))
    assert factor_at(both, "rate", 3, 0.5, {}) == pytest.approx(0.5 / 4.5)
    assert factor_at((), "rate", 3, 0.5, {}) == 1.0


def watched(schedule: Plateau, errors: list[float]) -> list[float]:
    memory: dict[str, float] = {}
    factors = []
    for error in errors:
        schedule.observe(replace(METRICS, test_loss=error), memory)
        factors.append(schedule.factor(0, memory))
    return factors


def test_a_plateau_by_hand() -> None:
    # 4 is better; 3.7 is not better by a tenth, nor is 4; the third in a row is one too many.
    schedule = Plateau(0.5, patience=2, threshold=0.1, lowest=0.2)
    errors = [5, 4, 3.7, 4, 3.9, 3.5, 9, 9, 9, 9, 9, 9]
    halves = [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2]
    assert watched(schedule, errors) == halves
    # After a fall two measurements do not count.
    assert watched(Plateau(0.5, 0, 0, cooldown=2), [1] * 8) == [
        1,
        0.5,
        0.5,
        0.5,
        0.25,
        0.25,
        0.25,
        0.125,
    ]
    assert watched(Plateau(0.5, 0), [math.nan, math.nan]) == [1, 0.5]


def running(state: TrainerState | None = None, **settings: object) -> Trainer:
    training = TrainingConfig(
        **{"loss": "half_squared", "learning_rate": 0.4, "batch_size": 4, **settings}
    )
    return Trainer(branching(), training, random_data(10, 3, 2), 6, state)


def test_the_rate_of_every_step() -> None:
    trainer = running(rate_schedule=(Exponential(0.5), Steps(1, 0.1)))
    for step in range(7):
        before = trainer.state.theta.copy()
        trainer.train_batch()
        rate = 0.4 * 0.5 ** (step / 3) * 0.1 ** (step // 3)
        assert trainer.rate == pytest.approx(rate, rel=1e-14)
        np.testing.assert_allclose(
            trainer.state.theta - before, -rate * trainer.gradient, rtol=1e-9, atol=1e-16
        )


def test_the_momentum_of_every_step() -> None:
    trainer = running(optimizer=Momentum(0.8), momentum_schedule=(LinearWarmUp(2, 0.0),))
    velocity = np.zeros_like(trainer.gradient)
    for step in range(9):
        scheduled = trainer.step_settings().optimizer
        assert scheduled.momentum == pytest.approx(0.8 * min(1, step / 6), rel=1e-14)
        trainer.train_batch()
        velocity = 0.8 * min(1, step / 6) * velocity - 0.4 * trainer.gradient
        np.testing.assert_allclose(trainer.update, velocity, rtol=1e-12)


def test_without_schedules_nothing_is_made_anew() -> None:
    trainer = running(optimizer=Adam())
    assert trainer.step_settings() is trainer.step_settings()
    plain = running(optimizer=GradientDescent(), momentum_schedule=(LinearWarmUp(2, 0.0),))
    assert plain.step_settings().optimizer is plain.training.optimizer


def test_a_plateau_is_remembered_by_the_state_and_forgotten_with_the_schedule() -> None:
    settings = {
        "rate_schedule": (Constant(), Plateau(0.5, 1, 0.9)),
        "momentum_schedule": (Plateau(),),
    }
    trainer = running(**settings)
    trainer.run(6)
    memory = trainer.state.schedules["rate-1-plateau"]
    assert memory["factor"] < 0.5
    assert "factor" not in trainer.state.schedules["momentum-0-plateau"]
    assert trainer.step_settings().rate == 0.4 * memory["factor"]
    again = running(TrainerState.from_arrays(trainer.state.to_arrays()), **settings)
    assert again.step_settings().rate == trainer.step_settings().rate
    again.run(12)
    trainer.run(12)
    assert again.state.theta.tobytes() == trainer.state.theta.tobytes()
    trainer.set_training(replace(trainer.training, learning_rate=0.1))
    assert trainer.step_settings().rate < 0.1
    anew = (Constant(), Plateau(0.5, 1))
    trainer.set_training(replace(trainer.training, rate_schedule=anew))
    assert trainer.step_settings().rate == 0.1


@pytest.mark.parametrize("kind", SCHEDULES)
def test_resumed_amid_an_epoch(kind: str) -> None:
    schedule = SCHEDULES.make(kind)
    settings = {
        "optimizer": "adam",
        "rate_schedule": (schedule,),
        "momentum_schedule": (schedule, LinearWarmUp(3)),
    }
    whole = running(**settings)
    whole.run(6)
    pieces = running(**settings)
    for _ in range(6 * pieces.batches):
        state = TrainerState.from_arrays(pieces.state.to_arrays())
        pieces = running(state, **settings)
        pieces.train_batch()
    assert pieces.state.theta.tobytes() == whole.state.theta.tobytes()
    assert pieces.state.schedules == whole.state.schedules


def test_the_registry() -> None:
    assert len(SCHEDULES) == 10
    assert all(entry.kind == kind and entry.label for kind, entry in SCHEDULES.items())
