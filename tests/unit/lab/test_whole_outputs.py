"""What the network says of all samples: at these weights, or while it trains at recent ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bpviz.engine.network import Network
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import whole_outputs as module
from bpviz.lab.edits import Change
from bpviz.lab.whole_outputs import Outputs, OutputsWatch, whole_outputs


def test_outputs_are_the_engines_own(bench):
    snapshot = bench(gallery_experiment("iris")).settle_at_start()
    outputs = whole_outputs(snapshot)
    network = Network(snapshot.spec, np.array(snapshot.theta))
    training = snapshot.data.training
    np.testing.assert_array_equal(outputs.test, network.predict(training.test.inputs))
    taken = outputs.train.argmax(axis=1)
    true = training.train.targets.argmax(axis=1)
    expected = [[np.sum((true == i) & (taken == j)) for j in range(3)] for i in range(3)]
    np.testing.assert_array_equal(outputs.confusion[0], expected)


def test_on_large_data_a_running_network_is_not_asked_all_the_time(bench, monkeypatch):
    b = bench(gallery_experiment("iris"))
    snapshot = b.settle_at_start()
    seen: list[object] = []
    answer = Outputs(np.zeros(1), np.zeros(1), None)

    def look(snapshot):
        seen.append(snapshot)
        return answer

    monkeypatch.setattr(module, "whole_outputs", look)
    monkeypatch.setattr(module, "RESTS", 1e12)
    watch = OutputsWatch()
    running = [replace(snapshot, running=True, epoch=k) for k in range(3)]
    for moment in running:
        assert watch.of(moment) is answer
    assert seen == running[:1]
    paused = replace(snapshot, epoch=9)
    watch.of(paused)
    watch.of(paused)
    assert seen == [running[0], paused]
    b.lab.apply(Change("data.source", {"kind": "wine"}))
    other = replace(b.settle(), running=True)
    watch.of(other)
    assert seen[-1] is other
    # Of the same run, on other samples; then on the same, with a connection less.
    mixed = replace(other, data=replace(other.data), epoch=1)
    watch.of(mixed)
    assert seen[-1] is mixed
    gone = replace(mixed.spec, missing=frozenset({mixed.layout.id_of(0)}))
    assert not mixed.layout.id_of(0).is_bias
    pruned = replace(mixed, experiment=replace(mixed.experiment, network=gone))
    watch.of(pruned)
    assert seen[-1] is pruned


def test_on_small_data_every_moment_has_its_own(bench, monkeypatch):
    snapshot = bench(gallery_experiment("iris")).settle_at_start()
    monkeypatch.setattr(module, "RESTS", 0.0)
    watch = OutputsWatch()
    first = watch.of(replace(snapshot, running=True))
    later = watch.of(replace(snapshot, running=True, theta=snapshot.theta * 2))
    assert not np.array_equal(first.train, later.train)
