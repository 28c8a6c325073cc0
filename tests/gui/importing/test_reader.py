"""Previews in the background: the latest settings win, and nothing waits for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.datasets.tables.sources import TableText
from bpviz.gui.importing.reader import PreviewReader
from bpviz.lab.import_preview import Previewer
from bpviz.lab.table_experiment import suited_data
from tests.gui.gate import Gate

DATA = suited_data(TableText(text="a,b\n" + "1,2\n3,5\n4,7\n" * 30))


@pytest.fixture
def gate():
    made = Gate(is_open=False)
    yield made
    made.open()


@pytest.fixture
def reader(qapp, gate):
    made = PreviewReader(gate)
    yield made
    gate.open()
    made.shut()


def test_the_latest_of_several_wins(qtbot, reader, gate):
    arrived = []
    reader.arrived.connect(lambda config, preview: arrived.append((config.test_fraction, preview)))
    for share in (0.1, 0.2, 0.3, 0.5):
        reader.ask(replace(DATA, test_fraction=share), 0)
    assert arrived == [], "asking waits for nothing"
    qtbot.waitUntil(gate.reached.is_set)
    with qtbot.waitSignal(reader.ended):
        gate.open()
    ((share, preview),) = arrived
    assert (share, preview.test_samples) == (0.5, 45)


def test_what_is_no_longer_wanted_does_not_arrive(qtbot, reader, gate):
    arrived = []
    reader.arrived.connect(lambda _config, preview: arrived.append(preview))
    reader.ask(DATA, 0)
    qtbot.waitUntil(gate.reached.is_set)
    reader.cancel()
    with qtbot.waitSignal(reader.ended):
        gate.open()
    assert arrived == []
    assert not reader.running


def test_an_unexpected_failure_is_told(qtbot, reader, gate, monkeypatch, caplog):
    def fail(*_arguments):
        raise RuntimeError

    monkeypatch.setattr(Previewer, "preview", fail)
    gate.open()
    with qtbot.waitSignal(reader.failed):
        reader.ask(DATA, 0)
    assert "import preview failed" in caplog.text
