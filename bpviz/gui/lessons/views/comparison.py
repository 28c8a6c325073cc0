"""Variants of one experiment, trained from one start, their curves laid over each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from bpviz.gui.lessons.views.labelled_chart import LabelledChart
from bpviz.gui.lessons.views.working import WorkingView
from bpviz.gui.plots.curve import Curve
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, Theme
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label
from bpviz.lab.comparison import Comparison, Variant, VariantRun

ERROR, GRADIENT = "error", "gradient"
# How small a gradient is drawn as what it is.
_GRADIENT_FLOOR = 1e-12
_SWATCH = 10


class ComparisonView(WorkingView):
    """Trains the variants on a thread of its own. `done` comes when all have finished.

    `variants` are tables with a name, the changes (see `Variant`) and words, or Variants.
    """

    role = "secondary"

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        variants: Sequence[Variant | Mapping[str, Any]] = (),
        epochs: int = 100,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("comparison", session, yield_to, parent)
        self.variants = [v if isinstance(v, Variant) else Variant(**v) for v in variants]
        self.epochs = epochs
        self.comparison: Comparison | None = None
        self._make_parts()
        self._lay_out()
        session.look_changed.connect(self._dress)
        self._dress()

    # Building

    def _make_parts(self) -> None:
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setMaximum(1000)
        self.progress.setMaximumHeight(6)
        self.progress.setAccessibleName("How far the comparison is")
        self.quantity = SegmentedControl(
            (
                (ERROR, "Error", "The error over the training samples"),
                (GRADIENT, "First layer's gradient", "How long the first layer's gradient is"),
            ),
            "What is compared",
            self,
        )
        self.quantity.chosen.connect(lambda _value: self.refresh())
        self.chart = LabelledChart("epoch")
        self.rows = [_Row(variant, self) for variant in self.variants]

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.button)
        top.addWidget(self.progress, 1)
        top.addStretch(0)
        top.addWidget(self.quantity)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(3, 1)
        for k, row in enumerate(self.rows):
            for j, part in enumerate((row.swatch, row.name, row.error, row.words)):
                grid.addWidget(part, k, j)
            grid.setAlignment(row.swatch, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self.chart, 1)
        column.addWidget(self.sentence)
        column.addLayout(grid)

    # What a person does

    def new_work(self) -> Comparison:
        """All variants of the experiment as it is now, from its initial weights."""
        snapshot = self._session.snapshot
        experiment = self._session.experiment
        if snapshot is not None and snapshot.spec == experiment.network:
            experiment = snapshot.experiment_as_started()
        self.comparison = Comparison(experiment, self.variants, self.epochs, self._yield_to)
        return self.comparison

    def finish(self) -> None:
        if self.comparison is not None and self.comparison.finished:
            self.done.emit()

    # What is shown

    def refresh(self) -> None:
        """Draw the curves as far as they are."""
        running, comparison = self.running, self.comparison
        self.show_button(
            "Run" if comparison is None else "Run again",
            "Train every variant from the same initial weights; the network in the window "
            "is left alone",
            "Stop here; the curves stay",
        )
        self.progress.setVisible(running)
        colors = curve_colors(self._session.theme, len(self.rows))
        runs: Sequence[VariantRun | None] = [None] * len(self.rows)
        if comparison is None:
            self.chart.show_runs(np.empty(0), ())
        else:
            runs = comparison.runs
            self.progress.setValue(round(1000 * comparison.share))
            self._draw(comparison, colors)
        for row, run, color in zip(self.rows, runs, colors, strict=True):
            row.show_run(run, color)
        self.say(self._words(comparison))

    def _draw(self, comparison: Comparison, colors: list[str]) -> None:
        of = self.quantity.value
        x, values = comparison.curves("error" if of == ERROR else "gradient")
        curves = [
            Curve(variant.name, curve, color)
            for variant, curve, color in zip(self.variants, values, colors, strict=True)
        ]
        if of == GRADIENT:
            self.chart.show_runs(x, curves, _GRADIENT_FLOOR)
        else:
            self.chart.show_runs(x, curves)

    def _words(self, comparison: Comparison | None) -> str:
        if comparison is None:
            count = len(self.variants)
            return f"{count} variants, one start, {self.epochs:,} epochs each."
        if self.running:
            return f"Training, epoch by epoch in turn, {self.epochs:,} epochs each …"
        if comparison.finished:
            return f"The error over the training samples after {self.epochs:,} epochs:"
        return "Stopped before the end."

    def _dress(self) -> None:
        self.chart.set_theme(self._session.theme)
        self.refresh()


class _Row:
    """One variant: its colour, its name, its error, what it is good and bad at."""

    def __init__(self, variant: Variant, parent: QWidget) -> None:
        self.swatch = QFrame(parent)
        self.swatch.setFixedSize(_SWATCH, _SWATCH + 6)
        self.name: QLabel = label(variant.name, "title", parent)
        self.name.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.error: QLabel = label("–", "", parent)
        self.error.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.error.setMinimumWidth(64)
        self.words: QLabel = label(variant.words, "secondary", parent)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_run(self, run: VariantRun | None, color: str) -> None:
        # The upper margin puts the swatch in the middle of the first line.
        self.swatch.setStyleSheet(f"background: {color}; border-radius: 2px; margin-top: 6px")
        text, tip = "–", ""
        if run is not None and run.rows:
            text = value_text(run.error)
        if run is not None and run.ended:
            text, tip = "∞" if run.rows else "refused", run.ended
        self.error.setText(text)
        self.error.setToolTip(tip[:1].upper() + tip[1:])


def curve_colors(theme: Theme, count: int) -> list[str]:
    """Colours of curves, none of them orange or blue."""
    hues = (theme.text, theme.violet, theme.accent, theme.magenta, theme.secondary, theme.warning)
    return [hues[k % len(hues)] for k in range(count)]
