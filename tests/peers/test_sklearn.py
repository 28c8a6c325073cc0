"""scikit-learn as an independent engine: one full-batch step from equal weights, and all scores."""

from typing import Any

import numpy as np
import pytest

from bpviz.engine.calibration import BINS, calibration
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.ranking import precision_recall_curve, roc_curve
from bpviz.engine.scores import class_scores, confusion, regression_scores
from bpviz.engine.spec import stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig

perceptrons = pytest.importorskip("sklearn.neural_network")
metrics = pytest.importorskip("sklearn.metrics")
curves = pytest.importorskip("sklearn.calibration")

pytestmark = pytest.mark.peers

ROWS, RATE, DECAY = 12, 0.3, 0.06


def peer(kind: str, activation: str) -> Any:
    # scikit-learn's alpha is spread over the samples: its penalty is ½ alpha Σ w² / rows.
    return getattr(perceptrons, kind)(
        hidden_layer_sizes=(4, 3),
        activation=activation,
        solver="sgd",
        alpha=DECAY * ROWS,
        batch_size=ROWS,
        learning_rate_init=RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
        random_state=0,
    )


def compare(ours: Trainer, theirs: Any, fit: Any) -> None:
    """Give the peer our weights, let both take one step, and compare errors and weights."""
    fit()
    weights = [block.view(ours.state.theta) for block in ours.layout.weight_blocks]
    biases = [block.view(ours.state.theta) for block in ours.layout.bias_blocks]
    for mine, given in zip(weights, theirs.coefs_, strict=True):
        given[...] = mine.T
    for mine, given in zip(biases, theirs.intercepts_, strict=True):
        given[...] = mine
    before = ours.evaluate()
    start = ours.state.theta.copy()
    fit()
    assert theirs.loss_ == pytest.approx(before.train_loss + before.penalty, rel=1e-12)
    ours.train_epoch()
    assert np.abs(ours.state.theta - start).max() > 1e-3
    for mine, given in zip(weights, theirs.coefs_, strict=True):
        np.testing.assert_allclose(mine.T, given, rtol=1e-12, atol=1e-14)
    for mine, given in zip(biases, theirs.intercepts_, strict=True):
        np.testing.assert_allclose(mine, given, rtol=1e-12, atol=1e-14)


def trainer(loss: str, hidden: str, output: str, targets: np.ndarray, x: np.ndarray) -> Trainer:
    training = TrainingConfig(loss=loss, learning_rate=RATE, update="full", l2=DECAY)
    data = TrainingData(Samples(x, targets), Samples(x[:0], targets[:0]))
    spec = stack(x.shape[1], 4, 3, targets.shape[1], hidden=hidden, output=output)
    return Trainer(spec, training, data, seed=2)


INPUTS = np.random.default_rng(4).uniform(-1, 1, (ROWS, 2))
HIDDEN = [("tanh", "tanh"), ("sigmoid", "logistic"), ("relu", "relu"), ("identity", "identity")]


@pytest.mark.parametrize(("hidden", "theirs"), HIDDEN)
def test_regression_is_half_squared_error(hidden: str, theirs: str) -> None:
    targets = np.sin(3 * INPUTS[:, :1]) + INPUTS[:, 1:]
    model = peer("MLPRegressor", theirs)
    ours = trainer("half_squared", hidden, "identity", targets, INPUTS)
    compare(ours, model, lambda: model.partial_fit(INPUTS, targets[:, 0]))


@pytest.mark.parametrize(("hidden", "theirs"), HIDDEN)
def test_two_classes_are_binary_cross_entropy(hidden: str, theirs: str) -> None:
    classes = (INPUTS.sum(axis=1) > 0).astype(int)
    model = peer("MLPClassifier", theirs)
    ours = trainer(
        "binary_cross_entropy", hidden, "sigmoid", classes[:, np.newaxis].astype(float), INPUTS
    )
    compare(ours, model, lambda: model.partial_fit(INPUTS, classes, classes=[0, 1]))


@pytest.mark.parametrize(("hidden", "theirs"), HIDDEN)
def test_three_classes_are_categorical_cross_entropy(hidden: str, theirs: str) -> None:
    classes = np.arange(ROWS) % 3
    model = peer("MLPClassifier", theirs)
    ours = trainer("categorical_cross_entropy", hidden, "softmax", np.eye(3)[classes], INPUTS)
    compare(ours, model, lambda: model.partial_fit(INPUTS, classes, classes=[0, 1, 2]))


