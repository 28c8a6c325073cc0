"""Stop rules: when they speak, and what they remember."""

import math
from dataclasses import replace

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.stopping import STOP_RULES, Epochs, ErrorBelow, NoBetter

METRICS = EpochMetrics(5, 0.5, math.nan, math.nan, math.nan, 0.0, ())


def test_epochs() -> None:
    assert Epochs(6).reason(METRICS, {}) == ""
    assert Epochs(5).reason(METRICS, {}) == "5 epochs are done"
    assert Epochs(4).reason(METRICS, {}) == "4 epochs are done"


def test_error_below() -> None:
    assert ErrorBelow(0.5).reason(METRICS, {}) == ""
    assert ErrorBelow(0.51).reason(METRICS, {}) == "the training error 0.5 is below 0.51"
    assert ErrorBelow(0.51).reason(replace(METRICS, train_loss=math.nan), {}) == ""


def reasons(errors: list[tuple[float, float]], epochs: int) -> list[str]:
    rule, memory = NoBetter(epochs), {}
    return [
        rule.reason(replace(METRICS, epoch=epoch, train_loss=train, test_loss=test), memory)
        for epoch, (train, test) in enumerate(errors, 1)
    ]


def test_no_better_waits_for_a_better_test_error() -> None:
    spoken = reasons([(5, 9), (4, 8), (3, 8), (2, 7.9), (1, 8), (0, 8.1)], 2)
    assert spoken == [""] * 5 + ["the test error has not improved for 2 epochs"]


def test_without_a_test_part_the_training_error_counts() -> None:
    spoken = reasons([(5, math.nan), (4, math.nan), (4, math.nan)], 1)
    assert spoken == ["", "", "the training error has not improved for 1 epochs"]


def test_no_better_counts_epochs_not_looks() -> None:
    rule, memory = NoBetter(10), {}
    assert rule.reason(replace(METRICS, epoch=10), memory) == ""
    assert memory == {"best": 0.5, "epoch": 10.0}
    assert rule.reason(replace(METRICS, epoch=20), memory) != ""


def test_the_registry() -> None:
    assert list(STOP_RULES) == ["epochs", "error_below", "no_better"]
