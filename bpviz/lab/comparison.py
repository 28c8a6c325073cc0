"""One experiment in several variants, trained from one initialisation side by side."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.compiled.warming import DTYPES, hindrance
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import SettingError
from bpviz.engine.training import NonFiniteError, Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import set_option

_EVERY_HIDDEN = "network.layers.*."


@dataclass(frozen=True)
class Variant:
    """A name, what is different, and a sentence on what it is good and bad at.

    Keys of `changes` are paths as in experiment files ("network.layers.h1.activation"); one
    without a point is a setting of the training, and "network.layers.*.activation" is that of
    every hidden layer. Values are plain ones, or tables such as {"kind": "momentum"}.
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""

    def of(self, experiment: Experiment) -> Experiment:
        """The experiment with these changes. Raises SettingError when one cannot be made."""
        for key, value in self.changes.items():
            for path in _paths(experiment, key):
                experiment = set_option(experiment, f"{path}={_toml(value)}")
        return experiment


@dataclass(eq=False)
class VariantRun:
    """A variant under way: a row (epoch, training error, first layer's gradient) per epoch.

    `ended` says why it ended before its time.
    """

    variant: Variant
    experiment: Experiment
    rows: list[tuple[float, float, float]] = field(default_factory=list)
    finished: bool = False
    ended: str = ""
    trainer: Trainer | None = None

    @property
    def epoch(self) -> int:
        return int(self.rows[-1][0]) if self.rows else 0

    @property
    def error(self) -> float:
        return self.rows[-1][1] if self.rows else math.nan

    def table(self) -> Array:
        """All rows so far, shape (epochs, 3); the gradient is NaN before the first step."""
        return np.array(list(self.rows), dtype=np.float64).reshape(-1, 3)

    def record(self, metrics: EpochMetrics) -> None:
        self.rows.append(
            (float(metrics.epoch), metrics.train_loss, float(metrics.gradient_norms[0]))
        )


class Comparison:
    """Trains all variants, epoch by epoch in turn, by `run` on a thread of its own.

    Each is the trainer's own run: the same bits as if it were trained alone. Rules that would
    stop a training do not count here. Raises SettingError when a variant cannot be made.
    """

    def __init__(
        self,
        experiment: Experiment,
        variants: Sequence[Variant],
        epochs: int,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        self.experiment = experiment
        self.runs = tuple(VariantRun(v, v.of(experiment)) for v in variants)
        self.epochs = epochs
        self._yield_to = yield_to
        self._cancelled = threading.Event()

    @property
    def finished(self) -> bool:
        return all(run.finished for run in self.runs)

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        parts = [1.0 if r.finished else r.epoch / self.epochs for r in self.runs]
        return sum(parts) / len(parts) if parts else 1.0

    def curves(self, of: Literal["error", "gradient"]) -> tuple[Array, list[Array]]:
        """Epochs, and one curve over them per variant; NaN where it has not been (yet)."""
        tables = [run.table() for run in self.runs]
        epochs = np.unique(np.concatenate([table[:, 0] for table in tables]))
        curves = []
        for table in tables:
            curve = np.full(len(epochs), np.nan)
            curve[np.searchsorted(epochs, table[:, 0])] = table[:, 1 if of == "error" else 2]
            curves.append(curve)
        return epochs, curves

    def cancel(self) -> None:
        """Let `run` end soon, within an epoch."""
        self._cancelled.set()

    def run(self) -> None:
        """Train until all are done."""
        self._prepare()
        while not self.finished:
            for run in self.runs:
                if not run.finished and not self._epoch(run):
                    return

    def _prepare(self) -> None:
        """Trainers of all variants; those with equal data and outputs share them.

        Like a run in a window they do not wait for the compiled engine.
        """
        known: dict[object, PreparedData] = {}
        hindrances = {dtype: hindrance(dtype, patient=False) for dtype in DTYPES}
        for run in self.runs:
            experiment, output = run.experiment, run.experiment.network.output
            key = (experiment.data, experiment.seed, output.units, output.activation)
            try:
                if key not in known:
                    known[key] = experiment.prepare()
                reason = hindrances[experiment.network.dtype]
                run.trainer = _measured(experiment).trainer(known[key], reason)
            except SettingError as error:
                run.ended, run.finished = error.message, True
                continue
            run.record(run.trainer.evaluate())

    def _epoch(self, run: VariantRun) -> bool:
        """One epoch of a variant; False when the comparison was cancelled in it."""
        trainer = run.trainer
        assert trainer is not None
        epoch = trainer.state.epoch
        while trainer.state.epoch == epoch:
            self._yield_to()
            if self._cancelled.is_set():
                return False
            try:
                measured = trainer.advance(trainer.batches - trainer.state.batch)
            except NonFiniteError as error:
                run.ended, run.finished = f"infinite in epoch {error.epoch:,}", True
                return True
        for metrics in measured:
            run.record(metrics)
        run.finished = trainer.state.epoch >= self.epochs
        return True


def _measured(experiment: Experiment) -> Experiment:
    """By itself each epoch is measured, or curves of different cadences would have gaps."""
    training = experiment.training
    every = training.evaluate_every or 1
    return replace(experiment, training=replace(training, evaluate_every=every))


def _paths(experiment: Experiment, key: str) -> list[str]:
    if key.startswith(_EVERY_HIDDEN):
        hidden = experiment.network.computed[:-1]
        rest = key.removeprefix(_EVERY_HIDDEN)
        return [f"network.layers.{layer.id}.{rest}" for layer in hidden]
    return [key if "." in key else f"training.{key}"]


def _toml(value: Any) -> str:
    """A plain value as TOML writes it in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_toml(v)}" for name, v in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
