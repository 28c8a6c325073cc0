"""Inputs that come and go find their groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.datasets.files import file_source
from bpviz.engine.activations import Array
from bpviz.engine.settings import with_value
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.edits import Change
from bpviz.lab.graph_edits import SplitLayer
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.table_experiment import table_experiment
from bpviz.lab.table_import import ReadAgain


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
        (("x1", "x2", "x1_squared", "sin_x1"), {"a": (0, 1, 3), "b": (0,)}),
        (("x1", "x2", "sin_x1", "sin_x2"), {"a": (0, 1), "b": (0, 3)}),
        (("x2", "sin_x1"), {"a": (1,), "b": (0,)}),
        (("x1", "x2"), {"a": (0, 1)}),
        (("x1", "sin_x2"), {"a": (0, 3)}),
        # Where groups would be empty, inputs keep their weights in the first one.
        (("sin_x1", "sin_x2"), {"a": (2, 3)}),
        # … and where they would be mixed.
        (("sin_x1", "x2"), {"a": (2, 1)}),
        (("x1", "sin_x1", "x2"), {"a": (0, 2, 1)}),
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


def test_marks_go_with_inputs_that_come_into_another_group() -> None:
    merged = Change("data.features", ("sin_x1", "x2")).apply(grouped()).network
    assert merged.missing == {ParameterId("h1", 2, "a", 1), ParameterId("o", 0, "a", 2)}


def test_other_data_comes_in_one_group() -> None:
    changed = Change("data.source", "iris").apply(grouped())
    network = changed.network
    assert [group.units for group in network.inputs] == [4]
    assert network.output.units == 3
    assert changed.prepare().training.train.inputs.shape[1] == 4


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize(
    "names", [("b", "c", "d"), ("c", "d"), ("a", "b", "d", "c"), ("c", "a"), ("d",)]
)
def test_an_input_keeps_its_weights_by_its_name(names, split, tmp_path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{k % 5},{k % 7},{k % 3},{-k % 4},{'uv'[k % 2]}" for k in range(20)]
    path.write_text("\n".join(["a,b,c,d,y", *rows]))
    source = replace(file_source(path), inputs=("a", "b", "c"), target=("y",))
    lab = Laboratory(table_experiment(source))
    if split:
        lab.apply(SplitLayer("i", 2))
    before = columns(lab)
    config = replace(lab.experiment.data, source=replace(source, inputs=names))
    lab.apply(ReadAgain(config, restarts=False))
    after = columns(lab)
    lab.close()
    lab.runner.work()
    assert set(after) == set(names)
    for name in names:
        alike = [was for was in before if np.array_equal(before[was], after[name])]
        assert alike == [name] * (name in before)


def columns(lab: Laboratory) -> dict[str, Array]:
    """The weights that each input has to the first hidden layer, by its name."""
    lab.pause()
    lab.runner.work()
    snapshot = lab.runner.mailbox.take()
    assert snapshot is not None
    spec, layout = snapshot.spec, snapshot.layout
    target = spec.computed[0].id
    blocks = [layout.block(target, group.id) for group in spec.inputs]
    weights = np.hstack([block.view(snapshot.theta) for block in blocks if block is not None])
    return dict(zip(snapshot.data.dataset.input_names, weights.T, strict=True))
