"""Moments of a run: a snapshot with the samples that are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.data import Samples
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.explain.error_function import even_rows
from bpviz.explain.moment import Moment
from bpviz.lab.snapshot import Snapshot

Rows = np.ndarray[Any, np.dtype[np.intp]]

# A batch is looked at whole as long as it takes no more multiplications per forward pass, and no
# more numbers to hold what its units put out; of a larger one a part, though never less than this.
_WORK, _NUMBERS, _FEWEST = 1e8, 4e6, 32


def sample_moment(snapshot: Snapshot, row: int) -> Moment:
    """One sample by its row in the dataset, at the snapshot's weights.

    Raises SettingError when there is no such row.
    """
    samples, of = sample_at(snapshot.data, row)
    return _moment(snapshot, samples, of)


def batch_moment(snapshot: Snapshot) -> Moment:
    """The batch that the next update will be made from, at the snapshot's weights.

    When that would take too long, an evenly chosen part of it; the moment's `of` then says so.
    """
    rows, most = snapshot.next_batch, batch_limit(snapshot.spec)
    batch = batch_at(snapshot.data, rows, snapshot.batch, snapshot.epoch, most)
    moment = _moment(snapshot, *batch)
    return replace(moment, left_out=len(rows) - len(moment.samples))


def batch_limit(spec: NetworkSpec) -> int:
    """How many samples of a batch are looked at, at most. It depends on the network alone."""
    weights = max(1, layout_of(spec).size)
    units = sum(layer.units for layer in spec.layers)
    return max(_FEWEST, int(min(_WORK / weights, _NUMBERS / units)))


def batch_at(
    data: PreparedData, rows: Rows, batch: int, epoch: int, most: int | None = None
) -> tuple[Samples, str]:
    """These training samples, and what they are called ("batch 3 of epoch 5 (10 samples)").

    Of more than `most`, so many, evenly chosen ("500 of the 20,000 samples of batch 3 of …").
    """
    train = data.training.train
    count, of = len(rows), f"batch {batch + 1:,} of epoch {epoch + 1:,}"
    if most is not None and count > most:
        rows = rows[even_rows(count, most)]
        of = f"{len(rows):,} of the {count:,} samples of {of}, evenly chosen"
    else:
        of = f"{of} ({count:,} sample{'s' * (count > 1)})"
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
