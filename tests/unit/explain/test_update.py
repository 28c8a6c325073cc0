"""The update's anatomy against the optimisers' formulas, written out; what rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from bpviz.engine.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum
from bpviz.engine.update_rule import StepSettings
from bpviz.explain.formula import update_lines
from bpviz.explain.update import anatomy, step_of
from tests.unit.explain.moments import gallery_moment, parameter


def parts_of(moment, label):
    return {part.name: part.value for part in anatomy(moment, parameter(moment, label)).parts}


def test_gradient_descent():
    moment = gallery_moment("worked-2-2-2")
    update = anatomy(moment, parameter(moment, "w5"))
    assert (update.label, update.before, update.rate) == ("w5", 0.4, 0.5)
    assert round(update.after, 8) == 0.35891648
    assert [part.name for part in update.parts] == ["the gradient of the error"]
    assert update.gradient == pytest.approx(0.082167041, abs=5e-10)


def test_penalties_have_parts_of_their_own():
    moment = gallery_moment("worked-2-2-2", l1=0.1, l2=0.02)
    assert parts_of(moment, "w5") == {
        "the gradient of the error": pytest.approx(-0.5 * 0.082167041, abs=5e-10),
        "the L1 penalty": pytest.approx(-0.5 * 0.1),
        "the L2 penalty": pytest.approx(-0.5 * 0.02 * 0.4),
    }


def test_momentum():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer=Momentum(0.7))
    index = moment.layout.find("w7")
    assert parts_of(moment, "w7") == {
        "the gradient of the error": pytest.approx(-1.0 * moment.gradient[index], rel=1e-12),
        "what momentum remembers of earlier steps": pytest.approx(
            0.7 * moment.moments["velocity"][index], rel=1e-12
        ),
    }


def test_adam():
    moment = gallery_moment(
        "xor-2-3-1", slice(None), 3, optimizer=Adam(0.8, 0.9), learning_rate=0.1
    )
    index = moment.layout.find("w7")
    g = moment.gradient[index]
    m, v = (moment.moments[name][index] for name in ("first", "second"))
    assert moment.steps == 3
    size = np.sqrt((0.9 * v + 0.1 * g * g) / (1 - 0.9**4)) + 1e-8
    rate = 0.1 / (1 - 0.8**4) / size
    assert parts_of(moment, "w7") == {
        "the gradient of the error": pytest.approx(-rate * 0.2 * g, rel=1e-10),
        "what Adam remembers of earlier steps": pytest.approx(-rate * 0.8 * m, rel=1e-10),
    }


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_without_a_gradient_memory_alone_moves(kind):
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer=kind)
    index = moment.layout.find("w7")
    still = replace(moment)
    still.__dict__["gradient"] = np.zeros_like(moment.theta)
    still.__dict__["data_gradient"] = np.zeros_like(moment.theta)
    update = anatomy(still, parameter(moment, "w7"))
    assert sum(part.value for part in update.parts) == pytest.approx(update.change, rel=1e-12)
    assert update.parts[0].value == 0.0
    assert (update.change != 0) == bool(OPTIMIZERS[kind].velocity), index


def test_looking_changes_nothing():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer="adam")
    before = {name: values.copy() for name, values in moment.moments.items()}
    theta = moment.theta.copy()
    np.testing.assert_array_equal(step_of(moment), step_of(moment))
    anatomy(moment, parameter(moment, "w1"))
    np.testing.assert_array_equal(moment.theta, theta)
    for name, values in before.items():
        np.testing.assert_array_equal(moment.moments[name], values)


def test_what_rests():
    moment = gallery_moment("worked-2-2-2", optimizer="momentum")
    update = anatomy(moment, parameter(moment, "b1"))
    assert update.resting == "The biases of h do not learn: b1 keeps its value."
    frozen = replace(moment.spec, frozen=frozenset({parameter(moment, "w5")}))
    update = anatomy(replace(moment, spec=frozen), parameter(moment, "w5"))
    assert update.resting == "w5 is frozen: it keeps its value, whatever its gradient."
    assert (update.after, update.change, update.parts) == (0.4, 0.0, ())
    assert update.gradient == pytest.approx(0.082167041, abs=5e-10)


def test_numbers_beyond_all_bounds_raise_no_warning():
    moment = gallery_moment("xor-2-3-1", optimizer="adam")
    moment.__dict__["gradient"] = np.full_like(moment.theta, 1e200)
    assert step_of(moment).shape == moment.theta.shape


def cancelling(kind, left):
    """∂E/∂w = -λ₂ w: both pull with all their strength, and nothing comes of it."""
    rate, l2 = 0.5, 0.2
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer=kind, learning_rate=rate, l2=l2)
    index = moment.layout.find("w7")
    pull = l2 * moment.theta[index]
    against = moment.data_gradient.copy()
    against[index] = -pull * (1 + left)
    moment = replace(moment)
    moment.__dict__["data_gradient"] = against
    return moment, index, rate, pull


@pytest.mark.parametrize("kind", [k for k in OPTIMIZERS if OPTIMIZERS[k].elementwise])
@pytest.mark.parametrize("left", [0.0, 1e-13])
def test_parts_that_cancel_add_up_to_what_is_left(kind, left):
    moment, _, _, _ = cancelling(kind, left)
    parts = parts_of(moment, "w7")
    error, penalty = parts["the gradient of the error"], parts["the L2 penalty"]
    assert error == pytest.approx(-penalty * (1 + left), rel=1e-12)
    change = anatomy(moment, parameter(moment, "w7")).change
    assert sum(parts.values()) == pytest.approx(change, abs=1e-14 * max(1.0, abs(error)))


@pytest.mark.parametrize("kind", ["gradient_descent", "momentum", "adam"])
@pytest.mark.parametrize("left", [0.0, 1e-13])
def test_gradients_that_cancel_still_have_parts(kind, left):
    moment, index, rate, pull = cancelling(kind, left)
    factor = -rate
    if kind == "adam":
        second = 0.999 * moment.moments["second"][index] / (1 - 0.999 ** (moment.steps + 1))
        factor *= 0.1 / (1 - 0.9 ** (moment.steps + 1)) / (np.sqrt(second) + 1e-8)
    parts = parts_of(moment, "w7")
    assert parts["the gradient of the error"] == pytest.approx(-factor * pull, rel=1e-12)
    assert parts["the L2 penalty"] == pytest.approx(factor * pull, rel=1e-12)
    change = anatomy(moment, parameter(moment, "w7")).change
    assert sum(parts.values()) == pytest.approx(change, abs=1e-14)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_step_is_made_once_in_runs_or_at_once(kind, monkeypatch):
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer=kind)
    step = moment.step
    assert step_of(moment) is step
    assert not step.flags.writeable
    monkeypatch.setattr("bpviz.explain.moment._RUN", 4)
    np.testing.assert_array_equal(replace(moment).step, step)
    for index in range(moment.layout.size):
        assert moment.step_at(slice(index, index + 1))[0] == step[index]


@dataclass(frozen=True)
class OfOneLength(GradientDescent):
    """A step as long as the rate, whatever the gradient's length."""

    elementwise: ClassVar[bool] = False

    def update(self, gradient, rate, step, moments, update, scratch):
        np.multiply(gradient, -rate / np.linalg.norm(gradient), out=update)


