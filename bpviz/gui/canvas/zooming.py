"""A widget whose picture can be zoomed and moved about."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from bpviz.gui.canvas.layers import Viewport

# What takes long to draw is drawn anew when its size, or its place, has stayed the same for so
# long; until then the old picture is stretched.
SETTLED_MS = 80
_ZOOMS = (0.25, 12.0)


class ZoomedWidget(QWidget):
    """`viewport` is how the picture was put by hand; None where it shows all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewport: Viewport | None = None
        self._moving = QTimer(self)
        self._moving.setSingleShot(True)
        self._moving.setInterval(SETTLED_MS)
        self._moving.timeout.connect(self.update)

    @property
    def viewport_now(self) -> Viewport:
        """How the picture lies on the screen."""
        return self.viewport or Viewport()

    @property
    def is_moving(self) -> bool:
        """Whether what takes long to draw is not to be drawn yet."""
        return self._moving.isActive()

    def takes_time(self) -> bool:
        """Whether there is much to draw, or little time for it."""
        return False

    def moved(self) -> None:
        """The picture has moved under the pointer."""

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom; the point of the picture at `about` stays where it is."""
        about = QPointF(self.rect().center()) if about is None else about
        view = self.viewport_now
        zoom = min(_ZOOMS[1], max(_ZOOMS[0], view.zoom * factor))
        ratio = zoom / view.zoom
        self._put(
            Viewport(
                zoom,
                about.x() - (about.x() - view.dx) * ratio,
                about.y() - (about.y() - view.dy) * ratio,
            )
        )
        self.moved()

    def pan_by(self, by: QPointF) -> None:
        """Move the picture by so many pixels; the pointer goes with it."""
        view = self.viewport_now
        self._put(Viewport(view.zoom, view.dx + by.x(), view.dy + by.y()))

    def _put(self, viewport: Viewport) -> None:
        self.viewport = viewport
        if self.takes_time():
            self._moving.start()
        self.update()

    def fit(self) -> None:
        """Show all of the picture again."""
        self.viewport = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y()
        if delta:
            self.zoom_by(1.0015**delta, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.NativeGesture:
            gesture = cast(QNativeGestureEvent, event)
            if gesture.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + gesture.value(), gesture.position())
                return True
        return super().event(event)
