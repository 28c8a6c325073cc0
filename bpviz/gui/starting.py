"""How a window starts: it is painted, then what moves it is loaded, then it learns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

from PySide6.QtCore import QObject, QTimer, Signal

from bpviz.engine.compiled import warming
from bpviz.engine.kernels import choose_kernel
from bpviz.experiments.lessons import lessons
from bpviz.gui.background import Background
from bpviz.gui.bottom.tabs import TABS
from bpviz.gui.plots import charts
from bpviz.gui.session import Session

# How soon after the first evaluation it is painted, and how long to wait for one.
_FIRST_PAINT_MS, _PATIENCE_MS = 50, 1000


class Starting(QObject):
    """Loads on a thread of its own, so that the window and the runner answer meanwhile.

    What training needs comes first: the charts, and the compiled engine where that trains. Once it
    is there (`ready`) the window learns, unless anything was asked for since `start`. Then come
    the pages and menus that people open next; `over` tells that all is there. `yield_to` is called
    between two of them.
    """

    changed = Signal()
    ready = Signal()
    over = Signal()
    progress = (0, 0)

    def __init__(self, session: Session, yield_to: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self.doing = ""
        self._session, self._yield_to = session, yield_to
        self._has_begun = False
        self._asked = 0
        self._ending = threading.Event()
        self._background = Background("loading at the start", self)
        self._background.ended.connect(self._ended)
        self.ready.connect(self._learn)

    def start(self) -> None:
        """Go on as soon as the first picture is painted."""
        self._asked = self._session.laboratory.runner.submitted
        self._session.evaluation_changed.connect(self._painted)
        QTimer.singleShot(_PATIENCE_MS, self, self.load)

    def _painted(self) -> None:
        self._session.evaluation_changed.disconnect(self._painted)
        QTimer.singleShot(_FIRST_PAINT_MS, self, self.load)

    def load(self) -> None:
        """Load all, if that has not begun yet."""
        if self._has_begun or self._ending.is_set():
            return
        self._has_begun = True
        needed: list[Callable[[], object]] = [charts.load]
        if self._is_compiled:
            self._say("Loading the engine")
            needed.append(partial(warming.prepare, self._session.experiment.network.dtype))
        self._background.start(partial(self._load, needed), self._ending.set)

    @property
    def _is_compiled(self) -> bool:
        """Whether the compiled engine trains, as far as can be said without a look at it."""
        experiment, data = self._session.experiment, self._session.laboratory.data
        network, training = experiment.network, experiment.training
        hindrance = warming.hindrance(network.dtype, patient=False)
        return choose_kernel(network, training, data.training, hindrance).name == "compiled"

    def _load(self, needed: list[Callable[[], object]]) -> None:
        """On the thread."""
        try:
            self._carry_out(iter(needed))
        finally:
            self.ready.emit()
        self._carry_out(_later())

    def _carry_out(self, pieces: Iterator[Callable[[], object]]) -> None:
        for piece in pieces:
            if self._ending.is_set():
                return
            piece()
            self._yield_to()

    def _learn(self) -> None:
        self._say("")
        if not self._ending.is_set() and not self._was_asked:
            self._session.learn_at_once()

    @property
    def _was_asked(self) -> bool:
        """Whether anything else is to be done, or was."""
        loader = self._session.loader
        asked = self._session.laboratory.runner.submitted != self._asked
        return asked or (loader is not None and loader.running)

    def _ended(self, _failed: bool) -> None:
        if not self._ending.is_set():
            self.over.emit()

    def cancel(self) -> None:
        """The person does not want to learn at once; what is loaded will be of use later."""
        self._asked = -1
        self._say("")

    def shut(self) -> None:
        """Let it be; returns when the thread has ended."""
        self._ending.set()
        self._background.shut()

    def _say(self, doing: str) -> None:
        self.doing = doing
        self.changed.emit()


def _later() -> Iterator[Callable[[], object]]:
    """What is wanted sooner or later, a piece at a time."""
    for tab in TABS:
        yield partial(import_module, tab.module)
    yield lessons
    for dtype in warming.DTYPES:
        if not warming.hindrance(dtype, patient=False):
            yield partial(warming.prepare, dtype)
