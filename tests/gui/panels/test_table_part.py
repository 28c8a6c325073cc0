"""What was found in a person's table, and what a person says of its columns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bpviz.datasets.dataset import DATASETS
from bpviz.gui.dialogs.importing import ImportDialog
from bpviz.gui.panels.data_section import DataSection
from bpviz.gui.panels.remarks import Remarks
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
    source = bench.experiment.data.source
    bench.session.apply(Change("data.source", replace(source, leave_out=("length",))))
    assert inputs(bench)[0] == "width"
    assert part.target is target
    assert "left out" in target.itemData(0, Qt.ItemDataRole.ToolTipRole)
    bench.session.apply(Change("data.source", DATASETS["iris"]()))
    bench.session.undo()
    assert part.target.value == ("kind",)


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


def test_two_targets_in_a_row(bench, section):
    part = section.table
    part.target.chosen.emit(("length",))
    part.target.chosen.emit(("width",))
    assert bench.experiment.data.source.target == ("width",)


def test_the_button_opens_the_import_of_the_present_table(qtbot, bench, section):
    section.table.columns_button.click()
    dialog = section.findChild(ImportDialog)
    qtbot.waitUntil(lambda: dialog.is_read, timeout=10_000)
    assert dialog.config == bench.experiment.data
    dialog.shown.table.go_to("colour")
    dialog.shown.bar.roles.buttons["left out"].click()
    qtbot.waitUntil(lambda: dialog.is_read, timeout=10_000)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.ok.click()
    assert inputs(bench) == ("length", "width")
    assert bench.experiment.network.inputs[0].units == 2
    assert section.table.columns_button.text() == "2 of 4 columns…"


def test_other_data_has_no_table(bench, section):
    bench.session.apply(Change("data.source", DATASETS["circle"]()))
    assert section.table.isHidden()


def test_columns_that_stay_keep_what_was_learned(bench, section):
    source = bench.experiment.data.source
    bench.session.apply(Change("data.source.leave_out", ("width",)))
    assert bench.experiment.network.inputs[0].ids == (0, 2, 3)
    assert bench.experiment.data.source != source
