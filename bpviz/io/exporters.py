"""Formats that trained networks are written in, by the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bpviz.engine.settings import SettingError
from bpviz.io.json_format import to_json
from bpviz.io.npz_format import to_npz
from bpviz.io.records import TrainedNetwork


@dataclass(frozen=True)
class Exporter:
    """One format: what it is called, and a file's content for a network."""

    label: str
    write: Callable[[TrainedNetwork], bytes]


EXPORTERS: dict[str, Exporter] = {
    ".npz": Exporter("NumPy arrays", to_npz),
    ".json": Exporter("JSON text", to_json),
}


def exporter_for(path: Path | str) -> Exporter:
    """The format that a file's ending asks for. Raises SettingError when there is none."""
    ending = Path(path).suffix.lower()
    if ending not in EXPORTERS:
        known = " or ".join(EXPORTERS)
        raise SettingError(f"the file's ending must be {known}, got {ending!r}", str(path))
    return EXPORTERS[ending]


def export_network(network: TrainedNetwork, path: Path | str) -> None:
    """Write a trained network; the format follows the file's ending.

    Raises SettingError when the ending is unknown, a weight is not finite, or the file cannot be
    written.
    """
    exporter = exporter_for(path)
    if not np.isfinite(network.theta).all():
        raise SettingError("is not written, because some weights are not finite", str(path))
    content = exporter.write(network)
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise SettingError(f"cannot be written: {error.strerror}", str(path)) from None
