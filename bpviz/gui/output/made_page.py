"""A picture that the network makes, beside the one that it should make."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from bpviz.gui.output.picture import PictureView, shaded_image
from bpviz.gui.output.samples import own_units
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.gui.widgets.text import label
from bpviz.lab.evaluation import Evaluation


class MadePage(QWidget):
    """Output and target of the current sample, each as a picture; typed inputs have no target."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.made, self.true = PictureView(self), PictureView(self)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self._sides = []
        for view, name in ((self.made, "what the network makes"), (self.true, "the target")):
            view.setAccessibleName(name.capitalize())
            side = QWidget(self)
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(HALF_GAP)
            column.addWidget(label(name, "caption", side))
            column.addWidget(view, 1)
            row.addWidget(side, 1)
            self._sides.append(side)

    def show_evaluation(self, evaluation: Evaluation, theme: Theme) -> None:
        """Draw the probe of this evaluation."""
        data, probe = evaluation.snapshot.data, evaluation.probe
        shape = data.dataset.target_shape
        self._sides[1].setVisible(probe.target is not None)
        if shape is None or len(probe.outs[-1]) != shape[0] * shape[1]:
            return
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        # Wide pictures are larger above each other.
        wanted = down if shape[1] > shape[0] else across
        if self._row.direction() != wanted:
            self._row.setDirection(wanted)
        for view, values in ((self.made, probe.outs[-1]), (self.true, probe.target)):
            if values is not None:
                view.show_image(shaded_image(own_units(data, values), shape, theme), theme)
