"""The sweep: every entry of every registry, in a random network with random data and settings.

Each is looked at four ways: its gradient against central differences, a training that goes on
from a saved state, edits taken back, and the experiment file. What is drawn comes from the
registries and the settings' own declarations, so a new entry is swept as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from bpviz.datasets.config import DataConfig
from bpviz.datasets.own import OwnSamples
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import TrainingData
from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.gradient_check import check_gradient
from bpviz.engine.initializers import INITIALIZERS, Explicit
from bpviz.engine.losses import LOSSES, Loss
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.parameters import explicit_values, layout_of
from bpviz.engine.schedules import SCHEDULES, Plateau
from bpviz.engine.settings import Registry, fields_of
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.stopping import STOP_RULES, NoBetter
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import format_experiment, parse_experiment
from bpviz.lab.edits import (
    AddUnit,
    Change,
    Edit,
    Freeze,
    RemoveLayer,
    Reset,
    SetLayer,
    SetParameters,
)
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.snapshot import Snapshot
from tests.combinations import HIDDEN, outputs_for
from tests.properties import strategies
from tests.properties.strategies import entries, samples_for, theta_for

REGISTRIES: dict[str, Registry[Any]] = {
    "activation": ACTIVATIONS,
    "error": LOSSES,
    "initializer": INITIALIZERS,
    "optimizer": OPTIMIZERS,
    "rate schedule": SCHEDULES,
    "momentum schedule": SCHEDULES,
    "stop rule": STOP_RULES,
}
EVERY = [(name, kind) for name, registry in REGISTRIES.items() for kind in registry]
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Case:
    """What is swept: a network at some weights, how it is trained, and on which samples."""

    spec: NetworkSpec
    training: TrainingConfig
    data: TrainingData
    theta: Any
    seed: int


@st.composite
def cases(draw: st.DrawFn, name: str, kind: str) -> Case:
    """Anything that goes together, this entry being part of it."""
    seed = draw(st.integers(0, 10_000))
    is_activation = name == "activation"
    at_output = is_activation and ACTIVATIONS[kind].output_only
    loss: Loss = draw(entries(LOSSES, kind if name == "error" else ""))
    if at_output and kind not in outputs_for(loss.kind):
        loss = next(LOSSES.make(x) for x in LOSSES if kind in outputs_for(x))
    spec = draw(
        strategies.networks(
            loss,
            [kind] if is_activation and not at_output else HIDDEN,
            output=kind if at_output else "",
            initializer=draw(entries(INITIALIZERS, kind if name == "initializer" else "")),
        )
    )
    theta = theta_for(spec, seed)
    if isinstance(spec.initializer, Explicit):
        spec = replace(spec, initializer=explicit_values(layout_of(spec), theta))
    wanted: dict[str, Any] = {}
    if name == "optimizer":
        wanted["optimizer"] = draw(entries(OPTIMIZERS, kind))
    elif name.endswith("schedule"):
        wanted[name.replace(" ", "_")] = tuple(
            draw(st.lists(entries(SCHEDULES, kind), min_size=1, max_size=2))
        )
    elif name == "stop rule":
        wanted["stop"] = (draw(entries(STOP_RULES, kind)),)
    training = draw(strategies.trainings(loss, spec, **wanted))
    spec = strategies.fitting(spec, training)
    data = samples_for(spec, loss, seed, draw(st.integers(3, 9)), weighted=draw(st.booleans()))
    return Case(spec, training, data, theta, seed)


@pytest.mark.parametrize(("name", "kind"), EVERY)
@settings(max_examples=3, derandomize=True, database=None, phases=[Phase.generate])
@given(st.data())
def test_every_entry_with_anything_else(name: str, kind: str, drawn: st.DataObject) -> None:
    case = drawn.draw(cases(name, kind))
    check_the_gradient(case)
    check_resuming(case, drawn)
    experiment = experiment_of(case, drawn)
    check_the_file(experiment)
    check_undoing(remembering(experiment) if drawn.draw(st.booleans()) else experiment, drawn)


def check_the_gradient(case: Case) -> None:
    """Backpropagation gives what central differences measure, kinks left out."""
    check = check_gradient(case.spec, case.training, case.data, case.theta)
    assert check.max_relative_error < TOLERANCE
    assert check.excluded <= max(1, len(case.theta) // 2)
    assert not check.analytic[~layout_of(case.spec).present()].any()


def check_resuming(case: Case, drawn: st.DataObject) -> None:
    """In the midst of an epoch into a file's arrays and back: the same bits at the end."""
    whole = Trainer(case.spec, case.training, case.data, case.seed)
    batches = 2 * whole.batches
    kept: dict[str, Any] = {}
    cut = drawn.draw(st.integers(0, batches - 1))
    for batch in range(batches):
        if batch == cut:
            kept = {name: array.copy() for name, array in whole.state.to_arrays().items()}
        advance(whole)
    resumed = Trainer(case.spec, case.training, case.data, state=TrainerState.from_arrays(kept))
    for _ in range(batches - cut):
        advance(resumed)
    assert bits(resumed.state) == bits(whole.state)


