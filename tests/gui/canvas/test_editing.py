"""Edits that are issued from the canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from bpviz.engine.activations import LeakyReLU
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.canvas.menus import activation_menu, layer_menu
from bpviz.gui.widgets.setting_field import SettingField
from bpviz.lab.edits import (
    AddLayer,
    AddUnit,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetLayer,
    SetParameters,
)
from tests.gui.canvas.conftest import Bench

WEIGHT = ParameterId("o", 0, "h", 0)


@pytest.fixture
def small(make: Callable[..., Bench]) -> Bench:
    return make(stack(2, 3, 1))


def open_editor(bench: Bench) -> None:
    bench.click(bench.edge_point("o", 0, "h", 0))
    assert bench.network.popover.isVisible()


def test_tooltips_of_the_editor_do_not_lie_over_it(
    small: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[QPoint, str]] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, of: shown.append((at, text)))
    open_editor(small)
    editor = small.network.popover
    for part in (editor.field, editor.slider, editor.freeze):
        here = QPoint(2, 2)
        QApplication.sendEvent(part, QHelpEvent(QEvent.Type.ToolTip, here, part.mapToGlobal(here)))
    assert [text for _, text in shown] == [
        part.toolTip() for part in (editor.field, editor.slider, editor.freeze)
    ]
    foot = editor.mapToGlobal(editor.rect().bottomLeft()).y()
    assert {at.y() for at, _ in shown} == {foot - 16}


def test_plus_and_minus_add_and_remove_a_unit(bench: Bench) -> None:
    bench.click(bench.control("plus", "h1"))
    bench.pump()
    bench.click(bench.control("minus", "h2"))
    bench.pump()
    assert [edit for edit, _ in bench.edits] == [AddUnit("h1"), RemoveUnit("h2")]
    picture = bench.network.current_picture()
    assert picture is not None
    assert [len(place.shown) for place in picture.scene.layout.layers] == [2, 7, 3, 1]


def test_inputs_and_outputs_have_no_plus_and_minus(bench: Bench) -> None:
    picture = bench.network.current_picture()
    assert picture is not None
    layers = {c.layer for c in picture.headers.controls if c.kind in ("plus", "minus")}
    assert layers == {1, 2}


def test_a_click_on_an_edge_selects_it_and_opens_the_editor(small: Bench) -> None:
    open_editor(small)
    assert small.session.selection == WEIGHT
    assert small.network.rect().contains(small.network.popover.geometry())
    assert not small.network.card.isVisible()


def test_a_typed_value_is_one_edit(small: Bench) -> None:
    open_editor(small)
    field = small.network.popover.field
    field.selectAll()
    QTest.keyClicks(field, "1.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    small.pump()
    assert small.edits == [(SetParameters({WEIGHT: 1.25}), "")]
    assert small.value(WEIGHT) == 1.25


def test_zero_sets_the_value_to_zero(small: Bench) -> None:
    open_editor(small)
    small.network.popover.zero.click()
    small.pump()
    assert small.value(WEIGHT) == 0.0


def test_a_drag_is_many_edits_and_one_step_of_undo(small: Bench) -> None:
    before = small.value(WEIGHT)
    open_editor(small)
    slider = small.network.popover.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 5))
    for x in (20, 60, 110):
        QTest.mouseMove(slider, QPoint(x, 5))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(110, 5))
    small.pump()
    assert len(small.edits) >= 3
    assert len({merge for _, merge in small.edits}) == 1
    assert small.edits[0][1]
    assert small.value(WEIGHT) != before
    small.session.undo()
    small.pump()
    assert small.value(WEIGHT) == before
    assert not small.laboratory.can_undo


def test_two_drags_are_two_steps_of_undo(small: Bench) -> None:
    open_editor(small)
    slider = small.network.popover.slider
    for x in (30, 120):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 5))
    assert len({merge for _, merge in small.edits}) == 2


def test_freezing_is_an_edit_and_the_editor_follows_it(small: Bench) -> None:
    open_editor(small)
    freeze = small.network.popover.freeze
    freeze.click()
    small.pump()
    assert small.edits == [(Freeze(frozenset({WEIGHT}), True), "")]
    assert freeze.isChecked()
    assert small.network.popover.isVisible()
    value = small.value(WEIGHT)
    small.train(2)
    assert small.value(WEIGHT) == value
    small.session.undo()
    small.pump()
    assert not freeze.isChecked()


def test_a_frozen_weight_says_so_on_its_card(small: Bench) -> None:
    small.session.apply(Freeze(frozenset({WEIGHT})))
    small.pump()
    small.move(small.edge_point("o", 0, "h", 0))
    text = small.network.card.text
    assert text is not None
    assert any("frozen" in remark for remark in text.remarks)


def test_escape_closes_the_editor(small: Bench) -> None:
    open_editor(small)
    QTest.keyClick(small.network.popover.field, Qt.Key.Key_Escape)
    assert not small.network.popover.isVisible()
    assert small.edits == []


def test_a_click_on_the_ground_closes_the_editor(small: Bench) -> None:
    open_editor(small)
    small.click(QPointF(5, small.network.height() - 40))
    assert not small.network.popover.isVisible()
    assert small.session.selection is None


def test_the_editor_closes_when_its_parameter_goes(small: Bench) -> None:
    open_editor(small)
    small.session.apply(RemoveUnit("h", 0))
    small.pump()
    assert not small.network.popover.isVisible()


def test_the_bias_of_a_unit_can_be_edited(small: Bench) -> None:
    small.click(small.bias_point("o", 0))
    small.network.popover.zero.click()
    assert small.edits == [(SetParameters({ParameterId("o", 0): 0.0}), "")]


def test_delete_removes_the_hovered_unit(bench: Bench) -> None:
    at = bench.view.point_of_unit("h1", 2)
    assert at is not None
    bench.move(at)
    QTest.keyClick(bench.network, Qt.Key.Key_Delete)
    assert [edit for edit, _ in bench.edits] == [RemoveUnit("h1", 2)]


def test_delete_on_an_input_is_refused_in_words(bench: Bench) -> None:
    at = bench.view.point_of_unit("i", 0)
    assert at is not None
    bench.move(at)
    QTest.keyClick(bench.network, Qt.Key.Key_Delete)
    assert len(bench.said) == 1
    assert "data" in bench.said[0]


def test_a_layer_is_put_in_between_two_columns(bench: Bench) -> None:
    picture = bench.network.current_picture()
    assert picture is not None
    place = picture.headers.insert_places()[1]
    bench.move(place.rect.center())
    bench.click(place.rect.center())
    bench.pump()
    assert [edit for edit, _ in bench.edits] == [AddLayer("h1")]
    assert len(bench.session.experiment.network.layers) == 5


def test_the_activation_menu_offers_what_is_legal(bench: Bench) -> None:
    spec = bench.session.experiment.network
    menu = activation_menu(bench.session, spec.layer("h1"), bench.network)
    kinds = [action.text() for action in menu.actions()]
    assert "softmax" not in kinds
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["tanh"]
    next(a for a in menu.actions() if a.text() == "sigmoid").trigger()
    assert [edit for edit, _ in bench.edits] == [SetLayer("h1", "activation", "sigmoid")]


def test_an_activation_is_set_where_it_is_chosen(bench: Bench) -> None:
    bench.session.apply(SetLayer("h1", "activation", "leaky_relu"))
    layer = bench.session.experiment.network.layer("h1")
    menu = activation_menu(bench.session, layer, bench.network)
    menu.popup(QPoint(0, 0))
    slope = next(iter(menu.findChildren(SettingField)))
    assert slope.label.text() == fields_of(LeakyReLU)["slope"].setting.label
    line = slope.editor.focusProxy()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.session.experiment.network.layer("h1").activation == LeakyReLU(slope=0.2)
    assert bench.session.laboratory.undo_text == "change slope of h1"
    menu.close()


def test_the_layer_menu_removes_the_layer(bench: Bench) -> None:
    spec = bench.session.experiment.network
    menu = layer_menu(bench.session, spec.layer("h1"), lambda *_: None, bench.network)
    next(a for a in menu.actions() if a.text() == "Remove this layer").trigger()
    assert [edit for edit, _ in bench.edits] == [RemoveLayer("h1")]


def test_a_menu_of_a_layer_that_has_gone_does_nothing(bench: Bench) -> None:
    spec = bench.session.experiment.network
    menu = layer_menu(bench.session, spec.layer("h1"), lambda *_: None, bench.network)
    bench.session.apply(RemoveLayer("h1"))
    bench.edits.clear()
    next(a for a in menu.actions() if a.text() == "Add a unit").trigger()
    assert bench.edits == []


def test_what_is_typed_while_it_trains_replaces_the_live_value(small: Bench) -> None:
    small.click(small.edge_point("h", 0, "i", 1))
    field = small.network.popover.field
    small.view.activateWindow()
    QTest.qWaitForWindowActive(small.view)
    assert field.hasFocus()
    before = field.text()
    small.train(2)
    assert field.text() != before
    QTest.keyClicks(field, "5")
    small.train(2)
    QTest.keyClick(field, Qt.Key.Key_Return)
    small.pump()
    assert small.value(ParameterId("h", 0, "i", 1)) == 5.0


def test_a_value_that_is_being_looked_into_is_held_still(small: Bench) -> None:
    small.click(small.edge_point("h", 0, "i", 1))
    field = small.network.popover.field
    small.view.activateWindow()
    QTest.qWaitForWindowActive(small.view)
    field.deselect()
    field.setCursorPosition(3)
    before = field.text()
    small.train(2)
    assert (field.text(), field.cursorPosition()) == (before, 3)


def test_a_refused_value_is_said_in_the_editor(small: Bench) -> None:
    small.click(small.edge_point("h", 0, "i", 1))
    popover = small.network.popover
    popover.field.selectAll()
    QTest.keyClicks(popover.field, "5 apples")
    QTest.keyClick(popover.field, Qt.Key.Key_Return)
    assert popover.error.isVisible()
    assert "number" in popover.error.text()
    assert popover.rect().contains(popover.freeze.geometry())
    assert small.network.rect().contains(popover.geometry())
    QTest.keyClick(popover.field, Qt.Key.Key_Backspace)
    assert popover.error.isHidden()


def test_the_editor_names_its_parameter_anew_when_units_come(small: Bench) -> None:
    open_editor(small)
    popover = small.network.popover
    before = popover.title.text()
    small.session.apply(AddUnit("h"))
    small.pump()
    snapshot, picture = small.session.snapshot, small.network.picture
    assert snapshot is not None
    assert picture is not None
    assert popover.title.text() == picture.naming.title(snapshot.layout.index_of(WEIGHT)) != before
    assert popover.title.toolTip() == popover.title.text()


def test_a_slider_that_is_held_is_not_moved_by_the_training(small: Bench) -> None:
    open_editor(small)
    popover = small.network.popover
    slider = popover.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 4, 5))
    held, shown = slider.value(), popover.field.text()
    small.train(3)
    small.session.apply(SetParameters({WEIGHT: 2.5}))
    small.pump()
    assert (slider.value(), popover.field.text()) == (held, shown)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 4, 5))
    small.train(1)
    assert slider.value() != held


def test_why_asks_for_the_explanation_of_the_parameter(small: Bench) -> None:
    asked: list[object] = []
    small.session.explain_asked.connect(lambda: asked.append(small.session.selection))
    open_editor(small)
    assert asked == []
    why = small.network.popover.why
    assert why.toolTip()
    assert why.accessibleName()
    QTest.mouseClick(why, Qt.MouseButton.LeftButton)
    assert asked == [WEIGHT]


def test_w_asks_why_of_the_cursor_or_of_the_selection(small: Bench) -> None:
    asked: list[object] = []
    small.session.explain_asked.connect(lambda: asked.append(small.session.selection))
    network = small.network
    network.setFocus()
    QTest.keyClick(network, Qt.Key.Key_W)
    assert asked == []
    small.session.select(WEIGHT)
    QTest.keyClick(network, Qt.Key.Key_W)
    QTest.keyClick(network, Qt.Key.Key_Down)
    QTest.keyClick(network, Qt.Key.Key_Tab)
    QTest.keyClick(network, Qt.Key.Key_W)
    assert asked == [WEIGHT, ParameterId("h", 0)]


def test_dropout_is_chosen_in_the_layers_menu_and_told_in_its_header(bench: Bench) -> None:
    spec = bench.session.experiment.network
    menu = layer_menu(bench.session, spec.layer("h1"), lambda *_: None, bench.network)
    shares = next(a.menu() for a in menu.actions() if a.text() == "Dropout")
    texts = [action.text() for action in shares.actions()]
    assert texts == ["None", "10 %", "20 %", "30 %", "50 %"]
    assert [action.text() for action in shares.actions() if action.isChecked()] == ["None"]
    shares.actions()[2].trigger()
    assert bench.edits[-1][0] == SetLayer("h1", "dropout", 0.2)
    bench.pump()
    picture = bench.network.current_picture()
    assert picture is not None
    headers = picture.headers
    assert headers._infos[1] == ["6 units · tanh · drop 20 %"]
    assert headers._infos[2] == ["4 units · tanh"]


def test_an_own_share_of_dropout_is_in_the_menu_and_the_output_has_none(bench: Bench) -> None:
    bench.session.apply(SetLayer("h1", "dropout", 0.25))
    spec = bench.session.experiment.network
    menu = layer_menu(bench.session, spec.layer("h1"), lambda *_: None, bench.network)
    shares = next(a.menu() for a in menu.actions() if a.text() == "Dropout")
    assert [action.text() for action in shares.actions() if action.isChecked()] == ["25 %"]
    menu = layer_menu(bench.session, spec.output, lambda *_: None, bench.network)
    assert "Dropout" not in [action.text() for action in menu.actions()]
