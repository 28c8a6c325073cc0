"""People's own tables on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.bundled import Iris
from tests.unit.test_cli import Output, run

SITES = ("shore", "meadow", "bog")


def iris_with_words_and_gaps(path: Path, seed: int) -> Path:
    """Iris as a person may have it: a header, a column of words more, and cells missing."""
    data = Iris().load(0)
    random = np.random.default_rng(seed)
    lines = ["sepal length;sepal width;petal length;petal width;site;species"]
    for inputs, target in zip(data.inputs, data.targets, strict=True):
        cells = [f"{value:g}".replace(".", ",") for value in inputs]
        # Each species has a place where most of it grows.
        usual = SITES[target] if random.random() < 0.7 else random.choice(SITES)
        cells.append(str(usual))
        for place in np.flatnonzero(random.random(5) < 0.03):
            cells[place] = str(random.choice(["", "NA", "?"]))
        lines.append(";".join([*cells, data.class_names[target]]))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def iris_of_mine(tmp_path: Path) -> Path:
    return iris_with_words_and_gaps(tmp_path / "my iris.csv", seed=0)


@pytest.mark.parametrize("command", ["the table itself", "data.file of iris", "an experiment file"])
def test_iris_with_words_and_gaps_trains_to_95_percent(
    iris_of_mine: Path, command: str, capsys: Output
) -> None:
    if command == "the table itself":
        arguments: list[object] = [iris_of_mine]
    elif command == "data.file of iris":
        arguments = ["iris", "--set", f"data.file={iris_of_mine}", "--set", "data.missing=mean"]
    else:
        file = iris_of_mine.parent / "mine.toml"
        file.write_text(
            '[data]\nfile = "my iris.csv"\nmissing = "mean"\nscaling = "standardise"\n'
            "test_fraction = 0.3\n[network]\nlayers = [{id = 'i', units = 7}, "
            "{id = 'h', units = 8}, {id = 'o', units = 3, activation = 'softmax'}]\n"
            "[training]\nloss = 'categorical_cross_entropy'\nlearning_rate = 0.01\n"
            "optimizer = 'adam'\nweight_decay = 0.3\n"
        )
        arguments = [file, "--epochs", 100]
    # Of 38 rows for testing each is 2.6 %, so single splits reach 87 to 100 %. What is asserted is
    # the mean of 30: six tables with other words and gaps, each split in five ways.
    means = []
    for seed in range(6):
        iris_with_words_and_gaps(iris_of_mine, seed)
        assert run("train", *arguments, "--json", "--seeds", 5) == 0
        streams = capsys.readouterr()
        means.append(json.loads(streams.out)["mean"])
    assert np.mean(means) >= 0.95
    told = streams.err.splitlines()
    assert "bpviz: Numbers are written with a decimal comma." in told
    assert any(line.startswith("bpviz: Column sepal width: ") for line in told)
    assert len(set(told)) == len(told) or command != "the table itself"


def test_what_the_data_are_is_settled_before_the_network(
    iris_of_mine: Path, capsys: Output
) -> None:
    options = ["--set", "network.layers.h.units=3", "--set", "data.target=site"]
    assert run("train", iris_of_mine, *options, "--epochs", 1, "--json") == 0
    options = ["--set", "training.learning_rate=0.5", "--set", f"data.file={iris_of_mine}"]
    options += ["--set", 'data.source.leave_out=["site"]', "--set", "data.scaling=none"]
    assert run("train", "playground", *options, "--epochs", 1, "--json") == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train", "no.csv"), "bpviz: no.csv: there is no such file"),
        (("train", "bad.csv"), "bpviz: bad.csv: row 3 has 1 column where 2 are expected"),
        (
            ("train", "iris", "--set", "data.file=bad.csv"),
            "bpviz: bad.csv: row 3 has 1 column where 2 are expected",
        ),
        (
            ("train", "good.csv", "--set", 'data.source.target=["z"]'),
            "bpviz: target: there is no column 'z' in good.csv; it has a, y",
        ),
        (("predict", "no.json", "good.csv", "out.csv"), "bpviz: no.json: cannot be read"),
        (("predict", "no.json", "good.csv", "out.xls"), "bpviz: out.xls: the file's ending must"),
        (("predict", "no.json", "good.csv", "no/out.csv"), "bpviz: no: there is no such folder"),
        (("predict", "no.json", "good.csv", "good.csv"), "bpviz: good.csv: is the table itself"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_text("a,y\n1,2\n3\n")
    Path("good.csv").write_text("a,y\n1,2\n3,5\n")
    assert run(*arguments) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith(sentence)
    assert streams.err.count("\n") == 1


def test_new_rows_are_predicted_with_an_exported_network(
    iris_of_mine: Path, tmp_path: Path, capsys: Output
) -> None:
    network, out = tmp_path / "net.json", tmp_path / "out.tsv"
    assert run("train", iris_of_mine, "--export", network, "--json") == 0
    capsys.readouterr()
    assert run("predict", network, iris_of_mine, out) == 0
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "bpviz: Columns that the network does not use: species.\n" in streams.err
    assert streams.err.endswith(f"wrote {out}\n")
    header, *rows = [line.split("\t") for line in out.read_text().splitlines()]
    assert header[6:] == [
        "predicted species",
        "probability of setosa",
        "probability of versicolor",
        "probability of virginica",
    ]
    assert len(rows) == 150
    assert np.mean([row[5] == row[6] for row in rows]) > 0.95


def test_an_experiment_file_may_say_no_more_than_its_table(
    iris_of_mine: Path, capsys: Output
) -> None:
    file = iris_of_mine.with_name("mine.toml")
    file.write_text(f'[data]\nfile = "{iris_of_mine.name}"\ntarget = "site"\n')
    assert run("train", file, "--epochs", 2, "--json") == 0
    file.write_text(f'[data]\nfile = "{iris_of_mine.name}"\n[training]\nlearning_rate = 0.02\n')
    assert run("train", file, "--epochs", 2, "--json") == 0
    capsys.readouterr()


def test_which_source_it_is_comes_before_what_is_set_of_it(
    iris_of_mine: Path, capsys: Output
) -> None:
    options = ["--set", "data.target=site", "--set", f"data.file={iris_of_mine}"]
    assert run("train", "playground", *options, "--epochs", 1, "--json") == 0
    capsys.readouterr()
