"""Patterns of bits and their mirror images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.synthetic.patterns import bit_names, bit_patterns
from bpviz.engine.settings import setting


@DATASETS.register
@dataclass(frozen=True)
class Symmetry(DataSource):
    """All patterns of n bits: is it its own mirror image? (Rumelhart, Hinton & Williams 1986)

    The first bit mirrors the last, the second the last but one, and so on; the middle one of an
    odd number mirrors itself.
    """

    kind: ClassVar[str] = "symmetry"
    label: ClassVar[str] = "symmetry"
    group: ClassVar[str] = "logic"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}

    bits: int = setting(
        6, "Bits", "How many bits a pattern has", at_least=2, at_most=10, slider=(2, 10)
    )

    def load(self, seed: int) -> Dataset:
        inputs, names = bit_patterns(self.bits), bit_names(self.bits)
        mirrored = (inputs == inputs[:, ::-1]).all(axis=1).astype(np.intp)
        return Dataset(
            inputs.astype(np.float64), mirrored, names, ("symmetry",), ("uneven", "mirrored")
        )
