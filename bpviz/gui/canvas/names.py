"""What layers, units and parameters are called on the canvas."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.parameters import Layout, place_label
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# Of more units than these in a layer the names are made one by one, when they are asked for.
_MANY = 2000
# Letters and digits of a label such as w21; pictures have many inputs, each with a longer name.
_LONGEST = 8


# Of thousands of columns the names are asked for again and again.
@functools.lru_cache(maxsize=16_384)
def pretty(label: str) -> str:
    """w21 as w₂₁, x1 as x₁; anything else stays as it is."""
    if len(label) > _LONGEST:
        return label
    match = re.fullmatch(r"([A-Za-z]{1,2})(\d{1,6})", label)
    return match[1] + match[2].translate(_SUBSCRIPTS) if match else label


def layer_names(spec: NetworkSpec) -> dict[str, str]:
    """The headings of layers: "Hidden 1" for h1, the id itself where it is a word of its own."""
    return {layer.id: _layer_name(layer, layer is spec.output) for layer in spec.layers}


def _layer_name(layer: LayerSpec, is_output: bool) -> str:
    match = re.fullmatch(r"[ixhoy](\d*)", layer.id)
    if not match:
        return layer.id[0].upper() + layer.id[1:]
    role = "Input" if layer.is_input else "Output" if is_output else "Hidden"
    return f"{role} {match[1]}".strip()


@dataclass(frozen=True, eq=True)
class _ManyNames(Sequence[str]):
    """The names of a layer's units, each made when it is asked for, from its `plain` one if any."""

    layer: LayerSpec
    plain: tuple[str, ...]

    def __len__(self) -> int:
        return self.layer.units

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[k] for k in range(*at.indices(len(self))))
        place = range(len(self))[at]
        return pretty(self.plain[place] if self.plain else place_label(self.layer, place))


def unit_names(spec: NetworkSpec, data: PreparedData) -> tuple[Sequence[str], ...]:
    """The label of every unit, layer by layer.

    Inputs are called as the data's columns are, or as what is made of them; outputs as the
    classes or the targets are, where there is one unit for each.
    """
    names: list[Sequence[str]] = []
    column = 0
    inputs = sum(layer.units for layer in spec.inputs)
    columns = _input_names(data)
    for layer in spec.layers:
        own: tuple[str, ...] = ()
        if layer.is_input and len(columns) == inputs:
            own = columns[column : column + layer.units]
        elif layer is spec.output:
            own = _output_names(layer, data.dataset)
        if layer.is_input:
            column += layer.units
        made = _ManyNames(layer, own)
        names.append(made if layer.units > _MANY else tuple(made))
    return tuple(names)


def _input_names(data: PreparedData) -> tuple[str, ...]:
    """What the network's inputs are called; not all of them are made pretty yet."""
    names = data.dataset.input_names
    if data.encoding.features:
        return data.encoding.names(tuple(map(pretty, names)))
    return names


def _output_names(layer: LayerSpec, dataset: Dataset) -> tuple[str, ...]:
    if layer.units == 1 and dataset.is_classification:
        return ("ŷ",)
    names = dataset.class_names or dataset.target_names
    if len(names) != layer.units:
        return ()
    return tuple("ŷ" if name == "y" else name for name in names)


class Naming:
    """Titles of units and parameters in the words of one network and its data."""

    def __init__(self, layout: Layout, data: PreparedData) -> None:
        self.layout = layout
        self.units = unit_names(layout.spec, data)
        self._position = {layer.id: k for k, layer in enumerate(layout.spec.layers)}

    def unit(self, layer_id: str, unit: int) -> str:
        """The label of a unit given by its lasting id."""
        k = self._position[layer_id]
        layer = self.layout.spec.layers[k]
        # Without ids of their own units are called by their places.
        return self.units[k][layer.places[unit] if layer.unit_ids else unit]

    def ends(self, parameter: ParameterId) -> str:
        """Where a parameter sits: "h1₃ → h2₂", or "bias of h2₂"."""
        if not parameter.is_bias:
            source = self.unit(parameter.source, parameter.source_unit)
            return f"{source} → {self.unit(parameter.layer, parameter.unit)}"
        if parameter.unit == -1:
            return f"bias of {layer_names(self.layout.spec)[parameter.layer]}"
        return f"bias of {self.unit(parameter.layer, parameter.unit)}"

    def title(self, index: int) -> str:
        """Label and place of the parameter at a position of θ: "w₂₁  h1₃ → h2₂"."""
        return f"{pretty(self.layout.label(index))}  {self.ends(self.layout.id_of(index))}"
