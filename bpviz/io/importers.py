"""Formats that trained networks are read from, by the file's ending."""

from __future__ import annotations

import csv
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from bpviz.engine.settings import SettingError
from bpviz.io.csv_format import from_csv
from bpviz.io.exporters import lacking, listed
from bpviz.io.json_format import from_json
from bpviz.io.npz_format import from_npz
from bpviz.io.records import TrainedNetwork
from bpviz.io.safetensors_format import from_safetensors

IMPORTERS: dict[str, Callable[[bytes], TrainedNetwork]] = {
    ".npz": from_npz,
    ".json": from_json,
    ".csv": from_csv,
    ".safetensors": from_safetensors,
}

# All that a damaged file can lead to; a good one leads to none of them.
_BROKEN = (
    AttributeError,
    csv.Error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)


def read_network_file(path: Path | str) -> TrainedNetwork:
    """Read a trained network that was exported, bit for bit.

    Raises SettingError, one sentence that names the file, when it cannot be read.
    """
    path = Path(path)
    importer = IMPORTERS.get(path.suffix.lower())
    if importer is None:
        known = listed(IMPORTERS)
        raise SettingError(f"the file's ending must be {known}, got {path.suffix!r}", path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror}", str(path)) from None
    try:
        return importer(content)
    except SettingError as error:
        raise SettingError(f"is not a network file: {error}", path.name) from None
    except ModuleNotFoundError as error:
        raise SettingError(lacking(str(error.name)), path.name) from None
    except _BROKEN:
        reason = "its content is damaged or of another kind"
        raise SettingError(f"is not a network file: {reason}", path.name) from None
