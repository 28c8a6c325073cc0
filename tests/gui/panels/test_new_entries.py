"""One new entry of every kind: registering it is all that it takes to be everywhere."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bpviz.cli import main
from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.features import FEATURES, Feature
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.schedules import SCHEDULES
from bpviz.engine.settings import Registry, setting
from bpviz.engine.stopping import STOP_RULES
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import format_experiment, parse_experiment, set_option
from bpviz.gui.canvas.menus import activation_menu
from bpviz.gui.dialogs.algorithms import AlgorithmsDialog
from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.panels.settings_panel import SettingsPanel
from bpviz.gui.widgets.tile_chooser import SourceTile
from tests.gui.without_threads import Bench

CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Case:
    """A registry, an entry like which the new one is, and where an experiment names it."""

    topic: str
    registry: Registry[Any]
    like: str
    key: str
    is_list: bool = False


CASES = (
    Case("activations", ACTIVATIONS, "tanh", "network.layers.h1.activation"),
    Case("errors", LOSSES, "binary_cross_entropy", "training.loss"),
    Case("initialisers", INITIALIZERS, "xavier", "network.initializer"),
    Case("optimizers", OPTIMIZERS, "gradient_descent", "training.optimizer"),
    Case("schedules", SCHEDULES, "constant", "training.rate_schedule", is_list=True),
    Case("stop-rules", STOP_RULES, "epochs", "training.stop", is_list=True),
    Case("data", DATASETS, "circle", "data.source"),
)


def new_entry(like: type) -> type:
    @dataclass(frozen=True)
    class New(like):  # type: ignore[misc,valid-type]
        """It is quite new (Nobody 1999)."""

        kind: ClassVar[str] = "brand_new"
        label: ClassVar[str] = "brand new"
        spice: float = setting(0.25, "Spice", "How much of it there is", at_least=0)

    return New


@pytest.fixture(params=CASES, ids=lambda case: case.topic)
def case(request, monkeypatch):
    found: Case = request.param
    entry = new_entry(found.registry[found.like])
    monkeypatch.setitem(found.registry._entries, "brand_new", entry)
    return found


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def panel(qtbot, bench):
    made = SettingsPanel(bench.session)
    qtbot.addWidget(made)
    made.resize(240, 800)
    made.show()
    return made


def test_on_the_command_line_and_in_files(case: Case) -> None:
    value = '[{kind="brand_new", spice=0.5}]' if case.is_list else "brand_new"
    changed = set_option(gallery_experiment("playground"), f"{case.key}={value}")
    if not case.is_list:
        changed = set_option(changed, f"{case.key}.spice=0.5")
    text = format_experiment(changed)
    assert "brand_new" in text
    assert "spice = 0.5" in text
    assert parse_experiment(text, "mine.toml") == changed


def test_a_training_with_it(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    value = '["brand_new"]' if case.is_list else "brand_new"
    assert main(["train", "playground", "--epochs", "1", "--set", f"{case.key}={value}"]) == 0
    assert "loss" in capsys.readouterr().out


def test_in_the_lists(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", case.topic]) == 0
    out = capsys.readouterr().out
    assert "brand new" in out
    assert "It is quite new (Nobody 1999)." in out
    assert "spice = 0.25: How much of it there is (at least 0)" in out


def test_in_readme() -> None:
    path = CHECKOUT / "packaging" / "readme_tables.py"
    spec = importlib.util.spec_from_file_location("bpviz_tables_of_readme", path)
    assert spec is not None
    assert spec.loader is not None
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    with pytest.MonkeyPatch.context() as patch:
        for case in CASES:
            entry = new_entry(case.registry[case.like])
            patch.setitem(case.registry._entries, "brand_new", entry)
        lines = tables.tables().splitlines()
    rows = [line for line in lines if line.startswith("| `brand_new` |")]
    assert len(rows) == len(CASES)
    assert all("**brand new**: It is quite new (Nobody 1999)" in row for row in rows)
    assert all("`spice` 0.25" in row for row in rows)


def test_in_the_reference(qtbot, case: Case) -> None:
    typesetter = Typesetter()
    try:
        dialog = AlgorithmsDialog(typesetter, (case.topic, "brand_new"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        assert dialog.title.text() == "Brand new"
        text = dialog.text.toPlainText()
        for word in ("It is quite new", "Nobody 1999", "Spice", "default 0.25"):
            assert word in text
    finally:
        typesetter.shut()


def choose_in_list(panel: SettingsPanel, key: str) -> None:
    menu = panel.field(key).editor.add_button.menu()
    next(action for action in menu.actions() if action.text() == "brand new").trigger()


def choose(panel: SettingsPanel, key: str) -> None:
    choice = panel.field(key).editor.choice
    index = choice.findText("brand new")
    choice.setCurrentIndex(index)
    choice.activated.emit(index)


def present(experiment: Any, key: str) -> Any:
    group, name = key.split(".")
    return getattr(getattr(experiment, group), name)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.topic not in ("activations", "data")], indirect=True
)
def test_in_the_panel(case: Case, bench: Bench, panel: SettingsPanel) -> None:
    (choose_in_list if case.is_list else choose)(panel, case.key)
    found = present(bench.experiment, case.key)
    entry = found[0] if case.is_list else found
    assert (entry.kind, entry.spice) == ("brand_new", 0.25)
    editor = panel.field(case.key).editor
    inner: Mapping[str, QWidget] = editor.rows[0].editors if case.is_list else editor.form.fields
    assert "spice" in inner


@pytest.mark.parametrize("case", [CASES[0]], ids=["activations"], indirect=True)
def test_in_the_menu_of_a_layer(qtbot, case: Case, bench: Bench) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    layer = bench.experiment.network.layer("h1")
    menu = activation_menu(bench.session, layer, parent)
    next(action for action in menu.actions() if action.text() == "brand new").trigger()
    assert bench.experiment.network.layer("h1").activation.kind == "brand_new"


@pytest.mark.parametrize("case", [CASES[-1]], ids=["data"], indirect=True)
def test_among_the_tiles(qtbot, case: Case, bench: Bench, panel: SettingsPanel) -> None:
    tiles = panel.findChildren(SourceTile)
    assert "Data: brand new" in [tile.accessibleName() for tile in tiles]
    panel.data.choose("brand_new")
    qtbot.waitUntil(lambda: bench.experiment.data.source.kind == "brand_new")
    assert panel.data.source_form is not None
    assert "spice" in panel.data.source_form.fields


def test_a_feature(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    new = Feature("brand_new", "{0}³", "x_1^3", lambda x1, x2: x1**3)
    monkeypatch.setitem(FEATURES, "brand_new", new)
    assert main(["list", "features"]) == 0
    assert "x₁³" in capsys.readouterr().out
    experiment = set_option(gallery_experiment("playground"), "data.features=['x1', 'brand_new']")
    inputs = experiment.prepare().training.train.inputs
    assert (inputs[:, 1] == inputs[:, 0] ** 3).all()
