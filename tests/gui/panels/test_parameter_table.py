from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.canvas.names import Naming, pretty
from bpviz.gui.panels.parameter_model import (
    FROZEN,
    GRADIENT,
    LABEL,
    PLACE,
    VALUE,
    ParameterModel,
)
from bpviz.gui.panels.parameter_table import ParameterTable
from bpviz.lab.edits import AddUnit, Freeze, SetParameters
from tests.gui.without_threads import Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def table(qtbot, bench):
    made = ParameterTable(bench.session)
    qtbot.addWidget(made)
    return made


def column(model, number):
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_weights_come_before_biases_in_the_order_of_their_names(table):
    labels = column(table.model, LABEL)
    assert labels == [
        *(pretty(f"w{k}") for k in range(1, 41)),
        *(pretty(f"b{k}") for k in range(1, 12)),
    ]


def test_names_follow_the_numbering_of_the_network(qtbot):
    model = ParameterTable(Bench("article-2-2-2").session)
    qtbot.addWidget(model)
    assert column(model.model, LABEL)[:4] == ["w₁", "w₂", "w₃", "w₄"]


def test_a_value_is_edited_in_place(bench, table):
    index = table.model.index(4, VALUE)
    parameter = table.model.parameter_at(4)
    assert table.model.setData(index, "−0,25")
    assert bench.edits == [SetParameters({parameter: -0.25})]
    bench.pump()
    assert table.model.number(bench.session.snapshot.layout.find("w5"), VALUE) == -0.25
    assert not table.model.setData(index, "much")
    assert "must be a number" in bench.said[-1]


def test_a_check_box_freezes(bench, table):
    index = table.model.index(0, FROZEN)
    parameter = table.model.parameter_at(0)
    checked = Qt.CheckState.Checked
    assert table.model.setData(index, checked.value, Qt.ItemDataRole.CheckStateRole)
    assert bench.edits == [Freeze(frozenset({parameter}), True)]
    bench.pump()
    table.model.show_snapshot(bench.session.snapshot)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == checked


def test_sorting_by_value_and_the_order_stays_while_numbers_run(bench, table):
    table.view.sortByColumn(VALUE, Qt.SortOrder.DescendingOrder)
    labels = column(table.model, LABEL)
    theta = bench.session.snapshot.theta
    assert labels[0] == pretty(bench.session.snapshot.layout.label(int(np.argmax(theta))))
    moved = replace(bench.session.snapshot, theta=-theta)
    assert table.model.show_snapshot(moved) is False
    assert column(table.model, LABEL) == labels


def test_filter_by_place(table):
    table.filter.setText("bias")
    assert column(table.model, LABEL) == [pretty(f"b{k}") for k in range(1, 12)]
    for text in ("x1 → h11", "x₁ → h1₁", "X1 H11"):
        table.filter.setText(text)
        assert column(table.model, PLACE) == ["x₁ → h1₁"]
    table.filter.setText("bias y")
    assert column(table.model, PLACE) == ["bias of ŷ"]
    table.filter.setText("nothing like it")
    assert "No parameter" in table.caption.text()
    table.filter.setText("")
    assert table.model.rowCount() == 51


def test_another_network_brings_other_rows(bench, table):
    bench.session.apply(AddUnit("h1"))
    bench.pump()
    table.model.show_snapshot(bench.session.snapshot)
    assert table.model.rowCount() == 51 + 2 + 4 + 1


def test_what_is_copied_can_be_pasted_bit_for_bit(bench, table):
    before = np.array(bench.session.snapshot.theta)
    table.copy()
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0].split("\t")[:3] == ["name", "from → to", "value"]
    zeros = {table.model.parameter_at(k): 0.0 for k in range(51)}
    bench.session.apply(SetParameters(zeros))
    bench.pump()
    assert not bench.session.snapshot.theta.any()
    table.paste()
    bench.pump()
    assert bench.session.snapshot.theta.tobytes() == before.tobytes()


