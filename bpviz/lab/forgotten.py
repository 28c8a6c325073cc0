"""What an edit makes a training forget, kept so that undoing it brings that back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.engine.trainer_state import TrainerState
from bpviz.lab.commands import Undoable

# What was measured comes back however long training went on in between.
_MEASURED = ("stopping", "schedules", "best_theta", "best_epoch", "best_error", "seconds")

# What belongs to a moment of training comes back only to that moment.
_MOMENTARY = ("moments", "steps", "batch")


def apart_from_theta(state: TrainerState) -> TrainerState:
    """A copy of what `note_lost` compares: all but θ and the initial weights."""
    nothing = np.empty(0, state.theta.dtype)
    return replace(state, theta=nothing, initial_theta=nothing).copy()


def note_lost(memory: Undoable, before: TrainerState, after: TrainerState) -> None:
    """Remember what an edit, or one more of a drag, has changed of the state, θ apart."""
    if memory.lost and memory.place != place_of(before):
        _forget_momentary(memory)
    for name in _MEASURED + _MOMENTARY:
        if not _same(getattr(before, name), getattr(after, name)):
            memory.lost.setdefault(name, getattr(before, name))
    memory.place = place_of(after)


def give_back(memory: Undoable, place: tuple[int, int, int], state: TrainerState) -> None:
    """Give a state what was lost; `place` is where training stood before the edit was undone."""
    if place != memory.place:
        _forget_momentary(memory)
    for name, value in memory.lost.items():
        setattr(state, name, value)


def place_of(state: TrainerState) -> tuple[int, int, int]:
    """Where training stands: finished epochs, batches of the one under way, and steps."""
    return state.epoch, state.batch, state.steps


def _forget_momentary(memory: Undoable) -> None:
    for name in _MOMENTARY:
        memory.lost.pop(name, None)


def _same(one: Any, other: Any) -> bool:
    """Bit for bit, whatever kind of field it is."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if one is None or other is None:
        return one is other
    a, b = np.atleast_1d(one), np.atleast_1d(other)
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    bits = f"u{a.dtype.itemsize}"
    return np.array_equal(a.view(bits), b.view(bits))
