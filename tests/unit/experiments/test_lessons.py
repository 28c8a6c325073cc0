"""Lessons: every experiment, label and word they name exists; bad files are said in a sentence."""

from __future__ import annotations

import pytest

from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.glossary import glossary, links_of, plain
from bpviz.experiments.lessons import Lesson, lesson, lesson_names, lessons, parse_lesson

LONGEST = {"text": 320, "do": 80, "success": 130, "hint": 130}

GOOD = """
number = 1
title = "A title"
experiment = "playground"
intro = "An introduction."
closing = "Closing words."
source = "A source."

[[steps]]
text = "A text."
"""


def test_they_come_in_their_order() -> None:
    assert lesson_names() == [
        "six-stages",
        "derivation",
        "linear-hidden",
        "bias",
        "two-or-many",
        "update-modes",
        "why-backpropagation",
        "vanishing-gradient",
        "xor",
        "learning-rate",
        "symmetry",
    ]
    assert [one.number for one in lessons()] == list(range(1, 12))
    assert lesson("bias").title == "Why a bias"


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.name)
def test_what_a_lesson_names_exists(one: Lesson) -> None:
    for index, step in enumerate(one.steps):
        experiment = gallery_experiment(one.experiment_at(index))
        labels = [step.select, (step.condition or {}).get("parameter", "")]
        labels += [label for group in step.marks for label in group]
        if step.opens is not None:
            labels += step.opens.options.get("parameters", [])
        for label in filter(None, labels):
            layout_of(experiment.network).find(label)
    texts = [one.intro, one.closing, *(t for s in one.steps for t in (s.text, s.do, s.hint))]
    for word in (*one.words, *(link for text in texts for link in links_of(text))):
        glossary().find(word)


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.name)
def test_texts_are_short_enough_for_the_card(one: Lesson) -> None:
    for step in one.steps:
        for name, longest in LONGEST.items():
            assert len(plain(getattr(step, name))) <= longest, f"{name}: {getattr(step, name)}"
            assert "\n" not in getattr(step, name)
        assert step.text.endswith((".", "?", ":"))
    assert len(plain(one.intro)) + len(plain(one.steps[0].text)) <= 400
    assert len(plain(one.closing)) <= 400


def test_the_experiment_changes_from_a_step_on() -> None:
    two = lesson("two-or-many")
    at = [two.experiment_at(index) for index in range(len(two.steps) + 1)]
    assert at == ["playground"] * 2 + ["iris"] * 4


def test_a_good_one_is_read() -> None:
    assert parse_lesson(GOOD, "mine.toml").name == "mine"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("number = 1", "number = "), r"mine\.toml: is not valid TOML"),
        (("number", "nummer"), r"mine\.toml: nummer: unknown key; expected one of name, number"),
        (("number = 1", "number = 0"), r"mine\.toml: number: number must be at least 1"),
        (('"A title"', "3"), r"mine\.toml: title: title must be a text"),
        (('"A title"', '""'), r"mine\.toml: title: must not be empty"),
        (('text = "A text."', 'text = ""'), r"mine\.toml: steps\.1\.text: a step needs a text"),
        (('text = "A text."', "words = 1"), r"mine\.toml: steps\.1\.words: unknown key"),
        (('"A text."', '"A."\ndo = "Do."'), r"mine\.toml: steps\.1\.do: what to do and the con"),
        (('"A text."', '"A."\nview = {}'), r"mine\.toml: steps\.1\.view: must be a table with a n"),
        (('"A text."', '"A."\nview = 1'), r"mine\.toml: steps\.1\.view: must be a table with name"),
        (('[[steps]]\ntext = "A text."', ""), r"mine\.toml: steps: there must be at least one"),
        (('[[steps]]\ntext = "A text."', "steps = 1"), r"mine\.toml: steps: must be a list"),
        (('[[steps]]\ntext = "A text."', "steps = [1]"), r"mine\.toml: steps\.1: must be a table"),
    ],
)
def test_a_bad_one_is_said_by_file_and_key(change: tuple[str, str], sentence: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(SettingError, match=sentence):
        parse_lesson(GOOD.replace(*change), "mine.toml")


def test_an_unknown_one_is_said() -> None:
    with pytest.raises(SettingError, match="no lesson 'bayes'; there are six-stages, "):
        lesson("bayes")
