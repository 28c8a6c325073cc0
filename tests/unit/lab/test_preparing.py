"""Edits thought through elsewhere: prepared on any thread, applied where they still stand."""

from __future__ import annotations

import pytest

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.tables.progress import Cancelled
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import AddUnit, Change, Load
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.loading import LoadTask
from bpviz.lab.preparing import carried_out, loads_slowly


@pytest.fixture
def lab():
    return Laboratory(gallery_experiment("playground"))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b,kind\n" + "".join(f"{k},{k % 5},{'xy'[k % 2]}\n" for k in range(20)))
    return TableFile(path=str(path))


def test_what_was_prepared_is_taken_as_it_is(lab):
    edit = Change("data.test_fraction", 0.3)
    prepared = carried_out(edit, lab.basis)
    lab.apply(edit, prepared=prepared)
    assert lab.data is prepared.after.data
    lab.undo()
    assert lab.data is prepared.before.data


def test_an_edit_in_between_is_not_lost(lab):
    edit = Change("data.test_fraction", 0.3)
    prepared = carried_out(edit, lab.basis)
    lab.apply(AddUnit("h1"))
    assert not lab.is_present(prepared.before)
    lab.apply(edit, prepared=prepared)
    assert lab.experiment.network.layer("h1").units == 7
    assert lab.experiment.data.test_fraction == 0.3


def test_data_of_an_earlier_attempt_is_used_again(lab):
    edit = Load(gallery_experiment("iris"))
    earlier = carried_out(edit, lab.basis)
    lab.apply(AddUnit("h1"))
    assert carried_out(edit, lab.basis, earlier).after.data is earlier.after.data


def test_preparing_changes_nothing(lab):
    before = lab.basis
    carried_out(Load(gallery_experiment("iris")), before)
    with pytest.raises(SettingError):
        carried_out(Change("data.features", ("x1", "cube")), before)
    assert lab.basis == before
    assert not lab.can_undo


def test_only_data_that_has_to_be_loaded_is_slow(lab, table):
    before = lab.basis
    assert loads_slowly(Change("data.source", table), before)
    assert not loads_slowly(Change("data.source", DATASETS["iris"]()), before)
    lab.apply(Change("data.source", table))
    assert not loads_slowly(Change("training.learning_rate", 0.5), lab.basis)
    assert not loads_slowly(Change("data.test_fraction", 0.5), lab.basis), (
        "it is at hand, and small"
    )
    assert loads_slowly(Change("data.source.header", "no"), lab.basis)
    assert not loads_slowly(Change("data.source", DATASETS["circle"]()), lab.basis)
    assert not loads_slowly(Load(lab.experiment), lab.basis)


def test_a_task_ends_with_an_edit_a_refusal_or_nothing(lab, table, tmp_path):
    task = LoadTask(lambda _: Change("data.source", table), lab.basis)
    task.run()
    assert task.prepared is not None
    assert task.prepared.after.data.dataset.class_names == ("x", "y")
    assert (task.refusal, task.done) == ("", task.total)
    gone = TableFile(path=str(tmp_path / "gone.csv"))
    task = LoadTask(lambda _: Change("data.source", gone), lab.basis)
    task.run()
    assert task.prepared is None
    assert task.refusal.endswith("gone.csv: there is no such file")


def test_a_task_that_is_cancelled_leaves_nothing(lab, table):
    task = LoadTask(lambda _: Change("data.source", table), lab.basis)
    task.cancel()
    task.run()
    assert (task.prepared, task.refusal) == (None, "")

    def stopped(goes_on):
        assert goes_on(1, 3)
        task.cancel()
        assert not goes_on(2, 3)
        raise Cancelled

    task = LoadTask(stopped, lab.basis)
    task.run()
    assert (task.done, task.total) == (2, 3)
    assert (task.prepared, task.refusal) == (None, "")


def test_what_the_samples_came_from_may_be_gone(lab, table, tmp_path):
    lab.apply(Change("data.source", table))
    (tmp_path / "table.csv").unlink()
    lab.apply(Change("data.source", DATASETS["circle"]()))
    assert lab.experiment.data.source.kind == "circle"


def ids(experiment):
    return experiment.network.inputs[0].ids


def test_an_input_keeps_its_unit_by_its_name(lab):
    for features, wanted in (
        (("x1", "x2", "x1_squared", "x1_x2"), (0, 1, 2, 3)),
        (("x2", "x1_x2"), (1, 3)),
        (("x2", "x1_x2", "sin_x1"), (1, 3, 0)),
        (("x1_squared",), (2,)),
    ):
        lab.apply(Change("data.features", features))
        assert ids(lab.experiment) == wanted
