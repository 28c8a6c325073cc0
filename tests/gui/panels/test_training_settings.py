"""Schedules, regularisation and dropout in the settings panel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bpviz.engine.schedules import SCHEDULES
from bpviz.gui.panels.settings_panel import SettingsPanel
from bpviz.gui.widgets.card import Section
from bpviz.lab.edits import AddLayer, Change, SetLayer
from tests.gui.without_threads import Bench

STAIRS = SCHEDULES.make({"kind": "piecewise", "epochs": [100, 200], "factors": [0.5, 0.1]})


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def panel(qtbot, bench):
    made = SettingsPanel(bench.session)
    qtbot.addWidget(made)
    made.resize(240, 800)
    made.show()
    for section in made.findChildren(Section):
        section.fold(False)
    return made


def type_in(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def add(panel, setting, kind):
    menu = panel.field(f"training.{setting}").editor.add_button.menu()
    label = SCHEDULES[kind].label
    next(action for action in menu.actions() if action.text() == label).trigger()


def test_what_few_people_touch_is_folded(qtbot, bench):
    panel = SettingsPanel(bench.session)
    qtbot.addWidget(panel)
    panel.resize(240, 800)
    panel.show()
    for name in ("optimizer", "learning_rate", "rate_schedule", "update", "batch_size", "stop"):
        assert panel.field(f"training.{name}").isVisible()
    folded = ("l1", "l2", "weight_decay", "shrink", "max_norm", "input_noise")
    last = ("momentum_schedule", "clip_norm", "clip_value", "reduction", "evaluate_every", "kernel")
    for name in (*folded, *last):
        assert not panel.field(f"training.{name}").isVisible()
    assert not panel.dropout.isVisible()
    sections = {section.button.text(): section for section in panel.findChildren(Section)}
    sections["Regularisation"].fold(False)
    for name in folded:
        assert panel.field(f"training.{name}").isVisible()
    assert panel.dropout.isVisible()


def test_a_schedule_is_added_edited_and_drawn(qtbot, bench, panel):
    sketch = panel.sketches["rate_schedule"]
    assert sketch.isHidden()
    add(panel, "rate_schedule", "piecewise")
    assert not sketch.isHidden()
    row = panel.field("training.rate_schedule").editor.rows[0]
    type_in(qtbot, row.editors["factors"].line, "0.5, 0.25")
    assert bench.experiment.training.rate_schedule[0].factors == (0.5, 0.25)
    type_in(qtbot, row.editors["epochs"].line, "10, 20")
    assert bench.experiment.training.rate_schedule[0].epochs == (10, 20)
    assert sketch.curve is not None
    assert sketch.curve.factors[0] == 1.0
    assert sketch.curve.factors[-1] == 0.25
    assert sketch.words.text().endswith(f"in {bench.experiment.epochs:,} epochs")
    row.remove_button.click()
    assert bench.experiment.training.rate_schedule == ()
    assert sketch.isHidden()


def test_a_list_that_cannot_be_is_said_and_shown_as_it_was(qtbot, bench, panel):
    bench.session.apply(Change("training.rate_schedule", (STAIRS,)))
    line = panel.field("training.rate_schedule").editor.rows[0].editors["epochs"].line
    bench.edits.clear()
    type_in(qtbot, line, "200, 100")
    assert bench.edits == []
    assert "must rise" in bench.said[-1]
    assert line.text() == "100, 200"


def test_two_schedules_one_below_the_other(bench, panel):
    add(panel, "rate_schedule", "linear_warm_up")
    add(panel, "rate_schedule", "exponential")
    kinds = [schedule.kind for schedule in bench.experiment.training.rate_schedule]
    assert kinds == ["linear_warm_up", "exponential"]
    assert len(panel.field("training.rate_schedule").editor.rows) == 2
    assert "→" in panel.sketches["rate_schedule"].words.text()


def test_momentum_is_scheduled_only_where_there_is_some(bench, panel):
    schedule = panel.field("training.momentum_schedule")
    assert not schedule.isEnabled()
    assert schedule.toolTip() == "gradient descent has no momentum that a schedule could change"
    bench.session.apply(Change("training.optimizer", "momentum"))
    assert schedule.isEnabled()
    add(panel, "momentum_schedule", "linear_warm_up")
    assert not panel.sketches["momentum_schedule"].isHidden()
    # What is there can be taken away again.
    bench.session.apply(Change("training.optimizer", "gradient_descent"))
    assert schedule.isEnabled()
    assert schedule.toolTip() == "gradient descent has no momentum that a schedule could change"


def test_the_rate_is_scheduled_only_where_it_matters(bench, panel):
    schedule = panel.field("training.rate_schedule")
    assert schedule.isEnabled()
    assert schedule.toolTip() == ""
    bench.session.apply(Change("training.optimizer", "rprop"))
    assert not schedule.isEnabled()
    assert schedule.toolTip() == "RProp sizes its own steps after the first"


def test_dropout_of_each_hidden_layer(qtbot, bench, panel):
    rows = panel.dropout.rows
    assert list(rows) == ["h1", "h2"]
    assert rows["h1"].label.text() == "Dropout hidden 1"
    bench.edits.clear()
    type_in(qtbot, rows["h2"].editor.number, "20")
    assert bench.edits == [SetLayer("h2", "dropout", 0.2)]
    assert rows["h2"].editor.number.text() == "20 %"
    bench.session.undo()
    assert rows["h2"].editor.number.value == 0.0


def test_dropout_follows_the_layers(bench, panel):
    bench.session.apply(AddLayer("h2"))
    assert len(panel.dropout.rows) == 3
    for _ in range(8):
        bench.session.apply(AddLayer("h2"))
    assert len(panel.dropout.rows) == 6


def test_every_new_control_says_what_it_does(bench, panel):
    bench.session.apply(Change("training.rate_schedule", (STAIRS,)))
    row = panel.field("training.rate_schedule").editor.rows[0]
    for editor in row.editors.values():
        assert editor.line.accessibleName()
        assert editor.line.toolTip()
    for row in panel.dropout.rows.values():
        assert row.editor.number.accessibleName()
        assert row.label.toolTip()
