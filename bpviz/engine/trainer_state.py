"""The state of a training: everything that changes while it runs, as named arrays and scalars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Layout, initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig


def no_moments(theta: Array, names: Iterable[str]) -> dict[str, Array]:
    """Moments of an optimiser that starts. `zeros`, unlike `zeros_like`, leaves them untouched."""
    return {name: np.zeros(theta.shape, theta.dtype) for name in names}


@dataclass
class TrainerState:
    """Everything that changes while training: named arrays of θ's size, and scalars.

    `epoch` counts finished epochs, `batch` finished batches of the one under way, `steps` the
    updates since the moments started at zero (what Adam's bias correction counts). `stopping` and
    `schedules` are the memories of stop rules and schedules. `best_theta` are the weights of the
    lowest test error so far, after epoch `best_epoch`, when a stop rule keeps them. `seconds` is
    the time spent on updates since the stop rules were set, counted only when one of them asks for
    it: the one thing here that another run does not repeat. Initial and best weights may be held
    by others as well: they are replaced, never changed in place.
    """

    theta: Array
    initial_theta: Array
    moments: dict[str, Array]
    seed: int
    epoch: int = 0
    batch: int = 0
    steps: int = 0
    stopping: dict[str, dict[str, float]] = field(default_factory=dict)
    schedules: dict[str, dict[str, float]] = field(default_factory=dict)
    best_theta: Array | None = None
    best_epoch: int = 0
    best_error: float = math.nan
    seconds: float = 0.0

    @classmethod
    def initial(cls, spec: NetworkSpec, training: TrainingConfig, seed: int) -> TrainerState:
        """The state before the first update."""
        theta = initial_theta(spec, seed)
        moments = no_moments(theta, training.optimizer.moments)
        return cls(theta, theta.copy(), moments, seed)

    def copy(self) -> TrainerState:
        return replace(
            self,
            theta=self.theta.copy(),
            initial_theta=self.initial_theta.copy(),
            moments={name: a.copy() for name, a in self.moments.items()},
            stopping={name: dict(memory) for name, memory in self.stopping.items()},
            schedules={name: dict(memory) for name, memory in self.schedules.items()},
            best_theta=None if self.best_theta is None else self.best_theta.copy(),
        )

    def forget_errors(self) -> None:
        """Errors are measured otherwise from now on: those that were remembered say nothing."""
        self.stopping.clear()
        self.schedules.clear()
        self.forget_best()

    def forget_best(self) -> None:
        """Keep no best weights any more; the next ones that are measured are the best."""
        self.best_theta, self.best_epoch, self.best_error = None, 0, math.nan

    def forget_moments(self) -> None:
        """The optimiser begins anew."""
        self.steps = 0
        for moment in self.moments.values():
            moment.fill(0.0)

    def clear(self, absent: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
        """Connections and biases that there are not weigh 0, and always have."""
        self.theta[absent] = 0.0
        self.initial_theta = np.where(absent, self.theta.dtype.type(0), self.initial_theta)

    def fit_moments(self, layout: Layout, training: TrainingConfig) -> None:
        """An optimiser that keeps other moments starts anew; what rests has none."""
        wanted = training.optimizer.moments
        if set(wanted) != set(self.moments):
            self.steps = 0
            self.moments = no_moments(self.theta, wanted)
        trainable = layout.trainable()
        for moment in () if trainable.all() else self.moments.values():
            moment[~trainable] = 0.0

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The state as named arrays and scalars for a file; they share memory with the state."""
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "theta": self.theta,
            "initial_theta": self.initial_theta,
            **{f"moment.{name}": a for name, a in self.moments.items()},
        }
        arrays["seed"] = np.array(self.seed % 2**64)
        for name in ("epoch", "batch", "steps", "best_epoch", "best_error", "seconds"):
            arrays[name] = np.array(getattr(self, name))
        if self.best_theta is not None:
            arrays["best_theta"] = self.best_theta
        for prefix, memories in (("stop", self.stopping), ("schedule", self.schedules)):
            for owner, memory in memories.items():
                for name, value in memory.items():
                    arrays[f"{prefix}.{owner}.{name}"] = np.array(value)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray[Any, Any]]) -> TrainerState:
        """The inverse of `to_arrays`. Raises SettingError when something is not there."""
        for name in ("theta", "initial_theta", "seed", "epoch", "batch", "steps"):
            if name not in arrays:
                raise SettingError("the saved training state lacks this array", name)
        memories: dict[str, dict[str, dict[str, float]]] = {"stop": {}, "schedule": {}}
        for key, value in arrays.items():
            prefix, _, rest = key.partition(".")
            if prefix in memories:
                owner, name = rest.rsplit(".", 1)
                memories[prefix].setdefault(owner, {})[name] = float(value)
        return cls(
            np.array(arrays["theta"]),
            np.array(arrays["initial_theta"]),
            {k[7:]: np.array(v) for k, v in arrays.items() if k.startswith("moment.")},
            seed=int(arrays["seed"]),
            epoch=int(arrays["epoch"]),
            batch=int(arrays["batch"]),
            steps=int(arrays["steps"]),
            stopping=memories["stop"],
            schedules=memories["schedule"],
            best_theta=np.array(arrays["best_theta"]) if "best_theta" in arrays else None,
            best_epoch=int(arrays.get("best_epoch", 0)),
            best_error=float(arrays.get("best_error", math.nan)),
            seconds=float(arrays.get("seconds", 0.0)),
        )

    def check(self, spec: NetworkSpec) -> None:
        """Raise SettingError unless this is a state of such a network."""
        size = layout_of(spec).size
        arrays = {"theta": self.theta, "initial_theta": self.initial_theta}
        if self.best_theta is not None:
            arrays["best_theta"] = self.best_theta
        arrays |= {f"moment.{name}": moment for name, moment in self.moments.items()}
        for name, array in arrays.items():
            if array.shape != (size,) or array.dtype != spec.dtype:
                raise SettingError(
                    f"the network has {size} parameters in {spec.dtype}, "
                    f"but the training state has {array.size} in {array.dtype}",
                    name,
                )
