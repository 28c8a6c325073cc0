"""Whatever is trained: the same bits in pieces, held parameters at rest, numbers in float32."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.training import Trainer, TrainerState
from tests.properties import strategies
from tests.properties.strategies import samples_for


def trained(trainer: Trainer, epochs: int) -> Trainer:
    try:
        for _ in range(epochs):
            trainer.train_epoch()
    except NonFiniteError:
        assume(False)
    return trainer


@settings(max_examples=60)
@given(st.data(), st.integers(0, 1000))
def test_pieces_give_the_same_bits(drawn: st.DataObject, seed: int) -> None:
    loss = drawn.draw(strategies.losses())
    spec = drawn.draw(
        strategies.networks(loss, dtype=drawn.draw(st.sampled_from(["float64", "float32"])))
    )
    training = drawn.draw(strategies.trainings(loss, spec, learning_rate=0.01))
    data = samples_for(spec, loss, seed, count=drawn.draw(st.integers(1, 25)))
    whole = trained(Trainer(spec, training, data, seed), 3)
    pieces = Trainer(spec, training, data, seed)
    cut = drawn.draw(st.integers(0, 3 * pieces.batches - 1))
    for _ in range(cut):
        pieces.train_batch()
    state = TrainerState.from_arrays({k: v.copy() for k, v in pieces.state.to_arrays().items()})
    resumed = Trainer(spec, training, data, state=state)
    for _ in range(3 * pieces.batches - cut):
        resumed.train_batch()
    assert {name: array.tobytes() for name, array in resumed.state.to_arrays().items()} == {
        name: array.tobytes() for name, array in whole.state.to_arrays().items()
    }


@settings(max_examples=60)
@given(st.data(), st.integers(0, 1000))
def test_what_is_held_rests_and_the_rest_is_led_by_its_gradient(
    drawn: st.DataObject, seed: int
) -> None:
    loss = drawn.draw(strategies.losses())
    spec = drawn.draw(strategies.networks(loss))
    training = drawn.draw(strategies.trainings(loss, spec, learning_rate=0.01))
    data = samples_for(spec, loss, seed)
    trainer = Trainer(spec, training, data, seed)
    start = trainer.state.theta.copy()
    trained(trainer, 2)
    held = ~trainer.layout.trainable()
    assert (trainer.state.theta[held] == start[held]).all()
    assert not trainer.update[held].any()
    assert all(not moment[held].any() for moment in trainer.state.moments.values())
    assert not trainer.state.theta[~trainer.layout.present()].any()


@settings(max_examples=60)
@given(st.data(), st.integers(0, 1000))
def test_a_small_enough_step_down_the_gradient_lowers_the_error(
    drawn: st.DataObject, seed: int
) -> None:
    loss = drawn.draw(strategies.losses())
    smooth = ["identity", "sigmoid", "tanh"]
    spec = drawn.draw(strategies.networks(loss, smooth, dropout=False))
    spec = replace(spec, frozen=frozenset())
    # Nothing but the gradient: clipped or not, it leads downhill.
    alone = {"l1": 0.0, "weight_decay": 0.0, "shrink": 0.0, "max_norm": 0.0, "input_noise": 0.0}
    training = drawn.draw(
        strategies.trainings(
            loss,
            optimizer="gradient_descent",
            update="full",
            learning_rate=1e-6,
            rate_schedule=(),
            **alone,
        )
    )
    trainer = Trainer(spec, training, samples_for(spec, loss, seed), seed)
    free = trainer.layout.trainable()
    assume(np.abs(trainer.whole_gradient()[free]).max(initial=0) > 1e-2)
    before = trainer.evaluate()
    trained(trainer, 1)
    after = trainer.evaluate()
    assert after.train_loss + after.penalty < before.train_loss + before.penalty
