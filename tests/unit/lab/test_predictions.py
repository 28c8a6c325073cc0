"""Predictions for a file of new rows."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.datasets.tables.progress import Cancelled
from bpviz.datasets.tables.sources import TableText
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.io.json_format import from_json, to_json
from bpviz.io.records import TrainedNetwork, record
from bpviz.lab.predictions import predict_rows
from bpviz.lab.table_experiment import table_experiment

ANIMALS = "weight,legs,skin,kind\n" + "".join(
    f"{k % 17 + (30 if k % 2 else 0)},{2 + 2 * (k % 2)},{'fur' if k % 2 else 'feathers'},"
    f"{'dog' if k % 2 else 'bird'}\n"
    for k in range(60)
)
NEW = "skin,name,LEGS,weight\nfur,Rex,4,40\nfeathers,Tweety,2,3\n"


def trained(text: str, **data: Any) -> TrainedNetwork:
    experiment = table_experiment(TableText(text=text))
    return after_training(replace(experiment, data=replace(experiment.data, **data)))


def after_training(experiment: Experiment) -> TrainedNetwork:
    prepared = experiment.prepare()
    trainer = experiment.trainer(prepared)
    trainer.run(60)
    network = record("net", 60, trainer.spec, trainer.state.theta, prepared)
    # As it comes from a file.
    return from_json(to_json(network))


@pytest.fixture(scope="module")
def animals() -> TrainedNetwork:
    return trained(ANIMALS)


def written(folder: Path, text: str) -> Path:
    path = folder / "new.csv"
    path.write_text(text)
    return path


def test_columns_are_found_by_name_and_all_are_kept(
    animals: TrainedNetwork, tmp_path: Path
) -> None:
    found = predict_rows(animals, written(tmp_path, NEW))
    assert len(found) == 2
    assert found.names == ("predicted kind", "probability of bird", "probability of dog")
    assert found.answers[0] == ["dog", "bird"]
    assert found.reports == ("Columns that the network does not use: name.",)
    inputs = np.array([[40, 4, 0, 1], [3, 2, 1, 0]], dtype=float)
    outs = animals.predict(inputs)[:, 0]
    np.testing.assert_allclose([float(p) for p in found.answers[2]], outs, rtol=1e-5)
    np.testing.assert_allclose([float(p) for p in found.answers[1]], 1 - outs, rtol=1e-4)


@pytest.mark.parametrize(("ending", "mark"), [(".csv", ","), (".tsv", "\t")])
def test_rows_and_answers_are_written(
    animals: TrainedNetwork, tmp_path: Path, ending: str, mark: str
) -> None:
    text = NEW.replace("Rex", '"Rex, the ""big"" one"')
    predict_rows(animals, written(tmp_path, text)).write(tmp_path / f"out{ending}")
    with (tmp_path / f"out{ending}").open(newline="") as file:
        rows = list(csv.reader(file, delimiter=mark))
    assert rows[0][:5] == ["skin", "name", "LEGS", "weight", "predicted kind"]
    assert rows[1][:5] == ["fur", 'Rex, the "big" one', "4", "40", "dog"]
    assert rows[2][4] == "bird"
    assert len(rows) == 3


def test_values_come_in_their_own_units(tmp_path: Path) -> None:
    text = "a,b,y\n" + "".join(f"{k},{k % 5},{1000 + 3 * k}\n" for k in range(80))
    network = trained(text)
    found = predict_rows(network, written(tmp_path, "b,a\n0,10\n4,60\n"))
    assert found.names == ("predicted y",)
    values = [float(x) for x in found.answers[0]]
    expected = network.predict(np.array([[10.0, 0.0], [60.0, 4.0]]))[:, 0]
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    np.testing.assert_allclose(values, [1030, 1180], atol=25)


def test_what_cannot_be_used_is_named_and_filled_in(
    animals: TrainedNetwork, tmp_path: Path
) -> None:
    text = "weight,legs,skin\nheavy,4,fur\n,2,scales\n3,2,feathers\n"
    found = predict_rows(animals, written(tmp_path, text))
    assert "Row 2, column weight: 'heavy' is no number and counts as missing." in found.reports
    told = "Row 3, column skin: 'scales' is none of feathers, fur and counts as missing."
    assert told in found.reports
    assert "Column weight: 1 cell is missing and filled in: row 3." in found.reports
    fill = animals.encoding.fill
    expected = animals.predict(np.array([[fill[0], 4, 0, 1]]))[0, 0]
    assert float(found.answers[2][0]) == pytest.approx(expected, rel=1e-5)


def test_gaps_are_refused_by_a_network_that_learned_from_whole_rows(tmp_path: Path) -> None:
    network = trained(ANIMALS, missing="drop")
    text = "weight,legs,skin\n3,2,fur\n4,2,scales\n,4,fur\n"
    with pytest.raises(SettingError) as error:
        predict_rows(network, written(tmp_path, text))
    assert str(error.value).startswith(
        "new.csv: row 3, column skin: there is no value that can be used (and in 1 more rows), and "
        "the network learned from whole rows only"
    )


def test_missing_columns_are_named(animals: TrainedNetwork, tmp_path: Path) -> None:
    with pytest.raises(SettingError) as error:
        predict_rows(animals, written(tmp_path, "weight,name\n1,a\n2,b\n"))
    assert str(error.value) == (
        "new.csv: there are no columns legs, skin, from which the network predicts; it has "
        "weight, name"
    )


@pytest.mark.parametrize("name", ["new.npy", "new.npz", "new-images-idx3-ubyte"])
def test_new_rows_are_a_table(animals: TrainedNetwork, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(SettingError, match=r"predictions are made for tables; save its rows as"):
        predict_rows(animals, tmp_path / name)


def test_several_classes_and_outputs_that_are_no_probabilities(tmp_path: Path) -> None:
    text = "a,b,kind\n" + "".join(f"{k % 3},{k % 7},{'xyz'[k % 3]}\n" for k in range(60))
    rows = written(tmp_path, "a,b,predicted kind\n0,1,?\n2,3,?\n")
    found = predict_rows(trained(text), rows)
    assert found.names[0] == "predicted kind (2)"
    assert found.answers[0] == ["x", "z"]
    for row in zip(*found.answers[1:], strict=True):
        assert sum(map(float, row)) == pytest.approx(1, abs=1e-5)
    experiment = table_experiment(TableText(text=text))
    head = replace(experiment.network.output, activation=ACTIVATIONS.make("identity"))
    experiment = replace(
        experiment,
        network=experiment.network.with_layer(head),
        training=replace(experiment.training, loss="half_squared"),
    )
    found = predict_rows(after_training(experiment), rows)
    assert found.names[1:] == ("output of x", "output of y", "output of z")


def test_it_tells_how_far_it_is_and_can_be_stopped(animals: TrainedNetwork, tmp_path: Path) -> None:
    path = written(tmp_path, "weight,legs,skin\n" + "3,2,fur\n4,4,feathers\n" * 3000)
    told: list[int] = []
    predict_rows(animals, path, goes_on=lambda done, _total: told.append(done) or True)  # type: ignore[func-returns-value]
    assert told == sorted(told)
    for last in (1, len(told) // 2, len(told) - 1):
        left = iter(range(last))
        with pytest.raises(Cancelled):
            predict_rows(animals, path, goes_on=lambda *_, left=left: next(left, None) is not None)


def test_where_predictions_cannot_go(animals: TrainedNetwork, tmp_path: Path) -> None:
    found = predict_rows(animals, written(tmp_path, NEW))
    with pytest.raises(SettingError, match=r"ending must be \.csv or \.tsv, got '\.xlsx'"):
        found.write(tmp_path / "out.xlsx")
    with pytest.raises(SettingError, match="cannot be written"):
        found.write(tmp_path / "no" / "out.csv")
