"""When to stop: rules that look at the epoch's metrics and say why training should end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import Entry, Registry, setting


def epochs_done(epochs: int) -> str:
    """The clause that says so."""
    return "1 epoch is done" if epochs == 1 else f"{epochs} epochs are done"


@dataclass(frozen=True)
class StopRule(Entry):
    """A reason to stop. `memory` is the rule's own part of the trainer's state.

    `keeps_best`: the weights of the lowest test error (without a test part, training error) are
    kept meanwhile. A rule that is not `reproducible` looks at more than the numbers of training.
    """

    keeps_best: ClassVar[bool] = False
    reproducible: ClassVar[bool] = True

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        """One clause that says why to stop now, or "" to go on."""
        raise NotImplementedError


STOP_RULES: Registry[StopRule] = Registry("stop rule")


@STOP_RULES.register
@dataclass(frozen=True)
class Epochs(StopRule):
    """Stop after a number of epochs."""

    kind: ClassVar[str] = "epochs"
    label: ClassVar[str] = "after N epochs"
    epochs: int = setting(1000, "Epochs", "Stop at the end of this epoch", at_least=1)

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        return epochs_done(self.epochs) if metrics.epoch >= self.epochs else ""


@STOP_RULES.register
@dataclass(frozen=True)
class ErrorBelow(StopRule):
    """Stop when the training error has fallen below a value."""

    kind: ClassVar[str] = "error_below"
    label: ClassVar[str] = "error below"
    error: float = setting(0.01, "Error", "Stop below this training error", above=0)

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        if not metrics.train_loss < self.error:
            return ""
        return f"the training error {metrics.train_loss:.4g} is below {self.error:g}"


@STOP_RULES.register
@dataclass(frozen=True)
class NoBetter(StopRule):
    """Stop when the test error (without a test part, the training error) has not improved."""

    kind: ClassVar[str] = "no_better"
    label: ClassVar[str] = "no better for N epochs"
    keeps_best: ClassVar[bool] = True
    epochs: int = setting(50, "Epochs", "How long to wait for a better error", at_least=1)

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        name, error = metrics.judged
        if "best" not in memory or error < memory["best"]:
            memory["best"] = error
            memory["epoch"] = float(metrics.epoch)
        if metrics.epoch - memory["epoch"] < self.epochs:
            return ""
        return f"the {name} error has not improved for {self.epochs} epochs"