def test_a_column_of_values_goes_from_the_chosen_row_on(bench, table):
    table.view.setCurrentIndex(table.model.index(2, VALUE))
    QGuiApplication.clipboard().setText("0,5\n-1\n")
    table.paste()
    wanted = {table.model.parameter_at(2): 0.5, table.model.parameter_at(3): -1.0}
    assert bench.edits == [SetParameters(wanted)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to paste"),
        ("w1\t0.5\nw99\t1", "no parameter 'w99'"),
        ("w1\t0.5\nw2\tmany", "line 2"),
        ("\n".join(["1"] * 60), "60 values to paste but only 51 rows"),
    ],
)
def test_a_bad_paste_is_refused_as_a_whole(bench, table, text, sentence):
    with pytest.raises(SettingError, match=sentence):
        table.model.read_text(text, 0)
    QGuiApplication.clipboard().setText(text)
    table.paste()
    assert bench.edits == []


def test_selection_goes_both_ways(qtbot, bench, table):
    table.show()
    target = table.model.parameter_at(7)
    bench.session.select(target)
    assert table.view.currentIndex().row() == 7
    bench.session.select(ParameterId("gone", 0))
    table.view.setFocus()
    qtbot.waitUntil(table.view.hasFocus)
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    assert bench.session.selection == table.model.parameter_at(8)


def of_network(snapshot, spec):
    size = layout_of(spec).size
    zeros = np.zeros(size)
    return replace(
        snapshot,
        experiment=replace(snapshot.experiment, network=spec),
        theta=np.arange(size) * 1.0,
        gradient=zeros,
        update=zeros,
        moments={},
        steps=0,
    )


def counted(monkeypatch, owner, name, calls):
    original = getattr(owner, name)
    monkeypatch.setattr(
        owner, name, lambda self, *given: calls.append(name) or original(self, *given)
    )


def test_a_sort_takes_the_chosen_rows_along(table):
    table.view.selectRow(3)
    wanted = table.model.as_text([3])
    parameter = table.model.parameter_at(3)
    table.view.sortByColumn(VALUE, Qt.SortOrder.DescendingOrder)
    assert table.model.row_of(parameter) != 3
    assert table.view.chosen_rows() == [table.model.row_of(parameter)]
    table.copy()
    assert QGuiApplication.clipboard().text() == wanted


def test_copying_and_filtering_do_not_ask_row_by_row(bench, table, monkeypatch):
    spec = stack(30, 40, 2)
    snapshot = of_network(bench.session.snapshot, spec)
    size, biases = snapshot.layout.size, 42
    table.model.show_snapshot(snapshot)
    calls = []
    for name in ("label", "id_of", "description"):
        counted(monkeypatch, type(snapshot.layout), name, calls)
    counted(monkeypatch, ParameterModel, "flags", calls)
    table.view.selectAll()
    assert table.view.chosen_rows() == list(range(size))
    calls.clear()
    table.copy()
    assert len(calls) <= biases
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 1 + size
    assert lines[1] == "w1\tx1 → h1\t0.0\t0.0\t0.0".replace("x1 → h1", table.model._text(0, PLACE))
    calls.clear()
    table.model.set_filter("h12")
    assert len(calls) <= biases
    assert table.model.rowCount() == 30 + 2 + 1


def test_another_numbering_brings_other_names(bench, table):
    by_target, by_source = (stack(2, 3, 1, numbering=n) for n in ("destination", "source"))
    for spec, second in ((by_target, "x₂ → h₁"), (by_source, "x₁ → h₂")):
        table.model.show_snapshot(of_network(bench.session.snapshot, spec))
        assert column(table.model, LABEL)[:3] == ["w₁", "w₂", "w₃"]
        assert column(table.model, PLACE)[1].replace("h1", "h") == second
        assert table.model.as_text([1]).splitlines()[1].startswith(f"w2\t{second}")


