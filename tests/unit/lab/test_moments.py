"""Moments of a run: samples by row, the next batch, and the optimiser's memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.engine.training import epoch_order
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab import moments
from bpviz.lab.moments import batch_at, batch_limit, batch_moment, sample_at, sample_moment


def experiment(update="mini-batch", name="playground", **training):
    entry = gallery_experiment(name)
    return replace(entry, training=replace(entry.training, update=update, **training))


@pytest.mark.parametrize("update", ["sample", "fixed", "mini-batch", "full"])
def test_the_next_batch_is_the_trainers(bench, update):
    wanted = experiment(update, batch_size=7)
    lab = bench(wanted)
    snapshot = lab.settle_at_start()
    trainer = wanted.trainer()
    count = len(trainer.data.train)
    for epoch in range(3):
        order = epoch_order(wanted.training, wanted.seed, epoch, count)
        assert sorted(order) == list(range(count))
        for batch in range(trainer.batches):
            expected = trainer.batch_samples(batch).copy()
            there = replace(snapshot, epoch=epoch, batch=batch)
            np.testing.assert_array_equal(there.next_batch, expected)
            rows = wanted.training.rows_per_batch(count)
            np.testing.assert_array_equal(order[batch * rows : (batch + 1) * rows], expected)
        trainer.train_epoch()
    shuffled = not np.array_equal(epoch_order(wanted.training, wanted.seed, 0, count), order)
    assert shuffled == (update == "mini-batch")


@pytest.mark.parametrize("kernel", ["numpy", "auto"])
@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "adam"])
def test_the_batch_moment_has_the_gradient_of_the_next_step(bench, optimizer, kernel):
    """Bit by bit that of NumPy; the compiled epoch's own roundings are other ones."""
    lab = bench(experiment(optimizer=optimizer, l2=0.01, kernel=kernel))
    lab.settle_at_start()
    for _ in range(3):
        lab.lab.step("batch")
        before = lab.settle()
        moment = batch_moment(before)
        assert moment.of == f"batch {before.batch + 1} of epoch {before.epoch + 1} (10 samples)"
        assert moment.steps == before.steps
        lab.lab.step("batch")
        after = lab.settle()
        if kernel == "numpy":
            np.testing.assert_array_equal(moment.gradient, after.gradient)
        size = np.abs(after.gradient).max()
        np.testing.assert_allclose(moment.gradient, after.gradient, rtol=0, atol=1e-12 * size)


@pytest.mark.parametrize("update", ["sample", "mini-batch", "full"])
def test_the_batch_moment_is_the_very_update_that_comes_next(bench, update):
    """With dropout, noise, class weights, a schedule, clipping, decay, shrink and max-norm."""
    wanted = experiment(
        update,
        optimizer="nadam",
        input_noise=0.1,
        rate_schedule=("linear_warm_up",),
        momentum_schedule=("exponential",),
        clip_norm=0.05,
        clip_value=0.02,
        weight_decay=0.1,
        shrink=0.01,
        max_norm=1.0,
        l2=0.01,
    )
    layers = [replace(x, dropout=0.4) if x.id != "y" else x for x in wanted.network.layers]
    network = replace(wanted.network, layers=tuple(layers))
    data = replace(wanted.data, class_weights=(1.0, 3.0))
    lab = bench(replace(wanted, network=network, data=data))
    before = lab.settle_at_start()
    for _ in range(4):
        moment = batch_moment(before)
        assert moment.samples.weights is not None
        lab.lab.step("batch")
        after = lab.settle()
        np.testing.assert_array_equal(moment.gradient, after.gradient)
        np.testing.assert_array_equal(moment.step, after.update)
        np.testing.assert_array_equal(moment.theta + moment.step, after.theta)
        before = after


def test_a_sample_is_looked_at_without_chance_and_says_so(bench):
    wanted = experiment(input_noise=0.1)
    layers = [replace(x, dropout=0.4) if x.id == "h1" else x for x in wanted.network.layers]
    wanted = replace(wanted, network=replace(wanted.network, layers=tuple(layers)))
    snapshot = bench(wanted).settle_at_start()
    moment = sample_moment(snapshot, 0)
    assert moment.masks is None
    assert moment.quiet_words == (
        " The sample is looked at without the dropout and input noise of training."
    )
    assert batch_moment(snapshot).quiet_words == ""


def test_a_sample_by_its_row(bench):
    snapshot = bench(experiment()).settle_at_start()
    data = snapshot.data
    row = int(data.test_rows[4])
    moment = sample_moment(snapshot, row)
    assert moment.of == f"test sample 5 of {len(data.test_rows)}"
    np.testing.assert_array_equal(moment.samples.inputs, data.training.test.inputs[4:5])
    np.testing.assert_array_equal(moment.samples.targets, data.training.test.targets[4:5])
    assert moment.theta is snapshot.theta
    samples, of = sample_at(data, int(data.train_rows[0]))
    assert of == f"training sample 1 of {len(data.train_rows)}"
    np.testing.assert_array_equal(samples.inputs, data.training.train.inputs[:1])


def test_numbers_are_of_the_networks_kind(bench):
    wanted = experiment()
    wanted = replace(wanted, network=replace(wanted.network, dtype="float32"))
    moment = sample_moment(bench(wanted).settle_at_start(), 0)
    assert moment.samples.inputs.dtype == moment.theta.dtype == np.float32


def test_there_is_no_such_sample(bench):
    data = bench(experiment(name="worked-2-2-2")).settle_at_start().data
    with pytest.raises(SettingError, match="there is no sample 1; the data has number 0"):
        sample_at(data, 1)
    data = bench(experiment(name="xor-2-3-1")).settle_at_start().data
    with pytest.raises(SettingError, match="there is no sample -1; the data has numbers 0 to 3"):
        sample_at(data, -1)


def test_a_batch_of_one_is_said_in_the_singular():
    wanted = gallery_experiment("xor-2-3-1")
    batch = batch_at(wanted, wanted.prepare(), np.array([2]), 4, 2)
    assert batch.of == "batch 3 of epoch 5 (1 sample)"


def test_of_a_batch_that_is_too_large_a_part_is_looked_at(bench, monkeypatch):
    snapshot = bench(experiment("full")).settle_at_start()
    whole = batch_moment(snapshot)
    count = len(snapshot.data.training.train)
    assert (len(whole.samples), whole.left_out) == (count, 0)
    monkeypatch.setattr(moments, "_FEWEST", 5)
    monkeypatch.setattr(moments, "_WORK", 20.0 * snapshot.layout.size)
    part = batch_moment(snapshot)
    assert part.of == f"20 of the {count} samples of batch 1 of epoch 1, evenly chosen"
    assert (len(part.samples), part.left_out) == (20, count - 20)
    rows = snapshot.next_batch[np.linspace(0, count - 1, 20).round().astype(int)]
    np.testing.assert_array_equal(part.samples.inputs, snapshot.data.training.train.inputs[rows])
    monkeypatch.setattr(moments, "_NUMBERS", 1.0)
    assert len(batch_moment(snapshot).samples) == 5


def test_usual_batches_are_looked_at_whole_however_large_the_network():
    assert batch_limit(stack(240_000, 20, 2)) >= 32
    assert batch_limit(gallery_experiment("digits").network) > 5_000
