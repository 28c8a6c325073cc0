"""The gallery: every entry opens, trains and says what to watch."""

import pytest

from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import find_experiment, gallery_experiment, gallery_names
from bpviz.experiments.toml_files import write_experiment


def test_the_default_comes_first() -> None:
    assert gallery_names() == [
        "playground",
        "worked-2-2-2",
        "derivation-2-2-1",
        "article-2-2-2",
        "xor-2-3-1",
        "iris",
        "digits",
    ]


@pytest.mark.parametrize("name", gallery_names())
def test_every_entry_says_what_it_is_and_learns(name: str) -> None:
    experiment = gallery_experiment(name)
    assert experiment.name == name
    assert 10 < len(experiment.title) < 60
    assert 2 <= experiment.watch.count(". ") + 1 <= 4
    assert "\n" not in experiment.watch
    trainer = experiment.trainer()
    before = trainer.evaluate().train_loss
    trainer.run(min(experiment.epochs, 30))
    assert trainer.evaluate().train_loss < before


def test_playground_learns_its_circle() -> None:
    trainer = gallery_experiment("playground").trainer()
    trainer.run(300)
    metrics = trainer.evaluate()
    assert metrics.train_accuracy >= 0.99
    assert metrics.test_accuracy >= 0.95


@pytest.mark.parametrize(("name", "aim"), [("iris", 0.95), ("digits", 0.96)])
def test_accuracy_of_the_seed_that_is_shown(name: str, aim: float) -> None:
    experiment = gallery_experiment(name)
    trainer = experiment.trainer()
    trainer.run(experiment.epochs)
    assert trainer.evaluate().test_accuracy >= aim


def test_an_experiment_is_found_by_name_or_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    experiment = gallery_experiment("iris")
    assert find_experiment("iris") == experiment
    write_experiment(experiment, tmp_path / "mine.toml")
    assert find_experiment(str(tmp_path / "mine.toml")) == experiment


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(SettingError, match=r"no experiment 'irs': .* one of playground, "):
        find_experiment("irs")
    with pytest.raises(SettingError, match=r"no 'irs' in the gallery; it has playground, "):
        gallery_experiment("irs")
    with pytest.raises(SettingError, match=r"none\.toml: cannot be read"):
        find_experiment("none.toml")
