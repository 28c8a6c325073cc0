"""What the commands have in common: their arguments, and how errors become one line."""

from __future__ import annotations

import argparse
import contextlib
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bpviz.cli.failure import Failure
from bpviz.datasets.applying import remarks
from bpviz.datasets.config import DataConfig
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.files import file_source, is_data_file
from bpviz.datasets.tables.options import Recipe
from bpviz.engine.settings import SettingError, fields_of
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import Trainer
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import find_experiment, gallery_names
from bpviz.experiments.toml_files import set_option
from bpviz.lab.findings import finding_of

_DATA = "data."


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
        "experiment",
        metavar="EXPERIMENT",
        help="a name from the gallery, a .toml file, or a table such as my.csv",
    )
    command.add_argument("--seed", type=int, metavar="S", help="fixes data and initial weights")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one setting, such as training.learning_rate=0.1; may be repeated",
    )


def found_experiment(name: str) -> Experiment:
    """An experiment of the gallery, of a file, or one made for a table."""
    if _is_table(name):
        from bpviz.lab.table_experiment import table_experiment

        return table_experiment(file_source(name))
    experiment = find_experiment(name)
    if isinstance(experiment.data.source, Recipe | FileSource):
        from bpviz.lab.table_experiment import with_a_network

        return with_a_network(experiment)
    return experiment


def _is_table(name: str) -> bool:
    """Whether it is a file of samples: any file but .toml, whatever it is called."""
    if name in gallery_names() or name.lower().endswith(".toml"):
        return False
    return is_data_file(name) or Path(name).is_file()


def chosen_experiment(options: argparse.Namespace) -> Experiment:
    """The experiment that was asked for, with the changes that were asked for.

    What the data are is settled first, and the network fitted to them; what else is asked for
    comes after that.
    """
    of_data = [text for text in options.set if text.strip().startswith(_DATA)]
    # Which source it is comes before what is set of it.
    of_source = sorted(filter(_is_of_source, of_data), key=lambda text: not _is_a_source(text))
    others = [text for text in options.set if text not in of_data]
    name = options.experiment
    if _is_table(name):
        from bpviz.lab.table_experiment import table_experiment

        on_it = Experiment(data=DataConfig(source=file_source(name)))
        experiment = table_experiment(_with_options(on_it, of_source).data.source)
    else:
        experiment = _with_data(found_experiment(name), of_source)
    experiment = _with_data(experiment, [text for text in of_data if text not in of_source])
    experiment = _with_options(experiment, others)
    if options.seed is not None:
        try:
            experiment = replace(experiment, seed=options.seed)
        except SettingError as error:
            raise SettingError(error.message, "--seed") from None
    return experiment


def _is_of_source(option: str) -> bool:
    """Whether it says where samples come from: "data.source=…", "data.file=…", "data.target=…"."""
    name = option.partition("=")[0].strip().split(".")[1]
    return name == "source" or name not in fields_of(DataConfig)


def _is_a_source(option: str) -> bool:
    return option.partition("=")[0].strip() in ("data.source", "data.file")


def _with_data(before: Experiment, options: Sequence[str]) -> Experiment:
    """The experiment on other data; its network is fitted to them, as the window does it."""
    data = _with_options(before, options).data
    if (data.source, data.features) == (before.data.source, before.data.features):
        return replace(before, data=data)
    from bpviz.lab.edits import Change

    try:
        return Change("data", data).apply(before)
    except SettingError as error:
        if error.key != "path":
            raise
        raise SettingError(f"{error.message}; name it by data.file=", "--set") from None


def _with_options(experiment: Experiment, options: Sequence[str]) -> Experiment:
    for option in options:
        try:
            experiment = set_option(experiment, option)
        except SettingError as error:
            raise SettingError(str(error), "--set") from None
    return experiment


def ready_trainer(
    options: argparse.Namespace, experiment: Experiment
) -> tuple[PreparedData, Trainer]:
    """Data and trainer; what does not go together is said of the experiment that was asked for.

    What was not plain in the data is told, the same only once; so are settings without effect.
    """
    try:
        finding_of(experiment)
        data = experiment.prepare()
        trainer = experiment.trainer(data)
    except SettingError as error:
        raise SettingError(str(error), options.experiment) from None
    idle = (*remarks(experiment.data, data), *experiment.training.remarks())
    told = (*data.reports, *idle)
    if told != getattr(options, "told", ()):
        options.told = told
        for sentence in told:
            print(f"bpviz: {sentence}", file=sys.stderr)
    return data, trainer


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


def above_zero(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return value


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
