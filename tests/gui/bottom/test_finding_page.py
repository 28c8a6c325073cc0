"""The tab Finding: for which experiments it is there, what it says, live and when it cannot."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.tabs import FINDING, GRADIENT_CHECK, WATCH
from bpviz.gui.findings.verdict import HOLDS, NOT_YET
from bpviz.lab.edits import AddLayer, Change, Load, SetParameters
from bpviz.lab.findings import found_in
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench("symmetry-6-2-1")


@pytest.fixture
def opened(qtbot):
    cards = []

    def make(bench, width=800):
        card = BottomCard(bench.session)
        qtbot.addWidget(card)
        cards.append(card)
        card.resize(width, card.height())
        card.show()
        bench.pump()
        card.pages[FINDING]._live.now()
        return card

    yield make
    for card in cards:
        card.shut()


def train(bench, card, epochs):
    bench.laboratory.train_epochs(epochs)
    bench.pump()
    while bench.laboratory.runner.is_running:
        bench.pump()
    bench.pump()
    card.pages[FINDING]._live.now()


def solve(bench, card):
    """Weights as they come out of a long training, made by hand."""
    first = 3.0 * np.array([1.0, 2.0, 4.0, -4.0, -2.0, -1.0])
    theta = [*first, *-first, -2.0, -2.0, -13.5, -13.5, 6.0]
    layout = bench.session.snapshot.layout
    values = {layout.id_of(k): value for k, value in enumerate(theta)}
    bench.session.apply(SetParameters(values))
    bench.pump()
    card.pages[FINDING]._live.now()


def test_an_experiment_with_a_finding_opens_with_it_and_its_words_are_a_tab_away(bench, opened):
    card = opened(bench)
    assert card.tab == FINDING
    card.show_tab(WATCH)
    assert card.page.words.text() == bench.experiment.watch


def test_without_one_the_tab_is_not_there(bench, opened):
    card = opened(bench)
    bench.session.apply(Load(gallery_experiment("iris")))
    bench.pump()
    assert card.tab == WATCH
    assert not card.tabs.isTabVisible(card._index_of(FINDING))
    with pytest.raises(KeyError):
        card.show_tab(FINDING)
    bench.session.undo()
    bench.pump()
    assert card.tab == FINDING


def test_another_tab_stays_when_an_experiment_is_opened(bench, opened):
    card = opened(bench)
    card.show_tab(GRADIENT_CHECK)
    bench.session.apply(Load(gallery_experiment("encoder-8-3-8")))
    assert card.tab == GRADIENT_CHECK


def test_it_is_looked_for_only_while_it_is_seen(bench, opened):
    card = opened(bench)
    assert bench.session.request.want_finding
    card.show_tab(WATCH)
    assert not bench.session.request.want_finding
    bench.pump()
    assert bench.session.evaluation.finding is None


def test_it_says_what_was_found_and_follows_the_training(bench, opened):
    card = opened(bench)
    page = card.page
    assert page.verdict.isVisible()
    assert page.verdict.text == page.verdict.accessibleName() == NOT_YET
    solve(bench, card)
    assert page.verdict.text == HOLDS
    train(bench, card, 3)
    snapshot = bench.session.snapshot
    found = found_in(snapshot.experiment, snapshot.data, snapshot.theta)
    assert page.verdict.text == HOLDS
    assert " : " in found.headline
    assert page.headline.text() == found.headline.replace(" : ", "\xa0:\xa0")
    assert page.sentences.text() == " ".join(found.sentences).replace(" : ", "\xa0:\xa0")
    ours, theirs = page.view.panels[0].values, found.panels[0].values
    np.testing.assert_array_equal(ours, theirs)


def test_the_verdict_goes_when_the_finding_does(bench, opened):
    card = opened(bench)
    solve(bench, card)
    snapshot = bench.session.snapshot
    bench.session.apply(SetParameters({snapshot.layout.id_of(2): 0.0}))
    bench.pump()
    card.page._live.now()
    assert card.page.verdict.text == NOT_YET
    assert "of 64 patterns are right so far" in card.page.headline.text()


def test_a_network_that_it_cannot_be_looked_for_in_is_told_why(bench, opened):
    card = opened(bench)
    page = card.page
    bench.session.apply(AddLayer("h"))
    bench.pump()
    page._live.now()
    assert page.found.refused
    assert page.sentences.text() == page.found.headline
    assert not page.verdict.isVisible()
    assert not page.headline.isVisible()
    assert not page.view.isVisible()
    bench.session.undo()
    bench.pump()
    page._live.now()
    assert page.verdict.isVisible()
    assert page.view.isVisible()


def test_another_finding_does_not_show_the_old_one(bench, opened):
    card = opened(bench)
    assert card.page.view.panels
    bench.session.apply(Load(gallery_experiment("encoder-8-3-8")))
    assert card.page.found is None
    bench.pump()
    card.page._live.now()
    assert card.page.found.panels[0].title == "Hidden outputs"


def test_pointing_at_a_weight_lights_it_up_and_a_click_selects_it(bench, opened):
    card = opened(bench)
    view = card.page.view
    wanted = bench.session.snapshot.layout.id_of(2)
    view.pointed.emit(view.parameter((0, 0, 2)))
    assert bench.session.marks[0].parameters == (wanted,)
    view.pointed.emit(None)
    assert bench.session.marks == ()
    view.picked.emit(view.parameter((0, 0, 2)))
    assert bench.session.selection == wanted
    view.pointed.emit(wanted)
    card.show_tab(WATCH)
    assert bench.session.marks == ()


def test_numbers_that_change_move_nothing(bench, opened):
    card = opened(bench)
    train(bench, card, 5)
    before = [(p.box, p.cells) for p in card.page.view.arrangement.places[:1]]
    solve(bench, card)
    assert [(p.box, p.cells) for p in card.page.view.arrangement.places[:1]] == before


def test_a_change_of_the_finding_in_place_is_met(bench, opened):
    card = opened(bench)
    bench.session.apply(Change("finding", ""))
    assert card.tab == WATCH
    assert not bench.session.request.want_finding


def test_keys_scroll_to_the_cells_that_they_reach(qtbot, opened):
    card = opened(Bench("family-tree"), width=420)
    page = card.pages[FINDING]
    area, view = page.area, page.view
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > area.viewport().height())
    while True:
        before = view.focused
        qtbot.keyClick(view, Qt.Key.Key_Right)
        if view.focused == before:
            break
        place = view.arrangement.places[view.focused[0]]
        cell = place.cell(*view.focused[1:])
        top = view.mapTo(area.viewport(), cell.topLeft().toPoint()).y()
        assert 0 <= top <= area.viewport().height() - cell.height()
    assert area.verticalScrollBar().value() > 0
