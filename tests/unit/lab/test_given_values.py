"""What becomes of given initial values when the layers change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpviz.engine.initializers import Explicit, Xavier
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import format_experiment, parse_experiment
from bpviz.lab.edits import AddUnit, RemoveUnit
from bpviz.lab.graph_edits import SplitLayer


@pytest.mark.parametrize("numbering", ["destination", "source"])
@pytest.mark.parametrize("edit", [SplitLayer("h", 1), SplitLayer("i", 1), RemoveUnit("h", 0)])
def test_given_values_stay_given_where_they_are_all_there(numbering, edit):
    """The file then says the values, wherever their parameters are now."""
    experiment = gallery_experiment("worked-2-2-2")
    network = replace(experiment.network, numbering=numbering)
    experiment = replace(experiment, network=network)
    saved = parse_experiment(format_experiment(edit.apply(experiment)), "saved.toml")
    values, origins = values_of(experiment), edit.origins(experiment)
    for parameter, value in values_of(saved).items():
        if parameter.is_bias:
            layers = {new[0]: old[0] for new, old in origins.items()}
            owner = layers.get(parameter.layer, parameter.layer)
            assert value == values[ParameterId(owner, -1)]
            continue
        target = origins.get(parameter[:2], parameter[:2])
        source = origins.get(parameter[2:], parameter[2:])
        assert value == values[ParameterId(*target, *source)]


def test_given_values_that_do_not_do_for_all_are_given_up():
    experiment = gallery_experiment("worked-2-2-2")
    assert isinstance(experiment.network.initializer, Explicit)
    assert isinstance(AddUnit("h").apply(experiment).network.initializer, Xavier)


def values_of(experiment: Experiment) -> dict[ParameterId, float]:
    """The initial weights and biases."""
    layout, theta = layout_of(experiment.network), experiment.trainer().state.theta
    return {layout.id_of(k): float(theta[k]) for k in range(layout.size)}
