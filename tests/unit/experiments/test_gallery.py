"""The gallery: every entry opens, trains and says what to watch."""

import pytest

from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import SettingError
from bpviz.engine.training import Trainer
from bpviz.experiments.gallery import find_experiment, gallery_experiment, gallery_names
from bpviz.experiments.toml_files import set_option, write_experiment


def test_the_default_comes_first() -> None:
    assert gallery_names() == [
        "playground",
        "worked-2-2-2",
        "derivation-2-2-1",
        "article-2-2-2",
        "xor-2-3-1",
        "xor-skip",
        "bias-needed",
        "linear-hidden",
        "vanishing-gradient",
        "update-modes",
        "symmetry-6-2-1",
        "encoder-8-3-8",
        "parity-4",
        "family-tree",
        "two-spirals",
        "dropout",
        "early-stopping",
        "l1-sparsity",
        "iris",
        "wine",
        "penguins",
        "digits",
        "shapes",
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


def trained(name: str, *options: str, epochs: int = 0) -> tuple[Trainer, EpochMetrics]:
    """The experiment after its own number of epochs (or `epochs`), settings changed as text."""
    experiment = gallery_experiment(name)
    for option in options:
        experiment = set_option(experiment, option)
    trainer = experiment.trainer()
    trainer.run(epochs or experiment.epochs)
    return trainer, trainer.evaluate()


def test_linear_hidden_layers_stay_at_half_and_one_tanh_layer_is_enough() -> None:
    for epochs in (100, 500):
        _, linear = trained("linear-hidden", epochs=epochs)
        assert 0.4 < linear.train_accuracy < 0.6
        assert linear.train_loss > 0.68
    for layer in ("h1", "h2"):
        _, bent = trained("linear-hidden", f"network.layers.{layer}.activation=tanh")
        assert bent.train_accuracy > 0.97


def test_bias_needed() -> None:
    trainer, without = trained("bias-needed")
    assert trainer.state.theta == pytest.approx([1.0], abs=1e-4)
    assert without.train_loss == pytest.approx(2.0, abs=1e-4)
    trainer, with_bias = trained("bias-needed", "network.layers.y.bias=unit")
    assert trainer.state.theta == pytest.approx([1.0, 2.0], abs=1e-4)
    assert with_bias.train_loss < 1e-6


def test_vanishing_gradient() -> None:
    trainer, _ = trained("vanishing-gradient", epochs=1)
    norms = trainer.gradient_norms()
    assert norms[-1] > 100 * norms[0]
    assert list(norms) == sorted(norms)
    _, guessing = trained("vanishing-gradient")
    assert guessing.train_accuracy == 0.5
    for activation in ("relu", "tanh"):
        hidden = [f"network.layers.h{k}.activation={activation}" for k in range(1, 6)]
        trainer, solved = trained("vanishing-gradient", *hidden)
        assert solved.train_accuracy == 1.0


def test_update_modes() -> None:
    for update, error in (("sample", 0.315), ("fixed", 0.205), ("mini-batch", 0.209)):
        _, metrics = trained("update-modes", f"training.update={update}")
        assert metrics.train_loss == pytest.approx(error, abs=5e-4)


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
