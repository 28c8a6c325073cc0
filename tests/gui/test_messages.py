"""What passes over the network's foot: sentences, and the bar of work in the background."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from bpviz.gui.loading_bar import LoadingBar
from bpviz.lab.architecture_text import SetArchitecture
from bpviz.lab.edits import Change
from bpviz.lab.graph_edits import Connect

SENTENCE = "Stopped: the test error has not improved for 60 epochs."


class Work(QObject):
    """Work that goes on for as long as it has a name."""

    changed = Signal()
    progress = (0, 0)
    doing = ""

    def cancel(self):
        self.tell("")

    def tell(self, doing):
        self.doing = doing
        self.changed.emit()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 640)])
def test_a_sentence_and_the_bar_stand_over_the_networks_foot(qtbot, open_window, size):
    window = open_window("early-stopping")
    window.resize(*size)
    window.bottom.show_tab("Watch")
    window.session.said.emit(SENTENCE, False)
    bar, toast = window.loading_bar, window.toast
    qtbot.waitUntil(toast.isVisible)
    assert bar.parentWidget() is toast.parentWidget() is window.canvas
    assert window.canvas.rect().contains(toast.geometry())
    assert window.canvas.height() - toast.geometry().bottom() < 16


def test_what_is_no_longer_so_is_withdrawn(qtbot, window):
    session, toast = window.session, window.toast
    window.laboratory.pause()
    qtbot.waitUntil(lambda: not session.snapshot.running)
    session.said.emit(SENTENCE, False)
    assert toast.isVisible()
    window.laboratory.train()
    qtbot.waitUntil(lambda: session.snapshot.running)
    assert not toast.isVisible()
    session.said.emit("Saved xor.toml.", False)
    session.apply(Change("training.learning_rate", 0.02))
    assert not toast.isVisible()
    session.undo()
    assert toast.isVisible(), "it tells of the present experiment"
    window.laboratory.pause()
    qtbot.waitUntil(lambda: not session.snapshot.running)
    session.said.emit("lost.csv: there is no such file.", True)
    window.laboratory.train()
    qtbot.waitUntil(lambda: session.snapshot.running)
    assert toast.isVisible(), "it is as wrong as before"


def test_the_words_below_the_network_give_way_and_the_network_stays(qtbot, window):
    caption, toast, network = window.canvas.caption, window.toast, window.canvas.network
    qtbot.waitUntil(caption.text.isVisible)
    before = network.geometry()
    window.session.said.emit(SENTENCE, False)
    qtbot.waitUntil(toast.isVisible)
    QApplication.processEvents()
    assert toast.geometry().intersects(caption.geometry())
    assert not caption.text.isVisible()
    assert not caption.close_button.isVisible()
    assert network.geometry() == before
    toast.hide()
    QApplication.processEvents()
    assert caption.text.isVisible()
    assert caption.close_button.isVisible()
    assert network.geometry() == before


def test_a_sentence_may_begin_with_the_name_of_a_layer(window):
    session = window.session
    last = session.experiment.network.output
    assert not session.apply(Connect(last.sources[0], last.id))
    assert window.toast.text().startswith(f"{last.sources[0]} feeds {last.id} already")
    session.apply(SetArchitecture("2 → 4 → 1; h→i"))
    assert window.toast.text().startswith("i holds inputs")
    session.said.emit("nothing to undo", False)
    assert window.toast.text() == "Nothing to undo"


def test_what_is_soon_over_has_no_bar(qtbot):
    host, work = QWidget(), Work()
    qtbot.addWidget(host)
    host.resize(600, 300)
    host.show()
    bar = LoadingBar((work,), host)
    work.tell("Loading iris.csv")
    QApplication.processEvents()
    assert bar.isHidden(), "it would only flash"
    work.tell("")
    work.tell("Loading wine.csv")
    qtbot.waitUntil(bar.isVisible)
    assert bar.words.text() == "Loading wine.csv"
    bar.cancel_button.click()
    assert bar.isHidden()
