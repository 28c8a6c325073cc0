"""How a network is trained: everything of the training that is not the network or the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.data import TrainingData
from bpviz.engine.losses import LOSSES, BinaryCrossEntropy, Loss
from bpviz.engine.metrics import Reduction
from bpviz.engine.optimizers import OPTIMIZERS, GradientDescent, Optimizer
from bpviz.engine.schedules import SCHEDULES, Schedule
from bpviz.engine.settings import SettingError, Settings, fields_of, setting
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.stopping import STOP_RULES, StopRule

UpdateMode = Literal["sample", "fixed", "mini-batch", "full"]
KernelChoice = Literal["auto", "numpy", "compiled"]


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
    rate_schedule: tuple[Schedule, ...] = setting(
        (),
        "Rate schedule",
        "What multiplies the learning rate as training goes on; several multiply",
        registry=SCHEDULES,
    )
    momentum_schedule: tuple[Schedule, ...] = setting(
        (),
        "Momentum schedule",
        "What multiplies the optimiser's momentum, never above what is set; several multiply",
        registry=SCHEDULES,
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
        "mean",
        "Batch error",
        "Whether the error of a batch is the mean or the sum of its samples', each times its "
        "weight; the mean divides by their number, not by their weights",
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
    weight_decay: float = setting(
        0.0,
        "Weight decay",
        "Takes this share, times the learning rate, off every weight at each step; unlike the L2 "
        "penalty it does not pass through the optimiser",
        at_least=0,
    )
    shrink: float = setting(
        0.0, "Shrink", "Takes this share off every weight after each step", at_least=0, below=1
    )
    max_norm: float = setting(
        0.0,
        "Max norm",
        "How long the weights into one unit may be together; 0: as long as they like",
        at_least=0,
    )
    clip_norm: float = setting(
        0.0, "Clip norm", "How long the gradient may be; 0: as long as it likes", at_least=0
    )
    clip_value: float = setting(
        0.0, "Clip value", "How large one gradient may be; 0: as large as it likes", at_least=0
    )
    input_noise: float = setting(
        0.0,
        "Input noise",
        "Deviation of the chance added to every input, each time it is learned from",
        at_least=0,
    )
    stop: tuple[StopRule, ...] = setting(
        (), "Stop when", "Rules that end the training", registry=STOP_RULES
    )
    evaluate_every: int = setting(
        0,
        "Evaluate every",
        "How often error and accuracy are measured; 0, auto: after each of the first 100 epochs, "
        "then as often as takes a fifth of the time of training; with stop rules or schedules "
        "after every epoch",
        unit="epochs",
        zero="auto",
        at_least=0,
    )
    kernel: KernelChoice = setting(
        "auto",
        "Engine",
        "What computes the training: NumPy, machine code compiled for small networks, or the one "
        "that suits the network; what is not compiled runs on NumPy",
        names={"auto": "automatic", "numpy": "NumPy"},
    )

    def rows_per_batch(self, samples: int) -> int:
        """How many samples one update sees at most, given the size of the training part."""
        wanted = {"sample": 1, "full": samples}.get(self.update, self.batch_size)
        return max(1, min(wanted, samples))

    def batches_per_epoch(self, samples: int) -> int:
        """How many updates an epoch has; the last one may see fewer samples than the others."""
        return -(-samples // self.rows_per_batch(samples))

    @cached_property
    def schedules(self) -> tuple[tuple[Schedule, ...], ...]:
        """The schedules of rate and momentum; () when both stay as they are."""
        both = (self.rate_schedule, self.momentum_schedule)
        return both if any(both) else ()

    @property
    def idle(self) -> dict[str, str]:
        """The settings that the others leave without effect, each with the reason as a clause."""
        optimizer, found = self.optimizer, {}
        if not optimizer.follows_rate:
            found["rate_schedule"] = f"{optimizer.label} sizes its own steps after the first"
        if not optimizer.momentum_setting:
            found["momentum_schedule"] = (
                f"{optimizer.label} has no momentum that a schedule could change"
            )
        return found

    def remarks(self) -> list[str]:
        """A sentence for each setting that was made but has no effect."""
        fields = fields_of(type(self))
        return [
            f"The {fields[name].setting.label.lower()} has no effect: {reason}."
            for name, reason in self.idle.items()
            if getattr(self, name)
        ]

    @property
    def keeps_best(self) -> bool:
        """Whether the weights of the lowest test error are kept: a stop rule asks for it."""
        return any(rule.keeps_best for rule in self.stop)

    @cached_property
    def is_reproducible(self) -> bool:
        """Whether training ends at the same epoch each time; a rule on time looks at the clock."""
        return all(rule.reproducible for rule in self.stop)

    def chance(self, spec: NetworkSpec) -> list[str]:
        """What chance adds while training, by name; the error that is measured is without it."""
        found = {
            "dropout": any(layer.dropout for layer in spec.layers),
            "input noise": self.input_noise,
        }
        return [name for name, is_there in found.items() if is_there]

    def obstacles(self, spec: NetworkSpec) -> list[str]:
        """The settings that make error or gradient other than they look, by their paths."""
        regularisers = ("input_noise", "l1", "weight_decay", "shrink", "max_norm")
        names = (*regularisers, "clip_norm", "clip_value")
        found = [f"training.{name}" for name in names if getattr(self, name)]
        dropped = any(layer.dropout for layer in spec.layers)
        return ["dropout of every layer", *found] if dropped else found


def check_fit(spec: NetworkSpec, training: TrainingConfig, data: TrainingData) -> None:
    """Refuse, with the reason, a network, training and data that do not go together.

    Raises SettingError.
    """
    refusal = training.loss.refusal(spec.output.activation)
    if refusal:
        raise SettingError(refusal, "training.loss")
    refusal = training.optimizer.refusal(training.update, training.obstacles(spec))
    if refusal:
        raise SettingError(refusal, "training.optimizer")
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
    with np.errstate(all="ignore"):
        # One sum tells, without a mark for each value, unless it overflows by itself.
        if math.isfinite(np.add.reduce(values, axis=None)):
            return
    finite = np.isfinite(values)
    if not finite.all():
        row, column = (int(k) + 1 for k in np.argwhere(~finite)[0])
        raise SettingError(
            f"the {name} must be finite numbers, but in {values.dtype} sample {row} has "
            f"{values[row - 1, column - 1]} in column {column}",
            "data",
        )
