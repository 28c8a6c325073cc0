"""Room for numbers in between: of the right shape, used again, and every thread's own."""

import threading

import numpy as np
import pytest

from bpviz.engine.spare_room import spare


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("count", [1, 3])
def test_it_is_like_the_array_it_is_asked_for(dtype: type, count: int) -> None:
    # A view with gaps gets room without gaps.
    like = np.zeros((6, 8), dtype)[:, ::2]
    rooms = spare(like, count)
    assert rooms.shape == (count, 6, 4)
    assert rooms.dtype == dtype
    rooms[...] = np.arange(count)[:, None, None]
    assert [set(room.ravel()) for room in rooms] == [{k} for k in range(count)]


def test_it_is_used_again() -> None:
    large, small = np.zeros((50, 4)), np.zeros((2, 3))
    first = spare(large)
    assert np.shares_memory(spare(small), first)
    assert np.shares_memory(spare(large), first)


def test_threads_do_not_meet() -> None:
    like, found = np.zeros((5, 5)), []
    mine = spare(like)
    mine[...] = 1.0

    def other() -> None:
        theirs = spare(like)
        theirs[...] = 2.0
        found.append(theirs)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, found[0])
    assert (mine == 1.0).all()
