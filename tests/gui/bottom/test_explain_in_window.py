"""Explain in the whole window, with its threads: keys, the transport's button, live numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bpviz.engine.spec import ParameterId
from bpviz.gui.bottom.tabs import EXPLAIN
from bpviz.lab.edits import AddLayer


@pytest.fixture
def window(open_window):
    return open_window("worked-2-2-2")


def select(window, label):
    layout = window.session.snapshot.layout
    index = next(k for k in range(layout.size) if layout.label(k) == label)
    window.session.select(layout.id_of(index))


def shows(window, text):
    return lambda: text in window.explain.formula.text()


def test_the_key_shows_why_the_selected_weight_changes(qtbot, window):
    select(window, "w5")
    assert window.session.request.ask is None
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert window.bottom.tab == EXPLAIN
    qtbot.waitUntil(shows(window, "0.741365070 × 0.186815602 × 0.593269992 = 0.082167041"))


def test_asked_anywhere_it_shows_the_tab(qtbot, window):
    window.bottom.dismiss()
    window.session.explain(window.session.snapshot.layout.id_of(0))
    assert window.explain.isVisible()
    qtbot.waitUntil(shows(window, "∂E/∂w1"))


def test_a_layer_that_has_no_picture_yet_can_be_selected(qtbot, window):
    window.show_explanation()
    window.session.apply(AddLayer("h", 2))
    new = window.session.experiment.network.computed[1]
    assert new.id not in [layer.id for layer in window.session.snapshot.spec.layers]
    window.session.select(ParameterId(new.id, 0, "h", 0))
    qtbot.waitUntil(shows(window, "∂E/∂w5"))


def test_numbers_follow_the_training(qtbot, window):
    select(window, "w5")
    window.show_explanation()
    qtbot.waitUntil(shows(window, "0.082167041"))
    window.laboratory.train()
    seen = set()

    def changes():
        seen.add(window.explain.formula.text())
        return len(seen) > 4

    qtbot.waitUntil(changes, timeout=10_000)
    assert window.session.snapshot.running


def test_the_buttons_of_the_transport_and_the_keys_step(qtbot, window):
    session, stepper = window.session, window.explain.stepper
    window.laboratory.train()
    qtbot.waitUntil(lambda: session.snapshot.running, timeout=10_000)
    qtbot.mouseClick(window.transport.explain_button, Qt.MouseButton.LeftButton)
    assert window.bottom.tab == EXPLAIN
    qtbot.waitUntil(lambda: not session.snapshot.running and stepper.scene is not None)
    stepper.set_granularity("stage")
    assert session.stage == 1
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert session.stage == 2
    qtbot.waitUntil(lambda: session.motion is not None)
    qtbot.waitUntil(lambda: session.motion is None)
    qtbot.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert session.stage == 1
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not stepper.active
    assert session.stage == 0


def test_a_round_is_trained_and_looked_back_at(qtbot, window):
    session, stepper = window.session, window.explain.stepper
    window.show_explanation()
    stepper.set_granularity("stage")
    stepper.enter(6)
    session.explain_step()
    qtbot.waitUntil(lambda: session.snapshot.epoch == 1)
    assert session.stage == 2
    session.explain_step(-1)
    assert stepper.looking_back
    qtbot.waitUntil(shows(window, "E = 0.298371109 → 0.291027774"))
    assert session.snapshot.epoch == 0
    window.laboratory.step("batch")  # training on ends it
    qtbot.waitUntil(lambda: session.snapshot.epoch == 2)
    assert not stepper.looking_back


def test_it_gives_way_in_a_low_window(qtbot, window):
    window.show_explanation()
    low = window.bottom.height()
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.bottom.height() > low)
    assert window.canvas.height() > 400


def test_a_side_view_goes_with_its_switch_while_stepping_in_a_narrow_page(qtbot, window):
    explain = window.explain
    window.show_explanation()
    explain.side_choice.buttons["activation"].click()
    assert explain.side.isVisible()
    explain.stepper.enter(2)
    assert not explain.side_choice.isVisible()
    assert not explain.side.isVisible()
    explain.show_derivation()
    assert explain.side.isVisible()
    explain.side_choice.buttons["off"].click()
    assert not explain.side.isVisible()


def test_a_step_says_which_sample_it_is_about(window):
    window.show_explanation()
    window.explain.stepper.enter(2)
    assert window.explain.caption.text().endswith("training sample 1 of 1")
