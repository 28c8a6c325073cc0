"""The bar at the top: reset, train, step, how it goes, how fast, from which seed."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, get_args

from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from bpviz.gui import icons
from bpviz.gui.panels.figures import RunFigures
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.text import set_property
from bpviz.lab.commands import Pace, StepKind
from bpviz.lab.edits import Change, Reset

_STEPS: tuple[StepKind, ...] = get_args(StepKind)
_STEP_KEY = "transport/step"
_EPOCHS_KEY = "transport/epochs"
_SEEDS = 10_000
_LARGEST_SEED = 2**31 - 1


class Animator(Protocol):
    """What draws values and deltas as they run along the edges."""

    def set_slow_motion(self, batches_per_second: float | None) -> None: ...


@dataclass(frozen=True)
class Speed:
    """One choice of the speed menu; `slow` shows each batch as it goes through the network."""

    text: str
    tip: str
    pace: Pace
    slow: bool = False


SPEEDS = (
    Speed("Max speed", "As fast as this machine goes", Pace()),
    *(
        Speed(f"{n} epoch{'s' if n > 1 else ''}/s", f"{n} a second", Pace(float(n)))
        for n in (300, 60, 30, 10, 5, 2, 1)
    ),
    Speed(
        "Slow motion",
        "One batch every two seconds: values run right along the edges, deltas left",
        Pace(0.5, "batch"),
        slow=True,
    ),
)


class TransportBar(QFrame):
    """Starts, stops and steps the training and says how it goes."""

    def __init__(self, session: Session, clock: Animator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAccessibleName("Training")
        self._session = session
        self._clock = clock
        stored = str(QSettings().value(_STEP_KEY, "epoch", type=str))
        self.step_kind: StepKind = next((k for k in _STEPS if k == stored), "epoch")
        self.speed = SPEEDS[0]
        self._make_buttons()
        self.figures = RunFigures(session, self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, GAP, 12, GAP)
        self._row.setSpacing(GAP)
        for widget in (
            self.reset_button,
            self.train_button,
            self.step_button,
            self.explain_button,
        ):
            self._row.addWidget(widget)
        self._row.addSpacing(GAP)
        self._row.addWidget(self.figures)
        self._row.addStretch(1)
        for widget in (self.speed_button, self.seed_button, self.presenter_button):
            self._row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        session.snapshot_changed.connect(self._show_running)
        session.experiment_changed.connect(self._show_seed)
        session.look_changed.connect(self._show_look)
        self.figures.set_changed.connect(self._fit)
        self._running: bool | None = None
        self._show_seed()
        self._show_look()

    # Buttons

    def _make_buttons(self) -> None:
        self.reset_button = self._button(
            "Reset", "Back to epoch 0 and the same initial weights", "R"
        )
        self.reset_button.setText("")
        self.reset_button.clicked.connect(self.reset)
        self.train_button = self._button("Train", "Start or stop learning", "Space")
        self.train_button.setProperty("kind", "primary")
        self.train_button.clicked.connect(self.toggle)
        self.step_button = QToolButton(self)
        self.step_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.step_button.setMenu(self._step_menu())
        self.step_button.clicked.connect(self.step)
        self._name_step()
        self.explain_button = self._button(
            "Explain step", "Pause, and go through the six stages step by step", "X"
        )
        self.explain_button.clicked.connect(lambda _checked: self._session.explain_step())
        self.speed_button = self._button(_beside_icon(self.speed.text), "How fast to train")
        self.speed_button.setMenu(self._speed_menu())
        self.seed_button = self._button("Seed", "Fixes the data and the initial weights")
        self.seed_button.setMenu(self._seed_menu())
        self.presenter_button = self._button("Presenter", "Larger text, as for a projector", "F5")
        self.presenter_button.setCheckable(True)
        self.presenter_button.clicked.connect(lambda on: self._session.show(presenter=bool(on)))

    def _button(self, text: str, tip: str, key: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(f"{tip} ({key})" if key else tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        return button

    def _step_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for kind, tip in zip(
            _STEPS,
            (
                "Look at the next sample of the batch; the last one updates the weights",
                "Train one batch: one update of the weights",
                "Train to the end of the epoch",
            ),
            strict=True,
        ):
            action = menu.addAction(f"Step by {kind}")
            action.setToolTip(tip)
            action.setCheckable(True)
            action.setChecked(kind == self.step_kind)
            action.triggered.connect(functools.partial(self.choose_step, kind))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction("Train N epochs…").triggered.connect(self.ask_epochs)
        return menu

    def _speed_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = menu.addAction(speed.text)
            action.setToolTip(speed.tip)
            action.setCheckable(True)
            action.setChecked(speed is self.speed)
            action.triggered.connect(functools.partial(self.set_speed, speed))
            group.addAction(action)
        return menu

    def _seed_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("New seed").triggered.connect(self.new_seed)
        menu.addAction("Type a seed…").triggered.connect(self.ask_seed)
        return menu

    # What they do

    def toggle(self) -> None:
        """Start training, or pause it."""
        # Not by what the last snapshot shows: pressed twice within a frame, it would train twice.
        self._session.laboratory.toggle()

    def step(self) -> None:
        """One step of the chosen kind."""
        self._session.laboratory.step(self.step_kind)

    def choose_step(self, kind: StepKind, _checked: bool = False) -> None:
        """Make `kind` the step of the button and of its key, and take one."""
        self.step_kind = kind
        QSettings().setValue(_STEP_KEY, kind)
        self._name_step()
        self.step()

    def reset(self) -> None:
        """Back to epoch 0."""
        self._session.apply(Reset())

    def new_seed(self) -> None:
        """Draw other data and other initial weights."""
        seed = secrets.randbelow(_SEEDS)
        if seed == self._session.experiment.seed:
            seed += 1
        self._session.apply(Change("seed", seed))

    def ask_seed(self) -> None:
        """Let a person type a seed."""
        dialog = self._ask_number(
            "Seed",
            "The same seed gives the same data and the same initial weights:",
            self._session.experiment.seed,
            (0, _LARGEST_SEED),
        )
        dialog.intValueSelected.connect(lambda seed: self._session.apply(Change("seed", seed)))
        dialog.open()

    def ask_epochs(self) -> None:
        """Let a person say how many epochs to train, then train them."""
        remembered = QSettings().value(_EPOCHS_KEY, self._session.experiment.epochs, type=int)
        assert isinstance(remembered, int)
        dialog = self._ask_number(
            "Train N epochs", "Train this many epochs, then pause:", remembered, (1, 10_000_000)
        )
        dialog.intValueSelected.connect(self.train_epochs)
        dialog.open()

    def train_epochs(self, epochs: int) -> None:
        QSettings().setValue(_EPOCHS_KEY, epochs)
        self._session.laboratory.train_epochs(epochs)

    def set_speed(self, speed: Speed, _checked: bool = False) -> None:
        """Limit the speed of training from now on."""
        self.speed = speed
        self.speed_button.setText(_beside_icon(speed.text))
        self._session.laboratory.set_pace(speed.pace)
        self.figures.set_pace(speed.pace)
        self._clock.set_slow_motion(speed.pace.per_second if speed.slow else None)
        self._fit()

    def _ask_number(
        self, title: str, text: str, value: int, bounds: tuple[int, int]
    ) -> QInputDialog:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(text)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(*bounds)
        dialog.setIntValue(value)
        return dialog

    # What they show

    def _name_step(self) -> None:
        self.step_button.setText(f"Step {self.step_kind}")
        self.step_button.setToolTip(f"Train one {self.step_kind} and pause (S)")
        self.step_button.setAccessibleName(f"Step by {self.step_kind}")

    def _show_running(self) -> None:
        snapshot = self._session.snapshot
        running = snapshot is not None and snapshot.running
        if running is self._running:
            return
        self._running = running
        theme = self._session.theme
        name = "Pause" if running else "Train"
        self.train_button.setText(_beside_icon(name))
        self.train_button.setAccessibleName(name)
        self.train_button.setIcon(icons.icon("pause" if running else "play", theme.on_accent))

    def _show_seed(self) -> None:
        self.seed_button.setText(_beside_icon(f"Seed {self._session.experiment.seed}"))
        self._fit()

    def _show_look(self) -> None:
        look = self._session.look
        theme = look.theme
        self._running = None
        self._show_running()
        self.reset_button.setIcon(icons.icon("reset", theme.text))
        self.presenter_button.setChecked(look.presenter)
        self.presenter_button.setIcon(icons.icon("presenter", theme.text))
        for button in (self.speed_button, self.seed_button):
            button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            set_property(button, "kind", "menu")
            button.setIcon(icons.icon("unfold", theme.secondary))
        self._scale()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._scale()

    def _scale(self) -> None:
        """Icons grow with the text."""
        if not hasattr(self, "_row"):
            return
        self.train_button.ensurePolished()
        large = self.train_button.fontMetrics().ascent() + 2
        for button in (self.reset_button, self.train_button, self.presenter_button):
            button.setIconSize(QSize(large, large))
        for button in (self.speed_button, self.seed_button):
            button.setIconSize(QSize(large * 3 // 4, large * 3 // 4))
        for button in (self.reset_button, self.presenter_button):
            button.setMinimumHeight(self.train_button.sizeHint().height())
        self._keep_width()
        self._fit()

    def _keep_width(self) -> None:
        """Train and Pause take the same room, so that nothing moves when one becomes the other."""
        button = self.train_button
        button.ensurePolished()
        text = button.text()
        widths = []
        for other in ("Train", "Pause"):
            button.setText(_beside_icon(other))
            widths.append(button.sizeHint().width())
        button.setText(text)
        button.setMinimumWidth(max(widths))

    # Room

    def minimumSizeHint(self) -> QSize:
        return QSize(640, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is too little room, less important things go first."""
        if not hasattr(self, "_row"):
            return
        self.presenter_button.setText(_beside_icon("Presenter"))
        self.figures.show_first(len(self.figures.all))
        self.figures.say_measured(True)
        steps: list[Callable[[], None]] = [
            lambda: self.presenter_button.setText(""),
            lambda: self.figures.say_measured(False),
        ]
        steps += [
            functools.partial(self.figures.show_first, count)
            for count in range(len(self.figures.all) - 1, 0, -1)
        ]
        for give_way in steps:
            self.figures.forget_size()
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                break
            give_way()


def _beside_icon(text: str) -> str:
    """Text with a little air between it and its icon, on whichever side that is."""
    return f"\N{THIN SPACE}{text}\N{THIN SPACE}"
