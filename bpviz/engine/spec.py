"""What a network is: layers in topological order, each fed by earlier ones; no numbers of θ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from bpviz.engine.activations import ACTIVATIONS, Activation, Identity, Tanh
from bpviz.engine.initializers import INITIALIZERS, Initializer, Xavier
from bpviz.engine.marks import Shape, weight_positions
from bpviz.engine.settings import SettingError, Settings, from_dict, setting, to_dict


class ParameterId(NamedTuple):
    """The lasting identity of a parameter: a weight's two ends, or the unit that a bias belongs to.

    A bias has no source; a bias shared by its whole layer has unit -1.
    """

    layer: str
    unit: int
    source: str = ""
    source_unit: int = -1

    @property
    def is_bias(self) -> bool:
        return not self.source

    def __repr__(self) -> str:
        """As an experiment file writes it."""
        return str(list(self[:2] if self.is_bias else self))


@dataclass(frozen=True)
class LayerSpec(Settings):
    """One layer. A layer without sources is an input group; its units only hold values, so it
    always has the identity activation and no bias.

    `unit_ids` name the units for good, so that a unit keeps its weights when a neighbour goes;
    left empty they are 0, 1, 2, ….
    """

    id: str = setting("", "Layer id", "Short name of the layer, such as h1")
    units: int = setting(1, "Units", "How many units the layer has", at_least=1, at_most=10**6)
    activation: Activation = setting(
        Tanh(), "Activation", "How a unit turns its net input into its output", registry=ACTIVATIONS
    )
    bias: Literal["unit", "shared", "none"] = setting(
        "unit", "Bias", "One bias per unit, one shared by the layer, or none"
    )
    bias_trained: bool = setting(True, "Bias learns", "Whether training changes the biases")
    sources: tuple[str, ...] = setting((), "Sources", "The earlier layers that feed this one")
    dropout: float = setting(
        0.0,
        "Dropout",
        "Share of the layer's outputs that chance leaves out of each step of training",
        unit="%",
        at_least=0,
        below=1,
        slider=(0, 0.9),
    )
    unit_ids: tuple[int, ...] = setting((), "Unit ids", "Lasting numbers of the units", at_least=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.id:
            raise SettingError("layer id must not be empty", "id")
        if self.unit_ids and self.unit_ids == tuple(range(self.units)):
            object.__setattr__(self, "unit_ids", ())
        if self.unit_ids and not len(self.unit_ids) == len(set(self.unit_ids)) == self.units:
            raise SettingError(
                f"unit ids must be {self.units} different numbers, got {list(self.unit_ids)}",
                "unit_ids",
            )
        if self.is_input:
            for name, value in (("activation", Identity()), ("bias", "none")):
                object.__setattr__(self, name, value)
            object.__setattr__(self, "bias_trained", True)

    @property
    def is_input(self) -> bool:
        return not self.sources

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """The lasting ids of the units, in order."""
        return self.unit_ids or tuple(range(self.units))

    @cached_property
    def places(self) -> dict[int, int]:
        """Where in the layer each unit is, by its lasting id."""
        return {unit: place for place, unit in enumerate(self.ids)}


@dataclass(frozen=True)
class NetworkSpec(Settings):
    """A network: its layers in topological order, the last one being the output layer.

    `missing` connections are not there: their weights stay 0. `frozen` parameters do not learn.
    Raises SettingError when the graph is not one (an unknown or later source, two layers with one
    id, a layer that feeds nothing, softmax before the output) or a mark is on no parameter of it.
    """

    layers: tuple[LayerSpec, ...] = setting((), "Layers", "The layers, inputs first")
    initializer: Initializer = setting(
        Xavier(), "Initialiser", "Where the weights start", registry=INITIALIZERS
    )
    numbering: Literal["destination", "source"] = setting(
        "destination",
        "Weight numbering",
        "Whether w1, w2, … run by destination unit first, or by source unit first",
    )
    dtype: Literal["float64", "float32"] = setting(
        "float64", "Precision", "Number format of the weights: float64 is exact to 16 digits"
    )
    missing: frozenset[ParameterId] = frozenset()
    frozen: frozenset[ParameterId] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_graph(self.layers)
        for name in ("missing", "frozen"):
            marks = frozenset(getattr(self, name))
            object.__setattr__(self, name, marks)
            _check_marks(self, name, marks)

    @property
    def inputs(self) -> tuple[LayerSpec, ...]:
        """The input groups; they take consecutive columns of the data."""
        return tuple(layer for layer in self.layers if layer.is_input)

    @property
    def output(self) -> LayerSpec:
        return self.layers[-1]

    @property
    def computed(self) -> tuple[LayerSpec, ...]:
        """The layers that compute something: all but the input groups."""
        return tuple(layer for layer in self.layers if not layer.is_input)

    @property
    def shape(self) -> tuple[object, ...]:
        """What there is: layers and missing connections. The same shape, the same parameters."""
        return self.layers, self.missing

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """What the parameters depend on, layer by layer."""
        return tuple(Shape(x.id, x.ids, x.sources, x.bias) for x in self.layers)

    def layer(self, layer_id: str) -> LayerSpec:
        """The layer of this id. Raises SettingError when there is none."""
        for layer in self.layers:
            if layer.id == layer_id:
                return layer
        known = ", ".join(layer.id for layer in self.layers)
        raise SettingError(f"there is no such layer; expected one of {known}", layer_id)

    def has(self, parameter: ParameterId) -> bool:
        """Whether the network has this parameter, be it a missing connection."""
        layer = next((x for x in self.layers if x.id == parameter.layer), None)
        if layer is None:
            return False
        if not parameter.is_bias:
            source = parameter.source
            if source not in layer.sources or parameter.unit not in layer.places:
                return False
            return parameter.source_unit in self.layer(source).places
        if layer.bias == "shared":
            return parameter.unit == -1
        return layer.bias == "unit" and parameter.unit in layer.places

    def with_layer(self, changed: LayerSpec) -> NetworkSpec:
        """Return the network with the layer of the same id replaced."""
        return replace(
            self, layers=tuple(changed if x.id == changed.id else x for x in self.layers)
        )


def _check_graph(layers: tuple[LayerSpec, ...]) -> None:
    if len(layers) < 2:
        raise SettingError("a network needs at least an input and an output layer", "layers")
    seen: set[str] = set()
    for layer in layers:
        if layer.id in seen:
            raise SettingError(f"there are two layers {layer.id!r}", "layers")
        for source in layer.sources:
            if source not in seen:
                raise SettingError(
                    f"layer {layer.id!r} is fed by {source!r}, which is not an earlier layer",
                    "layers",
                )
        if len(set(layer.sources)) != len(layer.sources):
            raise SettingError(f"layer {layer.id!r} names a source twice", "layers")
        if layer.activation.output_only and layer is not layers[-1]:
            raise SettingError(
                f"{layer.activation.label} is for the output layer only, "
                f"but layer {layer.id!r} uses it",
                "layers",
            )
        seen.add(layer.id)
    if layers[-1].dropout:
        raise SettingError(
            f"dropout is for input and hidden layers, but output layer {layers[-1].id!r} has it",
            "layers",
        )
    if layers[-1].is_input:
        raise SettingError("the last layer must be fed by earlier ones", "layers")
    fed = {source for layer in layers for source in layer.sources}
    for layer in layers[:-1]:
        if layer.id not in fed:
            raise SettingError(f"layer {layer.id!r} feeds no other layer", "layers")


def _check_marks(spec: NetworkSpec, name: str, marks: frozenset[ParameterId]) -> None:
    if set(map(type, marks)) <= {ParameterId}:
        weights = frozenset(m for m in marks if m[2]) if name == "frozen" else marks
        if weight_positions(spec.shapes, weights) is not None:
            marks -= weights
    for mark in marks:
        if not isinstance(mark, ParameterId) or not spec.has(mark):
            raise SettingError(f"this network has no parameter {mark!r}", name)
        if name == "missing" and mark.is_bias:
            raise SettingError(
                f"only connections can be missing, and {mark!r} is a bias; freeze it instead", name
            )


def stack(
    *units: int,
    hidden: Activation | str = "tanh",
    output: Activation | str = "sigmoid",
    **settings: Any,
) -> NetworkSpec:
    """A plain stack of layers: `stack(2, 4, 1)` has two inputs, four hidden units, one output.

    `settings` are the other fields of NetworkSpec.
    """
    if len(units) < 2:
        raise SettingError("a network needs at least an input and an output layer", "layers")
    ids = ["i", *hidden_ids(len(units) - 2), "o"]
    layers = [LayerSpec(id=ids[0], units=units[0], activation=Identity(), bias="none")]
    for k in range(1, len(units)):
        last = k == len(units) - 1
        layers.append(
            LayerSpec(
                id=ids[k],
                units=units[k],
                activation=ACTIVATIONS.make(output if last else hidden),
                sources=(ids[k - 1],),
            )
        )
    return NetworkSpec(layers=tuple(layers), **settings)


def hidden_ids(count: int) -> list[str]:
    """Ids of the hidden layers of a stack: h when there is one, else h1, h2, …."""
    return ["h"] if count == 1 else [f"h{k}" for k in range(1, count + 1)]


def read_network(table: Mapping[str, Any]) -> NetworkSpec:
    """Read a network from a table of plain values (the [network] part of an experiment file).

    A layer that names no sources is fed by the one before it; the first one is an input group, and
    so is any with `sources = []`. `missing` and `frozen` are lists of [layer, unit, source,
    source unit].
    """
    table = dict(table)
    rows = table.pop("layers", ())
    if not isinstance(rows, list | tuple):
        raise SettingError("layers must be a list of tables", "layers")
    missing, frozen = (_read_ids(name, table.pop(name, ())) for name in ("missing", "frozen"))
    layers: list[LayerSpec] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise SettingError("must be a table", f"layers[{number}]")
        row = dict(row)
        row.setdefault("sources", [layers[-1].id] if layers else [])
        if not row["sources"]:
            row.setdefault("activation", "identity")
            row.setdefault("bias", "none")
        try:
            layers.append(from_dict(LayerSpec, row))
        except SettingError as error:
            raise error.under(f"layers[{number}]") from None
    spec = from_dict(NetworkSpec, {**table, "layers": layers})
    return replace(spec, missing=missing, frozen=frozen)


def write_network(spec: NetworkSpec) -> dict[str, Any]:
    """The network as a table of plain values: the inverse of `read_network`."""
    table = to_dict(spec)
    rows = []
    previous: tuple[str, ...] = ()
    for layer in spec.layers:
        row = {"id": layer.id, "units": layer.units, **to_dict(layer)}
        if layer.is_input:
            del row["activation"], row["bias"]
            if previous:
                row["sources"] = []
        elif layer.sources == previous:
            row.pop("sources")
        previous = (layer.id,)
        rows.append(row)
    table["layers"] = rows
    for name, marks in (("missing", spec.missing), ("frozen", spec.frozen)):
        if marks:
            table[name] = [list(mark) for mark in sorted(marks)]
    return table


def _read_ids(name: str, rows: Any) -> frozenset[ParameterId]:
    wanted = SettingError(
        "must be a list of [layer, unit] or [layer, unit, source, source unit]", name
    )
    if not isinstance(rows, list | tuple):
        raise wanted
    for row in rows:
        kinds = [type(part) for part in row] if isinstance(row, list | tuple) else []
        if kinds not in ([str, int], [str, int, str, int]):
            raise wanted
    return frozenset(ParameterId(*row) for row in rows)
