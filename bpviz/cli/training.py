"""`bpviz train` and `bpviz check`: no window, no Qt."""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bpviz.cli.failure import Failure
from bpviz.cli.options import (
    chosen_experiment,
    experiment_arguments,
    ready_trainer,
    seeds,
    whole_number,
)
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.settings import SettingError
from bpviz.engine.training import Trainer
from bpviz.engine.value_checks import check_theta
from bpviz.experiments.experiment import Experiment
from bpviz.io.exporters import EXPORTERS, export_network, exporter_for, listed
from bpviz.io.importers import read_network_file
from bpviz.io.records import record
from bpviz.lab.findings import Found, found_in
from bpviz.lab.report import Result, as_json, percent

_PROGRESS_S = 0.1


def train_arguments(command: argparse.ArgumentParser) -> None:
    experiment_arguments(command)
    command.add_argument(
        "--epochs",
        type=whole_number,
        metavar="N",
        help="how long to train; otherwise as it says itself",
    )
    command.add_argument(
        "--seeds",
        type=seeds,
        metavar="N",
        help="train with N seeds, one after the other, and print one result for each",
    )
    command.add_argument(
        "--export",
        action="append",
        default=[],
        metavar="FILE",
        help=f"write the trained weights, as {listed(EXPORTERS)}; may be repeated",
    )
    command.add_argument(
        "--import",
        dest="weights",
        metavar="FILE",
        help="start from the weights in this file, which --export has written",
    )
    command.add_argument(
        "--best",
        action="store_true",
        help="take the best weights that a stop rule has kept, not the last ones",
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")


def train(options: argparse.Namespace) -> int:
    experiment = chosen_experiment(options)
    _check_exports(options.export)
    _check_best(options, experiment)
    if not experiment.training.is_reproducible:
        print("not reproducible: a stop rule looks at the clock", file=sys.stderr)
    if options.seeds is not None:
        return _train_seeds(options, experiment)
    data, trainer = ready_trainer(options, experiment)
    _start_from(options, trainer)
    result = _finished(trainer, data, experiment, options)
    theta = trainer.state.theta
    network = record(experiment.name, result.weights_epoch, trainer.spec, theta, data)
    for file in options.export:
        try:
            export_network(network, file)
        except SettingError as error:
            raise Failure(str(error)) from None
        print(f"wrote {file}", file=sys.stderr)
    print(as_json(result.table()) if options.json else result.text())
    return 0


def _check_exports(files: Sequence[str]) -> None:
    """Refuse what can be known to fail before any time is spent on training."""
    for file in files:
        exporter_for(file)
        if not Path(file).parent.is_dir():
            raise SettingError("there is no such folder", str(Path(file).parent))


def _check_best(options: argparse.Namespace, experiment: Experiment) -> None:
    if options.best:
        from bpviz.lab.edits import TakeBest

        try:
            TakeBest().apply(experiment)
        except SettingError as error:
            hint = f"{error.message}: --set training.stop=no_better"
            raise SettingError(hint, "--best") from None


def _start_from(options: argparse.Namespace, trainer: Trainer) -> None:
    """Give the trainer the weights that --import names."""
    if options.weights is None:
        return
    from bpviz.lab.importing import weights_for

    try:
        edit = weights_for(trainer.spec, read_network_file(options.weights))
        check_theta(trainer.spec, edit.weights)
    except SettingError as error:
        raise SettingError(str(error), "--import") from None
    trainer.set_parameters(dict(enumerate(edit.weights.tolist())), initial=True)


def _finished(
    trainer: Trainer, data: PreparedData, experiment: Experiment, options: argparse.Namespace
) -> Result:
    """What came of a training, with the best weights if they are asked for."""
    result = trained(trainer, experiment, options.epochs)
    best = trainer.state.best_theta
    if options.best and best is not None:
        trainer.set_parameters(dict(enumerate(best.tolist())))
        result = replace(result, metrics=trainer.evaluate(), of_best=True)
    return replace(result, finding=found_in(experiment, data, trainer.state.theta))


def trained(trainer: Trainer, experiment: Experiment, limit: int | None) -> Result:
    """Train, with a line of progress on a terminal; `limit` None: as long as it says itself."""
    wanted = experiment.epochs if limit is None else limit
    show = _Progress(wanted)
    trainer.get_ready()
    begun = time.perf_counter()
    try:
        reason = trainer.run(wanted, show)
    finally:
        show.clear()
    seconds = time.perf_counter() - begun
    return Result(experiment, trainer, trainer.evaluate(), seconds, reason)


class _Progress:
    """One line on a terminal, rewritten a few times a second; elsewhere nothing."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._on_terminal = sys.stderr.isatty()
        self._due = 0.0

    def __call__(self, metrics: EpochMetrics) -> None:
        if not self._on_terminal or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _PROGRESS_S
        line = f"epoch {metrics.epoch:,} of {self._epochs:,}, loss {metrics.train_loss:.6g}"
        if not math.isnan(metrics.test_accuracy):
            line += f", test accuracy {percent(metrics.test_accuracy)}"
        self._write(line)

    def clear(self) -> None:
        if self._on_terminal:
            self._write("")

    @staticmethod
    def _write(line: str) -> None:
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _train_seeds(options: argparse.Namespace, experiment: Experiment) -> int:
    if options.export:
        raise SettingError("writes one network and --seeds trains several", "--export")
    results = []
    for seed in range(experiment.seed, experiment.seed + options.seeds):
        seeded = replace(experiment, seed=seed)
        data, trainer = ready_trainer(options, seeded)
        _start_from(options, trainer)
        result = _finished(trainer, data, seeded, options)
        results.append(result)
        if not options.json:
            line = f"seed {seed:<4} {result.show_score(result.score)}{_told(result.finding)}"
            print(line, flush=True)
    found = [result.finding for result in results if result.finding is not None]
    looked = [one.holds for one in found if not one.refused]
    # None where the experiment has no finding, or none can be looked for.
    holds = sum(looked) if looked else None
    mean = math.fsum(result.score for result in results) / len(results)
    if options.json:
        tables = [result.table() for result in results]
        print(as_json({"seeds": tables, "mean": mean, "finding_holds": holds}))
    else:
        shown = result.show_score(mean)
        print(f"{experiment.name}: mean {result.score_name} over {len(results)} seeds {shown}")
        if holds is not None:
            print(f"{experiment.name}: the finding holds with {holds} of {len(results)} seeds")
    return 0


def _told(finding: Found | None) -> str:
    """Whether the finding holds, behind a seed's score."""
    if finding is None or finding.refused:
        return ""
    return f"   the finding {'holds' if finding.holds else 'does not hold'}"


def check_arguments(command: argparse.ArgumentParser) -> None:
    experiment_arguments(command)
    command.add_argument(
        "--epochs", type=whole_number, default=0, metavar="N", help="train so long before checking"
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")


def check(options: argparse.Namespace) -> int:
    from bpviz.engine.gradient_check import check_gradient
    from bpviz.lab.gradient_check_task import TOLERANCE

    experiment = chosen_experiment(options)
    _, trainer = ready_trainer(options, experiment)
    trained(trainer, experiment, options.epochs)
    found = check_gradient(trainer.spec, trainer.training, trainer.data, trainer.state.theta)
    count, worst = found.analytic.size, found.max_relative_error
    if options.json:
        table = {
            "experiment": experiment.name,
            "seed": experiment.seed,
            "epochs": trainer.state.epoch,
            "parameters": count,
            "excluded": found.excluded,
            "max_relative_error": worst,
        }
        print(as_json(table))
    else:
        left_out = f", {found.excluded} left out at a kink" if found.excluded else ""
        chance = trainer.training.chance(trainer.spec)
        without = f", without {' and '.join(chance)}" if chance else ""
        print(
            f"{experiment.name}: {count:,} parameters{left_out}, analytic and numerical gradient "
            f"differ by at most {worst:.2g} (relative{without})"
        )
    if not worst < TOLERANCE:
        raise Failure(f"the gradients differ by more than {TOLERANCE:g}")
    return 0
