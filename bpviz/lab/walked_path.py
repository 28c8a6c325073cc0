"""The way that θ has gone through a run, in a few remembered places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from bpviz.engine.activations import Array
from bpviz.lab.snapshot import Snapshot

if TYPE_CHECKING:
    from bpviz.explain.landscape import Plane

# Remembered: places on the map, whole weight vectors, and numbers in all of these.
_MOST_POINTS = 400
_MOST_VECTORS = 200
_MOST_NUMBERS = 2_000_000
# Larger networks leave no path: to project their weights would hold up the window.
_MOST_PARAMETERS = 500_000

T = TypeVar("T")


class _Thinned(Generic[T]):
    """A growing list that never holds more than `most`: when it is full, every second one goes.

    From then on only every second newcomer is kept, then every fourth, and so on. The newest is
    always at hand.
    """

    def __init__(self, most: int) -> None:
        self._most = max(2, most)
        self._kept: list[T] = []
        self._every = 1
        self._count = 0
        self._newest: T | None = None

    def add(self, item: T) -> None:
        self._newest = item
        if self._count % self._every == 0:
            self._kept.append(item)
            if len(self._kept) > self._most:
                del self._kept[1::2]
                self._every *= 2
        self._count += 1

    def items(self) -> list[T]:
        """Those that were kept, in order, and last the newest."""
        if self._newest is None or (self._kept and self._kept[-1] is self._newest):
            return list(self._kept)
        return [*self._kept, self._newest]


class WalkedPath:
    """Follows a run. Without a plane it keeps some θ; on a plane, its coordinates as well.

    Another run, another network, or an earlier epoch (an undo) begins a new path.
    """

    def __init__(self) -> None:
        self.plane: Plane | None = None
        self._of: tuple[object, ...] = ()
        self._epoch = 0.0
        self._vectors: _Thinned[Array] = _Thinned(2)
        self._points: _Thinned[tuple[float, float]] = _Thinned(_MOST_POINTS)

    def follow(self, snapshot: Snapshot) -> None:
        """Remember where this snapshot stands."""
        if len(snapshot.theta) > _MOST_PARAMETERS or not np.isfinite(snapshot.theta).all():
            return
        of = (snapshot.run, snapshot.spec.layers)
        when = snapshot.epoch + snapshot.batch * 1e-9
        if of != self._of or when < self._epoch:
            self._of = of
            self._vectors = _Thinned(min(_MOST_VECTORS, _MOST_NUMBERS // len(snapshot.theta)))
            self._points = _Thinned(_MOST_POINTS)
            if self.plane is not None and len(self.plane.base) != len(snapshot.theta):
                self.plane = None
        self._epoch = when
        self._vectors.add(snapshot.theta)
        if self.plane is not None:
            self._points.add(self.plane.project(snapshot.theta))

    def lay(self, plane: Plane | None) -> None:
        """Show the path on this plane from now on."""
        self.plane = plane
        self._points = _Thinned(_MOST_POINTS)
        if plane is not None:
            for theta in self._vectors.items():
                if len(theta) == len(plane.base):
                    self._points.add(plane.project(theta))

    def points(self) -> Array:
        """Where the path went on the plane, oldest first, shape (points, 2)."""
        return np.array(self._points.items(), dtype=np.float64).reshape(-1, 2)
