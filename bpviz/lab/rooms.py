"""Room for copies of large vectors, which is used again as soon as nobody holds what is in it."""

from __future__ import annotations

import sys

import numpy as np

from bpviz.engine.activations import Array

# Smaller copies are quicker made anew than room for them is looked for.
LARGE = 1_000_000


class Rooms:
    """Makes read-only copies of vectors; those of large ones in rooms that are kept.

    A room is free when only this object refers to it: whoever holds a copy, or a view into it,
    refers to the room itself. So no copy ever changes under a view that still shows it.
    """

    def __init__(self) -> None:
        self._rooms: list[Array] = []

    @property
    def held(self) -> int:
        """Bytes of the rooms whose contents somebody still holds."""
        rooms = range(len(self._rooms))
        return sum(self._rooms[k].nbytes for k in rooms if not self._is_free(k))

    @property
    def nbytes(self) -> int:
        """Bytes of all rooms, held and free."""
        return sum(room.nbytes for room in self._rooms)

    def copy(self, array: Array) -> Array:
        """A read-only copy."""
        if array.nbytes < LARGE:
            copy = array.copy()
        else:
            copy = self._room_like(array)[:]
            np.copyto(copy, array)
        copy.flags.writeable = False
        return copy

    def release(self, most: int = 0) -> None:
        """Give free rooms back until all of them have at most so many bytes."""
        for k in reversed(range(len(self._rooms))):
            if self.nbytes <= most:
                return
            if self._is_free(k):
                del self._rooms[k]

    def _room_like(self, array: Array) -> Array:
        for k in range(len(self._rooms)):
            known = self._rooms[k].shape == array.shape and self._rooms[k].dtype == array.dtype
            if known and self._is_free(k):
                return self._rooms[k]
        # Those of another network are of no use any more.
        for k in reversed(range(len(self._rooms))):
            if self._rooms[k].nbytes != array.nbytes and self._is_free(k):
                del self._rooms[k]
        self._rooms.append(np.empty_like(array))
        return self._rooms[-1]

    def _is_free(self, k: int) -> bool:
        return sys.getrefcount(self._rooms[k]) == _ALONE


def read_only(array: Array) -> Array:
    """The same numbers in the same memory, to be read alone."""
    view = array[:]
    view.flags.writeable = False
    return view


# What the count is of an array that nothing but a list holds, counting the question itself.
_LONE = [np.empty(0)]
_ALONE = sys.getrefcount(_LONE[0])
