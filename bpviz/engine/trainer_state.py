"""The state of a training: everything that changes while it runs, as named arrays and scalars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig


@dataclass
class TrainerState:
    """Everything that changes while training: named arrays of θ's size, and scalars.

    `epoch` counts finished epochs, `batch` finished batches of the one under way, `steps` the
    updates since the moments started at zero (what Adam's bias correction counts). `stopping` is
    the stop rules' memory.
    """

    theta: Array
    initial_theta: Array
    moments: dict[str, Array]
    seed: int
    epoch: int = 0
    batch: int = 0
    steps: int = 0
    stopping: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def initial(cls, spec: NetworkSpec, training: TrainingConfig, seed: int) -> TrainerState:
        """The state before the first update."""
        theta = initial_theta(spec, seed)
        moments = {name: np.zeros_like(theta) for name in training.optimizer.moments}
        return cls(theta, theta.copy(), moments, seed)

    def copy(self) -> TrainerState:
        return replace(
            self,
            theta=self.theta.copy(),
            initial_theta=self.initial_theta.copy(),
            moments={name: a.copy() for name, a in self.moments.items()},
            stopping={name: dict(memory) for name, memory in self.stopping.items()},
        )

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The state as named arrays and scalars for a file; they share memory with the state."""
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "theta": self.theta,
            "initial_theta": self.initial_theta,
            **{f"moment.{name}": a for name, a in self.moments.items()},
        }
        arrays["seed"] = np.array(self.seed % 2**64)
        for name in ("epoch", "batch", "steps"):
            arrays[name] = np.array(getattr(self, name))
        for rule, memory in self.stopping.items():
            for name, value in memory.items():
                arrays[f"stop.{rule}.{name}"] = np.array(value)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray[Any, Any]]) -> TrainerState:
        """The inverse of `to_arrays`. Raises SettingError when something is not there."""
        for name in ("theta", "initial_theta", "seed", "epoch", "batch", "steps"):
            if name not in arrays:
                raise SettingError("the saved training state lacks this array", name)
        stopping: dict[str, dict[str, float]] = {}
        for key, value in arrays.items():
            if key.startswith("stop."):
                _, rule, name = key.split(".")
                stopping.setdefault(rule, {})[name] = float(value)
        return cls(
            np.array(arrays["theta"]),
            np.array(arrays["initial_theta"]),
            {k[7:]: np.array(v) for k, v in arrays.items() if k.startswith("moment.")},
            seed=int(arrays["seed"]),
            epoch=int(arrays["epoch"]),
            batch=int(arrays["batch"]),
            steps=int(arrays["steps"]),
            stopping=stopping,
        )

    def check(self, spec: NetworkSpec) -> None:
        """Raise SettingError unless this is a state of such a network."""
        size = layout_of(spec).size
        arrays = {"theta": self.theta, "initial_theta": self.initial_theta}
        arrays |= {f"moment.{name}": moment for name, moment in self.moments.items()}
        for name, array in arrays.items():
            if array.shape != (size,) or array.dtype != spec.dtype:
                raise SettingError(
                    f"the network has {size} parameters in {spec.dtype}, "
                    f"but the training state has {array.size} in {array.dtype}",
                    name,
                )