def test_an_optimiser_that_looks_at_all_gradients_is_given_them_all(monkeypatch):
    monkeypatch.setattr("bpviz.explain.moment._RUN", 4)
    moment = gallery_moment("xor-2-3-1", optimizer=GradientDescent())
    object.__setattr__(moment.training, "optimizer", OfOneLength())
    expected = -moment.gradient / np.linalg.norm(moment.gradient)
    update = anatomy(moment, parameter(moment, "w7"))
    assert update.change == pytest.approx(expected[moment.layout.find("w7")], rel=1e-12)
    np.testing.assert_allclose(moment.step, expected, rtol=1e-12)


# Clipping, decay, shrink and max-norm, written out for w7 of a network without momentum


def plain_step(moment):
    """The gradient of w7, and w7 itself."""
    index = moment.layout.find("w7")
    return moment.gradient[index], moment.theta[index]


def test_clipping_by_value_takes_its_part():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, learning_rate=0.5, clip_value=0.01)
    g, _ = plain_step(moment)
    assert abs(g) > 0.01
    parts = parts_of(moment, "w7")
    assert parts["the gradient of the error"] == pytest.approx(-0.5 * g, rel=1e-12)
    assert parts["clipping by value"] == pytest.approx(-0.5 * (np.sign(g) * 0.01 - g), rel=1e-12)
    assert anatomy(moment, parameter(moment, "w7")).change == -0.5 * np.sign(g) * 0.01


