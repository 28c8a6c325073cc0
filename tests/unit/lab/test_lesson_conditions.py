"""What lessons wait for: each condition met and not met; and the way through a lesson."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.lessons import lessons, parse_lesson
from bpviz.lab.edits import AddLayer, Change, Edit, Load, Reset, SetLayer, SetParameters
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.lesson_conditions import (
    CONDITIONS,
    LessonState,
    make_condition,
)
from bpviz.lab.lesson_conditions.settings import present_value
from bpviz.lab.lesson_run import LessonRun, conditions_of
from bpviz.lab.snapshot import Snapshot


class Desk:
    """A laboratory on the test's own thread, and the state that a lesson would see."""

    def __init__(self, name: str = "xor-2-3-1") -> None:
        self.laboratory = Laboratory(gallery_experiment(name))
        self.laboratory.pause()
        self.first = self.look()
        self.start = self.laboratory.experiment

    def look(self) -> Snapshot:
        self.laboratory.runner.work()
        snapshot = self.laboratory.runner.mailbox.take()
        assert snapshot is not None
        return snapshot

    def train(self, epochs: int) -> Snapshot:
        self.laboratory.train_epochs(epochs)
        while True:
            snapshot = self.look()
            if snapshot.epoch >= epochs:
                return snapshot

    def edit(self, edit: Edit) -> Snapshot:
        self.laboratory.apply(edit)
        return self.look()

    def state(self, snapshot: Snapshot | None = None, **more: Any) -> LessonState:
        return LessonState(
            self.laboratory.experiment, self.start, snapshot or self.first, self.first, **more
        )


def met(kind: str, state: LessonState, **settings: Any) -> bool:
    return make_condition({"kind": kind, **settings}).met(state)


def test_training() -> None:
    desk = Desk()
    before = desk.state()
    after = desk.state(desk.train(400))
    assert after.snapshot is not None
    for kind, settings in (
        ("epoch_at_least", {"epoch": 400}),
        ("batch_stepped", {}),
        ("loss_below", {"loss": 0.1}),
        ("accuracy_at_least", {"accuracy": 1.0}),
    ):
        assert not met(kind, before, **settings)
        assert met(kind, after, **settings)
    assert met("loss_above", before, loss=0.1)
    assert not met("loss_above", before, loss=0.1, epoch=1)
    assert not met("loss_above", after, loss=0.1)
    assert met("reset", before)
    assert not met("reset", after)
    assert met("reset", desk.state(desk.edit(Reset())))


def test_what_is_not_trained_yet_counts_for_nothing() -> None:
    desk = Desk("playground")
    desk.laboratory.apply(Change("seed", 8))
    behind = desk.state()
    assert not behind.is_current
    for kind in ("reset", "loss_above", "loss_below", "accuracy_at_least"):
        settings = {"loss": 0.0} if kind == "loss_above" else {}
        settings |= {"loss": 100.0} if kind == "loss_below" else {}
        settings |= {"accuracy": 0.0} if kind == "accuracy_at_least" else {}
        assert not met(kind, behind, **settings)
        assert met(kind, Desk("playground").state(), **settings)


def test_without_a_snapshot_nothing_is_met() -> None:
    experiment = gallery_experiment("xor-2-3-1")
    state = LessonState(experiment, experiment)
    for kind in CONDITIONS:
        if kind not in ("setting_is", "setting_at_least", "hidden_units_at_least", "tab_shown"):
            if kind not in ("hidden_layers_at_most", "plot_shown"):
                assert not met(kind, state)


def test_parts_of_the_data() -> None:
    desk = Desk("iris")
    after = desk.state(desk.train(60))
    assert met("accuracy_at_least", after, accuracy=0.95, part="test")
    assert not met("loss_below", after, loss=0.0, part="test")


def test_settings() -> None:
    desk = Desk("playground")
    before = desk.state()
    for path, value in (("training.learning_rate", 3.0), ("training.optimizer", "adam")):
        desk.edit(Change(path, value))
        assert not met("setting_is", before, path=path, value=value)
        assert met("setting_is", desk.state(), path=path, value=value)
    rate = {"path": "training.learning_rate"}
    assert met("setting_is", desk.state(), **rate, value=3.2, tolerance=0.3)
    assert met("setting_at_least", desk.state(), **rate, value=3)
    assert not met("setting_at_least", before, **rate, value=3)
    assert met("setting_is", before, path="training.update", value="mini-batch")
    assert met("setting_is", before, path="data.stratify", value=True)
    adam = {"kind": "adam", "beta1": 0.8}
    desk.edit(Change("training.optimizer", adam))
    assert met("setting_is", desk.state(), path="training.optimizer", value=adam)


