"""Cells of a table as inputs: numbers, one-hot categories, gaps."""

import numpy as np
import pytest

from bpviz.datasets.dataset import Column
from bpviz.datasets.table_inputs import categories_of, coded, coded_rows
from bpviz.engine.settings import SettingError

ISLAND = Column("island", ("Biscoe", "Dream", "Torgersen"))


def test_numbers_are_one_input_and_gaps_are_nan() -> None:
    inputs = coded(Column("mass"), [3750, "38.5", None, -1.0])
    assert inputs.shape == (4, 1)
    assert np.array_equal(inputs[:, 0], [3750.0, 38.5, np.nan, -1.0], equal_nan=True)


def test_a_category_is_one_in_its_own_input_and_a_gap_is_nan_in_all() -> None:
    inputs = coded(ISLAND, ["Dream", None, "Torgersen"])
    assert ISLAND.input_names == ("island = Biscoe", "island = Dream", "island = Torgersen")
    assert inputs[[0, 2]].tolist() == [[0, 1, 0], [0, 0, 1]]
    assert np.isnan(inputs[1]).all()


def test_columns_stand_side_by_side() -> None:
    inputs = coded_rows((Column("mass"), ISLAND), [(1.5, "Biscoe"), (None, "Dream")])
    assert inputs[0].tolist() == [1.5, 1, 0, 0]
    assert np.array_equal(inputs[1], [np.nan, 0, 1, 0], equal_nan=True)
    assert coded_rows((), [(), ()]).shape == (2, 0)


def test_categories_are_found_in_alphabetical_order() -> None:
    assert categories_of(["male", None, "female", "male"]) == ("female", "male")


@pytest.mark.parametrize(
    ("column", "cells", "sentence"),
    [
        (Column("mass"), ["1", "heavy"], "row 2, column mass: must be a number, got 'heavy'"),
        (
            ISLAND,
            ["Elba"],
            "row 1, column island: must be one of Biscoe, Dream, Torgersen, got 'Elba'",
        ),
    ],
)
def test_a_cell_that_does_not_fit_is_named(column: Column, cells: list, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        coded(column, cells)
    assert str(error.value) == sentence
