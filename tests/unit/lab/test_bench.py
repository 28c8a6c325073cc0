"""The bench: its figures, its sections and their programs. How fast anything is, is not tested."""

from __future__ import annotations

import itertools
import json
import math
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.cli.bench import SECTIONS
from bpviz.lab.bench import engine, evaluation, kernels, memory, peers, program, threads
from bpviz.lab.bench.cases import CASES, Case, trains
from bpviz.lab.bench.measuring import Measurement, in_turns, median, ratio
from bpviz.lab.bench.products import epochs_of_products, operations, products

CHECKOUT = Path(__file__).parents[3]
SMALL = Case((2, 3, 1), 4, 20)
CLASSES = Case((3, 4, 3), 5, 20, "relu", "float32")


def test_an_aim_is_met_or_missed() -> None:
    assert Measurement("speed", 5.0, at_least=5.0).met is True
    assert Measurement("speed", 4.9, at_least=5.0).met is False
    assert Measurement("time", 8.0, at_most=8.0).met is True
    assert Measurement("time", 8.1, at_most=8.0).met is False
    assert Measurement("speed", 4.9).met is None
    assert Measurement("peer", None, at_least=5.0).met is None


def test_works_take_turns() -> None:
    """In every round each of them is done once more, one after the other."""
    done: list[str] = []
    works = {name: lambda times, name=name: done.extend([name]) for name in ("one", "other")}
    rates = in_turns(works, 1e-9, rounds=3)
    assert done[-6:] == 3 * ["one", "other"]
    assert {name: found.shape for name, found in rates.items()} == {"one": (3,), "other": (3,)}


def test_rounds_are_compared_before_their_median_is_taken() -> None:
    """A machine that is slow for one round is slow for both."""
    rates = {"one": np.array([10.0, 100.0, 12.0]), "other": np.array([5.0, 50.0, 2.0])}
    assert ratio(rates, "one", "other") == 2.0
    assert median(rates["one"]) / median(rates["other"]) != 2.0


@pytest.mark.parametrize("case", [*CASES[:5], SMALL, CLASSES], ids=lambda case: case.name)
def test_cases_are_learned(case: Case) -> None:
    data = case.data()
    trainer = case.trainer(data)
    before = trainer.evaluate().train_loss
    trains(trainer)(2)
    assert trainer.state.epoch == 2
    assert trainer.evaluate().train_loss < before
    assert data.train.inputs.dtype == case.dtype
    assert len(data.test) == 0


def test_the_aims_are_those_of_the_networks() -> None:
    aims = {case.name: case.aims for case in CASES if case.aims}
    assert len(aims) == 6
    assert aims["2-4-2-1 tanh, batch 10, float64"] == {"scikit-learn": 60, "PyTorch": 80}
    assert aims["784-1,024-1,024-10 relu, batch 128, float32"] == {"PyTorch": 1.0}


@pytest.mark.parametrize("case", [SMALL, CLASSES], ids=lambda case: case.name)
@pytest.mark.parametrize("name", peers.PEERS)
def test_peers_train_the_same_network(name: str, case: Case) -> None:
    if not peers.installed(name):
        pytest.skip(f"{name} is not installed")
    peer = peers.PEERS[name].make(case, case.data())
    peer.work(2)


def test_scikit_learn_goes_through_all_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of its own ends it before, or it would seem faster than it is."""
    network = pytest.importorskip("sklearn.neural_network").MLPClassifier
    fitted = []
    fit = network.fit
    monkeypatch.setattr(network, "fit", lambda self, *data: fitted.append(fit(self, *data)))
    peers.scikit_learn(CLASSES, CLASSES.data()).work(30)
    *_, one = fitted
    assert one.n_iter_ == 30
    assert [block.shape for block in one.coefs_] == [(3, 4), (4, 3)]
    assert one.coefs_[0].dtype == np.float32


def test_rows_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for its speed, one for each peer; one that is not there says so."""
    monkeypatch.setattr(engine, "installed", lambda name: False)
    speed, *others = engine.measure_engine(0.001, (replace(SMALL, aims={"PyTorch": 80}),))
    assert speed.value is not None
    assert speed.value > 0
    assert "kernel" in speed.note
    assert [(m.value, m.note) for m in others] == 2 * [(None, "not installed")]
    assert [m.at_least for m in others] == [None, 80]


def test_large_networks_are_measured_beside_their_products(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "installed", lambda name: False)
    monkeypatch.setattr(engine, "_LARGE", 1)
    monkeypatch.setattr(engine, "square_speed", lambda *_: 1.0)
    *_, share, alike, square = engine.measure_engine(0.001, (SMALL,))
    assert share.at_least == alike.at_least == 85
    assert "GFLOP/s" in share.note
    assert (square.value, square.unit) == (1.0, "GFLOP/s")


def test_products_are_those_of_a_training_step() -> None:
    """Forward, gradient and deltas: three for each block but the first, which has no deltas."""
    case = Case((5, 4, 3), 10, 20)
    shapes = [(a.shape, b.shape) for a, b, _ in products(case)]
    forward = [((10, 5), (5, 4)), ((10, 4), (4, 3))]
    back = [((3, 10), (10, 4)), ((10, 3), (3, 4)), ((4, 10), (10, 5))]
    assert shapes == forward + back
    assert operations(case) == 2 * 10 * (2 * 5 * 4 + 3 * 4 * 3)
    epochs_of_products(case)(1)
    for a, b, out in products(case):
        assert out.shape == (len(a), b.shape[1])