# Decided at random; classes that are absent, or never taken; one class alone.
DECISIONS = {
    "random": (lambda r: r.integers(4, size=200), lambda r: r.integers(4, size=200)),
    "absent": (lambda r: r.integers(3, size=50), lambda r: r.integers(4, size=50)),
    "constant": (lambda r: r.integers(4, size=50), lambda r: np.zeros(50, int)),
    "never met": (lambda r: r.integers(2, size=50), lambda r: r.integers(2, size=50)),
    "all right": (lambda r: np.arange(40) % 4, lambda r: np.arange(40) % 4),
    "one sample": (lambda r: np.array([2]), lambda r: np.array([2])),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_class_scores_agree(case: str) -> None:
    random = np.random.default_rng(1)
    true, taken = (make(random) for make in DECISIONS[case])
    counts = confusion(true, taken, 4)
    labels = list(range(4))
    assert np.array_equal(counts, metrics.confusion_matrix(true, taken, labels=labels))
    ours = class_scores(counts)
    score = metrics.precision_recall_fscore_support
    settings = {"labels": labels, "zero_division": np.nan}
    for mine, theirs in zip(
        (ours.precision, ours.recall, ours.f1, ours.support),
        score(true, taken, **settings),
        strict=True,
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    for average in ("macro", "weighted"):
        theirs = score(true, taken, average=average, **settings)[:3]
        np.testing.assert_allclose(getattr(ours, average), theirs, rtol=1e-12)
    assert ours.accuracy == pytest.approx(metrics.accuracy_score(true, taken))


def ranked(case: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores in 0..1 and what is positive: all different, with ties, all alike, perfect, wrong."""
    random = np.random.default_rng(2)
    positive = random.random(300) < 0.3
    scores = {
        "different": random.random(300) * (0.6 + positive),
        "ties": random.integers(5, size=300) / 4,
        "constant": np.full(300, 0.25),
        "perfect": positive.astype(float),
        "wrong": 1.0 - positive,
        "edges": random.integers(11, size=300) / 10,
    }[case]
    return scores / max(1.0, scores.max()), positive


RANKED = ["different", "ties", "constant", "perfect", "wrong", "edges"]


@pytest.mark.parametrize("case", RANKED)
def test_roc_curves_agree(case: str) -> None:
    scores, positive = ranked(case)
    ours = roc_curve(scores, positive)
    x, y, thresholds = metrics.roc_curve(positive, scores, drop_intermediate=False)
    kept = np.isin(thresholds, ours.thresholds)
    np.testing.assert_allclose(ours.x, x[kept], rtol=1e-12)
    np.testing.assert_allclose(ours.y, y[kept], rtol=1e-12)
    # Only points in the middle of straight lines are left out.
    assert metrics.auc(ours.x, ours.y) == pytest.approx(metrics.auc(x, y), rel=1e-12)
    assert ours.area == pytest.approx(metrics.roc_auc_score(positive, scores), rel=1e-12)


@pytest.mark.parametrize("case", RANKED)
def test_precision_recall_curves_agree(case: str) -> None:
    scores, positive = ranked(case)
    ours = precision_recall_curve(scores, positive)
    precision, recall, thresholds = metrics.precision_recall_curve(positive, scores)
    np.testing.assert_allclose(ours.x, recall[::-1], rtol=1e-12)
    np.testing.assert_allclose(ours.y, precision[::-1], rtol=1e-12)
    np.testing.assert_array_equal(ours.thresholds[1:], thresholds[::-1])
    assert ours.area == pytest.approx(metrics.average_precision_score(positive, scores), rel=1e-12)


@pytest.mark.parametrize("case", RANKED)
def test_calibration_agrees(case: str) -> None:
    scores, positive = ranked(case)
    ours = calibration(scores, positive)
    observed, predicted = curves.calibration_curve(positive, scores, n_bins=BINS)
    filled = ours.counts > 0
    np.testing.assert_allclose(ours.predicted[filled], predicted, rtol=1e-12)
    np.testing.assert_allclose(ours.observed[filled], observed, rtol=1e-12)
    assert ours.brier == pytest.approx(metrics.brier_score_loss(positive, scores), rel=1e-12)


def test_regression_scores_agree() -> None:
    random = np.random.default_rng(3)
    targets = random.normal(size=(40, 3))
    outputs = targets + random.normal(scale=(0.1, 1.0, 5.0), size=(40, 3))
    ours = regression_scores(targets, outputs)
    raw = {"multioutput": "raw_values"}
    for mine, theirs in (
        (ours.r2, metrics.r2_score(targets, outputs, **raw)),
        (ours.mae, metrics.mean_absolute_error(targets, outputs, **raw)),
        (ours.rmse, metrics.root_mean_squared_error(targets, outputs, **raw)),
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
