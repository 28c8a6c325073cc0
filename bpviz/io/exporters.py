"""Formats that trained networks are written in, by the file's ending."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bpviz.engine.settings import SettingError
from bpviz.io.csv_format import to_csv
from bpviz.io.json_format import to_json
from bpviz.io.npz_format import to_npz
from bpviz.io.records import TrainedNetwork
from bpviz.io.safetensors_format import to_safetensors


@dataclass(frozen=True)
class Exporter:
    """One format: what it is called, and a file's content for a network.

    `needs` is a package beyond those that bpviz always has, if it takes one.
    """

    label: str
    write: Callable[[TrainedNetwork], bytes]
    needs: str = ""


EXPORTERS: dict[str, Exporter] = {
    ".npz": Exporter("NumPy arrays", to_npz),
    ".json": Exporter("JSON text", to_json),
    ".csv": Exporter("table of weights", to_csv),
    ".safetensors": Exporter("tensors", to_safetensors, needs="safetensors"),
}


def exporter_for(path: Path | str) -> Exporter:
    """The format that a file's ending asks for.

    Raises SettingError when there is none, or the package that it takes is not installed.
    """
    ending = Path(path).suffix.lower()
    if ending not in EXPORTERS:
        known = listed(EXPORTERS)
        raise SettingError(f"the file's ending must be {known}, got {ending!r}", str(path))
    exporter = EXPORTERS[ending]
    if exporter.needs and importlib.util.find_spec(exporter.needs) is None:
        raise SettingError(lacking(exporter.needs), str(path))
    return exporter


def listed(names: Iterable[str]) -> str:
    """Names to choose from, as a sentence has them: ".npz, .json or .csv"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def lacking(package: str) -> str:
    """What to do when a format's package is not there."""
    return f"this format needs the package {package}; pip install 'bpviz[export]' brings it"


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
