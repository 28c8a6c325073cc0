"""The tab Data on an experiment."""

from __future__ import annotations

import pytest

from bpviz.gui.bottom.card import BottomCard
from bpviz.lab.evaluator import evaluate
from tests.gui.without_threads import Bench


@pytest.fixture
def opened(qtbot):
    """The page on an experiment or after edits; `pump` lets laboratory and page follow."""
    cards = []

    def make(experiment="iris", *edits, width=800):
        bench = Bench(experiment)
        for edit in edits:
            bench.session.apply(edit)

        def pump():
            session, runner = bench.session, bench.laboratory.runner
            runner.work()
            snapshot = runner.mailbox.take()
            if snapshot is not None:
                session.snapshot = session.latest = snapshot
            session.meet(session.snapshot)
            session.snapshot_changed.emit()
            session.evaluation = evaluate(session.snapshot, session.request)
            session.evaluation_changed.emit()
            qtbot.waitUntil(lambda: not page.running)

        card = BottomCard(bench.session)
        page = card.pages["Data"]
        qtbot.addWidget(card)
        cards.append(card)
        card.resize(width, card.height())
        card.show()
        pump()
        card.show_tab("Data")
        pump()
        page.bench, page.pump = bench, pump
        return page

    yield make
    for card in cards:
        card.shut()


@pytest.fixture
def page(opened):
    return opened()
