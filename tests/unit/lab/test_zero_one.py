"""Columns of zeros and ones, told by name."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.datasets.family_tree import PEOPLE, RELATIONS
from bpviz.datasets.preprocessing import prepare
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.data_columns import DataColumns
from bpviz.lab.data_filter import found_samples
from bpviz.lab.zero_one import one_hot_groups, yes_words


@pytest.fixture(scope="module")
def family():
    experiment = gallery_experiment("family-tree")
    return DataColumns(prepare(experiment.data, experiment.seed, experiment.network.output))


def test_a_family_is_listed_as_person_relation_and_who_answers(family):
    names = [family.columns[k].name for k in family.listed]
    assert names == ["#", "split", "yes for", "inputs 1–24", "inputs 25–36"]
    dataset = family.data.dataset
    for row in (0, 40, 103):
        ones = np.flatnonzero(dataset.inputs[row])
        answers = ", ".join(PEOPLE[k] for k in np.flatnonzero(dataset.targets[row]))
        cells = [family.text(k, row) for k in family.listed[2:]]
        assert cells == [answers, PEOPLE[ones[0]], RELATIONS[ones[1] - len(PEOPLE)]]


def test_people_and_relations_are_found(family):
    dataset = family.data.dataset
    colin = PEOPLE.index("Colin")
    there = (dataset.inputs[:, colin] == 1) | (dataset.targets[:, colin] == 1)
    nephew = dataset.inputs[:, len(PEOPLE) + RELATIONS.index("nephew")] == 1
    for text, expected in {
        "Colin": there,
        "nephew": nephew,
        "colin, nephew": there & nephew,
        "inputs 1–24 = Colin": dataset.inputs[:, colin] == 1,
        "Colin = yes": dataset.targets[:, colin] == 1,
    }.items():
        assert expected.any()
        assert (found_samples(family, text) == expected).all(), text


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [(0, 3)]),
        ([[1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 1, 0]], [(0, 2), (2, 4)]),
        ([[1, 0, 0], [0, 1, 0]], [(0, 3)]),
        ([[0, 0], [0, 1], [1, 0], [1, 1]], []),
        ([[1, 0, 0], [0, 1, 1]], []),
        ([[0.5, 0.5], [1, 0]], []),
        ([[1, 1, 0], [1, 0, 1]], []),
        ([[1, 1, 0, 0], [0, 0, 1, 1]], []),
        ([[0, 0]], []),
    ],
)
def test_a_group_has_a_single_one_in_every_row(rows, groups):
    found = one_hot_groups(np.array(rows, dtype=float))
    assert [(group.start, group.stop) for group in found] == groups


def test_no_yes_is_told_and_much_is_not_looked_through():
    yes = np.array([[False, False], [True, True], [False, True]])
    words, numbers = yes_words(yes, ("p", "q"))
    assert [words[k] for k in numbers] == ["none", "p, q", "q"]
    assert yes_words(np.zeros((15_001, 2), dtype=bool), ("p", "q")) is None
