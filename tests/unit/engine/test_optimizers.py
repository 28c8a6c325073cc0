"""Optimisers: two or three steps of each, worked by hand in plain Python."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bpviz.engine.optimizers import (
    LBFGS,
    OPTIMIZERS,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    GradientDescent,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSprop,
    RProp,
)
from bpviz.engine.settings import SettingError

GRADIENTS = [[0.5, -2.0], [1.5, 0.25], [-1.0, 0.0]]

# One parameter's steps from its gradients, written out from the papers.
Rule = Callable[[list[float]], list[float]]


def updates(optimizer: Optimizer, rate: float, dtype: str = "float64") -> list[list[float]]:
    moments = {name: np.zeros(2, dtype) for name in optimizer.moments}
    result = []
    for step, gradient in enumerate(GRADIENTS, 1):
        update, scratch = np.empty(2, dtype), np.empty(2, dtype)
        optimizer.update(np.array(gradient, dtype), rate, step, moments, update, scratch)
        assert all(moment.dtype == dtype for moment in moments.values())
        result.append(update.tolist())
    return result


def follows(optimizer: Optimizer, rate: float, rule: Rule) -> None:
    each = [rule([g[k] for g in GRADIENTS]) for k in range(2)]
    np.testing.assert_allclose(updates(optimizer, rate), np.transpose(each), rtol=1e-13)


def sign(value: float) -> float:
    return float((value > 0) - (value < 0))


def test_gradient_descent() -> None:
    assert updates(GradientDescent(), 0.5) == [[-0.25, 1.0], [-0.75, -0.125], [0.5, -0.0]]


def test_momentum_is_rumelharts() -> None:
    # Δ1 = -ε g1; Δ2 = -ε g2 + α Δ1; Δ3 = -ε g3 + α Δ2 with ε = α = 0.5
    expected = [[-0.25, 1.0], [-0.875, 0.375], [0.0625, 0.1875]]
    assert updates(Momentum(0.5), 0.5) == expected


def test_nesterov_looks_ahead() -> None:
    # v as momentum's Δ above; Δ = α v - ε g.
    expected = [[-0.375, 1.5], [-1.1875, 0.0625], [0.53125, 0.09375]]
    assert updates(Nesterov(0.5), 0.5) == expected


def test_nesterov_is_momentum_seen_from_the_point_ahead() -> None:
    """Sutskever et al. 2013, eq. 3 and 4, on E = w²/2: the gradient is taken at w + α v."""
    alpha, rate, w, v = 0.8, 0.1, 1.0, 0.0
    ahead, moments = np.array([1.0]), {"velocity": np.zeros(1)}
    for step in range(1, 6):
        v = alpha * v - rate * (w + alpha * v)
        w += v
        update = np.empty(1)
        Nesterov(alpha).update(ahead.copy(), rate, step, moments, update, np.empty(1))
        ahead += update
        assert ahead[0] == pytest.approx(w + alpha * v, rel=1e-14)


def test_adagrad_divides_by_the_sum_of_squares() -> None:
    def rule(gradients: list[float]) -> list[float]:
        total, steps = 0.0, []
        for g in gradients:
            total += g * g
            steps.append(-0.1 * g / (math.sqrt(total) + 1e-3))
        return steps

    follows(Adagrad(1e-3), 0.1, rule)


def test_rmsprop_divides_by_the_mean_of_squares() -> None:
    def rule(gradients: list[float]) -> list[float]:
        mean, steps = 0.0, []
        for g in gradients:
            mean = 0.8 * mean + 0.2 * g * g
            steps.append(-0.1 * g / (math.sqrt(mean) + 1e-3))
        return steps

    follows(RMSprop(0.8, 1e-3), 0.1, rule)


def test_adadelta_follows_algorithm_1() -> None:
    def rule(gradients: list[float]) -> list[float]:
        g2, x2, steps = 0.0, 0.0, []
        for g in gradients:
            g2 = 0.8 * g2 + 0.2 * g * g
            x = -math.sqrt(x2 + 1e-3) / math.sqrt(g2 + 1e-3) * g
            x2 = 0.8 * x2 + 0.2 * x * x
            steps.append(0.5 * x)
        return steps

    follows(Adadelta(0.8, 1e-3), 0.5, rule)


def test_adam_follows_algorithm_1() -> None:
    follows(Adam(0.8, 0.9, 1e-3), 0.1, adam_rule)


def test_adamw_is_adam_with_a_decay() -> None:
    assert (AdamW().decay, AdamW(weight_decay=0.3).decay, Adam().decay) == (0.01, 0.3, 0.0)
    follows(AdamW(0.8, 0.9, 1e-3), 0.1, adam_rule)


def adam_rule(gradients: list[float]) -> list[float]:
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        m = 0.8 * m + 0.2 * g
        v = 0.9 * v + 0.1 * g * g
        steps.append(-0.1 * m / (1 - 0.8**t) / (math.sqrt(v / (1 - 0.9**t)) + 1e-3))
    return steps


def test_amsgrad_keeps_the_largest() -> None:
    def rule(gradients: list[float]) -> list[float]:
        m, v, largest, steps = 0.0, 0.0, 0.0, []
        for t, g in enumerate(gradients, 1):
            m = 0.8 * m + 0.2 * g
            v = 0.5 * v + 0.5 * g * g
            largest = max(largest, v)
            steps.append(-0.1 * m / (1 - 0.8**t) / (math.sqrt(largest / (1 - 0.5**t)) + 1e-3))
        return steps

    follows(AMSGrad(0.8, 0.5, 1e-3), 0.1, rule)


def test_nadam_follows_algorithm_2() -> None:
    def rule(gradients: list[float]) -> list[float]:
        m, v, product, steps = 0.0, 0.0, 1.0, []
        for t, g in enumerate(gradients, 1):
            now, following = (0.8 * (1 - 0.5 * 0.96 ** (k * 0.25)) for k in (t, t + 1))
            product *= now
            m = 0.8 * m + 0.2 * g
            v = 0.9 * v + 0.1 * g * g
            mean = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
            steps.append(-0.1 * mean / (math.sqrt(v / (1 - 0.9**t)) + 1e-3))
        return steps

    follows(NAdam(0.8, 0.9, 1e-3, 0.25), 0.1, rule)


def test_rprop_grows_while_the_sign_stays_and_rests_after_a_turn() -> None:
    # Sizes 0.1, then 0.12 (same sign); -0.05 of size 0.05 after the turn, where it rests.
    found = np.array(updates(RProp(), 0.1))
    np.testing.assert_allclose(found, [[-0.1, 0.1], [-0.12, 0.0], [0.0, 0.0]], atol=1e-16)
    moments = {"size": np.array([0.2, 0.0, 0.3]), "sign": np.array([0.0, 0.0, -1.0])}
    update = np.empty(3)
    RProp().update(np.array([-3.0, 5.0, -1e-300]), 0.1, 9, moments, update, np.empty(3))
    # After a rest the size is kept; a size of 0 begins with the rate; tiny gradients have a sign.
    np.testing.assert_allclose(update, [0.2, -0.1, 0.36], rtol=1e-15)
    np.testing.assert_allclose(moments["size"], [0.2, 0.1, 0.36], rtol=1e-15)


def test_rprop_keeps_steps_between_the_smallest_and_the_largest() -> None:
    moments = {"size": np.array([0.2, 0.2]), "sign": np.array([1.0, -1.0])}
    optimizer = RProp(eta_minus=0.1, eta_plus=3.0, smallest=0.15, largest=0.5)
    optimizer.update(np.ones(2), 0.1, 5, moments, np.empty(2), np.empty(2))
    assert moments["size"].tolist() == [0.5, 0.15]
    with pytest.raises(SettingError, match=r"^smallest: the smallest step must not be above"):
        RProp(smallest=1.0, largest=0.5)


def test_lion_follows_algorithm_2() -> None:
    def rule(gradients: list[float]) -> list[float]:
        m, steps = 0.0, []
        for g in gradients:
            steps.append(-0.1 * sign(0.75 * m + 0.25 * g))
            m = 0.5 * m + 0.5 * g
        return steps

    follows(Lion(0.75, 0.5), 0.1, rule)


def test_adams_first_step_has_the_size_of_the_rate() -> None:
    np.testing.assert_allclose(updates(Adam(), 0.01)[0], [-0.01, 0.01], rtol=1e-7)


def test_adam_without_memory_follows_the_sign() -> None:
    np.testing.assert_allclose(updates(Adam(0, 0), 0.5)[1], [-0.5, -0.5], rtol=1e-6)


# L-BFGS


def bowl(optimizer: LBFGS, rate: float, steps: int) -> list[np.ndarray]:
    """The points it goes through on E = ½ Σ c x², from (1, 1, 1)."""
    curvature = np.array([1.0, 10.0, 100.0])
    x, moments = np.ones(3), {name: np.zeros(3) for name in optimizer.moments}
    points = [x.copy()]
    for step in range(1, steps + 1):
        update = np.empty(3)
        optimizer.update(curvature * x, rate, step, moments, update, np.empty(3))
        x += update
        points.append(x.copy())
    return points


def test_lbfgs_is_bfgs_while_its_memory_lasts() -> None:
    """Against the matrix form, H' = (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ, built from γ I."""
    curvature = np.array([1.0, 10.0, 100.0])
    points = bowl(LBFGS(memory=4), 0.7, 5)
    x = [np.ones(3)]
    gradient = curvature * x[0]
    x.append(x[0] - 0.7 * min(1, 1 / np.abs(gradient).sum()) * gradient)
    while len(x) < 6:
        steps = [b - a for a, b in pairwise(x)]
        changes = [curvature * s for s in steps]
        inverse = (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1]) * np.eye(3)
        for s, y in list(zip(steps, changes, strict=True))[-4:]:
            turn = np.eye(3) - np.outer(s, y) / (s @ y)
            inverse = turn @ inverse @ turn.T + np.outer(s, s) / (s @ y)
        x.append(x[-1] - 0.7 * inverse @ (curvature * x[-1]))
    np.testing.assert_allclose(points, x, rtol=1e-10)


