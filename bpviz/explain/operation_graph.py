"""An operation graph is data: operations in topological order, with values and gradients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bpviz.engine.activations import Array
from bpviz.engine.parameters import Block
from bpviz.engine.spec import ParameterId
from bpviz.explain.moment import Moment
from bpviz.explain.terms import UnitRef

# Larger layers and blocks are not spelled out unit by unit.
MOST_NAMED = 500

# What is put in: samples are constants, weights and biases are what learns.
Leaf = Literal["", "inputs", "targets", "weights", "bias"]


@dataclass(frozen=True, eq=False)
class Local:
    """∂(result)/∂(one input). `here` is `text` with this moment's first numbers, "" without.

    `value` holds the derivative of each element, None where elements are mixed (a product of
    matrices, a sum, softmax).
    """

    text: str
    latex: str
    value: Array | None = None
    here: str = ""


@dataclass(frozen=True, eq=False)
class Operation:
    """One node: what it computes and, once walked, how the error changes with its result.

    `id` is its place in the graph; `inputs` are ids. `formula` says what it computes, in plain
    text. `gradient` is ∂E/∂value, of the same shape; None for constants and what is computed from
    constants alone. `local` and `passes` have one entry per input: the derivative by it, and what
    is handed back to it. `block` is where its weights or bias lie in θ. `layer` is "" for the
    operations of the error.
    """

    id: int
    name: str
    formula: str
    layer: str
    leaf: Leaf
    inputs: tuple[int, ...]
    value: Array
    gradient: Array | None = None
    local: tuple[Local, ...] = ()
    passes: tuple[Array | None, ...] = ()
    units: tuple[UnitRef, ...] = ()
    block: Block | None = None
    learns: bool = False
    note: str = ""

    @property
    def is_constant(self) -> bool:
        return self.gradient is None

    @property
    def backbone(self) -> int | None:
        """The number of the input that the walk goes on to; None when it ends here."""
        walked = [k for k, passed in enumerate(self.passes) if passed is not None]
        return walked[0] if walked else None


@dataclass(frozen=True, eq=False)
class OperationGraph:
    """Operations in topological order; the last one is the error of the moment's samples."""

    moment: Moment
    operations: tuple[Operation, ...]

    @property
    def error(self) -> Operation:
        return self.operations[-1]

    def parameters(self, operation: Operation) -> tuple[ParameterId, ...]:
        """The weights or biases that it uses, as far as they can be told apart one by one."""
        block, layout = operation.block, self.moment.layout
        if block is None or block.size > MOST_NAMED:
            return ()
        named = map(layout.id_of, range(block.start, block.stop))
        return tuple(x for x in named if x not in self.moment.spec.missing)

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each operation, the ids of those that its value goes into."""
        made: list[list[int]] = [[] for _ in self.operations]
        for operation in self.operations:
            for source in dict.fromkeys(operation.inputs):
                made[source].append(operation.id)
        return tuple(map(tuple, made))

    @cached_property
    def backwards(self) -> tuple[int, ...]:
        """The ids of the operations in the order in which the error is walked back."""
        return tuple(
            x.id for x in reversed(self.operations) if not x.leaf and x.gradient is not None
        )

    def known(self, steps: int) -> frozenset[int]:
        """Whose gradient is complete after so many steps backwards."""
        if steps <= 0:
            return frozenset()
        walked = set(self.backwards[:steps])
        needed = set(self.backwards)
        return frozenset(
            x.id
            for x in self.operations
            if x.gradient is not None
            and walked.issuperset(needed.intersection(self.consumers[x.id]))
        )
