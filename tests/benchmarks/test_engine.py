"""Speed of an epoch, of evaluating, and of publishing a snapshot.

Not part of an ordinary run: python -m pytest tests/benchmarks
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bpviz.engine.training_config import KernelChoice
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.bench.cases import CASES, Case
from bpviz.lab.commands import Step
from bpviz.lab.runner import Runner

by_name = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@by_name
@pytest.mark.parametrize("kernel", ["auto", "numpy"])
def test_epoch(benchmark: BenchmarkFixture, case: Case, kernel: KernelChoice) -> None:
    """One pass over the samples, without a look at the outcome."""
    trainer = case.trainer(case.data(), replace(case.training(), kernel=kernel))
    benchmark.extra_info["kernel"] = trainer.kernel.name
    benchmark(trainer.train_epoch)


@by_name
def test_evaluation(benchmark: BenchmarkFixture, case: Case) -> None:
    """Error and accuracy over all samples."""
    trainer = case.trainer(case.data())
    benchmark(trainer.evaluate)


@pytest.mark.parametrize("name", ["playground", "iris", "digits"])
def test_epoch_of_the_gallery(benchmark: BenchmarkFixture, name: str) -> None:
    """As the experiment is, evaluated as often as it says."""
    trainer = gallery_experiment(name).trainer()
    benchmark(trainer.train_epoch)


@pytest.mark.parametrize("name", ["playground", "digits"])
def test_batch_and_snapshot(benchmark: BenchmarkFixture, name: str) -> None:
    """A step by one batch, which publishes a snapshot, and its way out of the mailbox."""
    experiment = gallery_experiment(name)
    runner = Runner(experiment, experiment.prepare())

    def step() -> None:
        runner.submit(Step("batch"))
        runner.work()
        assert runner.mailbox.take() is not None

    benchmark(step)
