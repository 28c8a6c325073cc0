"""The gradient check: its result, its thread, its age, its rows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication

from bpviz.engine.gradient_check import check_gradient
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.gradient_model import ERROR, NAME, PLACE
from bpviz.gui.bottom.tabs import GRADIENT_CHECK
from bpviz.gui.theme import DARK
from bpviz.lab.edits import AddUnit, Load
from tests.gui.gate import Gate
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench()


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def page(qtbot, bench, gate):
    card = BottomCard(bench.session, gate)
    qtbot.addWidget(card)
    card.resize(800, card.height())
    card.show()
    card.show_tab(GRADIENT_CHECK)
    made = card.pages[GRADIENT_CHECK]
    made.card = card
    yield made
    gate.open()
    card.shut()


def checked(qtbot, page):
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)


def test_before_a_check_it_says_what_to_do(page):
    assert "Check nudges each weight" in page.sentence.text()
    assert "51 gradients over 250 training samples" in page.sentence.text()
    assert page.check_button.isEnabled()
    assert not page.cancel_button.isVisible()


def test_the_result_is_that_of_the_engine(qtbot, bench, page):
    checked(qtbot, page)
    snapshot = bench.session.snapshot
    alone = check_gradient(
        snapshot.spec, snapshot.experiment.training, snapshot.data.training, snapshot.theta
    )
    errors = alone.relative_errors
    worst = int(np.argmax(errors))
    label = snapshot.layout.label(worst)
    size = f"{alone.max_relative_error:.1e}".replace("e-0", "e-")
    assert page.sentence.text() == (
        f"All 51 gradients agree: largest relative error {size} ({label})."
    )
    assert page.model.index(0, NAME).data() == label
    rows = [page.model.position_at(k) for k in range(page.model.rowCount())]
    assert sorted(rows) == list(range(51))
    assert list(errors[rows]) == sorted(errors, reverse=True)
    assert "Epoch 0 · 250 training samples" in page.taken.text()


def test_cancel_ends_the_thread_and_keeps_what_was_compared(qtbot, page, gate):
    gate.shut()
    page.check()
    assert gate.reached.wait(20)
    thread = page.background._thread
    assert page.cancel_button.isVisible()
    assert page.progress.isVisible()
    assert not page.check_button.isVisible()
    qtbot.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    ended = []
    thread.finished.connect(lambda: ended.append(True))
    gate.open()
    qtbot.waitUntil(lambda: bool(ended) and not page.running, timeout=20_000)
    assert page.check_button.isVisible()
    assert page.report is None  # it was held before the first gradient
    assert "Check nudges each weight" in page.sentence.text()


def test_closing_during_a_check_ends_it(page):
    page._yield_to = lambda: page._task._cancelled.wait(20)  # no way on but to be cancelled
    page.check()
    thread = page.background._thread
    ended = []
    thread.finished.connect(lambda: ended.append(True), Qt.ConnectionType.DirectConnection)
    page.card.close()
    assert ended
    assert not page.running
    assert not page.background._poll.isActive()


def test_a_second_click_starts_no_second_check(page, gate):
    gate.shut()
    page.check()
    thread = page.background._thread
    page.check()
    assert page.background._thread is thread
    gate.open()


def test_it_is_out_of_date_when_the_weights_have_changed(qtbot, bench, page):
    checked(qtbot, page)
    assert not page.stale
    bench.laboratory.step("epoch")
    bench.pump()
    qtbot.waitUntil(lambda: page.stale)
    assert page.taken.text().startswith("Out of date: the weights have changed since · Epoch 0")
    checked(qtbot, page)
    assert not page.stale
    assert page.taken.text().startswith("Epoch 1")


def test_a_row_selects_its_weight_everywhere(qtbot, bench, page):
    checked(qtbot, page)
    place = page.table.visualRect(page.model.index(2, ERROR)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.session.selection == page.model.parameter_at(2)
    assert page.scatter.marked == page.model.position_at(2)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert bench.session.selection == page.model.parameter_at(3)


def test_a_selection_made_elsewhere_is_shown(qtbot, bench, page):
    checked(qtbot, page)
    bench.session.select(bench.session.snapshot.layout.id_of(17))
    row = page.table.currentIndex().row()
    assert page.model.position_at(row) == 17
    bench.session.select(None)
    assert page.scatter.marked == -1
    assert not page.table.selectionModel().selectedRows()


def test_a_dot_selects_its_weight(qtbot, bench, page):
    checked(qtbot, page)
    x, y = page.scatter.places()[5]
    at = page.scatter.dot_at(QPointF(x, y))
    page.scatter.clicked.emit(at)
    assert bench.session.selection == bench.session.snapshot.layout.id_of(at)
    gradient = np.abs(page.report.check.analytic)
    assert gradient[at] == pytest.approx(gradient[5], rel=0.3)


def test_a_weight_that_is_gone_is_not_selected(qtbot, bench, page):
    checked(qtbot, page)
    other = Bench("iris").experiment
    bench.laboratory.experiment = other
    page._select(0)
    assert bench.session.selection is None
    assert "no longer" in bench.said[-1]


def test_the_table_is_copied_with_all_digits(qtbot, page):
    checked(qtbot, page)
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["name", "from → to", "analytic", "numerical", "relative error"]
    assert len(lines) == 52
    assert float(lines[1].split("\t")[2]) == page.report.check.analytic[page.model.position_at(0)]


def test_it_survives_other_networks_and_themes(qtbot, bench, page):
    checked(qtbot, page)
    bench.session.apply(AddUnit("h1"))
    bench.pump()
    bench.session.show(theme=DARK)
    qtbot.waitUntil(lambda: page.stale)
    assert "the network has changed since" in page.taken.text()
    assert not page.card.grab().isNull()


def test_inputs_are_called_as_the_data_calls_them(qtbot, bench, page):
    bench.session.apply(Load(Bench("xor-skip").experiment))
    bench.pump()
    checked(qtbot, page)
    model = page.table.model()
    places = {model.index(row, PLACE).data() for row in range(model.rowCount())}
    assert {"a → y1", "b → y1"} <= places
