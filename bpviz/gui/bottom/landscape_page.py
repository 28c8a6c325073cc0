"""Landscape: the error as a map around the present weights, and the path that training walks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.gui.background import Background
from bpviz.gui.bottom.landscape_controls import LandscapeControls
from bpviz.gui.bottom.landscape_legend import HeightBar
from bpviz.gui.bottom.landscape_map import LandscapeMap
from bpviz.gui.bottom.page import Page
from bpviz.gui.canvas.names import Naming, pretty
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.exchange import exchange
from bpviz.gui.widgets.text import ElidedLabel, label, set_property
from bpviz.gui.widgets.throttle import Throttle
from bpviz.lab.landscape_task import Landscape, LandscapeTask

_POLL_MS = 60
_LIVE_MS = 50
_MOST_OF_WIDTH = 0.4
_SCALE_WIDTH, _PROGRESS_WIDTH = 420, 64
_CHANGED = {
    "network": "The network has changed since then; compute it again.",
    "data": "The data has changed since then; compute it again.",
    "error": "The loss or its penalty has changed since then; compute it again.",
    "weights": "The weights have moved since then; compute it again.",
    "others": "The other weights have moved since then; compute it again.",
}
_INVITATION = (
    "Compute draws the error from above, around the present weights; training walks on it downhill."
)


class LandscapePage(Page):
    """Computes a map on a thread of its own, coarse to fine; training goes on meanwhile."""

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._yield_to = yield_to
        self.background = Background("landscape", self, _POLL_MS)
        self.background.looked.connect(self._take_map)
        self.background.ended.connect(self._ended)
        self._task: LandscapeTask | None = None
        self._again = False
        self._shut = False
        self._path = session.path
        self._make_parts()
        self._lay_out()
        self._live = Throttle(_LIVE_MS, self._show_live, self)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.look_changed.connect(self._dress)
        session.selected.connect(self._selected)
        self._dress()
        self._show_state()

    # Building

    def _make_parts(self) -> None:
        self.map = LandscapeMap(self)
        self.map.pointed.connect(self._show_words)
        self.compute_button = QPushButton("Compute", self)
        self.compute_button.setProperty("kind", "primary")
        self.compute_button.setToolTip("Draw the error around the weights of this moment")
        self.compute_button.setAccessibleName("Compute the landscape")
        self.compute_button.clicked.connect(self.compute)
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setToolTip("Stop here; the map stays as fine as it is")
        self.cancel_button.setAccessibleName("Cancel the landscape")
        self.cancel_button.clicked.connect(self.cancel)
        for button in (self.compute_button, self.cancel_button):
            button.setAutoDefault(False)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(_PROGRESS_WIDTH, 6)
        self.progress.setAccessibleName("How far the landscape is")
        self.controls = LandscapeControls(
            self.compute_button, self.cancel_button, self.progress, parent=self
        )
        self.controls.asked.connect(self.compute)
        self.bar = HeightBar(self)
        self.bar.setMaximumWidth(_SCALE_WIDTH)
        self.now = label("", "", self)
        self.mouse = ElidedLabel("", "secondary", self)
        self.taken = label("", "caption", self)
        self.sentence = label("", "secondary", self)
        for words in (self.taken, self.sentence):
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        read = QHBoxLayout()
        read.setSpacing(12)
        read.addWidget(self.now)
        read.addWidget(self.mouse, 1)
        side = QVBoxLayout()
        side.setSpacing(GAP)
        side.addWidget(self.controls)
        side.addWidget(self.bar)
        side.addLayout(read)
        side.addStretch(1)
        side.addWidget(self.sentence)
        side.addWidget(self.taken)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, HALF_GAP, 0, 0)
        row.setSpacing(2 * GAP)
        row.addWidget(self.map)
        row.addLayout(side, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """A control needs more or less room than before."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        """The map is a square of the page's height, but leaves most of the width.

        Beside it controls and numbers stay; other words, and at last the scale, give way to them.
        """
        beside = max(120, round(_MOST_OF_WIDTH * self.width()))
        beside = min(self.map.fitting_width(self.height() - HALF_GAP), beside)
        self.map.setFixedWidth(beside)
        width = self.width() - beside - 2 * GAP
        rows = self.controls.heightForWidth(width)
        self.controls.setFixedHeight(rows)
        room = self.height() - HALF_GAP - rows
        found = self.landscape is not None
        self.now.setVisible(found)
        self.mouse.setVisible(found)
        if found:
            room -= GAP + self.now.sizeHint().height()
        for words, wanted in (
            (self.bar, found),
            (self.sentence, bool(self.sentence.text())),
            (self.taken, found),
        ):
            height = words.sizeHint().height()
            if words.hasHeightForWidth():
                height = words.heightForWidth(width)
            fits = GAP + height <= room
            words.setVisible(wanted and fits)
            if wanted and fits:
                room -= GAP + height
        self.now.setToolTip("" if self.taken.isVisible() else self.taken.text())
        layout = self.layout()
        assert layout is not None
        layout.activate()

    # Computing

    @property
    def running(self) -> bool:
        return self.background.running

    @property
    def landscape(self) -> Landscape | None:
        """The map that is shown."""
        return self.map.landscape

    def compute(self) -> None:
        """Draw the map around the weights that are shown now; one under way is dropped."""
        snapshot = self._session.snapshot
        if snapshot is None or self._shut:
            return
        if self.running:
            self.background.cancel()
            self._again = True
            return
        self._propose()
        try:
            directions = self.controls.directions()
        except SettingError as error:
            self._session.said.emit(_capital(error.message), True)
            return
        reach = self.controls.chosen_reach
        self._task = task = LandscapeTask(snapshot, directions, reach, self._yield_to)
        self.background.start(task.run, task.cancel)
        self._show_state()

    def cancel(self) -> None:
        """End the computation soon; the map stays as fine as it is."""
        self._again = False
        self.background.cancel()

    def shut(self) -> None:
        self._shut, self._again = True, False
        self.background.shut()

    def _ended(self, failed: bool) -> None:
        if not self._again:
            self._take_map()
        task, self._task = self._task, None
        if failed:
            self._session.said.emit(
                "The landscape could not be drawn; the details are in the log (Help, Open log).",
                True,
            )
        elif task is not None and task.error:
            self._session.said.emit(f"No map: {task.error}.", True)
        self._show_state()
        if self._again:
            self._again = False
            self.compute()

    def _take_map(self) -> None:
        """Show the finest map so far, and how far it is."""
        task = self._task
        if task is None:
            return
        self.progress.setMaximum(task.total)
        self.progress.setValue(task.done)
        found, shown = task.latest, self.landscape
        if found is None or found is shown:
            return
        if shown is None or found.plane is not shown.plane:
            self._path.lay(found.plane)
        self.map.show_landscape(found, _axis_labels(found))
        self.bar.show_scale(self.map.scale, self._session.theme)
        self.map.show_path(self._path.points())
        self._show_words()

    # What is shown

    def _show_state(self) -> None:
        buttons = (self.compute_button, self.cancel_button)
        exchange(*(reversed(buttons) if self.running else buttons))
        self.progress.setVisible(self.running)
        self._show_words()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing was followed while the page was hidden."""
        super().showEvent(event)
        self._propose()
        self._show_live()

    def _snapshot_changed(self) -> None:
        if self.isVisible():
            self._live.poke()

    def _show_live(self) -> None:
        found, snapshot = self.landscape, self._session.snapshot
        if found is not None and snapshot is not None:
            walks_here = (
                self._path.plane is found.plane and found.change_since(snapshot) != "network"
            )
            self.map.show_path(self._path.points() if walks_here else np.empty((0, 2)))
        self._propose()
        self._show_words()

    def _show_words(self) -> None:
        """The present error, the one under the mouse, and which weights the map is around."""
        snapshot, found = self._session.snapshot, self.landscape
        self.compute_button.setEnabled(snapshot is not None)
        if snapshot is None or found is None:
            _put(self.sentence, "" if self.running else _INVITATION)
            self._fit()
            return
        metrics = snapshot.metrics
        when = "Now" if metrics.epoch == snapshot.epoch else f"After epoch {metrics.epoch:,}"
        _put(self.now, f"{when}: error {value_text(metrics.train_loss + metrics.penalty)}")
        _put(self.mouse, self._under_mouse(found))
        self.map.setAccessibleDescription(f"{_taken(found)}. {self.now.text()}.")
        change = found.change_since(snapshot)
        if change == "weights" and found.plane.indices is not None:
            change = "others"
        changed = _CHANGED.get(change, "")
        _put(self.sentence, "" if self.running else changed)
        set_property(self.compute_button, "kind", "primary" if changed else "")
        _put(self.taken, _taken(found))
        self._fit()

    def _under_mouse(self, found: Landscape) -> str:
        at = self.map.under_mouse()
        if at is None:
            return "Point at the map to read it off."
        names = [pretty(name) for name in found.names]
        if found.plane.indices is None:
            names = ["→", "↑"]
        places = ", ".join(f"{n} {value_text(v, 3)}" for n, v in zip(names, at, strict=True))
        error = found.error_at(*at)
        text = value_text(error) if math.isfinite(error) else "not a finite number"
        return f"There: error {text} at {places}"

    def _dress(self) -> None:
        theme = self._session.theme
        self.map.set_theme(theme)
        self.bar.show_scale(self.map.scale, theme)

    # What the map is to run over

    def _selected(self, parameter: ParameterId | None) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None and parameter is not None and snapshot.spec.has(parameter):
            self.controls.select(snapshot, parameter)

    def _propose(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            self.controls.propose(snapshot, self._session.selection)


def _axis_labels(found: Landscape) -> tuple[str, str]:
    """The names of the axes: a weight with the units it connects, or a direction."""
    if found.plane.indices is None:
        return found.names
    snapshot = found.snapshot
    naming = Naming(snapshot.layout, snapshot.data)
    labels = [
        f"{pretty(name)} ({naming.ends(snapshot.layout.id_of(index))})"
        for name, index in zip(found.names, found.plane.indices, strict=True)
    ]
    return labels[0], labels[1]


def _taken(found: Landscape) -> str:
    snapshot = found.snapshot
    batch = f", batch {snapshot.batch}" if snapshot.batch else ""
    samples = f"{found.samples:,} training sample{'' if found.samples == 1 else 's'}"
    if found.samples < found.all_samples:
        samples = f"{found.samples:,} of {found.all_samples:,} training samples, evenly chosen"
    training = snapshot.experiment.training
    penalty = ", penalty included" if training.l1 or training.l2 else ""
    size = len(found.errors)
    return (
        f"Drawn around epoch {snapshot.epoch:,}{batch} · {size} × {size} points · "
        f"{samples}{penalty}"
    )


def _put(words: QLabel, text: str) -> None:
    if words.text() != text:
        words.setText(text)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
