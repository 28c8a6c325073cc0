"""A laboratory whose runner works on the test's own thread, command by command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpviz.experiments.experiment import Experiment
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.snapshot import Snapshot


class Bench:
    """Drives a laboratory by hand: `settle` works until training has paused."""

    def __init__(self, experiment: Experiment) -> None:
        self.lab = Laboratory(experiment)

    def settle_at_start(self) -> Snapshot:
        self.lab.pause()
        return self.settle()

    def settle(self) -> Snapshot:
        runner = self.lab.runner
        runner.work()
        while runner.is_running:
            runner.work()
        snapshot = runner.mailbox.take()
        assert snapshot is not None
        assert snapshot.revision == self.lab.revision
        return snapshot


@pytest.fixture
def bench() -> Callable[[Experiment], Bench]:
    return Bench
