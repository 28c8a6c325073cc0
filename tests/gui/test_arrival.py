"""Until the first picture of a new network is there, that is said."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.arrival import Arrival
from bpviz.lab.edits import Change, Load
from tests.gui.without_threads import Bench


def test_a_new_network_is_announced_until_it_is_there(qtbot: QtBot) -> None:
    bench, parent = Bench(), QObject()
    arrival = Arrival(bench.session, parent)
    said: list[str] = []
    arrival.changed.connect(lambda: said.append(arrival.doing))
    bench.session.apply(Change("training.learning_rate", 0.2))
    assert said == [], "the network is the same"
    bench.session.apply(Load(gallery_experiment("xor-2-3-1")))
    assert said == ["Preparing the new network"]
    bench.pump()
    assert said == ["Preparing the new network", ""]


def test_who_does_not_want_it_has_the_old_one_again(qtbot: QtBot) -> None:
    bench, parent = Bench(), QObject()
    arrival, before = Arrival(bench.session, parent), bench.session.experiment
    bench.session.apply(Load(gallery_experiment("xor-2-3-1")))
    arrival.cancel()
    bench.pump()
    assert bench.session.experiment == before
    assert arrival.doing == ""
