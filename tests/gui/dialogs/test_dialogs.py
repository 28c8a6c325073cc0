from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QTableView

from bpviz.datasets.own import OwnSamples
from bpviz.engine.settings import SettingError
from bpviz.gui.dialogs.about import AboutDialog
from bpviz.gui.dialogs.log import LogDialog
from bpviz.gui.dialogs.samples import SamplesDialog
from bpviz.gui.dialogs.samples_model import SamplesModel
from bpviz.gui.dialogs.shortcuts import ShortcutsDialog
from bpviz.lab.edits import Change
from tests.gui.without_threads import Bench

TWO_CLASSES = OwnSamples(
    input_names=("a", "b"),
    target_names=("kind",),
    class_names=("cat", "dog"),
    rows=((0.5, 1.0, 0.0), (0.1, -2.0, 1.0)),
)


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def dialog(qtbot, bench):
    made = SamplesDialog(bench.session)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    return made


def put(model, row, column, text):
    model.setData(model.index(row, column), text)


@pytest.mark.parametrize("samples", [OwnSamples(), TWO_CLASSES], ids=["values", "classes"])
def test_samples_come_out_as_they_went_in(qapp, samples):
    assert SamplesModel(samples).samples() == samples


def test_what_can_be_read_or_typed_says_so(qtbot, dialog, tmp_path):
    log = LogDialog(tmp_path / "log.txt")
    qtbot.addWidget(log)
    for widget in (log.text, dialog.findChild(QTableView)):
        assert widget.toolTip()


def test_typing_a_number(dialog, bench):
    put(dialog.model, 1, 0, "−0,5")
    assert dialog.samples.rows[1] == (-0.5, 1.0, 1.0)
    dialog.accept()
    assert bench.edits == [Change("data.source", dialog.samples)]


@pytest.mark.parametrize("renamed", [False, True])
def test_other_values_keep_what_was_learned_and_other_columns_begin_anew(qtbot, bench, renamed):
    bench.session.apply(Change("data.source", TWO_CLASSES))
    bench.laboratory.train_epochs(3)
    for _ in range(4):
        bench.pump()
    assert bench.session.snapshot.epoch == 3
    dialog = SamplesDialog(bench.session)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    put(dialog.model, 1, 0, "7")
    if renamed:
        dialog.model.rename(0, "length")
    dialog.accept()
    bench.pump()
    assert bench.session.experiment.data.source == dialog.samples
    assert bench.session.snapshot.epoch == (0 if renamed else 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "Row 2, column x1 must be a number, got “abc”."),
        ("", "Row 2, column x1 is empty."),
    ],
)
def test_what_is_wrong_is_said_and_cannot_be_used(dialog, bench, text, sentence):
    put(dialog.model, 1, 0, text)
    assert dialog.error.text() == sentence
    assert not dialog.ok.isEnabled()
    dialog.accept()
    assert bench.edits == []
    put(dialog.model, 1, 0, "3")
    assert dialog.error.text() == ""
    assert dialog.ok.isEnabled()


def test_names_of_classes(dialog):
    for row, name in enumerate(("no", "yes", "yes", "no")):
        put(dialog.model, row, 2, name)
    assert "choose “Class”" in dialog.error.text()
    dialog.kind.buttons["class"].click()
    assert dialog.samples.class_names == ("no", "yes")
    assert [row[-1] for row in dialog.samples.rows] == [0, 1, 1, 0]
    assert dialog.model.headerData(2, Qt.Orientation.Horizontal) == "y (class)"


def test_rows_and_columns_come_and_go(dialog):
    model = dialog.model
    dialog.add_row()
    assert model.rowCount() == 5
    model.paste("1\t2\t3", 4, 0)
    model.add_column(is_target=False)
    model.add_column(is_target=True)
    assert model.names == ["x1", "x2", "x3", "y", "y1"]
    assert dialog.samples.rows[4] == (1.0, 2.0, 0.0, 3.0, 0.0)
    model.remove_column(0)
    model.rename(0, "height")
    assert dialog.samples.input_names == ("height", "x3")
    model.remove_rows([0, 1, 2])
    assert len(dialog.samples.rows) == 2
    model.remove_rows([0, 1])
    assert dialog.error.text() == "Type or paste at least one sample."


def test_the_last_input_cannot_go(qapp):
    model = SamplesModel(OwnSamples(input_names=("x",), rows=((1.0, 2.0),)))
    with pytest.raises(SettingError, match="at least one input"):
        model.remove_column(0)
    with pytest.raises(SettingError, match="at least one target"):
        model.remove_column(1)


def test_a_table_is_pasted_whole_and_copied_back(dialog):
    QGuiApplication.clipboard().setText("size\tweight\tkind\n1\t2\tcat\n3\t4\tdog\n")
    dialog.paste_table()
    assert dialog.samples.input_names == ("size", "weight")
    assert dialog.samples.class_names == ("cat", "dog")
    assert dialog.kind.value == "class"
    before = dialog.samples
    dialog.copy_table()
    dialog.paste_table()
    assert dialog.samples == before


def test_a_bad_table_changes_nothing(dialog):
    before = dialog.samples
    QGuiApplication.clipboard().setText("1\t2\t3\n1\t2\n")
    dialog.paste_table()
    assert "Row 2 must have 3 columns" in dialog.error.text()
    assert dialog.model.samples() == before


def test_cells_are_pasted_where_the_cursor_is(qtbot, dialog):
    dialog.show()
    dialog.view.setCurrentIndex(dialog.model.index(3, 1))
    QGuiApplication.clipboard().setText("7\t8\n9\t10\n")
    qtbot.keyClick(dialog.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.model.cells[3] == ["1", "7", "8"]
    assert dialog.model.cells[4] == ["", "9", "10"]
    assert dialog.error.text() == "Row 5, column x1 is empty."


def test_what_the_experiment_refuses_keeps_the_table_open(qtbot, dialog, bench, monkeypatch):
    def refuse(edit, merge=""):
        raise SettingError("these targets cannot be learned")

    monkeypatch.setattr(bench.laboratory, "apply", refuse)
    dialog.show()
    put(dialog.model, 0, 0, "5")
    dialog.accept()
    assert dialog.isVisible()
    assert bench.said == ["these targets cannot be learned"]


def test_shortcuts_are_listed(qtbot):
    dialog = ShortcutsDialog([("Train or pause", "Space"), ("Train N epochs…", "N")])
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert {"Train or pause", "Space", "Train N epochs", "N"} <= set(texts)


def test_about_names_the_version(qtbot):
    import bpviz

    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert bpviz.__version__ in texts


def test_the_end_of_the_log_is_shown_and_copied(qtbot, tmp_path):
    path = tmp_path / "bpviz.log"
    path.write_text("x" * 300_000 + "\nthe last line", "utf-8")
    dialog = LogDialog(path)
    qtbot.addWidget(dialog)
    assert dialog.text.toPlainText().endswith("the last line")
    assert len(dialog.text.toPlainText()) <= 200_000
    dialog._copy()
    assert QGuiApplication.clipboard().text().endswith("the last line")


def test_no_log_yet(qtbot, tmp_path):
    dialog = LogDialog(tmp_path / "none.log")
    qtbot.addWidget(dialog)
    assert dialog.text.toPlainText() == "Nothing has been logged yet."
