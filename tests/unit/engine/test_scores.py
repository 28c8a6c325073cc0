"""Scores against numbers worked out by hand; scikit-learn has its say in tests/peers."""

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.calibration import calibration
from bpviz.engine.ranking import precision_recall_curve, roc_curve
from bpviz.engine.scores import class_scores, confusion, probabilities, regression_scores

NAN = float("nan")


def yes(*marks: int) -> np.ndarray:
    return np.array(marks, dtype=bool)


def test_class_scores_by_hand() -> None:
    """Three classes: 3 of class 0, all found; 2 of class 1, one taken for 0; 1 of class 2, lost."""
    true, taken = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, 0, 0])
    counts = confusion(true, taken, 3)
    assert counts.tolist() == [[3, 0, 0], [1, 1, 0], [1, 0, 0]]
    scores = class_scores(counts)
    assert scores.precision == pytest.approx([3 / 5, 1.0, NAN], nan_ok=True)
    assert scores.recall == pytest.approx([1.0, 0.5, 0.0])
    assert scores.f1 == pytest.approx([6 / 8, 2 / 3, 0.0])
    assert scores.support.tolist() == [3, 2, 1]
    assert scores.accuracy == pytest.approx(4 / 6)
    # Class 2 has no precision, so the mean is that of the other two.
    assert scores.macro == pytest.approx((0.8, 0.5, (6 / 8 + 2 / 3) / 3))
    assert scores.weighted == pytest.approx(
        ((3 * 0.6 + 2 * 1.0) / 5, 4 / 6, (3 * 6 / 8 + 2 * 2 / 3) / 6)
    )


def test_a_class_that_is_absent_and_never_chosen_has_no_scores() -> None:
    scores = class_scores(confusion(np.array([0, 1]), np.array([0, 1]), 3))
    assert np.isnan([scores.precision[2], scores.recall[2], scores.f1[2]]).all()
    assert scores.macro == (1.0, 1.0, 1.0)


def test_no_samples_have_no_scores() -> None:
    scores = class_scores(np.zeros((2, 2), dtype=np.int64))
    assert np.isnan([*scores.macro, *scores.weighted, scores.accuracy]).all()


def test_the_roc_curve_by_hand() -> None:
    """The four samples of scikit-learn's own example: area 0.75."""
    curve = roc_curve(np.array([0.1, 0.4, 0.35, 0.8]), yes(0, 0, 1, 1))
    assert curve.x.tolist() == [0, 0, 0.5, 0.5, 1]
    assert curve.y.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.thresholds.tolist() == [np.inf, 0.8, 0.4, 0.35, 0.1]
    assert curve.area == pytest.approx(0.75)


def test_samples_of_equal_score_pass_together() -> None:
    curve = roc_curve(np.array([0.5, 0.5, 0.5, 0.5]), yes(0, 1, 1, 0))
    assert curve.x.tolist() == curve.y.tolist() == [0, 1]
    assert curve.area == pytest.approx(0.5)
    both = precision_recall_curve(np.array([0.5, 0.5, 0.5, 0.5]), yes(0, 1, 1, 0))
    assert both.y.tolist() == [1.0, 0.5]
    assert both.area == pytest.approx(0.5)


def test_the_precision_recall_curve_by_hand() -> None:
    curve = precision_recall_curve(np.array([0.1, 0.4, 0.35, 0.8]), yes(0, 0, 1, 1))
    assert curve.x == pytest.approx([0, 0.5, 0.5, 1, 1])
    assert curve.y == pytest.approx([1, 1, 0.5, 2 / 3, 0.5])
    assert curve.area == pytest.approx(0.5 + 0.5 * 2 / 3)


@pytest.mark.parametrize("make", [roc_curve, precision_recall_curve])
@pytest.mark.parametrize(
    ("scores", "positive"),
    [
        ((0.1, 0.2), (1, 1)),
        ((0.1, 0.2), (0, 0)),
        ((0.1, NAN), (0, 1)),
        ((0.1, np.inf), (0, 1)),
        ((), ()),
    ],
    ids=["all yes", "all no", "not a number", "infinite", "nothing"],
)
def test_what_cannot_be_ranked_has_no_curve(make, scores, positive) -> None:
    curve = make(np.array(scores), yes(*positive))
    assert len(curve.x) == len(curve.y) == len(curve.thresholds) == 0
    assert np.isnan(curve.area)


