"""The rule that chooses between the compiled kernel and NumPy, beside what is really faster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from bpviz.engine.data import TrainingData
from bpviz.engine.training_config import KernelChoice
from bpviz.lab.bench.cases import Case, trains
from bpviz.lab.bench.measuring import Measurement, in_turns, median, ratio
from bpviz.lab.bench.program import SECONDS, as_program

# What a wrong choice may lose at most; nearer than that the two are as fast as one another.
_MOST_LOST = 25.0
_COMPILED, _NUMPY = "compiled", "numpy"

_SHAPES: tuple[tuple[tuple[int, ...], str], ...] = (
    ((2, 4, 2, 1), "float64"),
    ((7, 8, 8, 8, 8, 8, 8, 1), "float64"),
    ((64, 32, 10), "float32"),
    ((64, 64, 64, 10), "float32"),
    ((196, 64, 10), "float32"),
    ((784, 128, 64, 10), "float32"),
)
_BATCHES = (1, 10, 32, 128)

CASES = tuple(
    Case(units, batch, 1024, "tanh", dtype)  # type: ignore[arg-type]
    for units, dtype in _SHAPES
    for batch in _BATCHES
)


def measure_kernels(
    seconds: float = SECONDS, cases: tuple[Case, ...] = CASES
) -> Iterator[Measurement]:
    """How much faster the compiled kernel is, shape by shape, and what "auto" takes there."""
    lost = 0.0
    for case in cases:
        row, loss = _compared(case, case.data(), 0.16 * seconds)
        yield row
        lost = max(lost, loss)
    yield Measurement(
        'what the rule of "auto" loses at most',
        lost,
        "%",
        at_most=_MOST_LOST,
        note="beside the faster kernel of each row",
    )


def _compared(case: Case, data: TrainingData, seconds: float) -> tuple[Measurement, float]:
    """The row of a case, and how many percent of speed the rule's choice loses there."""
    name = f"compiled kernel, {case.name}: × NumPy"
    trainers = {
        kernel: case.trainer(data, replace(case.training(), kernel=kernel))
        for kernel in get_args(KernelChoice)
    }
    if trainers[_COMPILED].kernel.name != _COMPILED:
        return Measurement(name, None, "×", note=trainers[_COMPILED].kernel.why), 0.0
    chosen = trainers["auto"].kernel.name
    works = {kernel: trains(trainers[kernel]) for kernel in (_NUMPY, _COMPILED)}
    rates = in_turns(works, seconds, rounds=3)
    times = ratio(rates, _COMPILED, _NUMPY)
    # How much faster the other one is.
    better = times if chosen == _NUMPY else 1 / times
    speed = len(data.train) * median(rates[_NUMPY])
    note = f"auto: {chosen}; NumPy alone {speed:,.0f} training samples/s"
    return Measurement(name, times, "×", note=note), 100 * max(0.0, 1 - 1 / better)


if __name__ == "__main__":
    as_program(measure_kernels)
