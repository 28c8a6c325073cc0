"""∂out/∂in against central differences and by hand; PyTorch has its say in tests/peers."""

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.network import Network
from bpviz.engine.parameters import initial_theta
from bpviz.engine.sensitivity import input_gradients, mean_sensitivity
from bpviz.engine.spec import NetworkSpec, stack
from tests.unit.engine.samples import branching


def network(spec: NetworkSpec, seed: int = 3) -> Network:
    return Network(spec, initial_theta(spec, seed))


def measured(net: Network, inputs: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """∂out/∂in, shape (samples, outputs, inputs), by central differences."""
    columns = []
    for k in range(inputs.shape[1]):
        nudge = np.zeros(inputs.shape[1])
        nudge[k] = step
        columns.append((net.predict(inputs + nudge) - net.predict(inputs - nudge)) / (2 * step))
    return np.stack(columns, axis=2)


def test_a_linear_unit_has_its_weights_as_sensitivity() -> None:
    spec = stack(2, 1, output="identity")
    net = Network(spec, np.array([3.0, -2.0, 0.5]))
    inputs = np.array([[0.0, 1.0], [4.0, -1.0]])
    np.testing.assert_array_equal(input_gradients(net, inputs), [[[3.0, -2.0]], [[3.0, -2.0]]])
    np.testing.assert_array_equal(mean_sensitivity(net, inputs), [[3.0, 2.0]])


@pytest.mark.parametrize("output", ACTIVATIONS)
def test_gradients_agree_with_central_differences(output: str) -> None:
    net = network(stack(3, 4, 2, hidden="tanh", output=output))
    inputs = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    found = input_gradients(net, inputs)
    np.testing.assert_allclose(found, measured(net, inputs), rtol=1e-6, atol=1e-8)


def test_input_groups_and_skip_connections_are_followed() -> None:
    net = network(branching())
    inputs = np.random.default_rng(1).uniform(-1, 1, (15, 3))
    np.testing.assert_allclose(
        input_gradients(net, inputs), measured(net, inputs), rtol=1e-6, atol=1e-8
    )


def test_the_mean_is_over_absolute_values_in_bounded_pieces(monkeypatch) -> None:
    net = network(stack(2, 3, 2, hidden="tanh", output="sigmoid"))
    inputs = np.random.default_rng(2).uniform(-1, 1, (50, 2))
    whole = np.abs(input_gradients(net, inputs)).mean(axis=0)
    monkeypatch.setattr("bpviz.engine.sensitivity.evaluation_rows", lambda _spec: 14)
    np.testing.assert_allclose(mean_sensitivity(net, inputs), whole, rtol=1e-12)


def test_no_samples_have_no_sensitivity() -> None:
    net = network(stack(2, 1))
    assert np.isnan(mean_sensitivity(net, np.empty((0, 2)))).all()


def test_weights_that_are_no_numbers_give_no_warning() -> None:
    spec = stack(2, 3, 1, hidden="tanh", output="sigmoid")
    net = Network(spec, np.full(13, np.nan))
    assert np.isnan(mean_sensitivity(net, np.ones((4, 2)))).all()
