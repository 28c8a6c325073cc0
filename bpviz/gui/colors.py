"""Colours that are computed from a theme's tokens: blends, the signed scale, class colours."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from bpviz.gui.theme import CLASS_COLORS, Theme, mix

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def blend(a: str | QColor, b: str | QColor, t: float) -> QColor:
    """The opaque colour a fraction `t` of the way from `a` to `b`.

    An opaque blend paints four to five times faster than the same colour made translucent.
    """
    return QColor(mix(QColor(a).name(), QColor(b).name(), t))


def signed_color(theme: Theme, value: float) -> QColor:
    """The colour of a value in -1..1 on the scale negative, zero, positive; NaN looks like 0.

    In steps of 1/256, finer than a screen shows: the colours are asked for many times a frame.
    """
    value = 0.0 if value != value else min(1.0, max(-1.0, value))
    return _signed_colors(theme)[round(256 * value) + 256]


@functools.lru_cache(maxsize=4)
def _signed_colors(theme: Theme) -> tuple[QColor, ...]:
    ends = (theme.negative, theme.positive)
    return tuple(blend(theme.zero, ends[k > 0], abs(k) / 256) for k in range(-256, 257))


@functools.lru_cache(maxsize=16)
def signed_table(theme: Theme, strength: float = 1.0) -> Bytes:
    """The signed scale as 256 opaque pixels, shape (256, 4), in the byte order of `signed_image`.

    `strength` below 1 keeps the ends of the scale paler, so that samples in full colour stand out.
    """
    values = np.linspace(-strength, strength, 256)
    return _pixels([signed_color(theme, float(v)) for v in values])


def signed_image(values: np.ndarray[Any, Any], table: Bytes) -> QImage:
    """A picture of values in -1..1, shape (rows, columns), row 0 at the top."""
    scaled = np.clip(values * 127.5 + 128.0, 0, 255)
    # NaN looks like 0.
    scaled[np.isnan(scaled)] = 128.0
    return indexed_image(scaled.astype(np.uint8), table)


def indexed_image(indices: np.ndarray[Any, Any], table: Bytes) -> QImage:
    """A picture of table entries, `indices` of shape (rows, columns), row 0 at the top."""
    pixels = np.ascontiguousarray(table[indices])
    rows, columns = indices.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    return image.copy()  # the array goes with this call


def grey_image(values: np.ndarray[Any, Any], table: Bytes) -> QImage:
    """A picture of values in 0..1, shape (rows, columns), from paper to ink."""
    return indexed_image((values * 255).astype(np.uint8), table)


def signed_images(values: np.ndarray[Any, Any], table: Bytes) -> list[QImage]:
    """Pictures of values in -1..1, shape (pictures, rows, columns), all looked up at once."""
    pictures, rows, columns = values.shape
    sheet = signed_image(values.reshape(pictures * rows, columns), table)
    return [sheet.copy(0, k * rows, columns, rows) for k in range(pictures)]


@functools.lru_cache(maxsize=16)
def grey_table(theme: Theme) -> Bytes:
    """Paper to ink as 256 opaque pixels, for pictures such as handwritten digits."""
    return _pixels([blend(theme.card, theme.text, k / 255) for k in range(256)])


@functools.lru_cache(maxsize=64)
def class_colors(theme: Theme, count: int) -> tuple[QColor, ...]:
    """One colour per output class: orange and blue for two, else a colour-blind safe palette."""
    if count <= 2:
        return (QColor(theme.negative), QColor(theme.positive))[: max(1, count)]
    return tuple(_class_color(theme, k) for k in range(count))


def contrast(a: str | QColor, b: str | QColor) -> float:
    """The contrast ratio of two colours as WCAG defines it, 1 to 21."""
    light, dark = sorted((_luminance(QColor(a)), _luminance(QColor(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: str | QColor, theme: Theme) -> QColor:
    """The text colour, of the theme's two extremes, that reads better on `background`."""
    choices = (QColor(theme.text), QColor(theme.card))
    return max(choices, key=lambda color: contrast(color, background))


# A dot of this contrast against its surroundings is found at a glance.
_VISIBLE = 2.0


def _class_color(theme: Theme, number: int) -> QColor:
    color = QColor(CLASS_COLORS[number % len(CLASS_COLORS)])
    for _ in range(20):
        if contrast(color, theme.card) >= _VISIBLE:
            break
        color = blend(color, theme.text, 0.08)
    # From the eleventh class on the palette repeats, paler.
    return blend(color, theme.zero, min(0.6, 0.3 * (number // len(CLASS_COLORS))))


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * linear(color.redF())
        + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF())
    )


def _pixels(colors: list[QColor]) -> Bytes:
    """Colours as the bytes of Qt's 32-bit pixels on this machine, shape (n, 4), read-only."""
    packed = np.array([color.rgb() for color in colors], dtype=np.uint32)
    pixels = packed.view(np.uint8).reshape(-1, 4)
    pixels.flags.writeable = False
    return pixels
