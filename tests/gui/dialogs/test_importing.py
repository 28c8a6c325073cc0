"""The import dialog: every choice changes what is shown, what is trained on, and what is saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from bpviz.datasets.arrays.sources import ArrayFile
from bpviz.datasets.tables.options import MISSING_MARKS, ReadOptions, Recipe
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.engine.settings import fields_of
from bpviz.experiments.toml_files import read_experiment, write_experiment
from bpviz.gui.dialogs.importing import ImportDialog
from bpviz.gui.importing.column_bar import KINDS, ROLES
from bpviz.gui.importing.form import LEARNING, reading_choices
from bpviz.gui.tables import open_table
from bpviz.gui.widgets.editors import NumberEditor, SwitchEditor, TextEditor
from bpviz.lab.edits import Change, Load
from bpviz.lab.table_experiment import suited_data, table_experiment
from bpviz.lab.table_import import ReadAgain, imported
from tests.gui.without_threads import Bench
from tests.unit.datasets.tables.tables import workbook

FLOWERS = "\n".join(
    ["id;length;width;seen;colour;kind"]
    + [
        f"{k + 1};{1 + k % 5 + 3 * (k % 2)},5;{'999' if k == 7 else 'NA' if k == 11 else k % 6};"
        f"{1 + k % 28}.3.2024;{('blue', 'red')[k % 3 > 0]};{('lily', 'rose')[k % 2]}"
        for k in range(40)
    ]
)
COSTS = "\n".join(["size,rooms,cost", *(f"{k},{k * k % 7},{1000 + 30 * k}" for k in range(30))])
CYRILLIC = "\n".join(
    ["цвет;n;kind", *(f"{('роза', 'лилия')[k % 3 > 0]};{k % 7};{'ab'[k % 2]}" for k in range(30))]
)
TWO_MARKS = "\n".join(["a|b;kind", *(f"{k % 5}|{k % 2};{'xy'[k % 2]}" for k in range(30))])
BOOK = workbook(
    first=[["a", "kind"], *([k, "xy"[k % 2]] for k in range(30))],
    second=[["b", "c", "kind"], *([k % 7, k, "xy"[k % 2]] for k in range(30))],
)


READING = reading_choices(TableFile())

# Through the widgets


def pick(name: str, value: object) -> Callable[[Any, ImportDialog], None]:
    """Choose a value in a drop-down."""

    def do(_qtbot: Any, dialog: ImportDialog) -> None:
        choice = dialog.form.rows[name].choice
        assert choice is not None
        index = choice._values.index(value)
        choice.setCurrentIndex(index)
        choice.activated.emit(index)

    return do


def type_in(name: str, text: str) -> Callable[[Any, ImportDialog], None]:
    def do(qtbot: Any, dialog: ImportDialog) -> None:
        editor = dialog.form.rows[name].editor
        assert isinstance(editor, TextEditor | NumberEditor)
        line = editor.line if isinstance(editor, TextEditor) else editor.number
        line.selectAll()
        qtbot.keyClicks(line, text)
        line.editingFinished.emit()

    return do


def tick(name: str) -> Callable[[Any, ImportDialog], None]:
    def do(_qtbot: Any, dialog: ImportDialog) -> None:
        editor = dialog.form.rows[name].editor
        assert isinstance(editor, SwitchEditor)
        editor.box.click()

    return do


def use(column: str, role: str) -> Callable[[Any, ImportDialog], None]:
    def do(_qtbot: Any, dialog: ImportDialog) -> None:
        dialog.shown.table.go_to(column)
        dialog.shown.bar.roles.buttons[role].click()

    return do


def hold(column: str, kind: str) -> Callable[[Any, ImportDialog], None]:
    def do(_qtbot: Any, dialog: ImportDialog) -> None:
        dialog.shown.table.go_to(column)
        index = [value for value, _, _ in KINDS].index(kind)  # type: ignore[arg-type]
        dialog.shown.bar.kinds.setCurrentIndex(index)
        dialog.shown.bar.kinds.activated.emit(index)

    return do


# What is seen


def head(dialog: ImportDialog, name: str) -> tuple[str, str]:
    """Role and type in a column's head."""
    column = next(c for c in dialog.preview.columns if c.name == name)
    return column.role, column.kind


def names(dialog: ImportDialog) -> list[str]:
    model = dialog.shown.table.preview_model
    return [model.headerData(k, Qt.Orientation.Horizontal) for k in range(model.columnCount())]


