"""What is said of a network's answers, against the engine and against numbers made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.network import Network
from bpviz.engine.scores import class_scores, regression_scores
from bpviz.engine.sensitivity import mean_sensitivity
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import assessment
from bpviz.lab.assessment import Assess, AssessmentWatch, assess, why_no_probabilities
from bpviz.lab.edits import Change, SetLayer
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate


def trained(bench, name: str, epochs: int = 20, **changes):
    b = bench(gallery_experiment(name))
    for path, value in changes.items():
        b.lab.apply(Change(path.replace("__", "."), value))
    if epochs:
        b.lab.train_epochs(epochs)
        return b.settle()
    return b.settle_at_start()


def plane(bench, epochs: int = 5, **changes):
    """Two inputs, one value to predict, twice as large as the plane's own."""
    return trained(bench, "playground", epochs, data__source={"kind": "plane"}, **changes)


def test_it_is_worked_out_only_when_it_is_wanted(bench):
    snapshot = trained(bench, "playground", 0)
    assert evaluate(snapshot, Request()).assessment is None
    wanted = Request(want_assessment=Assess())
    found = evaluate(snapshot, wanted).assessment
    assert found.snapshot is snapshot
    assert found.sensitivity is None


def test_class_scores_are_those_of_the_confusion_matrix(bench):
    snapshot = trained(bench, "iris")
    result = evaluate(snapshot, Request(want_assessment=Assess()))
    for part, counts in zip(("training", "test"), result.confusion, strict=True):
        ours, expected = result.assessment.part(part).classes, class_scores(counts)
        np.testing.assert_array_equal(ours.precision, expected.precision)
        np.testing.assert_array_equal(ours.support, expected.support)
    assert result.assessment.test.classes.accuracy == pytest.approx(snapshot.metrics.test_accuracy)


def test_curves_are_about_the_chosen_class(bench):
    snapshot = trained(bench, "iris")
    for positive in range(3):
        found = assess(snapshot, Assess(positive=positive)).training
        rows = snapshot.data.train_rows
        outs = Network(snapshot.spec, np.array(snapshot.theta)).predict(
            snapshot.data.training.train.inputs
        )
        yes = snapshot.data.dataset.targets[rows] == positive
        better = outs[yes, positive][:, np.newaxis] - outs[~yes, positive]
        wins = (better > 0).mean() + 0.5 * (better == 0).mean()
        assert found.roc.area == pytest.approx(wins)
        assert found.positives == yes.sum()
        assert found.calibration.counts.sum() == len(rows)


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_either_of_two_classes_may_be_the_positive_one(bench, output):
    b = bench(gallery_experiment("playground"))
    if output == "tanh":
        b.lab.apply(Change("training.loss", {"kind": "half_squared"}))
    b.lab.apply(SetLayer("y", "activation", output))
    b.lab.train_epochs(3)
    snapshot = b.settle()
    yes, no = (assess(snapshot, Assess(positive=k)).test for k in (1, 0))
    assert yes.roc.area == pytest.approx(no.roc.area)
    assert yes.calibration.brier == pytest.approx(no.calibration.brier)
    outs = evaluate(snapshot, Request()).test_out[:, 0]
    chance = outs if output == "sigmoid" else (outs + 1) / 2
    true = snapshot.data.dataset.targets[snapshot.data.test_rows] == 1
    assert yes.calibration.brier == pytest.approx(np.square(chance - true).mean())


def test_linear_outputs_are_no_probabilities(bench):
    b = bench(gallery_experiment("playground"))
    b.lab.apply(Change("training.loss", {"kind": "half_squared"}))
    b.lab.apply(SetLayer("y", "activation", "identity"))
    snapshot = b.settle_at_start()
    found = assess(snapshot, Assess())
    assert found.test.calibration is None
    assert len(found.test.roc.x) > 0
    assert "linear" in why_no_probabilities(snapshot)
    assert why_no_probabilities(trained(bench, "iris", 0)) == ""


def test_the_hardest_come_first_with_their_true_errors(bench):
    snapshot = trained(bench, "iris")
    hardest = assess(snapshot, Assess()).training.hardest
    assert len(hardest.rows) == len(snapshot.data.train_rows)
    assert (np.diff(hardest.errors) <= 0).all()
    for row, error, taken in list(zip(hardest.rows, hardest.errors, hardest.taken, strict=True))[
        :5
    ]:
        probe = evaluate(snapshot, Request(sample=int(row))).probe
        assert error == pytest.approx(probe.error)
        assert taken == np.argmax(probe.outs[-1])
    assert hardest.errors.mean() == pytest.approx(snapshot.metrics.train_loss)


def test_of_many_samples_only_the_hardest_are_listed(bench, monkeypatch):
    snapshot = trained(bench, "playground")
    whole = assess(snapshot, Assess()).training.hardest
    monkeypatch.setattr(assessment, "MOST_LISTED", 7)
    assert assess(snapshot, Assess()).training.hardest.rows.tolist() == whole.rows[:7].tolist()


