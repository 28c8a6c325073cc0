"""The bundled tables are the ones everybody knows."""

import numpy as np
import pytest

from bpviz.datasets.bundled import Digits, Iris


def test_iris() -> None:
    data = Iris().load(0)
    assert data.inputs.shape == (150, 4)
    assert data.class_names == ("setosa", "versicolor", "virginica")
    assert np.bincount(data.targets).tolist() == [50, 50, 50]
    assert data.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert data.input_names == ("sepal length", "sepal width", "petal length", "petal width")
    means = data.inputs.mean(axis=0)
    assert means == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=1e-6)


def test_digits() -> None:
    data = Digits().load(0)
    assert data.inputs.shape == (1797, 64)
    assert data.image_shape == (8, 8)
    assert (data.inputs.min(), data.inputs.max()) == (0, 16)
    assert np.bincount(data.targets).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert len(data.input_names) == 64


def test_they_equal_those_of_scikit_learn() -> None:
    known = pytest.importorskip("sklearn.datasets")
    for source, theirs in ((Iris(), known.load_iris()), (Digits(), known.load_digits())):
        ours = source.load(0)
        assert np.array_equal(ours.inputs, theirs.data)
        assert np.array_equal(ours.targets, theirs.target)


def test_what_is_shared_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Iris().load(0).inputs[0, 0] = 1
