"""The card below the network: its tabs, its ×, and what brings it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.tabs import DATA, FINDING, GRADIENT_CHECK, TABS, WATCH
from bpviz.lab.edits import Change, Load
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench()


@pytest.fixture
def card(qtbot, bench):
    made = BottomCard(bench.session)
    qtbot.addWidget(made)
    made.resize(800, made.height())
    made.show()
    yield made
    made.shut()


def test_it_opens_low_with_the_words_of_the_experiment(bench, card):
    assert card.isVisible()
    assert card.tab == WATCH
    assert card.height() < 140
    assert card.pages[WATCH].words.text() == bench.experiment.watch
    assert card.pages[WATCH].title.text() == bench.experiment.title


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
def test_every_tab_shows_its_page_at_its_height(bench, card, tab):
    # All tabs but one are there for any experiment.
    assert tab.offered(bench.experiment) == (tab.name != FINDING)
    bench.session.apply(Change("finding", "encoder"))
    card.show_tab(tab.name)
    assert card.pages[tab.name].isVisible()
    assert card.height() == tab.height


def test_an_unknown_tab_is_refused(card):
    with pytest.raises(KeyError):
        card.show_tab("Horoscope")


def test_arrow_keys_change_the_tab(qtbot, card):
    card.tabs.setFocus()
    qtbot.keyClick(card.tabs, Qt.Key.Key_Right)
    # The tab Finding is not there for this experiment, and is passed over.
    assert card.tab == DATA


def test_closed_it_comes_back_when_asked(qtbot, bench, card):
    card.show_tab(GRADIENT_CHECK)
    qtbot.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    bench.session.experiment_changed.emit()
    assert not card.isVisible()
    card.bring_back()
    assert card.isVisible()
    assert card.tab == WATCH


def test_closed_it_comes_back_with_another_experiment(bench, card):
    card.dismiss()
    bench.session.apply(Load(gallery_experiment("iris")))
    assert card.isVisible()
    assert card.pages[WATCH].words.text() == bench.experiment.watch


def test_an_experiment_without_words_opens_with_its_data(bench, card):
    silent = replace(gallery_experiment("iris"), name="silent", watch="")
    bench.session.apply(Load(silent))
    assert card.isVisible()
    assert card.tab == DATA
    card.dismiss()
    card.bring_back()
    assert card.isVisible()
    assert "no words" in bench.said[-1]
    card.show_tab(GRADIENT_CHECK)
    assert card.isVisible()
    card.show_tab(WATCH)
    assert "no words" in card.pages[WATCH].words.text()


def test_a_page_is_made_when_its_tab_is_opened(card):
    assert [type(page).__name__ for page in card.pages.made] == ["WatchPage"]
    assert DATA in card.pages
    card.show_tab(DATA)
    assert [type(page).__name__ for page in card.pages.made] == ["WatchPage", "DataPage"]
    assert list(card.pages) == [tab.name for tab in TABS]
