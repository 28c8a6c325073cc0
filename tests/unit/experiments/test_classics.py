"""The classic experiments: what their shipped seeds reach, and how other seeds fare."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bpviz.datasets.family_tree import PEOPLE
from bpviz.engine.metrics import EpochMetrics
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option
from bpviz.lab.findings import Found, found_in

CLASSICS = ("symmetry-6-2-1", "family-tree", "encoder-8-3-8", "xor-skip", "parity-4")


def finished(name: str) -> tuple[EpochMetrics, Found]:
    """What came of the experiment as it is shipped."""
    experiment = gallery_experiment(name)
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    trainer.run(experiment.epochs)
    found = found_in(experiment, data, trainer.state.theta)
    assert found is not None
    return trainer.evaluate(), found


@pytest.mark.parametrize("name", CLASSICS)
def test_the_shipped_seed_shows_what_it_is_famous_for(name: str) -> None:
    metrics, found = finished(name)
    assert found.holds, found.sentences
    assert not found.refused
    # Over 1,500 sweeps the family trees take another way where a sum is rounded otherwise.
    assert metrics.train_accuracy >= (0.95 if name == "family-tree" else 1.0)


def test_symmetry_is_solved_within_3000_sweeps() -> None:
    metrics, _ = finished("symmetry-6-2-1")
    assert metrics.epoch <= 3000
    assert metrics.train_accuracy == 1.0


def test_symmetry_has_the_settings_of_the_paper() -> None:
    experiment = gallery_experiment("symmetry-6-2-1")
    data, training = experiment.prepare().training, experiment.training
    assert len(data.train) == 64
    assert (training.learning_rate, training.optimizer.momentum) == (0.1, 0.9)
    assert (training.loss.kind, training.reduction) == ("half_squared", "sum")
    assert training.update == "full"
    theta = experiment.trainer().state.theta
    assert np.abs(theta).max() <= 0.3
    assert np.abs(theta).max() > 0.2


def solved_at(experiment: Experiment, limit: int) -> int | None:
    """The sweep after which all training cases were right for the first time."""
    trainer = experiment.trainer()
    firsts: list[int] = []

    def watch(metrics: EpochMetrics) -> None:
        if metrics.train_accuracy == 1.0 and not firsts:
            firsts.append(metrics.epoch)

    while trainer.state.epoch < limit and not firsts:
        trainer.run(min(limit, trainer.state.epoch + 100), watch)
    return firsts[0] if firsts else None


def test_symmetry_over_twenty_seeds(record_property: pytest.RecordProperty) -> None:
    experiment = set_option(gallery_experiment("symmetry-6-2-1"), "training.stop=[]")
    sweeps = [solved_at(replace(experiment, seed=seed), 6000) for seed in range(1, 21)]
    solved = sorted(s for s in sweeps if s is not None)
    report = f"{len(solved)} of 20 seeds solve it within 6,000 sweeps, median {np.median(solved):g}"
    record_property("symmetry", report)
    print(report)
    assert len(solved) >= 11, report


def test_parity_over_twenty_seeds_is_what_is_told(record_property: pytest.RecordProperty) -> None:
    experiment = gallery_experiment("parity-4")
    data = experiment.prepare()
    said = Counter[str]()
    for seed in range(1, 21):
        trainer = replace(experiment, seed=seed).trainer(data)
        trainer.run(5000)
        found = found_in(experiment, data, trainer.state.theta)
        assert found is not None
        words = ("so far", "turned round", "more than count", "count the ones")
        said[next(word for word in words if word in found.headline)] += 1
    report = ", ".join(f"{word}: {count}" for word, count in said.items())
    record_property("parity", report)
    # Sums that are rounded otherwise take other ways.
    assert 6 <= 20 - said["so far"] <= 12, report
    assert abs(said["more than count"] - said["turned round"] - said["count the ones"]) <= 3, report
    assert said["turned round"] > said["count the ones"], report


def test_the_family_trees_have_the_settings_that_are_told() -> None:
    experiment = gallery_experiment("family-tree")
    layers = {layer.id: (layer.units, layer.sources) for layer in experiment.network.layers}
    assert layers == {
        "people": (24, ()),
        "relations": (12, ()),
        "person": (6, ("people",)),
        "relation": (6, ("relations",)),
        "both": (12, ("person", "relation")),
        "answer": (6, ("both",)),
        "y": (24, ("answer",)),
    }
    data = experiment.prepare()
    assert (len(data.training.train), len(data.training.test)) == (100, 4)
    assert experiment.epochs == 1500


def test_the_family_trees_are_learned_and_what_was_held_out_is_reported() -> None:
    metrics, found = finished("family-tree")
    assert round(100 * metrics.train_accuracy) >= 95
    held = [sentence for sentence in found.sentences if sentence.startswith("Held out: ")]
    assert len(held) == 4
    right = sum(sentence.endswith(": right.") for sentence in held)
    assert right == round(4 * metrics.test_accuracy)
    assert f"{right} of 4 cases that were held out are right." in found.sentences
    assert all(any(person in sentence for person in PEOPLE) for sentence in held)
