"""The window that prunes: what would go, what that costs, and doing it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bpviz.engine.metrics import Evaluator
from bpviz.engine.network import Network
from bpviz.gui.dialogs.pruning import PruningDialog
from bpviz.gui.widgets.numbers import loss_text
from bpviz.lab.edits import RemoveUnit
from bpviz.lab.graph_edits import RemoveConnections
from bpviz.lab.pruning_task import Asked
from tests.gui.gate import Gate
from tests.gui.without_threads import Bench


@pytest.fixture
def bench():
    made = Bench()
    for _ in range(3):
        made.laboratory.step("epoch")
        made.laboratory.runner.work()
        while made.laboratory.runner.is_running:
            made.laboratory.runner.work()
    made.pump()
    made.edits.clear()
    return made


@pytest.fixture
def dialog(qtbot, bench):
    made = PruningDialog(bench.session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.pruning is not None)
    yield made
    made.shut()


def found(qtbot, dialog, asked: Asked):
    dialog.ask(asked)
    qtbot.waitUntil(lambda: dialog.pruning is not None and not dialog.background.running)
    return dialog.pruning


def smallest(snapshot, count: int) -> np.ndarray:
    """Positions of the weights of smallest magnitude, found by plain sorting."""
    weights = [k for b in snapshot.layout.weight_blocks for k in range(b.start, b.stop)]
    return np.array(sorted(weights, key=lambda k: abs(snapshot.theta[k]))[:count])


def test_a_share_takes_the_smallest_weights(qtbot, dialog, bench):
    snapshot = bench.session.snapshot
    pruning = found(qtbot, dialog, Asked(share=0.25))
    assert dialog.count.text() == "Removes 10 of 40 connections"
    wanted = {snapshot.layout.id_of(int(k)) for k in smallest(snapshot, 10)}
    assert pruning.parameters == wanted


def test_the_error_before_and_after_is_that_of_the_networks(qtbot, dialog, bench):
    snapshot, training = bench.session.snapshot, bench.experiment.training
    found(qtbot, dialog, Asked(share=0.5))
    theta = np.array(snapshot.theta)
    shown = []
    for _ in range(2):
        network = Network(snapshot.spec, theta)
        rows = snapshot.data.training
        loss, _ = Evaluator(network, rows.test, rows).scores(training.loss, training.reduction)
        shown.append(loss_text(loss))
        theta[smallest(snapshot, 20)] = 0.0
    row = dialog.rows["test_loss"]
    assert [row.before.text(), row.after.text()] == shown
    assert shown[0] != shown[1]
    assert dialog.rows["test_accuracy"].after.text().endswith("%")


def test_share_magnitude_and_slider_follow_each_other(qtbot, dialog, bench):
    snapshot = bench.session.snapshot
    field = dialog.magnitude
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.asked == Asked(threshold=0.5)
    weights = [snapshot.theta[b.start : b.stop] for b in snapshot.layout.weight_blocks]
    gone = int((np.abs(np.concatenate(weights)) < 0.5).sum())
    assert 0 < gone < 40
    # At once, before the error is measured.
    assert dialog.count.text() == f"Removes {gone} of 40 connections"
    assert dialog.share.value == pytest.approx(gone / 40, rel=0.01)
    assert dialog.slider.value_at(dialog.slider.value()) == pytest.approx(gone / 40, abs=0.02)
    qtbot.waitUntil(lambda: dialog.pruning is not None)
    assert len(dialog.pruning.parameters) == gone
    dialog.slider.setValue(dialog.slider.maximum())
    assert dialog.asked == Asked(share=1.0)
    qtbot.waitUntil(lambda: dialog.pruning is not None)
    assert "No connection is left" in dialog.note.text()


def test_pruning_is_one_edit_that_is_undone(qtbot, dialog, bench):
    wanted = found(qtbot, dialog, Asked(share=0.25)).parameters
    before = np.array(bench.session.snapshot.theta)
    dialog.prune_button.click()
    assert bench.edits == [RemoveConnections(wanted)]
    assert "undo" in bench.said[-1]
    bench.pump()
    after = bench.session.snapshot
    assert all(after.theta[after.layout.index_of(p)] == 0.0 for p in wanted)
    qtbot.waitUntil(lambda: dialog.count.text().endswith("of 30 connections"))
    assert dialog.asked == Asked(share=0.0)
    bench.session.undo()
    bench.pump()
    assert np.array_equal(bench.session.snapshot.theta, before)


def test_nothing_is_pruned_before_it_is_measured(qtbot, dialog, bench):
    dialog.ask(Asked(share=0.6))
    assert dialog.pruning is None
    assert not dialog.prune_button.isEnabled()
    assert dialog.rows["train_loss"].after.text() == "…"
    dialog.prune()
    assert bench.edits == []
    qtbot.waitUntil(lambda: dialog.pruning is not None)
    assert dialog.prune_button.isEnabled()


def test_it_follows_the_training(qtbot, dialog, bench):
    before = dialog.rows["train_loss"].before.text()
    bench.laboratory.train_epochs(20)
    while bench.laboratory.runner.is_running or bench.session.snapshot.epoch < 23:
        bench.pump()
    qtbot.waitUntil(lambda: dialog.look.snapshot is bench.session.snapshot)
    assert dialog.rows["train_loss"].before.text() != before


def test_after_an_edit_nothing_is_pruned_before_it_is_measured_again(qtbot, dialog, bench):
    found(qtbot, dialog, Asked(share=0.5))
    bench.session.apply(RemoveUnit("h1"))
    assert dialog.pruning is None
    assert not dialog.prune_button.isEnabled()
    assert dialog.rows["train_loss"].after.text() == "…"
    dialog.prune()
    assert [type(edit) for edit in bench.edits] == [RemoveUnit]
    bench.pump()
    qtbot.waitUntil(lambda: dialog.pruning is not None)
    spec = bench.experiment.network
    assert all(spec.has(parameter) for parameter in dialog.pruning.parameters)
    assert dialog.prune_button.isEnabled()


def test_what_comes_while_it_is_measured_is_measured_next(qtbot, bench, monkeypatch):
    monkeypatch.setattr("bpviz.gui.dialogs.pruning._REFRESH_MS", 0)
    gate = Gate(is_open=False)
    dialog = PruningDialog(bench.session, gate)
    qtbot.addWidget(dialog)
    measured = []
    dialog.looked.connect(lambda: measured.append(dialog.look.snapshot))
    try:
        assert gate.reached.wait(20)
        before = bench.session.snapshot
        bench.session.apply(RemoveUnit("h1"))
        bench.pump()
        gate.open()
        qtbot.waitUntil(lambda: len(measured) == 2)
        assert measured == [before, bench.session.snapshot]
        assert dialog.pruning is not None
    finally:
        gate.open()
        dialog.shut()


def test_nothing_to_prune_is_no_edit(qtbot, dialog, bench):
    found(qtbot, dialog, Asked(share=0.0))
    assert dialog.count.text() == "Removes 0 of 40 connections"
    assert not dialog.prune_button.isEnabled()


def test_closing_ends_what_is_under_way(qtbot, bench):
    dialog = PruningDialog(bench.session)
    dialog.show()
    assert dialog.background.running
    dialog.close()
    qtbot.waitUntil(lambda: not dialog.background.running)
