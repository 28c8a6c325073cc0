"""The reference's window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bpviz.engine.optimizers import OPTIMIZERS, Momentum
from bpviz.experiments.reference import chapters
from bpviz.gui.dialogs.algorithms import AlgorithmsDialog
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.widgets import glossary_link
from bpviz.gui.widgets.glossary_link import entry_of, word_of
from bpviz.lab.edits import Change


@pytest.fixture
def typesetter(qapp):
    made = Typesetter()
    yield made
    made.shut()


@pytest.fixture
def dialog(qtbot, typesetter):
    made = AlgorithmsDialog(typesetter, ("optimizers", "adam"))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def names(dialog):
    return [dialog.list.item(k).text() for k in range(dialog.list.count())]


def test_it_opens_at_an_entry(dialog, typesetter):
    assert dialog.shown == ("optimizers", "adam")
    assert dialog.title.text() == "Adam"
    assert dialog.formula.latex == OPTIMIZERS["adam"].formula
    text = dialog.text.toPlainText()
    assert "Kingma & Ba 2015" in text
    assert "beta1" in text
    assert "default 0.9" in text
    assert "training.optimizer = adam" in text
    typesetter.finish()
    assert dialog.formula.grab().toImage().size().height() >= 40


def test_everything_there_is_can_be_shown(dialog):
    for chapter in chapters():
        for article in chapter.articles:
            dialog.show_article(chapter.name, article.kind)
            assert dialog.shown == (chapter.name, article.kind)
            assert article.label[1:] in dialog.title.text()
            assert dialog.formula.isHidden() == (not article.formula)


def test_search_and_arrow_keys(qtbot, dialog):
    qtbot.keyClicks(dialog.search, "momentum")
    assert dialog.shown[1]
    assert "Optimisers" in names(dialog)
    assert "sigmoid" not in names(dialog)
    first = dialog.shown
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.shown != first
    dialog.search.setText("qqq")
    assert dialog.list.count() == 0
    assert dialog.title.text() == "Nothing is called so."
    dialog.show_article("activations", "tanh")
    assert dialog.search.text() == ""
    assert dialog.shown == ("activations", "tanh")


def test_a_whole_chapter_is_found_by_its_title(qtbot, dialog):
    dialog.search.setText("stop rules")
    assert names(dialog)[0] == "Stop rules"
    assert len(names(dialog)) > 5


def test_from_the_menu_it_opens_at_the_optimiser_in_use(qtbot, window):
    action = window.actions_by_name["Algorithms…"]
    action.trigger()
    shown = window.findChild(AlgorithmsDialog)
    assert shown.shown == ("optimizers", window.session.experiment.training.optimizer.kind)
    action.trigger()
    assert len(window.findChildren(AlgorithmsDialog)) == 1
    shown.close()


def test_a_new_entry_is_in_it(qtbot, typesetter, monkeypatch):
    new = type("New", (Momentum,), {"kind": "new", "label": "brand new", "__doc__": "So new."})
    monkeypatch.setitem(OPTIMIZERS._entries, "new", new)
    made = AlgorithmsDialog(typesetter, ("optimizers", "new"))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    assert made.title.text() == "Brand new"
    assert "So new." in made.text.toPlainText()


def test_it_follows_the_theme(qtbot, window):
    window.actions_by_name["Algorithms…"].trigger()
    shown = window.findChild(AlgorithmsDialog)
    shown.show_article("optimizers", "adam")
    light = shown.text.toHtml()
    window.looks.set_theme("dark")
    qtbot.waitUntil(lambda: shown.text.toHtml() != light)
    shown.close()


def test_from_what_is_chosen_to_its_page(qtbot, window, monkeypatch):
    monkeypatch.setattr(glossary_link.QApplication, "widgetAt", lambda _at: None)
    window.session.apply(Change("training.optimizer", "adam"))
    window.session.apply(Change("training.rate_schedule", ("exponential",)))
    panel = window.settings_panel
    panel.field("training.optimizer").editor.choice.setFocus()
    window.actions_by_name["What is this?"].trigger()
    shown = window.findChild(AlgorithmsDialog)
    assert shown.shown == ("optimizers", "adam")
    row = panel.field("training.rate_schedule").editor.rows[0]
    monkeypatch.setattr(glossary_link.QApplication, "widgetAt", lambda _at: row)
    window.actions_by_name["What is this?"].trigger()
    assert shown.shown == ("schedules", "exponential")
    # The settings of an entry have words of their own.
    beta = panel.field("training.optimizer").editor.form.fields["beta1"]
    assert entry_of(beta) == ("", "")
    assert word_of(beta) == "Adam"
    shown.close()
