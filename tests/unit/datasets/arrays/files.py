"""Files of arrays, written for tests without the code that reads them."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np


def idx_bytes(array: np.ndarray) -> bytes:
    """An array of bytes as an IDX file has it."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def write_idx(path: Path, array: np.ndarray) -> Path:
    """The same as a file, packed when its name says so."""
    data = idx_bytes(array)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def pictures(count: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of 3×2 pixels, and a class for each."""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, 3, 2)).astype(np.uint8), np.arange(count) % 3
