"""The training log: exact while it can be, then thinned without losing a spike."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.metrics import EpochMetrics
from bpviz.lab.history import History


def row(epoch: int, loss: float, norms: tuple[float, ...] = (1.0,)) -> EpochMetrics:
    return EpochMetrics(epoch, loss, loss / 2, 0.5, math.nan, 0.0, norms)


def test_rows_come_back_as_they_went_in():
    log = History(["h"])
    for epoch in range(300):
        log.append(row(epoch, 1 / (epoch + 1), (float(epoch),)))
    columns = log.read().columns
    assert np.array_equal(columns["epoch"], np.arange(300))
    assert np.array_equal(columns["train_loss"], 1 / np.arange(1, 301))
    assert np.isnan(columns["test_accuracy"]).all()
    assert np.array_equal(log.read().gradient_norms[:, 0], np.arange(300))


def test_beyond_the_exact_rows_spikes_survive_and_order_is_kept():
    log = History(["h"], exact_rows=128)
    spikes = {200: 50.0, 333: -7.0, 901: 99.0}
    for epoch in range(1000):
        log.append(row(epoch, spikes.get(epoch, math.sin(epoch))))
        assert len(log) <= 128
    columns = log.read().columns
    assert set(spikes.values()) <= set(columns["train_loss"])
    assert (np.diff(columns["epoch"]) > 0).all()
    assert columns["epoch"][-1] == 999


def test_a_million_epochs_take_bounded_room_and_reading_copies_nothing():
    log = History(["h", "o"], exact_rows=1000)
    for epoch in range(20_000):
        log.append(row(epoch, 1.0, (1.0, 2.0)))
        if epoch % 997 == 0:
            read = log.read()
            curves = (*read.columns.values(), *read.gradient_norms.T)
            assert all(np.shares_memory(c, read.columns["epoch"].base) for c in curves)
            # A curve is walked through many times a second: it lies in one piece.
            assert all(c.flags.c_contiguous and len(c) == len(log) <= 1000 for c in curves)
    assert log.read().columns["epoch"].base.shape[1] == 1000


def test_what_was_read_stays_as_it_was():
    log = History(["h"], exact_rows=64)
    for epoch in range(64):
        log.append(row(epoch, float(epoch)))
    seen = log.read().columns["train_loss"]
    copy = seen.copy()
    for epoch in range(64, 200):
        log.append(row(epoch, float(epoch)))
    assert np.array_equal(seen, copy)


def test_up_to_cuts_at_an_epoch_and_follows_the_layers():
    log = History(["h1", "o"])
    for epoch in range(10):
        log.append(row(epoch, 1.0, (float(epoch), 7.0)))
    cut = log.up_to(4, ["h1", "h2", "o"])
    assert np.array_equal(cut.read().columns["epoch"], np.arange(5))
    assert np.array_equal(cut.read().gradient_norms[:, 0], np.arange(5))
    assert np.isnan(cut.read().gradient_norms[:, 1]).all()
    assert (cut.read().gradient_norms[:, 2] == 7.0).all()
    assert len(log) == 10


def test_cut_logs_keep_to_the_limit_too():
    log = History(["h"], exact_rows=128)
    for epoch in range(1000):
        log.append(row(epoch, math.sin(epoch)))
        if epoch % 60 == 50:
            log = log.up_to(epoch, ["h"])
        assert len(log) <= 128
    full = History(["h"], exact_rows=64)
    for epoch in range(64):
        full.append(row(epoch, 1.0))
    cut = full.up_to(1000, ["h"])
    cut.append(row(64, 1.0))
    assert cut.read().columns["epoch"][-1] == 64
