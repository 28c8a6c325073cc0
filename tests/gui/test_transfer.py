"""Weights to files and from them, in the background."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from bpviz.gui.transfer import WeightTransfer
from bpviz.io import exporters, importers
from bpviz.lab.edits import SetWeights
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench("worked-2-2-2")


@pytest.fixture
def transfers(bench):
    made = WeightTransfer(bench.session)
    yield made
    made.shut()


@pytest.fixture
def held(monkeypatch):
    """Holds writing and reading until it is let go on."""
    go = threading.Event()

    def once_let_go(work):
        def wait(*arguments):
            go.wait(20)
            return work(*arguments)

        return wait

    for module, name in ((exporters, "export_network"), (importers, "read_network_file")):
        monkeypatch.setattr(module, name, once_let_go(getattr(module, name)))
    yield go
    go.set()


def test_the_window_goes_on_meanwhile_and_one_is_done_at_a_time(
    qtbot, bench, transfers, held, tmp_path
):
    path = tmp_path / "mine.csv"
    transfers.export(path)
    assert transfers.running
    assert bench.said == []
    transfers.bring_in(path)
    assert bench.said == ["Weights are being read or written just now; try again in a moment."]
    held.set()
    qtbot.waitUntil(lambda: not transfers.running)
    assert bench.said[1:] == ["Exported the weights of epoch 0 to mine.csv."]


def test_what_is_written_are_the_weights_of_the_moment_it_was_asked(
    qtbot, bench, transfers, held, tmp_path
):
    before = bench.session.latest.theta.copy()
    transfers.export(tmp_path / "mine.json")
    bench.laboratory.step("epoch")
    bench.pump()
    assert not np.array_equal(bench.session.latest.theta, before)
    held.set()
    qtbot.waitUntil(lambda: not transfers.running)
    transfers.bring_in(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: not transfers.running)
    (edit,) = bench.edits
    assert isinstance(edit, SetWeights)
    assert np.array_equal(edit.weights, before)
    assert bench.said[-1].startswith("The network has the weights of epoch 0 from mine.json")


def test_what_cannot_be_written_is_said(qtbot, bench, transfers, tmp_path):
    transfers.export(tmp_path / "nowhere" / "mine.json")
    qtbot.waitUntil(lambda: not transfers.running)
    assert "cannot be written" in bench.said[-1]


def test_the_end_waits_for_a_file_and_brings_nothing_in(bench, transfers, held, tmp_path):
    path = tmp_path / "mine.json"
    held.set()
    transfers.export(path)
    transfers.shut()
    assert path.exists()
    transfers.bring_in(path)
    transfers.shut()
    assert bench.edits == []
