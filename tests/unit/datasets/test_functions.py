"""Functions and complete sets of patterns against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpviz.datasets.synthetic import Encoder, Friedman1, FunctionOfOne, Parity, Sine, Step
from bpviz.engine.settings import SettingError


@pytest.mark.parametrize("periods", [1, 3])
def test_a_sine_over_so_many_periods(periods: int) -> None:
    data = Sine(samples=500, noise=0.0, periods=periods).load(1)
    x, y = data.inputs[:, 0], data.targets[:, 0]
    assert y == pytest.approx([math.sin(value) for value in x])
    assert 0.95 * periods * math.pi < np.abs(x).max() <= periods * math.pi


def test_a_step_at_zero() -> None:
    data = Step(noise=0.0).load(1)
    assert set(data.targets[data.inputs < 0]) == {0.0}
    assert set(data.targets[data.inputs >= 0]) == {1.0}


@pytest.mark.parametrize("cls", [Sine, Step])
def test_noise_moves_values_by_its_deviation(cls: type[FunctionOfOne]) -> None:
    clean, noisy = cls(samples=5000, noise=0.0).load(1), cls(samples=5000, noise=0.3).load(1)
    assert np.array_equal(clean.inputs, noisy.inputs)
    assert (noisy.targets - clean.targets).std() == pytest.approx(0.3, rel=0.05)


def test_friedmans_function_is_the_published_one() -> None:
    data = Friedman1(samples=50, noise=0.0).load(1)
    assert data.inputs.shape == (50, 10)
    assert data.inputs.min() >= 0
    assert data.inputs.max() <= 1
    for x, y in zip(data.inputs, data.targets[:, 0], strict=True):
        expected = (
            10 * math.sin(math.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4]
        )
        assert y == pytest.approx(expected)


def test_friedmans_noise() -> None:
    clean, noisy = (Friedman1(samples=5000, noise=noise).load(1) for noise in (0.0, 2.0))
    assert np.array_equal(clean.inputs, noisy.inputs)
    assert (noisy.targets - clean.targets).std() == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("bits", [2, 5, 10])
def test_parity_counts_the_bits_of_every_number(bits: int) -> None:
    data = Parity(bits=bits).load(1)
    assert data.inputs.shape == (2**bits, bits)
    for number, (row, parity) in enumerate(zip(data.inputs, data.targets, strict=True)):
        assert int("".join(str(int(bit)) for bit in row), 2) == number
        assert parity == number.bit_count() % 2
    assert data.class_names == ("even", "odd")


@pytest.mark.parametrize("patterns", [2, 8])
def test_the_encoder_gives_back_what_it_gets(patterns: int) -> None:
    data = Encoder(patterns=patterns).load(1)
    assert data.labels
    assert not data.is_classification
    assert data.outputs == patterns
    assert np.array_equal(data.inputs, np.eye(patterns))
    assert np.array_equal(data.targets, data.inputs)


def test_more_patterns_than_memory_has_room_for_are_refused():
    with pytest.raises(SettingError, match="at most 1,000"):
        Encoder(patterns=10**9)
