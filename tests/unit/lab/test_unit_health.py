"""Dead and saturated units, against slopes that are worked out here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.activations import (
    ACTIVATIONS,
    Gaussian,
    HardSigmoid,
    Identity,
    ReLU,
    Sigmoid,
    Tanh,
)
from bpviz.engine.losses import HalfSquared
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import unit_health as module
from bpviz.lab.edits import Change, SetParameters
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.unit_health import SATURATED, HealthWatch, UnitHealth, unit_health


def network(activation: str) -> NetworkSpec:
    return NetworkSpec(
        layers=(
            LayerSpec("i", 2, Identity(), bias="none"),
            LayerSpec("h", 3, ACTIVATIONS.make(activation), sources=("i",)),
            LayerSpec("o", 1, Tanh(), sources=("h",)),
        )
    )


def with_biases(bench, activation, biases):
    """A snapshot with these hidden biases and small weights."""
    training = replace(gallery_experiment("playground").training, loss=HalfSquared())
    b = bench(Experiment(network=network(activation), training=training))
    weights = {ParameterId("h", k, "i", i): 0.1 for k in range(3) for i in range(2)}
    bias = {ParameterId("h", k): value for k, value in enumerate(biases)}
    b.lab.apply(SetParameters(weights | bias))
    return b, b.settle_at_start()


def test_a_relu_that_no_sample_switches_on_is_dead(bench):
    _, snapshot = with_biases(bench, "relu", (-100.0, 100.0, 1.0))
    (found,) = [h for h in unit_health(snapshot) if h.layer == "h"]
    count = len(snapshot.data.training.train)
    assert (found.unit, found.state) == (0, "dead")
    assert f"none of the {count} training samples gives h1 a positive net input" in found.reason


def test_a_relu_that_few_samples_switch_on_says_how_many(bench):
    _, snapshot = with_biases(bench, "relu", (1.0, 1.0, 1.0))
    inputs = snapshot.data.training.train.inputs
    sums = 0.1 * inputs.sum(axis=1)
    # Between the third and the fourth largest, so that three samples lie above.
    bias = -float(np.sort(sums)[-4:-2].mean())
    _, snapshot = with_biases(bench, "relu", (bias, 1.0, 1.0))
    (found,) = [h for h in unit_health(snapshot) if h.layer == "h"]
    assert found.state == "saturated"
    assert f"only 3 of {len(inputs)} samples switch it on" in found.reason


@pytest.mark.parametrize(("activation", "largest"), [("sigmoid", 0.25), ("tanh", 1.0)])
def test_a_flat_end_of_a_smooth_activation_is_saturated(bench, activation, largest):
    bias = {"sigmoid": 6.0, "tanh": 3.0}[activation]
    _, snapshot = with_biases(bench, activation, (bias, 0.0, -bias))
    found = [h for h in unit_health(snapshot) if h.layer == "h"]
    assert [(h.unit, h.state) for h in found] == [(0, "saturated"), (2, "saturated")]
    nets = snapshot.data.training.train.inputs @ (0.1, 0.1) + bias
    if activation == "sigmoid":
        slope = np.exp(-nets) / (1 + np.exp(-nets)) ** 2
    else:
        slope = 1 / np.cosh(nets) ** 2
    mean = float(slope.mean())
    assert mean < SATURATED * largest
    assert f"mean slope is {mean:.2g}, {100 * mean / largest:.0f} %" in found[0].reason
    assert f"largest possible {largest:g}" in found[0].reason


def test_a_smooth_activation_never_dies_even_where_its_slope_is_rounded_to_0(bench):
    _, snapshot = with_biases(bench, "sigmoid", (1000.0, 0.0, 0.0))
    (found,) = [h for h in unit_health(snapshot) if h.layer == "h"]
    assert found.state == "saturated"
    assert "less than 0.1 %" in found.reason


def test_a_constant_slope_is_never_saturated(bench):
    _, snapshot = with_biases(bench, "identity", (1000.0, -1000.0, 0.0))
    assert [h for h in unit_health(snapshot) if h.layer == "h"] == []


def test_outputs_whose_slope_cancels_and_softmax_are_left_out(bench):
    for name in ("playground", "iris"):
        b = bench(gallery_experiment(name))
        snapshot = b.settle_at_start()
        output = snapshot.spec.output
        b.lab.apply(SetParameters({ParameterId(output.id, u): 500.0 for u in output.ids}))
        snapshot = b.settle()
        assert [h for h in unit_health(snapshot) if h.layer == output.id] == []


def test_an_output_whose_slope_stays_in_the_gradient_is_looked_at(bench):
    b = bench(gallery_experiment("worked-2-2-2"))
    b.settle_at_start()
    b.lab.apply(SetParameters({ParameterId("o", -1): 50.0}))
    found = unit_health(b.settle())
    assert [(h.layer, h.unit, h.state) for h in found] == [
        ("o", 0, "saturated"),
        ("o", 1, "saturated"),
    ]


def test_a_healthy_network_has_nothing_to_say(bench):
    b = bench(gallery_experiment("worked-2-2-2"))
    assert unit_health(b.settle_at_start()) == ()


def test_a_network_that_is_not_finite_is_left_in_peace(bench):
    _, snapshot = with_biases(bench, "relu", (0.0, 0.0, 0.0))
    broken = replace(snapshot, theta=np.full_like(snapshot.theta, np.nan))
    assert unit_health(broken) == ()
    _, snapshot = with_biases(bench, "tanh", (0.0, 0.0, 0.0))
    theta = np.array(snapshot.theta)
    theta[snapshot.layout.index_of(ParameterId("h", 0))] = np.inf
    found = unit_health(replace(snapshot, theta=theta))
    assert [h for h in found if h.layer == "h"] == []


def test_of_many_samples_a_few_are_looked_at(bench, monkeypatch):
    _, snapshot = with_biases(bench, "relu", (-100.0, 1.0, 1.0))
    monkeypatch.setattr(module, "MOST_SAMPLES", 30)
    (found,) = [h for h in unit_health(snapshot) if h.layer == "h"]
    assert "none of the 30 samples looked at" in found.reason


def test_a_table_that_is_seen_in_parts_gives_the_same(bench, monkeypatch):
    _, snapshot = with_biases(bench, "sigmoid", (6.0, 0.0, -6.0))
    whole = unit_health(snapshot)
    monkeypatch.setattr(module, "evaluation_rows", lambda _spec: 7)
    assert unit_health(snapshot) == whole != ()


def test_the_evaluator_tells_when_asked(bench):
    _, snapshot = with_biases(bench, "relu", (-100.0, 1.0, 1.0))
    assert evaluate(snapshot, Request()).health == ()
    assert evaluate(snapshot, Request(want_health=True)).health == unit_health(snapshot) != ()


def test_while_training_runs_the_last_answer_is_used_again(bench, monkeypatch):
    b, snapshot = with_biases(bench, "relu", (-100.0, 1.0, 1.0))
    watch = HealthWatch()
    seen: list[object] = []
    answer = (UnitHealth("h", 0, "dead", "dead"),)

    def look(snapshot):
        seen.append(snapshot)
        return answer

    monkeypatch.setattr(module, "unit_health", look)
    monkeypatch.setattr(module, "_INTERVAL", 1e9)
    running = [replace(snapshot, running=True, epoch=k) for k in range(3)]
    for moment in running:
        assert watch.of(moment) == answer
    assert seen == running[:1]
    paused = replace(snapshot, epoch=9)
    watch.of(paused)
    watch.of(paused)
    assert seen == [running[0], paused]
    b.lab.apply(Change("data.source", {"kind": "xor"}))
    other = replace(b.settle(), running=True)
    watch.of(other)
    assert seen[-1] is other


def test_the_activations_used_here_are_what_they_are_taken_for():
    kinds = {
        ReLU: (True, True),
        HardSigmoid: (True, False),
        # Its slope passes 0 at 0, where it is by no means flat.
        Gaussian: (False, False),
        Sigmoid: (False, False),
        Identity: (False, False),
    }
    for entry, (flat, above) in kinds.items():
        shape = module._Shape.of(entry())
        assert (shape.has_flat_part, shape.on_above_zero) == (flat, above)