def cells(dialog: ImportDialog, column: str, showing: str = "written") -> list[str]:
    dialog.shown.showing.buttons[showing].click()
    if column not in names(dialog):
        return []
    model, at = dialog.shown.table.preview_model, names(dialog).index(column)
    return [model.index(row, at).data() for row in range(model.rowCount())]


def everything(dialog: ImportDialog) -> object:
    heads = [(name, *head(dialog, name)) for name in names(dialog)]
    shown = [[cells(dialog, name, how) for name in names(dialog)] for how in ("written", "learned")]
    return heads, shown, dialog.preview.remarks, dialog.preview.tested, dialog.shown.summary.text()


def inputs(data: Any) -> dict[str, np.ndarray]:
    return dict(zip(data.dataset.input_names, data.dataset.inputs.T, strict=True))


def same(one: Any, other: Any) -> bool:
    """Whether two data train alike: the same numbers under the same names."""

    def arrays(data: Any) -> list[np.ndarray]:
        parts = data.training.train, data.training.test
        found = [array for part in parts for array in (part.inputs, part.targets, part.weights)]
        return [np.empty(0) if array is None else array for array in found]

    def called(data: Any) -> tuple[object, ...]:
        return data.dataset.input_names, data.dataset.target_names, data.dataset.class_names

    pairs = zip(arrays(one), arrays(other), strict=True)
    return called(one) == called(other) and all(np.array_equal(a, b) for a, b in pairs)


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


@dataclass(frozen=True)
class Case:
    """A choice, a table it matters for, and what must then be seen and learned from."""

    name: str
    content: str | bytes
    change: Callable[[Any, ImportDialog], None]
    seen: Callable[[ImportDialog], bool]
    learned: Callable[[Any], bool]


def _mean_without(data: Any, gone: float) -> bool:
    return gone not in inputs(data)["width"]


CASES = [
    Case(
        "encoding",
        CYRILLIC.encode("cp1251"),
        pick("encoding", "Windows-1251"),
        lambda d: set(cells(d, "цвет")) == {"роза", "лилия"},
        lambda data: "цвет = роза" in data.dataset.input_names,
    ),
    Case(
        "delimiter",
        TWO_MARKS,
        pick("delimiter", "pipe"),
        lambda d: names(d) == ["a", "b;kind"],
        lambda data: data.dataset.input_names == ("a",),
    ),
    Case(
        "decimal",
        FLOWERS,
        pick("decimal", "point"),
        lambda d: head(d, "length") == ("input", "category"),
        lambda data: "length = 1,5" in data.dataset.input_names,
    ),
    Case(
        "header",
        FLOWERS,
        pick("header", "no"),
        lambda d: names(d)[0] == "column 1" and cells(d, "column 2")[0] == "length",
        lambda data: len(data.dataset) == 41,
    ),
    Case(
        "sheet",
        BOOK,
        pick("sheet", "second"),
        lambda d: names(d) == ["b", "c", "kind"],
        lambda data: data.dataset.input_names == ("b", "c"),
    ),
    Case(
        "missing_marks",
        FLOWERS,
        type_in("missing_marks", "NA, 999"),
        lambda d: (
            next(c for c in d.preview.columns if c.name == "width").cells[7].missing
            and "999 1" in d.form.marks.text()
        ),
        lambda data: _mean_without(data, 999),
    ),
    Case(
        "scaling",
        COSTS,
        pick("scaling", "min-max"),
        lambda d: all(-0.5 < number(x) < 1.5 for x in cells(d, "size", "learned")),
        lambda data: (
            data.training.train.inputs.min() == 0 and data.training.train.inputs.max() == 1
        ),
    ),
    Case(
        "scale_targets",
        COSTS,
        tick("scale_targets"),
        lambda d: cells(d, "cost", "learned")[:2] == ["1e3", "1.03e3"],
        lambda data: data.training.train.targets.min() >= 1000,
    ),
    Case(
        "missing",
        FLOWERS,
        pick("missing", "drop"),
        lambda d: d.preview.remarks[11] != "" and "1 left out" in d.shown.summary.text(),
        lambda data: len(data.dataset) == 39,
    ),
    Case(
        "test_fraction",
        FLOWERS,
        type_in("test_fraction", "50"),
        lambda d: sum(d.preview.tested) == 20 and "20 for testing" in d.shown.summary.text(),
        lambda data: len(data.test_rows) == 20,
    ),
    Case(
        "left out",
        FLOWERS,
        use("width", "left out"),
        lambda d: head(d, "width")[0] == "left out" and set(cells(d, "width", "learned")) == {""},
        lambda data: "width" not in data.dataset.input_names,
    ),
    Case(
        "input",
        FLOWERS,
        use("id", "input"),
        lambda d: head(d, "id")[0] == "input" and "" not in cells(d, "id", "learned"),
        lambda data: data.dataset.input_names[:3] == ("id", "length", "width"),
    ),
    Case(
        "target",
        FLOWERS,
        use("length", "target"),
        lambda d: head(d, "length")[0] == "target" and head(d, "kind")[0] == "input",
        lambda data: data.dataset.target_names == ("length",) and not data.dataset.class_names,
    ),
    Case(
        "weight",
        COSTS,
        use("rooms", "weight"),
        lambda d: head(d, "rooms")[0] == "weight",
        lambda data: data.training.train.weights is not None,
    ),
    Case(
        "category",
        COSTS,
        hold("rooms", "category"),
        lambda d: head(d, "rooms") == ("input", "category"),
        lambda data: "rooms = 4" in data.dataset.input_names,
    ),
    Case(
        "number",
        FLOWERS,
        hold("seen", "number"),
        lambda d: head(d, "seen") == ("input", "number"),
        lambda data: "seen" in inputs(data) and inputs(data)["seen"].min() == 19783,
    ),
]


