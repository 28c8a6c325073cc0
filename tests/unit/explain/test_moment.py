"""A moment's passes: as many as are needed, with the trainer's bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.backprop import Backprop
from bpviz.engine.network import Network
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.moment import Moment
from tests.unit.explain.moments import gallery_moment


@pytest.fixture
def passes(monkeypatch):
    """Which passes are made, in order."""
    made = []
    for owner, name in ((Network, "forward"), (Backprop, "backward")):
        own = getattr(owner, name)

        def counted(self, *args, own=own, name=name):
            made.append(name)
            return own(self, *args)

        monkeypatch.setattr(owner, name, counted)
    return made


def look_at_everything(moment):
    return moment.buffers, moment.errors, moment.data_gradient, moment.gradient, moment.step


def test_one_sample_takes_one_pass_either_way(passes):
    moment = gallery_moment("xor-2-3-1")
    del passes[:]
    look_at_everything(moment)
    assert passes == ["forward", "backward"]


@pytest.mark.parametrize(("reduction", "backward"), [("sum", 1), ("mean", 2)])
def test_a_batch_goes_forward_once(passes, reduction, backward):
    moment = gallery_moment("xor-2-3-1", slice(None), reduction=reduction)
    del passes[:]
    look_at_everything(moment)
    assert passes == ["forward"] + ["backward"] * backward
    # Each sample's own error stays whole.
    np.testing.assert_array_equal(
        moment.buffers.deltas[-1][1:2],
        gallery_moment("xor-2-3-1", slice(1, 2)).buffers.deltas[-1],
    )


def test_the_error_alone_takes_no_pass_backwards(passes):
    moment = gallery_moment("xor-2-3-1", slice(None))
    del passes[:]
    assert moment.error > 0
    assert passes == ["forward"]


@pytest.mark.parametrize("kernel", ["numpy", "auto"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.01, 0), (0, 0.02), (0.01, 0.02)])
def test_the_gradient_is_the_trainers(l1, l2, dtype, kernel):
    """With NumPy bit by bit; the compiled epoch has roundings of its own."""
    entry = gallery_experiment("playground")
    entry = replace(
        entry,
        network=replace(entry.network, dtype=dtype),
        training=replace(entry.training, l1=l1, l2=l2, kernel=kernel),
    )
    trainer = entry.trainer()
    rows = trainer.batch_samples(0)
    train = trainer.data.train
    samples = type(train)(train.inputs[rows], train.targets[rows])
    moment = Moment(trainer.spec, trainer.training, trainer.state.theta.copy(), samples)
    trainer.train_batch()
    if kernel == "numpy":
        assert moment.gradient.tobytes() == trainer.gradient.tobytes()
    close = {"float64": 1e-12, "float32": 1e-5}[dtype] * np.abs(trainer.gradient).max()
    np.testing.assert_allclose(moment.gradient, trainer.gradient, rtol=0, atol=close)
    assert np.shares_memory(moment.gradient, moment.data_gradient) == (not (l1 or l2))
    for rate, part in ((l1, moment.l1_gradient), (l2, moment.l2_gradient)):
        assert part.any() == bool(rate)
        assert (part.strides == (0,)) == (not rate)
        assert len(part) == len(moment.theta)


def test_what_is_not_finite():
    moment = gallery_moment("xor-2-3-1")
    assert moment.is_finite
    large = np.full_like(moment.theta, 1e308)
    assert moment.at(large).is_finite
    large[3] = np.inf
    assert not moment.at(large).is_finite
    assert moment.at(large).samples is moment.samples
