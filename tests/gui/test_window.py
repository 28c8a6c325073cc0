"""The window driven like a person does it, with the training thread really running."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bpviz.engine.spec import ParameterId
from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.experiments.toml_files import read_experiment
from bpviz.gui import files
from bpviz.gui.main_window import MainWindow
from bpviz.lab.commands import Pace
from bpviz.lab.edits import (
    AddLayer,
    AddUnit,
    Change,
    Edit,
    Freeze,
    Load,
    RemoveLayer,
    RemoveUnit,
    Reset,
    SetLayer,
    SetParameters,
)

PATIENCE = 20_000


def settled(window: MainWindow) -> bool:
    """Whether what is shown is of the last edit, and paused."""
    session = window.session
    snapshot, evaluation = session.snapshot, session.evaluation
    return (
        snapshot is not None
        and evaluation is not None
        and snapshot.revision == window.laboratory.revision
        and not snapshot.running
        and evaluation.snapshot is snapshot
        and evaluation.request == session.request
    )


def epoch(window: MainWindow) -> int:
    return window.session.snapshot.epoch


def wait_epochs(qtbot, window, epochs):
    start = epoch(window)
    qtbot.waitUntil(lambda: epoch(window) >= start + epochs, timeout=PATIENCE)


def weight_of(window: MainWindow) -> ParameterId:
    hidden = window.session.experiment.network.computed[0]
    return ParameterId(hidden.id, hidden.ids[0], hidden.sources[0], 0)


def value_of(window: MainWindow, parameter: ParameterId) -> float:
    snapshot = window.session.snapshot
    return float(snapshot.theta[snapshot.layout.index_of(parameter)])


def test_space_trains_and_pauses(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_epochs(qtbot, window, 20)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    at = epoch(window)
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: epoch(window) == at + 1 and settled(window), timeout=PATIENCE)


def test_it_learns_while_watched_and_the_bits_are_those_of_the_engine(qtbot, window):
    alone = window.session.experiment.trainer()
    alone.run(40)
    window.laboratory.train_epochs(40)
    qtbot.waitUntil(lambda: epoch(window) == 40 and settled(window), timeout=PATIENCE)
    assert window.session.snapshot.theta.tobytes() == alone.state.theta.tobytes()
    assert len(window.laboratory.history) == 41


def test_a_weight_is_edited_and_frozen_while_training_runs(qtbot, window):
    window.laboratory.train()
    wait_epochs(qtbot, window, 5)
    weight = weight_of(window)
    window.session.apply(Freeze(frozenset({weight})))
    window.session.apply(SetParameters({weight: 0.75}))
    wait_epochs(qtbot, window, 10)
    assert value_of(window, weight) == 0.75
    window.session.undo()
    window.session.undo()
    # Training may be some epochs ahead of what is undone.
    qtbot.waitUntil(lambda: value_of(window, weight) != 0.75, timeout=PATIENCE)


def test_units_and_layers_change_while_training_runs(qtbot, window):
    window.laboratory.train()
    wait_epochs(qtbot, window, 3)
    for edit in (
        AddUnit("h1"),
        RemoveUnit("h2"),
        AddLayer("h2"),
        RemoveLayer("h1"),
        Change("data.source", "spiral"),
        Change("training.learning_rate", 0.1),
    ):
        assert window.session.apply(edit)
        revision = window.laboratory.revision
        qtbot.waitUntil(
            lambda revision=revision: window.session.snapshot.revision >= revision,
            timeout=PATIENCE,
        )
        assert window.session.snapshot.experiment == window.session.experiment
        wait_epochs(qtbot, window, 2)
    for _ in range(6):
        window.session.undo()
    qtbot.waitUntil(
        lambda: window.session.snapshot.revision == window.laboratory.revision, timeout=PATIENCE
    )
    assert window.session.experiment == gallery_experiment("playground")


def test_undo_and_redo_by_key(qtbot, window):
    window.session.apply(AddUnit("h1"))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.experiment == gallery_experiment("playground")
    qtbot.keyClick(
        window,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert window.session.experiment.network.layer("h1").units == 7


def test_reset_by_key_returns_to_the_same_weights(qtbot, window):
    before = window.session.snapshot.theta
    window.laboratory.train_epochs(5)
    qtbot.waitUntil(lambda: epoch(window) == 5 and settled(window), timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: epoch(window) == 0 and settled(window), timeout=PATIENCE)
    assert np.array_equal(window.session.snapshot.theta, before)


def test_closing_in_mid_training_ends_both_threads(qtbot, window):
    window.laboratory.train()
    wait_epochs(qtbot, window, 3)
    window.close()
    assert not any(thread.isRunning() for thread in window.threads)


def test_a_page_that_hangs_keeps_nothing_else_from_ending(qtbot, window, monkeypatch):
    def hang():
        raise RuntimeError("the thread did not end")

    pages = list(window.bottom.pages.values())
    told, shut = [], []
    for page in pages:
        monkeypatch.setattr(page, "cancel", lambda page=page: told.append(page))
        end = page.shut
        monkeypatch.setattr(page, "shut", lambda page=page, end=end: (shut.append(page), end()))
    monkeypatch.setattr(pages[-1], "shut", hang)
    window.laboratory.train()
    with qtbot.captureExceptions() as caught:
        window.close()
    assert len(caught) == 1
    assert str(caught[0][1]).endswith("the thread did not end")
    assert told == pages
    assert shut == pages[-2::-1]
    assert not any(thread.isRunning() for thread in window.threads)
    assert not window._garbage._timer.isActive()
    monkeypatch.undo()


def test_a_drag_answers_on_map_and_loss(qtbot, window):
    before = window.session.evaluation
    loss = window.session.snapshot.metrics.train_loss
    window.session.apply(SetParameters({weight_of(window): 5.0}), merge="drag")
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    assert window.session.snapshot.metrics.train_loss != loss
    assert not np.array_equal(window.session.evaluation.maps[-1], before.maps[-1])


@pytest.mark.parametrize("name", gallery_names())
def test_every_gallery_entry_opens_and_learns(qtbot, open_window, name):
    window = open_window()
    window.open_experiment(gallery_experiment(name))
    # Data that takes a while to make comes in the background.
    qtbot.waitUntil(lambda: window.session.experiment.name == name, timeout=PATIENCE)
    window.laboratory.pause()
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    before = epoch(window)
    window.laboratory.step("epoch")
    qtbot.waitUntil(lambda: epoch(window) > before and settled(window), timeout=PATIENCE)


def test_an_experiment_is_saved_with_its_edited_start_and_opened_again(qtbot, window, tmp_path):
    weight = weight_of(window)
    window.session.apply(SetParameters({weight: 1.5}))
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    start = window.session.snapshot.theta
    files.save_path(window, tmp_path / "mine.toml")
    again = read_experiment(tmp_path / "mine.toml")
    assert np.array_equal(again.trainer().state.theta, start)
    files.open_path(window, tmp_path / "mine.toml")
    window.laboratory.pause()
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    # What is opened learns at once; perhaps it did some epochs before the pause.
    assert np.array_equal(window.session.snapshot.initial_theta, start)


def test_a_bad_file_is_one_sentence_and_changes_nothing(qtbot, window, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[training]\nlearning_rate = -1\n")
    with qtbot.waitSignal(window.session.said) as said:
        files.open_path(window, bad)
    assert "learning rate must be above 0, got -1" in said.args[0]
    assert "\n" not in said.args[0]
    with qtbot.waitSignal(window.session.said) as said:
        files.open_path(window, tmp_path / "missing.toml")
    assert said.args[1]
    assert window.session.experiment == gallery_experiment("playground")


@pytest.mark.parametrize("ending", [".npz", ".json"])
def test_weights_are_exported_as_they_are(qtbot, window, tmp_path, ending):
    from bpviz.io.importers import read_network_file

    window.laboratory.train_epochs(3)
    qtbot.waitUntil(lambda: epoch(window) == 3 and settled(window), timeout=PATIENCE)
    path = tmp_path / f"weights{ending}"
    files.export_path(window, path)
    qtbot.waitUntil(lambda: not window.transfer.running)
    assert read_network_file(path).theta.tobytes() == window.session.snapshot.theta.tobytes()


@pytest.mark.parametrize("which", ["network", "plot"])
def test_pictures_are_saved_and_copied(qtbot, window, tmp_path, which):
    path = Path(tmp_path) / "picture.png"
    files.save_picture(window, which, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    files.copy_picture(window, which)
    image = QGuiApplication.clipboard().image()
    assert image.width() > 100


def test_an_infinite_error_is_said_and_training_can_go_on(qtbot, open_window):
    window = open_window()
    for layer in ("h1", "h2"):
        window.session.apply(SetLayer(layer, "activation", "identity"))
    window.session.apply(Change("data.source", "plane"))
    window.session.apply(Change("training.learning_rate", 40.0))
    window.laboratory.train()
    qtbot.waitUntil(lambda: window.session.snapshot.failed, timeout=PATIENCE)
    assert np.isfinite(window.session.snapshot.theta).all()
    window.session.apply(Change("training.learning_rate", 0.001))
    window.laboratory.train()
    wait_epochs(qtbot, window, 3)


def click_on_network(qtbot: QtBot, window: MainWindow, random: np.random.Generator) -> None:
    """A click somewhere on the canvas; the editor it may open is given a value or closed."""
    network = window.canvas.network
    x, y = (int(random.integers(20, side - 20)) for side in (network.width(), network.height()))
    hit = network.hit(QPointF(x, y))
    if hit is not None and hit.control is not None and hit.control.kind not in ("minus", "plus"):
        return  # a menu would wait for an answer
    qtbot.mouseClick(network, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    if network.popover.isVisible():
        if random.integers(2):
            qtbot.keyClicks(network.popover.field, "0.25")
            qtbot.keyClick(network.popover.field, Qt.Key.Key_Return)
        qtbot.keyClick(network.popover, Qt.Key.Key_Escape)


def test_a_worked_example_waits_for_the_first_step(qtbot, window):
    window.laboratory.train()
    wait_epochs(qtbot, window, 3)
    window.open_experiment(gallery_experiment("worked-2-2-2"))
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    assert epoch(window) == 0
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: epoch(window) == 1 and settled(window), timeout=PATIENCE)
    snapshot = window.session.snapshot
    assert snapshot.theta[snapshot.layout.find("w5")] == pytest.approx(0.35891648, abs=5e-9)


def test_a_failure_is_shown_each_time_and_goes_with_the_next_edit(qtbot, window):
    for layer in ("h1", "h2"):
        window.session.apply(SetLayer(layer, "activation", "identity"))
    window.session.apply(Change("data.source", "plane"))
    window.session.apply(Change("training.learning_rate", 1e9))
    for count in (1, 2):
        window.laboratory.train()
        qtbot.waitUntil(
            lambda count=count: window.session.snapshot.failures == count, timeout=PATIENCE
        )
        assert window.banner.isVisible()
        window.banner.clear()
    window.session.apply(Change("training.learning_rate", 0.001))
    qtbot.waitUntil(lambda: not window.session.snapshot.failed, timeout=PATIENCE)
    assert not window.banner.isVisible()


def test_the_gradient_is_checked_at_the_foot_of_the_window(qtbot, window):
    window.laboratory.train_epochs(3)
    qtbot.waitUntil(lambda: epoch(window) == 3 and settled(window), timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_G)
    page = window.bottom.pages[window.bottom.tab]
    qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.report is not None, timeout=PATIENCE)
    assert "agree" in page.sentence.text()
    assert page.report.check.max_relative_error < 1e-6


def test_a_network_on_its_way_to_infinity_is_drawn_all_the_same(qtbot, window):
    for layer in ("h1", "h2"):
        window.session.apply(SetLayer(layer, "activation", "identity"))
    window.session.apply(Change("data.source", "plane"))
    window.session.apply(Change("training.optimizer", "momentum"))
    window.session.apply(Change("training.learning_rate", 1e30))
    window.session.show(numbers=True)
    tabs = ("Loss", "Accuracy", "Gradients", "Rate", "Weights")
    quantities = ("weight", "gradient", "update", "velocity")
    for k in range(16):
        window.laboratory.step("batch")
        qtbot.waitUntil(
            lambda k=k: window.session.snapshot.batch == k + 1 and settled(window),
            timeout=PATIENCE,
        )
        window.plots.show_tab(tabs[k % 5])
        window.session.show(quantity=quantities[k % 4], numbers=bool(k % 2))
        window.output.show_as(("map", "scatter")[k % 2])
        window.plots.refresh()
        assert not window.grab().isNull()
    assert not np.isfinite(window.session.snapshot.theta).all()


def test_a_step_by_sample_looks_at_that_sample(qtbot, window):
    window.laboratory.step("sample")
    qtbot.waitUntil(lambda: window.session.snapshot.cursor is not None, timeout=PATIENCE)
    snapshot = window.session.snapshot
    row = int(snapshot.data.train_rows[snapshot.cursor])
    qtbot.waitUntil(lambda: window.session.request.sample == row, timeout=PATIENCE)
    assert snapshot.cursor == window.session.experiment.trainer().batch_samples(0)[0]


def test_slow_motion_moves_while_it_trains_and_not_after(qtbot, window):
    phases = set()
    session = window.session
    session.motion_changed.connect(
        lambda: phases.add(session.motion.phase if session.motion else "still")
    )
    window.clock.set_slow_motion(20.0)
    window.laboratory.set_pace(Pace(20.0, "batch"))
    window.laboratory.train()
    qtbot.waitUntil(lambda: {"forward", "backward"} <= phases, timeout=PATIENCE)
    window.laboratory.pause()
    qtbot.waitUntil(lambda: session.motion is None, timeout=PATIENCE)
    window.clock.set_slow_motion(None)


def test_what_was_pointed_out_goes_with_its_unit(qtbot, window):
    window.session.select(weight_of(window))
    window.session.show(shown_unit=(1, 0))
    window.session.apply(AddLayer("x"))
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    assert window.session.look.shown_unit is None
    assert window.session.selection is None


def test_undo_is_named_in_its_menu_and_grey_without_anything_to_undo(qtbot, window):
    menu = window.menuBar().actions()[1].menu()
    undo = window.actions_by_name["Undo"]
    menu.aboutToShow.emit()
    assert not undo.isEnabled()
    window.session.apply(AddUnit("h1"))
    menu.aboutToShow.emit()
    assert (undo.isEnabled(), undo.text()) == (True, "Undo add a unit to h1")
    menu.aboutToHide.emit()


def test_the_gallery_is_read_when_it_is_opened(qtbot, window):
    file = window.menuBar().actions()[0].menu()
    file.popup(window.mapToGlobal(QPoint(0, 0)))
    (gallery,) = (action for action in file.actions() if action.menu() is not None)
    assert gallery.menu().actions() == []
    file.setActiveAction(gallery)
    QTest.keyClick(file, Qt.Key.Key_Right)
    qtbot.waitUntil(gallery.menu().isVisible)
    assert len(gallery.menu().actions()) == len(gallery_names())
    gallery.menu().close()
    file.close()


def test_only_trainings_waits_are_made_up_for(window):
    """Frames leave training time for what it has waited; who else waits is not owed any."""
    turn = window._turn
    assert window.laboratory.runner.yield_to == turn.wait_for_end
    others = [window.loader.yield_to, window.predictor._yield_to, window.bottom._yield_to]
    others += [window.lesson._yield_to, window.starting._yield_to]
    assert all(wait == turn.wait_for_gap for wait in others)


def test_the_window_remembers_its_size_and_theme(qtbot):
    for theme in ("dark", None):
        window = MainWindow(gallery_experiment("playground"), theme=theme)
        qtbot.addWidget(window)
        if theme:
            window.resize(1024, 700)
        window.show()
        window.begin()
        window.close()
    assert (window.width(), window.height()) == (1024, 700)
    assert window.looks.theme_name == "dark"
    assert QSettings().value("theme", type=str) == "dark"


def random_edit(window: MainWindow, random: np.random.Generator) -> Edit:
    experiment = window.session.experiment
    computed = experiment.network.computed
    layer = computed[int(random.integers(len(computed)))].id
    weight = weight_of(window)
    edits = (
        SetParameters({weight: float(random.normal())}),
        Freeze(frozenset({weight}), bool(random.integers(2))),
        AddUnit(layer),
        RemoveUnit(layer),
        AddLayer(experiment.network.layers[0].id),
        RemoveLayer(layer),
        SetLayer(layer, "activation", str(random.choice(["tanh", "relu", "sigmoid"]))),
        Change("training.learning_rate", float(random.uniform(0.001, 0.1))),
        Change("training.optimizer", str(random.choice(["adam", "momentum"]))),
        Change("training.batch_size", int(random.integers(5, 60))),
        Change("data.source", str(random.choice(["circle", "xor", "iris", "plane"]))),
        Change("seed", int(random.integers(1000))),
        Reset(),
        Load(gallery_experiment("worked-2-2-2")),
    )
    return edits[int(random.integers(len(edits)))]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_hundred_random_actions_and_everything_undone(qtbot, open_window, seed):
    window = open_window()
    session, lab = window.session, window.laboratory
    start = session.experiment
    random = np.random.default_rng(seed)
    lab.set_pace(Pace(None))

    def drawn_is_current() -> None:
        drawn = session.evaluation.snapshot
        assert drawn.revision >= lab.revision or drawn.spec.layers == lab.experiment.network.layers
        assert session.snapshot.revision >= drawn.revision

    session.evaluation_changed.connect(drawn_is_current)
    actions = (
        lab.train,
        lab.pause,
        lambda: lab.step("sample"),
        lambda: lab.step("batch"),
        lambda: lab.step("epoch"),
        session.undo,
        session.redo,
        lambda: window.looks.set_theme(str(random.choice(["light", "dark"]))),
        lambda: session.show(quantity=str(random.choice(["weight", "gradient", "velocity"]))),
        lambda: session.ask(sample=int(random.integers(100)), typed=None),
        lambda: window.resize(int(random.integers(1024, 1400)), int(random.integers(640, 900))),
        lambda: click_on_network(qtbot, window, random),
        lambda: qtbot.keyClick(window, str(random.choice(list("SRMTD1234")))),
        lambda: qtbot.keyClick(window, Qt.Key.Key_Space),
        lambda: window.output.show_as(str(random.choice(["map", "matrix", "scatter"]))),
        lambda: window.plots.show_tab(str(random.choice(["Loss", "Gradients", "Weights"]))),
        lambda: window.settings_panel.field("training.learning_rate").changed.emit(
            "learning_rate", float(random.uniform(0.001, 0.1)), "pull"
        ),
    )
    for _ in range(200):
        if random.random() < 0.5:
            session.apply(random_edit(window, random))
        else:
            actions[int(random.integers(len(actions)))]()
        if random.random() < 0.2:
            revision = lab.revision
            qtbot.waitUntil(
                lambda revision=revision: session.snapshot.revision >= revision, timeout=PATIENCE
            )
            assert session.snapshot.experiment == session.experiment
    while lab.can_undo:
        session.undo()
    lab.pause()
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    assert session.experiment == start
    assert session.snapshot.experiment == start
    session.apply(Reset())
    qtbot.waitUntil(lambda: settled(window), timeout=PATIENCE)
    assert np.array_equal(session.snapshot.theta, start.trainer().state.theta)
