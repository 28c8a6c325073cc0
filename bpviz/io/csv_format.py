"""Trained networks as .csv: a row per weight and bias, which every spreadsheet can read.

Rows that begin with "# about" come first and hold the description, a JSON text, in pieces that
fit into a cell. Then there is a line of titles, and one row per parameter; the rows may be in
any order. Units are counted from 1; a bias has no source.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import numpy as np

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, read_network
from bpviz.io.description import BlockValues, blocks_of, describe, rebuild
from bpviz.io.records import TrainedNetwork

TITLES = ("label", "layer", "unit", "source", "source unit", "value")
_ABOUT = "# about"
# A spreadsheet's cell holds 32,767 characters.
_PIECE = 30_000


def to_csv(network: TrainedNetwork) -> bytes:
    """The file's content. Every number reads back as the same bits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    about = json.dumps(describe(network), ensure_ascii=False)
    for start in range(0, len(about), _PIECE):
        writer.writerow((_ABOUT, about[start : start + _PIECE]))
    writer.writerow(TITLES)
    for block in blocks_of(network):
        writer.writerows(_rows(network.spec, block))
    return text.getvalue().encode()


def from_csv(content: bytes) -> TrainedNetwork:
    """The inverse of `to_csv`. Other content raises an error, see `rebuild`."""
    about, values = [], {}
    # A spreadsheet may put a mark in front of the text, and fill rows up with empty cells.
    for number, row in enumerate(csv.reader(io.StringIO(content.decode("utf-8-sig"))), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or tuple(cells[: len(TITLES)]) == TITLES:
            continue
        if cells[0] == _ABOUT:
            about.append(row[1])
        elif not about:
            break
        elif cells[0] in values:
            raise SettingError(f"it has {cells[0]} twice, the second time in row {number}")
        else:
            values[cells[0]] = _number(cells, number)
    if not about:
        raise SettingError("it has no description of a network in its first rows")
    table = json.loads("".join(about))
    if not isinstance(table, dict) or "network" not in table:
        return rebuild(table, ())
    return rebuild(table, _blocks(read_network(table["network"]), values))


def _rows(spec: NetworkSpec, block: BlockValues) -> Iterator[tuple[object, ...]]:
    """The rows of a block, in the order of its array."""
    is_shared = not block.source and spec.layer(block.layer).bias == "shared"
    for place, value in zip(np.ndindex(block.values.shape), block.values.flat, strict=True):
        unit = "" if is_shared else place[0] + 1
        source = (block.source, place[1] + 1) if block.source else ("", "")
        yield (block.labels[place], block.layer, unit, *source, repr(float(value)))


def _number(cells: list[str], row: int) -> float:
    column = len(TITLES) - 1
    text = cells[column] if len(cells) > column else ""
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"the value in row {row} must be a number, got {text!r}") from None


def _blocks(spec: NetworkSpec, values: dict[str, float]) -> list[BlockValues]:
    layout = layout_of(spec)
    labels = layout.labels()
    unknown = next(iter(values.keys() - labels), None)
    if unknown is not None:
        raise SettingError(f"it has a value for {unknown!r}, which is not of this network")
    missing = next((label for label in labels if label not in values), None)
    if missing is not None:
        raise SettingError(f"the value of {missing} is missing")
    theta = np.array([values[label] for label in labels])
    return [BlockValues(b.layer, b.source, b.view(theta)) for b in layout.blocks]
