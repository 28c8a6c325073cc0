"""Two families of the same shape, and who is what to whom in them (Hinton 1986)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource


class Place(NamedTuple):
    """A place in the tree, and who stands there in either family.

    `branch` is that of the older couple that one comes of or married into: "left", "right", or ""
    for their common grandchildren.
    """

    english: str
    italian: str
    generation: int
    branch: str


# As the trees are drawn: generation by generation, from left to right.
PLACES = (
    Place("Christopher", "Roberto", 1, "left"),
    Place("Penelope", "Maria", 1, "left"),
    Place("Andrew", "Pierro", 1, "right"),
    Place("Christine", "Francesca", 1, "right"),
    Place("Margaret", "Gina", 2, "left"),
    Place("Arthur", "Emilio", 2, "left"),
    Place("Victoria", "Lucia", 2, "left"),
    Place("James", "Marco", 2, "right"),
    Place("Jennifer", "Angela", 2, "right"),
    Place("Charles", "Tomaso", 2, "right"),
    Place("Colin", "Alfonso", 3, ""),
    Place("Charlotte", "Sophia", 3, ""),
)
ENGLISH = tuple(place.english for place in PLACES)
ITALIAN = tuple(place.italian for place in PLACES)
PEOPLE = (*ENGLISH, *ITALIAN)

# Husband, wife, and son and daughter if they have any; by their English names.
_COUPLES = (
    ("Christopher", "Penelope", "Arthur", "Victoria"),
    ("Andrew", "Christine", "James", "Jennifer"),
    ("Arthur", "Margaret"),
    ("James", "Victoria", "Colin", "Charlotte"),
    ("Charles", "Jennifer"),
)

RELATIONS = (
    "father",
    "mother",
    "husband",
    "wife",
    "son",
    "daughter",
    "uncle",
    "aunt",
    "brother",
    "sister",
    "nephew",
    "niece",
)


@DATASETS.register
@dataclass(frozen=True)
class FamilyTree(DataSource):
    """Who is this person's father, aunt, niece? Two families of the same shape (Hinton 1986).

    A person, one of 24, and a relation, one of 12, go in; all people who answer come out, each
    as a yes. Uncles and aunts include those by marriage.
    """

    kind: ClassVar[str] = "family-tree"
    label: ClassVar[str] = "family tree"
    caption: ClassVar[str] = "families"
    group: ClassVar[str] = "logic"
    # Of the 104 cases the paper held out four.
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.04, "scaling": "none"}

    def load(self, seed: int) -> Dataset:
        cases = [*_cases({}), *_cases(dict(zip(ENGLISH, ITALIAN, strict=True)))]
        inputs = np.zeros((len(cases), len(PEOPLE) + len(RELATIONS)))
        targets = np.zeros((len(cases), len(PEOPLE)))
        for row, (person, relation, answers) in enumerate(cases):
            inputs[row, PEOPLE.index(person)] = 1.0
            inputs[row, len(PEOPLE) + RELATIONS.index(relation)] = 1.0
            targets[row, [PEOPLE.index(name) for name in answers]] = 1.0
        note = "Hinton 1986, Learning distributed representations of concepts, figure 2."
        return Dataset(inputs, targets, (*PEOPLE, *RELATIONS), PEOPLE, note=note, labels=True)


def _cases(names: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """(person, relation, answers) of a family, wherever somebody answers; `names` renames."""
    known = _relatives()
    return [
        (names.get(person, person), relation, [names.get(name, name) for name in answers])
        for person in ENGLISH
        for relation in RELATIONS
        if (answers := sorted(known[relation].get(person, ()), key=ENGLISH.index))
    ]


def _relatives() -> dict[str, dict[str, set[str]]]:
    """Of each relation, to whom it leads from each person."""
    known: dict[str, dict[str, set[str]]] = {name: {} for name in RELATIONS}

    def add(relation: str, person: str, *answers: str) -> None:
        known[relation].setdefault(person, set()).update(answers)

    for husband, wife, *children in _COUPLES:
        add("wife", husband, wife)
        add("husband", wife, husband)
        if children:
            son, daughter = children
            add("sister", son, daughter)
            add("brother", daughter, son)
            for parent in (husband, wife):
                add("son", parent, son)
                add("daughter", parent, daughter)
            for child in children:
                add("father", child, husband)
                add("mother", child, wife)
    for child, parents in _parents(known).items():
        for parent in parents:
            brothers, sisters = (known[name].get(parent, set()) for name in ("brother", "sister"))
            uncles = brothers | _of(known["husband"], sisters)
            aunts = sisters | _of(known["wife"], brothers)
            add("uncle", child, *uncles)
            add("aunt", child, *aunts)
            young = "nephew" if child in _of(known["son"], parents) else "niece"
            for elder in uncles | aunts:
                add(young, elder, child)
    return known


def _parents(known: Mapping[str, Mapping[str, set[str]]]) -> dict[str, set[str]]:
    fathers, mothers = known["father"], known["mother"]
    return {child: fathers[child] | mothers[child] for child in fathers}


def _of(relation: Mapping[str, set[str]], people: set[str]) -> set[str]:
    """All to whom a relation leads from any of these people."""
    return {answer for person in people for answer in relation.get(person, ())}
