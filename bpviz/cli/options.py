"""What the commands have in common: their arguments, and how errors become one line."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import find_experiment
from bpviz.experiments.toml_files import set_option


class Failure(Exception):
    """What was asked for is right, but it could not be done."""


@contextlib.contextmanager
def needing_qt() -> Iterator[None]:
    """Say what is missing where Qt, or a library of the system that it needs, is not there."""
    try:
        yield
    except ImportError as error:
        raise Failure(
            f"the window needs a library that is missing ({error}); "
            "bpviz list, train and check need no window"
        ) from None


def experiment_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "experiment", metavar="EXPERIMENT", help="a name from the gallery or a .toml file"
    )
    command.add_argument("--seed", type=int, metavar="S", help="fixes data and initial weights")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one setting, such as training.learning_rate=0.1; may be repeated",
    )


def chosen_experiment(options: argparse.Namespace) -> Experiment:
    """The experiment that was asked for, with the changes that were asked for."""
    experiment = find_experiment(options.experiment)
    for option in options.set:
        try:
            experiment = set_option(experiment, option)
        except SettingError as error:
            raise SettingError(str(error), "--set") from None
    if options.seed is not None:
        try:
            experiment = replace(experiment, seed=options.seed)
        except SettingError as error:
            raise SettingError(error.message, "--seed") from None
    return experiment


def ready_trainer(
    options: argparse.Namespace, experiment: Experiment
) -> tuple[PreparedData, Trainer]:
    """Data and trainer; what does not go together is said of the experiment that was asked for."""
    try:
        data = experiment.prepare()
        return data, experiment.trainer(data)
    except SettingError as error:
        raise SettingError(str(error), options.experiment) from None


def named_parameter(trainer: Trainer, label: str) -> ParameterId:
    """The weight or bias that --parameter names. Raises SettingError when there is none."""
    try:
        return trainer.layout.id_of(trainer.layout.find(label))
    except SettingError as error:
        raise SettingError(error.message, "--parameter") from None


def whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text!r}")
    return int(text)


def seeds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return int(text)


SMALLEST, LARGEST = (1024, 640), (7680, 4320)


def size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", text.lower())
    if not match:
        raise argparse.ArgumentTypeError(f"must be a size such as 1440x900, got {text!r}")
    width, height = int(match[1]), int(match[2])
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise argparse.ArgumentTypeError(
            f"must be from {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}, got {text}"
        )
    return width, height