def test_a_long_curve_is_thinned_for_drawing_and_keeps_its_ends_and_area() -> None:
    random = np.random.default_rng(0)
    scores, positive = random.normal(size=5000), random.random(5000) < 0.5
    curve = precision_recall_curve(scores, positive)
    thin = curve.thinned(200)
    assert len(thin.x) == 200
    assert (thin.x[0], thin.x[-1], thin.area) == (0.0, 1.0, curve.area)
    assert thin.thinned(300) is thin


def test_calibration_by_hand() -> None:
    """Two bins: 0.2, 0.4, 0.5 (the edge belongs below) with one yes; 0.9 and 0.8 with one."""
    found = calibration(np.array([0.2, 0.4, 0.5, 0.9, 0.8]), yes(0, 0, 1, 1, 0), bins=2)
    assert found.counts.tolist() == [3, 2]
    assert found.predicted == pytest.approx([1.1 / 3, 0.85])
    assert found.observed == pytest.approx([1 / 3, 0.5])
    assert found.error == pytest.approx((abs(1 - 1.1) + abs(1 - 1.7)) / 5)
    assert found.brier == pytest.approx((0.04 + 0.16 + 0.25 + 0.01 + 0.64) / 5)


def test_an_empty_bin_says_nothing() -> None:
    found = calibration(np.array([0.0, 1.0]), yes(0, 1))
    assert found.counts.tolist() == [1, *[0] * 8, 1]
    assert np.isnan(found.predicted[1:9]).all()
    assert np.isnan(found.observed[1:9]).all()
    assert (found.error, found.brier) == (0.0, 0.0)


@pytest.mark.parametrize("values", [(), (0.5, NAN)], ids=["nothing", "not a number"])
def test_no_probabilities_have_no_calibration(values) -> None:
    found = calibration(np.array(values), np.ones(len(values), dtype=bool))
    assert np.isnan([found.error, found.brier]).all()
    assert not found.counts.any()


def test_regression_scores_by_hand() -> None:
    """The targets 1, 2, 3 and the answers 1, 2, 5; a column of constant targets; a perfect one."""
    targets = np.array([[1.0, 7.0, 0.0], [2.0, 7.0, 1.0], [3.0, 7.0, 2.0]])
    outputs = np.array([[1.0, 6.0, 0.0], [2.0, 7.0, 1.0], [5.0, 7.0, 2.0]])
    scores = regression_scores(targets, outputs)
    assert scores.r2 == pytest.approx([1 - 4 / 2, NAN, 1.0], nan_ok=True)
    assert scores.mae == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert scores.rmse == pytest.approx([np.sqrt(4 / 3), np.sqrt(1 / 3), 0.0])


def test_constant_targets_have_no_r2_whatever_their_rounding() -> None:
    targets = np.full((10, 1), 0.1)
    assert np.isnan(regression_scores(targets, targets + 1.0).r2).all()


def test_answers_that_are_no_numbers_have_no_scores() -> None:
    scores = regression_scores(np.array([[0.0], [1.0]]), np.array([[NAN], [1.0]]))
    assert np.isnan([scores.r2, scores.mae, scores.rmse]).all()
    empty = regression_scores(np.empty((0, 2)), np.empty((0, 2)))
    assert np.isnan([empty.r2, empty.mae, empty.rmse]).all()


def test_outputs_between_no_and_yes_are_probabilities() -> None:
    out = np.array([[-1.0], [0.0], [0.5]])
    assert probabilities(out, ACTIVATIONS.make("tanh")).ravel() == pytest.approx([0, 0.5, 0.75])
    assert probabilities(out, ACTIVATIONS.make("sigmoid")).ravel() == pytest.approx(out.ravel())
    assert probabilities(out, ACTIVATIONS.make("identity")) is None
    assert probabilities(out, ACTIVATIONS.make("relu")) is None


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_probabilities_lie_between_0_and_1(kind: str) -> None:
    activation = ACTIVATIONS.make(kind)
    net = np.random.default_rng(1).normal(scale=20, size=(300, 3))
    out = np.empty_like(net)
    with np.errstate(all="ignore"):
        activation.forward(net, out, np.empty_like(net))
    found = probabilities(out, activation)
    assert found is None or (found.min() >= 0.0 and found.max() <= 1.0)
