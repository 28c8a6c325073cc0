"""People's own tables in the window: opened, dropped, pasted, cancelled, changed, refused."""

from __future__ import annotations

import threading
import warnings

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import write_experiment
from bpviz.gui import files, tables
from bpviz.gui.dialogs.importing import ImportDialog
from bpviz.lab import preparing
from bpviz.lab.edits import AddUnit, Change

COLOURS, KINDS = ("blue", "red", "red"), ("lily", "rose")
_ROWS = [
    f"{1 + k % 5 + 3 * (k % 2)},5;{k % 7},25;{COLOURS[k % 3]};{KINDS[k % 2]}" for k in range(40)
]
FLOWERS = "\n".join(["length;width;colour;kind", *_ROWS, ""])


@pytest.fixture
def flowers(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    return path


@pytest.fixture
def loaded(qtbot, window, flowers):
    files.open_path(window, flowers)
    wait_for(qtbot, window, "file")
    return window


def wait_for(qtbot, window, kind):
    qtbot.waitUntil(
        lambda: window.session.experiment.data.source.kind == kind and not window.loader.running,
        timeout=10_000,
    )


def settled(qtbot, window):
    qtbot.waitUntil(lambda: not window.loader.running, timeout=10_000)


def test_an_opened_table_becomes_the_data_and_is_learned_from(qtbot, window, flowers):
    before = window.session.experiment
    files.open_path(window, flowers)
    assert window.session.experiment is before, "reading goes on in the background"
    wait_for(qtbot, window, "file")
    data = window.laboratory.data
    assert data.dataset.class_names == ("lily", "rose")
    assert data.dataset.input_names == ("length", "width", "colour = blue", "colour = red")
    qtbot.waitUntil(lambda: window.session.latest.epoch > 0, timeout=10_000)
    window.laboratory.pause()
    window.session.undo()
    assert window.session.experiment == before


def read(qtbot, dialog):
    qtbot.waitUntil(lambda: dialog.is_read, timeout=10_000)


def leave_out(dialog, *names):
    for name in names:
        dialog.shown.table.go_to(name)
        dialog.shown.bar.roles.buttons["left out"].click()


def test_columns_are_left_out_one_after_the_other_and_none_is_lost(qtbot, loaded):
    loaded.laboratory.pause()
    dialog = loaded.settings_panel.data.read_again()
    read(qtbot, dialog)
    leave_out(dialog, "length", "colour")
    dialog.ok.click()
    qtbot.waitUntil(lambda: loaded.laboratory.data.dataset.input_names == ("width",))
    settled(qtbot, loaded)
    assert loaded.session.experiment.network.inputs[0].units == 1
    qtbot.waitUntil(lambda: loaded.findChildren(ImportDialog) == [])
    loaded.session.undo()
    assert len(loaded.laboratory.data.dataset.input_names) == 4


def test_the_only_input_cannot_be_left_out(qtbot, loaded):
    dialog = loaded.settings_panel.data.read_again()
    read(qtbot, dialog)
    leave_out(dialog, "length", "width", "colour")
    read(qtbot, dialog)
    assert "input" in dialog.error.text()
    assert not dialog.ok.isEnabled()
    dialog.cancel.click()
    assert len(loaded.laboratory.data.dataset.input_names) == 4


def test_a_table_is_imported_from_the_menu(qtbot, window, flowers, monkeypatch):
    monkeypatch.setattr(
        tables.QFileDialog, "getOpenFileName", lambda *_arguments: (str(flowers), "")
    )
    before = window.session.experiment
    window.actions_by_name["Import table…"].trigger()
    dialog = window.findChild(ImportDialog)
    read(qtbot, dialog)
    leave_out(dialog, "colour")
    dialog.form.rows["scaling"].choice.chosen.emit("min-max")
    assert window.session.experiment is before
    dialog.ok.click()
    wait_for(qtbot, window, "file")
    assert window.laboratory.data.dataset.input_names == ("length", "width")
    assert window.session.experiment.data.scaling == "min-max"
    qtbot.waitUntil(lambda: window.session.latest.epoch > 0, timeout=10_000)
    qtbot.waitUntil(lambda: window.session.snapshot.data is window.laboratory.data)
    window.laboratory.pause()
    window.session.undo()
    assert window.session.experiment is before


def test_no_file_is_no_import(window, monkeypatch):
    monkeypatch.setattr(tables.QFileDialog, "getOpenFileName", lambda *_arguments: ("", ""))
    window.actions_by_name["Import table…"].trigger()
    assert window.findChild(ImportDialog) is None


def test_a_pasted_table_is_imported_with_choices(qtbot, window):
    QGuiApplication.clipboard().setText(FLOWERS.replace(";", "\t"))
    window.actions_by_name["Paste table with choices…"].trigger()
    dialog = window.findChild(ImportDialog)
    read(qtbot, dialog)
    leave_out(dialog, "colour")
    dialog.ok.click()
    wait_for(qtbot, window, "text")
    window.laboratory.pause()
    assert window.laboratory.data.dataset.input_names == ("length", "width")


def test_what_only_the_whole_table_tells_is_said_in_the_dialog(qtbot, window, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a,b,kind\n" + "1,2,x\n2,1,y\n" * 20_000 + "1,2\n")
    dialog = tables.import_table(window.session, TableFile(path=str(path)), window)
    read(qtbot, dialog)
    assert dialog.error.text() == ""
    before = window.session.experiment
    dialog.ok.click()
    assert not dialog.ok.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.error.text()), timeout=10_000)
    settled(qtbot, window)
    assert "row 40002 has 2 columns" in dialog.error.text()
    assert window.session.experiment is before
    assert dialog.isVisible()
    assert dialog.ok.isEnabled()
    dialog.reject()


