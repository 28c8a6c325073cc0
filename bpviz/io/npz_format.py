"""Trained networks as NumPy's .npz: `about` is a JSON text, every block an array of its own.

The weights from layer x to layer h1 are the array "weights.x.h1", shape (units, source units),
their labels "labels.x.h1"; biases are "bias.h1" and "labels.h1". Nothing is pickled.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from bpviz.io.description import BlockValues, blocks_of, describe, rebuild
from bpviz.io.records import TrainedNetwork


def to_npz(network: TrainedNetwork) -> bytes:
    """The file's content."""
    table = describe(network)
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    table["blocks"] = []
    for block in blocks_of(network):
        ends = f"{block.source}.{block.layer}" if block.source else block.layer
        while f"labels.{ends}" in arrays:
            ends += "'"
        row = {
            "layer": block.layer,
            "source": block.source,
            "values": f"{'weights' if block.source else 'bias'}.{ends}",
            "labels": f"labels.{ends}",
        }
        arrays[row["values"]], arrays[row["labels"]] = block.values, block.labels
        table["blocks"].append(row)
    content = io.BytesIO()
    about = np.array(json.dumps(table, ensure_ascii=False))
    np.savez_compressed(content, allow_pickle=False, about=about, **arrays)
    return content.getvalue()


def from_npz(content: bytes) -> TrainedNetwork:
    """The inverse of `to_npz`. Other content raises an error, see `rebuild`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        table = json.loads(str(arrays["about"]))
        rows: list[dict[str, Any]] = table.get("blocks", []) if isinstance(table, dict) else []
        blocks = [
            BlockValues(row["layer"], row["source"], arrays[row["values"]], arrays[row["labels"]])
            for row in rows
        ]
    return rebuild(table, blocks)
