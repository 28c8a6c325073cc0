"""What watches the epochs that are measured: schedules, stop rules, and who keeps the best weights.

What they remember lies in the trainer's state, so that a saved training goes on as it would have.
"""

from __future__ import annotations

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.schedules import observe
from bpviz.engine.trainer_state import TrainerState
from bpviz.engine.training_config import TrainingConfig


def take_note(training: TrainingConfig, state: TrainerState, metrics: EpochMetrics) -> None:
    """What schedules and stop rules want to know of an epoch; the state is the one at its end."""
    observe(training.rate_schedule, "rate", metrics, state.schedules)
    observe(training.momentum_schedule, "momentum", metrics, state.schedules)
    _, error = metrics.judged
    if training.keeps_best and not error >= state.best_error:
        state.best_theta = state.theta.copy()
        state.best_epoch, state.best_error = state.epoch, error


def stop_reason(training: TrainingConfig, state: TrainerState, metrics: EpochMetrics) -> str:
    """Why training should end after this epoch, or ""."""
    reasons = [
        rule.reason(metrics, state.stopping.setdefault(f"{k}-{rule.kind}", {}))
        for k, rule in enumerate(training.stop)
    ]
    reason = next((reason for reason in reasons if reason), "")
    if not reason or state.best_theta is None or state.best_epoch == metrics.epoch:
        return reason
    return f"{reason}; the best was after epoch {state.best_epoch}"
