"""Conditions on how far training has come, and how well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from bpviz.engine.settings import setting
from bpviz.lab.lesson_conditions.base import CONDITIONS, Condition, LessonState

Part = Literal["train", "test"]


@CONDITIONS.register
@dataclass(frozen=True)
class EpochAtLeast(Condition):
    """Training has come this far."""

    kind: ClassVar[str] = "epoch_at_least"
    epoch: int = setting(1, "Epoch", "The epoch to be reached", unit="epochs", at_least=1)

    def met(self, state: LessonState) -> bool:
        return state.snapshot is not None and state.snapshot.epoch >= self.epoch


@CONDITIONS.register
@dataclass(frozen=True)
class Stepped(Condition):
    """A batch was trained since the step began: the weights were updated."""

    kind: ClassVar[str] = "batch_stepped"

    def met(self, state: LessonState) -> bool:
        now, first = state.snapshot, state.first
        if now is None or first is None:
            return False
        return (now.epoch, now.batch) > (first.epoch, first.batch)


@CONDITIONS.register
@dataclass(frozen=True)
class WasReset(Condition):
    """Training stands at its beginning."""

    kind: ClassVar[str] = "reset"

    def met(self, state: LessonState) -> bool:
        snapshot = state.snapshot
        return state.is_current and snapshot is not None and snapshot.epoch == snapshot.batch == 0


@dataclass(frozen=True)
class _Loss(Condition):
    loss: float = setting(0.1, "Loss", "The error that is the mark", at_least=0)
    part: Part = setting("train", "Part", "Error of the training or the test part")
    epoch: int = setting(0, "Epoch", "Not before this epoch", unit="epochs", at_least=0)

    def _now(self, state: LessonState) -> float:
        snapshot = state.snapshot
        if snapshot is None or not state.is_current or snapshot.epoch < self.epoch:
            return math.nan
        metrics = snapshot.metrics
        return metrics.train_loss if self.part == "train" else metrics.test_loss


@CONDITIONS.register
@dataclass(frozen=True)
class LossBelow(_Loss):
    """The error has fallen below a mark."""

    kind: ClassVar[str] = "loss_below"

    def met(self, state: LessonState) -> bool:
        return self._now(state) < self.loss


@CONDITIONS.register
@dataclass(frozen=True)
class LossAbove(_Loss):
    """The error is above a mark, or infinite."""

    kind: ClassVar[str] = "loss_above"

    def met(self, state: LessonState) -> bool:
        return self._now(state) > self.loss


@CONDITIONS.register
@dataclass(frozen=True)
class AccuracyAtLeast(Condition):
    """This share of the samples is classified right."""

    kind: ClassVar[str] = "accuracy_at_least"
    accuracy: float = setting(0.9, "Accuracy", "Share of right answers", at_least=0, at_most=1)
    part: Part = setting("train", "Part", "Accuracy on the training or the test part")

    def met(self, state: LessonState) -> bool:
        if state.snapshot is None or not state.is_current:
            return False
        metrics = state.snapshot.metrics
        now = metrics.train_accuracy if self.part == "train" else metrics.test_accuracy
        return now >= self.accuracy
