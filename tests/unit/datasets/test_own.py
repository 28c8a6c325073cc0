"""One's own samples, typed or pasted."""

from typing import Any

import numpy as np
import pytest

from bpviz.datasets.own import OwnSamples, format_samples, parse_samples
from bpviz.engine.settings import SettingError, from_dict, to_dict


def test_values_to_predict() -> None:
    rows = ((0.05, 0.10, 0.01, 0.99),)
    own = OwnSamples(input_names=("i1", "i2"), target_names=("o1", "o2"), rows=rows)
    data = own.load(0)
    assert data.inputs.tolist() == [[0.05, 0.10]]
    assert data.targets.tolist() == [[0.01, 0.99]]
    assert not data.is_classification
    assert data.outputs == 2


def test_classes() -> None:
    data = OwnSamples(class_names=("no", "yes"), rows=((1, 2, 0), (3, 4, 1))).load(0)
    assert data.inputs.tolist() == [[1, 2], [3, 4]]
    assert data.targets.dtype == np.intp
    assert data.targets.tolist() == [0, 1]
    assert data.outputs == 1


def test_it_survives_a_file() -> None:
    own = OwnSamples(class_names=("no", "yes"), rows=((1 / 3, 2, 0), (3, 4, 1)))
    assert from_dict(OwnSamples, to_dict(own)) == own


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"rows": ((1.0, 2.0),)}, "rows: row 1 must have 3 values, got 2"),
        ({"rows": ()}, "rows: there must be at least one sample"),
        ({"rows": ((1, 2, "x"),)}, "rows: samples must be a number, got 'x'"),
        (
            {"rows": ((1, 2, 2),), "class_names": ("a", "b")},
            "rows: row 1 must end in a class number from 0 to 1, got 2",
        ),
        ({"input_names": ()}, "samples need at least one input and one target column"),
        ({"class_names": ("a",)}, "there must be two classes or more, and one target column"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        OwnSamples(**settings)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "0.5\t1\t2\n-3\t4e-1\t5\n",
        "0.5,1,2\n-3,.4,5",
        "0.5; 1; 2\r\n-3; 0.4; 5\r\n",
        "0,5;1;2\n−3;0,4;5",
        "\n  0.5   1 2\n\n  -3 0.4  5 \n",
    ],
)
def test_pasted_numbers(text: str) -> None:
    own = parse_samples(text)
    assert own.rows == ((0.5, 1, 2), (-3, 0.4, 5))
    assert own.input_names == ("x1", "x2")
    assert own.target_names == ("y",)


def test_a_header_names_the_columns() -> None:
    own = parse_samples("i1\ti2\to1\to2\n0.05\t0.1\t0.01\t0.99\n", targets=2)
    assert own.input_names == ("i1", "i2")
    assert own.target_names == ("o1", "o2")
    assert own.rows == ((0.05, 0.1, 0.01, 0.99),)


def test_words_in_the_last_column_are_classes() -> None:
    own = parse_samples("length,kind\n1,cat\n2,dog\n3,cat\n")
    assert own.class_names == ("cat", "dog")
    assert own.rows == ((1, 0), (2, 1), (3, 0))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there are no samples in the text"),
        ("a b c\n", "there are column names but no samples below them"),
        ("1 2 3\n\n4 5\n", "row 3 must have 3 columns, got 2"),
        ("a,b,c\n1,2,3\n4,oops,6\n", "row 3, column b: must be a number, got 'oops'"),
        ("1,2,3\n4,5,\n", "row 2, column y: must be a number, got ''"),
        ("1,2,nan\n", "row 1, column y: must be a number, got 'nan'"),
        ("1,2,yes\n3,4,yes\n", "column y: every sample is of class 'yes'; two are needed"),
        ("7\n8\n", "each row must have at least 2 columns, inputs and then 1 target, got 1"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_samples(text)
    assert str(error.value) == sentence


def test_copied_samples_can_be_pasted_back() -> None:
    for own in (
        OwnSamples(class_names=("no", "yes"), rows=((1 / 3, 2, 0), (3e-30, 4, 1))),
        OwnSamples(rows=((0.1, -7.0, 1e300),)),
    ):
        assert parse_samples(format_samples(own)) == own
