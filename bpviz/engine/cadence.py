"""Which epochs are evaluated: what is logged, and what stop rules and schedules are asked about."""

from __future__ import annotations

from typing import NamedTuple


class Cadence(NamedTuple):
    """All of the first `dense` epochs, and from then on each number that `every` divides."""

    every: int
    dense: int = 0

    def is_due(self, epoch: int) -> bool:
        """Whether the end of this epoch (1 is the first) is evaluated."""
        return epoch <= self.dense or epoch % self.every == 0

    def most(self, epochs: int) -> int:
        """No more than so many of so many epochs in a row are evaluated."""
        return epochs if self.dense else epochs // self.every + 1

    def __str__(self) -> str:
        if self.every == 1:
            return "every epoch"
        often = f"every {self.every} epochs"
        return f"the first {self.dense} epochs, then {often}" if self.dense else often
