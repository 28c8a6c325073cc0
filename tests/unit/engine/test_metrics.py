"""Error and accuracy of whole parts, by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.losses import LOSSES
from bpviz.engine.metrics import EpochMetrics, Evaluator, decide
from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.spec import stack
from tests.unit.engine.samples import data


def test_decisions() -> None:
    one = np.array([[0.2], [0.5], [0.7]])
    assert decide(one, "binary", 0.5).tolist() == [0, 0, 1]
    assert decide(one - 0.5, "binary", 0.0).tolist() == [0, 0, 1]
    several = np.array([[0.1, 0.7, 0.2], [0.6, 0.1, 0.6]])
    assert decide(several, "classes", 0.5).tolist() == [1, 0]


@pytest.mark.parametrize(("reduction", "error"), [("mean", 0.625), ("sum", 2.5)])
def test_error_and_accuracy(reduction: str, error: float) -> None:
    network = Network(stack(1, 1, output="identity"), np.array([1.0, 0.0]))
    # outputs 0, 1, 1, 0 for targets 0, 1, 0, 2: errors 0, 0, ½, 2; right, right, wrong, wrong
    samples = data([[0.0], [1.0], [1.0], [0.0]], [[0.0], [1.0], [0.0], [2.0]], task="binary")
    scores = Evaluator(network, samples.train, samples).scores(
        LOSSES.make("half_squared"), reduction
    )
    assert scores == (error, 0.5)


def test_regression_has_no_accuracy_and_no_samples_have_no_scores() -> None:
    network = Network(stack(1, 1, output="identity"), np.array([1.0, 0.0]))
    samples = data([[0.0]], [[1.0]])
    loss = LOSSES.make("squared")
    error, accuracy = Evaluator(network, samples.train, samples).scores(loss, "mean")
    assert error == 1.0
    assert math.isnan(accuracy)
    assert all(map(math.isnan, Evaluator(network, samples.test, samples).scores(loss, "mean")))


def test_an_error_that_is_no_number_any_more_is_infinite_and_stays_one_of_the_test_part() -> None:
    network = Network(stack(1, 1, output="identity"), np.array([1e200, 0.0]))
    samples = data([[1.0]], [[0.0]], test=([[1e200], [1.0]], [[0.0], [0.0]]))
    part = replace(samples.test, weights=np.array([0.0, 1.0]))
    scores = Evaluator(network, part, samples).scores(LOSSES.make("squared"), "mean")
    assert scores[0] == math.inf
    row = EpochMetrics(1, 0.5, scores[0], math.nan, math.nan, 0.0, ())
    assert row.judged == ("test", math.inf)
    assert replace(row, test_loss=math.nan).judged == ("training", 0.5)


def test_a_large_part_is_evaluated_in_pieces() -> None:
    spec = stack(40_000, 1, output="identity")
    assert evaluation_rows(spec) == 32
    theta = np.zeros(40_001)
    theta[0] = 1.0
    inputs = np.zeros((40, 40_000))
    inputs[:, 0] = np.arange(40)
    samples = data(inputs, np.zeros((40, 1)))
    scores = Evaluator(Network(spec, theta), samples.train, samples).scores(
        LOSSES.make("squared"), "sum"
    )
    assert scores[0] == sum(k * k for k in range(40))


@pytest.mark.parametrize(
    ("train", "penalty", "finite"),
    [(1.0, 0.0, True), (math.nan, 0.0, False), (math.inf, 0.0, False), (1.0, math.inf, False)],
)
def test_what_is_finite(train: float, penalty: float, finite: bool) -> None:
    row = EpochMetrics(1, train, math.nan, math.nan, math.nan, penalty, ())
    assert row.finite is finite
