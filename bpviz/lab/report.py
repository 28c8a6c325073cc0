"""What is said of a finished training: a summary for people, a table for scripts."""

from __future__ import annotations

import json
import math
import textwrap
from dataclasses import dataclass
from typing import Any

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.stopping import epochs_done
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.lab.findings import Found
from bpviz.lab.numerics import numerics

# More weights than this are for files, not for a line of JSON.
_MANY_PARAMETERS = 10_000
# How wide sentences are written for people.
_WIDTH = 96


@dataclass(frozen=True)
class Result:
    """A finished training; `metrics` are those of the trainer's weights.

    These are the final ones or, with `of_best`, the best that a stop rule kept. `finding` is what
    the experiment's finding sees in them, None when it has none.
    """

    experiment: Experiment
    trainer: Trainer
    metrics: EpochMetrics
    seconds: float
    reason: str
    of_best: bool = False
    finding: Found | None = None

    def table(self) -> dict[str, Any]:
        """What scripts read: the keys stay, more may come."""
        metrics, theta = self.metrics, self.trainer.state.theta
        parameters = None
        if theta.size <= _MANY_PARAMETERS:
            parameters = dict(zip(self.trainer.layout.labels(), theta.tolist(), strict=True))
        return {
            "experiment": self.experiment.name,
            "seed": self.experiment.seed,
            "epochs": metrics.epoch,
            "samples": len(self.trainer.data.train),
            "test_samples": len(self.trainer.data.test),
            "seconds": self.seconds,
            "stopped": self.reason,
            "best": self._best,
            "loss": {"train": metrics.train_loss, "test": metrics.test_loss},
            "accuracy": {"train": metrics.train_accuracy, "test": metrics.test_accuracy},
            "penalty": metrics.penalty,
            "finding": _finding(self.experiment, self.finding),
            "numerics": numerics(self.trainer.kernel),
            "evaluated": str(self.trainer.cadence),
            "parameters": parameters,
        }

    def text(self) -> str:
        """A summary for people."""
        metrics, data = self.metrics, self.trainer.data
        lines = [
            f"{self.experiment.name}: {self.experiment.title}".rstrip(": "),
            f"  {self._ending}, in {self._duration}, with seed {self.experiment.seed}",
            f"  {'':10}{'training':>14}{'test':>14}",
            f"  {'samples':10}{len(data.train):>14,}{len(data.test):>14,}",
            f"  {'loss':10}{_figure(metrics.train_loss)}{_figure(metrics.test_loss)}",
        ]
        if not math.isnan(metrics.train_accuracy):
            accuracies = (metrics.train_accuracy, metrics.test_accuracy)
            lines.append(f"  {'accuracy':10}{''.join(f'{percent(a):>14}' for a in accuracies)}")
        if self.trainer.state.best_theta is not None:
            lines.append(f"  {self._best_words}")
        if self.finding is not None:
            told = (self.finding.headline, *self.finding.sentences)
            lines += [_indented(sentence) for sentence in told]
        return "\n".join(lines)

    @property
    def _ending(self) -> str:
        """Why training stopped, and after how long."""
        epochs = self.metrics.epoch
        if self.reason == epochs_done(epochs):
            return self.reason
        return f"after {epochs:,} {'epoch' if epochs == 1 else 'epochs'} {self.reason}"

    @property
    def _duration(self) -> str:
        """How long training took, by which engine; why not by the compiled one."""
        kernel = self.trainer.kernel
        is_plain = kernel.name == "compiled" or self.trainer.training.kernel == "numpy"
        engine = kernel.label if is_plain else f"{kernel.label}: {kernel.why}"
        return f"{self.seconds:.2f} s ({engine})"

    @property
    def weights_epoch(self) -> int:
        """After which epoch the network had these weights."""
        return self.trainer.state.best_epoch if self.of_best else self.metrics.epoch

    @property
    def _best(self) -> dict[str, Any] | None:
        state = self.trainer.state
        if state.best_theta is None:
            return None
        has_test = len(self.trainer.data.test) > 0
        return {"epoch": state.best_epoch, "test_loss": state.best_error if has_test else None}

    @property
    def _best_words(self) -> str:
        state = self.trainer.state
        if self.of_best:
            return f"with the best weights, those of epoch {state.best_epoch:,}"
        part = "test" if len(self.trainer.data.test) else "training"
        return (
            f"best {part} loss {state.best_error:.6g} after epoch {state.best_epoch:,} "
            "(--best takes those weights)"
        )

    @property
    def score_name(self) -> str:
        """What runs are compared by: accuracy if there are classes, on the test part if any."""
        part = "training" if math.isnan(self.metrics.test_loss) else "test"
        return f"{part} {'loss' if math.isnan(self.metrics.train_accuracy) else 'accuracy'}"

    @property
    def score(self) -> float:
        """The figure that `score_name` names."""
        metrics = self.metrics
        return {
            "test accuracy": metrics.test_accuracy,
            "training accuracy": metrics.train_accuracy,
            "test loss": metrics.test_loss,
            "training loss": metrics.train_loss,
        }[self.score_name]

    def show_score(self, score: float) -> str:
        """A score, or a mean of scores, as a text."""
        return percent(score) if self.score_name.endswith("accuracy") else f"{score:.6g}"


def _finding(experiment: Experiment, found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "kind": experiment.finding,
        "holds": found.holds,
        "refused": found.refused,
        "headline": found.headline,
        "sentences": list(found.sentences),
    }


def _indented(sentence: str) -> str:
    return textwrap.fill(sentence, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _figure(value: float) -> str:
    return f"{'–' if math.isnan(value) else f'{value:.6g}':>14}"


def percent(value: float) -> str:
    """A share in percent, a dash when there is none."""
    return "–" if math.isnan(value) else f"{100 * value:.2f} %"


def as_json(table: dict[str, Any]) -> str:
    """One line of JSON; what is not a finite number becomes null."""
    return json.dumps(_without_nan(table), ensure_ascii=False, allow_nan=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
