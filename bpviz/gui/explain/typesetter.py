"""LaTeX to pictures: typeset on a thread of its own, kept, and painted when ready.

A fraction takes 10 to 18 ms and a whole equation 40 to 65 ms in pure Python, so formulas are built
out of terms, each typeset once. The typeset term is a mask; a colour is laid over it in no time.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from bpviz.gui.explain.formula_numbers import skeleton
from bpviz.gui.explain.glyphs import Glyphs
from bpviz.gui.training_thread import LoopThread, finish

_log = logging.getLogger("bpviz")

# Terms kept, and the same in colours; a formula has some twenty.
_KEPT = 600
# Terms asked for and not yet begun; older ones are asked for again if they are still looked at.
_MOST_WAITING = 80
# A formula appears whole; a very long list of them in portions of so many terms.
_PORTION = 24
_PATIENCE_S = 30.0

_Name = TypeVar("_Name")
_Thing = TypeVar("_Thing")


class Typeset(NamedTuple):
    """A term as a picture, ready to be painted: its pixels, and its extent in logical pixels.

    `ascent` reaches from the top to the baseline, `descent` from there to the bottom. Both fall on
    whole device pixels, so that a baseline on a whole pixel stays sharp.
    """

    pixmap: QPixmap
    width: float
    ascent: float
    descent: float


class _Key(NamedTuple):
    latex: str
    size: int
    ratio: float


class _Mask(NamedTuple):
    image: QImage
    ascent: float
    descent: float


class Recent(Generic[_Name, _Thing]):
    """A dictionary that forgets what was not asked for the longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[_Name, _Thing] = OrderedDict()

    def __contains__(self, name: _Name) -> bool:
        return name in self._things

    def __len__(self) -> int:
        return len(self._things)

    def get(self, name: _Name) -> _Thing | None:
        thing = self._things.get(name)
        if thing is not None:
            self._things.move_to_end(name)
        return thing

    def put(self, name: _Name, thing: _Thing) -> None:
        self._things[name] = thing
        self._things.move_to_end(name)
        if len(self._things) > self._most:
            self._things.popitem(last=False)


