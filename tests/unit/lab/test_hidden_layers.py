from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Experiment
from bpviz.lab.edits import AddLayer
from bpviz.lab.hidden_layers import SetHidden, hidden_text, is_stack, parse_hidden


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("6-4", (6, 4)),
        ("6 – 4", (6, 4)),
        ("6, 4", (6, 4)),
        (" 6 4 ", (6, 4)),
        ("8x8x8", (8, 8, 8)),
        ("12", (12,)),
        ("none", ()),
        ("", ()),
    ],
)
def test_sizes_are_read_as_people_write_them(text, units):
    assert parse_hidden(text) == units


@pytest.mark.parametrize("text", ["6-x", "6.5", "-3-", "4-0", "100000", "1 " * 40])
def test_other_texts_are_refused(text):
    with pytest.raises(SettingError):
        parse_hidden(text)


@pytest.mark.parametrize("units", [(), (1,), (6, 4), (3, 7), (6, 4, 2, 2)])
def test_the_network_gets_these_layers(units):
    experiment = Experiment(network=stack(2, 6, 4, 1))
    changed = SetHidden(units).apply(experiment)
    assert [layer.units for layer in changed.network.layers] == [2, *units, 1]
    assert is_stack(changed.network)
    assert parse_hidden(hidden_text(changed.network)) == units


def test_units_that_stay_keep_their_ids():
    experiment = Experiment(network=stack(2, 6, 4, 1))
    changed = SetHidden((8, 2)).apply(experiment).network
    assert changed.layer("h1").ids == tuple(range(8))
    assert changed.layer("h2").ids == (0, 1)


def test_a_graph_is_left_to_the_canvas():
    experiment = AddLayer("h1", 3).apply(Experiment(network=stack(2, 6, 4, 1)))
    output = replace(experiment.network.output, sources=("h2", "i"))
    graph = replace(experiment, network=experiment.network.with_layer(output))
    assert not is_stack(graph.network)
    with pytest.raises(SettingError, match="canvas"):
        SetHidden((3,)).apply(graph)
