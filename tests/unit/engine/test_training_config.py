"""What goes together and what is refused, with the reason."""

import numpy as np
import pytest

from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig, check_fit
from tests.unit.engine.samples import data, random_data


@pytest.mark.parametrize(
    ("update", "rows"), [("sample", 1), ("fixed", 8), ("mini-batch", 8), ("full", 20)]
)
def test_rows_per_batch(update: str, rows: int) -> None:
    training = TrainingConfig(update=update, batch_size=8)
    assert training.rows_per_batch(20) == rows
    assert training.batches_per_epoch(20) == -(-20 // rows)
    # Of fewer samples than that all make one batch.
    assert training.rows_per_batch(5) == min(rows, 5)
    assert training.batches_per_epoch(5) == (5 if rows == 1 else 1)


def refused(key: str, sentence: str, samples: TrainingData, **settings: object) -> None:
    spec = stack(2, 2, output=settings.pop("output", "sigmoid"))
    with pytest.raises(SettingError, match=sentence) as caught:
        check_fit(spec, TrainingConfig(**settings), samples)
    assert caught.value.key == key


def test_error_and_output_must_suit() -> None:
    refused(
        "training.loss",
        "categorical cross-entropy needs softmax outputs, because",
        random_data(4, 2, 2),
        loss="categorical_cross_entropy",
    )
    refused(
        "training.loss",
        "binary cross-entropy needs sigmoid outputs, because",
        random_data(4, 2, 2),
        output="tanh",
    )


def test_the_data_must_have_the_networks_width() -> None:
    refused("network.layers", "has 2 input units but the data has 3", random_data(4, 3, 2))
    refused("network.layers", "has 2 output units but the data has 1", random_data(4, 2, 1))
    samples = random_data(4, 2, 2)
    other = TrainingData(samples.train, random_data(4, 3, 2).train)
    refused("network.layers", "has 2 input units but the data has 3", other)


def test_there_must_be_something_to_train_on() -> None:
    samples = random_data(4, 2, 2)
    nothing = Samples(samples.train.inputs[:0], samples.train.targets[:0])
    refused("data", "the training part is empty", TrainingData(nothing, samples.train))
    check_fit(stack(2, 2), TrainingConfig(), TrainingData(samples.train, nothing))


def test_targets_must_suit_the_error() -> None:
    samples = data([[0.0, 0.0]], [[0.0, 1.5]])
    refused("training.loss", "needs targets between 0 and 1", samples)
    good = random_data(4, 2, 2)
    refused("training.loss", "between 0 and 1", TrainingData(good.train, samples.train))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize("table", ["inputs", "targets"])
def test_what_is_not_finite_is_refused(bad: float, part: str, table: str) -> None:
    samples = random_data(9, 2, 2)
    getattr(getattr(samples, part), table)[2, 1] = bad
    sentence = rf"the {table} must be finite numbers.* sample 3 has {bad} in column 2"
    refused("data", sentence, samples)


def test_what_is_not_finite_in_float32_is_refused_there() -> None:
    samples = random_data(4, 2, 2)
    samples.train.inputs[1, 0] = 1e39
    Trainer(stack(2, 2), TrainingConfig(), samples)
    with pytest.raises(SettingError, match="in float32 sample 2 has inf in column 1"):
        Trainer(stack(2, 2, dtype="float32"), TrainingConfig(), samples)


def test_one_softmax_output_says_nothing() -> None:
    spec = stack(2, 1, output="softmax")
    with pytest.raises(SettingError, match="softmax needs at least two output units"):
        check_fit(spec, TrainingConfig(loss="half_squared"), random_data(4, 2, 1))


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("learning_rate", 0, "learning rate must be above 0"),
        ("learning_rate", -1, "learning rate must be above 0, got -1"),
        ("batch_size", 0, "batch size must be at least 1"),
        ("l2", -0.1, "l2 penalty must be at least 0"),
        ("update", "never", "update must be one of sample, fixed, mini-batch, full"),
        ("reduction", "median", "batch error must be one of mean, sum"),
        ("evaluate_every", -1, "evaluate every must be at least 0"),
        ("loss", "cubed", "error must be one of half_squared, squared, mean_squared"),
    ],
)
def test_settings_say_what_they_expect(setting: str, value: object, sentence: str) -> None:
    with pytest.raises(SettingError, match=f"^{setting}: {sentence}"):
        TrainingConfig(**{setting: value})


def test_settings_without_effect_are_told() -> None:
    both = {"rate_schedule": ("step",), "momentum_schedule": ("step",)}
    (remark,) = TrainingConfig(**both).remarks()
    assert remark == (
        "The momentum schedule has no effect: "
        "gradient descent has no momentum that a schedule could change."
    )
    assert TrainingConfig(optimizer="adam", **both).remarks() == []
    assert TrainingConfig(optimizer="rprop").remarks() == []
    assert TrainingConfig(optimizer="rprop", **both).remarks() == [
        "The rate schedule has no effect: RProp sizes its own steps after the first.",
        "The momentum schedule has no effect: RProp has no momentum that a schedule could change.",
    ]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_optimiser_that_does_not_follow_the_rate_says_so(kind: str) -> None:
    optimizer = OPTIMIZERS.make(kind)
    gradient = np.array([0.5, -0.25])
    steps = []
    for rate in (0.1, 0.05):
        moments = {name: np.zeros(2) for name in optimizer.moments}
        update, scratch = np.empty(2), np.empty(2)
        optimizer.update(gradient, 0.1, 1, moments, update, scratch)
        optimizer.update(0.9 * gradient, rate, 2, moments, update, scratch)
        steps.append(update.tolist())
    assert (steps[0] != steps[1]) == optimizer.follows_rate
