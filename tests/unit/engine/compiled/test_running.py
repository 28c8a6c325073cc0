"""A training by the compiled epoch: cut anywhere, saved, stopped, gone wrong."""

import itertools
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.batches import epoch_order
from bpviz.engine.compiled import machine_code
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.error_gradient import ErrorGradient
from bpviz.engine.initializers import Explicit
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.optimizers import Adam
from bpviz.engine.spec import ParameterId, stack
from bpviz.engine.stopping import (
    Epochs,
    ErrorBelow,
    GradientBelow,
    NoBetter,
    Rises,
    StopRule,
    TimeLimit,
)
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from tests.unit.engine.samples import branching, random_data

needs_numba = pytest.mark.skipif(
    not machine_code.has_numba(), reason="the extra `fast` is not there"
)
# 23 samples in batches of 5: the last one has 3.
DATA = random_data(23, 3, 2, seed=9)
SPEC = branching(
    missing=frozenset({ParameterId("h", 1, "b", 0)}),
    frozen=frozenset({ParameterId("o", 0, "h", 0), ParameterId("e", -1)}),
)


def trainer(state: TrainerState | None = None, dtype: str = "float64", **settings: Any) -> Trainer:
    usual = {
        "optimizer": "adam",
        "batch_size": 5,
        "learning_rate": 0.05,
        "l2": 0.01,
        "kernel": "compiled",
    }
    training = TrainingConfig(**usual | settings)
    return Trainer(replace(SPEC, dtype=dtype), training, DATA, seed=11, state=state)


def bits(state: TrainerState) -> dict[str, bytes]:
    return {name: np.asarray(array).tobytes() for name, array in state.to_arrays().items()}


