"""The update rule against its formulas, written out parameter by parameter."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.optimizers import LBFGS, OPTIMIZERS, AdamW, GradientDescent, Momentum, NAdam
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from bpviz.engine.update_rule import StepSettings, UpdateRule
from tests.unit.engine.samples import branching, random_data

FROZEN = frozenset({ParameterId("h", 0, "e", 1), ParameterId("e", -1)})
SPEC = branching(missing=frozenset({ParameterId("h", 1, "b", 0)}))
LAYOUT = layout_of(SPEC)
RANDOM = np.random.default_rng(2)
THETA = initial_theta(SPEC, 3)
GRADIENT = RANDOM.normal(0, 1, LAYOUT.size) * LAYOUT.present()
WEIGHT = LAYOUT.is_weight()
RATE = 0.1


def step(spec: NetworkSpec = SPEC, gradient: Any = GRADIENT, **settings: Any) -> np.ndarray:
    training = TrainingConfig(**{"optimizer": "gradient_descent", **settings})
    moments = {name: np.zeros_like(THETA) for name in training.optimizer.moments}
    update, scratch, given = np.empty_like(THETA), np.empty_like(THETA), np.array(gradient)
    theta = THETA.copy()
    rule = UpdateRule(layout_of(spec), training)
    rule.step(theta, given, StepSettings(RATE, training.optimizer), 1, moments, update, scratch)
    assert theta.tolist() == THETA.tolist()
    assert given.tolist() == np.array(gradient).tolist()
    return update


def test_alone() -> None:
    assert step().tolist() == (-RATE * GRADIENT).tolist()


def test_clipping_by_value_and_then_by_norm() -> None:
    by_value = np.array([min(max(g, -0.5), 0.5) for g in GRADIENT])
    np.testing.assert_allclose(step(clip_value=0.5), -RATE * by_value, rtol=1e-15)
    norm = sum(g * g for g in GRADIENT) ** 0.5
    assert norm > 2
    np.testing.assert_allclose(step(clip_norm=2.0), -RATE * GRADIENT * 2 / norm, rtol=1e-14)
    np.testing.assert_allclose(step(clip_norm=norm * 1.01), -RATE * GRADIENT, rtol=1e-15)
    both = by_value / sum(g * g for g in by_value) ** 0.5
    np.testing.assert_allclose(step(clip_norm=1.0, clip_value=0.5), -RATE * both, rtol=1e-14)


def test_the_norm_is_that_of_what_learns() -> None:
    spec = replace(SPEC, frozen=FROZEN)
    learns = layout_of(spec).trainable()
    norm = np.linalg.norm(GRADIENT[learns])
    expected = np.where(learns, -RATE * GRADIENT / norm, 0)
    np.testing.assert_allclose(step(spec, clip_norm=1.0), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "settings", [{"weight_decay": 0.3}, {"optimizer": AdamW(weight_decay=0.3)}]
)
def test_decay_leaves_biases_alone(settings: dict[str, Any]) -> None:
    plain = step(optimizer="adam") if "optimizer" in settings else step()
    np.testing.assert_allclose(
        step(**settings), plain - np.where(WEIGHT, RATE * 0.3 * THETA, 0), rtol=1e-13
    )
    assert (THETA[WEIGHT & LAYOUT.present()] != 0).all()


def test_both_decays_add_up() -> None:
    one = step(optimizer=AdamW(weight_decay=0.3), weight_decay=0.2)
    np.testing.assert_allclose(one, step(optimizer=AdamW(weight_decay=0.5)), rtol=1e-13)


def test_shrink_takes_a_share_of_what_the_step_leaves() -> None:
    left = np.where(WEIGHT, 0.75, 1) * (THETA - RATE * GRADIENT)
    np.testing.assert_allclose(step(shrink=0.25), left - THETA, rtol=1e-13, atol=1e-16)
    left = np.where(WEIGHT, 0.75 * (THETA * (1 - RATE * 0.2) - RATE * GRADIENT), THETA + step())
    found = step(shrink=0.25, weight_decay=0.2)
    np.testing.assert_allclose(found, left - THETA, rtol=1e-13, atol=1e-16)


def test_max_norm_is_of_all_weights_into_a_unit() -> None:
    """Those from both sources of h and of o together, without the bias."""
    limit = 0.6
    after = THETA - RATE * GRADIENT
    expected, scaled = after.copy(), 0
    for layer in SPEC.computed:
        for unit in range(layer.units):
            into = [
                LAYOUT.index_of(p)
                for p in map(LAYOUT.id_of, range(LAYOUT.size))
                if p.layer == layer.id and not p.is_bias and p.unit == layer.ids[unit]
            ]
            norm = sum(after[k] ** 2 for k in into) ** 0.5
            if norm > limit:
                expected[into] *= limit / norm
                scaled += 1
    assert 0 < scaled < 7
    found = step(max_norm=limit)
    np.testing.assert_allclose(THETA + found, expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_what_rests_stays_and_keeps_no_memory(kind: str) -> None:
    spec = replace(SPEC, frozen=FROZEN)
    settings: dict[str, Any] = {"loss": "half_squared", "optimizer": kind, "update": "full"}
    if kind != "lbfgs":
        settings |= {"weight_decay": 0.1, "shrink": 0.1, "max_norm": 0.3, "clip_norm": 1.0}
    trainer = Trainer(spec, TrainingConfig(**settings), random_data(9, 3, 2), 3)
    rests = ~trainer.layout.trainable()
    before = trainer.state.theta[rests].copy()
    trainer.run(4)
    assert trainer.state.theta[rests].tolist() == before.tolist()
    assert trainer.gradient[rests].any()
    for moment in trainer.state.moments.values():
        assert not moment[rests].any()
    assert (trainer.update[~rests] != 0).any()


def test_a_part_of_the_rule_is_the_rule_of_a_part() -> None:
    training = TrainingConfig(optimizer="momentum", weight_decay=0.1, shrink=0.2, clip_value=0.5)
    spec = replace(SPEC, frozen=FROZEN)
    whole = step(spec, **training.__dict__)
    rule = UpdateRule(layout_of(spec), training)
    assert rule.elementwise
    for start in range(0, LAYOUT.size, 4):
        part = slice(start, min(start + 4, LAYOUT.size))
        update, scratch = np.empty_like(THETA[part]), np.empty_like(THETA[part])
        moments = {"velocity": np.zeros_like(update)}
        settings = StepSettings(RATE, training.optimizer)
        rule.at(part).step(THETA[part], GRADIENT[part], settings, 1, moments, update, scratch)
        assert update.tolist() == whole[part].tolist()


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("limits", [{}, {"max_norm": 0.3}, {"clip_norm": 1.0}])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_blocks_of_any_size_give_the_same_bits(
    kind: str, limits: dict[str, Any], dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {"weight_decay": 0.1, "shrink": 0.01, "clip_value": 0.5}
    training = TrainingConfig(optimizer=kind, **({} if kind == "lbfgs" else shares | limits))
    spec = replace(SPEC, frozen=FROZEN, dtype=dtype)
    gradients = np.random.default_rng(1).normal(0, 1, (4, LAYOUT.size)).astype(dtype)
    outcomes = []
    for size in (3, 7, LAYOUT.size - 1, 1 << 17):
        monkeypatch.setattr("bpviz.engine.blocks.BLOCK", size)
        monkeypatch.setattr("bpviz.engine.update_rule.BLOCK", size)
        theta = THETA.astype(dtype)
        update = np.empty_like(theta)
        moments = {name: np.zeros_like(theta) for name in training.optimizer.moments}
        rule = UpdateRule(layout_of(spec), training)
        for number, gradient in enumerate(gradients, 1):
            before = theta.copy()
            settings = StepSettings(RATE, training.optimizer)
            rule.advance(theta, gradient, settings, number, moments, update)
            assert theta.tobytes() == (before + update).tobytes()
        vectors = (theta, update, *moments.values())
        outcomes.append([vector.tobytes() for vector in vectors])
    assert outcomes.count(outcomes[0]) == len(outcomes)


@pytest.mark.parametrize(
    ("settings", "elementwise"),
    [
        ({}, True),
        ({"clip_value": 1}, True),
        ({"clip_norm": 1}, False),
        ({"max_norm": 1}, False),
        ({"optimizer": LBFGS()}, False),
    ],
)
def test_which_rules_look_at_more_than_one_parameter(settings: Any, elementwise: bool) -> None:
    assert UpdateRule(LAYOUT, TrainingConfig(**settings)).elementwise == elementwise


def test_float32() -> None:
    spec = replace(stack(3, 4, 2), dtype="float32")
    training = TrainingConfig(
        loss="half_squared",
        optimizer="adamw",
        weight_decay=0.1,
        shrink=0.01,
        max_norm=0.5,
        clip_norm=0.1,
        clip_value=0.05,
    )
    single = Trainer(spec, training, random_data(20, 3, 2), 2)
    double = Trainer(replace(spec, dtype="float64"), training, random_data(20, 3, 2), 2)
    single.run(5)
    double.run(5)
    assert {single.update.dtype, single.state.theta.dtype} == {np.dtype("float32")}
    np.testing.assert_allclose(single.state.theta, double.state.theta, atol=1e-4)


# L-BFGS in the trainer


def bent(**settings: Any) -> Trainer:
    training = TrainingConfig(
        **{"loss": "half_squared", "optimizer": LBFGS(3), "update": "full", **settings}
    )
    return Trainer(SPEC, training, random_data(9, 3, 2), 3)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"l1": 0.1}, "l1"),
        ({"clip_norm": 1.0}, "clip_norm"),
        ({"clip_value": 1.0}, "clip_value"),
        ({"input_noise": 0.1}, "input_noise"),
        ({"weight_decay": 0.1}, "weight_decay"),
        ({"shrink": 0.1}, "shrink"),
        ({"max_norm": 1.0}, "max_norm"),
    ],
)
def test_lbfgs_is_refused_with_what_stands_in_its_way(settings: Any, name: str) -> None:
    with pytest.raises(SettingError, match=rf"^training.optimizer: .*set training.{name} to 0"):
        bent(**settings)
    with pytest.raises(SettingError, match=r'set training\.update to "full", not "mini-batch"'):
        bent(update="mini-batch")


def test_lbfgs_is_refused_with_dropout() -> None:
    spec = SPEC.with_layer(replace(SPEC.layer("h"), dropout=0.5))
    training = TrainingConfig(loss="half_squared", optimizer="lbfgs", update="full")
    with pytest.raises(SettingError, match="set dropout of every layer to 0"):
        Trainer(spec, training, random_data(9, 3, 2))


def pairs(state: TrainerState) -> int:
    return sum(bool(m.any()) for name, m in state.moments.items() if name.startswith("s"))


def test_edits_clear_the_memory_of_lbfgs() -> None:
    for edit in (
        lambda t: t.set_parameters({0: 0.5}),
        lambda t: t.set_training(replace(t.training, l2=0.1)),
        lambda t: t.set_training(replace(t.training, loss="squared")),
        lambda t: t.set_training(replace(t.training, optimizer=LBFGS(2))),
    ):
        trainer = bent()
        trainer.run(6)
        assert pairs(trainer.state) == 3
        edit(trainer)
        assert (pairs(trainer.state), trainer.state.steps) == (0, 0)
        assert set(trainer.state.moments) == set(trainer.training.optimizer.moments)
        trainer.train_batch()
        # The first step is again one along the gradient, of length at most the rate.
        length = trainer.training.learning_rate * min(1, 1 / np.abs(trainer.gradient).sum())
        np.testing.assert_allclose(trainer.update, -length * trainer.gradient, rtol=1e-12)


def test_another_rate_leaves_the_memory_of_lbfgs() -> None:
    trainer = bent()
    trainer.run(6)
    trainer.set_training(replace(trainer.training, learning_rate=0.5))
    assert pairs(trainer.state) == 3


def test_an_optimiser_with_other_moments_starts_anew() -> None:
    """Adam's v is no v̂ of NAdam's first step: what has the same name is not kept for that."""
    training = TrainingConfig(loss="half_squared", optimizer="adam", learning_rate=0.01)
    trainer = Trainer(SPEC, training, random_data(9, 3, 2), 3)
    trainer.run(5)
    trainer.set_training(replace(training, optimizer=NAdam()))
    assert trainer.state.steps == 0
    assert not any(moment.any() for moment in trainer.state.moments.values())
    trainer.run(8)
    trainer.set_training(replace(trainer.training, optimizer=NAdam(beta1=0.5)))
    assert trainer.state.steps > 0
    for optimizer in (Momentum(), GradientDescent()):
        trainer.set_training(replace(trainer.training, optimizer=optimizer))
        trainer.run(trainer.state.epoch + 1)


def test_one_weight_is_limited_at_once() -> None:
    spec = NetworkSpec(
        layers=(LayerSpec("x", 1), LayerSpec("y", 1, "identity", bias="none", sources=("x",)))
    )
    training = TrainingConfig(loss="half_squared", max_norm=0.25)
    trainer = Trainer(spec, training, random_data(4, 1, 1), 1)
    trainer.set_parameters({0: 3.0})
    trainer.train_batch()
    assert abs(trainer.state.theta[0]) == pytest.approx(0.25)
