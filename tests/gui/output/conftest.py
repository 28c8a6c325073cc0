"""Sessions that hold a hand-made snapshot and its evaluation, without threads or a laboratory."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bpviz.datasets.bundled import Digits
from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.synthetic import Circle, MultiGaussian
from bpviz.engine.losses import LOSSES
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.gui.session import Session
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.history import History
from bpviz.lab.snapshot import Snapshot


def snapshot_of(
    source: DataSource, network: NetworkSpec, loss: str, epochs: int = 0, **data: Any
) -> Snapshot:
    """A snapshot of a network after a little training."""
    experiment = Experiment(
        data=DataConfig(source=source, **data),
        network=network,
        training=TrainingConfig(loss=LOSSES.make(loss), learning_rate=0.1),
    )
    prepared = experiment.prepare()
    trainer = experiment.trainer(prepared)
    for _ in range(epochs):
        trainer.train_epoch()
    state = trainer.state
    return Snapshot(
        run=1,
        revision=1,
        experiment=experiment,
        data=prepared,
        epoch=state.epoch,
        batch=0,
        theta=state.theta.copy(),
        initial_theta=state.initial_theta.copy(),
        gradient=trainer.gradient.copy(),
        gradient_of="the last batch",
        update=trainer.update.copy(),
        moments=dict(state.moments),
        steps=state.steps,
        metrics=trainer.evaluate(),
    )


def session_of(snapshot: Snapshot, **request: Any) -> Session:
    """A session that shows this snapshot, evaluated."""
    session = Session(SimpleNamespace(experiment=snapshot.experiment, history=History()))  # type: ignore[arg-type]
    session.snapshot = snapshot
    session.request = replace(Request(), **request)
    session.evaluation = evaluate(snapshot, session.request)
    return session


def answer(session: Session) -> None:
    """What the evaluator's thread does: evaluate what is asked for now."""
    assert session.snapshot
    session.evaluation = evaluate(session.snapshot, session.request)
    session.evaluation_changed.emit()


@pytest.fixture(scope="session")
def circle() -> Snapshot:
    return snapshot_of(Circle(), stack(2, 4, 1), "binary_cross_entropy", 20)


@pytest.fixture(scope="session")
def regression() -> Snapshot:
    network = stack(2, 4, 1, output="tanh")
    return snapshot_of(MultiGaussian(), network, "half_squared", 3)


@pytest.fixture(scope="session")
def digits() -> Snapshot:
    network = stack(64, 24, 10, output="softmax")
    return snapshot_of(Digits(), network, "categorical_cross_entropy", 20, scaling="standardise")


@pytest.fixture
def digit_data(digits: Snapshot) -> Dataset:
    return digits.data.dataset


@pytest.fixture
def open_session() -> Callable[..., Session]:
    return session_of


@pytest.fixture
def evaluator() -> Callable[[Session], None]:
    return answer


@pytest.fixture(scope="session")
def iris() -> Snapshot:
    from bpviz.datasets.bundled import Iris

    return snapshot_of(Iris(), stack(4, 4, 3, output="softmax"), "categorical_cross_entropy", 5)
