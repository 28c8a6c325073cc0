"""The training log: one row per evaluated epoch, in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpviz.engine.metrics import EpochMetrics

Column = np.ndarray[Any, np.dtype[np.float64]]

COLUMNS = (
    "epoch",
    "train_loss",
    "test_loss",
    "train_accuracy",
    "test_accuracy",
    "penalty",
    "learning_rate",
)
EXACT_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class Log:
    """All rows at one moment. `gradient_norms` has shape (rows, layers)."""

    columns: dict[str, Column]
    gradient_norms: Column
    layers: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.gradient_norms)


class History:
    """Written by the runner's thread, read by any other.

    Exact up to `exact_rows`; then of every four rows the two with the smallest and the largest
    training error are kept, so that no spike is lost. What `read` returned stays as it was.
    """

    def __init__(self, layers: Sequence[str] = (), exact_rows: int = EXACT_ROWS) -> None:
        self._exact_rows = exact_rows
        self._layers = tuple(layers)
        # Column by column, as it is read: a curve of many rows lies in one piece.
        self._filled = (np.empty((len(COLUMNS) + len(self._layers), 64)), 0)

    def __len__(self) -> int:
        return self._filled[1]

    @property
    def layers(self) -> tuple[str, ...]:
        """Ids of the computed layers whose gradient norms are logged."""
        return self._layers

    def read(self) -> Log:
        """All rows so far, read at one moment."""
        table, rows = self._filled
        return Log(
            {name: table[k, :rows] for k, name in enumerate(COLUMNS)},
            table[len(COLUMNS) :, :rows].T,
            self._layers,
        )

    def append(self, metrics: EpochMetrics, learning_rate: float = math.nan) -> None:
        """Add the row of an epoch, and the learning rate that it ended with."""
        table, rows = self._filled
        if rows == table.shape[1]:
            table, rows = self._room_for(table)
        table[:, rows] = (
            metrics.epoch,
            metrics.train_loss,
            metrics.test_loss,
            metrics.train_accuracy,
            metrics.test_accuracy,
            metrics.penalty,
            learning_rate,
            *metrics.gradient_norms,
        )
        self._filled = (table, rows + 1)

    def up_to(self, epoch: int, layers: Sequence[str]) -> History:
        """A new log with the rows up to an epoch, for a network with these layers.

        Layers that were not there have no norm (NaN) in the old rows.
        """
        table, rows = self._filled
        kept = table[:, :rows][:, table[0, :rows] <= epoch]
        result = History(layers, self._exact_rows)
        wide = np.full((len(COLUMNS) + len(layers), kept.shape[1]), np.nan)
        wide[: len(COLUMNS)] = kept[: len(COLUMNS)]
        for k, layer in enumerate(layers):
            if layer in self._layers:
                wide[len(COLUMNS) + k] = kept[len(COLUMNS) + self._layers.index(layer)]
        result._filled = result._room_for(wide)
        return result

    def _room_for(self, table: Column) -> tuple[Column, int]:
        """A table that begins with these rows, thinned if they are too many, and has room left."""
        if table.shape[1] >= self._exact_rows:
            table = table[:, _extremes(table[1])]
        rows = table.shape[1]
        wider = np.empty((len(table), min(max(64, 2 * rows), self._exact_rows)))
        wider[:, :rows] = table
        return wider, rows


def _extremes(values: Column) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Of every four rows, the two that hold the smallest and the largest value, in order."""
    whole = len(values) // 4 * 4
    groups = np.nan_to_num(values[:whole].reshape(-1, 4), nan=np.inf)
    starts = np.arange(0, whole, 4)
    low, high = groups.argmin(axis=1), groups.argmax(axis=1)
    high = np.where(high == low, (low + 1) % 4, high)
    rows = np.sort(np.stack([starts + low, starts + high], axis=1), axis=1).ravel()
    return np.concatenate([rows, np.arange(whole, len(values))])
