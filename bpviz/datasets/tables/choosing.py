"""A person's word on a table's columns: what each one is used for, and what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Literal, Protocol, TypeVar

from bpviz.datasets.tables.options import ColumnRole, Recipe

R = TypeVar("R", bound=Recipe)

SaidKind = Literal["auto", "number", "category"]


class Named(Protocol):
    """What was found of a column, as ColumnFact has it."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> ColumnRole: ...

    @property
    def as_input(self) -> bool: ...


def roles_in(recipe: Recipe, columns: Sequence[Named]) -> dict[str, ColumnRole]:
    """What columns are used for by the recipe, which may be newer than what was found of them."""
    listed, left_out = frozenset(recipe.inputs), frozenset(recipe.leave_out)

    def role(column: Named) -> ColumnRole:
        name = column.name
        if name in recipe.target or name == recipe.weight:
            return "target" if name in recipe.target else "weight"
        if name in left_out:
            return "left out"
        if column.role == "target" and not recipe.target and name not in listed:
            return "target"
        is_input = name in listed if listed else column.as_input
        return "input" if is_input else "left out"

    return {column.name: role(column) for column in columns}


def kind_said(recipe: Recipe, name: str) -> SaidKind:
    """What a person says that a column holds; "auto" leaves it to the cells."""
    if name in recipe.categories:
        return "category"
    return "number" if name in recipe.numbers else "auto"


def used_as(recipe: R, columns: Sequence[Named], names: Collection[str], role: ColumnRole) -> R:
    """The recipe with these columns used for something else; all the others stay what they are.

    `columns` are all of the table's. A target that was guessed is from now on said, so that no
    other one is guessed instead; of several weights the first counts.
    """
    chosen = tuple(c.name for c in columns if c.name in names)
    roles = roles_in(recipe, columns)
    must_be_said = any(
        c.name in chosen and (not c.as_input or roles[c.name] == "target") for c in columns
    )
    if role == "target":
        # There is one, or several that are chosen together.
        roles = {name: "left out" if was == "target" else was for name, was in roles.items()}
    roles.update(dict.fromkeys(chosen, role))
    listed = bool(recipe.inputs) or (role == "input" and must_be_said)
    inputs = _of(roles, "input") if listed else ()
    leave_out = tuple(n for n in recipe.leave_out if n not in chosen)
    if role == "left out":
        leave_out = (*leave_out, *chosen)
    if listed and not inputs:
        # An empty list says nothing.
        leave_out = _of(roles, "left out")
    weight = "" if recipe.weight in chosen else recipe.weight
    return replace(
        recipe,
        target=_of(roles, "target"),
        inputs=inputs,
        leave_out=leave_out,
        weight=chosen[0] if role == "weight" else weight,
    )


def _of(roles: dict[str, ColumnRole], role: ColumnRole) -> tuple[str, ...]:
    return tuple(name for name, found in roles.items() if found == role)


def holding(recipe: R, names: Collection[str], kind: SaidKind) -> R:
    """The recipe in which these columns hold numbers, or categories, or what is found in them."""
    categories = tuple(n for n in recipe.categories if n not in names)
    numbers = tuple(n for n in recipe.numbers if n not in names)
    if kind == "category":
        categories = (*categories, *names)
    elif kind == "number":
        numbers = (*numbers, *names)
    return replace(recipe, categories=categories, numbers=numbers)


def guessed_anew(recipe: R) -> R:
    """The recipe in which nothing is said of any column."""
    return for_columns(recipe, ())


def for_columns(recipe: R, names: Collection[str]) -> R:
    """The recipe without what it says of columns that are not there.

    With another delimiter, or without a row of names, columns are called something else.
    """

    def there(said: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in said if name in names)

    return replace(
        recipe,
        target=there(recipe.target),
        inputs=there(recipe.inputs),
        leave_out=there(recipe.leave_out),
        categories=there(recipe.categories),
        numbers=there(recipe.numbers),
        weight="".join(there((recipe.weight,))),
    )
