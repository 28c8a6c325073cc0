"""A trained network as plain values, the part that the .npz and the .json format share.

The weights themselves stand apart: a list of blocks, one per pair of layers and one per bias,
each with its values and labels as arrays of one shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from bpviz.datasets.dataset import Scaling
from bpviz.engine.data import Task
from bpviz.engine.parameters import Block, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, read_network, write_network
from bpviz.io.records import TrainedNetwork

FORMAT = "bpviz network"
VERSION = 1


@dataclass(frozen=True, eq=False)
class BlockValues:
    """The weights from `source` to `layer`, shape (units, source units), or a layer's biases."""

    layer: str
    source: str
    values: np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]


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
            "offset": network.scaling.offset.tolist(),
            "scale": network.scaling.scale.tolist(),
        },
        "outputs": {
            "names": list(network.target_names),
            "classes": list(network.class_names),
            "task": network.task,
            "threshold": network.threshold,
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
    if table["version"] != VERSION:
        raise SettingError(
            f"it is of version {table['version']!r}, this bpviz reads version {VERSION}"
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
        scaling=_scaling(spec, inputs),
        input_names=tuple(map(str, inputs["names"])),
        target_names=tuple(map(str, outputs["names"])),
        class_names=tuple(map(str, outputs["classes"])),
        task=task,
        threshold=float(outputs["threshold"]),
        image_shape=_image_shape(inputs),
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


def _scaling(spec: NetworkSpec, inputs: Mapping[str, Any]) -> Scaling:
    offset, scale = (np.array(inputs[name], dtype=np.float64) for name in ("offset", "scale"))
    wanted = (sum(layer.units for layer in spec.inputs),)
    if offset.shape != wanted or scale.shape != wanted or len(inputs["names"]) != wanted[0]:
        raise SettingError(f"names, offset and scale must be given for {wanted[0]} inputs")
    if not (np.isfinite(offset).all() and np.isfinite(scale).all() and scale.all()):
        raise SettingError("offset and scale must be finite numbers, and scale not 0")
    return Scaling(offset, scale)


def _image_shape(inputs: Mapping[str, Any]) -> tuple[int, int] | None:
    if inputs["image_shape"] is None:
        return None
    height, width = map(int, inputs["image_shape"])
    if height * width != len(inputs["names"]):
        raise SettingError(f"image shape {height}×{width} must fit {len(inputs['names'])} inputs")
    return height, width
