"""What views are told, against numbers that were worked out elsewhere."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import Change
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import EvaluatorService, evaluate


def test_the_probe_shows_the_worked_example(bench):
    b = bench(gallery_experiment("worked-2-2-2"))
    probe = evaluate(b.settle_at_start(), Request()).probe
    assert probe.nets[1][0] == pytest.approx(0.3775, abs=1e-12)
    assert probe.outs[1] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert probe.outs[2] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    assert probe.error == pytest.approx(0.298371109, abs=5e-10)
    assert probe.deltas[2][0] == pytest.approx(0.138498562, abs=5e-10)
    assert probe.deltas[1][0] == pytest.approx(0.036350306 * 0.241300709, abs=5e-10)


def test_typed_values_have_outputs_but_no_error(bench):
    b = bench(gallery_experiment("worked-2-2-2"))
    probe = evaluate(b.settle_at_start(), Request(typed=(0.0, 0.0))).probe
    hidden = 1 / (1 + np.exp(-0.35))
    assert probe.outs[1] == pytest.approx([hidden, hidden])
    assert (probe.target, probe.error, probe.deltas) == (None, None, ())


def test_a_map_is_the_output_over_the_plane_lowest_second_input_first(bench):
    b = bench(gallery_experiment("playground"))
    snapshot = b.settle_at_start()
    result = evaluate(snapshot, Request(map_size=11))
    theta, layout = snapshot.theta, snapshot.layout
    first, second = snapshot.spec.layers[:2]
    weights = layout.block(second.id, first.id).view(theta)
    biases = layout.block(second.id).view(theta)
    (x0, y0), (x1, y1) = result.map_low, result.map_high
    for row, column in ((0, 0), (0, 10), (10, 3), (5, 5)):
        point = np.array([x0 + (x1 - x0) * column / 10, y0 + (y1 - y0) * row / 10])
        expected = np.tanh(weights @ point + biases)
        assert result.maps[1][:, row, column] == pytest.approx(expected, abs=1e-12)


def test_a_map_runs_over_the_range_that_is_asked_for(bench):
    b = bench(gallery_experiment("playground"))
    snapshot = b.settle_at_start()
    wide = evaluate(snapshot, Request(map_size=5, map_range=((-10.0, 30.0), (1.0, 2.0))))
    assert (wide.map_low, wide.map_high) == ((-10.0, 1.0), (30.0, 2.0))
    assert wide.maps[0][:, 0, 0] == pytest.approx([-10.0, 1.0])
    assert wide.maps[0][:, 4, 1] == pytest.approx([0.0, 2.0])
    # A range for another number of axes is not for these data.
    assert evaluate(snapshot, Request(map_range=((0.0, 1.0),))).map_low == tuple(snapshot.data.low)


def test_a_slice_holds_the_other_inputs_at_the_probe(bench):
    b = bench(gallery_experiment("iris"))
    snapshot = b.settle_at_start()
    result = evaluate(snapshot, Request(sample=17, axes=(2, 0), map_size=5))
    held = snapshot.data.dataset.inputs[17].copy()
    held[2], held[0] = result.map_high[0], result.map_low[1]
    scaled = (held - snapshot.data.encoding.scaling.offset) / snapshot.data.encoding.scaling.scale
    assert result.maps[0][:, 0, 4] == pytest.approx(scaled)


def test_confusion_counts_every_sample_once_in_its_true_row(bench):
    b = bench(gallery_experiment("iris"))
    b.lab.train_epochs(20)
    snapshot = b.settle()
    result = evaluate(snapshot, Request())
    classes = snapshot.data.dataset.targets
    for table, rows in zip(
        result.confusion, (snapshot.data.train_rows, snapshot.data.test_rows), strict=True
    ):
        assert np.array_equal(table.sum(axis=1), np.bincount(classes[rows], minlength=3))
    accuracy = np.trace(result.confusion[1]) / result.confusion[1].sum()
    assert accuracy == pytest.approx(snapshot.metrics.test_accuracy)


def test_one_input_gives_curves(bench):
    b = bench(gallery_experiment("worked-2-2-2"))
    rows = {"rows": ((0.0, 0.0), (1.0, 2.0)), "input_names": ("x",), "target_names": ("y",)}
    b.lab.apply(Change("data.source", {"kind": "own", **rows}))
    result = evaluate(b.settle(), Request(map_size=7))
    assert result.maps[-1].shape == (1, 7)


def test_the_service_answers_the_latest_and_ends_when_told(bench):
    b = bench(gallery_experiment("playground"))
    snapshot = b.settle_at_start()
    service = EvaluatorService()
    for k in range(5):
        service.post(snapshot, Request(sample=k))
    thread = threading.Thread(target=service.run)
    thread.start()
    result = service.results.wait()
    assert result.request.sample == 4
    service.close()
    thread.join(10)
    assert not thread.is_alive()


def test_while_training_runs_an_evaluation_begins_in_a_gap_between_frames(bench):
    b = bench(gallery_experiment("playground"))
    snapshot = b.settle_at_start()
    waited = []

    def wait_for_gap():
        waited.append(len(waited))
        # What was posted meanwhile is newer.
        service.post(replace(snapshot, running=True, epoch=7), Request())

    service = EvaluatorService(wait_for_gap)
    thread = threading.Thread(target=service.run)
    thread.start()
    service.post(snapshot, Request())
    # A paused picture does not wait.
    assert service.results.wait().snapshot is snapshot
    assert not waited
    service.post(replace(snapshot, running=True), Request())
    assert service.results.wait().snapshot.epoch == 7
    assert waited == [0]
    service.close()
    thread.join(10)
    assert not thread.is_alive()


def test_pictures_have_no_map_over_two_of_their_pixels(bench):
    b = bench(gallery_experiment("shapes"))
    result = evaluate(b.settle_at_start(), Request())
    assert result.maps == (None,) * 3
    assert result.train_out is not None