class Typesetter(QObject):
    """Typesets terms for all formulas of a window; one of them is enough.

    `ready` says that terms asked for have become pictures. Its thread starts with the first term
    and ends in `shut`. `yield_to` is called before each term and may wait. `keeps_earlier` suits
    numbers that run; where one formula follows another, those of the first would be wrong.
    """

    ready = Signal()
    _arrived = Signal()

    def __init__(
        self, yield_to: Callable[[], None] = lambda: None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.glyphs = Glyphs()
        self.typeset = 0
        self.keeps_earlier = True
        self._yield_to = yield_to
        self._thread: LoopThread | None = None
        self._changed = threading.Condition()
        # By what stays when only numbers change: the newest moment replaces one that waits.
        self._waiting: dict[_Key, _Key] = {}
        self._earlier: Recent[_Key, _Key] = Recent(_KEPT)
        self._begun: _Key | None = None
        self._masks: Recent[_Key, _Mask | None] = Recent(_KEPT)
        self._unread: set[str] = set()
        self._untold = 0
        self._ended = False
        self._colored: Recent[tuple[_Key, str], Typeset] = Recent(_KEPT)
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    # In the window

    def ask(self, latex: str, size: int, color: str, ratio: float = 1.0) -> Typeset | None:
        """A term at a pixel size and in a colour (#rrggbb); None while it is not ready.

        While only its decimal numbers are not, and with `keeps_earlier`, the same term with
        earlier ones. None for ever when the LaTeX cannot be read: then its plain text is shown.
        `ratio` is the number of device pixels per pixel.
        """
        key = _Key(latex, size, ratio)
        found = self._colored.get((key, color))
        if found is not None:
            return found
        with self._changed:
            if key not in self._masks:
                self._wait_for(key)
                if self.keeps_earlier:
                    key = self._earlier.get(_form(key)) or key
            mask = self._masks.get(key)
        if mask is None:
            return None
        found = self._colored.get((key, color))
        if found is None:
            found = _in_color(mask, color, ratio)
            self._colored.put((key, color), found)
        return found

    def finish(self) -> None:
        """Wait until all that was asked for is ready; for pictures and tests."""
        with self._changed:
            if not self._changed.wait_for(self._idle, _PATIENCE_S):
                raise RuntimeError("the formulas were not typeset in time")
        self._tell()

    def shut(self) -> None:
        """End the thread; what is asked for afterwards is never ready."""
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._changed.notify_all()
        if self._thread is not None:
            finish(self._thread)
            self._thread.deleteLater()
            self._thread = None

    def _wait_for(self, key: _Key) -> None:
        if self._ended or key == self._begun:
            return
        self._waiting[_form(key)] = key
        if len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._changed.notify_all()
        if self._thread is None:
            self._thread = LoopThread("typesetter", self._loop, self._stopped)
            self._thread.start()

    def _idle(self) -> bool:
        return self._ended or (not self._waiting and self._begun is None)

    def _tell(self) -> None:
        with self._changed:
            told, self._untold = self._untold, 0
        if told:
            self.ready.emit()

    # On the thread

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or bool(self._waiting))
                if self._ended:
                    return
                self._begun = key = self._waiting.pop(next(iter(self._waiting)))
            self._yield_to()
            mask = self._mask(key)
            with self._changed:
                self._masks.put(key, mask)
                if mask is not None:
                    self._earlier.put(_form(key), key)
                self._begun = None
                self.typeset += 1
                self._untold += 1
                tell = not self._waiting or self._untold % _PORTION == 0
                self._changed.notify_all()
            if tell:
                self._arrived.emit()

    def _mask(self, key: _Key) -> _Mask | None:
        try:
            return _typeset(key)
        except Exception as error:  # noqa: BLE001 - whatever the reader stumbles over
            if key.latex not in self._unread:
                self._unread.add(key.latex)
                _log.warning("cannot typeset %r, shown as text: %r", key.latex, error)
            return None

    def _stopped(self, error: Exception) -> None:
        _log.error("the typesetter stopped; formulas are shown as text", exc_info=error)
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._arrived.emit()


def _form(key: _Key) -> _Key:
    return key._replace(latex=skeleton(key.latex))


def _typeset(key: _Key) -> _Mask:
    """Typeset a term in black. The picture's coordinates have their origin on the baseline."""
    # A quarter of a second, for the first formula only.
    import ziamath
    from PySide6.QtSvg import QSvgRenderer

    # QtSvg paints nothing of what SVG 2 says with `use` elements.
    ziamath.config.svg2 = False
    svg = ziamath.Latex(key.latex, size=key.size).svg()
    drawing = QSvgRenderer(svg.encode())
    box = drawing.viewBoxF()
    if not drawing.isValid() or box.isEmpty():
        raise ValueError("nothing to draw")
    above = math.ceil(-box.top() * key.ratio)
    below = math.ceil(box.bottom() * key.ratio)
    width = math.ceil(box.width() * key.ratio)
    image = QImage(width, above + below, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    top = above / key.ratio + box.top()
    painter.scale(key.ratio, key.ratio)
    drawing.render(painter, QRectF(0.0, top, box.width(), box.height()))
    painter.end()
    return _Mask(_trimmed(image), above / key.ratio, below / key.ratio)


def _trimmed(image: QImage) -> QImage:
    """Without the empty columns at both sides: the space between terms is the formula's."""
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    inked = np.flatnonzero(pixels.any(axis=0))
    if not len(inked):
        raise ValueError("nothing to draw")
    left, right = int(inked[0]), int(inked[-1]) + 1
    return image.copy(left, 0, right - left, image.height())


def _in_color(mask: _Mask, color: str, ratio: float) -> Typeset:
    pixmap = QPixmap.fromImage(mask.image)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return Typeset(pixmap, mask.image.width() / ratio, mask.ascent, mask.descent)
