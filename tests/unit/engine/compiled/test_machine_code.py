"""Where machine code is kept, and who may use it when; nothing is compiled here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from bpviz.engine.compiled import machine_code, warming
from bpviz.engine.kernels import choose_kernel
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.commands import Train
from bpviz.lab.comparison import Comparison, Variant
from bpviz.lab.edits import AddUnit, Change, Reset
from bpviz.lab.laboratory import Laboratory


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with Numba on which nothing was compiled yet."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "caches"))
    monkeypatch.setattr(machine_code, "has_numba", lambda: True)
    monkeypatch.setattr(warming, "_found", {})
    machine_code.folder.cache_clear()
    yield tmp_path / "caches"
    machine_code.folder.cache_clear()


def make_warm() -> None:
    for dtype in warming.DTYPES:
        leave_code(dtype)
        machine_code.note_ready(dtype)


def leave_code(dtype: str) -> None:
    """As if it had been compiled."""
    place = machine_code.folder()
    assert place is not None
    (place / f"{dtype}.nbc").touch()


def test_a_new_machine_has_none(caches: Path) -> None:
    assert not warming.is_warm()
    assert warming.hindrance("float64", patient=False) == warming.NOT_YET
    assert warming.hindrance("float64") == ""


def test_once_compiled_nobody_waits(caches: Path) -> None:
    leave_code("float64")
    machine_code.note_ready("float64")
    assert not warming.is_warm()
    assert warming.hindrance("float64", patient=False) == ""
    assert warming.hindrance("float32", patient=False) == warming.NOT_YET
    machine_code.note_ready("float32")
    assert warming.is_warm()
    assert warming.hindrance("float32", patient=False) == ""


def test_only_what_is_named_and_missing_is_compiled(
    caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_it(dtype: str) -> None:
        compiled.append(dtype)
        leave_code(dtype)

    compiled: list[str] = []
    monkeypatch.setattr(warming, "_train_once", compile_it)
    assert warming.main(["float64"]) == 0
    assert compiled == ["float64"]
    assert warming.main([]) == 0
    assert compiled == ["float64", "float32"]


def test_who_waits_for_another_is_told(caches: Path, caplog: pytest.LogCaptureFixture) -> None:
    def enter() -> None:
        with machine_code.alone():
            inside.set()

    inside = threading.Event()
    enter()
    assert caplog.messages == []
    inside.clear()
    other = threading.Thread(target=enter)
    with machine_code.alone():
        other.start()
        while not caplog.messages:
            other.join(0.01)
        assert not inside.is_set()
    other.join()
    assert inside.is_set()
    assert caplog.messages == [
        "Waiting for another bpviz that compiles the engine for small networks."
    ]


def test_it_lies_beside_the_source_or_with_the_users_caches(
    caches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(machine_code, "_HERE", tmp_path)
    monkeypatch.setattr(machine_code, "user_caches", lambda: caches)
    place = machine_code.folder()
    assert place is not None
    assert place.parent == tmp_path / "__pycache__"
    machine_code.folder.cache_clear()
    place.rmdir()
    place.parent.rmdir()
    place.parent.touch()
    place = machine_code.folder()
    assert place is not None
    assert place.parent == caches / "bpviz"


def test_without_a_place_numpy_trains(caches: Path) -> None:
    caches.touch()
    assert machine_code.folder() is None
    trainer = gallery_experiment("playground").trainer()
    assert trainer.kernel == ("numpy", "there is no folder to keep its machine code in")
    trainer.train_epoch()


@pytest.mark.parametrize(
    "name", [path.name for path in Path(machine_code.__file__).parent.glob("*.py")]
)
def test_other_sources_have_another_place_beside_the_old_one(
    name: str, caches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in machine_code._HERE.glob("*.py"):
        shutil.copy2(path, tmp_path)
    monkeypatch.setattr(machine_code, "_HERE", tmp_path)
    make_warm()
    places = {machine_code.folder()}
    source = tmp_path / name
    times = source.stat().st_mtime_ns
    # Another text, and then also another time, which is all that Numba looks at.
    for text, later in (("# changed", 0), ("# changed", 10**9)):
        source.write_text(text)
        os.utime(source, ns=(times + later, times + later))
        machine_code.folder.cache_clear()
        assert not warming.is_warm()
        make_warm()
        places.add(machine_code.folder())
    assert set(caches.iterdir()) == places, "programs that run may need the old ones"
    assert len(places) == 3


def test_what_nobody_has_used_for_long_goes(
    caches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_code, "_HERE", tmp_path)
    monkeypatch.setattr(warming, "_train_once", lambda dtype: None)
    change_sources(tmp_path, "# one")
    make_warm()
    before = machine_code.folder()
    assert before is not None
    for path in (before, *before.iterdir()):
        os.utime(path, (0, 0))
    assert warming.prepare("float32") == ""
    change_sources(tmp_path, "# another")
    make_warm()
    assert before.is_dir(), "it was used just now"
    os.utime(before / "float32.ready", (0, 0))
    make_warm()
    assert list(caches.iterdir()) == [machine_code.folder()]


def change_sources(place: Path, text: str) -> None:
    (place / "kernel.py").write_text(text)
    machine_code.folder.cache_clear()


def test_what_is_loaded_stays_when_the_folder_goes(
    caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_warm()
    monkeypatch.setattr(warming, "_train_once", lambda dtype: None)
    assert warming.prepare("float64") == ""
    shutil.rmtree(caches)
    assert warming.hindrance("float64", patient=False) == ""
    assert warming.hindrance("float32", patient=False) == warming.NOT_YET
    monkeypatch.setattr(warming, "_train_once", leave_code)
    assert warming.prepare("float32") == ""
    assert machine_code.is_ready("float32")


def test_no_mark_without_machine_code(
    caches: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    machine_code.note_ready("float64")
    assert not machine_code.is_ready("float64")
    monkeypatch.setattr(warming, "_train_once", lambda dtype: None)
    assert warming.main(["float64"]) == 1
    assert f"nothing was kept in {machine_code.folder()}" in caplog.messages[-1]


def test_where_numba_does_not_compile_numpy_trains(caches: Path) -> None:
    code = (
        "import sys\nfrom bpviz.engine.compiled import warming\n"
        "from bpviz.experiments.gallery import gallery_experiment\n"
        "print(gallery_experiment('playground').trainer().kernel.why)\n"
        "sys.exit(warming.main([]))\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, text=True, env=environment
    )
    if not find_spec("numba"):
        pytest.skip("Numba is not installed")
    assert done.stdout == "Numba is told not to compile, by NUMBA_DISABLE_JIT\n"
    assert done.returncode == 1
    assert not list(caches.rglob("*.ready"))


def test_another_processor_has_its_own(caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_warm()
    monkeypatch.setattr(machine_code, "_processor", lambda: "another")
    machine_code.folder.cache_clear()
    assert not warming.is_warm()
    make_warm()
    assert len(list(caches.iterdir())) == 2


def test_the_second_process_waits_for_the_first(caches: Path) -> None:
    place = machine_code.folder()
    code = (
        "from bpviz.engine.compiled import machine_code\n"
        "print('asks', flush=True)\n"
        "with machine_code.alone():\n    print((machine_code.folder() / 'first').exists())\n"
    )
    with machine_code.alone():
        other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "asks\n"
        assert place is not None
        (place / "first").touch()
    assert other.communicate() == ("True\n", None)


# What trains


def test_a_window_begins_with_numpy_and_stays_with_it_until_a_reset(caches: Path) -> None:
    laboratory = Laboratory(gallery_experiment("playground"))
    runner = laboratory.runner
    trained(laboratory)
    assert runner._training.trainer.kernel == ("numpy", warming.NOT_YET)
    make_warm()
    laboratory.apply(Change("training.learning_rate", 0.1))
    laboratory.apply(AddUnit("h1"))
    runner.work()
    assert runner._training.trainer.kernel.name == "numpy"
    laboratory.apply(Reset())
    runner.work()
    assert runner._training.trainer.kernel.name == "compiled"
    laboratory.undo()
    runner.work()
    assert runner._training.trainer.kernel == ("numpy", warming.NOT_YET)


def trained(laboratory: Laboratory) -> None:
    laboratory.runner.submit(Train(1))
    laboratory.runner.work()
    laboratory.runner.work()


def test_a_comparison_does_not_wait_for_it(caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_train_once", lambda dtype: pytest.fail("it was compiled"))
    comparison = Comparison(gallery_experiment("playground"), [Variant("as it is")], epochs=1)
    comparison.run()
    assert comparison.finished
    (run,) = comparison.runs
    assert run.trainer is not None
    assert run.trainer.kernel == ("numpy", warming.NOT_YET)


def test_scripts_wait_for_it(caches: Path) -> None:
    assert gallery_experiment("playground").trainer().kernel.name == "compiled"


def test_where_compiling_fails_numpy_trains_and_says_why(
    caches: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(dtype: str) -> None:
        raise ImportError("Numba needs NumPy 2.4 or less. Got NumPy 2.5.\nAnd more.")

    monkeypatch.setattr(warming, "_train_once", fail)
    trainer = gallery_experiment("playground").trainer()
    trainer.run(2)
    assert trainer.kernel.name == "numpy"
    assert trainer.kernel.why == (
        "Numba does not work here (Numba needs NumPy 2.4 or less. Got NumPy 2.5)"
    )
    assert trainer.state.epoch == 2
    assert not warming.is_warm()
    # The next one knows, and does not try.
    monkeypatch.setattr(warming, "_train_once", lambda dtype: pytest.fail("tried again"))
    again = gallery_experiment("playground").trainer()
    assert again.kernel == trainer.kernel
    again.train_epoch()


def test_who_waits_is_told_once(
    caches: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warming, "_train_once", leave_code)
    for _ in range(2):
        assert warming.prepare("float64") == ""
        warming._found.clear()
    assert len(caplog.messages) == 1
    assert "once on this machine" in caplog.messages[0]
    assert machine_code.is_ready("float64")
    assert not machine_code.is_ready("float32")


def test_what_another_process_could_not_compile_is_not_tried(caches: Path) -> None:
    warming.give_up("it could not be compiled")
    assert warming.hindrance("float64", patient=False) == "it could not be compiled"
    assert gallery_experiment("playground").trainer().kernel.name == "numpy"


def test_a_hindrance_hinders_only_what_would_be_compiled() -> None:
    experiment = gallery_experiment("playground")
    spec, data = experiment.network, experiment.prepare().training

    def chosen(**settings: object) -> tuple[str, str]:
        training = TrainingConfig(**settings)  # type: ignore[arg-type]
        return choose_kernel(spec, training, data, "not now")

    assert chosen() == ("numpy", "not now")
    assert chosen(kernel="numpy") == ("numpy", "as set")
    assert chosen(clip_norm=1.0) == ("numpy", "there is no compiled form of clip norm")


def test_without_numba_everything_works() -> None:
    code = (
        "import sys\nsys.modules['numba'] = None\n"
        "import importlib.util as util\nfind = util.find_spec\n"
        "util.find_spec = lambda name, *a: None if name == 'numba' else find(name, *a)\n"
        "from bpviz.experiments.gallery import gallery_experiment\n"
        "trainer = gallery_experiment('playground').trainer()\n"
        "trainer.run(2)\nprint(trainer.state.epoch, *trainer.kernel, sep='|')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "2|numpy|Numba, the extra named fast, is not installed\n"
    assert done.stderr == ""


def test_to_build_a_trainer_loads_no_numba() -> None:
    code = (
        "import sys\nfrom bpviz.experiments.gallery import gallery_experiment\n"
        "gallery_experiment('playground').trainer().evaluate()\nprint('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_trainer_says_what_hinders_it() -> None:
    experiment = gallery_experiment("playground")
    data = experiment.prepare().training
    trainer = Trainer(experiment.network, experiment.training, data, hindrance="not now")
    trainer.set_training(experiment.training)
    assert trainer.kernel == ("numpy", "not now")
