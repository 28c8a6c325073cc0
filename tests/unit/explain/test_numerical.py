"""The measured slope beside the analytic one, and what is said of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpviz.engine.gradient_check import check_gradient
from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.numerical import Numerical, numerical_derivative
from tests.unit.explain.moments import gallery_moment, made_moment, parameter


def test_it_is_the_gradient_checks():
    trainer = gallery_experiment("xor-2-3-1").trainer()
    theta = trainer.state.theta
    check = check_gradient(trainer.spec, trainer.training, trainer.data, theta)
    moment = gallery_moment("xor-2-3-1", rows=slice(None))
    for index in range(moment.layout.size):
        measured = numerical_derivative(moment, moment.layout.id_of(index))
        assert measured.value == check.numerical[index]
        assert measured.digits >= 7
    np.testing.assert_array_equal(moment.theta, theta)


def test_the_penalty_is_measured_too():
    moment = gallery_moment("worked-2-2-2", l1=0.3, l2=0.2)
    measured = numerical_derivative(moment, parameter(moment, "w5"))
    assert measured.analytic == moment.gradient[moment.layout.find("w5")]
    assert measured.digits >= 6


def test_a_float32_network_is_measured_in_float64():
    spec = stack(2, 3, 1, hidden="tanh", output="identity", dtype="float32")
    moment = made_moment(spec, 0.3, [0.5, -0.2], [1], loss="half_squared")
    measured = numerical_derivative(moment, parameter(moment, "w1"))
    assert moment.theta.dtype == np.float32
    assert 5 <= measured.digits <= 9


def test_a_kink_is_left_out():
    spec = stack(1, 1, 1, hidden="relu", output="identity")
    moment = made_moment(spec, [1.0, -1.0, 1.0, 0.0], [1], [1], loss="half_squared")
    measured = numerical_derivative(moment, parameter(moment, "w1"))
    assert measured.at_kink
    assert measured.digits is None


@pytest.mark.parametrize(
    ("analytic", "value", "digits", "sentence"),
    [
        (0.5, 0.5, 16, "The numerical check agrees to 16 digits."),
        (0.5, 0.50000001, 7, "The numerical check agrees to 7 digits."),
        (0.5, 0.55, 1, "The numerical check agrees to 1 digit."),
        (0.0, 0.0, 16, "The numerical check finds no slope either."),
        (1e-12, 3e-12, 0, "The slope is too small for a numerical check."),
        (0.5, -0.5, 0, "The numerical check does not agree: it measures -0.5."),
        (math.nan, 1.0, None, "The error is not a finite number here, so there is no slope to "),
    ],
)
def test_digits_and_sentence(analytic, value, digits, sentence):
    measured = Numerical(value, analytic, 1e-5)
    assert measured.digits == digits
    assert measured.sentence().startswith(sentence)


def test_the_sentence_at_a_kink():
    assert "has a kink" in Numerical(1.0, 1.0, 1e-5, at_kink=True).sentence()
