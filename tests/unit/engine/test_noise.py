"""Dropout and input noise: their size on the average, and that they are functions of the moment."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.backprop import Backprop
from bpviz.engine.gradient_check import central_difference
from bpviz.engine.network import Network
from bpviz.engine.noise import add_input_noise, dropout_masks
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import NetworkSpec, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, random_data


def dropping(spec: NetworkSpec, **shares: float) -> NetworkSpec:
    for layer, share in shares.items():
        spec = spec.with_layer(replace(spec.layer(layer), dropout=share))
    return spec


def test_masks_are_zero_or_make_up_for_it() -> None:
    spec = dropping(stack(40, 50, 1), i=0.2, h=0.75)
    inputs, hidden, output = dropout_masks(spec, 1, 2, 3, 500)
    assert output is None
    assert set(np.unique(inputs)) == {0.0, 1.25}
    assert set(np.unique(hidden)) == {0.0, 4.0}
    # The mean stays 1; 20,000 and 25,000 draws, four standard errors.
    assert inputs.mean() == pytest.approx(1, abs=4 * 0.5 / 20_000**0.5)
    assert hidden.mean() == pytest.approx(1, abs=4 * 3**0.5 / 25_000**0.5)
    assert (hidden.mean(axis=0) > 0.5).all()
    assert dropout_masks(replace(spec, dtype="float32"), 1, 2, 3, 2)[1].dtype == "float32"


def test_masks_are_a_function_of_seed_epoch_batch_and_layer() -> None:
    spec = dropping(stack(30, 30, 30, 1), h1=0.5, h2=0.5)

    def drawn(*moment: int, spec: NetworkSpec = spec) -> list[bytes]:
        return [m.tobytes() for m in dropout_masks(spec, *moment, 4) if m is not None]

    assert drawn(1, 2, 3) == drawn(1, 2, 3)
    moments = [drawn(1, 2, 3), drawn(2, 2, 3), drawn(1, 3, 3), drawn(1, 2, 4)]
    assert len({mask for masks in moments for mask in masks}) == 8
    # Dropout elsewhere changes nothing here.
    assert drawn(1, 2, 3, spec=dropping(spec, i=0.5, h1=0.0))[1:] == drawn(1, 2, 3)[1:]


def test_input_noise() -> None:
    inputs = np.zeros((300, 40))
    add_input_noise(inputs, 0.5, 1, 2, 3)
    assert inputs.mean() == pytest.approx(0, abs=4 * 0.5 / 12_000**0.5)
    assert inputs.std() == pytest.approx(0.5, rel=0.03)
    again = np.zeros((300, 40), "float32")
    add_input_noise(again, 0.5, 1, 2, 3)
    np.testing.assert_allclose(again, inputs, rtol=1e-6)
    add_input_noise(inputs, 0.5, 1, 2, 4)
    assert not np.allclose(inputs, 2 * again)


@pytest.mark.parametrize(
    "spec",
    [
        dropping(stack(3, 6, 5, 2, hidden="tanh", output="sigmoid"), i=0.3, h1=0.5, h2=0.4),
        dropping(branching(), a=0.4, e=0.5, h=0.3),
        dropping(branching(), b=0.5),
    ],
    ids=["stack", "branching", "one group"],
)
def test_the_gradient_is_that_of_the_error_with_the_same_mask(spec: NetworkSpec) -> None:
    data = random_data(7, 3, 2)
    training = TrainingConfig(loss="half_squared")
    theta = initial_theta(spec, 5)
    masks = dropout_masks(spec, 5, 0, 0, 7)
    assert any(mask is not None and (mask == 0).any() for mask in masks)
    network, gradient = Network(spec, theta), np.empty_like(theta)
    buffers = network.run(data.train.inputs, masks)
    Backprop(network, gradient).backward(buffers, data.train.targets, training.loss, 1 / 7)
    measured = [
        central_difference(spec, training, data, theta, k, 1e-5, masks)[0]
        for k in range(len(theta))
    ]
    np.testing.assert_allclose(gradient, measured, atol=1e-9)
    without = Trainer(spec, training, data, 5).whole_gradient()
    assert np.abs(gradient - without).max() > 1e-3


def test_a_batch_is_learned_from_with_the_masks_of_its_moment() -> None:
    """Against a forward and backward pass with those masks, batch after batch; inputs too."""
    spec = dropping(branching(), a=0.4, h=0.5)
    data = random_data(10, 3, 2)
    training = TrainingConfig(loss="half_squared", batch_size=4, input_noise=0.1)
    trainer = Trainer(spec, training, data, 8)
    for _ in range(2 * trainer.batches):
        epoch, batch = trainer.state.epoch, trainer.state.batch
        rows = trainer.batch_samples(batch).copy()
        inputs = data.train.inputs[rows]
        add_input_noise(inputs, 0.1, 8, epoch, batch)
        theta, gradient = trainer.state.theta.copy(), np.empty_like(trainer.gradient)
        network = Network(spec, theta)
        buffers = network.run(inputs, dropout_masks(spec, 8, epoch, batch, len(rows)))
        loss = training.loss
        Backprop(network, gradient).backward(buffers, data.train.targets[rows], loss, 1 / len(rows))
        trainer.train_batch()
        np.testing.assert_array_equal(trainer.gradient, gradient)


def test_evaluation_knows_no_chance() -> None:
    plain, data = branching(), random_data(10, 3, 2)
    spec = dropping(plain, a=0.4, h=0.5)
    noisy = Trainer(spec, TrainingConfig(loss="half_squared", input_noise=1.0), data, 8)
    quiet = Trainer(plain, TrainingConfig(loss="half_squared"), data, 8)
    noisy.train_batch()
    quiet.set_parameters(dict(enumerate(noisy.state.theta.tolist())))
    assert noisy.evaluate().train_loss == quiet.evaluate().train_loss
    np.testing.assert_array_equal(noisy.whole_gradient(), quiet.whole_gradient())
    assert (layout_of(spec).size, noisy.spec.layer("h").dropout) == (quiet.layout.size, 0.5)
