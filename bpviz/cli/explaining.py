"""`bpviz explain`: why a weight changes, as text, JSON or LaTeX; no window, no Qt."""

from __future__ import annotations

import argparse

from bpviz.cli.options import (
    chosen_experiment,
    experiment_arguments,
    named_parameter,
    ready_trainer,
    whole_number,
)
from bpviz.cli.training import trained
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.data import Samples
from bpviz.engine.settings import SettingError
from bpviz.explain.explanation import explain
from bpviz.explain.moment import Moment
from bpviz.explain.report import as_latex, as_table, as_text
from bpviz.lab.moments import Batch, batch_at, sample_at
from bpviz.lab.report import as_json


def explain_arguments(command: argparse.ArgumentParser) -> None:
    experiment_arguments(command)
    command.add_argument(
        "--parameter", required=True, metavar="w5", help="the weight or bias to be explained"
    )
    command.add_argument(
        "--epochs",
        type=whole_number,
        default=0,
        metavar="N",
        help="train so long before explaining",
    )
    of = command.add_mutually_exclusive_group()
    of.add_argument(
        "--sample",
        type=whole_number,
        metavar="N",
        help="explain it for this training sample, counted from 0 (the default: 0)",
    )
    of.add_argument("--batch", action="store_true", help="explain it for the next batch")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the explanation as JSON")
    form.add_argument("--latex", action="store_true", help="print the explanation as LaTeX")


def explain_parameter(options: argparse.Namespace) -> int:
    experiment = chosen_experiment(options)
    data, trainer = ready_trainer(options, experiment)
    parameter = named_parameter(trainer, options.parameter)
    trained(trainer, experiment, options.epochs)
    state = trainer.state
    if options.batch:
        rows = trainer.batch_samples(state.batch)
        batch = batch_at(experiment, data, rows, state.epoch, state.batch)
    else:
        samples, of = _sample(data, options.sample or 0)
        batch = Batch(samples.astype(trainer.spec.dtype), None, of)
    moment = Moment(
        trainer.spec,
        trainer.training,
        state.theta,
        batch.samples,
        batch.of,
        state.moments,
        state.steps,
        batch.left_out,
        trainer.step_settings(),
        batch.masks,
        quiet=not options.batch,
        input_names=data.feature_names,
    )
    explanation = explain(moment, parameter)
    if options.json:
        head = {
            "experiment": experiment.name,
            "seed": experiment.seed,
            "epochs": state.epoch,
            "sample": None if options.batch else options.sample or 0,
        }
        print(as_json(head | as_table(explanation)))
    else:
        print(as_latex(explanation) if options.latex else as_text(explanation))
    return 0


def _sample(data: PreparedData, number: int) -> tuple[Samples, str]:
    """A training sample by its number, counted from 0, and what it is called."""
    rows = data.train_rows
    if number >= len(rows):
        numbers = f"numbers 0 to {len(rows) - 1:,}" if len(rows) > 1 else "number 0 alone"
        raise SettingError(
            f"there is no training sample {number}; the training part has {numbers}", "--sample"
        )
    samples, of = sample_at(data, int(rows[number]))
    # The name counts from 1, as the window does.
    return samples, f"{of} (--sample {number})"
