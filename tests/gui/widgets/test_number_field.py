from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bpviz.engine.settings import Setting, fields_of
from bpviz.engine.training_config import TrainingConfig
from bpviz.gui.widgets.editors import NumberEditor
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.numbers import exact_number, loss_text, parse_number, percent_text
from bpviz.gui.widgets.slider import Slider

RATE = Setting("Learning rate", "How large a step is", above=0)


@pytest.fixture
def field(qtbot):
    made = NumberField(RATE)
    qtbot.addWidget(made)
    made.set_value(0.03)
    made.show()
    return made


def type_in(qtbot, field, text, key=Qt.Key.Key_Return):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def test_enter_commits_the_number(qtbot, field):
    with qtbot.waitSignal(field.committed) as caught:
        type_in(qtbot, field, "0,5")
    assert caught.args == [0.5]
    assert field.text() == "0.5"
    assert not field.error


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "Learning rate must be above 0, got -1"),
        ("much", "Learning rate must be a number, got “much”"),
        ("", "Learning rate must be a number, got “”"),
    ],
)
def test_a_bad_number_is_refused_with_one_sentence(qtbot, field, text, sentence):
    committed = []
    field.committed.connect(committed.append)
    field.clear()
    with qtbot.waitSignal(field.refused) as caught:
        type_in(qtbot, field, text or "\b")
    assert caught.args == [sentence]
    assert field.toolTip() == sentence
    assert field.property("error") is True
    assert committed == []
    assert field.value == 0.03


def test_leaving_a_refused_field_shows_the_last_good_value(qtbot, field):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "-3")
    field.clearFocus()
    qtbot.waitUntil(lambda: field.text() == "0.03")
    assert "above 0" in field.toolTip()


def test_escape_takes_typing_back(qtbot, field):
    type_in(qtbot, field, "7", Qt.Key.Key_Escape)
    assert field.text() == "0.03"
    assert not field.isModified()


def test_typing_is_not_overwritten_from_outside(qtbot, field):
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, "0.2")
    field.set_value(0.9)
    assert field.text() == "0.2"


def test_whole_numbers_refuse_fractions(qtbot):
    field = NumberField(Setting("Batch size", at_least=1), whole=True)
    qtbot.addWidget(field)
    with pytest.raises(ValueError, match="whole number"):
        field.read("2.5")
    assert field.read("12") == 12


def test_percentages_are_shown_and_typed_as_such(qtbot):
    share = Setting("Test split", unit="%", at_least=0, below=1, slider=(0, 0.9))
    field = NumberField(share)
    qtbot.addWidget(field)
    field.set_value(0.35)
    assert field.text() == "35 %"
    assert field.read("40 %") == 0.4
    with pytest.raises(ValueError, match="below 100 %, got 150 %"):
        field.read("150")


def test_arrow_keys_step(qtbot, field):
    with qtbot.waitSignal(field.committed) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert caught.args == [0.033]


def test_arrow_keys_step_from_what_is_typed(qtbot):
    field = NumberField(Setting("Batch size", at_least=1, slider=(1, 50)), whole=True)
    qtbot.addWidget(field)
    field.set_value(10)
    field.show()
    committed = []
    field.committed.connect(committed.append)
    type_in(qtbot, field, "50", Qt.Key.Key_Up)
    assert committed == [50, 51]
    assert field.text() == "51"


def test_arrow_keys_do_not_drop_what_is_refused(qtbot, field):
    committed = []
    field.committed.connect(committed.append)
    with qtbot.waitSignal(field.refused):
        type_in(qtbot, field, "much", Qt.Key.Key_Down)
    assert committed == []
    assert field.error


def test_slider_and_field_follow_each_other(qtbot):
    editor = NumberEditor(fields_of(TrainingConfig)["learning_rate"])
    qtbot.addWidget(editor)
    qtbot.addWidget(editor.below)
    changes = []
    editor.changed.connect(lambda *change: changes.append(change))
    editor.set_value(0.03)
    assert changes == []
    assert editor.slider.value_at(editor.slider.value()) == pytest.approx(0.03, rel=0.05)
    editor.slider.setValue(editor.slider.position_of(1.0))
    assert changes == [("", 1.0, "")]
    assert editor.number.text() == "1"
    type_in(qtbot, editor.number, "0.001")
    assert changes[-1] == ("", 0.001, "")
    assert editor.slider.value() == editor.slider.position_of(0.001)
    assert len(changes) == 2


def test_a_drag_has_one_name_and_the_next_another(qtbot):
    editor = NumberEditor(fields_of(TrainingConfig)["l2"])
    qtbot.addWidget(editor)
    qtbot.addWidget(editor.below)
    drags = []
    editor.changed.connect(lambda _path, _value, drag: drags.append(drag))
    for positions in ((50, 90), (120, 200)):
        editor.slider.setSliderDown(True)
        for position in positions:
            editor.slider.setValue(position)
        editor.slider.setSliderDown(False)
    assert drags[0] == drags[1] != ""
    assert drags[2] == drags[3] != ""
    assert drags[1] != drags[2]


def test_a_click_jumps_to_the_place(qtbot):
    slider = Slider(0.0, 1.0)
    qtbot.addWidget(slider)
    slider.resize(200, 16)
    slider.show()
    with qtbot.waitSignal(slider.moved) as caught:
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert caught.args[0] == pytest.approx(0.5, abs=0.02)


def test_slider_shows_values_beyond_its_range_at_its_end(qtbot):
    slider = Slider(1, 100, logarithmic=True, whole=True)
    qtbot.addWidget(slider)
    moved = []
    slider.moved.connect(moved.append)
    slider.set_value(5000)
    assert slider.value() == slider.maximum()
    assert moved == []
    assert slider.value_at(slider.position_of(10)) == 10


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-3", 1e-3), ("−0,5", -0.5), (" 7 ", 7.0), ("x", None), ("inf", None), ("1_0", None)],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("value", [0.1, 1 / 3, -2.5e-9, 1e6, 123456.789, 0.0])
def test_what_is_written_exactly_is_read_back(value):
    assert parse_number(exact_number(value)) == value


def test_headline_numbers():
    assert loss_text(0.01811) == "0.0181"
    assert loss_text(0.000012) == "1.20e-5".replace("-", "−")
    assert loss_text(float("nan")) == "–"
    assert loss_text(float("inf")) == "∞"
    assert percent_text(0.9999) == "99.9 %"
    assert percent_text(1.0) == "100 %"


def test_a_zero_that_is_a_choice_is_shown_and_typed_by_its_name(qtbot):
    field = NumberField(fields_of(TrainingConfig)["evaluate_every"].setting, whole=True)
    qtbot.addWidget(field)
    field.show()
    assert field.text() == "auto"
    type_in(qtbot, field, "5")
    assert (field.text(), field.value) == ("5", 5)
    with qtbot.waitSignal(field.committed) as caught:
        type_in(qtbot, field, "Auto")
    assert caught.args == [0]
    assert field.text() == "auto"
    field.step(1)
    assert field.text() == "1"
    type_in(qtbot, field, "0")
    assert field.text() == "auto"
    type_in(qtbot, field, "often")
    assert field.error == "Evaluate every must be a number, got “often”"
