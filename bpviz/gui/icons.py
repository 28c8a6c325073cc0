"""The window's icons: a few strokes each on a grid of 16, drawn in the colour that is asked for."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

# Paths of SVG. A leading * says: fill, do not stroke.
_PATHS = {
    "add": "M8 3v10M3 8h10",
    "back": "M10 3 5 8l5 5",
    "brush": "*M8 2a1.3 1.3 0 1 0 .01 0zM4 5a1.3 1.3 0 1 0 .01 0zM11.8 5.6a1.3 1.3 0 1 0 .01 0z"
    "M7.6 7a1.3 1.3 0 1 0 .01 0zM4 10a1.3 1.3 0 1 0 .01 0zM11.4 10.2a1.3 1.3 0 1 0 .01 0z"
    "M7.6 11.6a1.3 1.3 0 1 0 .01 0z",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "copy": "M6 6h7v7H6zM3 10V3h7",
    "eraser": "M6.5 13H14M2.5 9.5l6.5-7 4.5 4.2L7.6 13H5.5zM5.4 6.4l4.6 4.2",
    "fast": "*M2 3.2v9.6L8 8zM8.4 3.2v9.6l6-4.8z",
    "fit": "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
    "fold": "M6 4l4 4-4 4",
    "forward": "M6 3l5 5-5 5",
    "freeze": "M8 2v12M3 5l10 6M13 5 3 11",
    "minus": "M3 8h10",
    "more": "*M3 6.8a1.2 1.2 0 1 0 .01 0zM8 6.8a1.2 1.2 0 1 0 .01 0zM13 6.8a1.2 1.2 0 1 0 .01 0z",
    "open": "M2.5 12.5v-9h4l1.5 2h5.5v7z",
    "paste": "M5 4H3.5v9.5h9V4H11M5.5 2.5h5v3h-5z",
    "pause": "*M4 3h3v10H4zM9 3h3v10H9z",
    "pencil": "M3 13l.7-3 7.3-7.3 2.3 2.3L6 12.3z",
    "picture": "M2.5 3h11v10h-11zM2.5 11l3.5-4 3 3 1.8-1.8 2.7 2.8M10.8 5.6v.3",
    "play": "*M5 2.8v10.4L13 8z",
    "point": "*M8 5a3 3 0 1 0 .01 0z",
    "presenter": "M2.5 3h11v7.5h-11zM8 10.5V13M5 13.5h6",
    "previous": "*M11 2.8v10.4L3 8z",
    "reset": "M3.2 6.5A5.2 5.2 0 1 1 3 9.6M3 3v3.6h3.6",
    "step": "M11.5 3v10*M4 3v10l6-5z",
    "table": "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M7 3v10",
    "unfold": "M4 6l4 4 4-4",
    "warning": "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.3",
    "zoom-in": "M7 2.5a4.5 4.5 0 1 0 .01 0zM10.3 10.3 14 14M7 5v4M5 7h4",
    "zoom-out": "M7 2.5a4.5 4.5 0 1 0 .01 0zM10.3 10.3 14 14M5 7h4",
}


def icon(name: str, color: str, disabled: str = "") -> QIcon:
    """The icon called `name` in a colour (#rrggbb), sharp on every screen.

    `disabled` is its colour on a control that cannot be used; without, Qt greys it.
    """
    return _icon(name, color, disabled)


def names() -> tuple[str, ...]:
    return tuple(_PATHS)


@functools.lru_cache(maxsize=256)
def _icon(name: str, color: str, disabled: str) -> QIcon:
    made = QIcon()
    for mode, paint in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        if paint:
            for pixels in (16, 24, 32, 48):
                made.addPixmap(_pixmap(name, paint, pixels), mode)
    return made


def _pixmap(name: str, color: str, pixels: int) -> QPixmap:
    image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(_svg(name, color).encode())).render(
        painter, QRectF(0, 0, pixels, pixels)
    )
    painter.end()
    return QPixmap.fromImage(image)


def _svg(name: str, color: str) -> str:
    stroked, _, filled = _PATHS[name].partition("*")
    ink = QColor(color).name()
    paths = ""
    if stroked:
        paths += (
            f'<path d="{stroked}" fill="none" stroke="{ink}" stroke-width="1.4" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )
    if filled:
        paths += f'<path d="{filled}" fill="{ink}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{paths}</svg>'
