"""Stepping while something else happens: training goes on, an edit, an undo, a failure."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.engine.divergence import NonFiniteError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bottom.explain_page import ExplainPage
from bpviz.gui.transfer import WeightTransfer
from bpviz.io.importers import read_network_file
from bpviz.lab.edits import Load, RemoveLayer, Reset, SetParameters
from tests.gui.without_threads import Bench

LOOKING_BACK = "You were looking back; this changes the present."


class Stand:
    """The page that explains, on a bench; `stepper` steps by stage."""

    def __init__(self, experiment) -> None:
        self.bench = Bench(experiment)
        self.session, self.lab = self.bench.session, self.bench.laboratory
        self.page = ExplainPage(self.session)
        self.stepper = self.page.stepper
        self.stepper.set_granularity("stage")

    def enter(self, stage: int) -> None:
        self.stepper.enter(stage)
        self.bench.pump()

    def go(self, by: int = 1) -> None:
        self.stepper.go(by)
        self.bench.pump()

    def look_back(self) -> None:
        self.enter(6)
        self.go()
        self.go(-1)
        assert self.stepper.looking_back

    def anything(self) -> SetParameters:
        """An edit of some weight."""
        layout = self.session.snapshot.layout
        at = int(np.flatnonzero(layout.trainable())[0])
        return SetParameters({layout.id_of(at): 0.7})

    def train(self) -> None:
        self.lab.train()
        self.bench.pump()
        assert self.session.snapshot.running


@pytest.fixture
def stand_on(qtbot):
    stands = []

    def make(experiment="worked-2-2-2"):
        stand = Stand(experiment)
        stands.append(stand)
        qtbot.addWidget(stand.page)
        stand.page.resize(764, 220)
        stand.page.show()
        stand.bench.pump()
        return stand

    yield make
    for stand in stands:
        stand.lab.pause()
        stand.bench.pump()
        stand.stepper.leave()
        stand.page.shut()


@pytest.fixture
def stand(stand_on):
    return stand_on()


# Training


def test_entering_pauses_and_stays(stand):
    stand.train()
    stand.enter(1)
    assert stand.stepper.active
    assert not stand.session.snapshot.running
    assert stand.session.request.step == stand.stepper.step


def test_a_snapshot_from_before_the_pause_does_not_end_it(stand):
    stand.train()
    late = stand.session.snapshot
    stand.stepper.enter(3)
    stand.session.snapshot = stand.session.latest = late
    stand.session.snapshot_changed.emit()
    assert stand.stepper.active
    stand.bench.pump()
    assert stand.stepper.active
    assert stand.stepper.stage.number == 3


def test_entering_and_training_on_within_a_frame_leaves(stand):
    stand.train()
    stand.stepper.enter(1)
    stand.lab.toggle()  # the runner pauses and goes on, and shows the latter alone
    stand.bench.pump()
    assert stand.session.snapshot.running
    assert not stand.stepper.active
    assert stand.session.stage == 0


def test_x_then_space_within_a_frame(qtbot, open_window):
    window = open_window("playground")
    window.laboratory.train()
    qtbot.waitUntil(lambda: window.session.snapshot.running, timeout=10_000)
    window.session.explain_step()
    window.transport.toggle()
    assert window.explain.stepper.active
    qtbot.waitUntil(lambda: not window.explain.stepper.active, timeout=10_000)
    assert window.session.snapshot.running


def test_leaving_for_training_clears_what_it_lit_moved_and_asked(qtbot, stand):
    stand.enter(2)
    session = stand.session
    assert session.marks
    qtbot.waitUntil(lambda: session.motion is not None)
    stand.train()
    assert not stand.stepper.active
    assert session.marks == ()
    assert session.motion is None
    assert session.stage == 0
    assert session.request.step is None


def test_more_than_one_update_is_not_taken_for_the_next_round(stand):
    stand.enter(6)
    stand.stepper.next()
    stand.lab.step("batch")
    stand.bench.pump()
    assert stand.session.snapshot.steps == 2
    assert len(stand.stepper.rounds) == 1


# Looking back


def test_an_edit_while_looking_back_says_what_it_changes(stand):
    stand.look_back()
    stand.session.apply(stand.anything())
    stand.bench.pump()
    assert stand.bench.said == [LOOKING_BACK]
    assert not stand.stepper.looking_back


def test_a_drag_says_it_once(stand):
    stand.look_back()
    for value in (0.1, 0.2, 0.3):
        edit = stand.anything()
        stand.session.apply(SetParameters(dict.fromkeys(edit.values, value)), "drag")
        stand.bench.pump()
    assert stand.bench.said == [LOOKING_BACK]


@pytest.mark.parametrize("kind", ["batch", "epoch"])
def test_a_step_of_training_while_looking_back_says_so(stand, kind):
    stand.look_back()
    stand.lab.step(kind)
    stand.bench.pump()
    assert stand.bench.said == [LOOKING_BACK]


def test_without_looking_back_nothing_is_said(stand):
    stand.look_back()
    stand.go()
    stand.session.apply(stand.anything())
    stand.bench.pump()
    assert stand.bench.said == []


def test_exported_are_the_weights_of_the_present(qtbot, stand, tmp_path):
    stand.look_back()
    earlier, latest = stand.session.snapshot, stand.stepper.rounds[-1]
    assert stand.session.latest is latest
    path = tmp_path / "weights.json"
    transfer = WeightTransfer(stand.session)
    transfer.export(path)
    qtbot.waitUntil(lambda: not transfer.running)
    written = read_network_file(path).theta
    assert np.array_equal(written, latest.theta)
    assert not np.array_equal(written, earlier.theta)
    assert "epoch 1 " in stand.bench.said[-1]


# Whatever else happens


def test_a_reset_begins_again_with_the_first_round(stand):
    stand.look_back()
    stand.go()
    stand.session.apply(Reset())
    stand.bench.pump()
    assert stand.stepper.active
    assert len(stand.stepper.rounds) == 1
    assert stand.session.snapshot.epoch == 0
    assert stand.stepper.scene is not None


def test_an_undo_shows_the_scene_of_the_network_from_before(stand):
    stand.enter(2)
    before = stand.page.formula.text()
    stand.session.apply(stand.anything())
    stand.bench.pump()
    assert stand.page.formula.text() != before
    stand.session.undo()
    stand.bench.pump()
    assert stand.page.formula.text() == before
    assert stand.stepper.stage.number == 2


def test_another_experiment_is_stepped_through_from_the_same_stage(stand):
    stand.look_back()
    stand.session.apply(Load(gallery_experiment("xor-2-3-1")))
    stand.bench.pump()
    assert stand.stepper.active
    assert not stand.stepper.looking_back
    assert stand.stepper.scene is not None
    layers = {layer.id for layer in stand.session.snapshot.spec.layers}
    assert {unit.layer for mark in stand.session.marks for unit in mark.units} <= layers


@pytest.mark.parametrize("by", ["unit", "layer", "stage"])
def test_the_layer_that_is_stepped_through_is_removed(stand_on, by):
    stand = stand_on("playground")
    stand.stepper.set_granularity(by)
    stand.enter(2)
    if by != "stage":
        stand.go()
    hidden = stand.session.snapshot.spec.layers[1].id
    stand.session.apply(RemoveLayer(hidden))
    stand.bench.pump()
    assert stand.stepper.active
    assert stand.stepper.stage.number == 2
    assert stand.stepper.step.layer != hidden
    assert stand.stepper.scene is not None
    marked = {unit.layer for mark in stand.session.marks for unit in mark.units}
    assert hidden not in marked
    for _ in range(3):
        stand.go()


def test_a_round_that_diverges_stops_playing_and_can_be_left(stand, monkeypatch):
    def diverge():
        raise NonFiniteError(1, "h1", 0)

    stand.enter(6)
    stand.stepper.play(True)
    begun = stand.lab.runner.submitted
    with monkeypatch.context() as patch:
        patch.setattr(stand.lab.runner._training.trainer, "train_batch", diverge)
        stand.go()
    assert stand.session.snapshot.failed
    assert stand.session.snapshot.commands == begun + 1
    assert stand.stepper.active
    assert not stand.stepper.playing
    assert stand.stepper.stage.number == 6
    stand.go(-1)
    assert stand.stepper.stage.number == 5
    stand.go()
    stand.go()  # tried once more, it trains
    assert stand.session.snapshot.epoch == 1
    assert len(stand.stepper.rounds) == 2
