"""When to stop: rules that look at the epoch's metrics and say why training should end."""

from __future__ import annotations

import math
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
    label: ClassVar[str] = "no better for N"
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


@STOP_RULES.register
@dataclass(frozen=True)
class Rises(StopRule):
    """Stop when the test error (without a test part, the training error) rises N times in a row.

    Prechelt 1998, "Early stopping - but when?", the criterion UP with strips of k = 1 epoch:
    overfitting has begun.
    """

    kind: ClassVar[str] = "rises"
    label: ClassVar[str] = "N rises in a row"
    keeps_best: ClassVar[bool] = True
    times: int = setting(
        5, "Rises", "How many measurements in a row must be worse than the one before", at_least=1
    )

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        name, error = metrics.judged
        rose = error > memory.get("error", math.inf)
        memory["rises"] = memory.get("rises", 0.0) + 1.0 if rose else 0.0
        memory["error"] = error
        if memory["rises"] < self.times:
            return ""
        times = "once" if self.times == 1 else f"{self.times} times in a row"
        return f"the {name} error has risen {times}"


@STOP_RULES.register
@dataclass(frozen=True)
class GradientBelow(StopRule):
    """Stop when the gradient of the last batch has become shorter than a value."""

    kind: ClassVar[str] = "gradient_below"
    label: ClassVar[str] = "gradient below"
    norm: float = setting(
        1e-4,
        "Norm",
        "Stop below this length of the last batch's gradient",
        above=0,
        logarithmic=True,
    )

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        norm = math.hypot(*metrics.gradient_norms) if metrics.gradient_norms else math.nan
        if not norm < self.norm:
            return ""
        return f"the norm {norm:.4g} of the gradient is below {self.norm:g}"


@STOP_RULES.register
@dataclass(frozen=True)
class TimeLimit(StopRule):
    """Stop after some seconds of training; not reproducible: another run gets further or less far.

    Only time spent on updates counts, from when the rule was set.
    """

    kind: ClassVar[str] = "time"
    label: ClassVar[str] = "after some time"
    reproducible: ClassVar[bool] = False
    seconds: float = setting(
        60.0,
        "Seconds",
        "Stop after so much time spent on updates; where that is, no other run repeats",
        unit="s",
        above=0,
    )

    def reason(self, metrics: EpochMetrics, memory: dict[str, float]) -> str:
        if metrics.seconds < self.seconds:
            return ""
        unit = "second" if self.seconds == 1 else "seconds"
        verb = "is" if self.seconds == 1 else "are"
        return f"{self.seconds:g} {unit} of training {verb} over"
