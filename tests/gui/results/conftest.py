"""The tab Results on an experiment."""

from __future__ import annotations

import pytest

from bpviz.gui.bottom.card import BottomCard
from tests.gui.without_threads import Bench


@pytest.fixture
def opened(qtbot):
    """The page on an experiment, after some epochs; `show` brings up one of its views."""
    cards = []

    def make(experiment, epochs=0, *edits):
        bench = Bench(experiment)
        for edit in edits:
            bench.session.apply(edit)
        if epochs:
            bench.laboratory.train_epochs(epochs)
            bench.pump()
            while bench.laboratory.runner.is_running:
                bench.pump()
        bench.pump()
        card = BottomCard(bench.session)
        qtbot.addWidget(card)
        cards.append(card)
        card.resize(800, card.height())
        card.show()
        card.show_tab("Results")
        page = card.pages["Results"]
        page.bench = bench

        def show(key):
            page.show_view(key)
            bench.pump()
            page._live.now()
            return page.content

        page.show_view_now = show
        show("scores")
        return page

    yield make
    for card in cards:
        card.shut()


@pytest.fixture
def page(opened):
    return opened("iris", 20)
