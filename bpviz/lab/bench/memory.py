"""What a training holds in memory, counted from the arrays themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.encoding import PreparedData, no_scaling, plain_encoding
from bpviz.engine.data import TrainingData
from bpviz.engine.optimizers import OPTIMIZERS
from bpviz.engine.settings import Settings
from bpviz.engine.stopping import NoBetter
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.lab.bench.cases import Case
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.program import SECONDS, as_program
from bpviz.lab.commands import Train
from bpviz.lab.runner import Runner

CASES = (
    Case((2, 4, 2, 1), 10, 300),
    Case((64, 32, 10), 32, 300, "relu", "float32"),
    Case((784, 128, 64, 10), 128, 300, "relu", "float32"),
    Case((784, 1024, 1024, 10), 128, 300, "relu", "float32"),
    Case((240_000, 64, 32, 16, 10), 10, 40, "relu", "float32"),
)

# What learning needs by itself, and what is kept beside it, in the order of counting: an array
# that several hold is counted where it is met first.
_LEARNS: dict[str, Callable[[Trainer], object]] = {
    "θ": lambda trainer: trainer.state.theta,
    "gradient": lambda trainer: trainer.gradient,
    "moments": lambda trainer: trainer.state.moments,
    "activations of a batch": lambda trainer: [trainer._batches.rooms, trainer._compiled],
}
_KEPT: dict[str, Callable[[Trainer], object]] = {
    "initial weights": lambda trainer: trainer.state.initial_theta,
    "best": lambda trainer: trainer.state.best_theta,
    "last finite": lambda trainer: trainer._last_finite,
    "update": lambda trainer: trainer.update,
    "evaluation": lambda trainer: [trainer._test, trainer._train],
    "other": lambda trainer: trainer,
}


def measure_memory(
    seconds: float = SECONDS, cases: tuple[Case, ...] = CASES
) -> Iterator[Measurement]:
    """Two rows for each network that learns by Adam, keeps its best weights and is looked at.

    What is counted takes no time, whatever `seconds` says.
    """
    for case in cases:
        data = case.data()
        runner = _trained(case, data)
        trainer: Trainer = runner._training.trainer
        counted = Arrays()
        counted.add(data)
        learns = {name: counted.add(find(trainer)) for name, find in _LEARNS.items()}
        kept = {name: counted.add(find(trainer)) for name, find in _KEPT.items()}
        kept["snapshot"] = counted.add(runner)
        name = f"{case.name}, Adam: {trainer.layout.size:,} parameters"
        for what, parts in (("learning", learns), ("kept beside it", kept)):
            note = ", ".join(f"{part} {size / 1e3:,.1f}" for part, size in parts.items())
            yield Measurement(f"{name}, {what}", sum(parts.values()) / 1e3, "kB", note=note)


def _trained(case: Case, data: TrainingData) -> Runner:
    """A runner that has trained an epoch and published a snapshot."""
    training = replace(
        case.training(),
        optimizer=OPTIMIZERS.make("adam"),
        stop=(NoBetter(),),
        evaluate_every=1,
    )
    experiment = Experiment(network=case.network(), training=training)
    runner = Runner(experiment, _prepared(data))
    runner.submit(Train(1))
    runner.work()
    while runner.is_running:
        runner.work()
    return runner


def _prepared(data: TrainingData) -> PreparedData:
    """Data as they are, without a source."""
    # A dataset holds pictures in their own precision, too.
    values: Any = data.train.inputs
    samples, inputs = values.shape
    dataset = Dataset(values, data.train.targets, tuple(map(str, range(inputs))), ("y",))
    rows = np.arange(samples)
    return PreparedData(
        dataset,
        data,
        plain_encoding(inputs),
        no_scaling(data.train.targets.shape[1]),
        rows,
        rows[:0],
        -np.ones(inputs),
        np.ones(inputs),
    )


class Arrays:
    """Counts the bytes of arrays, each once, whoever holds it."""

    def __init__(self) -> None:
        self._met: set[int] = set()
        # What was met stays, or another thing might come to lie in its place.
        self._kept: list[object] = []

    def add(self, thing: object) -> int:
        """Bytes of the arrays that can be reached from here and were not met before."""
        size, waiting = 0, deque([thing])
        while waiting:
            found = _owner(waiting.pop())
            if id(found) in self._met:
                continue
            self._met.add(id(found))
            self._kept.append(found)
            if isinstance(found, np.ndarray):
                size += found.nbytes
            else:
                waiting.extend(_parts(found))
        return size


def _owner(found: object) -> object:
    """The array whose memory a view shows."""
    while isinstance(found, np.ndarray) and isinstance(found.base, np.ndarray):
        found = found.base
    return found


def _parts(found: Any) -> Iterator[object]:
    """What an object of this program holds; settings hold no arrays."""
    if isinstance(found, dict):
        yield from found.values()
    elif isinstance(found, list | tuple | set | deque):
        yield from found
    elif type(found).__module__.startswith("bpviz.") and not isinstance(found, Settings):
        yield from getattr(found, "__dict__", {}).values()
        for kind in type(found).__mro__:
            for name in getattr(kind, "__slots__", ()):
                yield getattr(found, name, None)


if __name__ == "__main__":
    as_program(measure_memory)
