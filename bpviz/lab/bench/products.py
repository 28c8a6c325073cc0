"""The matrix products of a training step alone: the most that a machine lets training have."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.lab.bench.cases import Case
from bpviz.lab.bench.measuring import Work, rate

Matrix = np.ndarray[Any, Any]


def products(case: Case) -> list[tuple[Matrix, Matrix, Matrix]]:
    """Factors and outcome of every product of one batch, in the order of computation.

    Per block of weights W, shape (units, sources): out·Wᵀ forward; back δ·W, save for the inputs,
    and the gradient δᵀ·out.
    """
    random = np.random.default_rng(0)

    def matrix(*shape: int) -> Matrix:
        return random.standard_normal(shape).astype(case.dtype)

    pairs = list(zip(case.units[:-1], case.units[1:], strict=True))
    outs = [matrix(case.batch, units) for units in case.units]
    weights = [matrix(units, sources) for sources, units in pairs]
    forward = [(outs[k], W.T, np.empty_like(outs[k + 1])) for k, W in enumerate(weights)]
    back = []
    for k, W in reversed(list(enumerate(weights))):
        delta = matrix(case.batch, case.units[k + 1])
        back.append((delta.T, outs[k], np.empty_like(W)))
        if k:
            back.append((delta, W, np.empty_like(outs[k])))
    return forward + back


def operations(case: Case) -> int:
    """Multiplications and additions of the products of one batch."""
    return sum(2 * a.shape[0] * a.shape[1] * b.shape[1] for a, b, _ in products(case))


def epochs_of_products(case: Case) -> Work:
    """The products of so many epochs, as a work to be measured."""
    batches = case.samples // case.batch
    of_a_batch = products(case)

    def multiply(epochs: int) -> None:
        for _ in range(epochs * batches):
            for a, b, out in of_a_batch:
                np.dot(a, b, out=out)

    return multiply


def square_speed(dtype: str, seconds: float, side: int = 2048) -> float:
    """GFLOP/s of the product of two large square matrices."""
    a = np.ones((side, side), dtype)
    b, out = np.ones_like(a), np.empty_like(a)
    np.dot(a, b, out=out)
    return 2e-9 * side**3 * rate(lambda: np.dot(a, b, out=out), seconds)