def test_lbfgs_finds_the_bottom_of_a_bowl_where_descent_crawls() -> None:
    assert np.abs(bowl(LBFGS(), 1.0, 20)[-1]).max() < 1e-8
    assert np.abs(0.99**20) > 0.8  # the flat direction with the largest stable rate, 0.01


def test_lbfgs_takes_no_pair_without_curvature() -> None:
    optimizer = LBFGS(memory=2)
    moments = {name: np.zeros(2) for name in optimizer.moments}
    update = np.empty(2)
    for step in (1, 2, 3):
        optimizer.update(np.array([1.0, -2.0]), 0.1, step, moments, update, np.empty(2))
    assert not any(moments[name].any() for name in ("s1", "y1", "s2", "y2"))
    assert update.tolist() == [-0.1, 0.2]


def test_lbfgs_remembers_the_newest_pairs() -> None:
    optimizer = LBFGS(memory=2)
    moments = {name: np.zeros(1) for name in optimizer.moments}
    taken = []
    for step, gradient in enumerate([1.0, 0.9, 0.7, 0.4], 1):
        before, update = moments["last"][0], np.empty(1)
        optimizer.update(np.array([gradient]), 0.1, step, moments, update, np.empty(1))
        if step > 1:
            taken.insert(0, before)
    assert [moments["s1"][0], moments["s2"][0]] == taken[:2]
    assert [moments["y1"][0], moments["y2"][0]] == pytest.approx([-0.3, -0.2])
    assert optimizer.moments == ("s1", "y1", "s2", "y2", "previous", "last")
    assert len({id(moment) for moment in moments.values()}) == 6


