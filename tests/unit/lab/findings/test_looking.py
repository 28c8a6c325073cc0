"""How findings are asked for, by name and through the evaluator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.carry_over import carry_over
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError, fields_of
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option
from bpviz.lab.edits import Change
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.findings import FINDINGS, Grid, found_in
from bpviz.lab.graph_edits import SplitLayer
from bpviz.lab.laboratory import Laboratory


def test_every_finding_says_what_it_is_and_from_where() -> None:
    assert set(FINDINGS) == {"symmetry", "family-tree", "encoder", "xor-skip", "parity"}
    for entry in FINDINGS.values():
        assert entry.label
        assert any(year in entry.source for year in ("1985", "1986"))
        assert entry.__doc__


def test_the_setting_names_all_there_are() -> None:
    told = fields_of(Experiment)["finding"].setting.help
    names = told.rpartition(": ")[2].replace(" or ", ", ").split(", ")
    assert sorted(names) == sorted(FINDINGS)


def test_an_unknown_finding_is_told_in_one_sentence() -> None:
    experiment = replace(gallery_experiment("playground"), finding="parrots")
    with pytest.raises(SettingError, match=r"must be one of .*encoder.*; got 'parrots'") as caught:
        Laboratory(experiment)
    assert caught.value.key == "finding"
    assert "\n" not in str(caught.value)


def test_the_evaluator_looks_only_when_asked(bench) -> None:
    b = bench(gallery_experiment("symmetry-6-2-1"))
    snapshot = b.settle_at_start()
    assert evaluate(snapshot, Request()).finding is None
    found = evaluate(snapshot, Request(want_finding=True)).finding
    assert found is not None
    assert not found.holds
    assert not found.refused
    assert found.headline.endswith(" patterns are right so far.")


def test_there_is_none_where_an_experiment_names_none(bench) -> None:
    snapshot = bench(gallery_experiment("playground")).settle_at_start()
    assert evaluate(snapshot, Request(want_finding=True)).finding is None


@pytest.mark.parametrize(
    "name", ["symmetry-6-2-1", "family-tree", "encoder-8-3-8", "xor-skip", "parity-4"]
)
def test_other_data_are_refused(name: str) -> None:
    experiment = replace(gallery_experiment("iris"), finding=gallery_experiment(name).finding)
    data = experiment.prepare()
    found = found_in(experiment, data, experiment.trainer(data).state.theta)
    assert found is not None
    assert found.refused
    assert not found.holds
    assert found.headline.endswith(".")
    assert (found.sentences, found.panels) == ((), ())


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("symmetry-6-2-1", "data.source.bits=5"),
        ("symmetry-6-2-1", 'network.layers.y.sources=["x", "h"]'),
        ("encoder-8-3-8", "network.layers.h.activation=relu"),
        ("parity-4", 'network.layers.y.sources=["x", "h"]'),
        ("parity-4", "network.layers.h.activation=relu"),
        ("xor-skip", "network.layers.h.units=2"),
        ("xor-skip", "network.layers.y.sources=h"),
        ("xor-skip", "data.source.gate=and"),
        ("family-tree", 'network.layers.person.sources=["people", "relations"]'),
    ],
)
def test_a_changed_network_is_refused(name: str, option: str) -> None:
    experiment = set_option(gallery_experiment(name), option)
    if option.endswith("bits=5"):
        experiment = set_option(experiment, "network.layers.x.units=5")
    data = experiment.prepare()
    found = found_in(experiment, data, experiment.trainer(data).state.theta)
    assert found is not None
    assert found.refused


@pytest.mark.parametrize("name", ["symmetry-6-2-1", "encoder-8-3-8", "xor-skip", "parity-4"])
def test_inputs_in_two_groups_are_looked_at_like_one(name: str) -> None:
    one = gallery_experiment(name)
    edit = SplitLayer("x", 1)
    two = edit.apply(one)
    assert len(two.network.inputs) == 2
    data = one.prepare()
    theta = one.trainer(data).state.theta
    layouts = layout_of(one.network), layout_of(two.network)
    carried = carry_over(*layouts, theta, np.zeros(layouts[1].size), edit.origins(one))
    before, after = found_in(one, data, theta), found_in(two, two.prepare(), carried)
    assert before is not None
    assert after is not None
    assert not after.refused
    assert after.sentences == before.sentences
    for panel, other in zip(before.panels, after.panels, strict=True):
        if isinstance(panel, Grid):
            assert isinstance(other, Grid)
            assert other.values == pytest.approx(panel.values)
            shown = [p for p in other.parameters if p is not None]
            assert all(map(two.network.has, shown))


def test_numbers_that_are_not_finite_are_refused() -> None:
    experiment = gallery_experiment("symmetry-6-2-1")
    found = found_in(experiment, experiment.prepare(), np.full(17, np.nan))
    assert found is not None
    assert found.refused
    assert "no longer finite" in found.headline


def test_other_data_leave_the_finding_behind() -> None:
    experiment = gallery_experiment("parity-4")
    source = gallery_experiment("symmetry-6-2-1").data.source
    after = Change("data.source", source).apply(experiment)
    assert after.finding == ""
    more_bits = Change("data.source", replace(experiment.data.source, bits=5)).apply(experiment)
    assert more_bits.finding == "parity"
