"""The keyboard's way through a formula: from one term that can be opened to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from bpviz.explain.terms import Line

# Which term: the number of its line, and of the term in it.
Place = tuple[int, int]

_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


def stops_of(lines: Sequence[Line]) -> list[Place]:
    """The terms that can be opened, in reading order."""
    return [
        (k, index)
        for k, line in enumerate(lines)
        for index, term in enumerate(line.terms)
        if term.factor is not None
    ]


@dataclass
class Ring:
    """Where the keyboard is; `shown` while it was used last, not the mouse."""

    place: Place | None = None
    shown: bool = False

    def keep(self, stops: list[Place]) -> None:
        """Other lines are shown: the ring stays where there still is a term to open."""
        if self.place not in stops:
            self.place = None

    def after(self, stops: list[Place], step: int) -> Place | None:
        """Where a step leads; None when there is nothing more in that direction."""
        if not stops:
            return None
        if self.place not in stops or not self.shown:
            return self.place if self.place in stops else stops[0 if step > 0 else -1]
        k = stops.index(self.place) + step
        return stops[k] if 0 <= k < len(stops) else None

    def led_to(self, key: int, stops: list[Place]) -> Place | None:
        """Where an arrow key, Home or End leads."""
        if key in _STEPS:
            return self.after(stops, _STEPS[Qt.Key(key)])
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        return stops[ends[Qt.Key(key)]] if key in ends and stops else None


def is_way(key: int, stops: list[Place]) -> bool:
    """Whether a key is one of those that lead from term to term."""
    return key in _STEPS or (bool(stops) and key in (Qt.Key.Key_Home, Qt.Key.Key_End))


def reveal(widget: QWidget, rect: QRect) -> None:
    """Scroll to a part of a widget when that lies in a scroll area."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is not None:
        inside = above.widget()
        at = widget.mapTo(inside, rect.center()) if inside is not None else QPoint()
        above.ensureVisible(at.x(), at.y(), rect.width() // 2 + 8, rect.height() // 2 + 8)
