"""The glossary's window, and the ways from a control to its word."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl

from bpviz.gui.dialogs.glossary import HISTORY, GlossaryDialog
from bpviz.gui.dialogs.opening import explain_control
from bpviz.gui.main_window import MainWindow
from bpviz.gui.widgets import glossary_link
from bpviz.gui.widgets.glossary_link import tip_of_setting, word_of


@pytest.fixture
def dialog(qtbot):
    made = GlossaryDialog("momentum")
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def names(dialog):
    return [dialog.list.item(k).text() for k in range(dialog.list.count())]


def test_it_opens_at_a_word(dialog):
    assert dialog.word == "momentum"
    assert "a part of the last step" in dialog.text.toPlainText().casefold()
    assert names(dialog)[-1] == HISTORY
    assert names(dialog)[:2] == ["accuracy", "activation function"]


def test_search_and_arrow_keys(qtbot, dialog):
    qtbot.keyClicks(dialog.search, "grad")
    found = names(dialog)
    assert found[:2] == ["gradient", "gradient descent"]
    assert dialog.word == "gradient"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.word == "gradient descent"
    dialog.search.clear()
    assert dialog.word == "gradient descent"
    qtbot.keyClicks(dialog.search, "qqq")
    assert names(dialog) == [HISTORY]


def test_links_lead_from_word_to_word(qtbot, dialog):
    dialog.show_word("chain rule")
    dialog.show_word("Xavier")
    assert 'href="initialisation"' in dialog.text.toHtml()
    dialog.text.anchorClicked.emit(QUrl("net input"))
    assert dialog.word == "net input"
    qtbot.keyClicks(dialog.search, "adam")
    dialog.show_word("epoch")
    assert dialog.word == "epoch"
    assert dialog.search.text() == ""


def test_another_name_and_an_unknown_one(dialog):
    dialog.show_word("neuron")
    assert dialog.word == "unit"
    dialog.show_word("squeezes")
    assert dialog.search.text() == "squeezes"
    assert dialog.word == "sigmoid"


def test_the_history(dialog):
    dialog.show_word(HISTORY)
    text = dialog.text.toPlainText()
    for name in ("1970", "Linnainmaa", "Werbos", "Parker", "LeCun", "Rumelhart", "Nature 323"):
        assert name in text


def test_tooltips_name_the_key():
    assert tip_of_setting("learning_rate", "How large").endswith(
        "More: “learning rate” in the glossary (Shift+F1)"
    )
    assert tip_of_setting("numbering", "How") == "How"


def test_from_a_setting_to_its_word(qtbot, window: MainWindow, monkeypatch):
    monkeypatch.setattr(glossary_link.QApplication, "widgetAt", lambda _at: None)
    row = window.settings_panel.field("training.learning_rate")
    assert "glossary" in row.label.toolTip()
    assert word_of(row.editor.number) == "learning rate"
    assert word_of(window.settings_panel.hidden) == "hidden layer"
    assert word_of(window.settings_panel.inputs) == "input"
    assert word_of(window.canvas) == ""
    row.editor.number.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(GlossaryDialog)
    assert dialog.word == "learning rate"
    loss = window.settings_panel.field("training.loss")
    monkeypatch.setattr(glossary_link.QApplication, "widgetAt", lambda _at: loss.label)
    window.actions_by_name["What is this?"].trigger()
    assert dialog.word == "error function"
    dialog.close()


def test_where_there_is_no_word_the_glossary_opens_and_says_so(qtbot, window, monkeypatch):
    monkeypatch.setattr(glossary_link.QApplication, "widgetAt", lambda _at: None)
    said = []
    window.session.said.connect(lambda text, _error: said.append(text))
    window.canvas.setFocus()
    explain_control(window)
    assert "Point at a setting" in said[-1]
    window.actions_by_name["Glossary…"].trigger()
    assert len(window.findChildren(GlossaryDialog)) == 1
    window.findChild(GlossaryDialog).close()
