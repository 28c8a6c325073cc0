"""What the choices of an import become, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.datasets.tables.sources import TableText
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.table_experiment import suited_data, table_experiment
from bpviz.lab.table_import import ReadAgain, imported

TEXT = "a,b,c,kind\n" + "".join(f"{k},{k % 4},{k % 3},{'xyz'[k % 3]}\n" for k in range(30))


def test_an_imported_table_gets_the_usual_network_and_the_chosen_settings():
    source = TableText(text=TEXT)
    config = replace(suited_data(source), scaling="min-max", test_fraction=0.4)
    experiment = imported(config)
    assert experiment.data == config
    assert experiment.network == table_experiment(source).network


@pytest.fixture
def laboratory():
    return Laboratory(table_experiment(TableText(text=TEXT)))


def read_again(laboratory, restarts=True, **said):
    data = laboratory.experiment.data
    config = replace(data, source=replace(data.source, **said), scaling="none")
    laboratory.apply(ReadAgain(config, restarts))


def test_columns_that_stay_keep_their_units(laboratory):
    before = laboratory.experiment
    read_again(laboratory, leave_out=("b",))
    network = laboratory.experiment.network
    assert network.inputs[0].ids == (0, 2)
    assert network.layers[1:] == before.network.layers[1:]
    assert laboratory.experiment.data.scaling == "none"
    laboratory.undo()
    assert laboratory.experiment is before


def test_another_target_gets_the_usual_head(laboratory):
    read_again(laboratory, target=("a",))
    assert laboratory.experiment.network.output.activation.kind == "identity"
    assert laboratory.experiment.training.loss.kind == "half_squared"


def test_weights_of_classes_stay_while_the_classes_do(laboratory):
    laboratory.apply(ReadAgain(replace(laboratory.experiment.data, class_weights=(1.0, 2.0, 3.0))))
    read_again(laboratory, leave_out=("b",))
    assert laboratory.experiment.data.class_weights == (1.0, 2.0, 3.0)
    read_again(laboratory, target=("c",), categories=("c",))
    assert laboratory.experiment.data.class_weights == ()


def test_only_other_samples_begin_training_anew():
    data = suited_data(TableText(text=TEXT))
    assert ReadAgain(data).effect == "restart"
    assert ReadAgain(data).winds_back
    assert ReadAgain(data, restarts=False).effect == "keep"
    assert ReadAgain(data).text == "import settings"