def test_architecture() -> None:
    desk = Desk("linear-hidden")
    before = desk.state()
    assert met("hidden_layers_at_most", before, layers=2)
    desk.edit(AddLayer("h2"))
    assert met("layer_added", desk.state())
    assert not met("layer_added", before)
    assert not met("hidden_layers_at_most", desk.state(), layers=2)
    assert met("hidden_units_at_least", desk.state(), units=11)
    assert not met("hidden_units_at_least", before, units=11)
    desk.edit(SetLayer("h1", "activation", "tanh"))
    assert met("activation_is", desk.state(), activation="relu|tanh")
    assert met("activation_is", desk.state(), activation="tanh", layer="h1")
    assert not met("activation_is", desk.state(), activation="tanh", layer="h2")
    assert not met("activation_is", desk.state(), activation="tanh", all=True)
    assert met("activation_is", before, activation="identity", all=True)
    bias = Desk("bias-needed")
    assert not met("has_bias", bias.state(), layer="y")
    bias.edit(SetLayer("y", "bias", "unit"))
    assert met("has_bias", bias.state(), layer="y")


def test_parameters() -> None:
    desk = Desk("worked-2-2-2")
    w5 = desk.first.layout.id_of(desk.first.layout.find("w5"))
    assert met("parameter_selected", desk.state(selection=w5), parameter="w5")
    assert met("parameter_selected", desk.state(selection=w5))
    assert not met("parameter_selected", desk.state(selection=w5), parameter="w1")
    assert not met("parameter_selected", desk.state())
    explained = desk.state(explained=frozenset({"w5"}))
    assert met("parameter_explained", explained, parameter="w5")
    assert met("parameter_explained", explained)
    assert not met("parameter_explained", explained, parameter="w1")
    after = desk.state(desk.edit(SetParameters({w5: 0.7})))
    assert met("parameter_changed", after, parameter="w5")
    assert not met("parameter_changed", after, parameter="w1")
    assert not met("parameter_changed", after, parameter="w99")


def test_what_is_looked_at() -> None:
    desk = Desk()
    assert met("stage_reached", desk.state(stage=4), stage=4)
    assert not met("stage_reached", desk.state(stage=3), stage=4)
    assert met("view_done", desk.state(done=frozenset({"race"})), name="race")
    assert not met("view_done", desk.state(), name="race")
    assert met("tab_shown", desk.state(tab="Explain"), name="Explain")
    assert not met("tab_shown", desk.state(tab="Runs"), name="Explain")
    assert met("plot_shown", desk.state(plot="Gradients"), name="Gradients")
    assert not met("plot_shown", desk.state(plot="Loss"), name="Gradients")
    assert met("inputs_typed", desk.state(typed=True))
    assert not met("inputs_typed", desk.state())
    assert met("answered", desk.state(answer=0.1189), value=0.11887, tolerance=0.0005)
    assert not met("answered", desk.state(answer=0.12), value=0.11887, tolerance=0.0005)
    assert not met("answered", desk.state(), value=0.0)


def test_another_experiment_is_no_mistake() -> None:
    desk = Desk("bias-needed")
    state = desk.state(desk.edit(Load(gallery_experiment("iris"))))
    for kind in CONDITIONS:
        met(kind, state, **({"path": "seed"} if kind.startswith("setting") else {}))


def test_bad_conditions_are_refused() -> None:
    with pytest.raises(SettingError, match="condition must be one of activation_is, "):
        make_condition({"kind": "full_moon"})
    with pytest.raises(SettingError, match=r"epoch must be at least 1"):
        make_condition({"kind": "epoch_at_least", "epoch": 0})
    with pytest.raises(SettingError, match="activation must be one of"):
        make_condition({"kind": "activation_is", "activation": "tan"})
    with pytest.raises(SettingError, match="there is no such setting"):
        present_value(gallery_experiment("iris"), "training.speed")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ('kind = "setting_is", path = "training.speed"', r"training\.speed: there is no such"),
        ('kind = "setting_at_least", path = "seeds"', r"seeds: there is no such setting"),
        ('kind = "setting_at_least", path = "training.loss"', r"training\.loss: is no number but "),
        ('kind = "setting_at_least", path = "learn_at_once"', "learn_at_once: is no number but "),
        ('kind = "full_moon"', "condition must be one of"),
    ],
)
def test_a_bad_condition_is_said_before_the_lesson_begins(condition: str, sentence: str) -> None:
    bad = LESSON.replace('kind = "stage_reached", stage = 2', condition)
    with pytest.raises(SettingError, match=rf"l\.steps\.2\.condition.*{sentence}"):
        LessonRun(parse_lesson(bad, "l.toml"))


