"""What becomes of a training state when the network around it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.carry_over import Origins, carry_over
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.engine.training import TrainerState
from bpviz.engine.training_config import TrainingConfig


def grown(
    state: TrainerState,
    old: NetworkSpec,
    new: NetworkSpec,
    training: TrainingConfig,
    purpose: str,
    origins: Origins | None = None,
) -> TrainerState:
    """The state for the changed network: what was learned stays where it still fits.

    Parameters that live on keep value, initial value and moments. New ones are drawn by the
    initialiser (`purpose` names the draw), except that a new unit in a layer that was there
    starts with outgoing weights of zero, so that the network computes what it did before. Kept
    best weights stay where they still mean the same. `origins` are the units that were others.
    """
    before, after = layout_of(old), layout_of(new)
    fresh = initial_theta(new, state.seed, purpose)
    _silence_new_units(old, new, fresh)
    zeros = np.zeros_like(fresh)
    moments = {
        name: carry_over(before, after, state.moments[name], zeros, origins)
        if name in state.moments
        else zeros.copy()
        for name in training.optimizer.moments
    }
    result = TrainerState(
        carry_over(before, after, state.theta, fresh, origins),
        carry_over(before, after, state.initial_theta, fresh, origins),
        moments,
        state.seed,
        state.epoch,
        state.batch,
        state.steps,
        {rule: dict(memory) for rule, memory in state.stopping.items()},
        {owner: dict(memory) for owner, memory in state.schedules.items()},
        seconds=state.seconds,
    )
    if _computed(old) == _computed(new) and old.missing == new.missing:
        result.best_theta = state.best_theta
        result.best_epoch, result.best_error = state.best_epoch, state.best_error
    return result


def _computed(spec: NetworkSpec) -> tuple[LayerSpec, ...]:
    """The layers without what is only of their learning: equal where θ means the same."""
    return tuple(replace(layer, dropout=0.0, bias_trained=True) for layer in spec.layers)


def _silence_new_units(old: NetworkSpec, new: NetworkSpec, fresh: Array) -> None:
    known = {layer.id: set(layer.ids) for layer in old.layers}
    for block in layout_of(new).weight_blocks:
        if block.source in known and block.layer in known:
            source = new.layer(block.source)
            added = [k for k, unit in enumerate(source.ids) if unit not in known[block.source]]
            block.view(fresh)[:, added] = 0.0
