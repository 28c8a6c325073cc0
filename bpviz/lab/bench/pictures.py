"""As many handwritten digits of 28×28 pixels as MNIST has, made for measuring from 8×8 ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bpviz.datasets.bundled import Digits
from bpviz.engine.randomness import rng

SIDE = 28
_TIMES = 3
_ROOM = SIDE - 8 * _TIMES


def made_digits(count: int, seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Pictures of bytes, shape (count, 28, 28), and their digits.

    Each is one of the bundled digits three times as large, shifted and made darker by chance.
    """
    digits, random = Digits().load(0), rng(seed, "made digits")
    chosen = random.integers(0, len(digits), count)
    down, right = random.integers(0, _ROOM + 1, (2, count))
    darkness = random.uniform(0.6, 1.0, (count, 1, 1)).astype(np.float32)
    small = digits.inputs.reshape(-1, 8, 8) * (255 / 16)
    large = np.kron(small, np.ones((_TIMES, _TIMES))).astype(np.float32)
    pictures = np.zeros((count, SIDE, SIDE), np.uint8)
    for y in range(_ROOM + 1):
        for x in range(_ROOM + 1):
            here = np.flatnonzero((down == y) & (right == x))
            drawn = large[chosen[here]] * darkness[here]
            pictures[here, y : y + 8 * _TIMES, x : x + 8 * _TIMES] = drawn
    return pictures, digits.targets[chosen].astype(np.uint8)


def write_digits(folder: Path, count: int = 60_000, seed: int = 0) -> Path:
    """Write such pictures as an IDX file with the labels beside it; returns the pictures' path."""
    pictures, labels = made_digits(count, seed)
    _write(folder / "train-labels-idx1-ubyte", labels)
    return _write(folder / "train-images-idx3-ubyte", pictures)


def _write(path: Path, array: np.ndarray[Any, Any]) -> Path:
    sizes = np.array(array.shape, ">u4").tobytes()
    path.write_bytes(bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes())
    return path
