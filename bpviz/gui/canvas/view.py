"""The card in the middle of the window: the network, what its colours mean, and its controls."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSettings, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bpviz.gui.canvas.color_bar import paint_color_bar
from bpviz.gui.canvas.header_row import HeaderRow
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.network_view import NetworkView
from bpviz.gui.canvas.picture import NetworkPicture
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.theme import SECONDARY, TEXT
from bpviz.gui.widgets.text import ElidedLabel

CAPTION_KEY = "canvas/caption_closed"
CAPTION_TEXT = "Blue weights push a unit on, orange ones hold it back; thickness is size."

# A card lower than this has room for nothing but the network.
_LOW = 220


class CanvasView(QFrame):
    """The network canvas as a card."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.session = session
        self.header = HeaderRow(session, self)
        self.network = NetworkView(session, self)
        self.caption = _Caption(session, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self.header)
        column.addWidget(self.network, 1)
        column.addWidget(self.caption)
        self.header.zoom_in.connect(lambda: self.network.zoom_by(1.25))
        self.header.zoom_out.connect(lambda: self.network.zoom_by(1 / 1.25))
        self.header.fit.connect(self.network.fit)
        self.network.scale_changed.connect(self.header.set_scale)
        self.header.set_scale(self.network.scale)
        self.header.bar_shown.connect(self._say_scale)
        self._say_scale(not self.header.bar_hidden)
        self._show_caption()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_caption()

    def _show_caption(self) -> None:
        """The colours are explained until that is closed, and while the network leaves room."""
        low = self.height() < _LOW * self.fontInfo().pixelSize() / TEXT
        closed = QSettings().value(CAPTION_KEY, False, type=bool)
        self.caption.setVisible(not closed and not low)

    def _say_scale(self, bar_shown: bool) -> None:
        self.network.say_scale = not bar_shown
        self.network.update()

    def to_image(self, size: QSize | None = None, dpr: float = 2.0) -> QImage:
        """The network with its colour bar as a picture of this size, for a file or the clipboard.

        Without a size it is as large as on the screen. Nothing that is only pointed at is drawn.
        """
        size = self.network.size() if size is None else size
        image = QImage(size * dpr, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(dpr)
        theme = self.session.theme
        image.fill(QColor(theme.card))
        shown, snapshot = self.network.shown(), self.session.snapshot
        if shown is None or snapshot is None:
            return image
        foot = 26
        area = QSize(size.width() - 16, size.height() - foot - 8)
        font, zoom = self.network.font(), self.network.base_zoom
        look = self.session.look
        picture = NetworkPicture(
            snapshot,
            area,
            zoom,
            theme,
            font,
            look.numbers,
            look.bias_units,
            controls=False,
            moved=self.session.experiment.moved,
        )
        painter = QPainter(image)
        painter.translate(8, 8)
        without = type(shown)(
            shown.snapshot,
            shown.evaluation,
            shown.quantity,
            shown.scale,
            motion=shown.motion,
            health=shown.health,
            missing=picture.missing.all if look.missing else (),
        )
        picture.paint(painter, without, picture.fitting(zoom), dpr)
        painter.resetTransform()
        self._paint_foot(painter, size, foot, shown.scale)
        painter.end()
        return image

    def _paint_foot(self, painter: QPainter, size: QSize, foot: int, scale: float) -> None:
        theme = self.session.theme
        painter.setFont(sized(self.network.font(), SECONDARY))
        painter.setPen(QColor(theme.secondary))
        words = self.network.caption() or self.session.look.quantity.capitalize()
        row = QRectF(12, size.height() - foot, size.width() - 24, foot - 6)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)
        width = QFontMetricsF(painter.font()).horizontalAdvance("−0.000")
        bar = QRectF(row.right() - 2 * width - 120, row.y(), 2 * width + 120, row.height())
        paint_color_bar(painter, bar, width, scale, theme)

    def point_of_unit(self, layer: str, unit: int) -> QPointF | None:
        """Where a unit, given by its lasting id, lies on `network`; None when it is not drawn."""
        picture = self.network.current_picture()
        if picture is None:
            return None
        for k, spec in enumerate(picture.spec.layers):
            if spec.id == layer and unit in spec.ids:
                item = picture.scene.unit_item(k, spec.ids.index(unit))
                return self.network.viewport_now.to_screen(item.rect.center()) if item else None
        return None


class _Caption(QWidget):
    """One line that explains the colours, until it is closed for good."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.text = ElidedLabel(CAPTION_TEXT, "secondary", self)
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setToolTip("Do not show this again")
        self.close_button.setAccessibleName("Close the explanation of the colours")
        self.close_button.clicked.connect(self._close)
        row.addStretch(1)
        row.addWidget(self.text)
        row.addWidget(self.close_button)
        row.addStretch(1)
        session.look_changed.connect(self._follow_look)
        self._follow_look()

    def _follow_look(self) -> None:
        self.close_button.setIcon(icon("close", self._session.theme.secondary))

    def give_way(self, something_over: bool) -> None:
        """Say nothing while something lies over it; the room stays."""
        self.setMinimumHeight(self.height() if something_over else 0)
        self.text.setHidden(something_over)
        self.close_button.setHidden(something_over)

    def _close(self) -> None:
        QSettings().setValue(CAPTION_KEY, True)
        self.hide()
