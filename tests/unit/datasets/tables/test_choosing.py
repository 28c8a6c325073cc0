"""What a person says of columns, checked against what the table's own reading makes of it."""

from __future__ import annotations

import itertools

import pytest

from bpviz.datasets.tables.choosing import (
    for_columns,
    guessed_anew,
    holding,
    kind_said,
    roles_in,
    used_as,
)
from bpviz.datasets.tables.facts import facts_of
from bpviz.datasets.tables.judging import judge
from bpviz.datasets.tables.options import Recipe
from bpviz.datasets.tables.reading import read_text

_ROWS = [f"{k + 1},{k % 7},{'abc'[k % 3]},{(k * k) % 11},{'yn'[k % 2]}" for k in range(40)]
RAW = read_text("\n".join(["id,length,colour,width,kind", *_ROWS]))
ROLES = ("input", "target", "weight", "left out")


def columns(recipe=Recipe()):  # noqa: B008 - it is frozen
    return facts_of(judge(RAW, recipe)).columns


def roles(recipe):
    return {c.name: c.role for c in columns(recipe)}


def test_what_is_guessed():
    assert roles(Recipe()) == {
        "id": "left out", "length": "input", "colour": "input", "width": "input", "kind": "target",
    }  # fmt: skip
    assert [c.as_input for c in columns()] == [False, True, True, True, True]


@pytest.mark.parametrize(("name", "role"), list(itertools.product(RAW.names, ROLES)))
@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe(leave_out=("length", "colour")),
        Recipe(inputs=("length", "id"), target=("width",)),
        Recipe(target=("width",), weight="length"),
    ],
)
def test_a_column_gets_its_role_and_the_others_keep_theirs(recipe, name, role):
    before = columns(recipe)
    was = {c.name: c.role for c in before}
    changed = used_as(recipe, before, (name,), role)
    only_target = was[name] == "target" and role != "target"
    only_input = [n for n, r in was.items() if r == "input" and n != name] == []
    if only_input and role != "input":
        return
    if only_target and (role != "left out" or changed.inputs):
        # Nothing is guessed in its place among columns that are spoken for.
        assert changed.target == ()
        assert roles_in(changed, before)[name] == role
        return
    now = roles(changed)
    assert now[name] == role
    for other in set(RAW.names) - {name}:
        single = "weight" if role == "weight" else "target"
        if was[other] != single or role != single:
            if not only_target:
                assert now[other] == was[other], other


def test_two_changes_in_a_row_both_hold_with_what_was_known_before_them():
    found = columns()
    recipe = used_as(Recipe(), found, ("length",), "left out")
    recipe = used_as(recipe, found, ("id",), "input")
    recipe = used_as(recipe, found, ("width",), "target")
    assert roles(recipe) == {
        "id": "input", "length": "left out", "colour": "input", "width": "target",
        "kind": "left out",
    }  # fmt: skip


def test_several_columns_at_once_become_targets():
    recipe = used_as(Recipe(), columns(), ("width", "length"), "target")
    assert recipe.target == ("length", "width")


def test_the_last_input_of_a_list_can_be_left_out():
    recipe = used_as(
        Recipe(inputs=("length",), target=("kind",)), columns(), ("length",), "left out"
    )
    assert recipe.inputs == ()
    assert set(recipe.leave_out) == {"id", "length", "colour", "width"}


def test_what_a_column_holds_can_be_said_and_left_to_the_cells_again():
    recipe = holding(Recipe(numbers=("length",)), ("length", "width"), "category")
    assert (recipe.numbers, recipe.categories) == ((), ("length", "width"))
    assert [kind_said(recipe, name) for name in ("length", "id")] == ["category", "auto"]
    assert holding(recipe, ("length", "width"), "auto") == Recipe()


def test_nothing_is_said_of_columns_that_are_not_there():
    recipe = Recipe(target=("a", "b"), inputs=("c",), weight="d", numbers=("a",))
    assert for_columns(recipe, ("b", "d")) == Recipe(target=("b",), weight="d")
    assert guessed_anew(recipe) == Recipe()
