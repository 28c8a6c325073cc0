"""The two families, against a genealogy that is written down differently here.

Of each person only the parents and the spouse are noted; relations are looked up from that by
their definitions, one by one, where the source builds them couple by couple.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.family_tree import ENGLISH, ITALIAN, PEOPLE, PLACES, RELATIONS, FamilyTree
from bpviz.datasets.preprocessing import prepare
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.spec import LayerSpec

MEN = {
    *("Christopher", "Andrew", "Arthur", "James", "Charles", "Colin"),
    *("Roberto", "Pierro", "Emilio", "Marco", "Tomaso", "Alfonso"),
}
# Child: (father, mother).
PARENTS = {
    "Arthur": ("Christopher", "Penelope"),
    "Victoria": ("Christopher", "Penelope"),
    "James": ("Andrew", "Christine"),
    "Jennifer": ("Andrew", "Christine"),
    "Colin": ("James", "Victoria"),
    "Charlotte": ("James", "Victoria"),
    "Emilio": ("Roberto", "Maria"),
    "Lucia": ("Roberto", "Maria"),
    "Marco": ("Pierro", "Francesca"),
    "Angela": ("Pierro", "Francesca"),
    "Alfonso": ("Marco", "Lucia"),
    "Sophia": ("Marco", "Lucia"),
}
MARRIED = (
    *("Christopher Penelope", "Andrew Christine", "Arthur Margaret"),
    *("James Victoria", "Charles Jennifer"),
    *("Roberto Maria", "Pierro Francesca", "Emilio Gina", "Marco Lucia", "Tomaso Angela"),
)
SPOUSES = {a: b for pair in MARRIED for a, b in (pair.split(), reversed(pair.split()))}


def siblings(person: str) -> set[str]:
    if person not in PARENTS:
        return set()
    return {child for child in PARENTS if PARENTS[child] == PARENTS[person]} - {person}


def children(person: str) -> set[str]:
    return {child for child, parents in PARENTS.items() if person in parents}


def with_spouses(people: set[str]) -> set[str]:
    return people | {SPOUSES[one] for one in people if one in SPOUSES}


def elders(person: str) -> set[str]:
    """Uncles and aunts, with those by marriage."""
    parents = PARENTS.get(person, ())
    return with_spouses({one for parent in parents for one in siblings(parent)})


def youngers(person: str) -> set[str]:
    """Nephews and nieces of the person or of the spouse."""
    pair = with_spouses({person})
    return {child for one in pair for other in siblings(one) for child in children(other)}


def answers(person: str, relation: str) -> set[str]:
    parents, spouse = set(PARENTS.get(person, ())), {SPOUSES.get(person, "")} - {""}
    people = {
        "father": parents & MEN,
        "mother": parents - MEN,
        "husband": spouse & MEN,
        "wife": spouse - MEN,
        "son": children(person) & MEN,
        "daughter": children(person) - MEN,
        "uncle": elders(person) & MEN,
        "aunt": elders(person) - MEN,
        "brother": siblings(person) & MEN,
        "sister": siblings(person) - MEN,
        "nephew": youngers(person) & MEN,
        "niece": youngers(person) - MEN,
    }
    return people[relation]


@pytest.fixture(scope="module")
def cases() -> dict[tuple[str, str], set[str]]:
    """What the source says: (person, relation) and who answers."""
    data = FamilyTree().load(7)
    found = {}
    for inputs, targets in zip(data.inputs, data.targets, strict=True):
        person, relation = (data.input_names[k] for k in np.flatnonzero(inputs))
        found[person, relation] = {data.target_names[k] for k in np.flatnonzero(targets)}
    assert len(found) == len(data)
    return found


def test_every_answer_is_the_one_of_the_genealogy(cases) -> None:
    wanted = {
        (person, relation): people
        for person in PEOPLE
        for relation in RELATIONS
        if (people := answers(person, relation))
    }
    assert cases == wanted


def test_there_are_52_cases_a_family(cases) -> None:
    assert len(cases) == 104
    assert sum(person in ENGLISH for person, _ in cases) == 52
    counts = Counter(relation for _, relation in cases)
    assert counts == {
        **dict.fromkeys(("father", "mother", "son", "daughter"), 12),
        **dict.fromkeys(("husband", "wife"), 10),
        **dict.fromkeys(("nephew", "niece"), 8),
        **dict.fromkeys(("brother", "sister"), 6),
        **dict.fromkeys(("uncle", "aunt"), 4),
    }


@pytest.mark.parametrize(
    ("person", "relation", "people"),
    [
        ("Colin", "aunt", {"Margaret", "Jennifer"}),
        ("Colin", "uncle", {"Arthur", "Charles"}),
        ("Colin", "sister", {"Charlotte"}),
        ("Charles", "niece", {"Charlotte"}),
        ("Margaret", "nephew", {"Colin"}),
        ("Victoria", "brother", {"Arthur"}),
        ("Penelope", "daughter", {"Victoria"}),
        ("Sophia", "aunt", {"Gina", "Angela"}),
        ("Lucia", "father", {"Roberto"}),
        ("Tomaso", "wife", {"Angela"}),
    ],
)
def test_facts_that_the_papers_tree_shows(cases, person, relation, people) -> None:
    assert cases[person, relation] == people


def test_the_families_are_of_the_same_shape(cases) -> None:
    twin = dict(zip(ENGLISH, ITALIAN, strict=True))
    english = {key: people for key, people in cases.items() if key[0] in ENGLISH}
    italian = {key: people for key, people in cases.items() if key[0] in ITALIAN}
    assert italian == {
        (twin[person], relation): {twin[one] for one in people}
        for (person, relation), people in english.items()
    }


def test_generation_and_branch_follow_from_the_parents() -> None:
    for names in (ENGLISH, ITALIAN):
        places = dict(zip(names, PLACES, strict=True))
        for child, (father, mother) in PARENTS.items():
            if child in places:
                place, above = places[child], {places[father].branch, places[mother].branch}
                assert place.generation == places[father].generation + 1
                assert place.generation == places[mother].generation + 1
                assert place.branch == (above.pop() if len(above) == 1 else "")
        for one, other in SPOUSES.items():
            if one in places:
                assert places[one].generation == places[other].generation


def test_four_cases_are_held_out_with_targets_off_the_limits() -> None:
    source = FamilyTree()
    head = LayerSpec("o", 24, activation=ACTIVATIONS.make("sigmoid"), sources=("h",))
    config = DataConfig(source=source, target_margin=0.2, **source.suggested)
    training = prepare(config, 7, head).training
    assert (len(training.train), len(training.test)) == (100, 4)
    assert training.task == "labels"
    assert sorted(set(training.train.targets.ravel().round(12))) == [0.2, 0.8]
