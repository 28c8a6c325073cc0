"""The glossary: every link leads somewhere, every setting it explains is one."""

from __future__ import annotations

import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import SettingError, fields_of
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.glossary import Word, glossary, linked, parse_glossary, plain

# What the article's help must explain, and the history.
VOCABULARY = (
    "input, training set, output, activation function, sigmoid, tanh, ReLU, weight, weight space, "
    "initialisation, Xavier, forward pass, error function, gradient, gradient descent, "
    "backpropagation, delta, learning rate, momentum, epoch, batch, mini-batch, bias, softmax, "
    "saturation, vanishing gradient, overfitting, two phases, four training steps, six stages"
)


@pytest.mark.parametrize("name", VOCABULARY.split(", "))
def test_the_vocabulary_is_there(name: str) -> None:
    word = glossary().find(name)
    assert word.name == name


@pytest.mark.parametrize("word", glossary().words, ids=lambda word: word.name)
def test_every_word_is_short_and_leads_only_to_words(word: Word) -> None:
    assert 20 < len(plain(word.text)) < 340
    assert word.text.rstrip().endswith(".")
    for link in word.links:
        assert glossary().find(link) is not word
    every = [fields_of(c) for c in (Experiment, DataConfig, NetworkSpec, LayerSpec, TrainingConfig)]
    registries = (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, DATASETS)
    every += [fields_of(cls) for registry in registries for cls in registry.values()]
    known = {name for fields in every for name in fields}
    assert set(word.settings) <= known


def test_no_name_stands_for_two_words() -> None:
    names = [name.casefold() for word in glossary().words for name in (word.name, *word.also)]
    assert len(names) == len(set(names))
    settings = [name for word in glossary().words for name in word.settings]
    assert len(settings) == len(set(settings))


def test_the_history() -> None:
    told = [(event.year, event.who.split()[-1].strip(";")) for event in glossary().history]
    assert told == [(1970, "Linnainmaa"), (1982, "Werbos"), (1985, "LeCun"), (1986, "Williams")]
    assert all(event.what and event.source for event in glossary().history)


def test_stages_and_steps_are_counted() -> None:
    for name, count in (("six stages", 6), ("four training steps", 4)):
        text = glossary().find(name).text
        assert f"{count}. " in text
        assert f"{count + 1}. " not in text


def test_a_search_finds_names_first_and_texts_too() -> None:
    found = [word.name for word in glossary().search("mom")]
    assert found[0] == "momentum"
    found = [word.name for word in glossary().search("gradient")]
    # A gradient check is another name of the numerical derivative; Adam only speaks of gradients.
    assert found[:3] == ["gradient", "gradient descent", "numerical derivative"]
    assert found.index("vanishing gradient") < found.index("Adam")
    assert glossary().search("Neuron")[0].name == "unit"
    assert "sigmoid" in [word.name for word in glossary().search("squeezes")]
    assert glossary().search("zzz") == ()
    assert glossary().search(" ") == glossary().words


def test_a_word_of_a_setting() -> None:
    word = glossary().of_setting("learning_rate")
    assert word is not None
    assert word.name == "learning rate"
    assert glossary().of_setting("numbering") is None


def test_links_become_html_and_the_rest_is_escaped() -> None:
    text = "a < b & [[net inputs|net input]]"
    assert linked(text) == 'a &lt; b &amp; <a href="net input">net inputs</a>'
    assert plain(text) == "a < b & net inputs"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[words]\n", r"g\.toml: is not valid TOML"),
        ("words = 3", r"g\.toml: words: must be a list"),
        ("words = [3]", r"g\.toml: words\.1: must be a table"),
        ("[[words]]\nnames = 'x'", r"g\.toml: words\.1\.names: unknown key"),
        ("[[history]]\nyear = 'x'", r"g\.toml: history\.1\.year: year must be a whole number"),
    ],
)
def test_a_bad_file_is_said_by_file_and_key(text: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        parse_glossary(text, "g.toml")


def test_an_unknown_word_is_said() -> None:
    with pytest.raises(SettingError, match="no word 'flux'"):
        glossary().find("flux")
