"""What columns are taken for, and how a person says otherwise."""

import numpy as np
import pytest

from bpviz.datasets.dataset import Column
from bpviz.datasets.tables.judging import judge
from bpviz.datasets.tables.options import Recipe
from bpviz.datasets.tables.sources import TableText
from bpviz.engine.settings import SettingError, from_dict, to_dict
from tests.unit.datasets.tables.tables import PLAIN, judged, samples

MANY = [f"{k},{'abc'[k % 3]},{k % 2},{k * 0.25}" for k in range(40)]
TABLE = "\n".join(["number,letter,zero_or_one,value", *MANY])


def target_of(text: str) -> str:
    (column,) = judged(text).used_as("target")
    return column.name


@pytest.mark.parametrize(
    ("names", "target"),
    [
        ("a,b,c", "c"),
        ("species,b,c", "species"),
        ("a,Target,y", "Target"),
        ("a,CLASS,c", "CLASS"),
        ("y,b,c", "y"),
    ],
)
def test_the_target_is_found_by_its_name_or_is_the_last(names: str, target: str) -> None:
    assert target_of(f"{names}\n1,2,3\n4,5,7\n7,9,1\n") == target


def test_a_target_that_cannot_be_one_is_not_guessed() -> None:
    assert target_of("a,b,when,who\n1,2,2024-01-01,Ann\n3,5,2024-01-02,Bob\n4,6,,Cy\n") == "b"


def test_whole_numbers_in_a_row_are_classes_when_they_come_often() -> None:
    data = samples(TABLE, target=("zero_or_one",))
    assert data.class_names == ("0", "1")
    assert data.targets.tolist() == [0, 1] * 20
    assert samples(TABLE, target=("zero_or_one",), numbers=("zero_or_one",)).class_names == ()
    assert samples(TABLE, target=("value",)).class_names == ()
    signs = "a,y\n" + "1,-1\n2,1\n" * 5
    assert samples(signs).class_names == ("-1", "1")
    xor = "x1,x2,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"
    assert samples(xor).class_names == ()


def test_it_is_told_which_column_was_taken() -> None:
    assert samples(PLAIN).reports == ("Column kind was taken for the target.",)
    assert samples(PLAIN, target=("kind",)).reports == ()
    guessed = samples("a,y\n" + "1,0\n2,1\n" * 5).reports
    assert guessed == ("Column y was taken for the target, its numbers being names of classes.",)


def test_numbers_can_be_names_and_the_order_is_by_size() -> None:
    text = "colour,y\n" + "".join(f"{k % 12},{k}\n" for k in range(36))
    data = samples(text, categories=("colour",))
    assert data.columns == (Column("colour", tuple(map(str, range(12)))),)
    assert data.inputs.sum(axis=1).tolist() == [1.0] * 36


def test_inputs_that_are_asked_for_are_used_though_they_look_useless() -> None:
    text = "who,same,when,y\nAnn,7,2.1.1970,1\nBob,7,3.1.1970,2\nCy,7,4.1.1970,5\n"
    data = samples(text, inputs=("who", "same", "when"))
    assert data.input_names == ("who = Ann", "who = Bob", "who = Cy", "same", "when")
    np.testing.assert_array_equal(data.inputs, [[1, 0, 0, 7, 1], [0, 1, 0, 7, 2], [0, 0, 1, 7, 3]])


def test_too_many_categories_are_left_out_and_told() -> None:
    text = "town,a,y\n" + "".join(f"t{k % 60},{k % 7},{k}\n" for k in range(120))
    data = samples(text)
    assert data.input_names == ("a",)
    assert "Column town is left out: it has 60 different texts, more than 50." in data.reports
    assert len(samples(text, inputs=("town",)).input_names) == 60