def test_cancel_while_it_is_loaded(qtbot, window, flowers, held):
    before = window.session.experiment
    dialog = tables.import_table(window.session, TableFile(path=str(flowers)), window)
    read(qtbot, dialog)
    dialog.ok.click()
    qtbot.waitUntil(held.reached.is_set)
    dialog.reject()
    held.go.set()
    settled(qtbot, window)
    assert window.session.experiment is before
    qtbot.waitUntil(lambda: window.findChildren(ImportDialog) == [])


def test_a_window_is_closed_while_a_table_is_previewed(qtbot, window, flowers):
    dialog = tables.import_table(window.session, TableFile(path=str(flowers)), window)
    assert dialog.reader.running
    window.close()
    assert not dialog.reader.running


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # Qt 6.12 would rather have a QPointF, which earlier ones do not take.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(QPoint(400, 300), actions, mime, buttons, none)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), actions, mime, buttons, none))
    return enter.isAccepted()


def test_a_table_and_an_experiment_can_be_dropped(qtbot, window, flowers, tmp_path):
    assert drop(window, flowers)
    wait_for(qtbot, window, "file")
    write_experiment(gallery_experiment("iris"), tmp_path / "mine.toml")
    assert drop(window, tmp_path / "mine.toml")
    assert window.session.experiment.data.source.kind == "iris"
    assert not drop(window, flowers, tmp_path / "mine.toml")


def test_a_table_is_pasted_wherever_the_keyboard_is(qtbot, window):
    QGuiApplication.clipboard().setText(FLOWERS.replace(";", "\t"))
    window.canvas.setFocus()
    window.actions_by_name["Paste table"].trigger()
    wait_for(qtbot, window, "text")
    source = window.session.experiment.data.source
    assert isinstance(source, TableText)
    assert len(window.laboratory.data.dataset) == 40
    assert window.settings_panel.data.table.name.text() == "pasted text"


def test_nothing_to_paste_is_said(window):
    said = []
    window.session.said.connect(lambda text, _is_error: said.append(text))
    QGuiApplication.clipboard().setText("")
    window.paste_table()
    QGuiApplication.clipboard().setText("a,b\n" + "1,2\n" * 60_000)
    window.paste_table()
    assert "no table in the clipboard" in said[0]
    assert "save it as a file" in said[1]


def test_a_file_that_was_copied_is_opened(qtbot, window, flowers):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(flowers))])
    QGuiApplication.clipboard().setMimeData(mime)
    window.paste_table()
    wait_for(qtbot, window, "file")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", bytes(range(256)) * 40),
        ("one class.csv", b"a,kind\n1,x\n2,x\n3,x\n"),
        ("book.xlsx", b"no workbook at all"),
    ],
)
def test_a_bad_file_is_said_in_one_sentence_and_changes_nothing(
    qtbot, window, tmp_path, name, content
):
    before, said = window.session.experiment, []
    window.session.said.connect(lambda text, is_error: said.append((text, is_error)))
    path = tmp_path / name
    path.write_bytes(content)
    files.open_path(window, path)
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    settled(qtbot, window)
    (sentence, is_error), *more = said
    assert is_error
    assert not more
    assert "Traceback" not in sentence
    assert window.session.experiment is before
    window.laboratory.train_epochs(1)
    qtbot.waitUntil(lambda: window.session.latest.epoch == 1, timeout=10_000)


class Held:
    """Holds the reading of a table until it is let go on."""

    def __init__(self, monkeypatch):
        self.reached, self.go = threading.Event(), threading.Event()
        read = TableFile.read

        def held(source, goes_on=lambda _done, _total: True):
            goes_on(430, 1000)
            self.reached.set()
            self.go.wait(20)
            return read(source, goes_on)

        monkeypatch.setattr(TableFile, "read", held)


@pytest.fixture
def held(monkeypatch):
    gate = Held(monkeypatch)
    yield gate
    gate.go.set()