def advance(trainer: Trainer) -> None:
    try:
        metrics = trainer.train_batch()
    except NonFiniteError:
        assume(False)
    if metrics is not None:
        trainer.stop_reason(metrics)


def bits(state: TrainerState) -> dict[str, bytes]:
    """All of a state but the time it took, which no run repeats."""
    return {k: v.tobytes() for k, v in state.to_arrays().items() if k != "seconds"}


def experiment_of(case: Case, drawn: st.DataObject) -> Experiment:
    """The case as an experiment on samples of its own, read in any way that suits the error."""
    train = case.data.train
    source = OwnSamples(
        tuple(f"x{k}" for k in range(train.inputs.shape[1])),
        tuple(f"y{k}" for k in range(train.targets.shape[1])),
        rows=tuple(map(tuple, np.hstack([train.inputs, train.targets]).tolist())),
    )
    fields = fields_of(DataConfig)
    read = {
        name: drawn.draw(strategies.values_of(fields[name]))
        for name in ("test_fraction", "scaling", "missing", "stratify")
    }
    return Experiment(
        name="sweep",
        seed=case.seed,
        data=DataConfig(source=source, **read),
        network=case.spec,
        training=case.training,
    )


def check_the_file(experiment: Experiment) -> None:
    """Written and read, it is equal, and so is what is written of it again."""
    text = format_experiment(experiment)
    again = parse_experiment(text, "sweep.toml")
    assert again == experiment
    assert format_experiment(again) == text


def remembering(experiment: Experiment) -> Experiment:
    """The experiment with best weights, and a rate that falls with every error not the lowest."""
    training = experiment.training
    rules = (*training.stop, NoBetter())
    schedule = (*training.rate_schedule, Plateau(patience=0, gamma=0.5))
    return replace(
        experiment,
        training=replace(training, stop=rules, rate_schedule=schedule, evaluate_every=1),
    )


def check_undoing(experiment: Experiment, drawn: st.DataObject) -> None:
    """After some batches each edit is taken back: all of the state, and the bits that follow."""
    lab, twin = Laboratory(experiment), Laboratory(experiment)
    batches = drawn.draw(st.integers(0, 3))
    for one in (lab, twin):
        one.pause()
        train(one, batches)
    before = bits(state_of(lab))
    for edit in edits(experiment, drawn):
        lab.apply(edit)
        grown = lab.experiment.network.layers != experiment.network.layers
        if drawn.draw(st.booleans()) and (edit.winds_back or grown):
            lab.step("batch")
        settle(lab)
        lab.undo()
        after = settle(lab)
        assert lab.experiment == after.experiment == experiment
        assert bits(state_of(lab)) == before
    for one in (lab, twin):
        train(one, 4)
    assert bits(state_of(lab)) == bits(state_of(twin))


def train(lab: Laboratory, batches: int) -> None:
    for _ in range(batches):
        lab.step("batch")
    settle(lab)


def state_of(lab: Laboratory) -> TrainerState:
    return lab.runner._training.trainer.state


def edits(experiment: Experiment, drawn: st.DataObject) -> list[Edit]:
    """One of each sort: a weight, settings, the data, the network, the start."""
    layout = layout_of(experiment.network)
    training, config = experiment.training, experiment.data
    found: list[Edit] = [
        Change("training.learning_rate", training.learning_rate / 2),
        Change("training.batch_size", training.batch_size + 1),
        Change("training.stop", () if training.stop else (NoBetter(),)),
        Change("training.rate_schedule", () if training.rate_schedule else (Plateau(),)),
        Change("data.test_fraction", 0.0 if config.test_fraction else 0.4),
        Change("data.scaling", "none" if config.scaling == "min-max" else "min-max"),
        Reset(),
    ]
    there = np.flatnonzero(layout.present()).tolist()
    if there:
        chosen = layout.id_of(drawn.draw(st.sampled_from(there)))
        found.append(SetParameters({chosen: 0.75}))
        found.append(Freeze(frozenset({chosen}), chosen not in experiment.network.frozen))
    hidden = experiment.network.computed[:-1]
    if hidden:
        layer = drawn.draw(st.sampled_from(hidden))
        made: Callable[[str], Edit] = drawn.draw(st.sampled_from([AddUnit, RemoveLayer]))
        found.append(made(layer.id))
        found.append(SetLayer(layer.id, "bias_trained", not layer.bias_trained))
        found.append(SetLayer(layer.id, "bias", "shared" if layer.bias == "unit" else "unit"))
    return drawn.draw(st.permutations(found))


def settle(lab: Laboratory) -> Snapshot:
    """Let the runner do what it was told, on this thread."""
    lab.runner.work()
    while lab.runner.is_running:
        lab.runner.work()
    snapshot = lab.runner.mailbox.take()
    assert snapshot is not None
    assume(not snapshot.failed)
    return snapshot
