"""NumPy's own files: .npz with named arrays, .npy with one; nothing is unpickled."""

from __future__ import annotations

import ast
import io
import re
import struct
import zipfile
import zlib
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from bpviz.datasets.tables.content import LARGEST_UNPACKED, MEGABYTE, check_file
from bpviz.datasets.tables.progress import Cancelled, GoesOn, to_the_end
from bpviz.engine.settings import SettingError

Arrays = dict[str, np.ndarray[Any, Any]]

NPY = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
_ENDING = ".npy"
# By the format's version: how the length of the header is written, and its text.
_HEADERS = {(1, 0): ("<H", "latin1"), (2, 0): ("<I", "latin1"), (3, 0): ("<I", "utf8")}
_LONGEST_HEADER = 10_000
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError,
    RuntimeError, KeyError, SyntaxError, TypeError, OverflowError,
)  # fmt: skip
# What NumPy packs with.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_arrays(path: Path, goes_on: GoesOn, filled: bool = True) -> Arrays:
    """The arrays in a .npz by name, or the one of a .npy, called "".

    Unless they are to be `filled`, they have only their shapes and types, which takes no time.

    Raises SettingError, one sentence that names the file, when there are none, and Cancelled.
    """
    start = check_file(path)
    try:
        if start.startswith(NPY):
            with path.open("rb") as file:
                return {"": _array(path.name, "", file, path.stat().st_size, filled)}
        if start.startswith(ZIP):
            return _archive(path, path.name, goes_on, filled)
    except SettingError:
        raise
    except _DAMAGED:
        raise SettingError("is damaged: its arrays cannot be read", path.name) from None
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror or error}", str(path)) from None
    raise SettingError("is neither a .npz nor a .npy file of NumPy", path.name)


def archived_arrays(content: bytes, name: str) -> Arrays:
    """The arrays in a .npz by name, from all of its bytes; `name` is what to call it.

    Raises SettingError when there are none.
    """
    try:
        return _archive(io.BytesIO(content), name, to_the_end, True)
    except SettingError:
        raise
    except _DAMAGED:
        raise SettingError("is damaged: its arrays cannot be read", name) from None


def _archive(file: Path | IO[bytes], called: str, goes_on: GoesOn, filled: bool) -> Arrays:
    arrays: Arrays = {}
    with zipfile.ZipFile(file) as archive:
        infos = [info for info in archive.infolist() if info.filename.endswith(_ENDING)]
        if not infos:
            raise SettingError("is a ZIP archive without arrays in it", called)
        total = sum(info.file_size for info in infos)
        if total > LARGEST_UNPACKED:
            raise SettingError(
                f"unpacks to {total / MEGABYTE:,.0f} MB, more than can be read; save a part of "
                "its samples as a file of its own",
                called,
            )
        done = 0
        for info in infos:
            if not goes_on(done, total):
                raise Cancelled
            name = info.filename.removesuffix(_ENDING)
            if info.compress_type not in _PACKED:
                raise SettingError(
                    f"array {name} is packed in a way that NumPy does not use; save it by "
                    "numpy.savez_compressed",
                    called,
                )
            with archive.open(info) as packed:
                arrays[name] = _array(called, name, packed, info.file_size, filled)
            done += info.file_size
    return arrays


def _array(
    file_name: str, name: str, file: IO[bytes], size: int, filled: bool
) -> np.ndarray[Any, Any]:
    """One array, after its header was compared with how much there is."""
    shape, by_column, dtype = _header(file)
    called = f"array {name}" if name else "its array"
    if dtype.hasobject:
        raise SettingError(
            f"{called} holds Python objects, which could run anything when they are read; save it "
            "as numbers or texts",
            file_name,
        )
    if dtype.names is not None or dtype.kind not in "biufSU":
        raise SettingError(f"{called} holds {dtype}, and numbers or texts are expected", file_name)
    count = prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize > size:
        raise SettingError(f"{called} breaks off: its header speaks of more numbers", file_name)
    if not filled:
        return np.broadcast_to(np.zeros((), dtype), shape)
    data = file.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise SettingError(f"{called} breaks off: its header speaks of more numbers", file_name)
    flat = np.frombuffer(data, dtype)
    return flat.reshape(shape[::-1]).T if by_column else flat.reshape(shape)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether columns come one after the other, and type of the numbers.

    NumPy's own reader warns of headers by Python 2, and fails in many ways where one is malformed.
    Raises an error of `_DAMAGED` for those.
    """
    length_form, encoding = _HEADERS[npy.read_magic(file)]
    (length,) = struct.unpack(length_form, file.read(struct.calcsize(length_form)))
    if length > _LONGEST_HEADER:
        raise ValueError(length)
    text = file.read(length).decode(encoding)
    try:
        # Python 2 wrote long numbers as 3L.
        told = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text.strip()))
    except MemoryError:
        raise ValueError("nested too deeply") from None
    shape = told["shape"]
    if not isinstance(shape, tuple) or not all(type(size) is int for size in shape):
        raise TypeError(shape)
    return shape, bool(told["fortran_order"]), npy.descr_to_dtype(told["descr"])