def test_a_hundred_thousand_parameters_are_not_looked_at_one_by_one(bench, monkeypatch):
    spec = stack(200, 500, 10)
    layout = layout_of(spec)
    size = layout.size
    assert size > 100_000
    snapshot = of_network(bench.session.snapshot, spec)
    looked_at = []
    counted(monkeypatch, type(layout), "label", looked_at)
    model = ParameterModel(bench.session)
    model.show_snapshot(snapshot)
    model.sort(GRADIENT, Qt.SortOrder.AscendingOrder)
    assert model.rowCount() == size
    assert looked_at == []
    assert model.index(size - 1, LABEL).data()
    assert len(looked_at) == 1


def test_the_table_says_how_to_use_it(table):
    assert "Double-click" in table.view.toolTip()


def test_filter_texts_are_those_of_the_rows(bench, table):
    model = table.model
    model.set_filter("h1")
    texts = dict(zip(column(model, LABEL), column(model, PLACE), strict=True))
    layout = bench.session.snapshot.layout
    naming = Naming(layout, bench.session.snapshot.data)
    assert texts == {label: naming.ends(layout.id_of(layout.find(label))) for label in texts}
    assert all("h1" in place for place in texts.values())


def test_the_dialog_itself_says_what_came_of_it(bench, table):
    index = table.model.index(0, VALUE)
    assert not table.model.setData(index, "abc")
    assert "abc" in table.note.text()
    assert table.note.property("role") == "error"
    QGuiApplication.clipboard().setText("w1\t0.5\nw2\t-1")
    table.paste()
    assert table.note.text() == "Pasted 2 values."
    assert table.note.property("role") == "secondary"
    QGuiApplication.clipboard().setText("w1\tmany")
    table.paste()
    assert "no number" in table.note.text()
    assert table.model.setData(index, "0.25")
    assert table.note.text() == ""


def test_an_edit_sorts_anew_and_the_chosen_row_goes_along(bench, table):
    table.view.sortByColumn(VALUE, Qt.SortOrder.DescendingOrder)
    chosen = table.model.index(20, VALUE)
    parameter = table.model.parameter_at(20)
    table.view.setCurrentIndex(chosen)
    assert table.model.setData(chosen, "99")
    bench.pump()
    table.model.show_snapshot(bench.session.snapshot)
    assert table.model.parameter_at(0) == parameter
    assert table.view.currentIndex().row() == 0


def test_other_column_names_are_shown_at_once(bench, table):
    snapshot = bench.session.snapshot
    dataset = replace(snapshot.data.dataset, input_names=("width", "height"))
    data = replace(snapshot.data, dataset=dataset)
    table.model.show_snapshot(replace(snapshot, data=data))
    assert column(table.model, PLACE)[0] == "width → h1₁"


def test_typing_into_the_dialog_is_no_key_of_the_window(qtbot, bench):
    window = QMainWindow()
    qtbot.addWidget(window)
    used = []
    for key in ("Space", "S", "R", "1", "Ctrl+Z"):
        action = QAction(key, window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _on=False, key=key: used.append(key))
        window.menuBar().addAction(action)
    window.show()
    dialog = ParameterTable(bench.session, window)
    dialog.show()
    dialog.activateWindow()
    dialog.filter.setFocus()
    qtbot.waitUntil(dialog.filter.hasFocus)
    qtbot.keyClicks(dialog.filter, " s r1")
    assert dialog.filter.text() == " s r1"
    qtbot.keyClick(dialog.filter, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dialog.view.setFocus()
    qtbot.keyClicks(dialog.view, "sr1 ")
    assert used == []


def test_a_closed_table_hears_of_no_edit_any_more(qtbot, bench):
    table = ParameterTable(bench.session)
    table.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    table.show()
    with qtbot.waitSignal(table.destroyed):
        table.close()
    assert bench.session.apply(AddUnit("h1"))
