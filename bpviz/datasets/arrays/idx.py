"""IDX files, as MNIST's pictures and labels come (LeCun, Cortes & Burges), also packed by gzip."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from bpviz.datasets.tables.content import LARGEST_UNPACKED, MEGABYTE, check_file
from bpviz.datasets.tables.progress import Cancelled, GoesOn
from bpviz.engine.settings import SettingError

GZIP = b"\x1f\x8b"
# The third byte of the file says what its numbers are.
_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_DIMENSIONS = 4
_CHUNK = 1 << 22


def begins_like_idx(start: bytes) -> bool:
    """Whether a file with these first bytes is an IDX file."""
    return (
        len(start) >= 4
        and start[:2] == b"\0\0"
        and start[2] in _TYPES
        and 0 < start[3] <= _MOST_DIMENSIONS
    )


def read_idx(path: Path, goes_on: GoesOn) -> np.ndarray[Any, Any]:
    """The array in an IDX file, packed or not.

    Raises SettingError, one sentence that names the file, when there is none, and Cancelled.
    """
    start = check_file(path)
    try:
        with path.open("rb") as plain:
            if start.startswith(GZIP):
                with gzip.open(plain) as packed:
                    return _read(path.name, cast(BinaryIO, packed), goes_on)
            return _read(path.name, plain, goes_on)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise SettingError("is a damaged gzip archive", path.name) from None
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror}", str(path)) from None


def _read(name: str, file: BinaryIO, goes_on: GoesOn) -> np.ndarray[Any, Any]:
    head = file.read(4)
    if not begins_like_idx(head):
        raise SettingError("is not an IDX file: its first four bytes do not say so", name)
    dimensions = head[3]
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise SettingError("breaks off within its header", name)
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    dtype = np.dtype(_TYPES[head[2]])
    wanted = prod(shape) * dtype.itemsize
    if wanted > LARGEST_UNPACKED:
        raise SettingError(
            f"holds {wanted / MEGABYTE:,.0f} MB, more than can be read; make a file of a part of "
            "its samples",
            name,
        )
    data = _exactly(name, file, wanted, goes_on)
    return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _exactly(name: str, file: BinaryIO, wanted: int, goes_on: GoesOn) -> bytes:
    parts, have = [], 0
    while have <= wanted:
        # One byte more than there should be tells of a file that goes on.
        part = file.read(min(_CHUNK, wanted + 1 - have))
        if not part:
            break
        parts.append(part)
        have += len(part)
        if not goes_on(have, wanted):
            raise Cancelled
    if have != wanted:
        what = "more than" if have > wanted else f"{have:,} of"
        raise SettingError(f"holds {what} the {wanted:,} bytes that its header speaks of", name)
    return b"".join(parts)
