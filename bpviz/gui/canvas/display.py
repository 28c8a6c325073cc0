"""The widget that shows the network: what is drawn when, and how large."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.experiments.experiment import Moved
from bpviz.gui.canvas.captions import look_words, moment_words
from bpviz.gui.canvas.color_bar import scale_end
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.layers import Viewport
from bpviz.gui.canvas.picture import NetworkPicture, Shown
from bpviz.gui.canvas.scale import ColorScale
from bpviz.gui.canvas.zooming import SETTLED_MS, ZoomedWidget
from bpviz.gui.session import Session
from bpviz.gui.theme import CAPTION, TEXT

# With more parameters training leaves the window less time.
_SLOW_TO_TRAIN = 100_000


class NetworkDisplay(ZoomedWidget):
    """Draws the session's snapshot, at some zoom.

    `hover` and `cursor_at` are what the mouse and the keyboard point at; `picture` is the present
    geometry. `say_scale` asks for the scale in the caption, where the colour bar has no room.
    """

    scale_changed = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 96)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Network")
        self.picture: NetworkPicture | None = None
        self._made_for: tuple[Any, ...] = ()
        self.hover: Hit | None = None
        self.cursor_at: Hit | None = None
        self._scales: dict[tuple[str, int], ColorScale] = {}
        self.scale = 0.0
        self.say_scale = False
        self._scaled: tuple[Any, str] | None = None
        self._arranged: tuple[Moved, ...] | None = None
        self._settled = QSize()
        self._resizing = QTimer(self)
        self._resizing.setSingleShot(True)
        self._resizing.setInterval(SETTLED_MS)
        self._resizing.timeout.connect(self._resized)
        session.snapshot_changed.connect(self.follow_snapshot)
        session.evaluation_changed.connect(self.update)
        session.look_changed.connect(self._follow_look)
        session.motion_changed.connect(self.update)
        session.marks_changed.connect(self.update)
        session.selected.connect(lambda _parameter: self.update())
        session.experiment_changed.connect(self._follow_moves)
        self._follow_scale()
        session.ask(want_health=session.look.health)

    # What is drawn

    @property
    def base_zoom(self) -> float:
        """How much larger than usual texts are, as for a projector."""
        pixels = self.font().pixelSize()
        return pixels / TEXT if pixels > TEXT else 1.0

    @property
    def viewport_now(self) -> Viewport:
        if self.viewport is not None:
            return self.viewport
        picture = self.current_picture()
        return picture.fitting(self.base_zoom) if picture else Viewport()

    def current_picture(self) -> NetworkPicture | None:
        """The geometry of the present snapshot, made anew only when that has to change."""
        snapshot = self.session.snapshot
        if snapshot is None:
            self.picture = None
            return None
        look, old = self.session.look, self.picture
        if old is None or not self._resizing.isActive():
            self._settled = self._area()
        made_for = (
            self._settled,
            self.base_zoom,
            look.theme,
            look.numbers,
            look.bias_units,
            self.moved_layers,
            self._arranged is not None,
        )
        if (
            old is None
            or self._made_for != made_for
            or old.dataset is not snapshot.data.dataset
            or not (old.spec is snapshot.spec or old.spec == snapshot.spec)
        ):
            self._made_for = made_for
            self.picture = NetworkPicture(
                snapshot,
                self._settled,
                self.base_zoom,
                look.theme,
                self.font(),
                look.numbers,
                look.bias_units,
                moved=self.moved_layers,
                quick=self._arranged is not None,
            )
            self.picture_changed(old)
        return self.picture

    @property
    def moved_layers(self) -> tuple[Moved, ...]:
        """Where a person wants layers: as the experiment says, or as they are being dragged."""
        return self.session.experiment.moved if self._arranged is None else self._arranged

    def arrange(self, moved: tuple[Moved, ...] | None) -> None:
        """Draw layers as they are being dragged; None as the experiment says."""
        self._arranged = moved
        if moved is None:
            self.current_picture()
        # In a drag the geometry is made when it is painted: once a frame, not with every event.
        self.update()

    def picture_changed(self, old: NetworkPicture | None) -> None:
        """The geometry is another one: what was pointed at may be elsewhere or gone."""
        self.hover = None
        snapshot = self.session.snapshot
        if old is None or snapshot is None or old.spec.layers != snapshot.spec.layers:
            self.cursor_at = None

    def follow_snapshot(self) -> None:
        """Take in the session's snapshot."""
        self._follow_scale()
        # Now, not while painting: cards and cursor follow a change of the picture.
        self.current_picture()
        self.update()

    def takes_time(self) -> bool:
        scene = None if self.picture is None else self.picture.scene
        return scene is not None and (not scene.cubic or scene.theta.size > _SLOW_TO_TRAIN)

    def _area(self) -> QSize:
        """The room of the picture; a scale that is always written below has its own."""
        foot = math.ceil(self._caption_line().height()) + 2 if self.say_scale else 0
        return QSize(max(self.width(), 60), max(self.height() - foot, 60))

    def shown(self) -> Shown | None:
        """What is drawn now."""
        session = self.session
        if session.snapshot is None:
            return None
        return Shown(
            session.snapshot,
            session.evaluation,
            session.look.quantity,
            self.scale,
            session.selection,
            self.hover,
            self.cursor_at if self.hasFocus() else None,
            session.motion,
            session.look.shown_unit,
            session.marks,
            session.look.health,
            self.missing_shown(),
        )

    def missing_shown(self) -> tuple[int, ...]:
        """Which of the missing connections are drawn, by their numbers."""
        picture = self.picture
        return picture.missing.all if picture and self.session.look.missing else ()

    def _follow_scale(self) -> None:
        snapshot, quantity = self.session.snapshot, self.session.look.quantity
        if snapshot is None or self._scaled == (snapshot, quantity) or not snapshot.has(quantity):
            return
        self._scaled = (snapshot, quantity)
        key = (quantity, snapshot.run)
        if key not in self._scales:
            self._scales = {k: v for k, v in self._scales.items() if k[1] == snapshot.run}
            self._scales[key] = ColorScale()
        scale = self._scales[key].follow(snapshot.reduction(quantity).largest)
        if scale != self.scale:
            self.scale = scale
            self.scale_changed.emit(scale)

    def _follow_look(self) -> None:
        self.session.ask(want_health=self.session.look.health)
        self._follow_scale()
        self.current_picture()
        self.update()

    def _follow_moves(self) -> None:
        """Layers stand elsewhere at once, not when the next snapshot comes."""
        if self.session.snapshot is not None:
            self.current_picture()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        picture, shown = self.current_picture(), self.shown()
        painter = QPainter(self)
        try:
            if picture is None or shown is None:
                self._paint_nothing(painter)
                return
            self._paint_picture(painter, picture, shown)
            self.paint_over(painter)
            self.paint_caption(painter, QRectF(self.rect()))
        finally:
            # A painter that is left open takes the program down with it.
            painter.end()

    def _paint_picture(self, painter: QPainter, picture: NetworkPicture, shown: Shown) -> None:
        painter.save()
        if self._resizing.isActive() or picture.size != self.size():
            painter.fillRect(self.rect(), QColor(self.session.theme.card))
        if self._resizing.isActive():
            area = self._area()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.scale(
                area.width() / picture.size.width(), area.height() / picture.size.height()
            )
        # A network may be drawn while its weights run away to infinity.
        with np.errstate(all="ignore"):
            ratio = self.devicePixelRatioF()
            picture.paint(painter, shown, self.viewport_now, ratio, self.is_moving)
        painter.restore()

    def paint_over(self, painter: QPainter) -> None:
        """What lies above the network for a moment."""

    def _paint_nothing(self, painter: QPainter) -> None:
        theme = self.session.theme
        painter.fillRect(self.rect(), QColor(theme.card))
        painter.setPen(QColor(theme.secondary))
        painter.setFont(self.font())
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignCenter, "The network appears here in a moment."
        )

    def paint_caption(self, painter: QPainter, rect: QRectF) -> None:
        """Say in the lower left what the colours are, where that is not plain."""
        text = self.caption()
        if not text:
            return
        theme = self.session.theme
        measure = self._caption_line()
        text = measure.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 12)
        plate = QRectF(
            rect.x(),
            rect.bottom() - measure.height() - 2,
            measure.horizontalAdvance(text) + 8,
            measure.height() + 2,
        )
        painter.fillRect(plate, QColor(theme.card))
        painter.setFont(self._caption_font())
        painter.setPen(QColor(theme.secondary))
        painter.drawText(plate, Qt.AlignmentFlag.AlignVCenter, text)

    def _caption_font(self) -> QFont:
        return sized(self.font(), round(CAPTION * self.base_zoom))

    def _caption_line(self) -> QFontMetricsF:
        return QFontMetricsF(self._caption_font())

    def caption(self) -> str:
        """The words in the lower left corner, or nothing."""
        parts = [moment_words(self.session), look_words(self.session, self.picture)]
        if self.say_scale and self.scale:
            parts.insert(1, f"colours reach ±{scale_end(self.scale)}")
        return " · ".join(part for part in parts if part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.viewport = None
        if self.isVisible() and self.picture is not None and not self.picture.scene.cubic:
            # Many edges take longer to place and to draw than the mouse takes to move on.
            self._resizing.start()
        self.current_picture()
        self.moved()

    def _resized(self) -> None:
        self.current_picture()
        self.moved()
        self.update()
