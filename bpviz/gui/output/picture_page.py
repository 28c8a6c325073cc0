"""Image data: the current sample, or a digit of one's own, with what the network makes of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from bpviz.datasets.dataset import Dataset
from bpviz.gui.output.digit_pad import DigitPad
from bpviz.gui.output.digit_strokes import sample_of
from bpviz.gui.output.picture import BarsView, PictureView, grey_image
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.gui.widgets.text import ElidedLabel, label
from bpviz.lab.evaluation import Evaluation


class PicturePage(QWidget):
    """A picture at the left, the outputs at the right.

    `typed` carries the grey values (a tuple) of what was drawn.
    """

    typed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self.picture = PictureView(self)
        self.pad = DigitPad(self)
        self.seen = PictureView(self)
        self.seen.setFixedSize(40, 40)
        self.seen.setAccessibleName("What the network gets")
        self.seen.setToolTip("What the network gets: your drawing in the samples' own pixels")
        self.clear = QPushButton("Clear", self)
        self.clear.setToolTip("Wipe the pad (C)")
        self.clear.clicked.connect(self.pad.clear)
        self.words = ElidedLabel("", "secondary", self)
        self.bars = BarsView(self)
        self.left = QWidget(self)
        self._left = QStackedLayout(self.left)
        self._left.addWidget(self.picture)
        self._left.addWidget(self._pad_side())
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.left)
        row.addWidget(self.bars, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addLayout(row, 1)
        column.addWidget(self.words)
        self.pad.drawn.connect(self._send)

    def _pad_side(self) -> QWidget:
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addWidget(self.pad, 1000)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.seen)
        row.addWidget(label("seen as", "caption", side), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.clear)
        column.addLayout(row)
        column.addStretch(1)
        return side

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """The picture is square and as large as its height allows; the bars keep what they need."""
        below = self.words.sizeHint().height() + HALF_GAP
        if self.drawing:
            below += self.seen.height() + HALF_GAP
        widest = self.width() - GAP - self.bars.minimumSizeHint().width()
        side = max(self.pad.minimumSizeHint().width(), min(self.height() - below, widest))
        self.left.setFixedWidth(side)
        self.pad.setMaximumHeight(side)

    @property
    def drawing(self) -> bool:
        """Whether the pad is shown."""
        return self._left.currentIndex() == 1

    def set_drawing(self, on: bool, dataset: Dataset) -> None:
        """Show the pad or the current sample. Turning to the pad sends what is on it."""
        turned = on != self.drawing
        self._dataset = dataset
        self._left.setCurrentIndex(1 if on else 0)
        self._share_width()
        if on and turned:
            self._send()

    def show_evaluation(self, evaluation: Evaluation, theme: Theme) -> None:
        """Draw the probe of this evaluation."""
        data = evaluation.snapshot.data
        dataset, probe = data.dataset, evaluation.probe
        self._dataset = dataset
        self.pad.set_theme(theme)
        image = grey_image(probe.inputs, dataset, theme)
        outs = np.asarray(probe.outs[-1], dtype=np.float64)
        names = dataset.class_names or dataset.target_names
        true = None
        if evaluation.request.typed is None and dataset.is_classification:
            row = min(max(evaluation.request.sample, 0), len(dataset) - 1)
            true = int(dataset.targets[row])
        if len(names) == 2 and len(outs) == 1:
            low, high = data.training.train.targets.min(), data.training.train.targets.max()
            yes = (outs[0] - low) / (high - low) if high > low else outs[0]
            outs = np.array([1.0 - yes, yes])
        if self.drawing and (not self.pad.strokes or evaluation.request.typed is None):
            outs, true = np.full(len(outs), np.nan), None
            image = grey_image(np.full(len(probe.inputs), dataset.value_range[0]), dataset, theme)
        self.bars.show_values(names, outs, true, theme)
        # Of labels several may be right: the largest says nothing.
        self.words.setText("" if dataset.labels else self._sentence(names, true))
        (self.seen if self.drawing else self.picture).show_image(image, theme)

    def _sentence(self, names: tuple[str, ...], true: int | None) -> str:
        winner = self.bars.winner
        if winner is None or winner >= len(names):
            return ""
        if true is None:
            return f"taken for {names[winner]}"
        verdict = "right" if winner == true else f"taken for {names[winner]}"
        return f"true class {names[true]}, {verdict}"

    def _send(self) -> None:
        if self._dataset is not None and self.drawing:
            values = sample_of(self.pad.strokes, self._dataset)
            self.typed.emit(tuple(values.tolist()))
