"""From the gradient to the change of θ: clipping, the optimiser, decay, shrink, max-norm, rest.

The same code makes the trainer's step and the one that is explained.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.blocks import BLOCK, blocks
from bpviz.engine.optimizers import Optimizer
from bpviz.engine.parameters import Layout
from bpviz.engine.schedules import Memory, factor_at
from bpviz.engine.training_config import TrainingConfig


class StepSettings(NamedTuple):
    """What schedules may change from step to step: the rate, and the optimiser's momentum."""

    rate: float
    optimizer: Optimizer


def scheduled(
    training: TrainingConfig, epoch: int, part: float, memory: dict[str, Memory]
) -> StepSettings:
    """Rate and optimiser when `part` (0 to 1) of an epoch is done; `memory` is the schedules'."""
    rate = factor_at(training.rate_schedule, "rate", epoch, part, memory)
    momentum = factor_at(training.momentum_schedule, "momentum", epoch, part, memory)
    return StepSettings(training.learning_rate * rate, training.optimizer.with_momentum(momentum))


class UpdateRule:
    """Δθ = mask · limit(optimiser(clip(gradient)) - decay - shrink), for one network.

    clip: every element into [-c, c], then all together to a norm of at most c (Pascanu et al.
    2013), over the parameters that learn. decay: -ε λ w (decoupled; Loshchilov & Hutter 2019).
    shrink: what is left of w + Δw is multiplied with 1 - s. limit: the weights into a unit are
    scaled back to a norm of at most c (max-norm; Srivastava et al. 2014, sect. 5.1). Decay,
    shrink and max-norm leave biases alone; a parameter at rest has Δθ = 0 and no moments.
    """

    def __init__(self, layout: Layout, training: TrainingConfig) -> None:
        self.layout = layout
        self.training = training
        trainable = layout.trainable()
        self._held = None if trainable.all() else np.flatnonzero(~trainable)
        self._runs = _merged([slice(b.start, b.stop) for b in layout.weight_blocks])
        self.changes_gradient = bool(
            training.clip_norm or training.clip_value or not training.optimizer.elementwise
        )
        # Whether nothing comes after the optimiser.
        self._alone = self._held is None and not (
            training.weight_decay
            or training.optimizer.decay
            or training.shrink
            or training.max_norm
        )
        self._given: Array | None = None
        self._scratch: Array | None = None
        self._parts: tuple[tuple[slice, UpdateRule], ...] = ()

    @property
    def elementwise(self) -> bool:
        """Whether each element of Δθ comes of its own parameter, gradient and moments alone."""
        training = self.training
        return training.optimizer.elementwise and not (training.max_norm or training.clip_norm)

    def at(self, part: slice) -> UpdateRule:
        """The rule for a part of θ, whose vectors are then that part; it must be elementwise."""
        rule = copy.copy(self)
        rule._given, rule._scratch, rule._parts = None, None, ()
        stop = part.stop - part.start
        cut = [(max(0, r.start - part.start), min(stop, r.stop - part.start)) for r in self._runs]
        rule._runs = [slice(*run) for run in cut if run[0] < run[1]]
        if self._held is not None:
            low, high = np.searchsorted(self._held, (part.start, part.stop))
            rule._held = self._held[low:high] - part.start
        return rule

    def given(self, gradient: Array) -> Array:
        """The gradient as the optimiser gets it: clipped, and without what rests."""
        if not self.changes_gradient:
            return gradient
        if self._given is None or self._given.shape != gradient.shape:
            self._given = np.empty_like(gradient)
        given, training = self._given, self.training
        np.copyto(given, gradient)
        if self._held is not None:
            given[self._held] = 0.0
        if training.clip_value:
            np.clip(given, -training.clip_value, training.clip_value, out=given)
        if training.clip_norm:
            norm = float(np.dot(given, given)) ** 0.5
            if norm > training.clip_norm:
                np.multiply(given, training.clip_norm / norm, out=given)
        return given

    def advance(
        self,
        theta: Array,
        gradient: Array,
        settings: StepSettings,
        number: int,
        moments: dict[str, Array],
        update: Array,
    ) -> None:
        """θ += Δθ of step `number` (1, 2, …), with Δθ left in `update`.

        A rule that takes each parameter by itself goes block by block, with the same outcome.
        """
        if not self.elementwise or theta.size <= BLOCK:
            scratch = self._room(theta)
            self.step(theta, gradient, settings, number, moments, update, scratch)
            np.add(theta, update, out=theta)
            return
        scratch = self._room(theta[:BLOCK])
        for part, rule in self._blocks(theta):
            change = update[part]
            own = {name: moment[part] for name, moment in moments.items()}
            rule.step(
                theta[part], gradient[part], settings, number, own, change, scratch[: change.size]
            )
            np.add(theta[part], change, out=theta[part])

    def _room(self, like: Array) -> Array:
        if self._scratch is None:
            self._scratch = np.empty_like(like)
        return self._scratch

    def _blocks(self, theta: Array) -> tuple[tuple[slice, UpdateRule], ...]:
        """The runs of θ that are stepped through at once, each with its rule."""
        if not self._parts:
            self._parts = tuple((part, self.at(part)) for part in blocks(0, theta.size))
            room = np.empty_like(theta[:BLOCK]) if self.changes_gradient else None
            for part, rule in self._parts:
                rule._given = None if room is None else room[: part.stop - part.start]
        return self._parts

    def step(
        self,
        theta: Array,
        gradient: Array,
        settings: StepSettings,
        number: int,
        moments: dict[str, Array],
        update: Array,
        scratch: Array,
    ) -> None:
        """Write Δθ of step `number` (1, 2, …) into `update`, advancing `moments`."""
        rate, optimizer = settings
        optimizer.update(self.given(gradient), rate, number, moments, update, scratch)
        if self._alone:
            return
        training = self.training
        decay = training.weight_decay + optimizer.decay
        for run in self._runs if decay or training.shrink else ():
            if decay:
                np.multiply(theta[run], rate * decay, out=scratch[run])
                np.subtract(update[run], scratch[run], out=update[run])
            if training.shrink:
                np.add(theta[run], update[run], out=scratch[run])
                np.multiply(scratch[run], training.shrink, out=scratch[run])
                np.subtract(update[run], scratch[run], out=update[run])
        if training.max_norm:
            self._limit(theta, update)
        if self._held is not None:
            update[self._held] = 0.0
            for moment in moments.values():
                moment[self._held] = 0.0

    def _limit(self, theta: Array, update: Array) -> None:
        """Scale the weights into each unit that would be longer than max_norm back to it."""
        for layer in self.layout.spec.computed:
            blocks = [self.layout.block(layer.id, source) for source in layer.sources]
            views = [(b.view(theta), b.view(update)) for b in blocks if b is not None]
            squares = sum(np.square(w + dw).sum(axis=1) for w, dw in views)
            norms = np.sqrt(np.asarray(squares))
            long = np.flatnonzero(norms > self.training.max_norm)
            for w, dw in views if len(long) else ():
                share = (self.training.max_norm / norms[long])[:, np.newaxis]
                dw[long] = (w[long] + dw[long]) * share - w[long]


def _merged(runs: list[slice]) -> list[slice]:
    """Runs that touch, as one."""
    merged: list[slice] = []
    for run in runs:
        if merged and merged[-1].stop == run.start:
            merged[-1] = slice(merged[-1].start, run.stop)
        else:
            merged.append(run)
    return merged
