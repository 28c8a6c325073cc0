from __future__ import annotations

import functools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMainWindow

from bpviz.datasets.own import OwnSamples
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.panels.input_values import MOST_SLIDERS, InputValues
from bpviz.lab.edits import Change, Load
from tests.gui.without_threads import Bench


def made(qtbot, experiment="playground"):
    bench = Bench(experiment)
    panel = InputValues(bench.session)
    qtbot.addWidget(panel)
    panel.show()
    return bench, panel


def test_it_shows_the_sample_in_its_own_units(qtbot):
    bench, panel = made(qtbot, "iris")
    sample = bench.session.evaluation.probe.inputs
    assert [row.number.value for row in panel.rows] == pytest.approx(list(sample))
    data = bench.session.snapshot.data
    assert panel.caption.text() == sample_text(data, bench.session.request.sample)
    assert panel.caption.text().startswith("test sample")
    assert panel.back_button.isHidden()
    assert set(panel.outputs.lines) >= {"Taken for", "Target"}


def test_typing_an_input_asks_and_keeps_the_others(qtbot):
    bench, panel = made(qtbot)
    other = bench.session.evaluation.probe.inputs[1]
    field = panel.rows[0].number
    field.selectAll()
    qtbot.keyClicks(field, "1.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert bench.session.request.typed == (1.5, other)
    panel.set_input(1, -2.0)
    assert bench.session.request.typed == (1.5, -2.0)
    bench.pump()
    qtbot.waitUntil(lambda: "Target" not in panel.outputs.lines)
    expected = bench.session.evaluation.probe.outs[-1][0]
    assert float(panel.outputs.lines["Output ŷ"].text()) == pytest.approx(expected, abs=1e-3)


def test_dragging_an_input_asks_at_once_and_is_not_disturbed(qtbot):
    bench, panel = made(qtbot)
    slider = panel.rows[0].slider
    slider.setSliderDown(True)
    slider.setValue(slider.position_of(2.0))
    typed = bench.session.request.typed
    assert typed[0] == pytest.approx(2.0, abs=0.1)
    bench.pump()
    assert slider.value() == slider.position_of(2.0)
    slider.setSliderDown(False)


def test_back_to_the_sample(qtbot):
    bench, panel = made(qtbot)
    panel.set_input(0, 3.0)
    assert not panel.back_button.isHidden()
    assert panel.caption.text() == "typed values"
    qtbot.mouseClick(panel.back_button, Qt.MouseButton.LeftButton)
    assert bench.session.request.typed is None
    bench.pump()
    first = bench.session.snapshot.data.dataset.inputs[0, 0]
    qtbot.waitUntil(lambda: panel.rows[0].number.value == first)


def test_picking_a_sample_elsewhere_shows_it(qtbot):
    bench, panel = made(qtbot)
    bench.session.ask(sample=17)
    bench.pump()
    data = bench.session.snapshot.data
    assert panel.caption.text() == sample_text(data, 17)
    assert f"of {len(data.train_rows)}" in sample_text(data, data.train_rows[0])
    wanted = bench.session.snapshot.data.dataset.inputs[17]
    qtbot.waitUntil(lambda: panel.rows[1].number.value == wanted[1])


def test_other_data_brings_other_rows(qtbot):
    bench, panel = made(qtbot)
    bench.session.apply(Change("data.source", "iris"))
    bench.pump()
    qtbot.waitUntil(lambda: len(panel.rows) == 4)
    bench.session.apply(Load(Bench("digits").experiment))
    bench.pump()
    qtbot.waitUntil(lambda: panel.rows == [])
    assert "draw" in panel.note.text()
    assert not panel.note.isHidden()


def with_many_inputs():
    names = tuple(f"x{k}" for k in range(MOST_SLIDERS + 4))
    rows = tuple(tuple(np.arange(len(names) + 1.0) + k) for k in range(4))
    own = OwnSamples(input_names=names, target_names=("y",), rows=rows)
    bench = Bench()
    bench.session.apply(Change("data.test_fraction", 0.0))
    assert bench.session.apply(Change("data.source", own))
    bench.pump()
    return bench, InputValues(bench.session)


def test_many_inputs_stand_in_a_table(qtbot):
    bench, panel = with_many_inputs()
    qtbot.addWidget(panel)
    assert panel.rows == []
    inputs = panel.table.inputs
    cell = inputs.index(3, 1)
    assert inputs.index(3, 0).data() == "x₃"
    assert float(cell.data()) == bench.session.evaluation.probe.inputs[3]
    assert inputs.setData(cell, "9,5")
    assert bench.session.request.typed[3] == 9.5
    assert cell.data() == "9.5"
    assert not inputs.setData(cell, "nonsense")
    assert bench.session.request.typed[3] == 9.5
    assert cell.data() == "9.5"
    bench.session.ask(typed=None)
    bench.pump()
    qtbot.waitUntil(lambda: cell.data() != "9.5")
    assert not inputs.setData(cell, cell.data())
    assert bench.session.request.typed is None, "leaving a cell as it is changes nothing"


@pytest.mark.parametrize("key", ["0", "2", "+", "-", ",", "s"])
def test_typing_into_a_chosen_cell_is_no_key_of_the_window(qtbot, key):
    _bench, panel = with_many_inputs()
    window, used = QMainWindow(), []
    qtbot.addWidget(window)
    window.setCentralWidget(panel)
    for shortcut in (key, "Space"):
        QShortcut(QKeySequence(shortcut), window, functools.partial(used.append, shortcut))
    window.show()
    window.activateWindow()
    table = panel.table
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.setCurrentIndex(table.inputs.index(3, 1))
    qtbot.keyClick(table, " ")
    assert used == ["Space"]
    qtbot.keyClick(table, key)
    assert used == ["Space"]
    assert table.findChild(QLineEdit).text() == key
    qtbot.keyClick(table.findChild(QLineEdit), Qt.Key.Key_Escape)
    table.setCurrentIndex(table.inputs.index(3, 0))
    qtbot.keyClick(table, key)
    assert used == ["Space", key]


def test_values_to_predict_have_targets_beside_them(qtbot):
    _bench, panel = made(qtbot, "worked-2-2-2")
    assert list(panel.outputs.lines) == ["Output o₁", "Output o₂", "Target o₁", "Target o₂"]
    assert panel.outputs.lines["Target o₂"].text() == "0.9900"
