"""A session with a training log that tests fill, and a snapshot where they need one."""

from types import SimpleNamespace

import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.gui.session import Session
from bpviz.lab.history import History


def row(epoch: int, train: float, test: float = 0.5, penalty: float = 0.0) -> EpochMetrics:
    return EpochMetrics(epoch, train, test, 0.5 + 0.001 * epoch, 0.5, penalty, (0.1, 0.01))


@pytest.fixture
def history() -> History:
    log = History(("h", "o"))
    for epoch in range(50):
        log.append(row(epoch, 1.0 / (1 + epoch)))
    return log


@pytest.fixture
def session(history: History) -> Session:
    return Session(SimpleNamespace(history=history))  # type: ignore[arg-type]
