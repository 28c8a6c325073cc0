"""Randomness as a function of what it is for: no stream runs from one draw to the next."""

from __future__ import annotations

import zlib

import numpy as np


def rng(seed: int, purpose: str, epoch: int = 0, batch: int = 0) -> np.random.Generator:
    """Return the generator for one purpose at one moment.

    Philox (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") with the key
    (seed, crc32(purpose)) and the counter starting at (0, 0, batch, epoch); the two low words of
    the counter leave 2^128 draws before a neighbouring moment would be reached. Seeds are taken
    modulo 2^64.
    """
    key = np.array([seed % 2**64, zlib.crc32(purpose.encode())], dtype=np.uint64)
    counter = np.array([0, 0, batch, epoch], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
