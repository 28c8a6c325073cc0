"""What all parameters are called, block by block: asked one by one, thousands take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from bpviz.engine.parameters import Block
from bpviz.gui.canvas.names import Naming

_AS_TYPED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ŷ", "0123456789y")


class ParameterTexts:
    """Labels and places of the parameters of one layout, in the order of θ; made when asked for."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        layers = naming.layout.spec.layers
        self._units = dict(zip((layer.id for layer in layers), naming.units, strict=True))

    @cached_property
    def labels(self) -> list[str]:
        """w1, w2, … and b1, b2, …."""
        return self._naming.layout.labels()

    @cached_property
    def places(self) -> list[str]:
        """What `Naming.ends` says of each."""
        places: list[str] = []
        for block in self._naming.layout.blocks:
            if block.is_bias:
                places += self._owners(block)
            else:
                places += _pairs(self._units[block.source], self._units[block.layer])
        return places

    def matching(self, text: str) -> np.ndarray:
        """Mask over θ: true where label or place contains every word of the text."""
        matches = np.ones(len(self._searched), dtype=bool)
        for word in _plain(text).split():
            matches &= np.array([word in searched for searched in self._searched], dtype=bool)
        return matches

    @cached_property
    def _searched(self) -> list[str]:
        """Label and place as they are typed into the filter."""
        places: list[str] = []
        for block in self._naming.layout.blocks:
            if block.is_bias:
                places += map(_plain, self._owners(block))
            else:
                ends = (self._units[block.source], self._units[block.layer])
                places += _pairs(*([_plain(name) for name in names] for names in ends))
        return [f"{a} {b}" for a, b in zip(self.labels, places, strict=True)]

    def _owners(self, block: Block) -> list[str]:
        layout, ends = self._naming.layout, self._naming.ends
        return [ends(layout.id_of(at)) for at in range(block.start, block.stop)]


def _pairs(sources: Sequence[str], targets: Sequence[str]) -> list[str]:
    return [f"{a} → {b}" for b in targets for a in sources]


def _plain(text: str) -> str:
    """Text as it is typed into the filter: small letters, x1 for x₁ and y for ŷ."""
    return text.lower().translate(_AS_TYPED)
