"""What the wheel is made of, and what the package asks for."""

import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib import resources
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import bpviz

CHECKOUT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_folder_with_code_is_a_package() -> None:
    # Without its __init__.py a folder works in a checkout and is absent from the wheel.
    folders = {path.parent for path in (CHECKOUT / "bpviz").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_resource_is_packed() -> None:
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["bpviz.resources"]
    endings = [pattern.removeprefix("**/") for pattern in patterns]
    files = [path for path in (CHECKOUT / "resources").rglob("*") if path.is_file()]
    left_out = [
        path
        for path in files
        if path.suffix not in {".py", ".pyc"}
        and not any(fnmatch(path.name, ending) for ending in endings)
    ]
    assert left_out == []


def test_resources_are_found_as_installed() -> None:
    assert resources.files("bpviz.resources").joinpath("__init__.py").is_file()


def test_qt_that_breaks_is_excluded_by_python_version() -> None:
    requirements = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
    qt = [each for each in requirements if each.name == "PySide6-Essentials"]

    def allowed(version: str, python: str) -> bool:
        fitting = [each for each in qt if each.marker.evaluate({"python_version": python})]
        assert len(fitting) == 1
        return fitting[0].specifier.contains(version)

    assert allowed("6.11.3", "3.11")
    assert not allowed("6.12.0", "3.11")
    assert allowed("6.12.0", "3.12")
    assert allowed("6.12.0", "3.14")
    assert not any(allowed(broken, "3.13") for broken in ("6.8.2", "6.9.1", "6.9.2"))


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("bpviz", ("numpy", "PySide6", "bpviz.engine.network")),
        (
            "bpviz.cli",
            (
                "numpy",
                "PySide6",
                "bpviz.datasets",
                "bpviz.explain",
                "bpviz.experiments",
                "bpviz.io",
            ),
        ),
        (
            "bpviz.cli.training",
            (
                *("PySide6", "bpviz.explain", "bpviz.experiments.reference"),
                *("bpviz.lab.edits", "bpviz.lab.table_experiment", "bpviz.lab.predictions"),
                *("bpviz.datasets.tables.judging", "python_calamine", "safetensors"),
            ),
        ),
        (
            "bpviz.gui.main_window",
            (
                *("python_calamine", "safetensors", "ziamath", "sklearn", "torch", "bpviz.cli"),
                *("bpviz.datasets.tables.judging", "bpviz.datasets.tables.reading"),
                *("bpviz.datasets.tables.samples", "bpviz.datasets.tables.workbook"),
                *("bpviz.lab.predictions", "bpviz.io.exporters", "bpviz.io.importers"),
                *("bpviz.io.safetensors_format", "bpviz.lab.bench", "bpviz.gui.bench"),
            ),
        ),
    ],
)
def test_what_is_not_needed_yet_is_not_loaded(module: str, unneeded: tuple[str, ...]) -> None:
    """Starting takes no longer than what is shown takes."""
    asked = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    loaded = set(result.stdout.split())
    assert module in loaded
    assert loaded.isdisjoint(unneeded), loaded.intersection(unneeded)


def test_the_version_is_one() -> None:
    assert PYPROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "bpviz.__version__"}
    assert bpviz.__version__.count(".") == 2