def test_the_window_goes_on_while_a_table_is_read(qtbot, window, flowers, held):
    files.open_path(window, flowers)
    qtbot.waitUntil(lambda: window.loading_bar.isVisible() and held.reached.is_set())
    qtbot.waitUntil(lambda: window.loading_bar.share.text() == "43%")
    assert "flowers.csv" in window.loading_bar.words.text()
    window.laboratory.train_epochs(2)
    qtbot.waitUntil(lambda: window.session.latest.epoch == 2, timeout=10_000)
    window.session.apply(AddUnit("h1"))
    held.go.set()
    wait_for(qtbot, window, "file")
    assert window.loading_bar.isHidden()
    window.session.undo()
    assert window.session.experiment.network.layer("h1").units == 7, "the edit meanwhile stays"


def test_a_long_reading_can_be_cancelled(qtbot, window, flowers, held):
    before, said = window.session.experiment, []
    window.session.said.connect(lambda text, is_error: said.append((text, is_error)))
    files.open_path(window, flowers)
    qtbot.waitUntil(lambda: window.loading_bar.isVisible() and held.reached.is_set())
    window.loading_bar.cancel_button.click()
    assert window.loading_bar.isHidden()
    held.go.set()
    settled(qtbot, window)
    assert window.session.experiment is before
    assert said == [("Loading of flowers.csv was cancelled; everything is as it was.", False)]


def test_the_latest_of_two_tables_wins(qtbot, window, flowers, tmp_path, held):
    other = tmp_path / "other.csv"
    other.write_text(FLOWERS.replace("length", "height"))
    files.open_path(window, flowers)
    qtbot.waitUntil(held.reached.is_set)
    files.open_path(window, other)
    held.go.set()
    wait_for(qtbot, window, "file")
    assert window.laboratory.data.dataset.input_names[0] == "height"
    window.session.undo()
    assert window.session.experiment.data.source.kind == "circle"


def test_other_data_chosen_meanwhile_wins(qtbot, window, flowers, held):
    files.open_path(window, flowers)
    qtbot.waitUntil(held.reached.is_set)
    window.settings_panel.data.choose("iris")
    held.go.set()
    settled(qtbot, window)
    assert window.session.experiment.data.source.kind == "iris"


def test_a_setting_changed_while_another_is_loading_is_not_lost(qtbot, loaded, held, monkeypatch):
    monkeypatch.setattr(preparing, "_AT_ONCE", 10)
    session = loaded.session
    session.apply(Change("data.missing", "most frequent"))
    qtbot.waitUntil(held.reached.is_set)
    session.apply(Change("data.scaling", "min-max"))
    session.apply(Change("data.test_fraction", 0.5))
    session.apply(Change("data.test_fraction", 0.4))
    session.apply(Change("training.learning_rate", 0.02))
    held.go.set()
    qtbot.waitUntil(lambda: session.experiment.data.test_fraction == 0.4, timeout=10_000)
    settled(qtbot, loaded)
    assert session.experiment.data.missing == "most frequent"
    assert session.experiment.data.scaling == "min-max"
    assert session.experiment.training.learning_rate == 0.02
    assert len(loaded.laboratory.data.test_rows) == 16


def test_a_file_that_is_gone_can_be_left_behind(qtbot, loaded, flowers):
    flowers.unlink()
    loaded.settings_panel.data.choose("circle")
    settled(qtbot, loaded)
    assert loaded.session.experiment.data.source.kind == "circle"
    loaded.session.undo()
    assert len(loaded.laboratory.data.dataset) == 40


def test_an_experiment_with_a_table_is_opened_in_the_background(qtbot, window, loaded, tmp_path):
    saved = loaded.session.experiment
    write_experiment(saved, tmp_path / "flowers.toml")
    loaded.settings_panel.data.choose("circle")
    files.open_path(loaded, tmp_path / "flowers.toml")
    wait_for(qtbot, loaded, "file")
    assert loaded.session.experiment.network == saved.network


def test_an_experiment_file_that_names_its_table_alone_gets_a_network(qtbot, window, flowers):
    file = flowers.with_name("mine.toml")
    file.write_text(f'[data]\nfile = "{flowers.name}"\n')
    files.open_path(window, file)
    wait_for(qtbot, window, "file")
    inputs = window.laboratory.data.dataset.inputs.shape[1]
    assert window.session.experiment.network.layers[0].units == inputs


def test_the_button_asks_for_a_file(qtbot, window, flowers, monkeypatch):
    asked = []

    def answer(_parent, _title, _folder, kinds):
        asked.append(kinds)
        return str(flowers), ""

    monkeypatch.setattr(tables.QFileDialog, "getOpenFileName", answer)
    window.settings_panel.data.open_button.click()
    wait_for(qtbot, window, "file")
    qtbot.waitUntil(lambda: window.session.latest.epoch > 0, timeout=10_000)
    window.laboratory.pause()
    assert "*.csv" in asked[0]
    assert "*.xlsx" in asked[0]


def test_a_table_that_is_being_read_does_not_keep_the_window_open(qtbot, window, flowers, held):
    files.open_path(window, flowers)
    qtbot.waitUntil(held.reached.is_set)
    held.go.set()
    window.close()
    assert not window.loader.running