def test_clipping_by_norm_takes_its_part_of_all():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, learning_rate=0.5, clip_norm=0.01)
    g, _ = plain_step(moment)
    share = 0.01 / np.linalg.norm(moment.gradient)
    assert share < 1
    parts = parts_of(moment, "w7")
    assert parts["clipping by norm"] == pytest.approx(-0.5 * g * (share - 1), rel=1e-12)
    change = anatomy(moment, parameter(moment, "w7")).change
    assert change == pytest.approx(-0.5 * g * share, rel=1e-12)
    assert np.linalg.norm(moment.step) == pytest.approx(0.5 * 0.01)


def test_decay_and_shrink_go_past_the_optimiser():
    moment = gallery_moment(
        "xor-2-3-1", slice(None), 3, learning_rate=0.5, weight_decay=0.1, shrink=0.02
    )
    g, w = plain_step(moment)
    decay = -0.5 * 0.1 * w
    assert parts_of(moment, "w7") == {
        "the gradient of the error": pytest.approx(-0.5 * g, rel=1e-12),
        "weight decay": pytest.approx(decay, rel=1e-12),
        "shrink": pytest.approx(-0.02 * (w - 0.5 * g + decay), rel=1e-12),
    }
    assert set(parts_of(moment, "b1")) == {"the gradient of the error"}
    words = [part.words for part in anatomy(moment, parameter(moment, "w7")).parts]
    assert words[1] == "Weight decay takes 0.5 × 0.1 of the weight, past the optimiser."


def test_max_norm_takes_what_is_too_long():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, learning_rate=0.5, max_norm=0.1)
    g, w = plain_step(moment)
    output = moment.spec.output
    block = moment.layout.block(output.id, output.sources[0])
    moved = moment.theta - 0.5 * moment.gradient
    length = np.linalg.norm(block.view(moved)[0])
    assert length > 0.1
    part = anatomy(moment, parameter(moment, "w7")).parts[-1]
    assert part.name == "max-norm"
    assert part.value == pytest.approx((w - 0.5 * g) * (0.1 / length - 1), rel=1e-10)
    assert part.words.endswith("these are longer.")


def test_what_a_schedule_makes_of_rate_and_momentum_is_said():
    moment = gallery_moment("xor-2-3-1", slice(None), 3, optimizer=Momentum(0.8), learning_rate=0.1)
    assert anatomy(moment, parameter(moment, "w7")).scheduled == ""
    moment = replace(moment, settings=StepSettings(0.05, Momentum(0.4)))
    update = anatomy(moment, parameter(moment, "w7"))
    assert update.rate == 0.05
    assert update.scheduled == (
        "the learning rate is 0.05 (0.1 × 0.5 by the schedule) and "
        "momentum α is 0.4 (0.8 × 0.5 by the schedule)"
    )
    g, _ = plain_step(moment)
    assert update.parts[0].value == pytest.approx(-0.05 * g, rel=1e-12)
    lines = [line.text() for line in update_lines(update)]
    assert any(line.startswith("The learning rate is 0.05 (0.1 × 0.5") for line in lines)


def test_the_step_of_an_optimiser_that_takes_all_together_is_one_part():
    moment = gallery_moment(
        "xor-2-3-1", slice(None), 3, optimizer="lbfgs", learning_rate=1.0, update="full"
    )
    update = anatomy(moment, parameter(moment, "w7"))
    assert [part.name for part in update.parts] == ["the step of L-BFGS"]
    assert update.parts[0].value == update.change != 0
