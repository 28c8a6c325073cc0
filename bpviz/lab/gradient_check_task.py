"""A gradient check as a person asks for it: how long it takes, how far it is, what it found."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpviz.engine.data import TrainingData
from bpviz.engine.gradient_check import GradientCheck, check_gradient
from bpviz.engine.initializers import Explicit
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig
from bpviz.lab.long_task import LongTask
from bpviz.lab.snapshot import Snapshot

# Gradients whose relative error is larger disagree.
TOLERANCE = 1e-4
EPSILON = 1e-5
# Below this the difference quotient has no digits left that could agree.
_NEARLY_ZERO = 1e-9

# A check that would take longer looks at fewer samples, but never at fewer than these.
_LONGEST_S = 60.0
_FEWEST_SAMPLES = 16
# A rough cost of one forward pass: in all, per sample and weight, per sample and unit.
_PER_PASS_S, _PER_WEIGHT_S, _PER_UNIT_S = 4e-5, 3e-10, 3e-8
_ANY_INITIALIZER = Explicit()
# How many of those that disagree a sentence names.
_NAMED = 3

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Plan:
    """What a check will look at: how many gradients, how many samples of how many, how long."""

    gradients: int
    samples: int
    all_samples: int
    seconds: float

    @property
    def limited(self) -> bool:
        return self.samples < self.all_samples


def plan_check(snapshot: Snapshot) -> Plan:
    """Take all training samples, or as many as a minute allows."""
    spec, count = snapshot.spec, len(snapshot.data.training.train)
    gradients = snapshot.layout.size - len(spec.missing)
    units = sum(layer.units for layer in spec.computed)
    per_sample = snapshot.layout.size * _PER_WEIGHT_S + units * _PER_UNIT_S
    passes = max(1, 2 * gradients)
    affordable = int((_LONGEST_S / passes - _PER_PASS_S) / per_sample)
    samples = min(count, max(_FEWEST_SAMPLES, affordable))
    return Plan(gradients, samples, count, passes * (_PER_PASS_S + samples * per_sample))


@dataclass(frozen=True, eq=False)
class CheckReport:
    """What was found, and at which weights. `done` positions of θ were reached before it ended."""

    snapshot: Snapshot
    plan: Plan
    check: GradientCheck
    done: int

    @property
    def stopped(self) -> bool:
        """Whether it was cancelled before the end."""
        return self.done < self.snapshot.layout.size

    @property
    def reached(self) -> Mask:
        """Mask over θ: the connections that exist and were looked at."""
        mask = self.snapshot.layout.present().copy()
        mask[self.done :] = False
        return mask

    @property
    def compared(self) -> Mask:
        """Mask over θ: reached, and not left out because of a kink."""
        return self.reached & ~self.check.crosses_kink

    @property
    def disagreeing(self) -> Mask:
        """Mask over θ: relative error above TOLERANCE, or no number at all."""
        with np.errstate(invalid="ignore"):
            return self.compared & ~(self.check.relative_errors < TOLERANCE)

    def worst_first(self) -> Rows:
        """Positions in θ by falling relative error; those left out come last."""
        positions = np.flatnonzero(self.reached)
        with np.errstate(invalid="ignore"):
            errors = self.check.relative_errors[positions]
        errors = np.where(np.isnan(errors), math.inf, errors)
        errors[self.check.crosses_kink[positions]] = -1.0
        return positions[np.argsort(-errors, kind="stable")]

    def change_since(self, now: Snapshot) -> str:
        """What of the checked error differs now: "network", "data", "error", "weights" or ""."""
        then = self.snapshot
        if then.spec is not now.spec and _function(then.spec) != _function(now.spec):
            return "network"
        if then.data.training is not now.data.training:
            return "data"
        if _error_settings(then) != _error_settings(now):
            return "error"
        return "" if np.array_equal(then.theta, now.theta, equal_nan=True) else "weights"

    def sentence(self) -> str:
        """The result in words."""
        head = ""
        if self.stopped:
            head = f"Stopped after {self.reached.sum():,} of {self.plan.gradients:,}. "
        return head + self._verdict() + self._left_out() + self._without()

    def _verdict(self) -> str:
        compared, wrong = int(self.compared.sum()), np.flatnonzero(self.disagreeing)
        if not compared:
            return "No gradient was compared."
        a, n = self.check.analytic[self.compared], self.check.numerical[self.compared]
        if not (np.isfinite(a).all() and np.isfinite(n).all()):
            return "The error or its gradient is not a finite number at these weights."
        if len(wrong) and max(np.abs(a).max(), np.abs(n).max()) < _NEARLY_ZERO:
            return (
                f"All gradients lie below {_NEARLY_ZERO:g}: the error is so flat here that a "
                "numerical gradient has no digits to compare."
            )
        layout, order = self.snapshot.layout, self.worst_first()
        worst = float(self.check.relative_errors[order[0]])
        largest = f"{worst:.2g}" if worst > 0.01 else f"{worst:.1e}".replace("e-0", "e-")
        at = layout.label(int(order[0]))
        if not len(wrong):
            which = (
                "The only gradient agrees" if compared == 1 else f"All {compared:,} gradients agree"
            )
            return f"{which}: largest relative error {largest} ({at})."
        names = ", ".join(layout.label(int(k)) for k in order[: min(_NAMED, len(wrong))])
        more = ", …" if len(wrong) > _NAMED else ""
        verb = "disagrees" if len(wrong) == 1 else "disagree"
        return (
            f"{len(wrong):,} of {compared:,} gradients {verb} ({names}{more}): "
            f"largest relative error {largest} ({at})."
        )

    def _left_out(self) -> str:
        count = int((self.reached & self.check.crosses_kink).sum())
        if not count:
            return ""
        verb = "was" if count == 1 else "were"
        return f" {count:,} {verb} left out because a kink lies within ±ε."

    def _without(self) -> str:
        """What training adds by chance is no part of the error that is checked."""
        found = self.snapshot.experiment.training.chance(self.snapshot.spec)
        return f" The error is the one without {' and '.join(found)}." if found else ""


class GradientCheckTask(LongTask):
    """One check; what was found is `report`, of the gradients that were reached."""

    def __init__(self, snapshot: Snapshot, yield_to: Callable[[], None] = lambda: None) -> None:
        super().__init__(snapshot.layout.size, yield_to)
        self.snapshot = snapshot
        self.plan = plan_check(snapshot)
        self.report: CheckReport | None = None

    def run(self) -> None:
        """Check, and leave the result in `report`."""
        snapshot = self.snapshot
        spec, training, data = checked_problem(snapshot, self.plan)
        self._start()
        check = check_gradient(spec, training, data, snapshot.theta, EPSILON, self._goes_on)
        self._end()
        self.report = CheckReport(snapshot, self.plan, check, self.done)


def checked_problem(
    snapshot: Snapshot, plan: Plan
) -> tuple[NetworkSpec, TrainingConfig, TrainingData]:
    """What `check_gradient` is asked: the present network on the plan's samples, evenly chosen."""
    data = snapshot.data.training
    if plan.limited:
        rows = np.linspace(0, plan.all_samples - 1, plan.samples).round().astype(np.intp)
        data = replace(data, train=data.train.rows(rows))
    return snapshot.spec, snapshot.experiment.training, data


def _function(spec: NetworkSpec) -> NetworkSpec:
    """The network without what its output does not depend on."""
    return replace(spec, frozen=frozenset(), initializer=_ANY_INITIALIZER)


def _error_settings(snapshot: Snapshot) -> tuple[object, ...]:
    training = snapshot.experiment.training
    return training.loss, training.reduction, training.l1, training.l2