def test_the_faster_number_of_threads_is_taken() -> None:
    assert threads.faster({1: lambda times: time.sleep(0.01), 2: lambda times: None}) == 2
    limited = []
    threads.with_threads(limited.append, 1)(7)
    assert limited == [7]
    assert [threads.words(count) for count in (1, 2)] == ["1 thread", "2 threads"]


def test_rows_of_kernels() -> None:
    row, rule = kernels.measure_kernels(0.001, (SMALL,))
    assert "2-3-1" in row.name
    assert row.value is None or "auto: " in row.note
    assert rule.value is not None
    assert 0 <= rule.value < 100


def test_memory_counts_every_array_once() -> None:
    counted = memory.Arrays()
    array = np.zeros(10)
    assert counted.add([array, {"again": array, "part": array[2:5]}]) == 80
    assert counted.add(array.reshape(2, 5)) == 0
    assert counted.add((np.zeros(3, np.float32), None, "text")) == 12


def test_rows_of_memory() -> None:
    """What learning takes follows from the network: θ, gradient and two moments, as long as θ."""
    learning, kept = memory.measure_memory(0.001, (CLASSES,))
    size = 4 * (3 * 4 + 4 + 4 * 3 + 3) / 1e3
    parts = dict(part.rsplit(" ", 1) for part in learning.note.split(", "))
    assert parts["θ"] == parts["gradient"] == f"{size:.1f}"
    assert float(parts["moments"]) == pytest.approx(2 * size, abs=0.06)
    assert float(parts["activations of a batch"]) > 0
    assert learning.value is not None
    assert learning.value > 4 * size
    assert {part.rsplit(" ", 1)[0] for part in kept.note.split(", ")} >= {"best", "snapshot"}


def test_evaluation_is_measured_where_its_cadence_has_settled() -> None:
    tasks = list(evaluation._tasks())
    assert [name for name, *_ in tasks[:3]] == ["playground", "iris", "digits"]
    assert all(not training.stop for _, _, training, _ in tasks)
    assert all(len(data.test) for *_, data in tasks)


PROGRAM = """
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.program import as_program

def measure(seconds):
    yield Measurement("× figures", seconds, "s", at_most=1.0, note="noted")
    yield Measurement("nothing", None)
    if seconds > 1:
        raise RuntimeError("it broke")

as_program(measure)
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A section of its own."""
    (tmp_path / "a_section.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{CHECKOUT}")
    return "a_section"


def test_programs_write_figures_that_are_read_again(written: str) -> None:
    first = Measurement("× figures", 0.25, "s", at_most=1.0, note="noted")
    assert list(program.measured(written, 0.25)) == [first, Measurement("nothing", None)]


def test_a_program_that_fails_is_told_of(written: str) -> None:
    """What it measured before is there."""
    rows = program.measured(written, 2.0)
    assert [next(rows).value, next(rows).value] == [2.0, None]
    with pytest.raises(program.BenchError, match="RuntimeError: it broke"):
        next(rows)


def test_sections_are_programs() -> None:
    for section in SECTIONS.values():
        source = (CHECKOUT / section.module.replace(".", "/")).with_suffix(".py")
        assert "as_program(measure_" in source.read_text(encoding="utf-8")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every section has one figure, and `start` breaks down after it."""

    def measured(module: str, seconds: float) -> itertools.chain[Measurement]:
        yield Measurement(f"{module} for {seconds:g}", 12345.678, "ms", at_most=8, note="noted")
        if module.endswith("start"):
            raise program.BenchError("it broke")

    monkeypatch.setattr("bpviz.cli.bench.measured", measured)


@pytest.mark.usefixtures("rows")
def test_bench_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "kernels", "engine", "--seconds", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "cores" in lines[0]
    named = [line.partition(":")[0] for line in lines if line.startswith(("kernels", "engine"))]
    assert named == ["kernels", "engine"]
    (row,) = [line for line in lines if "bpviz.lab.bench.engine for 2" in line]
    assert row.split()[3:] == ["12,346", "ms", "aim", "at", "most", "8:", "MISSED", "(noted)"]


@pytest.mark.usefixtures("rows")
def test_bench_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """All sections; one that breaks down is told of, and what it measured stands."""
    assert main(["bench", "--json"]) == 1
    out, err = capsys.readouterr()
    assert err == "bpviz: start was not measured to its end: it broke\n"
    found = json.loads(out)
    assert [row["section"] for row in found["measurements"]] == list(SECTIONS)
    assert found["measurements"][0]["met"] is False
    assert found["machine"]["cores"] >= 1
    assert not math.isnan(found["measurements"][0]["value"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["speed"], "bpviz: there is no section 'speed'; expected some of engine, kernels"),
        (["--seconds", "0"], "must be a number above 0, got '0'"),
        (["--seconds", "inf"], "must be a number above 0"),
    ],
)
def test_bad_requests(asked: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["bench", *asked])
    except SystemExit as ending:
        code = ending.code
    assert code == 2
    assert said in capsys.readouterr().err
