"""Room for numbers in between, where an entry needs more of it than it is given.

Every thread keeps its own room and hands it out again and again, so that a training step
allocates nothing; what it holds means nothing beyond the function that asked for it.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class _Room(threading.local):
    def __init__(self) -> None:
        self.memory = np.empty(0, np.uint8)


_room = _Room()


def spare(like: Array, count: int = 1) -> Array:
    """So many arrays with the shape and type of another, as one, until the next call."""
    needed = count * like.nbytes
    if _room.memory.size < needed:
        _room.memory = np.empty(needed, np.uint8)
    return _room.memory[:needed].view(like.dtype).reshape(count, *like.shape)