@needs_numba
@pytest.mark.parametrize("settings", [{}, {"update": "sample"}, {"update": "full"}], ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_bits_do_not_depend_on_how_calls_are_cut(dtype: str, settings: dict[str, str]) -> None:
    epochs, pieces = 120, [1, 1, 7, 2, 31, 5, 100, 3]
    whole, cut, one = (trainer(dtype=dtype, evaluate_every=3, **settings) for _ in range(3))
    metrics: list[list[EpochMetrics]] = [[], [], []]
    whole.run(epochs, metrics[0].append)
    total = epochs * whole.batches
    turns = itertools.cycle(pieces)
    while (done := cut.state.epoch * cut.batches + cut.state.batch) < total:
        metrics[1] += cut.advance(min(next(turns), total - done))
    for _ in range(total):
        metrics[2] += [m for m in [one.train_batch()] if m is not None]
    assert bits(whole.state) == bits(cut.state) == bits(one.state)
    assert metrics[0] == metrics[1] == metrics[2]
    assert whole.gradient.tobytes() == cut.gradient.tobytes() == one.gradient.tobytes()
    assert whole.update.tobytes() == cut.update.tobytes() == one.update.tobytes()


@needs_numba
@pytest.mark.parametrize("batches", [1, 4, 5, 13])
def test_a_saved_state_goes_on_with_the_same_bits(batches: int) -> None:
    whole, begun = trainer(), trainer()
    whole.run(20)
    for _ in range(batches):
        begun.train_batch()
    assert (begun.state.epoch, begun.state.batch) == divmod(batches, 5)
    resumed = trainer(TrainerState.from_arrays(begun.state.to_arrays()))
    resumed.run(20)
    assert bits(resumed.state) == bits(whole.state)


@needs_numba
def test_amid_an_epoch_everything_is_of_the_last_batch() -> None:
    ours, theirs = trainer(), trainer(kernel="numpy")
    for k in range(12):
        ours.train_batch()
        theirs.train_batch()
        assert ours.gradient_batch == theirs.gradient_batch == divmod(k, 5)
        np.testing.assert_allclose(ours.gradient, theirs.gradient, rtol=1e-10, atol=1e-14)
        np.testing.assert_array_equal(ours.batch_samples(k % 5), theirs.batch_samples(k % 5))


@needs_numba
@pytest.mark.parametrize("settings", [{"evaluate_every": 1}, {"evaluate_every": 7}, {}], ids=str)
def test_the_epochs_of_the_cadence_are_evaluated(settings: dict[str, int]) -> None:
    running, seen = trainer(**settings), []
    running.run(150, seen.append)
    due = [epoch for epoch in range(1, 151) if running.cadence.is_due(epoch)]
    assert [metrics.epoch for metrics in seen] == due
    last = trainer(kernel="numpy", state=running.state.copy(), **settings).evaluate()
    if due[-1] == 150:
        assert seen[-1].train_loss == pytest.approx(last.train_loss, rel=1e-12)


@needs_numba
@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize(
    "rule",
    [
        Epochs(9),
        ErrorBelow(1.4),
        NoBetter(3),
        Rises(2),
        GradientBelow(0.2),
        TimeLimit(1e-9),
    ],
    ids=lambda rule: rule.kind,
)
def test_stop_rules_stop_where_they_do_with_numpy(rule: StopRule, every: int) -> None:
    ends = []
    for kernel in ("numpy", "compiled"):
        running = trainer(kernel=kernel, stop=(rule,), evaluate_every=every, learning_rate=0.4)
        reason = running.run(300)
        state = running.state
        ends.append((reason, state.epoch, state.best_epoch, sorted(state.stopping)))
        assert state.epoch < 300, rule.kind
        assert (state.best_theta is not None) == rule.keeps_best
        if rule.kind == "time":
            ends[-1] = ("", *ends[-1][1:])
    assert ends[0] == ends[1]


@needs_numba
@pytest.mark.parametrize(
    "rule",
    [Epochs(200), ErrorBelow(0.02), NoBetter(20), Rises(4)],
    ids=lambda rule: rule.kind,
)
def test_by_itself_rules_stop_at_the_same_epoch_with_both(rule: StopRule) -> None:
    """Also beyond the epochs that are always measured."""
    experiment, ends = gallery_experiment("playground"), []
    data = experiment.prepare().training
    for kernel in ("numpy", "compiled"):
        training = replace(experiment.training, kernel=kernel, stop=(rule,))
        running = Trainer(experiment.network, training, data, experiment.seed)
        assert running.kernel.name == kernel
        ends.append((running.run(1000), running.state.epoch, running.state.best_epoch))
    assert ends[0] == ends[1]
    assert 150 < ends[0][1] < 1000
    if isinstance(rule, Epochs):
        assert ends[0][:2] == ("200 epochs are done", 200)


@needs_numba
def test_the_best_weights_are_kept() -> None:
    running, thetas = trainer(stop=(NoBetter(6),), evaluate_every=1, learning_rate=0.4), {}
    losses = {}

    def note(metrics: EpochMetrics) -> None:
        thetas[metrics.epoch] = running.state.theta.copy()
        losses[metrics.epoch] = metrics.test_loss

    running.run(300, note)
    best = min(losses, key=losses.__getitem__)
    assert running.state.best_epoch == best < running.state.epoch
    assert running.state.best_error == losses[best]
    np.testing.assert_array_equal(running.state.best_theta, thetas[best])


def growing(kernel: str, **settings: Any) -> Trainer:
    """Each update makes the only weight 1e40 times larger."""
    spec = stack(1, 1, output="identity", initializer=Explicit((2.0,), (0.0,)))
    part = Samples(np.array([[1.0]]), np.array([[0.0]]))
    training = TrainingConfig(
        **{"loss": "half_squared", "learning_rate": 1e40, "kernel": kernel} | settings
    )
    return Trainer(spec, training, TrainingData(part, part.rows(slice(0, 0))))


@needs_numba
@pytest.mark.parametrize(
    "settings",
    [
        {"evaluate_every": 1},
        {"evaluate_every": 2},
        {"evaluate_every": 3},
        {"optimizer": "momentum"},
    ],
    ids=str,
)
def test_failures_are_those_of_numpy(settings: dict[str, Any]) -> None:
    caught, logs, states = [], [], []
    for kernel in ("numpy", "compiled"):
        running, log = growing(kernel, **settings), []
        with pytest.raises(NonFiniteError) as error:
            running.run(100, log.append)
        caught.append(str(error.value))
        logs.append([metrics.epoch for metrics in log])
        states.append((running.state.epoch, running.state.batch, running.state.steps))
        # It goes on from there, as often as it is asked to, and nothing is reported twice.
        with pytest.raises(NonFiniteError, match="infinite in epoch"):
            running.run(100, log.append)
        assert len(log) == len(logs[-1])
        assert running.state.epoch == states[-1][0]
    assert caught[0] == caught[1]
    assert logs[0] == logs[1]
    assert states[0] == states[1]


@needs_numba
def test_the_way_to_a_failure_is_gone_by_the_compiled_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the failed epoch is looked at batch by batch, however long ago all was measured."""
    settings: dict[str, Any] = {"evaluate_every": 1000, "learning_rate": 1e3}
    caught, updates = [], []
    of_batch = ErrorGradient.of_batch
    monkeypatch.setattr(ErrorGradient, "of_batch", lambda *a: (updates.append(a), of_batch(*a))[-1])
    for kernel in ("numpy", "compiled"):
        updates.clear()
        with pytest.raises(NonFiniteError) as error:
            growing(kernel, **settings).run(1000)
        caught.append(str(error.value))
    assert len(updates) == 1
    assert caught[0] == caught[1]
    assert "infinite in epoch 94," in caught[0]


@needs_numba
def test_the_order_of_an_epoch_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, running = [], trainer()
    monkeypatch.setattr(
        "bpviz.engine.compiled.training.epoch_order",
        lambda *a: (drawn.append(a[2]), epoch_order(*a))[-1],
    )
    for _ in range(3 * running.batches):
        running.train_batch()
    assert drawn == [0, 1, 2]
    running.state.epoch = 1
    running.train_batch()
    assert drawn == [0, 1, 2, 1]


@needs_numba
def test_other_settings_amid_a_run() -> None:
    """What is set counts from the next update on, also in what is told of it."""
    running = trainer()
    running.run(3)
    for kernel in ("numpy", "compiled"):
        running.set_training(replace(running.training, learning_rate=0.5, kernel=kernel))
        running.train_batch()
        assert running.rate == 0.5
        running.set_training(replace(running.training, learning_rate=0.25))
    assert running.kernel.name == "compiled"


@needs_numba
def test_moments_that_are_forgotten_begin_anew() -> None:
    found = []
    for kernel in ("numpy", "compiled"):
        running = trainer(kernel=kernel, optimizer=Adam(eta=0.01))
        running.run(3)
        running.state.forget_moments()
        assert running.state.steps == 0
        running.train_batch()
        found.append(running.state.theta)
    np.testing.assert_allclose(*found, rtol=1e-10)


@needs_numba
def test_a_call_is_bounded_whatever_it_is_asked_for() -> None:
    """At most 2^18 numbers of samples are drawn at once, and as many rows told."""
    part = Samples(np.zeros((64, 1)), np.zeros((64, 1)))
    training = TrainingConfig(loss="half_squared", update="full", kernel="compiled")
    running = Trainer(stack(1, 1, output="identity"), training, TrainingData(part, part))
    assert running._compiled is not None
    running._compiled._stride = 10**12
    running.advance(10**12)
    assert running.state.epoch == 2**18 // 64


@needs_numba
def test_a_network_of_nothing_but_missing_connections() -> None:
    absent = frozenset({ParameterId("o", 0, "i", 0)})
    spec = stack(1, 1, output="identity")
    layers = (spec.layers[0], replace(spec.layers[1], bias="none"))
    name = layers[1].id, layers[0].id
    absent = frozenset({ParameterId(name[0], 0, name[1], 0)})
    spec = replace(spec, layers=layers, missing=absent)
    part = Samples(np.ones((3, 1)), np.ones((3, 1)))
    training = TrainingConfig(loss="half_squared", kernel="compiled", optimizer="adam", l1=0.1)
    running = Trainer(spec, training, TrainingData(part, part))
    running.run(5)
    assert running.state.theta.tolist() == [0.0]


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(sys.modules, "numba", None)
    machine_code.has_numba.cache_clear()
    yield
    machine_code.has_numba.cache_clear()


@pytest.mark.usefixtures("without_numba")
@pytest.mark.parametrize("asked", ["auto", "compiled"])
def test_without_the_extra_numpy_does_it_and_says_why(asked: str) -> None:
    running, like = trainer(kernel=asked), trainer(kernel="numpy")
    assert running.kernel == ("numpy", "Numba, the extra named fast, is not installed")
    for one in (running, like):
        one.run(3)
    assert bits(running.state) == bits(like.state)
