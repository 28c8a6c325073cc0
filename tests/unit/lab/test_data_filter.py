"""Which samples a text finds: words, numbers, comparisons, and what is said of wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.datasets.preprocessing import prepare
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.data_columns import DataColumns
from bpviz.lab.data_filter import found_samples


@pytest.fixture(scope="module")
def table():
    experiment = gallery_experiment("penguins")
    return DataColumns(prepare(experiment.data, experiment.seed, experiment.network.output))


def values(table, name):
    return table.columns[table.named(name)].values()


def words(table, name):
    names = np.array(table.columns[table.named(name)].words)
    return names[values(table, name)]


def test_comparisons_are_those_of_numpy(table):
    mass = values(table, "body mass")
    for text, expected in {
        "body mass > 4000": mass > 4000,
        "Body Mass<=3800": mass <= 3800,
        "body mass ≥ 4000, body mass < 5000": (mass >= 4000) & (mass < 5000),
        "island = dream": words(table, "island") == "Dream",
        "island != Dream": words(table, "island") != "Dream",
        "species = Gentoo, split = test": (words(table, "species") == "Gentoo") & table.is_test,
        "": np.ones(len(table), dtype=bool),
    }.items():
        assert (found_samples(table, text) == expected).all(), text


def test_a_word_is_found_in_every_column_of_words(table):
    assert (found_samples(table, "biscoe") == (words(table, "island") == "Biscoe")).all()
    assert (found_samples(table, "test") == table.is_test).all()
    # "male" is in "female", too: what is looked for is a part of a word.
    assert found_samples(table, "male").all()


def test_a_number_is_that_of_a_sample(table):
    assert np.flatnonzero(found_samples(table, "17")).tolist() == [16]
    assert not found_samples(table, "100000").any()


def test_what_is_shown_with_few_decimals_is_meant_as_shown():
    experiment = gallery_experiment("playground")
    data = DataColumns(prepare(experiment.data, experiment.seed, experiment.network.output))
    shown = data.text(data.named("x1"), 3)
    assert found_samples(data, f"x1 = {shown}")[3]


@pytest.mark.parametrize("text", ["²", "9" * 5000, "0"])
def test_what_is_no_number_of_a_sample_finds_none(table, text):
    assert not found_samples(table, text).any()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zebra > 3", "no column is called 'zebra'; write a column's name before >"),
        ("body mass > heavy", "body mass is compared with a number, got 'heavy'"),
        ("island > Dream", "island holds words, which = and ≠ compare, got >"),
        ("island = Oz", "island is one of Biscoe, Dream, Torgersen, got 'Oz'"),
    ],
)
def test_one_sentence_says_what_is_wrong(table, text, sentence):
    with pytest.raises(SettingError) as caught:
        found_samples(table, text)
    assert caught.value.message == sentence
