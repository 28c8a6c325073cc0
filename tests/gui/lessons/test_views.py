"""Check my numbers and predict, as they are worked with."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bpviz.gui.lessons.views.check_numbers import CheckNumbersView
from bpviz.gui.lessons.views.predict import PredictView
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench("worked-2-2-2")


@pytest.fixture
def view(qtbot, bench):
    made = CheckNumbersView(bench.session, ["w5", "w1"])
    qtbot.addWidget(made)
    made.show()
    return made


def put(qtbot, view, name, text):
    field = view.fields[name]
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_it_says_what_is_given_and_asks_in_order(view):
    assert "i1 = 0.05, i2 = 0.1; targets 0.01, 0.99; learning rate 0.5" in view.given.text()
    assert list(view.fields)[:2] == ["net h1", "out h1"]
    assert list(view.fields)[-2:] == ["∂E/∂w5", "new w5"]
    assert view.sentence.text().startswith("Type what you worked out")


def test_a_wrong_number_is_marked_and_said(qtbot, view):
    put(qtbot, view, "net o1", "1,1059")
    put(qtbot, view, "out o1", "0.7500")
    assert view.sentence.text() == (
        "out o1: you have 0.7500, it is 0.75136507; you are 0.00137 too low. "
        "net o1 was right, so look at the sigmoid."
    )
    assert view.fields["out o1"].property("error")
    assert view._marks["out o1"].accessibleName() == "out o1: wrong"
    assert view._marks["net o1"].accessibleName() == "net o1: right"
    put(qtbot, view, "out o1", "0.7514")
    assert not view.fields["out o1"].property("error")


def test_enter_goes_on_to_the_next_number(qtbot, view):
    view.activateWindow()
    put(qtbot, view, "net h1", "0.3775")
    assert view.fields["out h1"].hasFocus()


def test_all_right_is_done_once(qtbot, view):
    done = []
    view.done.connect(lambda: done.append(True))
    for quantity in view._wanted:
        assert not done
        put(qtbot, view, quantity.name, f"{quantity.value:.6g}")
    assert done == [True]
    assert view.sentence.text() == "All 16 numbers are right."
    view.check_button.click()
    assert done == [True]


def test_another_weight_and_other_weights(qtbot, bench, view):
    put(qtbot, view, "net h1", "0.3775")
    view.parameter.set_value("w1")
    view.parameter.chosen.emit("w1")
    assert list(view.fields)[-1] == "new w1"
    assert view.fields["net h1"].text() == ""
    bench.laboratory.step("epoch")
    for _ in range(3):
        bench.pump()
    view.begin()
    assert "epoch 1" in view.given.text()
    put(qtbot, view, "out o1", "0.7514")
    assert view._marks["out o1"].accessibleName() == "out o1: wrong"


def test_any_parameter_of_a_small_network(qtbot):
    made = CheckNumbersView(Bench("derivation-2-2-1").session)
    qtbot.addWidget(made)
    assert made.parameter.count() == 9
    assert made.parameter.itemText(0) == "w1  x1 → y1"


def test_a_large_network_is_refused_in_words(qtbot):
    made = CheckNumbersView(Bench("digits").session)
    qtbot.addWidget(made)
    assert made.fields == {}
    assert "too large" in made.sentence.text()
    other = CheckNumbersView(Bench("digits").session, ["w1"])
    qtbot.addWidget(other)
    assert "42 units" in other.sentence.text()


def test_predicting_is_done_with_the_first_new_input(qtbot, bench):
    made = PredictView(bench.session)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.done):
        field = made.inputs.rows[0].number
        field.selectAll()
        qtbot.keyClicks(field, "0.7")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    bench.pump()
    assert bench.session.evaluation.probe.inputs[0] == 0.7