@pytest.fixture
def bench():
    return Bench()


def settled(qtbot: Any, dialog: ImportDialog) -> None:
    qtbot.waitUntil(lambda: dialog.is_read, timeout=10_000)


@pytest.fixture
def opened(qtbot, bench, tmp_path):
    """Open the dialog on a table; it is read once. Closed at the end, if it is not yet."""
    dialogs = []

    def make(content, is_new=True, name="table.csv", config=None, session=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        config = config or suited_data(TableFile(path=str(path)))
        dialog = ImportDialog(session or bench.session, config, path.name, is_new)
        dialogs.append(dialog)
        dialog.show()
        settled(qtbot, dialog)
        return dialog

    yield make
    for dialog in dialogs:
        if not dialog._gone:
            dialog.reject()
            dialog.shut()


def test_every_choice_is_tried():
    tried = {case.name for case in CASES}
    assert tried >= {*READING, *LEARNING}
    assert tried >= {role for role, _, _ in ROLES}
    assert tried >= {kind for kind, _, _ in KINDS if kind != "auto"}
    assert set(READING) == set(fields_of(ReadOptions))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_choice_changes_the_preview_the_training_and_the_file(
    qtbot, bench, opened, tmp_path, case
):
    dialog = opened(case.content)
    before = everything(dialog)
    guessed = imported(dialog.config).prepare()
    assert not case.seen(dialog)
    assert not case.learned(guessed)

    case.change(qtbot, dialog)
    settled(qtbot, dialog)
    assert everything(dialog) != before
    assert case.seen(dialog)
    dialog.ok.click()

    data = bench.laboratory.data
    assert case.learned(data)
    assert not same(data, guessed)
    bench.pump()
    assert bench.session.snapshot.data is data

    path = tmp_path / "saved.toml"
    write_experiment(bench.experiment, path)
    again = read_experiment(path)
    assert again.data == bench.experiment.data
    assert same(again.prepare(), data)


def test_what_is_found_is_said(opened):
    dialog = opened(FLOWERS)
    said = {name: dialog.form.rows[name].choice.itemText(0) for name in READING[:4]}
    assert said == {
        "encoding": "auto: UTF-8",
        "delimiter": "auto: semicolon",
        "decimal": "auto: comma",
        "header": "auto: yes",
    }
    assert dialog.form.marks.text() == "Found as missing: NA 1"
    assert not dialog.form.rows["sheet"].is_shown
    assert not dialog.form.rows["scale_targets"].is_shown


def test_a_workbook_has_sheets_and_no_encoding(opened):
    dialog = opened(BOOK, name="book.xlsx")
    shown = [name for name in READING if dialog.form.rows[name].is_shown]
    assert shown == ["decimal", "header", "sheet", "missing_marks"]
    assert dialog.form.rows["sheet"].choice.itemText(0) == "auto: first"
    assert not dialog.shown.showing.buttons["text"].isVisible()


def test_another_sheet_is_chosen_where_the_first_one_is_no_table(qtbot, bench, opened):
    table = [["a", "kind"], *([k, "xy"[k % 2]] for k in range(30))]
    dialog = opened(workbook(Notes=[["Read me"]], Measure=table), name="book.xlsx")
    assert "no rows below" in dialog.error.text()
    assert not dialog.ok.isEnabled()
    sheet = dialog.form.rows["sheet"]
    assert sheet.is_shown
    assert [sheet.choice.itemText(k) for k in range(3)] == ["auto", "Notes", "Measure"]
    pick("sheet", "Measure")(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.error.text() == ""
    pick("sheet", "Notes")(qtbot, dialog)
    settled(qtbot, dialog)
    pick("sheet", "Measure")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.ok.click()
    assert len(bench.laboratory.data.dataset) == 30


def test_two_quick_changes_both_hold(qtbot, bench, opened):
    dialog = opened(FLOWERS)
    use("length", "left out")(qtbot, dialog)
    use("colour", "left out")(qtbot, dialog)
    use("id", "input")(qtbot, dialog)
    assert dialog.shown.bar.roles.value == "input", "what was chosen is shown at once"
    pick("scaling", "none")(qtbot, dialog)
    assert dialog.reader.running, "nothing was read between them"
    settled(qtbot, dialog)
    dialog.accept()
    assert bench.laboratory.data.dataset.input_names == ("id", "width")
    assert bench.experiment.data.scaling == "none"


def test_ok_waits_for_what_is_still_read(qtbot, bench, opened):
    dialog = opened(FLOWERS)
    use("width", "left out")(qtbot, dialog)
    dialog.ok.click()
    qtbot.waitUntil(lambda: bench.experiment.data.source.kind == "file")
    assert bench.experiment.data.source.leave_out == ("width",)


def test_a_change_after_ok_takes_ok_back(qtbot, bench, opened):
    before = bench.experiment
    dialog = opened(FLOWERS)
    use("width", "left out")(qtbot, dialog)
    dialog.ok.click()
    assert not dialog.ok.isEnabled()
    pick("scaling", "none")(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.isVisible()
    assert dialog.ok.isEnabled()
    assert bench.experiment is before


def test_cancel_changes_nothing(qtbot, bench, opened):
    before = bench.experiment
    dialog = opened(FLOWERS)
    use("width", "left out")(qtbot, dialog)
    dialog.cancel.click()
    assert bench.experiment is before
    assert bench.edits == []


def test_ok_on_a_new_table_is_one_step_that_can_be_undone(bench, opened):
    before = bench.experiment
    dialog = opened(FLOWERS)
    dialog.accept()
    assert bench.experiment == replace(table_experiment(dialog.config.source), data=dialog.config)
    bench.session.undo()
    assert bench.experiment is before


@pytest.fixture
def present(bench, tmp_path):
    """The session learns from the table of flowers."""
    path = tmp_path / "table.csv"
    path.write_text(FLOWERS)
    open_table(bench.session, path)
    return bench.experiment


def test_ok_on_the_present_table_is_one_step_and_keeps_the_network(qtbot, bench, present, opened):
    dialog = opened(FLOWERS, is_new=False, config=present.data)
    use("width", "left out")(qtbot, dialog)
    pick("scaling", "none")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.accept()
    assert isinstance(bench.edits[-1], ReadAgain)
    assert bench.experiment.network.layers[1:] == present.network.layers[1:]
    assert bench.experiment.network.inputs[0].ids == (0, 2, 3)
    assert (bench.experiment.name, bench.experiment.training) == (present.name, present.training)
    bench.session.undo()
    assert bench.experiment is present


def test_other_scaling_alone_goes_on_with_what_was_learned(qtbot, bench, present, opened):
    dialog = opened(FLOWERS, is_new=False, config=present.data)
    pick("scaling", "min-max")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.accept()
    assert bench.edits[-1] == ReadAgain(replace(present.data, scaling="min-max"), restarts=False)


@pytest.mark.parametrize("is_new", [True, False])
def test_the_rows_for_testing_are_those_that_are_marked(bench, present, opened, is_new):
    bench.session.apply(Change("seed", 99))
    dialog = opened(FLOWERS, is_new=is_new, config=replace(present.data, test_fraction=0.3))
    marked = {k for k, is_test in enumerate(dialog.preview.tested) if is_test}
    dialog.accept()
    assert marked == set(bench.laboratory.data.test_rows)


def test_nothing_changed_is_no_edit(bench, present, opened):
    edits = list(bench.edits)
    opened(FLOWERS, is_new=False, config=present.data).accept()
    assert bench.edits == edits


def test_features_and_class_weights_that_no_longer_fit_are_dropped(qtbot, bench, opened, tmp_path):
    text = "\n".join(
        ["a,b,c,kind", *(f"{k},{k % 3},{k % 4 // 2},{'xy'[k % 2]}" for k in range(40))]
    )
    path = tmp_path / "table.csv"
    path.write_text(text)
    source = TableFile(path=str(path), inputs=("a", "b"))
    bench.session.apply(Load(table_experiment(source)))
    data = replace(bench.experiment.data, features=("x1", "x2"), class_weights=(1.0, 2.0))
    bench.session.apply(Change("data", data))
    dialog = opened(text, is_new=False, config=bench.experiment.data)
    use("c", "target")(qtbot, dialog)
    settled(qtbot, dialog)
    use("kind", "input")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.accept()
    assert bench.laboratory.data.dataset.target_names == ("c",)
    assert bench.experiment.data.features == ()
    assert bench.experiment.data.class_weights == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b,c\n1,2,3\n4,5\n", "row 3 has 2 columns where 3 are expected"),
        (b"a,kind\n1,x\n2,x\n3,x\n", "two classes are needed"),
        (b"%PDF-1.4", "is not a table but a PDF document"),
        (b"only\n1\n2\n", "has only one column"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(bench, opened, content, sentence):
    dialog = opened(content)
    assert sentence in dialog.error.text()
    assert not dialog.ok.isEnabled()
    before = bench.experiment
    dialog.accept()
    assert bench.experiment is before


def test_the_dialog_stays_usable_after_an_error(qtbot, bench, opened):
    dialog = opened(FLOWERS)
    use("seen", "target")(qtbot, dialog)
    settled(qtbot, dialog)
    assert "dates" in dialog.error.text()
    assert not dialog.ok.isEnabled()
    assert "seen" in names(dialog)
    use("kind", "target")(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.error.text() == ""
    dialog.ok.click()
    assert bench.laboratory.data.dataset.target_names == ("kind",)


def test_a_file_that_cannot_be_divided_is_shown_as_text(qtbot, opened):
    dialog = opened("a,b,c\n1,2,3\n4,5\n")
    model = dialog.shown.table.preview_model
    assert [model.index(row, 0).data() for row in range(3)] == ["a,b,c", "1,2,3", "4,5"]
    assert dialog.shown.showing.value == "text"


def test_choices_for_columns_that_are_gone_are_dropped_and_come_back(qtbot, bench, opened):
    dialog = opened(FLOWERS)
    use("length", "target")(qtbot, dialog)
    pick("header", "no")(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.error.text() == ""
    pick("header", "auto")(qtbot, dialog)
    settled(qtbot, dialog)
    assert head(dialog, "length")[0] == "target"
    pick("header", "no")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.accept()
    assert bench.experiment.data.source.target == ()


def test_several_columns_are_left_out_at_once(qtbot, opened):
    dialog = opened(FLOWERS)
    dialog.shown.table.choose(("length", "width"))
    assert dialog.shown.bar.name.text() == "length and 1 more"
    dialog.shown.bar.roles.buttons["left out"].click()
    settled(qtbot, dialog)
    assert [head(dialog, name)[0] for name in ("length", "width")] == ["left out"] * 2
    assert dialog.shown.table.chosen_names() == ("length", "width"), "they stay chosen"


def test_guessing_takes_back_what_was_said_of_columns(qtbot, opened):
    dialog = opened(FLOWERS)
    assert not dialog.shown.guess.isVisible()
    use("width", "left out")(qtbot, dialog)
    hold("length", "category")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.shown.guess.click()
    settled(qtbot, dialog)
    source = dialog.config.source
    assert all(getattr(source, f) == field.default for f, field in fields_of(Recipe).items())
    assert head(dialog, "width") == ("input", "number")


def test_the_heads_say_what_was_chosen_though_it_is_refused(qtbot, opened):
    dialog = opened("a,b,c\n1,2,x\n2,,y\n3,4,x\n4,5,y\n")
    dialog.shown.table.choose(("a", "b", "c"))
    dialog.shown.bar.roles.buttons["left out"].click()
    settled(qtbot, dialog)
    assert dialog.error.text().startswith("choose at least one input and a target")
    assert [head(dialog, name)[0] for name in "abc"] == ["left out"] * 3
    assert dialog.shown.bar.roles.value == "left out"
    heads = dialog.shown.table.heads
    assert all(heads.sectionSize(k) >= heads.width_for(k) for k in range(3)), "all can be read"
    use("b", "target")(qtbot, dialog)
    settled(qtbot, dialog)
    assert [head(dialog, name)[0] for name in "abc"] == ["left out", "target", "left out"]
    use("c", "input")(qtbot, dialog)
    settled(qtbot, dialog)
    assert not dialog.preview.refusal
    assert [head(dialog, name)[0] for name in "abc"] == ["left out", "target", "input"]


def test_the_heads_are_reached_by_keys_and_mouse(qtbot, opened):
    dialog = opened(FLOWERS)
    table = dialog.shown.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert table.chosen_names() == ("length",)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    menu = dialog.shown.bar.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["Input", "Target", "Weight", "Left out"]
    assert menu.activeAction().text() == "Input"
    menu.actions()[3].trigger()
    menu.close()
    settled(qtbot, dialog)
    assert head(dialog, "length")[0] == "left out"
    chip, kind = table.heads._parts(2, table.heads.section_rect(2), dialog.preview.columns[2])
    asked = []
    table.role_asked.connect(lambda _at: asked.append("role"))
    table.kind_asked.connect(lambda _at: asked.append("kind"))
    for part in (chip, kind):
        qtbot.mouseClick(table.heads.viewport(), Qt.MouseButton.LeftButton, pos=part.center())
        dialog.shown.bar.findChild(QMenu).close()
    assert asked == ["role", "kind"]
    assert table.chosen_names() == ("width",)


def test_a_column_is_found_by_a_part_of_its_name(qtbot, opened):
    dialog = opened(FLOWERS)
    dialog.shown.search.setFocus()
    qtbot.keyClicks(dialog.shown.search, "I")
    found = []
    for _ in range(4):
        qtbot.keyClick(dialog.shown.search, Qt.Key.Key_Return)
        found.append(dialog.shown.table.chosen_names()[0])
    assert found == ["width", "kind", "id", "width"]
    assert dialog.isVisible(), "Enter in the search does not press OK"


def test_missing_cells_and_rows_that_are_left_out_say_so(qtbot, opened):
    dialog = opened(FLOWERS + "\n41;1,5;2;1.3.2024;red;\n")
    table, model = dialog.shown.table, dialog.shown.table.preview_model
    gap = model.index(11, 2)
    assert gap.data() == "NA"
    assert "No value" in gap.data(Qt.ItemDataRole.ToolTipRole)
    assert "Row 42: left out" in model.headerData(
        40, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
    )
    assert model.index(40, 5).data() == "empty"
    assert table.numbers.count() == 41


def test_a_table_of_very_many_columns_is_shown(qtbot, opened):
    width = 300
    rows = [",".join(str((k * j) % 7) for j in range(width)) + f",{'xy'[k % 2]}" for k in range(20)]
    dialog = opened("\n".join([",".join([*(f"p{j}" for j in range(width)), "kind"]), *rows]))
    use("p7", "left out")(qtbot, dialog)
    settled(qtbot, dialog)
    assert head(dialog, "p7")[0] == "left out"


def test_a_cell_becomes_a_missing_mark_and_is_none_again(qtbot, opened):
    dialog = opened(FLOWERS)
    table, model = dialog.shown.table, dialog.shown.table.preview_model
    cell = table.visualRect(model.index(7, 2)).center()
    for missing in (True, False):
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, cell, table.viewport().mapToGlobal(cell)
        )
        QApplication.sendEvent(table.viewport(), event)
        menu = dialog.shown.findChild(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
        (action,) = menu.actions()
        assert action.text() == "“999” means that there is no value"
        assert action.isChecked() is not missing
        with qtbot.waitSignal(menu.destroyed):
            action.trigger()
            menu.close()
        settled(qtbot, dialog)
        assert dialog.preview.columns[2].cells[7].missing is missing
        assert dialog.form.rows["missing_marks"].editor.line.text().endswith("999") is missing


def test_a_missing_mark_may_have_a_comma_in_it(qtbot, opened):
    lines = ["a;kind", *(f"{'n,a' if k == 3 else k % 7};{'xy'[k % 2]}" for k in range(30))]
    dialog = opened("\n".join(lines))
    assert dialog.preview.columns[0].odd == 1
    type_in("missing_marks", '"n,a", none; "-;-"')(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.config.source.missing_marks == ("n,a", "none", "-;-")
    assert (dialog.preview.columns[0].missing, dialog.preview.columns[0].odd) == (1, 0)
    line = dialog.form.rows["missing_marks"].editor.line
    assert line.text() == '"n,a", none, "-;-"', "what is shown can be typed again"
    assert "in quotes" in line.toolTip()


def test_chosen_columns_stay_chosen_when_cells_are_shown_otherwise(opened):
    dialog = opened(FLOWERS)
    dialog.shown.table.choose(("width", "colour"))
    for showing in ("learned", "text", "written"):
        dialog.shown.showing.buttons[showing].click()
        assert dialog.shown.table.chosen_names() == ("width", "colour")
        selected = {index.column() for index in dialog.shown.table.selectedIndexes()}
        assert selected == (set() if showing == "text" else {2, 4})


def test_every_control_has_a_name_and_says_what_it_does(opened):
    dialog = opened(FLOWERS)
    controls = [row.editor.focusProxy() for row in dialog.form.rows.values()]
    controls += [
        dialog.shown.search,
        dialog.shown.table,
        dialog.shown.bar.kinds,
        *dialog.shown.bar.roles.buttons.values(),
    ]
    for control in controls:
        assert control.accessibleName()
        assert control.toolTip()
    for button in (dialog.ok, dialog.cancel, dialog.shown.guess):
        assert button.text()
        assert button.toolTip()


def test_tab_goes_to_nothing_without_a_name(opened):
    dialog = opened(FLOWERS)
    at, nameless = dialog.nextInFocusChain(), []
    while at is not dialog:
        stops = at.isVisible() and at.isEnabled() and at.focusPolicy() & Qt.FocusPolicy.TabFocus
        text = getattr(at, "text", str)
        if stops and at.focusProxy() is None and not (at.accessibleName() or text()):
            nameless.append(at)
        at = at.nextInFocusChain()
    assert not nameless


def test_a_refused_number_is_said_and_the_old_one_stays(qtbot, opened):
    dialog = opened(FLOWERS)
    type_in("test_fraction", "150")(qtbot, dialog)
    assert dialog.config.test_fraction == 0.25
    assert dialog.form.rows["test_fraction"].editor.number.error


@pytest.mark.parametrize("leave", ["stay", "tab", "click"])
def test_ok_does_not_drop_what_was_typed_and_refused(qtbot, bench, opened, leave):
    dialog = opened(FLOWERS)
    field = dialog.form.rows["test_fraction"].editor.number
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "150")
    if leave == "tab":
        qtbot.keyClick(field, Qt.Key.Key_Tab)

    def press() -> None:
        if leave == "click":
            qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
        else:
            dialog.ok.click()

    press()
    assert dialog.isVisible()
    assert bench.edits == []
    assert dialog.error.text() == "Test split must be below 100 %, got 150 %"
    assert field.hasFocus()
    if leave != "tab":
        press()
        assert dialog.isVisible(), "as long as the refused entry stands there"
        assert field.text() == "150"
    field.selectAll()
    qtbot.keyClicks(field, "50")
    press()
    # OK takes over what is being typed, and reads it first.
    qtbot.waitUntil(lambda: bench.experiment.data.test_fraction == 0.5, timeout=10_000)


def test_pasted_text_is_imported(qtbot, bench, opened):
    config = suited_data(TableText(text=FLOWERS))
    dialog = opened("", config=config)
    use("width", "left out")(qtbot, dialog)
    settled(qtbot, dialog)
    dialog.accept()
    assert isinstance(bench.experiment.data.source, TableText)
    assert "width" not in bench.laboratory.data.dataset.input_names
    assert bench.experiment.data.source.missing_marks == MISSING_MARKS


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.fixture
def opened_arrays(opened, tmp_path):
    def make(content: bytes, name: str = "my.npz", **chosen: Any) -> ImportDialog:
        source = ArrayFile(path=str(tmp_path / name), **chosen)
        return opened(content, name=name, config=suited_data(source))

    return make


ARRAYS = {"X": np.arange(60.0).reshape(20, 3), "y": np.arange(20) % 2, "Z": np.eye(20)}


def test_arrays_are_chosen_by_name(qtbot, bench, opened_arrays):
    dialog = opened_arrays(npz(**ARRAYS))
    rows = dialog.form.rows
    assert rows["inputs"].choice.itemText(0) == "auto: X (20 × 3)"
    assert rows["targets"].choice.itemText(0) == "auto: y (20)"
    texts = [rows["inputs"].choice.itemText(k) for k in range(rows["inputs"].choice.count())]
    assert texts[1:] == ["X (20 × 3)", "y (20)", "Z (20 × 20)"]
    shown = [name for name in dialog.form.reading if rows[name].is_shown]
    assert shown == ["inputs", "targets", "classes"], "no pictures, no arrays for testing"
    pick("inputs", "Z")(qtbot, dialog)
    settled(qtbot, dialog)
    assert dialog.preview.inputs == 20
    dialog.ok.click()
    assert bench.laboratory.data.dataset.inputs.shape == (20, 20)


def test_an_array_that_is_gone_can_be_replaced(qtbot, opened_arrays):
    dialog = opened_arrays(npz(**ARRAYS), inputs="gone")
    assert "has no array 'gone'" in dialog.error.text()
    choice = dialog.form.rows["inputs"].choice
    assert choice.value == "gone"
    pick("inputs", "")(qtbot, dialog)
    settled(qtbot, dialog)
    assert not dialog.preview.refusal


def test_pictures_and_a_test_part_have_their_choices(opened_arrays):
    grey = np.zeros((20, 4, 4), np.uint8)
    parts = {"x_train": grey, "y_train": ARRAYS["y"], "x_test": grey, "y_test": ARRAYS["y"]}
    dialog = opened_arrays(npz(**parts))
    assert all(dialog.form.rows[name].is_shown for name in dialog.form.reading)
    assert dialog.form.rows["test_inputs"].choice.itemText(0) == "auto: x_test (20 × 4 × 4)"


def test_pictures_are_seen_with_what_is_to_be_predicted(opened_arrays):
    grey = np.zeros((20, 4, 4), np.uint8)
    grey[:, 0, 0], grey[3, 2, 1] = 255, 255
    dialog = opened_arrays(npz(images=grey, labels=np.arange(20) % 3))
    card = dialog.shown
    assert card.pages.currentWidget() is card.gallery
    assert card.showing.value == "pictures"
    items = [card.gallery.items.item(k) for k in range(card.gallery.items.rowCount())]
    assert [item.text() for item in items] == [str(k % 3) for k in range(20)]
    looks = [item.icon().pixmap(64, 64).toImage() for item in items]
    assert looks[3] != looks[4] == looks[5]
    tested = [k for k, item in enumerate(items) if "for testing" in item.toolTip()]
    assert tested == [k for k, is_test in enumerate(dialog.preview.tested) if is_test] != []
    assert cells(dialog, "row 3 column 2")[3] == "1"
    assert card.pages.currentWidget() is card.table
    dialog.reject()
    dialog = opened_arrays(npz(**ARRAYS))
    assert not dialog.shown.showing.buttons["pictures"].isVisible()
    assert dialog.shown.pages.currentWidget() is dialog.shown.table


def test_where_there_is_nothing_to_show_the_sentence_stands(opened, opened_arrays):
    for dialog in (opened_arrays(npz(**ARRAYS)[:200]), opened("", name="empty.csv")):
        card = dialog.shown
        assert card.pages.currentWidget() is card.nothing
        assert card.nothing.text() == dialog.error.text() == dialog.preview.refusal != ""
        assert dialog.focusWidget() is not card.table
        dialog.reject()


def test_arrays_that_are_refused_are_seen(opened_arrays):
    dialog = opened_arrays(npz(**{**ARRAYS, "y": np.full(20, np.nan)}))
    assert "missing or infinite" in dialog.error.text()
    assert dialog.shown.pages.currentWidget() is dialog.shown.table
    assert cells(dialog, "X 2")[:2] == ["1", "4"]
    assert head(dialog, "y") == ("target", "number")
