"""The same experiment and seed give the same bits, however the training is cut into pieces."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import to_dict
from bpviz.engine.spec import ParameterId, write_network
from bpviz.engine.stopping import NoBetter
from bpviz.engine.training import Trainer, TrainerState
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine import resume
from tests.unit.engine.samples import branching, random_data

EPOCHS = 6
MODES = ("sample", "fixed", "mini-batch", "full")


def updates(optimizer: str) -> tuple[str, ...]:
    """All ways of updating for two optimisers, the first that it can be used with for others."""
    usable = [u for u in MODES[2:] if not OPTIMIZERS.make(optimizer).refusal(u, [])]
    return MODES if optimizer in ("momentum", "adam") else (usable[0],)


CASES = [
    (optimizer, update, dtype)
    for optimizer in OPTIMIZERS
    for update in updates(optimizer)
    for dtype in ("float64", "float32")
]
# 23 samples in batches of 5: the last one has 3.
DATA = random_data(23, 3, 2, seed=9)


def trainer(case: tuple[str, str, str], state: TrainerState | None = None) -> Trainer:
    optimizer, update, dtype = case
    spec = branching(
        dtype=dtype,
        missing=frozenset({ParameterId("h", 1, "b", 0)}),
        frozen=frozenset({ParameterId("o", 0, "h", 0), ParameterId("e", -1)}),
    )
    refuses = OPTIMIZERS.make(optimizer).refusal(update, ["an L1 penalty"])
    training = TrainingConfig(
        optimizer=optimizer,
        update=update,
        batch_size=5,
        learning_rate=0.05,
        l1=0.0 if refuses else 0.001,
        l2=0.01,
        stop=(NoBetter(100),),
    )
    return Trainer(spec, training, DATA, seed=11, state=state)


def bits(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    assert "theta" in arrays
    return {name: np.asarray(array).tobytes() for name, array in arrays.items()}


@pytest.fixture(scope="module")
def at_once() -> Callable[[tuple[str, str, str]], dict[str, bytes]]:
    def train(case: tuple[str, str, str]) -> dict[str, bytes]:
        whole = trainer(case)
        whole.run(EPOCHS)
        assert whole.state.epoch == EPOCHS
        return bits(whole.state.to_arrays())

    return train


def reports(running: Trainer) -> None:
    """One batch; the stop rules are asked as `run` asks them."""
    metrics = running.train_batch()
    if metrics is not None:
        running.stop_reason(metrics)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_batch_by_batch(case: tuple[str, str, str], at_once: Callable) -> None:
    steps = trainer(case)
    for _ in range(EPOCHS * steps.batches):
        reports(steps)
    assert bits(steps.state.to_arrays()) == at_once(case)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_with_looks_in_between(case: tuple[str, str, str], at_once: Callable) -> None:
    """Evaluating and asking for the whole gradient changes nothing."""
    looked_at = trainer(case)
    for _ in range(EPOCHS * looked_at.batches):
        reports(looked_at)
        looked_at.whole_gradient()
        looked_at.evaluate()
        looked_at.batch_samples(0)
    assert bits(looked_at.state.to_arrays()) == at_once(case)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_by_another_trainer_for_every_batch(case: tuple[str, str, str], at_once: Callable) -> None:
    first = trainer(case)
    state = first.state
    for _ in range(EPOCHS * first.batches):
        following = trainer(case, TrainerState.from_arrays(state.to_arrays()))
        reports(following)
        state = following.state
    assert bits(state.to_arrays()) == at_once(case)


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved states of all cases, at the start, between epochs and amid them, gone on with."""
    folder = tmp_path_factory.mktemp("states")
    for case in CASES:
        name = "-".join(case)
        begun = trainer(case)
        tables = {
            "network": write_network(begun.spec),
            "training": to_dict(begun.training),
            "epochs": EPOCHS,
        }
        (folder / f"{name}.json").write_text(json.dumps(tables), encoding="utf-8")
        np.savez(
            folder / f"{name}-data.npz",
            inputs=DATA.train.inputs,
            targets=DATA.train.targets,
            test_inputs=DATA.test.inputs,
            test_targets=DATA.test.targets,
        )
        moments_to_save = {0, 1, 3, begun.batches, 2 * begun.batches + 4}
        for batch in range(max(moments_to_save) + 1):
            if batch in moments_to_save:
                np.savez(folder / f"{name}-{batch}.npz", **begun.state.to_arrays())
            reports(begun)
    root = str(Path(__file__).parents[3])
    subprocess.run(
        [sys.executable, resume.__file__, str(folder)],
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
        timeout=100,
    )
    return folder


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_saved_and_resumed_in_a_new_process(
    case: tuple[str, str, str], resumed: Path, at_once: Callable
) -> None:
    done = sorted(resumed.glob(f"{'-'.join(case)}-*-done.npz"))
    assert len(done) >= 4
    for path in done:
        assert bits(resume.load(path)) == at_once(case), path.name


def test_another_seed_gives_other_bits() -> None:
    spec, training = branching(), TrainingConfig()
    thetas = set()
    for seed in (1, 2):
        running = Trainer(spec, training, DATA, seed=seed)
        running.run(2)
        thetas.add(running.state.theta.tobytes())
    assert len(thetas) == 2
