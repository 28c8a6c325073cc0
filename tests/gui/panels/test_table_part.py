"""What was found in a person's table, and what a person says of its columns."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.tables.sources import TableFile
from bpviz.gui.panels.data_section import DataSection
from bpviz.gui.panels.remarks import Remarks
from bpviz.gui.panels.table_part import with_inputs
from bpviz.gui.tables import open_table
from bpviz.lab.edits import Change
from tests.gui.without_threads import Bench

_ROWS = [
    f"{1 + k % 5 + 3 * (k % 2)},5;{k % 7},25;{('blue', 'red')[k % 3 > 0]};{('lily', 'rose')[k % 2]}"
    for k in range(40)
]


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def section(qtbot, bench, tmp_path):
    made = DataSection(bench.session)
    qtbot.addWidget(made)
    made.resize(216, 700)
    made.show()
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(["length;width;colour;kind", *_ROWS, ""]))
    open_table(bench.session, path)
    return made


def inputs(bench):
    return bench.laboratory.data.dataset.input_names


def test_the_panel_says_what_was_found(section):
    part = section.table
    assert part.name.text() == "flowers.csv"
    assert part.extent.text() == "40 rows × 4 columns"
    assert part.found.text() == "UTF-8, semicolons, decimal comma, first row is names"
    assert part.columns_button.text() == "3 of 4 columns…"
    assert part.target.currentText() == "kind"


def test_remarks_are_folded_counted_and_can_be_copied(bench, section):
    remarks = section.remarks
    assert remarks.sentences == bench.laboratory.data.reports
    assert remarks.section.button.text() == f"{len(remarks.sentences)} remarks on the data"
    assert remarks.section.folded
    remarks.section.fold(False)
    assert remarks.text.toPlainText().splitlines() == list(remarks.sentences)
    remarks.copy_button.click()
    assert QGuiApplication.clipboard().text().splitlines() == list(remarks.sentences)
    assert "Copied" in bench.said[-1]


def test_long_names_in_remarks_break_at_underscores_and_are_copied_whole(qtbot):
    remarks = Remarks()
    qtbot.addWidget(remarks)
    remarks.resize(212, 300)
    remarks.show_sentences(("Column identification_of_the_measured_specimen is left out.",))
    remarks.section.fold(False)
    remarks.show()
    block = remarks.text.document().firstBlock()
    lines = [block.layout().lineAt(k) for k in range(block.layout().lineCount())]
    ends = [block.text()[line.textStart() + line.textLength() - 1] for line in lines]
    assert len(lines) > 1
    assert all(end in " \N{ZERO WIDTH SPACE}." for end in ends)
    remarks.text.selectAll()
    remarks.text.copy()
    assert QGuiApplication.clipboard().text() == remarks.sentences[0]


def test_remarks_are_called_by_their_number(qtbot):
    remarks = Remarks()
    qtbot.addWidget(remarks)
    remarks.show_sentences(("One.", "Two."))
    button = remarks.section.button
    assert button.accessibleName() == "2 remarks on the data, section"
    assert button.toolTip() == "Unfold 2 remarks on the data"
    remarks.show_sentences(("One.",))
    assert button.accessibleName() == "1 remark on the data, section"


def test_a_list_that_is_written_stands_beside_its_label(qtbot, open_window):
    form = open_window("iris").settings_panel.data.more_form
    field = form.fields["class_weights"]
    form.parentWidget().parentWidget().fold(False)
    qtbot.waitUntil(lambda: field.label.geometry().right() < field.editor.x())
    assert field.editor.width() >= 90


def test_the_list_of_targets_is_made_anew_only_for_other_columns(bench, section):
    part = section.table
    target = part.target
    part.columns_button.click()
    part.dialog.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert inputs(bench)[0] == "width"
    assert part.target is target
    assert "left out" in target.itemData(0, Qt.ItemDataRole.ToolTipRole)
    bench.session.apply(Change("data.source", DATASETS["iris"]()))
    bench.session.undo()
    assert part.target.value == ("kind",)
    part.dialog.close()


def test_another_target_and_back(bench, section):
    part = section.table
    part.target.chosen.emit(("width",))
    assert bench.laboratory.data.dataset.target_names == ("width",)
    assert bench.experiment.training.loss.kind == "half_squared"
    assert part.target.value == ("width",)
    bench.session.undo()
    assert bench.laboratory.data.dataset.target_names == ("kind",)
    assert part.target.currentText() == "kind"


def test_a_target_that_was_left_out_or_an_input_is_so_no_more(bench, section):
    source = bench.experiment.data.source
    bench.session.apply(Change("data.source", type(source)(path=source.path, leave_out=("width",))))
    section.table.target.chosen.emit(("width",))
    assert bench.laboratory.data.dataset.target_names == ("width",)
    assert bench.experiment.data.source.leave_out == ()


def test_how_it_is_read_can_be_said(bench, section):
    editor = section.table.form.fields["decimal"].editor
    editor.choice.chosen.emit("point")
    assert bench.experiment.data.source.decimal == "point"
    assert any(name.startswith("length = ") for name in inputs(bench))


def test_a_column_is_left_out_and_taken_in_again(bench, section):
    dialog = section.table.open_columns()
    items = [dialog.list.topLevelItem(k) for k in range(4)]
    assert [item.text(0) for item in items] == ["length", "width", "colour", "kind"]
    assert items[3].data(0, Qt.ItemDataRole.CheckStateRole) is None, "the target is no input"
    items[2].setCheckState(0, Qt.CheckState.Unchecked)
    assert inputs(bench) == ("length", "width")
    assert bench.experiment.network.inputs[0].units == 2
    assert section.table.columns_button.text() == "2 of 4 columns…"
    items[2].setCheckState(0, Qt.CheckState.Checked)
    assert inputs(bench) == ("length", "width", "colour = blue", "colour = red")
    dialog.close()


def test_space_ticks_all_chosen_rows(qtbot, bench, section):
    dialog = section.table.open_columns()
    for k in (0, 2, 3):
        dialog.list.topLevelItem(k).setSelected(True)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert inputs(bench) == ("width",)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert len(inputs(bench)) == 4
    dialog.close()


def test_columns_are_found_by_a_part_of_their_name(section):
    dialog = section.table.open_columns()
    dialog.search.setText("WID")
    hidden = [dialog.list.topLevelItem(k).isHidden() for k in range(4)]
    assert hidden == [True, False, True, True]
    dialog.close()


def test_numbers_can_be_categories(qtbot, bench, section):
    dialog = section.table.open_columns()
    item = dialog.list.topLevelItem(1)
    dialog.list.editItem(item, 1)
    box = dialog.list.findChild(QComboBox)
    box.setCurrentText("category")
    box.activated.emit(1)
    assert "width = 0.25" in inputs(bench)
    assert item.text(1) == "category"
    dialog.list.editItem(item, 0)
    assert dialog.list.findChildren(QComboBox) in ([], [box]), "names are not edited"
    dialog.close()


def test_the_only_input_cannot_be_left_out(bench, section):
    before = bench.experiment
    dialog = section.table.open_columns()
    items = [dialog.list.topLevelItem(k) for k in range(3)]
    for item in items:
        item.setCheckState(0, Qt.CheckState.Unchecked)
    assert inputs(bench) == ("colour = blue", "colour = red")
    assert "input" in bench.said[-1]
    ticks = [item.checkState(0) == Qt.CheckState.Checked for item in items]
    assert ticks == [False, False, True]
    bench.session.undo()
    bench.session.undo()
    assert bench.experiment is before
    dialog.close()


def test_other_data_closes_the_list_of_columns(qtbot, bench, section):
    dialog = section.table.open_columns()
    with qtbot.waitSignal(dialog.destroyed):
        bench.session.apply(Change("data.source", DATASETS["circle"]()))
    assert section.table.isHidden()
    assert section.table.dialog is None


def test_columns_that_stay_keep_what_was_learned(bench, section):
    source = bench.experiment.data.source
    bench.session.apply(Change("data.source.leave_out", ("width",)))
    assert bench.experiment.network.inputs[0].ids == (0, 2, 3)
    assert bench.experiment.data.source != source


@pytest.mark.parametrize(
    ("given", "names", "wanted", "inputs", "left_out"),
    [
        ({}, ("b",), False, (), ("b",)),
        ({"leave_out": ("b", "c")}, ("b",), True, (), ("c",)),
        ({"inputs": ("a", "b")}, ("b",), False, ("a",), ()),
        ({"inputs": ("a",)}, ("b",), True, ("a", "b"), ()),
        ({}, ("c",), True, ("a", "b", "c"), ()),
    ],
)
def test_recipes_for_a_tick(given, names, wanted, inputs, left_out):
    changed = with_inputs(TableFile(**given), ("a", "b"), names, wanted)
    assert (changed.inputs, changed.leave_out) == (inputs, left_out)
