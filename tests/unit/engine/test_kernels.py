"""Which engine trains, and how often it measures: both follow from the experiment alone."""

from dataclasses import replace
from typing import Any

import pytest

from bpviz.engine.cadence import Cadence
from bpviz.engine.kernels import Kernel, cadence_of, choose_kernel, uncovered
from bpviz.engine.optimizers import GradientDescent
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import random_data

SMALL = stack(2, 4, 1)
DATA = random_data(100, 2, 1)


def chosen(spec: NetworkSpec = SMALL, hindrance: str = "", **settings: Any) -> tuple[str, str]:
    return choose_kernel(spec, TrainingConfig(**settings), DATA, hindrance)


def test_the_faster_one_unless_one_is_set() -> None:
    large = stack(2, 512, 512, 1)
    assert chosen() == ("compiled", "the network is small")
    assert chosen(large, batch_size=64) == ("numpy", "the network's matrix products are large")
    assert chosen(kernel="numpy") == ("numpy", "as set")
    assert chosen(large, kernel="compiled") == ("compiled", "as set")


def test_a_hindrance_leaves_numpy() -> None:
    for kernel in ("auto", "compiled"):
        assert chosen(hindrance="there is no compiler", kernel=kernel) == (
            "numpy",
            "there is no compiler",
        )


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"optimizer": "lion"}, "Lion"),
        ({"loss": "focal"}, "focal"),
        ({"input_noise": 0.1}, "input noise"),
        ({"max_norm": 1.0}, "max norm"),
        ({"clip_norm": 1.0}, "clip norm"),
        ({"rate_schedule": ("exponential",)}, "schedules"),
        ({"optimizer": GradientDescent(), "clip_value": 1.0, "shrink": 0.1}, ""),
    ],
    ids=str,
)
def test_what_is_not_covered_is_named(settings: dict[str, Any], missing: str) -> None:
    assert missing.lower() in uncovered(SMALL, TrainingConfig(**settings)).lower()
    name, why = chosen(kernel="compiled", **settings)
    assert name == ("numpy" if missing else "compiled")
    assert missing.lower() in why.lower()


def test_dropout_is_not_covered() -> None:
    hidden = replace(SMALL.layers[1], dropout=0.5)
    assert chosen(SMALL.with_layer(hidden)) == ("numpy", "there is no compiled form of dropout")


def test_a_cadence() -> None:
    cadence = Cadence(7, dense=3)
    due = [epoch for epoch in range(1, 30) if cadence.is_due(epoch)]
    assert due == [1, 2, 3, 7, 14, 21, 28]
    for epochs in range(1, 40):
        for sparse in (Cadence(7), Cadence(1), cadence):
            most = max(
                sum(map(sparse.is_due, range(first, first + epochs))) for first in range(1, 20)
            )
            assert most <= sparse.most(epochs)
    assert str(cadence) == "the first 3 epochs, then every 7 epochs"


def test_what_is_set_counts_and_0_is_what_is_affordable() -> None:
    kernel = choose_kernel(SMALL, TrainingConfig(), DATA)
    assert cadence_of(SMALL, TrainingConfig(evaluate_every=5), DATA, kernel) == Cadence(5)
    by_itself = cadence_of(SMALL, TrainingConfig(), DATA, kernel)
    full = cadence_of(SMALL, TrainingConfig(update="full"), DATA, kernel)
    assert by_itself.dense == 100
    # An epoch of one batch is over sooner.
    assert 1 < by_itself.every < full.every


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize(
    "watching",
    [
        {"stop": ("epochs",)},
        {"rate_schedule": ("exponential",)},
        {"momentum_schedule": ("exponential",)},
    ],
    ids=str,
)
def test_by_itself_what_watches_the_error_sees_every_epoch(
    watching: dict[str, Any], engine: str
) -> None:
    training, kernel = TrainingConfig(**watching), Kernel(engine, "")
    assert cadence_of(SMALL, training, DATA, kernel) == Cadence(1)
    some = replace(training, evaluate_every=5)
    assert cadence_of(SMALL, some, DATA, kernel) == Cadence(5)
