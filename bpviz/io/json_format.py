"""Trained networks as JSON: all in one readable text, numbers to full precision."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from bpviz.io.description import BlockValues, blocks_of, describe, rebuild
from bpviz.io.records import TrainedNetwork


def to_json(network: TrainedNetwork) -> bytes:
    """The file's content. Every number reads back as the same bits."""
    table = describe(network)
    table["blocks"] = [
        {
            "layer": block.layer,
            "source": block.source,
            "shape": list(block.values.shape),
            "labels": block.labels.tolist(),
            "values": block.values.tolist(),
        }
        for block in blocks_of(network)
    ]
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(content: bytes) -> TrainedNetwork:
    """The inverse of `to_json`. Other content raises an error, see `rebuild`."""
    table = json.loads(content)
    rows: list[dict[str, Any]] = table.get("blocks", []) if isinstance(table, dict) else []
    blocks = [
        BlockValues(row["layer"], row["source"], np.array(row["values"]), np.array(row["labels"]))
        for row in rows
    ]
    return rebuild(table, blocks)
