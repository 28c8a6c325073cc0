"""`bpviz train` on arrays and pictures: as settings, options and experiment files name them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.datasets.arrays.sources import ArrayFile, IdxFile
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import parse_experiment, read_experiment, set_option
from bpviz.lab.bench.pictures import write_digits


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    return write_digits(tmp_path, 200)


def trained(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["train", *arguments, "--epochs", "1", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_pictures_are_learned_from(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trained(capsys, str(digits))["samples"] == 160
    three = digits.with_name("three")
    three.write_bytes(b"\0\0\x08\x01\0\0\0\x03" + bytes(3))
    assert main(["train", str(digits), "--set", "data.labels=three"]) == 2
    assert "it has 200 inputs but 3 targets" in capsys.readouterr().err


def test_arrays_are_chosen_by_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).normal(size=(40, 2))
    np.savez(tmp_path / "my.npz", a=x, b=np.arange(40) % 2, c=x[:, 0] * 2)
    path = str(tmp_path / "my.npz")
    by_class = trained(capsys, path, "--set", "data.targets=b")
    assert by_class["accuracy"]["train"] is not None
    by_value = trained(capsys, path, "--set", "data.targets=c")
    assert by_value["accuracy"]["train"] is None
    assert main(["train", path]) == 2
    assert "does not tell which array holds the targets" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{0}/zz"], "zz: is empty"),
        (["{0}/e.csv.gz"], "e.csv.gz: is not a table but a gzip archive; unpack it first"),
        (["{0}/e.toml"], "e.toml: is empty"),
        (["iris", "--set", "data.source=idx"], "no file was chosen yet; name it by data.file="),
    ],
)
def test_what_gives_no_samples_trains_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    for name, content in {"zz": b"", "e.csv.gz": b"\x1f\x8b\x08", "e.toml": b""}.items():
        (tmp_path / name).write_bytes(content)
    assert main(["train", *(text.format(tmp_path) for text in arguments)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_is_known_by_its_content(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = digits.with_name(digits.name.replace("images", "labels").replace("idx3", "idx1"))
    other = digits.rename(digits.with_name("digits"))
    assert labels.is_file()
    assert trained(capsys, str(other), "--set", f"data.labels={labels}")["samples"] == 160


def test_an_experiment_file_names_them_in_short(digits: Path) -> None:
    text = f'[data]\nfile = "{digits.name}"\ngrey = false\ntest_fraction = 0.1\n'
    file = digits.with_name("mine.toml")
    file.write_text(text, encoding="utf-8")
    experiment = read_experiment(file)
    assert experiment.data.source == IdxFile(path=str(digits), grey=False)
    assert experiment.data.test_fraction == 0.1
    arrays = parse_experiment('[data]\nfile = "a.npz"\ninputs = "q"\n', "mine.toml")
    assert arrays.data.source == ArrayFile(path="a.npz", inputs="q")
    assert set_option(Experiment(), "data.file=a.npy").data.source == ArrayFile(path="a.npy")
