"""A look at pruning: the threshold that is reached agrees with the one that is measured."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.engine.activations import Array
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.pruning_task import BINS, Asked, PruningLook
from bpviz.lab.snapshot import Snapshot


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    laboratory = Laboratory(gallery_experiment("playground"))
    laboratory.pause()
    laboratory.runner.work()
    taken = laboratory.runner.mailbox.take()
    assert taken is not None
    return taken


def weight_sizes(snapshot: Snapshot) -> Array:
    blocks = snapshot.layout.weight_blocks
    return np.abs(np.concatenate([snapshot.theta[b.start : b.stop] for b in blocks]))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.33, 0.5, 0.999, 1.0])
def test_a_share_reaches_the_threshold_that_is_measured(snapshot: Snapshot, share: float) -> None:
    look = PruningLook(snapshot, Asked(share=share))
    look.run()
    assert look.pruning is not None
    threshold, reached = look.reached(look.asked)
    below = int((weight_sizes(snapshot) < threshold).sum())
    assert below == round(share * 40) == len(look.pruning.parameters)
    assert threshold == look.pruning.threshold
    assert reached == below / 40
    assert look.done == look.total


@pytest.mark.parametrize("threshold", [0.0, 0.2, 1.0, 99.0])
def test_another_threshold_is_read_off_what_is_known(snapshot: Snapshot, threshold: float) -> None:
    look = PruningLook(snapshot, Asked(share=0.5))
    look.run()
    other = PruningLook(snapshot, Asked(threshold=threshold))
    other.run()
    assert other.pruning is not None
    assert look.reached(other.asked) == (threshold, other.pruning.share)


def test_all_magnitudes_are_in_the_bins(snapshot: Snapshot) -> None:
    look = PruningLook(snapshot, Asked(share=0.5))
    look.run()
    sizes = weight_sizes(snapshot)
    assert look.largest == sizes.max()
    assert len(look.counts) == BINS
    assert look.counts.sum() == len(sizes) == 40


def test_scores_are_known_of_the_snapshot_they_were_measured_at(snapshot: Snapshot) -> None:
    look = PruningLook(snapshot, Asked(share=0.5))
    assert look.scores_of(snapshot) is None
    look.run()
    assert look.pruning is not None
    assert look.scores_of(snapshot) is look.pruning.before


def test_one_that_is_cancelled_has_no_answer(snapshot: Snapshot) -> None:
    look = PruningLook(snapshot, Asked(share=0.5))
    look.cancel()
    look.run()
    assert look.pruning is None
