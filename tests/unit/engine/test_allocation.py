"""After the first epoch no batch and no evaluation allocates anything as large as a batch or θ."""

import gc
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.blocks import BLOCK
from bpviz.engine.losses import LOSSES
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import random_data

INPUTS, HIDDEN, OUTPUTS, BATCH = 64, 128, 20, 128

# The smallest array of a batch's size is that of the outputs, 20 KB and 10 KB in float32; what
# remains is the epoch's order, one number per sample (a maximum, a class) and Python's own objects.
ALLOWED = BATCH * OUTPUTS * 8 // 3


def network(hidden: str = "tanh", output: str = "sigmoid", **settings: Any) -> NetworkSpec:
    return stack(INPUTS, HIDDEN, OUTPUTS, hidden=hidden, output=output, **settings)


def peak_of_a_batch(spec: NetworkSpec, **settings: Any) -> int:
    """Bytes that a batch of a later epoch, the evaluation included, held beyond those before it."""
    training = TrainingConfig(**{"batch_size": BATCH, **settings})
    task = "classes" if training.loss.needs_output == "softmax" else "regression"
    data = random_data(BATCH + BATCH // 3, INPUTS, OUTPUTS, task)
    return peak_of(Trainer(spec, training, data))


def peak_of(trainer: Trainer) -> int:
    trainer.run(2)
    peaks = []
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        while trainer.state.epoch < 3:
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            trainer.train_batch()
            peaks.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
        gc.enable()
    return max(peaks)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimisers(optimizer: str) -> None:
    assert peak_of_a_batch(network(), optimizer=optimizer, update="full") < ALLOWED


@pytest.mark.parametrize("update", ["sample", "fixed", "mini-batch"])
def test_updates(update: str) -> None:
    assert peak_of_a_batch(network(), optimizer="adam", update=update) < ALLOWED


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_errors(kind: str, reduction: str) -> None:
    spec = network(output=LOSSES[kind].needs_output or "identity")
    settings = {"loss": kind, "reduction": reduction, "learning_rate": 1e-3}
    assert peak_of_a_batch(spec, **settings) < ALLOWED


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations(kind: str) -> None:
    hidden = "tanh" if ACTIVATIONS[kind].output_only else kind
    spec = network(hidden, kind)
    assert peak_of_a_batch(spec, loss="half_squared", learning_rate=1e-3) < ALLOWED


@pytest.mark.parametrize("settings", [{"l1": 0.01}, {"l2": 0.01}, {"evaluate_every": 2}])
def test_penalties_and_cadence(settings: dict[str, Any]) -> None:
    assert peak_of_a_batch(network(), **settings) < ALLOWED


def test_float32() -> None:
    assert peak_of_a_batch(network(dtype="float32"), optimizer="adam", l2=0.01) < ALLOWED


@pytest.mark.parametrize("bias", ["unit", "shared", "none"])
def test_skips_input_groups_and_masks(bias: str) -> None:
    def layer(name: str, units: int, *sources: str) -> LayerSpec:
        return LayerSpec(name, units, "tanh", bias=bias, sources=sources)

    frozen = frozenset(ParameterId("h", k, "e", 0) for k in range(40))
    spec = NetworkSpec(
        layers=(
            LayerSpec("a", INPUTS // 2),
            LayerSpec("b", INPUTS // 2),
            layer("e", 40, "a"),
            layer("h", HIDDEN, "e", "b"),
            replace(layer("o", OUTPUTS, "h", "e", "b"), activation=ACTIVATIONS.make("sigmoid")),
        ),
        missing=frozenset(ParameterId("h", k, "b", 1) for k in range(40)),
        frozen=frozen,
    )
    assert peak_of_a_batch(spec, optimizer="adam") < ALLOWED


# Large networks: a vector of θ's size is what must not be made anew, and what there may be few of

WIDE = stack(4000, 64, OUTPUTS, output="softmax", dtype="float32")
WIDE_DATA = random_data(12, 4000, OUTPUTS, "classes")
WIDE_THETA = 4 * layout_of(WIDE).size


def wide(optimizer: str, **settings: Any) -> TrainingConfig:
    update = "mini-batch" if OPTIMIZERS.make(optimizer).elementwise else "full"
    return TrainingConfig(
        loss="categorical_cross_entropy",
        optimizer=optimizer,
        update=update,
        batch_size=8,
        learning_rate=1e-4,
        **settings,
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_batch_of_a_large_network(optimizer: str) -> None:
    settings = {"l1": 1e-4, "l2": 1e-4, "weight_decay": 1e-4, "clip_value": 1.0}
    plain = not OPTIMIZERS.make(optimizer).elementwise
    training = wide(optimizer, **({} if plain else settings))
    assert peak_of(Trainer(WIDE, training, WIDE_DATA)) < WIDE_THETA // 8


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "adam"])
def test_how_many_vectors_a_large_network_needs(optimizer: str) -> None:
    """θ, its start, the gradient, Δθ and what a failure comes back to.

    Besides two masks, each a quarter of it, a block of scratch and the buffers of two batches.
    """
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        trainer = Trainer(WIDE, wide(optimizer), WIDE_DATA)
        trainer.run(2)
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    vectors = 5 + 2 * len(trainer.state.moments)
    assert held < (vectors + 2 * 0.25 + 0.25) * WIDE_THETA + 4 * BLOCK
