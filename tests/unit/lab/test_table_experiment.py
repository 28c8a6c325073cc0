"""The experiment that a table is opened with, and a network fitted to a table."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.files import is_data_file
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option
from bpviz.lab.edits import Change
from bpviz.lab.table_experiment import (
    batch_size,
    epochs_for,
    table_experiment,
)

Table = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a table of two inputs; what is to be predicted is an expression of them."""

    def write(target: str) -> Path:
        random = np.random.default_rng(1)
        rows = [
            f"{a:.3f},{b:.3f},{eval(target, {'a': a, 'b': b})}"
            for a, b in random.normal(size=(90, 2))
        ]
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(["a,b,result", *rows]))
        return path

    return write


@pytest.mark.parametrize(
    ("target", "outputs", "activation", "loss"),
    [
        ("'yes' if a > b else 'no'", 1, "sigmoid", "binary_cross_entropy"),
        ("'xyz'[int(a > b) + int(a > 0)]", 3, "softmax", "categorical_cross_entropy"),
        ("a + 2 * b", 1, "identity", "half_squared"),
    ],
)
def test_the_head_suits_the_task(
    table: Table, target: str, outputs: int, activation: str, loss: str
) -> None:
    experiment = table_experiment(TableFile(path=str(table(target))))
    assert experiment.name == "mine"
    assert experiment.title == "result from 2 columns"
    assert [layer.units for layer in experiment.network.layers] == [2, max(4, 2 + outputs), outputs]
    assert experiment.network.output.activation.kind == activation
    assert experiment.training.loss.kind == loss
    assert experiment.data.scaling == "standardise"
    assert experiment.data.missing == "mean"
    assert experiment.data.test_fraction == 0.25
    trainer = experiment.trainer()
    before = trainer.evaluate().test_loss
    trainer.run(experiment.epochs)
    assert trainer.evaluate().test_loss < 0.3 * before


def test_a_pasted_table_is_opened_alike() -> None:
    experiment = table_experiment(TableText())
    assert experiment.name == "text"
    assert [layer.units for layer in experiment.network.layers] == [2, 4, 1]


@pytest.mark.parametrize("kind", ["iris", "penguins", "diabetes", "circle"])
def test_any_samples_can_be_opened(kind: str) -> None:
    experiment = table_experiment(DATASETS.make(kind))
    experiment.trainer().run(1)


def test_batches_and_epochs_go_by_the_number_of_rows() -> None:
    assert [batch_size(n) for n in (1, 4, 150, 1000, 1_000_000)] == [1, 4, 16, 32, 128]
    assert [epochs_for(n, batch_size(n)) for n in (1, 150, 10_000, 1_000_000)] == [500, 210, 30, 10]


def test_a_network_is_fitted_as_the_window_does_it(table: Table) -> None:
    before = gallery_experiment("iris")
    path = table("'yes' if a > b else 'no'")
    changed = set_option(before, f"data.file={path}")
    fitted = Change("data", changed.data).apply(before)
    assert fitted.name == "mine"
    assert fitted.network.inputs[0].units == 2
    assert fitted.network.output.units == 1
    assert fitted.network.output.activation.kind == "sigmoid"
    assert fitted.data.scaling == "standardise"
    assert fitted.network.layers[1].units == before.network.layers[1].units
    fitted.trainer().run(2)


def test_tables_are_known_by_their_endings() -> None:
    assert all(map(is_data_file, ("a.csv", "b.TSV", Path("c.xlsx"), "d.ods", "e.txt", "f.npz")))
    assert not any(map(is_data_file, ("a.toml", "iris", "b.bpviz", "c.csv.bak")))
