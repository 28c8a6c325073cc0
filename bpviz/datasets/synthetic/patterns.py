"""Complete sets of patterns, each of which is to be learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.engine.settings import setting


def bit_patterns(bits: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """All patterns of so many bits, shape (2^bits, bits), in counting order.

    The first bit is the most significant one.
    """
    places = np.arange(bits)[::-1]
    return (np.arange(2**bits)[:, np.newaxis] >> places) & 1


def bit_names(bits: int) -> tuple[str, ...]:
    """What the inputs of such patterns are called."""
    return tuple(f"bit {k + 1}" for k in range(bits))


@DATASETS.register
@dataclass(frozen=True)
class Parity(DataSource):
    """All patterns of n bits: is the number of ones odd? (Rumelhart et al. 1986)"""

    kind: ClassVar[str] = "parity"
    label: ClassVar[str] = "parity"
    group: ClassVar[str] = "logic"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}

    bits: int = setting(
        4, "Bits", "How many bits a pattern has", at_least=2, at_most=10, slider=(2, 10)
    )

    def load(self, seed: int) -> Dataset:
        inputs, names = bit_patterns(self.bits), bit_names(self.bits)
        return Dataset(
            inputs.astype(np.float64), inputs.sum(axis=1) % 2, names, ("parity",), ("even", "odd")
        )


@DATASETS.register
@dataclass(frozen=True)
class Encoder(DataSource):
    """One unit of n is on, and the same one shall come out again (Ackley, Hinton & Sejnowski 1985).

    With fewer hidden units than n the network has to find a code for the patterns.
    """

    kind: ClassVar[str] = "encoder"
    label: ClassVar[str] = "encoder"
    group: ClassVar[str] = "logic"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}

    patterns: int = setting(
        8,
        "Patterns",
        "How many inputs, outputs and patterns there are",
        at_least=2,
        at_most=1000,
        slider=(2, 16),
    )

    def load(self, seed: int) -> Dataset:
        ones = np.eye(self.patterns)
        numbers = range(1, self.patterns + 1)
        return Dataset(
            ones,
            ones.copy(),
            tuple(f"in {k}" for k in numbers),
            tuple(f"out {k}" for k in numbers),
            labels=True,
        )
