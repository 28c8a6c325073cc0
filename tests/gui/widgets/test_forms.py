from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.stopping import STOP_RULES, Epochs, NoBetter
from bpviz.engine.training_config import TrainingConfig
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.editors import is_editable
from bpviz.gui.widgets.settings_form import SettingsForm

REGISTRIES = (DATASETS, ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, STOP_RULES)
ENTRIES = [entry for registry in REGISTRIES for entry in registry.values()]


@pytest.fixture
def form(qtbot):
    made = SettingsForm(TrainingConfig)
    qtbot.addWidget(made)
    made.set_values(TrainingConfig())
    return made


def heard(form):
    changes = []
    form.changed.connect(lambda *change: changes.append(change))
    return changes


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.kind)
def test_every_registry_entry_has_a_form(qtbot, entry):
    form = SettingsForm(entry)
    qtbot.addWidget(form)
    changes = heard(form)
    form.set_values(entry())
    editable = [name for name, field in fields_of(entry).items() if is_editable(field)]
    assert list(form.fields) == editable
    assert changes == []


@pytest.mark.parametrize("settings", [TrainingConfig(), DataConfig(), stack(2, 3, 1)])
def test_showing_settings_changes_nothing(qtbot, settings):
    form = SettingsForm(type(settings))
    qtbot.addWidget(form)
    changes = heard(form)
    form.set_values(settings)
    form.set_values(settings)
    assert changes == []


def test_settings_that_are_shown_are_not_shown_again(form, monkeypatch):
    shown = []
    for name, row in form.fields.items():
        monkeypatch.setattr(row, "set_value", lambda _value, name=name: shown.append(name))
    form.set_values(TrainingConfig())
    assert shown == []
    form.set_values(TrainingConfig(learning_rate=0.5))
    assert shown == list(form.fields)


def test_a_refused_choice_gives_way_to_what_is_so(qtbot, form):
    choice = form.fields["optimizer"].editor.choice
    form.changed.connect(lambda *_: form.set_values(TrainingConfig()))
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert choice.value == "gradient_descent"
    rate = form.fields["learning_rate"].editor.number
    rate.selectAll()
    qtbot.keyClicks(rate, "7")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert rate.value == TrainingConfig().learning_rate


def test_every_control_has_a_name_and_a_tooltip(qtbot):
    for cls in (TrainingConfig, DataConfig, NetworkSpec):
        form = SettingsForm(cls)
        qtbot.addWidget(form)
        for row in form.fields.values():
            control = row.editor.focusProxy()
            assert isinstance(control, QWidget)
            assert control.accessibleName(), row.field.name
            assert control.toolTip(), row.field.name


def test_choosing_an_entry_shows_its_settings(form):
    changes = heard(form)
    editor = form.fields["optimizer"].editor
    editor._choose("adam")
    assert changes == [("optimizer", Adam(), "")]
    form.set_values(TrainingConfig(optimizer=Adam(beta1=0.8)))
    assert list(editor.form.fields) == ["beta1", "beta2", "eta"]
    assert editor.form.fields["beta1"].editor.number.text() == "0.8"
    form.set_values(TrainingConfig())
    assert editor.form.settings_class is GradientDescent
    assert editor.below.isHidden()


def test_a_nested_setting_says_its_whole_path(qtbot, form):
    form.set_values(TrainingConfig(optimizer=Momentum()))
    changes = heard(form)
    number = form.fields["optimizer"].editor.form.fields["momentum"].editor.number
    number.selectAll()
    qtbot.keyClicks(number, "0.5")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert changes == [("optimizer.momentum", 0.5, "")]


def test_going_back_to_an_entry_finds_it_as_it_was(form):
    form.set_values(TrainingConfig(optimizer=Momentum(momentum=0.3)))
    form.set_values(TrainingConfig())
    changes = heard(form)
    form.fields["optimizer"].editor._choose("momentum")
    assert changes == [("optimizer", Momentum(momentum=0.3), "")]


def test_rules_are_added_changed_and_removed(qtbot, form):
    changes = heard(form)
    editor = form.fields["stop"].editor
    for action in editor.add_button.menu().actions()[:1]:
        action.trigger()
    assert changes[-1] == ("stop", (Epochs(),), "")
    form.set_values(TrainingConfig(stop=(Epochs(), NoBetter())))
    number = editor.rows[1].editors["epochs"].number
    number.selectAll()
    qtbot.keyClicks(number, "20")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert changes[-1] == ("stop", (Epochs(), NoBetter(epochs=20)), "")
    qtbot.mouseClick(editor.rows[0].remove_button, Qt.MouseButton.LeftButton)
    assert changes[-1] == ("stop", (NoBetter(epochs=50),), "")


def test_a_check_box_and_a_literal_report_plain_values(qtbot):
    form = SettingsForm(DataConfig)
    qtbot.addWidget(form)
    form.set_values(DataConfig())
    changes = heard(form)
    form.fields["stratify"].editor.box.click()
    form.fields["scaling"].editor.choice._chosen(1)
    assert changes == [("stratify", False, ""), ("scaling", "standardise", "")]


def test_a_list_of_numbers_is_a_line_of_text(qtbot):
    explicit = INITIALIZERS["explicit"]
    form = SettingsForm(explicit)
    qtbot.addWidget(form)
    form.set_values(explicit(weight_values=(0.15, -0.2)))
    editor = form.fields["weight_values"].editor
    assert editor.line.text() == "0.15, −0.2"
    changes, refused = heard(form), []
    form.refused.connect(refused.append)
    for text in ("0.15, 0.25; 1", "0.1, so"):
        editor.line.setText(text)
        editor.line.setModified(True)
        editor.line.editingFinished.emit()
    assert changes == [("weight_values", (0.15, 0.25, 1.0), "")]
    assert refused == ["Weights: “so” is not a number"]
    assert editor.line.text() == "0.15, −0.2"


def test_the_wheel_scrolls_the_panel_not_the_choice(qtbot):
    choice = Choice([("a", "A", ""), ("b", "B", "")])
    qtbot.addWidget(choice)
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    choice.wheelEvent(event)
    assert choice.value == "a"
    assert not event.isAccepted()


def test_values_shown_are_those_of_the_object(form):
    wanted = TrainingConfig(learning_rate=0.5, batch_size=32, l1=0.01, update="fixed")
    form.set_values(wanted)
    shown = {
        "learning_rate": form.fields["learning_rate"].editor.number.value,
        "batch_size": form.fields["batch_size"].editor.number.value,
        "l1": form.fields["l1"].editor.number.value,
        "update": form.fields["update"].editor.choice.value,
    }
    assert dataclasses.replace(TrainingConfig(), **shown) == wanted
