"""A slot for one thing between two threads: what is put in replaces what was not yet taken."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Latest wins: a slow reader sees the newest item, a fast writer never waits."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._item: T | None = None
        self._woken = False

    @property
    def is_empty(self) -> bool:
        return self._item is None

    def put(self, item: T) -> None:
        with self._ready:
            self._item = item
            self._ready.notify()

    def take(self) -> T | None:
        """The item, which leaves the slot; None when there is none."""
        with self._ready:
            item, self._item = self._item, None
            return item

    def wait(self) -> T | None:
        """The item, waiting until there is one; None when `wake` was called first."""
        with self._ready:
            while self._item is None and not self._woken:
                self._ready.wait()
            self._woken = False
            item, self._item = self._item, None
            return item

    def wake(self) -> None:
        """Let who waits go on without an item."""
        with self._ready:
            self._woken = True
            self._ready.notify()
