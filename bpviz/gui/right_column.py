"""The column on the right of the window: output over plots, and how they share its height."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from bpviz.gui.output.view import OutputView
from bpviz.gui.theme import GAP

_WIDTH = 356
# What the output card is higher than wide with a square map, and with a sheet and its tools.
_AROUND_MAP, _AROUND_SHEET = 60, 108
# A lower card leaves the sheet so little that the plots give way to it.
_LEAST_SHEET = 400


class RightColumn(QSplitter):
    """Gives a square map the height that its width makes use of, until a person divides it.

    While samples are drawn the sheet has that height; in a low window the plots go meanwhile.
    """

    def __init__(self, output: OutputView, plots: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._output, self._plots = output, plots
        self._is_own = self._drawn_on = False
        self._before: list[int] = []
        for row, widget in enumerate((output, plots)):
            self.addWidget(widget)
            self.setStretchFactor(row, 1)
        self.setMinimumWidth(_WIDTH)
        self.splitterMoved.connect(self._keep)
        output.drawing.changed.connect(self._draw)

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:
        """From now on a person's own division stays."""
        self._is_own = True
        return super().restoreState(state)

    def _keep(self) -> None:
        self._is_own = self._is_own or not self._drawn_on

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _draw(self) -> None:
        """Drawing begins or ends; what was before comes back after it."""
        drawn_on = self._output.drawing.active
        if drawn_on == self._drawn_on:
            return
        self._drawn_on = drawn_on
        if drawn_on:
            self._before = self.sizes()
        else:
            self._plots.show()
            self.setSizes(self._before)
        self._share()

    def _share(self) -> None:
        total = self.height()
        if self._drawn_on:
            least = self._plots.minimumHeight() + GAP
            self._plots.setVisible(total - least >= _LEAST_SHEET)
            above = min(self.width() + _AROUND_SHEET, total - least)
        elif self._is_own:
            return
        else:
            above = min(self.width() + _AROUND_MAP, round(0.6 * total))
        self.setSizes([above, total - above])
