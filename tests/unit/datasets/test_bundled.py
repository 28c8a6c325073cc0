"""The bundled tables are the ones everybody knows."""

from __future__ import annotations

from importlib import resources
from typing import ClassVar

import numpy as np
import pytest

from bpviz.datasets.bundled import (
    BreastCancer,
    BundledTable,
    Diabetes,
    Digits,
    Iris,
    Penguins,
    Wine,
)
from bpviz.datasets.dataset import DATASETS, Column

TABLES: list[BundledTable] = [Iris(), Wine(), BreastCancer(), Penguins(), Diabetes()]


def test_iris() -> None:
    data = Iris().load(0)
    assert data.inputs.shape == (150, 4)
    assert data.class_names == ("setosa", "versicolor", "virginica")
    assert np.bincount(data.targets).tolist() == [50, 50, 50]
    assert data.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert data.input_names == ("sepal length", "sepal width", "petal length", "petal width")
    means = data.inputs.mean(axis=0)
    assert means == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=1e-6)
    assert data.columns == ()


def test_digits() -> None:
    data = Digits().load(0)
    assert data.inputs.shape == (1797, 64)
    assert data.image_shape == (8, 8)
    assert (data.inputs.min(), data.inputs.max()) == (0, 16)
    assert np.bincount(data.targets).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert len(data.input_names) == 64


def test_they_equal_those_of_scikit_learn() -> None:
    known = pytest.importorskip("sklearn.datasets")
    for source, theirs in (
        (Iris(), known.load_iris()),
        (Digits(), known.load_digits()),
        (Wine(), known.load_wine()),
        (BreastCancer(), known.load_breast_cancer()),
        (Diabetes(), known.load_diabetes(scaled=False)),
    ):
        ours = source.load(0)
        assert np.array_equal(ours.inputs, theirs.data)
        # Theirs counts malignant, benign: the finding that is looked for would be "no".
        their_target = 1 - theirs.target if source.kind == "cancer" else theirs.target
        assert np.array_equal(ours.targets.reshape(-1), their_target)
        if ours.class_names and source.kind not in ("wine", "digits"):
            names = theirs.target_names[:: -1 if source.kind == "cancer" else 1]
            assert ours.class_names == tuple(names)
        if source.kind == "cancer":
            assert ours.input_names == tuple(theirs.feature_names)


def test_penguins_have_categories_and_gaps() -> None:
    data = Penguins().load(0)
    assert data.inputs.shape == (344, 9)
    assert data.columns[0] == Column("island", ("Biscoe", "Dream", "Torgersen"))
    assert data.columns[-1] == Column("sex", ("female", "male"))
    assert [column.name for column in data.columns if not column.categories] == [
        "bill length",
        "bill depth",
        "flipper length",
        "body mass",
    ]
    assert dict(zip(data.class_names, np.bincount(data.targets).tolist(), strict=True)) == {
        "Adelie": 152,
        "Chinstrap": 68,
        "Gentoo": 124,
    }
    # As counted in Horst, Hill and Gorman 2020: two birds without measures, eleven without a sex.
    gaps = np.isnan(data.inputs)
    assert gaps.sum(axis=0).tolist() == [0, 0, 0, 2, 2, 2, 2, 11, 11]
    assert np.count_nonzero(gaps.any(axis=1)) == 11
    measured = data.inputs[~gaps.any(axis=1)]
    assert set(measured[:, :3].sum(axis=1)) == set(measured[:, 7:].sum(axis=1)) == {1.0}
    assert data.inputs[0].tolist() == [0, 0, 1, 39.1, 18.7, 181, 3750, 0, 1]
    assert np.nanmean(data.inputs[:, 3:7], axis=0) == pytest.approx(
        [43.92193, 17.15117, 200.9152, 4201.754], rel=1e-6
    )


@pytest.mark.parametrize("source", TABLES, ids=lambda source: source.kind)
def test_every_table_says_what_it_is(source: BundledTable) -> None:
    data = source.load(0)
    assert data.note.endswith(".")
    assert len(data.input_names) == data.inputs.shape[1] == len(set(data.input_names))
    assert len(data) == len(data.targets)
    if data.columns:
        names = [name for column in data.columns for name in column.input_names]
        assert tuple(names) == data.input_names
    licences = resources.files("bpviz.resources").joinpath("tables/LICENSES.md").read_text("utf-8")
    assert f"## {source.kind}.csv\n" in licences


def test_a_table_needs_a_file_and_a_declaration_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from bpviz.datasets import bundled

    class Fruit(BundledTable):
        kind: ClassVar[str] = "fruit"
        classes: ClassVar[tuple[str, ...]] = ("pear", "apple")

    monkeypatch.setattr(bundled, "_file", lambda name: b"mass,skin,fruit\n1,red,apple\n,,pear\n")
    data = Fruit().load(0)
    assert data.targets.tolist() == [1, 0]
    assert data.columns == (Column("mass"), Column("skin", ("red",)))
    assert data.inputs[0].tolist() == [1, 1]
    assert np.isnan(data.inputs[1]).all()


def test_what_is_shared_cannot_be_changed() -> None:
    for source in (*TABLES, Digits()):
        with pytest.raises(ValueError, match="read-only"):
            source.load(0).inputs[0, 0] = 1


def test_all_bundled_data_is_in_the_registry() -> None:
    for source in (*TABLES, Digits()):
        assert DATASETS[source.kind] is type(source)
