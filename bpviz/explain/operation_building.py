"""Collecting operations, and walking the error back through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import LayerSpec
from bpviz.explain.moment import Moment
from bpviz.explain.operation_graph import MOST_NAMED, Operation
from bpviz.explain.terms import UnitRef

# Carries ∂E/∂(result) back to the inputs of an operation: one part for each, None for a constant.
Back = Callable[[Array], "Sequence[Array | None]"]

CANCELLED = (
    "The output is so close to 0 or 1 that 0 · ∞ stands here; the engine computes the cancelled "
    "form from the net input instead, and so the walk goes on with that."
)


class Builder:
    """Collects operations with the functions that carry a gradient back through them.

    `outs` are the ids of what the layers put out, by the layers' ids.
    """

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.made: list[Operation] = []
        self.backs: list[Back | None] = []
        self._fixed: list[bool] = []
        self.outs: dict[str, int] = {}

    def add(self, back: Back | None, **fields: object) -> int:
        """Add an operation by the fields of Operation; returns its id. A leaf has no way back."""
        self.made.append(Operation(id=len(self.made), **fields))  # type: ignore[arg-type]
        self.backs.append(back)
        made = self.made[-1]
        constant = made.leaf in ("inputs", "targets")
        self._fixed.append(constant if made.leaf else all(map(self.is_fixed, made.inputs)))
        return len(self.made) - 1

    def value(self, operation: int) -> Array:
        """The value of an operation that was added."""
        return self.made[operation].value

    def is_fixed(self, operation: int) -> bool:
        """Whether no weight goes into it, so that no gradient is wanted."""
        return self._fixed[operation]

    def walk_back(self) -> tuple[Operation, ...]:
        """Fill in gradients, from the error to the weights."""
        made = self.made
        gradients: list[Array | None] = [None] * len(made)
        gradients[-1] = np.ones_like(made[-1].value)
        for k in reversed(range(len(made))):
            back, gradient = self.backs[k], gradients[k]
            if back is None or gradient is None:
                _put(made, k, gradient=gradient)
                continue
            passes, note = self._mended(k, back(gradient))
            _put(made, k, gradient=gradient, passes=tuple(passes), note=note)
            for source, passed in zip(made[k].inputs, passes, strict=True):
                if passed is not None:
                    before = gradients[source]
                    gradients[source] = passed if before is None else before + passed
        # They refer to this object: in a circle, large values would outlive the graph.
        self.backs.clear()
        return tuple(made)

    def _mended(self, k: int, passes: Sequence[Array | None]) -> tuple[Sequence[Array | None], str]:
        """Where the output's derivative cancels the error's, 0 · ∞ is no loss to the engine."""
        moment = self.moment
        at_output = k == self.outs[moment.spec.output.id] and moment.training.loss.needs_output
        if not at_output or passes[0] is None or np.isfinite(passes[0]).all():
            return passes, self.made[k].note
        delta = moment.buffers.deltas[-1] * moment.scale
        return (delta,), CANCELLED if np.isfinite(delta).all() else ""


def _put(made: list[Operation], k: int, **fields: object) -> None:
    # Nobody has seen the operation yet.
    for name, value in fields.items():
        object.__setattr__(made[k], name, value)


def units_of(layer: LayerSpec) -> tuple[UnitRef, ...]:
    """The units of a layer, as far as they are named one by one."""
    return tuple(UnitRef(layer.id, unit) for unit in layer.ids[:MOST_NAMED])