def test_lbfgs_says_what_it_cannot_work_with() -> None:
    optimizer = LBFGS()
    assert optimizer.refusal("full", []) == ""
    assert 'set training.update to "full", not "sample"' in optimizer.refusal("sample", ["dropout"])
    assert "set dropout to 0" in optimizer.refusal("full", ["dropout"])
    assert "set a, b and c to 0, or choose" in optimizer.refusal("full", ["a", "b", "c"])
    assert not any(Adam().refusal(u, ["dropout"]) for u in ("sample", "mini-batch"))


# All of them


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_float32_agrees(kind: str) -> None:
    optimizer = OPTIMIZERS.make(kind)
    np.testing.assert_allclose(
        updates(optimizer, 0.1, "float32"), updates(optimizer, 0.1), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_velocity_is_one_of_the_moments(kind: str) -> None:
    optimizer = OPTIMIZERS.make(kind)
    assert optimizer.velocity in optimizer.moments or not optimizer.velocity


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_momentum_schedule_multiplies_the_setting_it_names(kind: str) -> None:
    optimizer = OPTIMIZERS.make(kind)
    name = optimizer.momentum_setting
    assert optimizer.with_momentum(1.0) is optimizer
    assert optimizer.with_momentum(2.0) == optimizer
    if not name:
        assert optimizer.with_momentum(0.5) is optimizer
        return
    half = optimizer.with_momentum(0.5)
    assert half == replace(optimizer, **{name: getattr(optimizer, name) / 2})


def test_ranges() -> None:
    with pytest.raises(SettingError, match="momentum α must be below 1, got 1"):
        OPTIMIZERS.make({"kind": "momentum", "momentum": 1.0})
    with pytest.raises(SettingError, match="η must be above 0"):
        Adam(eta=0)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_step_is_the_gradients_share_and_what_is_remembered(kind: str, dtype: str) -> None:
    optimizer, moments = OPTIMIZERS.make(kind), moments_after(kind, dtype=dtype)
    gradient = np.array([0.3, -1e-12, 0.0], dtype)
    factor = optimizer.per_gradient(gradient, 0.1, 4, moments)
    kept = optimizer.remembered(gradient, 0.1, 4, moments)
    before = {name: values.copy() for name, values in moments.items()}
    change = np.empty(3, dtype)
    optimizer.update(gradient, 0.1, 4, before, change, np.empty(3, dtype))
    digits = 1e-13 if dtype == "float64" else 3e-6
    np.testing.assert_allclose(factor * gradient + kept, change, rtol=digits)
    assert {factor.dtype, kept.dtype} == {np.dtype(dtype)}
    # An entry that does not say its factor: their ratio, and 0 where there is no gradient.
    ratio = Optimizer.per_gradient(optimizer, gradient, 0.1, 4, moments)
    assert ratio[0] == pytest.approx(factor[0], rel=10 * digits)
    assert ratio[2] == 0.0
    assert factor[2] < 0.0 or kind == "rprop"


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_explaining_leaves_the_moments_alone(kind: str) -> None:
    optimizer, moments = OPTIMIZERS.make(kind), moments_after(kind)
    before = {name: (id(m), m.copy()) for name, m in moments.items()}
    optimizer.per_gradient(np.ones(3), 0.1, 4, moments)
    optimizer.remembered(np.ones(3), 0.1, 4, moments)
    for name, (identity, values) in before.items():
        assert id(moments[name]) == identity
        assert moments[name].tolist() == values.tolist()


def test_the_factors_by_hand() -> None:
    gradient = np.array([0.0, 2.0])
    assert GradientDescent().per_gradient(gradient, 0.25, 1, {}).tolist() == [-0.25, -0.25]
    moments = moments_after("momentum", 2)
    assert Momentum(0.7).per_gradient(gradient, 0.25, 4, moments).tolist() == [-0.25, -0.25]
    assert Nesterov(0.5).per_gradient(gradient, 0.5, 4, moments).tolist() == [-0.75, -0.75]
    kept = Nesterov(0.5).remembered(gradient, 0.25, 4, moments)
    assert kept.tolist() == (0.25 * moments["velocity"]).tolist()
    moments = {"first": np.array([0.5, 0.5]), "second": np.array([0.4, 0.4])}
    v = [0.9 * 0.4, 0.9 * 0.4 + 0.1 * 4]
    expected = [-0.25 * 0.2 / (1 - 0.8**3) / (math.sqrt(x / (1 - 0.9**3)) + 1e-3) for x in v]
    found = Adam(0.8, 0.9, 1e-3).per_gradient(gradient, 0.25, 3, moments)
    assert found.tolist() == pytest.approx(expected, rel=1e-14)
    # 0.75 · 0.5 and 0.25 · 2 of the sum 0.875, whose sign makes the step.
    moments = {"first": np.array([0.5, 0.5])}
    share = Lion(0.75).per_gradient(gradient, 0.7, 3, moments)[1] * 2
    assert share == pytest.approx(-0.7 * 0.5 / 0.875)
    assert Lion(0.75).remembered(gradient, 0.7, 3, moments)[1] == pytest.approx(-0.3)


def moments_after(kind: str, size: int = 3, dtype: str = "float64") -> dict[str, np.ndarray]:
    """What an optimiser remembers of three steps."""
    optimizer = OPTIMIZERS.make(kind)
    moments = {name: np.zeros(size, dtype) for name in optimizer.moments}
    for step in (1, 2, 3):
        gradient = np.linspace(-1, 2, size).astype(dtype) * step
        room = np.empty(size, dtype)
        optimizer.update(gradient, 0.1, step, moments, room, np.empty(size, dtype))
    return moments
