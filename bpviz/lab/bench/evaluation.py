"""What measuring error and accuracy costs, as often as it is done by default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bpviz.engine.data import TrainingData
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training import Trainer
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.bench.cases import CASES, NEVER, trains
from bpviz.lab.bench.measuring import Measurement, Rates, in_turns, median, ratio
from bpviz.lab.bench.program import SECONDS, as_program

_MOST = 20.0
# The first epochs are all evaluated: there one wants to see every step.
_BEGUN = 1000
_GALLERY = ("playground", "iris", "digits")

Task = tuple[str, NetworkSpec, TrainingConfig, TrainingData]


def measure_evaluation(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Training with the default cadence beside training without any evaluation, in turns.

    In the gallery's own experiments half or more is often the test part, which is evaluated too.
    """
    for name, network, training, data in _tasks():
        works = {}
        for cadence, every in (("default", TrainingConfig().evaluate_every), ("never", NEVER)):
            trainer = Trainer(network, replace(training, evaluate_every=every), data)
            trainer.state.epoch = _BEGUN
            works[cadence] = trains(trainer)
        yield _cost(name, in_turns(works, 0.4 * seconds))


def _cost(name: str, rates: dict[str, Rates]) -> Measurement:
    return Measurement(
        f"evaluating {name}, share of training time",
        100 * (ratio(rates, "never", "default") - 1),
        "%",
        at_most=_MOST,
        note=f"{median(rates['default']):,.0f} epochs/s with it",
    )


def _tasks() -> Iterator[Task]:
    for name in _GALLERY:
        experiment = gallery_experiment(name)
        training = replace(experiment.training, stop=())
        yield name, experiment.network, training, experiment.prepare().training
    case = next(case for case in CASES if case.units[0] == 784)
    data = case.data()
    tested = replace(data, test=data.train.rows(slice(0, len(data.train) // 3)))
    yield case.name, case.network(), case.training(), tested


if __name__ == "__main__":
    as_program(measure_evaluation)
