"""Operations: the walk, what it marks, what the cards say, live refresh, a large graph's thread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.operation_words import BEGINNING
from bpviz.explain.terms import UnitRef
from bpviz.gui.bottom import operations_page, operations_source
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.operations_texts import card_text, tooltip
from bpviz.gui.bottom.tabs import WATCH
from bpviz.gui.theme import DARK
from bpviz.lab.edits import AddUnit, Load
from tests.gui.without_threads import Bench

OPERATIONS = "Operations"


@pytest.fixture
def bench(qtbot):
    return Bench("worked-2-2-2")


@pytest.fixture
def card(qtbot, bench):
    made = BottomCard(bench.session)
    qtbot.addWidget(made)
    made.resize(760, made.height())
    made.show()
    yield made
    made.shut()


@pytest.fixture
def page(card):
    card.show_tab(OPERATIONS)
    return card.pages[OPERATIONS]


def names(page):
    return [x.name for x in page.graph.operations]


def at(page, name, layer=""):
    """The id of an operation."""
    graph = page.graph
    return next(x.id for x in graph.operations if x.name == name and x.layer == layer)


def card_of(page, name, layer=""):
    k = at(page, name, layer)
    operation = page.graph.operations[k]
    return card_text(page.graph, operation, k in page.graph.known(page.steps))


def entries(text):
    return {entry.caption: entry.rows for entry in text.entries}


def click_card(qtbot, page, operation):
    picture, viewport = page.view.picture, page.view.viewport()
    center = picture.box(operation).center().toPoint()
    page.view.ensureVisible(center.x(), center.y(), 60, 10)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=picture.mapTo(viewport, center))


def test_before_the_walk_it_says_what_to_do(page):
    assert page.sentence.text() == BEGINNING
    assert page.place.text() == "0 of 10"
    assert page.back.isEnabled()
    assert not page.forward.isEnabled()
    assert entries(card_of(page, "reduce_sum"))["grad"] == (("–",),)


def test_nothing_is_computed_while_it_is_hidden(card):
    assert card.pages[OPERATIONS].graph is None


def test_the_walk_goes_back_and_forth(qtbot, page):
    for _ in range(3):
        qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert page.place.text() == "3 of 10"
    assert page.sentence.text().startswith("square (o1): its derivative is 2·x = 2·(−0.7414)")
    assert page.view.picture.present == at(page, "square")
    assert entries(card_of(page, "subtract"))["grad"] == (("−0.7414", "0.2171"),)
    assert entries(card_of(page, "sigmoid", "o"))["grad"] == (("–",),)
    qtbot.mouseClick(page.forward, Qt.MouseButton.LeftButton)
    assert page.view.picture.present == at(page, "multiply")
    assert page.view.accessibleDescription() == page.sentence.text()


def test_all_walks_to_the_weights_and_back_to_the_beginning(qtbot, page):
    qtbot.mouseClick(page.all, Qt.MouseButton.LeftButton)
    assert page.place.text() == "10 of 10"
    assert not page.back.isEnabled()
    weights = entries(card_of(page, "weights", "h"))
    assert weights["value"] == (("0.15", "0.2"), ("0.25", "0.3"))
    assert weights["grad"] == (("0.0004386", "0.0008771"), ("0.0004977", "0.0009954"))
    assert entries(card_of(page, "inputs", "i"))[""] == (("constant",),)
    qtbot.mouseClick(page.all, Qt.MouseButton.LeftButton)
    assert page.place.text() == "0 of 10"


def test_the_keyboard_steps_and_zooms(qtbot, page):
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Left)
    qtbot.keyClick(page.view, Qt.Key.Key_Left)
    qtbot.keyClick(page.view, Qt.Key.Key_Right)
    assert page.steps == 1
    before = page.view.picture.zoom
    qtbot.keyClick(page.view, Qt.Key.Key_Plus)
    assert page.view.picture.zoom > before
    qtbot.mouseClick(page.fit, Qt.MouseButton.LeftButton)
    assert page.view.picture.zoom == before


def test_play_walks_by_itself_to_the_end(qtbot, page):
    page._playing.setInterval(1)
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    assert page.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: not page._playing.isActive())
    assert page.place.text() == "10 of 10"
    assert page.play.accessibleName() == "Play"
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    assert page.steps == 1
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    assert not page._playing.isActive()


def test_a_click_on_a_card_goes_there(qtbot, page):
    wanted = at(page, "sigmoid", "o")
    click_card(qtbot, page, wanted)
    assert page.view.picture.present == wanted
    click_card(qtbot, page, at(page, "targets"))
    assert page.view.picture.present == wanted


def test_a_drag_moves_the_graph_and_clicks_nothing(qtbot, page):
    view = page.view
    bar = view.horizontalScrollBar()
    start = QPoint(300, view.viewport().height() - 30)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view.viewport(), start - QPoint(100, 0))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(100, 0))
    assert bar.value() == 100
    assert page.steps == 0


def test_the_wheel_zooms_about_the_mouse(page):
    view = page.view
    point = QPointF(200, 60)
    under = (point - QPointF(view.picture.pos())) / view.picture.zoom

    def wheel(y, modifiers=Qt.KeyboardModifier.NoModifier):
        event = QWheelEvent(
            point,
            QPointF(view.viewport().mapToGlobal(point.toPoint())),
            QPoint(),
            QPoint(0, y),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)

    wheel(240)
    after = (point - QPointF(view.picture.pos())) / view.picture.zoom
    assert abs(after.x() - under.x()) < 1.5
    place = view.horizontalScrollBar().value()
    wheel(-120, Qt.KeyboardModifier.ShiftModifier)
    assert view.horizontalScrollBar().value() == place + 120


def test_what_a_step_speaks_of_is_marked_on_the_canvas(bench, page):
    page.go_to(page.graph.backwards.index(at(page, "matmul", "o")) + 1)
    (mark,) = bench.session.marks
    assert mark.role == "carried"
    assert mark.units == (UnitRef("o", 0), UnitRef("o", 1))
    layout = bench.session.snapshot.layout
    assert {layout.label(layout.index_of(p)) for p in mark.parameters} == {"w5", "w6", "w7", "w8"}
    page.view.picture.pointed.emit(at(page, "sigmoid", "h"))
    assert [(m.role, m.units[0].layer) for m in bench.session.marks] == [("slope", "h")]
    page.view.picture.pointed.emit(-1)
    assert bench.session.marks == (mark,)
    page.hide()
    assert bench.session.marks == ()


def test_the_cards_say_more_in_their_tooltip(qtbot, page):
    page.go_to(5)
    graph, known = page.graph, page.graph.known(5)
    operation = graph.operations[at(page, "sigmoid", "o")]
    text = tooltip(graph, operation, operation.id in known)
    assert "sigmoid of o: 1/(1+e^−net)" in text
    assert "out (1−out)" in text
    assert "0.7414   −0.2171" in text
    bias = graph.operations[at(page, "bias", "h")]
    assert "not known yet" in tooltip(graph, bias, False)
    assert "It does not learn." in tooltip(graph, bias, False)
    targets = graph.operations[at(page, "targets")]
    assert "is a constant and is not updated" in tooltip(graph, targets, False)
    picture = page.view.picture
    point = picture.box(operation.id).center().toPoint()
    help_event = QHelpEvent(QEvent.Type.ToolTip, point, picture.mapToGlobal(point))
    QApplication.sendEvent(picture, help_event)
    assert "sigmoid of o" in QToolTip.text()
    QToolTip.hideText()


def test_the_walk_stays_where_it_is_while_training(qtbot, bench, page):
    page.go_to(4)
    before = page.sentence.text()
    bench.laboratory.step("epoch")
    bench.pump()
    qtbot.waitUntil(lambda: page.sentence.text() != before)
    assert page.steps == 4
    assert page.graph.moment.theta is bench.session.snapshot.theta
    bench.session.apply(AddUnit("h"))
    bench.pump()
    qtbot.waitUntil(lambda: page.graph.operations[2].value.shape == (1, 3))
    assert page.steps == 4


@pytest.fixture
def xor(qtbot):
    bench = Bench("xor-2-3-1")
    card = BottomCard(bench.session)
    qtbot.addWidget(card)
    card.show()
    card.show_tab(OPERATIONS)
    yield bench, card.pages[OPERATIONS]
    card.shut()


def choose(page, index):
    page.of.setCurrentIndex(index)
    page.of.activated.emit(index)


def test_one_sample_or_the_batch(xor):
    bench, page = xor
    page.go_to(2)
    choose(page, 1)
    assert page.graph.moment.is_batch
    assert page.graph.error.value.item() == pytest.approx(page.graph.moment.error)
    assert names(page)[-3:] == ["subtract", "square", "reduce_sum"]
    assert page.steps == 2
    assert "batch 1 of epoch 1 (4 samples)" in page.place.toolTip()
    assert entries(card_of(page, "square"))["value"] == (("4×1",),)
    bench.session.ask(sample=2)
    choose(page, 0)
    assert page.graph.moment.of == "training sample 3 of 4"


def test_other_operations_begin_a_new_walk(qtbot, xor):
    bench, page = xor
    page.go_to(3)
    bench.session.apply(Load(gallery_experiment("worked-2-2-2")))
    bench.pump()
    qtbot.waitUntil(lambda: "multiply" in names(page))
    assert page.place.text() == "0 of 10"
    assert page.sentence.text() == BEGINNING


def test_large_shapes_have_a_norm(qtbot):
    bench = Bench("digits")
    card = BottomCard(bench.session)
    qtbot.addWidget(card)
    card.show()
    card.show_tab(OPERATIONS)
    page = card.pages[OPERATIONS]
    page.go_to(99)
    k = at(page, "weights", "h")
    shown = entries(card_of(page, "weights", "h"))
    assert shown["value"] == (("32×64",),)
    norm = np.linalg.norm(page.graph.operations[k].gradient)
    assert shown["grad"] == ((f"32×64, norm {norm:.4f}",),)
    assert " to " in tooltip(page.graph, page.graph.operations[k], True)
    # Nobody could tell so many weights apart on the canvas.
    page.view.picture.pointed.emit(k)
    assert bench.session.marks[0].parameters == ()
    card.shut()


def test_a_large_graph_is_made_on_a_thread_the_latest_one_last(qtbot, monkeypatch, bench, card):
    monkeypatch.setattr(operations_source, "_AT_ONCE", 0)
    card.show_tab(OPERATIONS)
    page = card.pages[OPERATIONS]
    assert page.graph is None
    assert page.source.working
    bench.laboratory.step("epoch")
    bench.pump()
    page._ask()
    qtbot.waitUntil(lambda: page.graph is not None and not page.source.working)
    assert page.graph.moment.theta is bench.session.snapshot.theta


def test_while_training_runs_no_frame_waits_for_a_graph(qtbot, bench, page):
    paused = page.graph
    assert not page.source.working
    bench.session.snapshot = replace(bench.session.snapshot, running=True)
    page._ask()
    assert page.source.working
    assert page.graph is paused
    qtbot.waitUntil(lambda: not page.source.working)
    assert page.graph is not paused


@pytest.mark.parametrize("at_once", [0, operations_source._AT_ONCE])
def test_a_failure_is_said_once_for_each_network(qtbot, monkeypatch, bench, card, caplog, at_once):
    tried = []

    def fail(moment):
        tried.append(moment)
        raise MemoryError("no room")

    def ask_again():
        # It may be at the same already, by itself.
        qtbot.waitUntil(lambda: not page.source.working)
        before = len(tried)
        page._ask()
        qtbot.waitUntil(lambda: len(tried) > before and not page.source.working)

    made = operations_source.operation_graph
    monkeypatch.setattr(operations_source, "_AT_ONCE", at_once)
    monkeypatch.setattr(operations_source, "operation_graph", fail)
    page = card.pages[OPERATIONS]
    card.show_tab(OPERATIONS)
    qtbot.waitUntil(lambda: bool(tried) and not page.source.working)
    for _ in range(3):
        bench.laboratory.step("batch")
        bench.pump()
        ask_again()
    assert len(bench.said) == 1
    assert "could not be computed" in bench.said[0]
    assert caplog.text.count("MemoryError: no room") == 1
    bench.session.apply(AddUnit("h"))
    bench.pump()
    ask_again()
    assert len(bench.said) == 2
    monkeypatch.setattr(operations_source, "operation_graph", made)
    page._ask()  # the same moment, tried again
    qtbot.waitUntil(lambda: page.graph is not None and not page.source.working)


def test_back_on_the_tab_the_present_card_is_lit_up_again(bench, card, page):
    page.go_to(3)
    marks = bench.session.marks
    assert marks
    other = at(page, "weights", "h")
    page.view.picture._hover(other)
    pointed = bench.session.marks
    assert pointed != marks
    card.show_tab(WATCH)
    assert bench.session.marks == ()
    card.show_tab(OPERATIONS)
    assert bench.session.marks == marks
    page.view.picture._hover(other)
    assert bench.session.marks == pointed


def test_looks(bench, page):
    page.go_to(6)
    bench.session.show(theme=DARK)
    image = page.view.picture.grab().toImage()
    box = page.view.picture.box(page.view.picture.present)
    colors = {
        image.pixelColor(round(box.left()) + dx, round(box.center().y())).name() for dx in range(3)
    }
    assert DARK.accent in colors


def test_a_large_graph_is_held_only_while_somebody_looks(card, page, bench, monkeypatch):
    monkeypatch.setattr(operations_page, "_MOST_UNSEEN", 0)
    page.go_to(3)
    card.show_tab(WATCH)
    assert page.graph is None
    assert page.source._asked is None
    card.show_tab(OPERATIONS)
    assert page.graph is not None
    assert page.graph.moment.theta is bench.session.snapshot.theta
    assert page.steps == 3
    monkeypatch.undo()
    kept = page.graph
    card.show_tab(WATCH)
    assert page.graph is kept
