"""The compiled epoch computes what NumPy computes: every entry that it covers, every setting."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

pytest.importorskip("numba")

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.compiled.program import (
    ACTIVATIONS_COVERED,
    BLOCK,
    LOSSES_COVERED,
    OPTIMIZERS_COVERED,
)
from bpviz.engine.data import Samples, Task, TrainingData
from bpviz.engine.initializers import Explicit, Uniform
from bpviz.engine.losses import LOSSES
from bpviz.engine.metrics import Reduction
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import fields_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.engine.training_config import TrainingConfig, UpdateMode
from tests.combinations import COMBINATIONS, EITHER_REDUCTION, Combination
from tests.properties.strategies import samples_for
from tests.unit.engine.compiled.following import follow
from tests.unit.engine.samples import branching, random_data

COVERED = [
    one for one in COMBINATIONS if one.loss in LOSSES_COVERED and one.hidden in ACTIVATIONS_COVERED
]
# Other than by default, and where two do the same they have different values.
OTHERWISE = {
    "momentum": {"momentum": 0.7},
    "nesterov": {"momentum": 0.7},
    "adagrad": {"eta": 0.02},
    "rmsprop": {"rho": 0.8, "eta": 0.03},
    "adam": {"beta1": 0.7, "beta2": 0.95, "eta": 0.04},
    "adamw": {"beta1": 0.7, "beta2": 0.95, "eta": 0.04, "weight_decay": 0.2},
}
MASKED = branching(
    missing=frozenset({ParameterId("h", 1, "b", 0)}),
    frozen=frozenset({ParameterId("o", 0, "h", 0), ParameterId("e", -1)}),
)


def stack_for(one: Combination, dtype: str) -> NetworkSpec:
    spec = stack(3, 4, 3, 2, hidden=one.hidden, output=one.output, initializer=Uniform(-1.2, 1.2))
    computed = (replace(layer, bias=one.bias) for layer in spec.computed)
    return replace(spec, layers=(spec.layers[0], *computed), dtype=dtype)


@pytest.mark.parametrize("one", COVERED, ids="-".join)
def test_every_error_with_every_activation(one: Combination) -> None:
    loss = LOSSES.make(one.loss)
    spec = stack_for(one, "float64")
    training = TrainingConfig(loss=loss, reduction=one.reduction, batch_size=3, learning_rate=0.02)
    follow(spec, training, samples_for(spec, loss, 3, count=8, weighted=True))


@pytest.mark.parametrize("one", [one for one in EITHER_REDUCTION if one in COVERED], ids="-".join)
def test_in_float32(one: Combination) -> None:
    loss = LOSSES.make(one.loss)
    spec = stack_for(one, "float32")
    training = TrainingConfig(loss=loss, batch_size=3, learning_rate=0.02, l2=0.01)
    follow(spec, training, samples_for(spec, loss, 3, count=8, weighted=True))


def test_nothing_that_is_covered_is_left_out() -> None:
    assert {one.loss for one in COVERED} == set(LOSSES_COVERED)
    assert {one.hidden for one in COVERED} | {one.output for one in COVERED} == set(
        ACTIVATIONS_COVERED
    )
    assert set(OTHERWISE) | {"gradient_descent"} == set(OPTIMIZERS_COVERED)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("clip", [0.0, 0.002])
@pytest.mark.parametrize("kind", OPTIMIZERS_COVERED)
def test_every_optimizer_off_its_defaults(kind: str, clip: float, dtype: str) -> None:
    """With penalties, decay and shrink, some parameters missing and some at rest."""
    optimizer = OPTIMIZERS[kind](**OTHERWISE.get(kind, {}))
    names = set(fields_of(type(optimizer)))
    assert names <= set(OTHERWISE.get(kind, {}))
    training = TrainingConfig(
        loss="half_squared",
        optimizer=optimizer,
        learning_rate=0.05,
        batch_size=4,
        clip_value=clip,
        l1=0.002,
        l2=0.01,
        weight_decay=0.03,
        shrink=0.004,
    )
    follow(replace(MASKED, dtype=dtype), training, random_data(23, 3, 2, seed=5), epochs=4)


@pytest.mark.parametrize("kind", OPTIMIZERS_COVERED)
def test_every_optimizer_as_it_is(kind: str) -> None:
    training = TrainingConfig(optimizer=kind, learning_rate=0.02, batch_size=7)
    follow(branching(), training, random_data(23, 3, 2, seed=5), epochs=4)


@pytest.mark.parametrize(
    "setting", [{"l1": 0.02}, {"l2": 0.03}, {"weight_decay": 0.2}, {"shrink": 0.01}], ids=str
)
@pytest.mark.parametrize("spec", [branching(), MASKED], ids=["whole", "masked"])
def test_each_penalty_alone(spec: NetworkSpec, setting: dict[str, float]) -> None:
    follow(spec, TrainingConfig(learning_rate=0.1, **setting), random_data(12, 3, 2))


def test_long_memories() -> None:
    """What is left of 1 - β^t after very many steps keeps its digits."""
    kind = OPTIMIZERS["adam"]
    training = TrainingConfig(optimizer=kind(beta1=0.99999, beta2=0.999999), update="full")
    data = random_data(12, 3, 2)
    spec = branching()
    for steps in (10**3, 10**5, 10**6):
        follow_from(spec, training, data, steps)


def follow_from(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, steps: int
) -> None:
    from bpviz.engine.training import Trainer

    found = []
    for kernel in ("numpy", "compiled"):
        trainer = Trainer(spec, replace(training, kernel=kernel), data)
        trainer.state.steps = steps
        for moment in trainer.state.moments.values():
            moment.fill(0.5)
        trainer.train_epoch()
        found.append(trainer.update)
    np.testing.assert_allclose(*found, rtol=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("update", ["sample", "fixed", "mini-batch", "full"])
@pytest.mark.parametrize("samples", [1, 23, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
def test_every_way_of_updating(samples: int, update: UpdateMode, reduction: Reduction) -> None:
    """Batches that do not divide the samples, and more of them than go through together."""
    rate = 0.3 / samples if reduction == "sum" else 0.3
    training = TrainingConfig(
        update=update, reduction=reduction, batch_size=9, learning_rate=rate, l2=0.01
    )
    data = random_data(samples, 3, 2, seed=samples)
    train = replace(data.train, weights=np.random.default_rng(1).choice([0.0, 0.5, 2.0], samples))
    follow(MASKED, training, replace(data, train=train))


def test_batches_above_a_block() -> None:
    training = TrainingConfig(batch_size=2 * BLOCK + 1, learning_rate=0.3)
    follow(branching(), training, random_data(5 * BLOCK, 3, 2))


@pytest.mark.parametrize("tested", [0, 1, BLOCK + 1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", ["regression", "binary", "classes", "labels"])
def test_every_task(task: Task, weighted: bool, tested: int) -> None:
    random = np.random.default_rng(4)
    outputs = 1 if task == "binary" else 3

    def part(rows: int) -> Samples:
        targets = random.integers(2, size=(rows, outputs)).astype(float)
        if task == "classes":
            targets = np.eye(outputs)[random.integers(outputs, size=rows)]
        weights = random.choice([0.0, 0.5, 2.0], rows) if weighted else None
        return Samples(random.uniform(-1, 1, (rows, 2)), targets, weights)

    data = TrainingData(part(40), part(tested), task, threshold=0.45)
    output, loss = (
        ("softmax", "categorical_cross_entropy") if task == "classes" else ("sigmoid",) * 2
    )
    loss = loss if task == "classes" else "binary_cross_entropy"
    follow(stack(2, 4, outputs, output=output), TrainingConfig(loss=loss, learning_rate=0.5), data)


def test_two_outputs_of_a_binary_task_are_classes() -> None:
    data = random_data(30, 2, 2, "classes")
    spec = stack(2, 4, 2, output="softmax")
    follow(spec, TrainingConfig(loss="categorical_cross_entropy"), replace(data, task="binary"))


@pytest.mark.parametrize("task", ["binary", "classes", "labels"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_outputs_on_the_threshold_and_ties(dtype: str, task: Task) -> None:
    """Nothing is above the threshold itself, also where it is rounded; of equals the first wins."""
    outputs = 1 if task == "binary" else 3
    spec = stack(
        1,
        outputs,
        output="identity",
        initializer=Explicit((0.0,) * outputs, (0.1,) * outputs),
        dtype=dtype,
    )
    targets = np.eye(outputs)[[0, -1]]
    some = Samples(np.ones((2, 1)), targets)
    training = TrainingConfig(loss="half_squared", learning_rate=1e-30, update="full")
    follow(spec, training, TrainingData(some, some, task, threshold=0.1))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_target_in_the_middle_of_the_margin(dtype: str) -> None:
    """It is neither a high nor a low one: its error counts on both sides."""
    loss = LOSSES["margin_squared"](middle=0.1)
    some = Samples(np.array([[1.0], [-1.0], [0.0]]), np.array([[0.1]] * 3))
    spec = stack(1, 1, output="identity", initializer=Explicit((1.0,), (0.1,)), dtype=dtype)
    training = TrainingConfig(loss=loss, update="full", learning_rate=0.1)
    follow(spec, training, TrainingData(some, some))


@pytest.mark.parametrize("hidden", [k for k in ACTIVATIONS_COVERED if k != "softmax"])
def test_on_the_kinks(hidden: str) -> None:
    """Net inputs of exactly 0, and on the kinks, where there are any."""
    kinks = ACTIVATIONS.make(hidden).kinks or (0.0,)
    for kink in kinks:
        spec = stack(
            2,
            2,
            1,
            hidden=hidden,
            output="identity",
            initializer=Explicit((0.0, 0.0, 1.0, -1.0, 0.7, 0.4), (kink, 0.0, 0.1)),
        )
        some = Samples(np.array([[1.0, 1.0], [0.5, -0.5]]), np.array([[0.2], [0.9]]))
        training = TrainingConfig(loss="half_squared", update="full", learning_rate=0.1)
        follow(spec, training, TrainingData(some, some), epochs=1)


@pytest.mark.parametrize("output", ["identity", "sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [k for k in ACTIVATIONS_COVERED if k != "softmax"])
def test_far_net_inputs(hidden: str, output: str) -> None:
    """Up to 1e3 on either side."""
    sizes = np.array([-1e3, -745, -710, -100, -37, -20, -5, 5, 20, 37, 100, 709, 1e3])
    loss = {"sigmoid": "binary_cross_entropy", "softmax": "categorical_cross_entropy"}
    spec = stack(
        1,
        2,
        2,
        hidden=hidden,
        output=output,
        initializer=Explicit((1.0, -1.0, 0.7, 0.4, -0.2, 0.3), (0.0, 0.0, 0.1, 0.2)),
    )
    targets = np.array([[1.0, 0.0], [0.0, 1.0]])[np.arange(len(sizes)) % 2]
    data = TrainingData(
        Samples(sizes[:, np.newaxis], targets), Samples(sizes[::-1, np.newaxis], targets)
    )
    training = TrainingConfig(
        loss=loss.get(output, "half_squared"), batch_size=2, learning_rate=1e-7
    )
    follow(spec, training, data)


def test_a_late_input_group_and_shared_biases() -> None:
    spec = NetworkSpec(
        (
            LayerSpec("a", 2),
            LayerSpec("h", 3, "tanh", bias="shared", sources=("a",)),
            LayerSpec("b", 1),
            LayerSpec("g", 2, "gelu", bias="none", sources=("b", "h")),
            LayerSpec("o", 2, "sigmoid", bias_trained=False, sources=("a", "g", "h")),
        )
    )
    follow(spec, TrainingConfig(learning_rate=0.5, batch_size=4), random_data(15, 3, 2))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("held", list(product([False, True], repeat=2)), ids=str)
def test_samples_that_may_not_be_written_to(held: tuple[bool, bool], dtype: str) -> None:
    """Whichever part or table of the samples it is, no other machine code is compiled for it."""
    from bpviz.engine.compiled.kernel import train

    spec = replace(branching(), dtype=dtype)
    data = random_data(12, 3, 2).astype(dtype)
    weights = np.linspace(0.5, 2.0, 12, dtype=dtype)
    data = replace(data, train=replace(data.train, weights=weights))
    for part, is_held in zip((data.train, data.test), held, strict=True):
        part.inputs.flags.writeable = not is_held
        part.targets.flags.writeable = is_held
    weights.flags.writeable = not held[0]
    follow(spec, TrainingConfig(batch_size=5), data)
    follow(spec, TrainingConfig(update="full", optimizer="momentum"), data)
    assert len(train.signatures) == len({signature[4] for signature in train.signatures}) <= 2
    assert data.train.inputs.flags.writeable is not held[0], "theirs are as they were"
