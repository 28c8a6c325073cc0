"""The engine for small networks is compiled beside the window; nothing is compiled here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QProcess
from pytestqt.qtbot import QtBot

from bpviz.engine.compiled import machine_code, warming
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.panels.figures import RunFigures
from bpviz.gui.warming import Warming, is_wanted
from tests.gui.without_threads import Bench

FAILED = "it could not be compiled on this machine; the log says why"


@pytest.fixture
def cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with Numba on which nothing was compiled yet."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "caches"))
    monkeypatch.setattr(machine_code, "has_numba", lambda: True)
    monkeypatch.setattr(warming, "_found", {})
    machine_code.folder.cache_clear()
    yield
    machine_code.folder.cache_clear()


@pytest.fixture
def beside(qtbot: QtBot, cold: None) -> Iterator[Warming]:
    parent = QObject()
    made = Warming(parent)
    yield made
    made.shut()


def leave_code(dtype: str) -> None:
    place = machine_code.folder()
    assert place is not None
    (place / f"{dtype}.nbc").touch()
    machine_code.note_ready(dtype)


def test_only_a_cold_machine_is_warmed(
    beside: Warming, cold: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_wanted()
    beside.start_soon()
    assert beside._timer.isActive()
    beside.shut()
    assert not beside._timer.isActive()
    leave_code("float64")
    assert is_wanted(), "the other number format is not there yet"
    leave_code("float32")
    assert not is_wanted()
    beside.start_soon()
    assert not beside._timer.isActive()


@pytest.mark.parametrize("missing", ["numba", "a place", "leave"])
def test_what_cannot_be_compiled_is_left(
    missing: str, cold: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "numba":
        monkeypatch.setattr(machine_code, "has_numba", lambda: False)
    elif missing == "a place":
        (tmp_path / "caches").touch()
    else:
        monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
        monkeypatch.delitem(sys.modules, "numba.core.config", raising=False)
    assert not is_wanted()


@pytest.mark.parametrize("odd", ["frozen", "nowhere", "started itself"])
def test_without_an_interpreter_to_start_that_is_told_once(
    odd: str,
    qtbot: QtBot,
    cold: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if odd == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    elif odd == "nowhere":
        monkeypatch.setattr(sys, "executable", "")
    else:
        monkeypatch.setenv("BPVIZ_COMPILES_BESIDE", "1")
    for _ in range(2):
        parent = QObject()
        beside = Warming(parent)
        beside.start_soon()
        assert not beside._timer.isActive()
    assert len(caplog.messages) == 1
    assert "no Python interpreter" in caplog.messages[0]
    snapshot = Bench().session.snapshot
    assert snapshot is not None
    assert snapshot.kernel == ("numpy", FAILED)


def test_it_starts_a_process_of_its_own_without_a_window(beside: Warming) -> None:
    assert beside.process.program() == sys.executable
    assert beside.process.arguments() == ["-m", "bpviz.engine.compiled.warming", "--aside"]


def test_its_end_is_waited_for(qtbot: QtBot, beside: Warming) -> None:
    beside.process.setArguments(["-c", "input()"])
    beside.start()
    assert beside.process.waitForStarted()
    beside.shut()
    assert beside.process.state() == QProcess.ProcessState.NotRunning
    assert warming.hindrance("float64", patient=False) == warming.NOT_YET


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(1)",
        # Another program altogether, to which the arguments mean nothing.
        "pass",
        "import os; os.abort()",
    ],
)
def test_a_failure_is_a_reason_from_then_on(
    code: str, qtbot: QtBot, beside: Warming, caplog: pytest.LogCaptureFixture
) -> None:
    beside.process.setArguments(["-c", code])
    with qtbot.waitSignal(beside.process.finished):
        beside.start()
    assert warming.hindrance("float64", patient=False) == FAILED
    assert len(caplog.messages) == 1
    bench = Bench()
    assert bench.session.snapshot is not None
    assert bench.session.snapshot.kernel == ("numpy", FAILED)
    beside.start_soon()
    assert not beside._timer.isActive()


def test_what_cannot_be_started_is_a_reason(
    qtbot: QtBot, beside: Warming, caplog: pytest.LogCaptureFixture
) -> None:
    beside.process.setProgram("/no such program")
    with qtbot.waitSignal(beside.process.errorOccurred):
        beside.start()
    assert warming.hindrance("float64", patient=False) == FAILED
    assert len(caplog.messages) == 1


def test_the_process_knows_that_it_is_beside_a_window(qtbot: QtBot, beside: Warming) -> None:
    code = "import os; print(os.environ['BPVIZ_COMPILES_BESIDE'], len(os.environ) > 1)"
    beside.process.finished.disconnect()
    beside.process.setArguments(["-c", code])
    with qtbot.waitSignal(beside.process.finished):
        beside.start()
    assert bytes(beside.process.readAll().data()).split() == [b"1", b"True"]


def test_the_window_says_which_engine_trains_and_why(qtbot: QtBot, cold: None) -> None:
    experiment = gallery_experiment("playground")
    bench = Bench(replace(experiment, training=replace(experiment.training, evaluate_every=4)))
    figures = RunFigures(bench.session)
    qtbot.addWidget(figures)
    assert figures.speed.caption.text() == "Speed · NumPy"
    tip, of_loss = (
        " ".join(figure.toolTip().split()) for figure in (figures.speed, figures.train_loss)
    )
    assert f"NumPy computes the training: {warming.NOT_YET}." in tip
    assert tip.endswith("Evaluated: every 4 epochs.")
    assert of_loss.endswith("(after epoch 0)")
