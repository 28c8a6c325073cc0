"""One plain sentence: which way, how much, and because of what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.spec import stack
from tests.unit.explain.moments import explained, gallery_moment, made_moment


def why(moment, label):
    return explained(moment, label).why


def test_the_worked_example():
    moment = gallery_moment("worked-2-2-2")
    assert why(moment, "w5").startswith(
        "Lowering w5 by 0.01 lowers the error by about 0.00082, because h1 was partly on (0.593) "
        "and o1 is too high (0.751, not 0.01). The numerical check agrees to "
    )
    assert why(moment, "w7").startswith(
        "Raising w7 by 0.01 lowers the error by about 0.00023, because h1 was partly on (0.593) "
        "and o2 is too low (0.773, not 0.99)."
    )
    assert why(moment, "w1").startswith(
        "Lowering w1 by 0.01 lowers the error by about 0.0000044, because the input i1 is 0.05 "
        "and the units behind h1 want it lower."
    )
    assert (
        "because a bias always sends 1, and all in all the net inputs of o should be lower."
        in why(moment, "b2")
    )
    assert why(moment, "b2").endswith("The biases of o do not learn: b2 keeps its value.")


def test_it_is_true():
    """The error does move by what the sentence says."""
    moment = gallery_moment("worked-2-2-2")
    theta = moment.theta.copy()
    theta[moment.layout.find("w5")] -= 0.01
    assert moment.error - moment.at(theta).error == pytest.approx(0.00082, abs=5e-6)


def test_a_bias_of_one_unit():
    moment = gallery_moment("xor-2-3-1")
    assert "because a bias always sends 1 and o1 is too high" in why(moment, "b4")
    assert "a bias always sends 1 and the units behind h1 want it" in why(moment, "b1")


def test_a_batch():
    text = why(gallery_moment("xor-2-3-1", slice(None)), "w7")
    assert "taken over the 4 samples of the batch." in text


@pytest.mark.parametrize("rows", [slice(1, 2), slice(None)])
def test_error_and_penalty_together(rows):
    text = why(gallery_moment("xor-2-3-1", rows, l2=100.0), "w7")
    assert text.startswith("Lowering w7 by 0.01 lowers error and penalty by about ")


def test_the_penalty_pulls():
    moment = gallery_moment("worked-2-2-2", l2=1.0)
    assert "because the penalty pulls it towards 0, more than the error holds it." in why(
        moment, "w7"
    )
    # 0.04 of the penalty beside 0.082 of the error.
    assert ", because h1 was partly on" in why(gallery_moment("worked-2-2-2", l2=0.1), "w5")


@pytest.mark.parametrize("rows", [slice(3, 4), slice(0, 10)])
def test_mostly_the_penalty(rows):
    moment = gallery_moment("playground", rows, l2=0.1)
    assert why(moment, "w1").startswith("Raising w1 by 0.01 lowers error and penalty by about ")
    assert ", mostly because the penalty pulls it towards 0. " in why(moment, "w1")


def test_the_penalty_alone():
    moment = simple([0], [1], [0.5, 0.5, 1.0, 0.0], l2=0.1)
    assert "by about 0.0005, because the penalty pulls it towards 0. " in why(moment, "w1")


def test_no_gradient_of_error_and_penalty():
    """Said of what they are made of, not of their sum."""
    silent = simple([0], [1], [0.0, 0.5, 1.0, 0.0], l2=0.1)
    assert why(silent, "w1").startswith(
        "Moving this weight does not change the error now: "
        "at 0 there is no penalty, and the input i1 is 0."
    )
    # out = w = 1, target 1.5: (out - target) · 1 + 0.5 · w = 0.
    equal = made_moment(
        stack(1, 1, output="identity"), [1, 0], [1], [1.5], loss="half_squared", l2=0.5
    )
    assert ": error and penalty pull against each other, equally strong. " in why(equal, "w1")


@dataclass(frozen=True)
class Cosine(Activation):
    """Its slope is negative for net inputs from 0 to π."""

    kind: ClassVar[str] = "cosine"
    label: ClassVar[str] = "cosine"
    bounds: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)

    def forward(self, net, out, scratch):
        np.cos(net, out=out)

    def derivative(self, net, out, result):
        result[...] = -np.sin(net)


@dataclass(frozen=True)
class Tenfold(Cosine):
    kind: ClassVar[str] = "tenfold"
    bounds: ClassVar[tuple[float, float] | None] = (-10.0, 10.0)


@pytest.fixture
def registered():
    for entry in (Cosine, Tenfold):
        ACTIVATIONS.register(entry)
    yield
    for entry in (Cosine, Tenfold):
        del ACTIVATIONS._entries[entry.kind]


def test_an_activation_that_falls(registered):
    """cos 1 = 0.54 is to become larger, so its net input should become smaller."""
    inner = simple([1], [2], [1.0, 0.0, 1.0, 0.0], "cosine")
    assert why(inner, "w1").startswith("Lowering w1 by 0.01 lowers the error by about 0.012,")
    assert (
        "the units behind h1 want it higher, though a larger net input makes h1 smaller here."
    ) in why(inner, "w1")
    output = made_moment(stack(1, 1, output="cosine"), [1.0, 0.0], [1], [2], loss="half_squared")
    assert ("o1 is too low (0.54, not 2), though a larger net input makes o1 smaller here.") in why(
        output, "w1"
    )
    rising = simple([-1], [2], [1.0, 0.0, 1.0, 0.0], "cosine")
    assert "the units behind h1 want it higher. " in why(rising, "w1")


def test_strength_is_of_the_bounds(registered):
    for hidden, said in (("cosine", "partly"), ("tenfold", "hardly")):
        moment = simple([1], [2], [1.0, 0.0, 1.0, 0.0], hidden)
        assert f"h1 was {said} on (0.54)" in why(moment, "w2")


def simple(inputs, target, theta, hidden="relu", **training):
    spec = stack(1, 1, 1, hidden=hidden, output="identity")
    return made_moment(spec, theta, inputs, target, loss="half_squared", **training)


@pytest.mark.parametrize(
    ("inputs", "theta", "label", "reason"),
    [
        ([0], [0.5, 0.5, 1.0, 0.0], "w1", "the input i1 is 0"),
        ([1], [-0.5, -0.5, 1.0, 0.0], "w1", "the slope of ReLU at h1's net input is 0"),
        ([1], [0.5, 0.5, 0.0, 0.0], "w1", "how the error changes with h1's output is 0"),
        ([1], [-0.5, -0.5, 1.0, 0.0], "w2", "what h1 sent along the connection is 0"),
    ],
)
def test_no_gradient(inputs, theta, label, reason):
    text = why(simple(inputs, [1], theta), label)
    assert text == (
        f"Moving this weight does not change the error now: {reason}. "
        "The numerical check finds no slope either."
    )


def test_strength_in_words():
    def said(out):
        return why(simple([out], [5], [1.0, 0.0, 1.0, 0.0], "identity"), "w2")

    assert "h1 was hardly on (0.1)" in said(0.1)
    assert "h1 was strongly on (0.9)" in said(0.9)
    assert "h1 was partly on the negative side (-0.4)" in said(-0.4)


def test_a_frozen_weight_says_that_it_rests():
    moment = gallery_moment("worked-2-2-2")
    frozen = replace(moment.spec, frozen=frozenset({moment.layout.id_of(0)}))
    text = why(replace(moment, spec=frozen), "w1")
    assert text.startswith("Lowering w1 by 0.01")
    assert text.endswith("w1 is frozen: it keeps its value, whatever its gradient.")