def test_values_are_judged_in_their_own_units(bench):
    snapshot = plane(bench, data__scale_targets=True)
    found = assess(snapshot, Assess()).test
    assert [found.classes, found.roc, found.precision_recall, found.calibration] == [None] * 4
    data = snapshot.data
    assert data.target_scaling.scale[0] != 1.0
    outs = evaluate(snapshot, Request()).test_out
    predicted = data.target_scaling.undo(outs)
    true = data.dataset.targets[data.test_rows]
    expected = regression_scores(true, predicted)
    assert found.values.rmse == pytest.approx(expected.rmse)
    assert found.values.r2 == pytest.approx(expected.r2)
    np.testing.assert_allclose(found.residuals.residuals, true - predicted)
    assert found.residuals.rows.tolist() == data.test_rows.tolist()


def test_sensitivity_is_the_engines_on_the_chosen_part(bench):
    snapshot = trained(bench, "iris")
    network = Network(snapshot.spec, np.array(snapshot.theta))
    for part, samples in (
        ("training", snapshot.data.training.train),
        ("test", snapshot.data.training.test),
    ):
        found = assess(snapshot, Assess(part, sensitivity=True)).sensitivity
        assert found.part == part
        np.testing.assert_allclose(found.means, mean_sensitivity(network, samples.inputs))
        assert found.samples == found.total == len(samples)


def test_sensitivity_costs_a_bounded_number_of_samples(bench, monkeypatch):
    snapshot = trained(bench, "playground", 0)
    monkeypatch.setattr(assessment, "MOST_SENSITIVE", 20)
    found = assess(snapshot, Assess("training", sensitivity=True)).sensitivity
    assert (found.samples, found.total) == (20, 250)
    monkeypatch.setattr(assessment, "_MULTIPLICATIONS", 1.0)
    assert assess(snapshot, Assess(sensitivity=True)).sensitivity.samples == 10


def test_without_a_test_part_the_training_part_is_judged(bench):
    snapshot = trained(bench, "worked-2-2-2", 0)
    found = assess(snapshot, Assess("test", positive=5, sensitivity=True))
    assert found.test is None
    assert found.ask == Assess("training", 0, True)
    assert found.sensitivity.part == "training"
    assert np.isnan(found.training.values.r2).all()  # a single sample has no variance


def test_a_network_of_no_numbers_is_not_judged(bench):
    snapshot = trained(bench, "iris", 0)
    broken = replace(snapshot, theta=np.full_like(snapshot.theta, np.nan))
    found = assess(broken, Assess(sensitivity=True)).test
    assert not found.finite
    assert np.isnan(found.classes.accuracy)
    assert np.isnan([found.roc.area, found.calibration.brier]).all()
    assert len(found.hardest.rows) == len(snapshot.data.test_rows)
    of_values = plane(bench, 0)
    broken = replace(of_values, theta=np.full_like(of_values.theta, np.nan))
    assert np.isnan(assess(broken, Assess()).test.values.rmse).all()


def test_while_training_runs_a_recent_answer_will_do(bench, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(assessment.time, "monotonic", lambda: now[0])
    first = replace(trained(bench, "iris", 0), running=True)
    later = replace(first, epoch=9)
    watch = AssessmentWatch()
    found = watch.of(first, Assess())
    assert watch.of(later, Assess()) is found
    assert watch.of(later, Assess("training")) is not found
    found = watch.of(later, Assess())
    gone = replace(later.spec, missing=frozenset({later.layout.id_of(0)}))
    pruned = replace(later, experiment=replace(later.experiment, network=gone))
    assert watch.of(pruned, Assess()) is not found
    mixed = replace(pruned, data=replace(later.data))
    assert watch.of(mixed, Assess()).snapshot is mixed
    found = watch.of(later, Assess())
    now[0] += 1.0
    assert watch.of(replace(later, epoch=10), Assess()) is not found
    paused = replace(later, running=False)
    assert watch.of(paused, Assess()).snapshot is paused


def test_sensitivity_is_summed_up_over_the_outputs():
    means = np.array([[1.0, 4.0, 0.0], [2.0, 6.0, 1.0]])
    found = assessment.Sensitivity(means, "test", 5, 5)
    np.testing.assert_array_equal(found.of_inputs, [1.5, 5.0, 0.5])
    assert list(found.order) == [1, 0, 2]
    assert found.largest == 6.0


def test_shares_of_the_largest():
    np.testing.assert_array_equal(assessment.relative(np.array([1.0, 4.0, 0.0])), [0.25, 1.0, 0.0])
    np.testing.assert_array_equal(assessment.relative(np.zeros(2)), [0.0, 0.0])


def test_a_thumbnail_is_spread_and_thinned():
    dataset = gallery_experiment("digits").data.source.load(0)
    picture = assessment.thumbnail(dataset, 3, 64)
    values = dataset.inputs[3].reshape(dataset.image_shape)
    np.testing.assert_allclose(picture, (values - values.min()) / (values.max() - values.min()))
    np.testing.assert_array_equal(assessment.thumbnail(dataset, 3, 4).shape, (4, 4))
    even = replace(dataset, inputs=np.full_like(dataset.inputs, 7.0))
    assert not assessment.thumbnail(even, 0, 64).any()
