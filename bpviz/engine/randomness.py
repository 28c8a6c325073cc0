"""Randomness as a function of what it is for: no stream runs from one draw to the next."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence


class _Key(ISeedSequence):
    """A key as it stands; given by itself, it costs NumPy a draw of entropy as well."""

    def __init__(self, words: np.ndarray[Any, np.dtype[np.uint64]]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """The two words of the key."""
        return self._words


def rng(seed: int, purpose: str, epoch: int = 0, batch: int = 0) -> np.random.Generator:
    """Return the generator for one purpose at one moment.

    Philox (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") with the key
    (seed, crc32(purpose)) and the counter starting at (0, 0, batch, epoch); the two low words of
    the counter leave 2^128 draws before a neighbouring moment would be reached. Seeds are taken
    modulo 2^64.
    """
    key = np.array([seed % 2**64, zlib.crc32(purpose.encode())], dtype=np.uint64)
    counter = np.array([0, 0, batch, epoch], dtype=np.uint64)
    # NumPy's stubs know one kind of seeds only.
    philox = np.random.Philox(_Key(key), counter=counter)  # type: ignore[arg-type]
    return np.random.Generator(philox)
