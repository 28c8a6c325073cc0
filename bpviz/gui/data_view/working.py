"""Work for a view of the data: small pieces at once, large ones one by one on a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from bpviz.gui.background import Background

# Work on more numbers than this might hold up a frame.
_AT_ONCE = 50_000
_POLL_MS = 50


class DataWork(QObject):
    """`ask` has something worked out and handed on; of what has one key, only the newest."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background("data view", self, _POLL_MS)
        self._background.ended.connect(self._ended)
        self._waiting: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {}
        self._key = ""
        self._then: Callable[[Any], None] | None = None
        self._found: list[Any] = []

    @property
    def running(self) -> bool:
        return self._background.running or bool(self._waiting)

    def ask(
        self, key: str, numbers: int, make: Callable[[], Any], then: Callable[[Any], None]
    ) -> None:
        """Call `then` with what `make` returns; `numbers` says how many it looks at."""
        self.forget(key)
        if numbers <= _AT_ONCE:
            then(make())
            return
        self._waiting[key] = (make, then)
        self._begin()

    def forget(self, key: str) -> None:
        """What was asked for under a key is no longer wanted."""
        self._waiting.pop(key, None)
        if key == self._key:
            self._then = None

    def forget_all(self) -> None:
        """Nothing that was asked for is wanted any more."""
        self._waiting.clear()
        self._then = None

    def shut(self) -> None:
        """End what runs, and return when it has ended."""
        self.forget_all()
        self._background.shut()

    def _begin(self) -> None:
        if self._background.running or not self._waiting:
            return
        self._key = next(iter(self._waiting))
        make, self._then = self._waiting.pop(self._key)
        found = self._found = []
        self._background.start(lambda: found.append(make()), lambda: None)

    def _ended(self, failed: bool) -> None:
        then, self._then, self._key = self._then, None, ""
        found, self._found = self._found, []
        if then is not None and not failed:
            then(found[0])
        self._begin()
