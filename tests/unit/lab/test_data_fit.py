"""Inputs that come and go find their groups."""

from __future__ import annotations

import pytest

from bpviz.engine.settings import with_value
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import Change


def grouped() -> Experiment:
    """The playground with three features in two input groups, one of which skips to the output."""
    layers = (
        LayerSpec("a", 2),
        LayerSpec("b", 1),
        LayerSpec("h1", 3, sources=("a",)),
        LayerSpec("h2", 2, sources=("b", "a")),
        LayerSpec("o", 1, sources=("h1", "b", "h2")),
    )
    marks = frozenset({ParameterId("h1", 2, "a", 1), ParameterId("o", 0, "b", 0)})
    experiment = with_value(
        gallery_experiment("playground"), "data.features", ("x1", "x2", "sin_x1")
    )
    return with_value(experiment, "network", NetworkSpec(layers=layers, missing=marks))


@pytest.mark.parametrize(
    ("features", "groups"),
    [
        (("x1", "sin_x1"), {"a": (0,), "b": (0,)}),
        (("x1", "x2", "x1_squared", "sin_x1"), {"a": (0, 1, 2), "b": (0,)}),
        (("x1", "x2", "sin_x1", "sin_x2"), {"a": (0, 1), "b": (0, 1)}),
        (("x2", "sin_x1"), {"a": (1,), "b": (0,)}),
        (("x1", "x2"), {"a": (0, 1)}),
        (("x1", "sin_x2"), {"a": (0, 1)}),
    ],
)
def test_features_stay_in_their_groups_and_keep_their_units(features, groups) -> None:
    network = Change("data.features", features).apply(grouped()).network
    assert {group.id: group.ids for group in network.inputs} == groups
    if len(groups) == 1:
        assert network.layer("o").sources == ("h1", "a", "h2")
        assert network.layer("h2").sources == ("a",)


def test_marks_on_inputs_that_go_go_with_them() -> None:
    gone = Change("data.features", ("x1", "sin_x1")).apply(grouped()).network
    assert gone.missing == {ParameterId("o", 0, "b", 0)}
    kept = Change("data.features", ("x2", "sin_x1")).apply(grouped()).network
    assert kept.missing == grouped().network.missing


def test_other_data_comes_in_one_group() -> None:
    changed = Change("data.source", "iris").apply(grouped())
    network = changed.network
    assert [group.units for group in network.inputs] == [4]
    assert network.output.units == 3
    assert changed.prepare().training.train.inputs.shape[1] == 4
