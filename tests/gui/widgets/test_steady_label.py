"""Running numbers: what changes many times a second lays nothing out anew."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bpviz.gui.widgets.text import Figure


class Layouts(QObject):
    """Counts how often a widget is asked to lay out what it holds."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_running_figure_lays_nothing_out_until_it_needs_more_room(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    row = QHBoxLayout(holder)
    figure = Figure("Loss", "0.0000", parent=holder)
    row.addWidget(figure)
    holder.show()
    QCoreApplication.sendPostedEvents()
    width, layouts = figure.value.width(), Layouts(figure)
    for text in ("0.1234", "0.5", "–", "0.9999"):
        figure.set_text(text)
        QCoreApplication.sendPostedEvents()
    assert layouts.count == 0
    figure.set_text("123456789.0123")
    QCoreApplication.sendPostedEvents()
    assert layouts.count > 0
    assert figure.value.width() > width