def test_a_setting_that_is_gone_in_the_middle_is_not_met() -> None:
    desk = Desk()
    desk.edit(Change("training.optimizer", "momentum"))
    path = {"path": "training.optimizer.momentum"}
    assert met("setting_at_least", desk.state(), **path, value=0.5)
    assert met("setting_is", desk.state(), **path, value=0.9)
    desk.edit(Change("training.optimizer", "adam"))
    for kind in ("setting_is", "setting_at_least"):
        assert not met(kind, desk.state(), **path, value=0.0)
        assert not met(kind, desk.state(), path="training.loss", value=0.0)
    assert not met("setting_is", desk.state(), **path, value=None)


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.name)
def test_the_conditions_of_every_lesson_can_be_asked(one: Any) -> None:
    assert len(conditions_of(one)) == len(one.steps)
    for index, step in enumerate(one.steps):
        if step.condition is not None:
            desk = Desk(one.experiment_at(index))
            make_condition(step.condition).met(desk.state())


LESSON = """
number = 1
title = "A title"
experiment = "xor-2-3-1"
intro = "An introduction."
closing = "Closing words."
source = "A source."

[[steps]]
text = "Only to read."

[[steps]]
text = "To do."
do = "Go to stage 2."
condition = { kind = "stage_reached", stage = 2 }
success = "Well done."

[[steps]]
text = "To do."
do = "Stay."
condition = { kind = "stage_reached", stage = 2 }
"""


def test_the_way_through_a_lesson() -> None:
    state = Desk().state()
    there = replace(state, stage=2)
    run = LessonRun(parse_lesson(LESSON, "l.toml"))
    run.begin(state)
    assert not run.waits
    assert not run.feed(there)
    run.next()
    assert not run.feed(there), "not begun yet"
    run.begin(state)
    assert run.waits
    assert not run.feed(state)
    assert run.feed(there)
    assert (run.index, run.last_success) == (2, "Well done.")
    run.begin(there)
    assert run.is_met
    assert not run.feed(there), "what was so from the beginning waits for the person"
    run.next()
    assert run.is_over
    assert run.step is None
    run.next()
    assert run.index == 3
    run.back()
    run.back()
    run.begin(there)
    assert (run.index, run.is_met, run.waits, run.last_success) == (1, True, False, "")
    run.restart()
    assert run.index == 0
    run.back()
    assert run.index == 0


def test_the_finding() -> None:
    desk = Desk("symmetry-6-2-1")
    assert not met("finding_holds", desk.state())
    assert met("finding_holds", desk.state(), holds=False)
    assert not met("finding_holds", desk.state(), holds=False, epoch=1)
    # Weights as they come out of a long training, made by hand.
    first = [3.0, 6.0, 12.0, -12.0, -6.0, -3.0]
    theta = [*first, *(-w for w in first), -2.0, -2.0, -13.5, -13.5, 6.0]
    layout = desk.first.layout
    solved = desk.edit(SetParameters({layout.id_of(k): v for k, v in enumerate(theta)}))
    assert met("finding_holds", desk.state(solved))
    assert not met("finding_holds", desk.state(solved), holds=False)
    broken = desk.edit(SetParameters({layout.id_of(0): 0.0}))
    assert met("finding_holds", desk.state(broken), holds=False)
    # Where it cannot be looked for it neither holds nor is gone.
    deeper = desk.edit(AddLayer("h"))
    assert not met("finding_holds", desk.state(deeper))
    assert not met("finding_holds", desk.state(deeper), holds=False)


def test_a_finding_needs_an_experiment_that_has_one() -> None:
    with pytest.raises(SettingError, match="'iris' has no finding"):
        make_condition({"kind": "finding_holds"}).check(gallery_experiment("iris"))
