"""A step of the six stages, as the evaluator answers it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain import scene_building
from bpviz.explain.stages import Step, walk
from bpviz.lab.evaluation import Ask, Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.laboratory import Laboratory


def snapshot_of(name):
    laboratory = Laboratory(gallery_experiment(name))
    laboratory.pause()
    laboratory.runner.work()
    snapshot = laboratory.runner.mailbox.take()
    assert snapshot is not None
    return snapshot


@pytest.fixture(scope="module")
def worked():
    return snapshot_of("worked-2-2-2")


def test_every_step_has_a_scene(worked):
    for step in walk(worked.spec, "unit"):
        scene = evaluate(worked, Request(step=step)).scene
        assert scene is not None
        assert scene.title.startswith(str(step.stage))


def test_without_a_step_there_is_no_scene(worked):
    assert evaluate(worked, Request()).scene is None


def test_a_step_of_a_layer_or_unit_that_is_gone_has_none(worked):
    assert evaluate(worked, Request(step=Step(2, "gone"))).scene is None
    assert evaluate(worked, Request(step=Step(2, worked.spec.output.id, 99))).scene is None


def test_the_update_is_of_the_batch_and_the_deltas_of_the_sample():
    snapshot = snapshot_of("playground")
    iterate = evaluate(snapshot, Request(step=Step(6))).scene
    assert iterate is not None
    assert "of this batch" in iterate.words
    error = evaluate(snapshot, Request(step=Step(3), sample=3)).scene
    assert error is not None
    assert "batch" not in error.words


def test_the_selected_parameter_comes_first(worked):
    layout = worked.layout
    last = layout.id_of(layout.size - 3)
    step = Step(5, worked.spec.output.id)
    plain = evaluate(worked, Request(step=step)).scene
    asked = evaluate(worked, Request(step=step, ask=Ask(last))).scene
    assert plain is not None
    assert asked is not None
    assert asked.parameters[0] == last != plain.parameters[0]
    assert set(asked.parameters) == set(plain.parameters)


def test_lost_numbers_are_said_in_one_sentence(worked):
    lost = replace(worked, theta=np.full_like(worked.theta, np.nan))
    scene = evaluate(lost, Request(step=Step(4))).scene
    assert scene is not None
    assert "no longer finite" in scene.words
    assert not scene.lines


def test_of_many_parameters_it_says_how_many_more_there_are(monkeypatch):
    snapshot = snapshot_of("digits")
    monkeypatch.setattr(scene_building, "MOST", 100)
    hidden = snapshot.spec.layers[1]
    layer = evaluate(snapshot, Request(step=Step(5, hidden.id))).scene
    unit = evaluate(snapshot, Request(step=Step(5, hidden.id, hidden.ids[0]))).scene
    whole = evaluate(snapshot, Request(step=Step(5))).scene
    for scene, count in ((layer, 65 * 32), (unit, 65), (whole, snapshot.layout.size)):
        assert scene is not None
        assert f"… and {count - 6:,} more." in [line.words for line in scene.lines]
        assert len(scene.parameters) <= 100


def test_the_whole_update_shows_what_moves_most_and_the_selected_parameter():
    snapshot = snapshot_of("playground")
    scene = evaluate(snapshot, Request(step=Step(5))).scene
    assert scene is not None
    assert scene.change is not None
    largest = snapshot.layout.label(int(np.abs(scene.change).argmax()))
    shown = [line.terms[0].text for line in scene.lines if line.terms]
    assert largest in shown
    least = int(np.abs(scene.change).argmin())
    asked = Request(step=Step(5), ask=Ask(snapshot.layout.id_of(least)))
    scene = evaluate(snapshot, asked).scene
    assert scene is not None
    assert scene.lines[0].terms[0].text == snapshot.layout.label(least)
