"""How a network is trained: everything of the training that is not the network or the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import TrainingData
from bpviz.engine.losses import LOSSES, BinaryCrossEntropy, Loss
from bpviz.engine.metrics import Reduction
from bpviz.engine.optimizers import OPTIMIZERS, GradientDescent, Optimizer
from bpviz.engine.settings import SettingError, Settings, setting
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.stopping import STOP_RULES, StopRule

UpdateMode = Literal["sample", "fixed", "mini-batch", "full"]


@dataclass(frozen=True)
class TrainingConfig(Settings):
    """Settings of the training loop."""

    loss: Loss = setting(BinaryCrossEntropy(), "Loss", "What training makes small", registry=LOSSES)
    optimizer: Optimizer = setting(
        GradientDescent(),
        "Optimizer",
        "How a gradient becomes a change of the weights",
        registry=OPTIMIZERS,
    )
    learning_rate: float = setting(
        0.03,
        "Learning rate",
        "How large a step each update takes",
        above=0,
        logarithmic=True,
        slider=(1e-5, 10.0),
    )
    update: UpdateMode = setting(
        "mini-batch",
        "Update",
        "After every sample, after fixed batches, after reshuffled mini-batches, or once an epoch",
    )
    batch_size: int = setting(
        10,
        "Batch size",
        "How many samples share one update",
        unit="samples",
        at_least=1,
        slider=(1, 100),
        logarithmic=True,
    )
    reduction: Reduction = setting(
        "mean", "Batch error", "Whether the error of a batch is the mean or the sum of its samples'"
    )
    l1: float = setting(
        0.0,
        "L1 penalty",
        "Pulls every weight towards zero by the same amount; many become exactly zero",
        at_least=0,
        slider=(0, 0.1),
    )
    l2: float = setting(
        0.0,
        "L2 penalty",
        "Pulls every weight towards zero in proportion to its size",
        at_least=0,
        slider=(0, 0.1),
    )
    stop: tuple[StopRule, ...] = setting(
        (), "Stop when", "Rules that end the training", registry=STOP_RULES
    )
    evaluate_every: int = setting(
        1, "Evaluate every", "How often error and accuracy are measured", unit="epochs", at_least=1
    )

    def rows_per_batch(self, samples: int) -> int:
        """How many samples one update sees, given the size of the training part."""
        return {"sample": 1, "full": max(1, samples)}.get(self.update, self.batch_size)


def check_fit(spec: NetworkSpec, training: TrainingConfig, data: TrainingData) -> None:
    """Refuse, with the reason, a network, training and data that do not go together.

    Raises SettingError.
    """
    refusal = training.loss.refusal(spec.output.activation)
    if refusal:
        raise SettingError(refusal, "training.loss")
    inputs = sum(layer.units for layer in spec.inputs)
    for part in (data.train, data.test):
        for name, have, wanted in (
            ("input", inputs, part.inputs.shape[1]),
            ("output", spec.output.units, part.targets.shape[1]),
        ):
            if have != wanted:
                raise SettingError(
                    f"the network has {have} {name} units but the data has {wanted} {name} values",
                    "network.layers",
                )
    if not spec.output.activation.elementwise and spec.output.units == 1:
        raise SettingError(
            f"{spec.output.activation.label} needs at least two output units, "
            "because a single one would always be 1",
            "network.layers",
        )
    if not len(data.train):
        raise SettingError("the training part is empty; lower the test fraction", "data")
    for part in (data.train, data.test):
        _check_finite("inputs", part.inputs)
        _check_finite("targets", part.targets)
        refusal = training.loss.bad_targets(part.targets)
        if refusal:
            raise SettingError(refusal, "training.loss")


def _check_finite(name: str, values: Array) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        row, column = (int(k) + 1 for k in np.argwhere(~finite)[0])
        raise SettingError(
            f"the {name} must be finite numbers, but in {values.dtype} sample {row} has "
            f"{values[row - 1, column - 1]} in column {column}",
            "data",
        )
