"""How many threads BLAS gets, settled before NumPy is loaded."""

import subprocess
import sys

import pytest

from bpviz import blas

CODE = """
import os, sys
if "first" in sys.argv:
    import numpy
import bpviz
early = "numpy" in sys.modules
from bpviz.lab.numerics import numerics
print(os.environ.get("OPENBLAS_NUM_THREADS"), early, numerics()["blas_threads"])
"""


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (3, 2), (16, 15)])
def test_one_processor_is_left_to_others(
    processors: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    monkeypatch.setattr(blas, "_processors", lambda: processors)
    environment: dict[str, str] = {}
    blas.settle_threads(environment)
    assert environment == {"OPENBLAS_NUM_THREADS": str(threads)}


@pytest.mark.parametrize("name", blas.THREAD_VARIABLES)
def test_a_number_that_is_set_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    environment = {name: "5"}
    blas.settle_threads(environment)
    assert environment == {name: "5"}


def test_when_numpy_is_there_it_is_too_late() -> None:
    assert "numpy" in sys.modules
    environment: dict[str, str] = {}
    blas.settle_threads(environment)
    assert environment == {}


def test_importing_bpviz_settles_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in blas.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    expected = str(blas.default_threads())
    assert run() == [expected, "False", expected]
    assert run("first")[:2] == ["None", "True"]


def run(*arguments: str) -> list[str]:
    command = [sys.executable, "-c", CODE, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
