"""Several labels a sample: how they are judged, predicted, and told in files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.applying import remarks, what_applies
from bpviz.engine.network import Network
from bpviz.experiments.gallery import gallery_experiment
from bpviz.io.json_format import from_json, to_json
from bpviz.io.records import record
from bpviz.lab.assessment import Assess, assess
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.predictions import predict_rows
from tests.label_data import GATES, INPUTS, NAMES, gates, teach_gates


@pytest.fixture(autouse=True)
def _three_gates(monkeypatch):
    teach_gates(monkeypatch)


def said(snapshot) -> np.ndarray:
    """What the network says of the four samples, by hand."""
    outs = Network(snapshot.spec, np.array(snapshot.theta)).predict(INPUTS)
    return outs > snapshot.data.training.threshold


@pytest.fixture
def trained(bench):
    def make(epochs=20, **options):
        b = bench(gates(**options))
        b.lab.train_epochs(epochs)
        return b.settle()

    return make


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_a_sample_is_right_when_all_its_labels_are(trained, output):
    snapshot = trained(output=output, target_margin=0.2)
    rows = snapshot.data.train_rows
    right = (said(snapshot) == (GATES > 0.5)).all(axis=1)
    assert snapshot.metrics.train_accuracy == right[rows].mean()
    found = assess(snapshot, Assess(part="training")).training
    assert found.classes.accuracy == right.mean()
    assert found.values is None
    assert found.residuals is None


def test_every_label_has_its_own_scores(trained):
    snapshot = trained()
    taken, true = said(snapshot), GATES > 0.5
    found = assess(snapshot, Assess(positive=1)).training
    for k in range(3):
        hits = (taken[:, k] & true[:, k]).sum()
        with np.errstate(all="ignore"):
            np.testing.assert_equal(found.classes.precision[k], hits / taken[:, k].sum())
        np.testing.assert_equal(found.classes.recall[k], hits / true[:, k].sum())
    np.testing.assert_array_equal(found.classes.support, [1, 3, 2])
    assert found.positives == 3


def test_labels_are_judged_by_the_samples_of_each_part(bench):
    snapshot = bench(gallery_experiment("family-tree")).settle_at_start()
    found, data = assess(snapshot, Assess(positive=3)), snapshot.data
    network = Network(snapshot.spec, np.array(snapshot.theta))
    for part, samples, rows in (
        (found.training, data.training.train, data.train_rows),
        (found.test, data.training.test, data.test_rows),
    ):
        true = data.dataset.targets[rows] > 0.5
        taken = network.predict(samples.inputs) > data.training.threshold
        np.testing.assert_array_equal(part.classes.support, true.sum(axis=0))
        assert part.classes.accuracy == (true == taken).all(axis=1).mean()
        recall = np.full(24, np.nan)
        np.divide((true & taken).sum(axis=0), true.sum(axis=0), recall, where=true.any(axis=0))
        np.testing.assert_allclose(part.classes.recall, recall)
        assert part.positives == true[:, 3].sum()


def test_the_hardest_sample_leads_and_tells_its_labels(trained):
    snapshot = trained()
    hardest = assess(snapshot, Assess()).training.hardest
    assert (np.diff(hardest.errors) <= 0).all()
    np.testing.assert_array_equal(hardest.taken, said(snapshot)[hardest.rows])
    np.testing.assert_array_equal(hardest.answers > 0.5, said(snapshot)[hardest.rows])


def test_there_is_no_confusion_of_labels(trained):
    assert evaluate(trained(1), Request()).confusion is None


def test_settings_for_classes_and_for_values_do_not_apply():
    data = gates().prepare()
    applies = what_applies(data)
    assert not any(applies[name] for name in ("balance", "label_noise", "scale_targets"))
    assert applies["target_margin"]
    assert not remarks(gates(target_margin=0.2).data, data)


@pytest.mark.parametrize(
    ("option", "label", "for_what"),
    [
        ("balance", "Balance classes", "classes"),
        ("scale_targets", "Scale targets", "values to predict"),
    ],
)
def test_a_setting_without_effect_says_that_these_are_labels(option, label, for_what):
    experiment = gates(**{option: True})
    assert remarks(experiment.data, experiment.prepare()) == [
        f'The setting "{label}" has no effect: it is for {for_what}, and these samples have labels.'
    ]


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("playground", "binary"),
        ("iris", "classes"),
        ("family-tree", "labels"),
        ("worked-2-2-2", "regression"),
    ],
)
def test_the_task_of_the_samples_is_the_one_that_is_trained(name, task):
    data = gallery_experiment(name).prepare()
    assert data.dataset.task == data.training.task == task


def network(output="sigmoid", epochs=300):
    experiment = gates(output=output)
    prepared = experiment.prepare()
    trainer = experiment.trainer(prepared)
    trainer.run(epochs)
    return record("net", epochs, trainer.spec, trainer.state.theta, prepared)


@pytest.mark.parametrize(("output", "word"), [("sigmoid", "probability"), ("tanh", "probability")])
def test_predictions_say_yes_or_no_of_each(tmp_path: Path, output, word):
    net = from_json(to_json(network(output)))
    assert net.task == "labels"
    (tmp_path / "new.csv").write_text("b,a\n1,1\n1,0\n")
    found = predict_rows(net, tmp_path / "new.csv")
    values = [f"{word} of {name}" for name in NAMES]
    assert found.names == (*(f"predicted {name}" for name in NAMES), *values)
    outs = net.predict(INPUTS[[3, 1]])
    for k in range(3):
        wanted = ["yes" if out > net.threshold else "no" for out in outs[:, k]]
        assert found.answers[k] == wanted
    low = 0.0 if output == "sigmoid" else -1.0
    shares = (outs[:, 0] - low) / (1.0 - low)
    assert list(map(float, found.answers[3])) == pytest.approx(shares, rel=1e-4)
    found.write(tmp_path / "out.csv")
    rows = list(csv.reader((tmp_path / "out.csv").read_text().splitlines()))
    assert rows[1][:5] == ["1", "1", *(answers[0] for answers in found.answers[:3])]


def test_unbounded_outputs_are_told_as_they_are(tmp_path: Path):
    (tmp_path / "new.csv").write_text("a,b\n1,1\n")
    found = predict_rows(network("identity", 5), tmp_path / "new.csv")
    assert found.names[3] == "output of and"


def test_a_description_names_the_task_and_no_class_is_made_up():
    net = network()
    assert b'"task": "labels"' in to_json(net)
    with pytest.raises(ValueError, match="predicts labels"):
        net.classify(INPUTS)
