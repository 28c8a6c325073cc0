"""Marks on parameters, missing or frozen, when layers change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.lab.edits import AddUnit, Edit, RemoveUnit, SetLayer
from bpviz.lab.graph_edits import Disconnect, SplitLayer

MISSING = {ParameterId("h", 0, "a", 1), ParameterId("o", 0, "a", 0), ParameterId("o", 0, "h", 2)}
BIASES = {ParameterId("h", 1), ParameterId("o", 0)}
FROZEN = BIASES | {ParameterId("h", 2, "a", 0)}
SPEC = NetworkSpec(
    layers=(
        LayerSpec("a", 2),
        LayerSpec("h", 3, sources=("a",)),
        LayerSpec("o", 1, sources=("h", "a")),
    ),
    missing=frozenset(MISSING),
    frozen=frozenset(FROZEN),
)


@pytest.mark.parametrize(
    ("edit", "missing", "frozen"),
    [
        (AddUnit("h"), MISSING, FROZEN),
        (SetLayer("h", "dropout", 0.5), MISSING, FROZEN),
        (SetLayer("h", "bias", "none"), MISSING, FROZEN - {ParameterId("h", 1)}),
        (Disconnect("a", "o"), MISSING - {ParameterId("o", 0, "a", 0)}, FROZEN),
        (RemoveUnit("h", 2), MISSING - {ParameterId("o", 0, "h", 2)}, BIASES),
        (
            SplitLayer("h", 1),
            MISSING - {ParameterId("o", 0, "h", 2)} | {ParameterId("o", 0, "h1", 2)},
            BIASES | {ParameterId("h1", 2, "a", 0)},
        ),
    ],
)
def test_marks_stay_on_what_stays_and_go_with_what_moves(
    edit: Edit, missing: set[ParameterId], frozen: set[ParameterId]
) -> None:
    network = edit.apply(replace(Experiment(), network=SPEC)).network
    assert network.missing == missing
    assert network.frozen == frozen
