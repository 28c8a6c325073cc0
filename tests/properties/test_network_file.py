"""What is written to a file and read again is the same."""

import tomllib

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.engine.settings import from_dict, to_dict
from bpviz.engine.spec import read_network, write_network
from bpviz.engine.training_config import TrainingConfig
from tests.properties import strategies


@settings(max_examples=150)
@given(st.data())
def test_a_network_comes_back(drawn: st.DataObject) -> None:
    spec = drawn.draw(
        strategies.networks(
            initializer=drawn.draw(strategies.initializers()),
            dtype=drawn.draw(st.sampled_from(["float64", "float32"])),
        )
    )
    table = write_network(spec)
    assert read_network(table) == spec
    assert read_network(tomllib.loads(tomli_w.dumps(table))) == spec


@settings(max_examples=100)
@given(st.data())
def test_a_training_comes_back(drawn: st.DataObject) -> None:
    training = drawn.draw(strategies.trainings(drawn.draw(strategies.losses())))
    table = to_dict(training)
    assert from_dict(TrainingConfig, tomllib.loads(tomli_w.dumps(table))) == training
