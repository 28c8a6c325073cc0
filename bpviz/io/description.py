"""A trained network as plain values, the part that all formats share.

The weights themselves stand apart: a list of blocks, one per pair of layers and one per bias,
each with its values and labels as arrays of one shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

import numpy as np

from bpviz.datasets.dataset import Column
from bpviz.datasets.encoding import Encoding, Scaling, no_scaling
from bpviz.datasets.features import FEATURES
from bpviz.datasets.reading import Reading
from bpviz.engine.data import Task
from bpviz.engine.parameters import Block, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, read_network, write_network
from bpviz.io.records import TrainedNetwork

FORMAT = "bpviz network"
VERSION = 2
# Version 1 knew neither features nor missing inputs, nor scaled targets.
_READABLE = (1, 2)


@dataclass(frozen=True, eq=False)
class BlockValues:
    """The weights from `source` to `layer`, shape (units, source units), or a layer's biases.

    `labels` has the shape of `values`; nothing is read back from it.
    """

    layer: str
    source: str
    values: np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty(0, dtype=str))


def describe(network: TrainedNetwork) -> dict[str, Any]:
    """All of a network but its weights, in values that JSON knows."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": network.name,
        "epoch": network.epoch,
        "network": write_network(network.spec),
        "inputs": {
            "names": list(network.input_names),
            "image_shape": list(network.image_shape) if network.image_shape else None,
            "columns": [[c.name, list(c.categories)] for c in network.columns],
            "reading": asdict(network.reading) if network.reading else None,
            "fill": [None if math.isnan(x) else x for x in network.encoding.fill.tolist()],
            "features": list(network.encoding.features),
            "offset": network.encoding.scaling.offset.tolist(),
            "scale": network.encoding.scaling.scale.tolist(),
        },
        "outputs": {
            "names": list(network.target_names),
            "classes": list(network.class_names),
            "task": network.task,
            "threshold": network.threshold,
            "offset": network.target_scaling.offset.tolist(),
            "scale": network.target_scaling.scale.tolist(),
        },
    }


def blocks_of(network: TrainedNetwork) -> list[BlockValues]:
    """The weights and biases, block by block in the order of θ."""
    spec = network.spec
    return [
        BlockValues(b.layer, b.source, b.view(network.theta), _labels(spec, b))
        for b in layout_of(spec).blocks
    ]


def rebuild(table: Mapping[str, Any], blocks: Iterable[BlockValues]) -> TrainedNetwork:
    """The network that was described.

    Raises SettingError when it is not one that this bpviz reads; what lacks a part altogether
    raises KeyError or TypeError.
    """
    if not isinstance(table, Mapping) or table.get("format") != FORMAT:
        raise SettingError("it is not a network that bpviz wrote")
    if table["version"] not in _READABLE:
        raise SettingError(
            f"it is of version {table['version']!r}, this bpviz reads versions "
            f"{' and '.join(map(str, _READABLE))}"
        )
    spec = read_network(table["network"])
    inputs, outputs = table["inputs"], table["outputs"]
    task: Task = outputs["task"]
    if task not in get_args(Task):
        raise SettingError(f"it has an unknown task {task!r}")
    return TrainedNetwork(
        name=str(table["name"]),
        epoch=int(table["epoch"]),
        spec=spec,
        theta=_theta(spec, blocks),
        encoding=_encoding(spec, inputs),
        target_scaling=_scaling("outputs", outputs, spec.output.units),
        columns=tuple(
            Column(str(name), tuple(map(str, categories)))
            for name, categories in inputs.get("columns", [])
        ),
        input_names=tuple(map(str, inputs["names"])),
        target_names=tuple(map(str, outputs["names"])),
        class_names=tuple(map(str, outputs["classes"])),
        task=task,
        threshold=float(outputs["threshold"]),
        image_shape=_image_shape(inputs),
        reading=_reading(inputs.get("reading")),
    )


def _labels(spec: NetworkSpec, block: Block) -> np.ndarray[Any, Any]:
    numbers = np.arange(block.number, block.number + block.size)
    if block.is_bias:
        return np.char.add("b", numbers.astype(str))
    if spec.numbering == "source":
        return np.char.add("w", numbers.reshape(block.shape[::-1]).T.astype(str))
    return np.char.add("w", numbers.reshape(block.shape).astype(str))


def _theta(spec: NetworkSpec, blocks: Iterable[BlockValues]) -> np.ndarray[Any, Any]:
    layout = layout_of(spec)
    given = {(block.layer, block.source): block.values for block in blocks}
    theta = np.zeros(layout.size, dtype=spec.dtype)
    for block in layout.blocks:
        values = given.get((block.layer, block.source))
        name = f"weights {block.source} → {block.layer}"
        if block.is_bias:
            name = f"biases of {block.layer}"
        if values is None:
            raise SettingError(f"the {name} are missing")
        if values.shape != block.shape:
            raise SettingError(f"the {name} must have shape {block.shape}, got {values.shape}")
        if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
            raise SettingError(f"the {name} must be finite numbers")
        block.view(theta)[...] = values
    theta.flags.writeable = False
    return theta


def _encoding(spec: NetworkSpec, inputs: Mapping[str, Any]) -> Encoding:
    columns = sum(layer.units for layer in spec.inputs)
    features = tuple(map(str, inputs.get("features", [])))
    own = 2 if features else columns
    if not set(features) <= set(FEATURES) or len(features) not in (0, columns):
        raise SettingError(f"features must be {columns} of {', '.join(FEATURES)}")
    fill = inputs.get("fill", [None] * own)
    if len(inputs["names"]) != own or len(fill) != own:
        raise SettingError(f"names and fill must be given for {own} inputs")
    values = np.array([math.nan if value is None else value for value in fill], dtype=np.float64)
    return Encoding(values, features, _scaling("inputs", inputs, columns))


def _scaling(name: str, table: Mapping[str, Any], columns: int) -> Scaling:
    if "offset" not in table:
        return no_scaling(columns)
    offset, scale = (np.array(table[key], dtype=np.float64) for key in ("offset", "scale"))
    if offset.shape != (columns,) or scale.shape != (columns,):
        raise SettingError(f"offset and scale must be given for {columns} {name}")
    if not (np.isfinite(offset).all() and np.isfinite(scale).all() and scale.all()):
        raise SettingError("offset and scale must be finite numbers, and scale not 0")
    return Scaling(offset, scale)


def _reading(table: Mapping[str, Any] | None) -> Reading | None:
    if table is None:
        return None
    own = {str(name): mark for name, mark in table["own_decimals"].items()}
    if not {table["decimal"], *own.values()} <= {"", "point", "comma"}:
        raise SettingError("a decimal mark must be point or comma")
    return Reading(
        missing_marks=tuple(map(str, table["missing_marks"])),
        decimal=table["decimal"],
        decimal_given=bool(table["decimal_given"]),
        own_decimals=own,
        day_first={str(name): bool(first) for name, first in table["day_first"].items()},
    )


def _image_shape(inputs: Mapping[str, Any]) -> tuple[int, int] | None:
    if inputs["image_shape"] is None:
        return None
    height, width = map(int, inputs["image_shape"])
    if height * width != len(inputs["names"]):
        raise SettingError(f"image shape {height}×{width} must fit {len(inputs['names'])} inputs")
    return height, width
