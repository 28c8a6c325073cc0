"""What is written to a file and read again is the same."""

import tempfile
import tomllib
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.datasets.encoding import no_scaling, plain_encoding
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import from_dict, to_dict
from bpviz.engine.spec import read_network, write_network
from bpviz.engine.training_config import TrainingConfig
from bpviz.io.exporters import EXPORTERS, export_network
from bpviz.io.importers import read_network_file
from bpviz.io.records import TrainedNetwork
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


@pytest.mark.parametrize("ending", list(EXPORTERS))
@settings(max_examples=25)
@given(st.data())
def test_weights_come_back_to_the_bit(ending: str, drawn: st.DataObject) -> None:
    dtype = drawn.draw(st.sampled_from(["float64", "float32"]))
    spec = drawn.draw(strategies.networks(dtype=dtype))
    layout = layout_of(spec)
    width = 64 if dtype == "float64" else 32
    numbers = st.floats(allow_nan=False, allow_infinity=False, width=width)
    values = drawn.draw(st.lists(numbers, min_size=layout.size, max_size=layout.size))
    theta = np.array(values, dtype=spec.dtype)
    inputs = sum(layer.units for layer in spec.inputs)
    written = TrainedNetwork(
        name=drawn.draw(st.text(max_size=20)),
        epoch=3,
        spec=spec,
        theta=theta,
        encoding=plain_encoding(inputs),
        target_scaling=no_scaling(spec.output.units),
        input_names=tuple(drawn.draw(st.text(max_size=5)) for _ in range(inputs)),
        target_names=tuple(f"y{k}" for k in range(spec.output.units)),
    )
    with tempfile.TemporaryDirectory() as folder:
        export_network(written, Path(folder) / f"network{ending}")
        read = read_network_file(Path(folder) / f"network{ending}")
    assert read.spec == spec
    assert read.theta.tobytes() == theta.tobytes()
    assert (read.name, read.input_names) == (written.name, written.input_names)


@settings(max_examples=100)
@given(st.data())
def test_a_training_comes_back(drawn: st.DataObject) -> None:
    training = drawn.draw(strategies.trainings(drawn.draw(strategies.losses())))
    table = to_dict(training)
    assert from_dict(TrainingConfig, tomllib.loads(tomli_w.dumps(table))) == training
