"""Experiments on a table: how their files name it, and how a setting does."""

import shutil
from pathlib import Path

import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import (
    format_experiment,
    parse_experiment,
    read_experiment,
    set_option,
    write_experiment,
)


def on(path: Path | str, **settings: object) -> Experiment:
    return Experiment(name="mine", data=DataConfig(source=TableFile(path=str(path), **settings)))


def test_file_is_short_for_a_source(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[data]\nfile = "tables/a.csv"\ntest_fraction = 0.25\n')
    experiment = read_experiment(tmp_path / "mine.toml")
    assert experiment.data.source == TableFile(path=str(tmp_path / "tables" / "a.csv"))
    assert experiment.data.test_fraction == 0.25


def test_a_source_may_say_more(tmp_path: Path) -> None:
    text = '[data.source]\nkind = "file"\npath = "a.csv"\ntarget = ["y"]\ndelimiter = "tab"\n'
    (tmp_path / "mine.toml").write_text(text)
    source = read_experiment(tmp_path / "mine.toml").data.source
    assert source == TableFile(path=str(tmp_path / "a.csv"), target=("y",), delimiter="tab")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[data]\nfile = "a.csv"\nsource = "iris"\n', "data.file: give either a file or a source"),
        ("[data]\nfile = 7\n", "data.file: file must be a text, got 7"),
        ('[data]\nfile = "a.csv"\nspeed = 1\n', "data.speed: unknown key"),
    ],
)
def test_what_is_wrong_is_named(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_experiment(text, "bad.toml")
    assert str(error.value).startswith(f"bad.toml: {sentence}")


def test_experiment_and_table_can_be_moved_together(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "tables").mkdir(parents=True)
    table = here / "tables" / "a.csv"
    table.write_text("a,y\n1,2\n3,5\n")
    experiment = on(table, target=("y",))
    write_experiment(experiment, here / "mine.toml")
    assert 'path = "tables/a.csv"' in (here / "mine.toml").read_text()
    assert read_experiment(here / "mine.toml") == experiment
    shutil.move(here, there)
    moved = read_experiment(there / "mine.toml")
    assert moved.data.source == TableFile(path=str(there / "tables" / "a.csv"), target=("y",))
    assert moved.data.source.load(0).targets.tolist() == [[2], [5]]


def test_a_table_elsewhere_is_named_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "tables").mkdir()
    monkeypatch.chdir(tmp_path / "tables")
    write_experiment(on("a.csv"), tmp_path / "experiments" / "mine.toml")
    written = read_experiment(tmp_path / "experiments" / "mine.toml")
    assert written.data.source == TableFile(path=str(tmp_path / "tables" / "a.csv"))


def test_a_pasted_table_is_kept_in_the_experiment() -> None:
    text = 'a\t"b\nB"\ty\n1\t2\t"x, y"\n3\t4\t„ä“\n'
    experiment = Experiment(data=DataConfig(source=TableText(text=text, target=("a",))))
    assert parse_experiment(format_experiment(experiment), "x.toml").data == experiment.data


@pytest.mark.parametrize(
    "option",
    ["data.file=my table.csv", " data.file = my table.csv ", 'data.file="my table.csv"'],
)
def test_an_option_names_a_file(option: str) -> None:
    changed = set_option(Experiment(), option)
    assert changed.data.source == TableFile(path="my table.csv")


def test_a_file_may_be_called_like_a_number() -> None:
    assert set_option(Experiment(), "data.file=2024").data.source == TableFile(path="2024")
    changed = set_option(on("a.csv"), 'data.source.target=["y"]')
    assert changed.data.source == TableFile(path="a.csv", target=("y",))
