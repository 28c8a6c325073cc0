"""A trained network as a description and one array per block, for formats that hold named arrays.

The weights from layer x to layer h1 are the array "weights.x.h1", shape (units, source units),
their labels "labels.x.h1"; biases are "bias.h1" and "labels.h1". The description's "blocks" say
which array is which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bpviz.io.description import BlockValues, blocks_of, describe, rebuild
from bpviz.io.records import TrainedNetwork

Arrays = dict[str, np.ndarray[Any, Any]]


def to_arrays(network: TrainedNetwork, labels: bool = True) -> tuple[dict[str, Any], Arrays]:
    """The description, and the arrays by name; labels are texts, which not every format holds."""
    table = describe(network)
    arrays: Arrays = {}
    table["blocks"] = []
    taken: set[str] = set()
    for block in blocks_of(network):
        ends = f"{block.source}.{block.layer}" if block.source else block.layer
        while ends in taken:
            ends += "'"
        taken.add(ends)
        values = f"{'weights' if block.source else 'bias'}.{ends}"
        row = {"layer": block.layer, "source": block.source, "values": values}
        arrays[values] = block.values
        if labels:
            row["labels"] = f"labels.{ends}"
            arrays[row["labels"]] = block.labels
        table["blocks"].append(row)
    return table, arrays


def from_arrays(table: Any, arrays: Mapping[str, np.ndarray[Any, Any]]) -> TrainedNetwork:
    """The inverse of `to_arrays`. What is no such thing raises an error, see `rebuild`."""
    rows: list[dict[str, Any]] = table.get("blocks", []) if isinstance(table, dict) else []
    return rebuild(
        table, [BlockValues(row["layer"], row["source"], arrays[row["values"]]) for row in rows]
    )
