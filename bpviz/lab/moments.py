"""Moments of a run: a snapshot with the samples that are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpviz.datasets.dataset import PreparedData
from bpviz.engine.data import Samples
from bpviz.engine.settings import SettingError
from bpviz.explain.moment import Moment
from bpviz.lab.snapshot import Snapshot

Rows = np.ndarray[Any, np.dtype[np.intp]]


def sample_moment(snapshot: Snapshot, row: int) -> Moment:
    """One sample by its row in the dataset, at the snapshot's weights.

    Raises SettingError when there is no such row.
    """
    samples, of = sample_at(snapshot.data, row)
    return _moment(snapshot, samples, of)


def batch_moment(snapshot: Snapshot) -> Moment:
    """The batch that the next update will be made from, at the snapshot's weights."""
    batch = batch_at(snapshot.data, snapshot.next_batch, snapshot.batch, snapshot.epoch)
    return _moment(snapshot, *batch)


def batch_at(data: PreparedData, rows: Rows, batch: int, epoch: int) -> tuple[Samples, str]:
    """These training samples, and what they are called ("batch 3 of epoch 5 (10 samples)")."""
    train = data.training.train
    count = f"{len(rows):,} sample{'s' * (len(rows) > 1)}"
    of = f"batch {batch + 1:,} of epoch {epoch + 1:,} ({count})"
    return Samples(train.inputs[rows], train.targets[rows]), of


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
            samples = Samples(part.inputs[k : k + 1], part.targets[k : k + 1])
            return samples, f"{name} sample {k + 1:,} of {len(rows):,}"
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
    )
