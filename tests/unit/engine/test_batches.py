"""Batches: their order, and sample weights in them."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.batches import BatchRoom, epoch_order
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.error_gradient import ErrorGradient
from bpviz.engine.network import Network
from bpviz.engine.parameters import initial_theta
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import branching, random_data


@pytest.mark.parametrize("update", ["sample", "fixed", "full"])
def test_only_mini_batches_are_shuffled(update: str) -> None:
    assert epoch_order(TrainingConfig(update=update), 1, 2, 5).tolist() == [0, 1, 2, 3, 4]


def test_every_epoch_has_every_sample_in_an_order_of_its_own() -> None:
    orders = [epoch_order(TrainingConfig(), 3, epoch, 50).tolist() for epoch in range(4)]
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    assert epoch_order(TrainingConfig(), 3, 1, 50).tolist() == orders[1]


def weighted(data: TrainingData, weights: list[float]) -> TrainingData:
    return replace(data, train=replace(data.train, weights=np.array(weights)))


def test_a_weight_counts_like_so_many_samples() -> None:
    """In a sum, weights 2, 0, 1, 3 are samples repeated so often."""
    data = random_data(4, 3, 2)
    rows = [0, 0, 2, 3, 3, 3]
    repeated = Samples(data.train.inputs[rows], data.train.targets[rows])
    settings = {"loss": "half_squared", "reduction": "sum", "update": "full", "l2": 0.01}
    one = Trainer(branching(), TrainingConfig(**settings), weighted(data, [2, 0, 1, 3]), 4)
    other = Trainer(branching(), TrainingConfig(**settings), replace(data, train=repeated), 4)
    np.testing.assert_allclose(one.whole_gradient(), other.whole_gradient(), atol=1e-14)
    assert one.evaluate().train_loss == pytest.approx(other.evaluate().train_loss, rel=1e-14)
    one.run(20)
    other.run(20)
    np.testing.assert_allclose(one.state.theta, other.state.theta, atol=1e-12)


def test_the_mean_is_over_samples_not_over_weights() -> None:
    data = random_data(6, 3, 2)
    training = TrainingConfig(loss="half_squared", update="full")
    plain = Trainer(branching(), training, data, 4)
    double = Trainer(branching(), training, weighted(data, [2.0] * 6), 4)
    np.testing.assert_allclose(double.whole_gradient(), 2 * plain.whole_gradient(), rtol=1e-13)
    assert double.evaluate().train_loss == pytest.approx(2 * plain.evaluate().train_loss)


def test_weights_go_with_their_samples_through_shuffled_batches() -> None:
    """With a weight for one sample alone, only the batch that holds it has a gradient."""
    data = weighted(random_data(9, 3, 2), [0, 0, 0, 0, 0, 1, 0, 0, 0])
    trainer = Trainer(branching(), TrainingConfig(loss="half_squared", batch_size=4), data, 4)
    for _ in range(9):
        holds = 5 in trainer.batch_samples(trainer.state.batch)
        trainer.train_batch()
        assert trainer.gradient.any() == holds


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_the_last_smaller_batch_shares_the_room_of_the_others(dropout: float) -> None:
    """And its gradient has the bits of one in a room of its own."""
    data = random_data(12, 3, 2).train
    data = replace(data, weights=np.linspace(0.5, 2.0, 12))
    spec = branching()
    spec = spec.with_layer(replace(spec.layer("h"), dropout=dropout))
    training = TrainingConfig(loss="half_squared")
    theta = initial_theta(spec, 3)
    large = BatchRoom(spec, training, data, 5)
    gradients = []
    for room in (BatchRoom(spec, training, data, 3, large), BatchRoom(spec, training, data, 3)):
        large.gather(data, np.arange(5), 1, 0, 0)
        ErrorGradient(Network(spec, theta), training).of_batch(large)
        room.gather(data, np.arange(9, 12), 1, 0, 1)
        error = ErrorGradient(Network(spec, theta), training)
        error.of_batch(room)
        gradients.append(error.gradient.tobytes())
        shared = [
            np.shares_memory(a, b)
            for a, b in zip(room.buffers.nets, large.buffers.nets, strict=True)
        ]
        computed = [not layer.is_input for layer in spec.layers]
        assert shared == (computed if len(gradients) == 1 else [False] * len(shared))
    assert gradients[0] == gradients[1]
    assert not np.shares_memory(BatchRoom(spec, training, data, 6, large).inputs, large.inputs)
