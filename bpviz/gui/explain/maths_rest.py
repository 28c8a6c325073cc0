"""No automatic garbage collection while a thread other than the window's works in pure Python.

Python collects in whatever thread happens to allocate, and what it finds may be the window's:
a widget destroyed outside the window's thread brings the process down. A typesetting thread
allocates so much that it would nearly always be the one.
"""

from __future__ import annotations

import gc

# Garbage younger than Python's oldest generation: a few milliseconds.
_YOUNG = 1


class CollectionRest:
    """Automatic collection rests from `begin` to `end`; both belong to the GUI thread."""

    _resting = 0
    _was_on = False

    def __init__(self) -> None:
        self.active = False

    def begin(self) -> None:
        if self.active:
            return
        self.active = True
        if CollectionRest._resting == 0:
            CollectionRest._was_on = gc.isenabled()
            gc.disable()
        CollectionRest._resting += 1

    def collect(self) -> None:
        """Collect here what the other thread left, while the rest goes on."""
        if self.active:
            gc.collect(_YOUNG)

    def end(self) -> None:
        """Let collection go on; what has piled up is collected here first."""
        if not self.active:
            return
        self.collect()
        self.active = False
        CollectionRest._resting -= 1
        if CollectionRest._resting == 0 and CollectionRest._was_on:
            gc.enable()
