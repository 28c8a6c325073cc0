"""The reference is what the registries and the declarations say."""

from __future__ import annotations

import pytest

from bpviz.datasets.dataset import DATASETS
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.reference import (
    TOPICS,
    chapter,
    chapters,
    setting_groups,
    settings_of,
)
from bpviz.experiments.toml_files import set_option


def test_every_entry_is_in_its_chapter() -> None:
    assert TOPICS[:4] == ("activations", "errors", "initialisers", "optimizers")
    assert [a.kind for a in chapter("activations").articles] == list(ACTIVATIONS)
    assert [a.kind for a in chapter("data").articles] == list(DATASETS)
    for name in TOPICS:
        for article in chapter(name).articles:
            assert article.label
            assert article.first_sentence
            assert not article.first_sentence.endswith((",", ":"))


def test_an_article() -> None:
    adam = chapter("optimizers").find("adam")
    assert adam.label == "Adam"
    assert adam.source == "Kingma & Ba 2015, alg. 1"
    assert adam.text.startswith("Δw = -ε m̂ / (√v̂ + η), m̂ and v̂ the bias-corrected moments.")
    assert adam.formula == OPTIMIZERS["adam"].formula
    beta = adam.settings[0]
    assert (beta.name, beta.label, beta.default) == ("beta1", "β₁", "0.9")
    assert beta.range == "at least 0 and below 1"
    assert beta.sentence.endswith("(at least 0 and below 1)")


def test_names_in_formulas_stand_upright() -> None:
    sigmoid = chapter("activations").find("sigmoid")
    assert sigmoid.formula == r"\mathrm{out}=\frac{1}{1+e^{-\mathrm{net}}}"
    assert chapter("errors").find("squared").formula.startswith(r"E=\sum (\mathrm{target}")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("activations", "sigmoid"), "f' = out (1 − out)."),
        (("errors", "absolute"), "∂E/∂out = sign(out − target): an outlier pulls like any other."),
        (("errors", "huber"), "With d = target − out."),
        (("initialisers", "he"), "Made for ReLU."),
        (("optimizers", "adam"), "With m̂ and v̂ the bias-corrected moments."),
        (("optimizers", "nesterov"), "Momentum that looks a step ahead."),
        (("schedules", "step"), "Times γ every n epochs."),
        (("activations", "selu"), "λ times ELU, λ = 1.0507… and α = 1.6733… such that outputs"),
        (("stop-rules", "epochs"), "Stop after a number of epochs."),
    ],
)
def test_words_below_a_formula_do_not_repeat_it(place: tuple[str, str], words: str) -> None:
    article = chapter(place[0]).find(place[1])
    assert article.words[0].startswith(words)


def test_words_keep_all_that_is_no_equation() -> None:
    for found in chapters():
        for article in found.articles:
            if not article.formula:
                assert len(" ".join(article.words)) == len(
                    " ".join(article.text.replace("`", "").split("\n\n"))
                )
    assert chapter("optimizers").find("momentum").words == ()


def test_both_spellings() -> None:
    assert chapter("optimisers") == chapter("optimizers")
    assert chapter("initializers") == chapter("initialisers")


def test_a_word_that_is_not_there() -> None:
    with pytest.raises(SettingError, match="there is no list of 'cakes'; expected one of activa"):
        chapter("cakes")
    with pytest.raises(SettingError, match="there is no 'newton' among the optimisers"):
        chapter("optimizers").find("newton")


def test_settings_by_their_whole_names() -> None:
    names = [note.name for group in setting_groups() for note in settings_of(group)]
    assert {"seed", "data.test_fraction", "network.dtype", "network.layers.dropout"} <= {*names}
    notes = {note.name: note for note in settings_of("training")}
    assert notes["training.update"].range == "sample, fixed, mini-batch, full"
    assert notes["training.optimizer"].range == "see optimizers"
    assert notes["training.stop"].default == "none"
    assert notes["training.learning_rate"].default == "0.03"


def test_each_chapter_says_how_its_entries_are_chosen() -> None:
    experiment = gallery_experiment("playground")
    for found in chapters():
        is_list = found.key in ("training.rate_schedule", "training.stop", "data.features")
        kinds = [article.kind for article in found.articles]
        value = f"{kinds[:1]}" if is_list else kinds[1]
        changed = set_option(experiment, f"{found.key}={value}")
        assert changed is not experiment
