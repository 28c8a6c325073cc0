"""scikit-learn's perceptrons as an independent engine: one full-batch step from equal weights."""

from typing import Any

import numpy as np
import pytest

from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.spec import stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig

perceptrons = pytest.importorskip("sklearn.neural_network")

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
