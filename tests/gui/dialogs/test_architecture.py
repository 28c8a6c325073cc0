"""The architecture as a line of text, in a window and in the clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bpviz.gui.dialogs.architecture import ArchitectureDialog, copy_architecture
from bpviz.lab.architecture_text import SetArchitecture, architecture_text
from tests.gui.without_threads import Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def dialog(qtbot, bench):
    made = ArchitectureDialog(bench.session)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_shows_the_present_layers_ready_to_be_replaced(dialog, bench):
    assert dialog.line.text() == "2 → 6 → 4 → 1"
    assert dialog.line.selectedText() == dialog.line.text()
    assert dialog.words.text() == f"{bench.session.snapshot.layout.size} weights and biases."


def test_a_typed_architecture_becomes_the_network(qtbot, dialog, bench):
    qtbot.keyClicks(dialog.line, "2-3|3-1; i>o")
    assert dialog.accept_button.isEnabled()
    dialog.accept_button.click()
    assert bench.edits == [SetArchitecture("2-3|3-1; i>o")]
    assert architecture_text(bench.experiment.network) == "2 → 3|3 → 1; i→o"
    assert not dialog.isVisible()
    bench.session.undo()
    assert architecture_text(bench.experiment.network) == "2 → 6 → 4 → 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2-x-1", "number"),
        ("3-4-1", "inputs"),
        ("2-4-1; o>h", "o cannot feed"),
        ("2-4-1; h>i", "i holds inputs"),
        ("", "number"),
    ],
)
def test_what_is_wrong_is_said_while_it_is_typed(dialog, bench, text, words):
    dialog.line.setText(text)
    assert words in dialog.words.text()
    assert dialog.words.property("role") == "error"
    assert dialog.line.property("error") is True
    assert not dialog.accept_button.isEnabled()
    dialog.line.setText("2-4-1")
    assert dialog.words.property("role") == "secondary"
    assert dialog.line.property("error") is False
    assert bench.edits == []


def test_the_layers_are_copied_and_can_be_typed_again(bench, qtbot):
    bench.session.apply(SetArchitecture("2 → 3|3 → 1; i→o"))
    before = bench.experiment.network.layers
    copy_architecture(bench.session)
    text = QGuiApplication.clipboard().text()
    assert text == "2 → 3|3 → 1; i→o"
    assert text in bench.said[-1]
    bench.session.apply(SetArchitecture("2-2-1"))
    bench.session.apply(SetArchitecture(text))
    assert [(layer.units, set(layer.sources)) for layer in bench.experiment.network.layers] == [
        (layer.units, set(layer.sources)) for layer in before
    ]
