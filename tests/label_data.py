"""A small set of samples with several labels each: what three gates say of two bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset
from bpviz.datasets.synthetic import Parity
from bpviz.engine.losses import LOSSES
from bpviz.engine.spec import stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment

INPUTS = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
GATES = np.array([(0, 0, 0), (0, 1, 1), (0, 1, 1), (1, 1, 0)], dtype=float)
NAMES = ("and", "or", "xor")


def teach_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the source that `gates` uses give the three gates; the registry stays as it is."""

    def load(self: Parity, seed: int) -> Dataset:
        inputs = np.hstack([INPUTS, np.zeros((4, self.bits - 2))])
        names = tuple("abcdefghij"[: self.bits])
        return Dataset(inputs, GATES, names, NAMES, labels=True)

    monkeypatch.setattr(Parity, "load", load)


def gates(output: str = "sigmoid", bits: int = 2, **data: Any) -> Experiment:
    """An experiment on the three gates, after `teach_gates`; nothing is held out."""
    config = DataConfig(source=Parity(bits), test_fraction=0.0, scaling="none", **data)
    loss = "binary_cross_entropy" if output == "sigmoid" else "half_squared"
    return Experiment(
        name="gates",
        data=config,
        network=stack(bits, 4, 3, output=output),
        training=TrainingConfig(loss=LOSSES.make(loss), learning_rate=1.0, update="full"),
    )
