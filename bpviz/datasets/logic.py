"""The logic gates of two inputs: four samples each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.engine.settings import setting

Gate = Literal["and", "or", "xor", "nand", "nor", "xnor"]

# Outputs for the inputs 00, 01, 10 and 11.
_TABLES: dict[Gate, tuple[int, int, int, int]] = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "xor": (0, 1, 1, 0),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xnor": (1, 0, 0, 1),
}


@DATASETS.register
@dataclass(frozen=True)
class LogicGate(DataSource):
    """The truth table of a gate with two inputs. A test part makes little sense here."""

    kind: ClassVar[str] = "logic"
    # Few samples, each of which is to be learned.
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.0, "scaling": "none"}
    label: ClassVar[str] = "logic gate"
    group: ClassVar[str] = "logic"

    gate: Gate = setting("xor", "Gate", "Which truth table is to be learned")

    def load(self, seed: int) -> Dataset:
        inputs = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
        outputs = np.array(_TABLES[self.gate])
        return Dataset(inputs, outputs, ("a", "b"), (f"a {self.gate} b",), ("0", "1"))
