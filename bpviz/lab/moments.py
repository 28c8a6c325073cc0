"""Moments of a run: a snapshot with the samples that are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.data import Samples
from bpviz.engine.noise import Masks, add_input_noise, dropout_masks
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Experiment
from bpviz.explain.error_function import even_rows
from bpviz.explain.moment import Moment
from bpviz.lab.snapshot import Snapshot

Rows = np.ndarray[Any, np.dtype[np.intp]]

# A batch is looked at whole as long as it takes no more multiplications per forward pass, and no
# more numbers to hold what its units put out; of a larger one a part, though never less than this.
_WORK, _NUMBERS, _FEWEST = 1e8, 4e6, 32


def sample_moment(snapshot: Snapshot, row: int) -> Moment:
    """One sample by its row in the dataset, at the snapshot's weights, without dropout and noise.

    Raises SettingError when there is no such row.
    """
    samples, of = sample_at(snapshot.data, row)
    return replace(_moment(snapshot, samples, of), quiet=True)


def batch_moment(snapshot: Snapshot) -> Moment:
    """The batch that the next update will be made from, with its dropout and input noise.

    At the snapshot's weights. When that would take too long, an evenly chosen part of it; the
    moment's `of` then says so.
    """
    at = snapshot.epoch, snapshot.batch
    batch = batch_at(snapshot.experiment, snapshot.data, snapshot.next_batch, *at)
    moment = _moment(snapshot, batch.samples, batch.of)
    return replace(moment, left_out=batch.left_out, masks=batch.masks)


def batch_limit(spec: NetworkSpec) -> int:
    """How many samples of a batch are looked at, at most. It depends on the network alone."""
    weights = max(1, layout_of(spec).size)
    units = sum(layer.units for layer in spec.layers)
    return max(_FEWEST, int(min(_WORK / weights, _NUMBERS / units)))


@dataclass(frozen=True, eq=False)
class Batch:
    """Samples of a batch as the trainer gets them, with the masks of dropout (see noise.py).

    `of` is what it is called, `left_out` how many samples of the batch are not among these.
    """

    samples: Samples
    masks: Masks | None
    of: str
    left_out: int = 0


def batch_at(
    experiment: Experiment, data: PreparedData, rows: Rows, epoch: int, batch: int
) -> Batch:
    """The batch of these training samples, called "batch 3 of epoch 5 (10 samples)".

    Of more than `batch_limit`, so many, evenly chosen ("500 of the 20,000 samples of batch 3 …").
    """
    spec, training, seed = experiment.network, experiment.training, experiment.seed
    samples = data.training.train.rows(rows).astype(spec.dtype)
    if training.input_noise:
        add_input_noise(samples.inputs, training.input_noise, seed, epoch, batch)
    masks = None
    if any(layer.dropout for layer in spec.layers):
        masks = dropout_masks(spec, seed, epoch, batch, len(rows))
    count, most = len(rows), batch_limit(spec)
    of = f"batch {batch + 1:,} of epoch {epoch + 1:,}"
    if count <= most:
        return Batch(samples, masks, f"{of} ({count:,} sample{'s' * (count > 1)})")
    chosen = even_rows(count, most)
    if masks is not None:
        masks = [None if mask is None else mask[chosen] for mask in masks]
    of = f"{most:,} of the {count:,} samples of {of}, evenly chosen"
    return Batch(samples.rows(chosen), masks, of, count - most)


def sample_at(data: PreparedData, row: int) -> tuple[Samples, str]:
    """A dataset row as the network sees it, and what it is called ("training sample 17 of 250").

    Raises SettingError when there is no such row.
    """
    for name, rows, part in (
        ("training", data.train_rows, data.training.train),
        ("test", data.test_rows, data.training.test),
    ):
        at = np.flatnonzero(rows == row)
        if len(at):
            k = int(at[0])
            return part.rows(slice(k, k + 1)), f"{name} sample {k + 1:,} of {len(rows):,}"
    count = len(data.dataset)
    numbers = "number 0" if count == 1 else f"numbers 0 to {count - 1:,}"
    raise SettingError(f"there is no sample {row}; the data has {numbers}", "sample")


def _moment(snapshot: Snapshot, samples: Samples, of: str) -> Moment:
    return Moment(
        snapshot.spec,
        snapshot.experiment.training,
        snapshot.theta,
        samples.astype(snapshot.spec.dtype),
        of,
        snapshot.moments,
        snapshot.steps,
        settings=snapshot.step_settings,
        input_names=snapshot.made_inputs,
    )
