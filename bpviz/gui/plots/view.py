"""The plots: loss, accuracy, gradient norms and learning rate over the epochs; the weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.activations import Array
from bpviz.gui.canvas.names import layer_names
from bpviz.gui.colors import blend
from bpviz.gui.plots.charts import LOGARITHMIC, Charts
from bpviz.gui.plots.curve import Curve
from bpviz.gui.plots.histograms import HistogramView, ridges_of
from bpviz.gui.plots.legend import Legend
from bpviz.gui.plots.painting import picture_menu, picture_of
from bpviz.gui.plots.series import Smoother
from bpviz.gui.session import Session
from bpviz.gui.theme import CAPTION, GAP, HALF_GAP, Theme
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import label
from bpviz.gui.widgets.throttle import Throttle

TABS = ("Loss", "Accuracy", "Gradients", "Rate", "Weights")

# The visible plot is drawn anew at most once in this time.
_FAST_MS, _SLOW_MS = 100, 250
# At both sides of what is in a card.
_CARD_MARGIN = 12
_NO_ACCURACY = "There is no accuracy: this network predicts values, not classes."
_NO_RATE = "The learning rate of these epochs was not logged."
_NOTHING_YET = "Train the network (Space), and its {} appears here."
_WORDS = {
    "Loss": "loss",
    "Accuracy": "accuracy",
    "Gradients": "gradient",
    "Rate": "learning rate",
}


class PlotsView(Card):
    """One tab per plot. Only the one that is seen is kept up to date."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._session = session
        self._smoothing = 0.0
        self._log = session.laboratory.history.read()
        self._smoothers: dict[str, Smoother] = {}
        self._theme: Theme | None = None
        self._font_key = ""
        self._tabs_fitted: tuple[int, str] = (0, "")
        self._throttles = {
            name: Throttle(_SLOW_MS if name == "Weights" else _FAST_MS, self.refresh, self)
            for name in TABS
        }
        self._make_header()
        self._make_pages()
        self._make_footer()
        self.setMinimumSize(280, 220)
        session.log_grew.connect(self._schedule)
        session.snapshot_changed.connect(self._snapshot_changed)
        session.look_changed.connect(self.refresh)
        self._choose(0)

    # Building

    def _make_header(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName("Plots")
        tips = (
            "Error on training and test samples, epoch by epoch",
            "Share of samples that are classified right",
            "Length of each layer's gradient: where it is short, a layer hardly learns",
            "Learning rate",
            "How the weights of each layer are spread",
        )
        for text, tip in zip(TABS, tips, strict=True):
            self.tabs.setTabToolTip(self.tabs.addTab(text), tip)
        self.tabs.currentChanged.connect(self._choose)
        self.log = QCheckBox("log", self)
        self.log.setProperty("role", "secondary")
        self.log.setChecked(True)
        self.log.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.log.setToolTip("Logarithmic axis: equal factors are equal distances")
        self.log.setAccessibleName("Logarithmic axis")
        self.log.toggled.connect(self._set_log)
        self._header = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._header.setSpacing(GAP)
        self._header.addWidget(self.tabs, 1)
        self._header.addWidget(self.log, 0, Qt.AlignmentFlag.AlignRight)
        self.body.addLayout(self._header)

    def _lay_header(self) -> None:
        """Tabs and check box side by side; in two rows where a tab's word would be cut."""
        room = self.contentsRect().width() - 2 * _CARD_MARGIN
        tabs = self._fit_tabs(room)
        directions = QBoxLayout.Direction
        beside = tabs + GAP + self.log.sizeHint().width() <= room
        way = directions.LeftToRight if beside else directions.TopToBottom
        if self._header.direction() != way:
            self._header.setDirection(way)
            self._header.setSpacing(GAP if beside else 0)

    def _fit_tabs(self, room: int) -> int:
        """Write the tabs smaller and move them closer together until they fit; their width."""
        key = (room, self.font().key())
        if key == self._tabs_fitted:
            return self.tabs.sizeHint().width()
        self._tabs_fitted = key
        size = self.fontInfo().pixelSize()
        for margin, pixels in ((8, size), (8, size - 1), (6, size - 2), (5, size - 4)):
            rule = f"margin-right: {margin}px;"
            if pixels != size:
                rule += f" font-size: {max(pixels, CAPTION)}px;"
            self.tabs.setStyleSheet(f"QTabBar::tab {{ {rule} }}")
            self.tabs.ensurePolished()
            if self.tabs.sizeHint().width() <= room:
                break
        return self.tabs.sizeHint().width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_header()

    def _make_pages(self) -> None:
        self.weights = HistogramView(self)
        self.words = QLabel(self)
        self.words.setProperty("role", "secondary")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget(self)
        self.charts = Charts(self.pages)
        self.pages.addWidget(self.words)
        self.pages.addWidget(self.weights)
        self.body.addWidget(self.pages, 1)

    def _make_footer(self) -> None:
        self.legend = Legend(self)
        self.smoothing = Slider(0.0, 0.99, parent=self)
        self.smoothing.setFixedWidth(72)
        self.smoothing.setToolTip("Running mean over the epochs; 0 shows every value as it is")
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.moved.connect(self.set_smoothing)
        self._smoothing_text = label("smoothing 0", "caption", self)
        self._footer = QWidget(self)
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF_GAP)
        row.addWidget(self.legend, 1)
        self._smoother = QWidget(self._footer)
        inner = QHBoxLayout(self._smoother)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(HALF_GAP)
        inner.addWidget(self._smoothing_text)
        inner.addWidget(self.smoothing)
        row.addWidget(self._smoother)
        below = QVBoxLayout()
        below.addWidget(self._footer)
        self.body.setSpacing(HALF_GAP)
        self.body.addLayout(below)

    # What a person does

    @property
    def tab(self) -> str:
        """The name of the tab that is shown."""
        return TABS[self.tabs.currentIndex()]

    def show_tab(self, name: str) -> None:
        """Choose a tab by its name."""
        self.tabs.setCurrentIndex(TABS.index(name))

    def set_smoothing(self, weight: float) -> None:
        """Smooth loss and accuracy: 0 not at all, 0.99 very much."""
        self._smoothing = weight
        self._smoothing_text.setText(f"smoothing {weight:.2g}")
        self.smoothing.set_value(weight)
        self.refresh()

    def _set_log(self, on: bool) -> None:
        if self.tab in LOGARITHMIC:
            self.charts.set_logarithmic(self.tab, on)

    def _choose(self, index: int) -> None:
        name = TABS[index]
        self.log.setVisible(name in LOGARITHMIC)
        self._smoother.setVisible(name in ("Loss", "Accuracy"))
        if name in LOGARITHMIC:
            self.log.blockSignals(True)
            self.log.setChecked(self.charts.is_logarithmic(name))
            self.log.blockSignals(False)
        self.refresh()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = picture_menu(self, self, self.tab.lower(), self._session.said.emit)
        menu.popup(event.globalPos())

    def render_image(self) -> QImage:
        """The plot that is seen, with its legend, as a picture."""
        return picture_of(self)

    # Drawing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _snapshot_changed(self) -> None:
        """While training runs, curves follow the log, which comes when a frame has time for it."""
        snapshot = self._session.snapshot
        if self.tab == "Weights" or snapshot is None or not snapshot.running:
            self._schedule()

    def _schedule(self) -> None:
        if self.isVisible():
            self._throttles[self.tab].poke()

    def refresh(self) -> None:
        """Draw the visible plot from the present log and snapshot."""
        if not self.isVisible():
            return
        self._take_theme()
        name = self.tab
        self._log = self._session.laboratory.history.read()
        if name == "Weights":
            self._show_weights()
            return
        curves, words = self._curves(name)
        if words:
            self._say(words)
            return
        self.charts[name].show_curves(self._log.columns["epoch"], curves)
        self.pages.setCurrentWidget(self.charts[name])
        self.legend.show_entries([(c.name, c.color, c.dashed) for c in curves], self._session.theme)
        self._footer.setVisible(True)

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.pages.setCurrentWidget(self.words)
        self._footer.setVisible(False)

    def _take_theme(self) -> None:
        theme = self._session.theme
        key = self.font().toString()
        if theme is not self._theme or key != self._font_key:
            self._theme, self._font_key = theme, key
            self._lay_header()
            self.charts.set_theme(theme)

    def _curves(self, name: str) -> tuple[list[Curve], str]:
        """The curves of a tab, or the words that are said in their place."""
        if name == "Accuracy" and self._is_regression():
            return [], _NO_ACCURACY
        if len(self._log) < 2:
            return [], _NOTHING_YET.format(_WORDS[name])
        if name == "Loss":
            return self._loss_curves(), ""
        if name == "Accuracy":
            return self._accuracy_curves(), ""
        if name == "Rate":
            return self._rate_curves()
        return self._gradient_curves(), ""

    def _is_regression(self) -> bool:
        snapshot = self._session.snapshot
        return snapshot is not None and snapshot.data.training.task == "regression"

    def _loss_curves(self) -> list[Curve]:
        theme, columns = self._session.theme, self._log.columns
        curves = [Curve("training", self._smooth("train_loss"), theme.text)]
        if np.isfinite(columns["test_loss"]).any():
            curves.append(Curve("test", self._smooth("test_loss"), theme.violet))
        if np.any(columns["penalty"] > 0):
            curves.append(Curve("penalty", columns["penalty"], theme.secondary, dashed=True))
        return curves

    def _accuracy_curves(self) -> list[Curve]:
        theme, columns = self._session.theme, self._log.columns
        curves = []
        for name, key, color in (
            ("training", "train_accuracy", theme.text),
            ("test", "test_accuracy", theme.violet),
        ):
            if np.isfinite(columns[key]).any():
                curves.append(Curve(name, 100.0 * self._smooth(key), color))
        return curves

    def _rate_curves(self) -> tuple[list[Curve], str]:
        rate = self._log.columns["learning_rate"]
        if not np.isfinite(rate).any():
            return [], _NO_RATE
        return [Curve("learning rate", rate, self._session.theme.text)], ""

    def _gradient_curves(self) -> list[Curve]:
        log, snapshot = self._log, self._session.snapshot
        names = {} if snapshot is None else layer_names(snapshot.spec)
        norms = log.gradient_norms
        shades = layer_shades(self._session.theme, len(log.layers))
        return [
            Curve(names.get(layer, layer), norms[:, k], color.name(), k >= 8, width=1.5)
            for k, (layer, color) in enumerate(zip(log.layers, shades, strict=True))
        ]

    def _smooth(self, column: str) -> Array:
        history = self._session.laboratory.history
        values = self._log.columns[column]
        if not self._smoothing:
            return values
        return self._smoothers.setdefault(column, Smoother())(history, values, self._smoothing)

    def _show_weights(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            self._say("The weights appear here as soon as there is a network.")
            return
        names = layer_names(snapshot.spec)
        self.weights.show_ridges(ridges_of(snapshot, names), self._session.theme)
        self.pages.setCurrentWidget(self.weights)
        self._footer.setVisible(False)


def layer_shades(theme: Theme, count: int) -> list[QColor]:
    """A colour for each layer, none of them orange or blue: those speak of signs."""
    hues = [theme.violet, theme.accent, theme.magenta, theme.text]
    paler = [blend(hue, theme.card, 0.5).name() for hue in hues]
    return [QColor((hues + paler)[k % 8]) for k in range(count)]