def test_many_columns_left_out_for_one_reason_are_told_together() -> None:
    names = [f"c{k}" for k in range(6)]
    text = ",".join([*names, "a", "y"]) + "\n" + "7,7,7,7,7,8,1,1\n7,7,7,7,7,8,2,5\n"
    assert samples(text, target=("y",)).reports == (
        "Column c0 is left out: it is always 7.",
        "Column c1 is left out: it is always 7.",
        "Column c2 is left out: it is always 7.",
        "Left out for the same reason: c3, c4.",
        "Column c5 is left out: it is always 8.",
    )


def test_columns_are_left_out_as_asked_without_a_word() -> None:
    data = samples(PLAIN, leave_out=("a",))
    assert data.input_names == ("b",)
    assert data.reports == ("Column kind was taken for the target.",)


def test_several_targets_and_weights() -> None:
    data = samples("a,b,c,w\n1,2,3,1\n4,5,7,0.5\n", target=("b", "c"), weight="w")
    assert data.input_names == ("a",)
    assert data.targets.tolist() == [[2, 3], [5, 7]]
    assert data.weights is not None
    assert data.weights.tolist() == [1, 0.5]


def test_a_row_that_is_left_out_needs_no_weight() -> None:
    data = samples("a,b,w\n1,2,1\n4,,\n4,5,0.5\n", target=("b",), weight="w")
    assert data.inputs.tolist() == [[1], [4]]
    assert data.weights is not None
    assert data.weights.tolist() == [1, 0.5]
    with pytest.raises(SettingError, match="row 3, column w: a weight must be a number of at"):
        samples("a,b,w\n1,2,1\n4,3,\n4,5,0.5\n", target=("b",), weight="w")


def test_odd_dates_and_their_order_are_told() -> None:
    days = "".join(f"{k}/13/2024,{k}\n" for k in range(1, 11))
    data = samples("day,y\n3/9/2024,1\n" + days + "soon,5\n", numbers=("day",))
    assert data.reports[1:] == (
        "Row 13, column day: 'soon' is no date and counts as missing.",
        "Column day has the month before the day: 3/9/2024 was read as 2024-03-09.",
    )
    assert data.inputs[0] == 19791
    assert np.isnan(data.inputs[-1])


def test_the_first_missing_cells_are_named_by_row() -> None:
    data = samples("a,b,y\n" + "NA,1,2\n" * 9 + "3,4,7\n5,6,8\n")
    told = "Column a: 9 cells count as missing (9 NA), row 2, 3, 4, 5, 6, 7, 8, 9 and 1 more."
    assert told in data.reports


def test_a_column_may_have_a_decimal_mark_of_its_own() -> None:
    data = samples('a,b,y\n"1,5",0.25,1\n"2,5",0.75,2\n"3",1.5,5\n')
    assert data.inputs.tolist() == [[1.5, 0.25], [2.5, 0.75], [3, 1.5]]


def test_what_a_column_holds() -> None:
    text = "n,w,d,e,y\n1,a,2024-01-01,,5\n2,b,2024-01-02,,6\nx,a,NA,,7\n" + "3,a,,,9\n" * 17
    table = judged(text)
    facts = [(c.kind, c.role, c.missing, c.odd, c.distinct) for c in table.columns]
    assert facts == [
        ("number", "input", 0, 1, 3),
        ("category", "input", 0, 0, 2),
        ("date", "left out", 18, 0, 2),
        ("empty", "left out", 20, 0, 0),
        ("number", "target", 0, 0, 4),
    ]


def test_settings_survive_a_file() -> None:
    source = TableText(text=PLAIN, target=("b",), leave_out=("kind",), decimal="point")
    assert from_dict(TableText, to_dict(source)) == source
    assert source.load(0).targets.tolist() == [[2.5], [-0.4], [6]]


def test_a_recipe_is_asked_again_without_taking_the_table_apart_again() -> None:
    table = judged(PLAIN)
    cells = {c.name: c.cells for c in table.columns}
    again = judge(table.raw, Recipe(target=("b",)))
    assert all(c.cells is cells[c.name] for c in again.columns)
