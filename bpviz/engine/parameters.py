"""θ: all weights and biases in one vector, with a named, shaped view for each block.

The layout of θ follows the layers: for each layer its weight blocks, one per source, of shape
(units, source units), then its bias. Anything of the same length (gradient, moments, masks) is
read through the same layout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.initializers import Explicit, Initializer
from bpviz.engine.marks import Positions, weight_positions
from bpviz.engine.randomness import rng
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Block:
    """A run of θ: the weights from one layer to another, or (source "") the biases of a layer."""

    layer: str
    source: str
    start: int
    shape: tuple[int, ...]
    number: int

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def stop(self) -> int:
        return self.start + self.size

    @property
    def is_bias(self) -> bool:
        return not self.source

    def view(self, vector: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The block of a θ-sized vector, shaped; it shares memory with the vector."""
        return vector[self.start : self.stop].reshape(self.shape)


class Layout:
    """Where each parameter of a network lies in θ, and what it is called.

    `number` of a block is that of its first weight or bias: w5 is the fifth weight. Masks are
    made once and read-only.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec
        self.blocks = _blocks(spec)
        self.size = self.blocks[-1].stop if self.blocks else 0
        self._by_ends = {(b.layer, b.source): b for b in self.blocks}
        self._starts = [b.start for b in self.blocks]

    def block(self, layer: str, source: str = "") -> Block | None:
        """The weights from `source` to `layer`, or its biases; None when there are none."""
        return self._by_ends.get((layer, source))

    @property
    def weight_blocks(self) -> tuple[Block, ...]:
        return tuple(b for b in self.blocks if not b.is_bias)

    @property
    def bias_blocks(self) -> tuple[Block, ...]:
        return tuple(b for b in self.blocks if b.is_bias)

    def block_at(self, index: int) -> Block:
        """The block that holds position `index` of θ."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        return self.blocks[int(np.searchsorted(self._starts, index, side="right")) - 1]

    def id_of(self, index: int) -> ParameterId:
        """The lasting identity of the parameter at a position of θ."""
        block = self.block_at(index)
        layer = self.spec.layer(block.layer)
        offset = index - block.start
        if block.is_bias:
            return ParameterId(block.layer, layer.ids[offset] if layer.bias == "unit" else -1)
        row, column = divmod(offset, block.shape[1])
        source = self.spec.layer(block.source)
        return ParameterId(block.layer, layer.ids[row], block.source, source.ids[column])

    def index_of(self, parameter: ParameterId) -> int:
        """The position of a parameter in θ. Raises KeyError when the network has it not."""
        block = self._by_ends.get((parameter.layer, parameter.source))
        if block is None:
            raise KeyError(parameter)
        layer = self.spec.layer(parameter.layer)
        try:
            if block.is_bias:
                places = {-1: 0} if layer.bias == "shared" else layer.places
                return block.start + places[parameter.unit]
            column = self.spec.layer(parameter.source).places[parameter.source_unit]
            return block.start + layer.places[parameter.unit] * block.shape[1] + column
        except KeyError:
            raise KeyError(parameter) from None

    def indices_of(self, parameters: frozenset[ParameterId]) -> Positions:
        """The positions of parameters in θ, in any order. Raises KeyError when one is not there."""
        found = weight_positions(self.spec.shapes, parameters)
        if found is not None:
            return found
        weights = frozenset(parameter for parameter in parameters if not parameter.is_bias)
        found = weight_positions(self.spec.shapes, weights)
        others = parameters if found is None else parameters - weights
        rest = np.array([self.index_of(parameter) for parameter in others], dtype=np.intp)
        return rest if found is None else np.concatenate([found, rest])

    def label(self, index: int) -> str:
        """The derived name of a parameter: w1, w2, … and b1, b2, …."""
        block = self.block_at(index)
        offset = index - block.start
        if block.is_bias:
            return f"b{block.number + offset}"
        if self.spec.numbering == "source":
            row, column = divmod(offset, block.shape[1])
            offset = column * block.shape[0] + row
        return f"w{block.number + offset}"

    def find(self, label: str) -> int:
        """The position in θ of the parameter with this label. Raises SettingError if there is none.

        "w5", "w_5" and "w₅" are the same.
        """
        wanted = label.strip().translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
        match = re.fullmatch(r"([wb])_?(\d+)", wanted)
        if match:
            number = int(match[2])
            blocks = self.bias_blocks if match[1] == "b" else self.weight_blocks
            for block in blocks:
                offset = number - block.number
                if 0 <= offset < block.size:
                    if not block.is_bias and self.spec.numbering == "source":
                        column, row = divmod(offset, block.shape[0])
                        offset = row * block.shape[1] + column
                    return block.start + offset
        weights = sum(b.size for b in self.weight_blocks)
        biases = self.size - weights
        names = f"w1 to w{weights}" + (f" and b1 to b{biases}" if biases else "")
        raise SettingError(f"there is no parameter {label!r}; this network has {names}")

    def labels(self) -> list[str]:
        """The labels of all parameters in the order of θ."""
        numbers = self.numbers().tolist()
        return [
            f"{'b' if block.is_bias else 'w'}{number}"
            for block in self.blocks
            for number in numbers[block.start : block.stop]
        ]

    def numbers(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The numbers in the labels of all parameters in the order of θ."""
        numbers = np.empty(self.size, dtype=np.intp)
        for block in self.blocks:
            run = np.arange(block.number, block.number + block.size)
            if not block.is_bias and self.spec.numbering == "source":
                run = run.reshape(block.shape[::-1]).T.ravel()
            numbers[block.start : block.stop] = run
        return numbers

    def description(self, index: int, inputs: Sequence[str] = ()) -> str:
        """Where a parameter sits: "h1 → o2", or "bias of h1".

        `inputs` are names of all input units; without, they are called by their places.
        """
        name = self.id_of(index)
        if name.is_bias:
            layer = self.spec.layer(name.layer)
            owner = f"layer {name.layer}" if name.unit == -1 else unit_label(layer, name.unit)
            return f"bias of {owner}"
        layer = self.spec.layer(name.source)
        source = unit_label(layer, name.source_unit)
        if inputs and layer.is_input:
            before = self.spec.layers[: self.spec.layers.index(layer)]
            units = sum(other.units for other in before if other.is_input)
            source = inputs[units + layer.places[name.source_unit]]
        return f"{source} → {unit_label(self.spec.layer(name.layer), name.unit)}"

    def is_weight(self) -> Mask:
        """Mask over θ: true for weights, false for biases."""
        return self._is_weight

    def present(self) -> Mask:
        """Mask over θ: false where a connection is missing."""
        return self._present

    def trainable(self) -> Mask:
        """Mask over θ: false for missing and frozen parameters and for biases that do not learn."""
        return self._trainable

    @cached_property
    def _is_weight(self) -> Mask:
        mask = np.zeros(self.size, dtype=bool)
        for block in self.weight_blocks:
            mask[block.start : block.stop] = True
        return _read_only(mask)

    @cached_property
    def _present(self) -> Mask:
        if not self.spec.missing:
            # Takes no room, however large the network is.
            return np.broadcast_to(np.True_, (self.size,))
        mask = np.ones(self.size, dtype=bool)
        mask[self.indices_of(self.spec.missing)] = False
        return _read_only(mask)

    @cached_property
    def _trainable(self) -> Mask:
        resting = [b for b in self.bias_blocks if not self.spec.layer(b.layer).bias_trained]
        if not (self.spec.frozen or resting):
            return self._present
        mask = self._present.copy()
        mask[self.indices_of(self.spec.frozen)] = False
        for block in resting:
            mask[block.start : block.stop] = False
        return _read_only(mask)


def _read_only(mask: Mask) -> Mask:
    mask.flags.writeable = False
    return mask


def unit_label(layer: LayerSpec, unit: int) -> str:
    """The short name of a unit: h1, or h2₃ in a layer whose id ends in a number."""
    return place_label(layer, layer.places[unit])


def place_label(layer: LayerSpec, place: int) -> str:
    """The short name of the unit at a place of its layer."""
    number = str(place + 1)
    return layer.id + (number.translate(_SUBSCRIPTS) if layer.id[-1].isdigit() else number)


def layout_of(spec: NetworkSpec) -> Layout:
    """The layout of a network, made once and kept with it.

    Not looked up by equality: a network may hold given values for each of its weights.
    """
    kept: Layout | None = spec.__dict__.get("_layout")
    if kept is None:
        kept = Layout(spec)
        object.__setattr__(spec, "_layout", kept)
    return kept


def _blocks(spec: NetworkSpec) -> tuple[Block, ...]:
    blocks: list[Block] = []
    start, weight, bias = 0, 1, 1
    sizes = {layer.id: layer.units for layer in spec.layers}
    for layer in spec.computed:
        for source in layer.sources:
            block = Block(layer.id, source, start, (layer.units, sizes[source]), weight)
            blocks.append(block)
            start, weight = block.stop, weight + block.size
        if layer.bias != "none":
            shape = (layer.units,) if layer.bias == "unit" else (1,)
            block = Block(layer.id, "", start, shape, bias)
            blocks.append(block)
            start, bias = block.stop, bias + block.size
    return tuple(blocks)


def initial_theta(spec: NetworkSpec, seed: int, purpose: str = "initial weights") -> Array:
    """Draw θ as the network's initialiser says; missing connections are zero.

    Raises SettingError when explicit values are too few or too many, or when values are too
    large for the network's number format.
    """
    layout = layout_of(spec)
    theta = np.zeros(layout.size, dtype=spec.dtype)
    with np.errstate(over="ignore"):
        if isinstance(spec.initializer, Explicit):
            _place(layout, spec.initializer, theta)
        else:
            _draw(layout, spec.initializer, rng(seed, purpose), theta)
    if not np.isfinite(theta).all():
        raise SettingError(f"the initial values are too large for {spec.dtype}", "initializer")
    if spec.missing:
        theta[~layout.present()] = 0.0
    return theta


def _draw(layout: Layout, how: Initializer, random: np.random.Generator, theta: Array) -> None:
    sizes = {layer.id: layer.units for layer in layout.spec.layers}
    for block in layout.blocks:
        if block.is_bias:
            block.view(theta)[...] = how.biases(block.shape, random)
        else:
            fan_in = sum(sizes[s] for s in layout.spec.layer(block.layer).sources)
            shape = (block.shape[0], block.shape[1])
            block.view(theta)[...] = how.weights(shape, fan_in, random)


def _place(layout: Layout, values: Explicit, theta: Array) -> None:
    for name, blocks, given in (
        ("weights", layout.weight_blocks, values.weight_values),
        ("biases", layout.bias_blocks, values.bias_values),
    ):
        wanted = sum(b.size for b in blocks)
        if len(given) != wanted:
            raise SettingError(
                f"the given values must be {wanted} {name} for this network, got {len(given)}",
                "initializer",
            )
        for block in blocks:
            run = np.array(given[block.number - 1 : block.number - 1 + block.size])
            if not block.is_bias and layout.spec.numbering == "source":
                run = run.reshape(block.shape[::-1]).T
            block.view(theta)[...] = run.reshape(block.shape)


def explicit_values(layout: Layout, theta: Array) -> Explicit:
    """The initialiser that gives exactly this θ."""
    weights: list[float] = []
    biases: list[float] = []
    for block in layout.blocks:
        view = block.view(theta)
        if not block.is_bias and layout.spec.numbering == "source":
            view = view.T
        (biases if block.is_bias else weights).extend(float(v) for v in view.ravel())
    return Explicit(weight_values=tuple(weights), bias_values=tuple(biases))
