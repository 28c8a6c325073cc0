"""Penalties by hand."""

import numpy as np
import pytest

from bpviz.engine.regularizers import add_penalty_gradient, penalty

WEIGHTS = np.array([1.0, -2.0, 0.0])


@pytest.mark.parametrize(
    ("l1", "l2", "value", "gradient"),
    [
        (0.0, 0.0, 0.0, [10, 10, 10]),
        (0.5, 0.0, 1.5, [10.5, 9.5, 10]),
        (0.0, 0.25, 0.625, [10.25, 9.5, 10]),
        (0.5, 0.25, 2.125, [10.75, 9.0, 10]),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 17])
def test_value_and_gradient(
    l1: float,
    l2: float,
    value: float,
    gradient: list[float],
    block: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bpviz.engine.blocks.BLOCK", block)
    scratch, result = np.empty(min(block, 3)), np.full(3, 10.0)
    assert penalty(WEIGHTS, l1, l2, scratch) == value
    add_penalty_gradient(WEIGHTS, l1, l2, result, scratch)
    assert result.tolist() == gradient
    assert WEIGHTS.tolist() == [1.0, -2.0, 0.0]
