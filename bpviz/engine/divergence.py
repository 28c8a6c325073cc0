"""When training blows up: noticing it, and saying where it began."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.network import Buffers, Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.trainer_state import TrainerState

# At most so many numbers of θ are copied per update, on average.
_COPIED_PER_STEP = 1 << 18


class NonFiniteError(ArithmeticError):
    """The error, a weight or a moment became infinite; the state is the last finite one.

    It happened in epoch number `epoch` (1 is the first), first in `layer`; the state is again the
    one after epoch `restored`.
    """

    def __init__(self, epoch: int, layer: str, restored: int) -> None:
        weights = f"those after epoch {restored}" if restored else "the initial ones"
        super().__init__(
            f"the error became infinite in epoch {epoch}, first in layer {layer}; the weights are "
            f"{weights} again; try a smaller learning rate, or standardise the data"
        )
        self.epoch = epoch
        self.layer = layer
        self.restored = restored


def is_finite(array: Array) -> bool:
    """Whether all numbers are finite. One sum tells, unless it overflows by itself."""
    with np.errstate(all="ignore"):
        return math.isfinite(np.add.reduce(array, axis=None)) or bool(np.isfinite(array).all())


def first_infinite_layer(network: Network, buffers: Buffers, vectors: Iterable[Array]) -> str:
    """The layer where a batch met infinity first, or "".

    Looked through in the order of computation: forward, back, then `vectors` of θ's size.
    """
    layers = network.spec.layers
    forward = [step.position for step in network.steps]
    for k in forward:
        if not (is_finite(buffers.nets[k]) and is_finite(buffers.outs[k])):
            return layers[k].id
    for k in reversed(forward):
        if not is_finite(buffers.deltas[k]):
            return layers[k].id
    for vector in vectors:
        for block in layout_of(network.spec).blocks:
            if not is_finite(block.view(vector)):
                return block.layer
    return ""


def first_failure(
    state: TrainerState, failed: int, network: Network, advance: Callable[[], Buffers]
) -> tuple[int, str]:
    """The epoch and the layer in which a number first became infinite, at the latest in `failed`.

    At the end of an epoch infinity has spread everywhere, so the way there from a finite state is
    gone once more: `advance` does one batch, and after every batch there is a look at all numbers.
    """
    while state.epoch < failed:
        epoch = state.epoch + 1
        buffers = advance()
        layer = first_infinite_layer(network, buffers, (state.theta, *state.moments.values()))
        if layer:
            return epoch, layer
    return failed, network.spec.output.id


class LastFinite:
    """The last state known to be finite, which a failure comes back to.

    Only what an update changes; what stop rules and schedules remember is of epochs that went
    well, and those come back to are the last of them.
    """

    def __init__(self, state: TrainerState) -> None:
        self.state = replace(
            state,
            theta=state.theta.copy(),
            moments={name: moment.copy() for name, moment in state.moments.items()},
            best_theta=None,
        )

    def follow(self, state: TrainerState) -> None:
        """Remember this state, unless it is large and the one remembered is a few steps old.

        Copying θ costs as much as a part of an update; how many updates it is put off depends on
        the size of θ alone.
        """
        behind = state.steps - self.state.steps
        if not 0 <= behind < state.theta.size // _COPIED_PER_STEP:
            self.remember(state)

    def is_of(self, epoch: int, steps: int) -> None:
        """Its vectors have just been written, with the state at the end of this epoch."""
        self.state.epoch, self.state.batch, self.state.steps = epoch, 0, steps

    def remember(self, state: TrainerState) -> None:
        last = self.state
        if last.moments.keys() != state.moments.keys():
            last.moments = {name: np.empty_like(m) for name, m in state.moments.items()}
        _copy(state, last)

    def restore(self, state: TrainerState) -> None:
        _copy(self.state, state)


def _copy(source: TrainerState, target: TrainerState) -> None:
    np.copyto(target.theta, source.theta)
    for name, moment in source.moments.items():
        np.copyto(target.moments[name], moment)
    target.epoch, target.batch, target.steps = source.epoch, source.batch, source.steps
