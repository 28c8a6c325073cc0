"""TrainerState: named arrays out, the same state back."""

import io

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.engine.trainer_state import TrainerState
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from tests.unit.engine.samples import random_data


def state() -> TrainerState:
    return TrainerState(
        theta=np.array([1.0, 2.0, 3.0]),
        initial_theta=np.array([0.0, -0.0, 0.5]),
        moments={"first": np.array([0.1, 0.2, 0.3]), "second": np.array([1e-300, 0.0, 1.0])},
        seed=2**63 + 5,
        epoch=3,
        batch=2,
        steps=17,
        stopping={"0-no_better": {"best": 0.25, "epoch": 2.0}, "1-epochs": {}},
        schedules={"rate-0-plateau": {"best": 0.5}},
        best_theta=np.array([4.0, 5.0, 6.0]),
        best_epoch=2,
        best_error=0.25,
        seconds=1.5,
    )


def through_a_file(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as saved:
        return dict(saved)


def test_a_state_comes_back_from_a_file_bit_for_bit() -> None:
    before = state()
    after = TrainerState.from_arrays(through_a_file(before.to_arrays()))
    assert after.theta.tobytes() == before.theta.tobytes()
    assert after.initial_theta.tobytes() == before.initial_theta.tobytes()
    assert {n: m.tobytes() for n, m in after.moments.items()} == {
        n: m.tobytes() for n, m in before.moments.items()
    }
    assert (after.seed, after.epoch, after.batch, after.steps) == (2**63 + 5, 3, 2, 17)
    assert after.stopping == {"0-no_better": {"best": 0.25, "epoch": 2.0}}
    assert after.schedules == before.schedules
    assert after.best_theta is not None
    assert after.best_theta.tolist() == [4, 5, 6]
    assert (after.best_epoch, after.best_error, after.seconds) == (2, 0.25, 1.5)


@pytest.mark.parametrize("seed", [0, -1, 2**64 + 3])
def test_any_seed_survives_with_the_same_draws(seed: int) -> None:
    trainer = Trainer(stack(2, 1), TrainingConfig(batch_size=4), random_data(9, 2, 1), seed)
    saved = TrainerState.from_arrays(through_a_file(trainer.state.to_arrays()))
    again = Trainer(stack(2, 1), TrainingConfig(batch_size=4), random_data(9, 2, 1), state=saved)
    assert again.batch_samples(0).tolist() == trainer.batch_samples(0).tolist()


def test_a_copy_shares_nothing() -> None:
    before = state()
    copy = before.copy()
    copy.theta[0] = copy.initial_theta[0] = copy.moments["first"][0] = 9.0
    copy.stopping["0-no_better"]["best"] = 9.0
    assert (before.theta[0], before.initial_theta[0], before.moments["first"][0]) == (1, 0, 0.1)
    copy.schedules["rate-0-plateau"]["best"] = 9.0
    copy.best_theta[0] = 9.0
    assert before.stopping["0-no_better"]["best"] == 0.25
    assert before.schedules["rate-0-plateau"]["best"] == 0.5
    assert before.best_theta[0] == 4.0


@pytest.mark.parametrize("name", ["theta", "initial_theta", "seed", "epoch", "batch", "steps"])
def test_what_a_file_lacks_is_named(name: str) -> None:
    arrays = state().to_arrays()
    del arrays[name]
    with pytest.raises(SettingError, match=f"^{name}: the saved training state lacks this"):
        TrainerState.from_arrays(arrays)


def test_the_initial_state() -> None:
    start = TrainerState.initial(stack(2, 1), TrainingConfig(optimizer="adam"), 5)
    assert start.theta.tobytes() == start.initial_theta.tobytes()
    assert not np.shares_memory(start.theta, start.initial_theta)
    assert {name: m.tolist() for name, m in start.moments.items()} == {
        "first": [0, 0, 0],
        "second": [0, 0, 0],
    }
    assert (start.seed, start.epoch, start.batch, start.steps) == (5, 0, 0, 0)


@pytest.mark.parametrize(
    ("array", "value"),
    [
        ("theta", np.zeros(4)),
        ("theta", np.zeros(3, np.float32)),
        ("initial_theta", np.zeros(2)),
        ("moment.first", np.zeros((3, 1))),
    ],
)
def test_a_state_of_another_network_is_refused(array: str, value: np.ndarray) -> None:
    arrays = state().to_arrays()
    arrays[array] = value
    with pytest.raises(SettingError, match=f"^{array}: the network has 3 parameters in float64"):
        Trainer(
            stack(2, 1),
            TrainingConfig(optimizer="adam"),
            random_data(9, 2, 1),
            state=TrainerState.from_arrays(arrays),
        )
