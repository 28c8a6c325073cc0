"""How many threads BLAS gets, settled by the command line alone."""

import subprocess
import sys
from types import ModuleType

import pytest

from bpviz import blas

IMPORTED = """
import os
before = dict(os.environ)
import bpviz
bpviz.network(2, 3, 1)
print(dict(os.environ) == before)
"""

COMMAND = """
import sys
from bpviz.cli import main
early = "numpy" in sys.modules
sys.argv[1:] = ["bench", "none of them"]
main()
import os
from bpviz.lab.numerics import numerics
print(early, os.environ["OPENBLAS_NUM_THREADS"], numerics()["blas_threads"])
"""


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (3, 2), (16, 15)])
def test_one_processor_is_left_to_others(
    processors: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.setattr(blas, "_processors", lambda: processors)
    environment: dict[str, str] = {}
    blas.settle_threads(environment)
    assert environment == {"OPENBLAS_NUM_THREADS": str(threads)}


@pytest.mark.parametrize("name", blas.THREAD_VARIABLES)
def test_a_number_that_is_set_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    environment = {name: "5"}
    blas.settle_threads(environment)
    assert environment == {name: "5"}


def test_when_numpy_is_there_it_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", ModuleType("numpy"))
    environment: dict[str, str] = {}
    blas.settle_threads(environment)
    assert environment == {}


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in blas.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_who_imports_bpviz_keeps_the_environment(unset: None) -> None:
    assert run(IMPORTED) == ["True"]


def test_a_command_settles_it_before_numpy_is_loaded(
    unset: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = str(blas.default_threads())
    assert run(COMMAND) == ["False", expected, expected]
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert run(COMMAND)[1] == "2"


def run(code: str) -> list[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
