"""Randomness is a function: of seed, purpose, epoch and batch, and of nothing else."""

import itertools

import numpy as np

from bpviz.engine.randomness import rng


def test_the_same_moment_gives_the_same_numbers() -> None:
    first = rng(3, "shuffle", 5, 7)
    first.random(11)
    assert rng(3, "shuffle", 5, 7).random(4).tolist() == rng(3, "shuffle", 5, 7).random(4).tolist()


def test_every_argument_counts() -> None:
    draws = {
        rng(*arguments).random()
        for arguments in itertools.product((0, 1, 2**63), ("a", "b"), (0, 1), (0, 1))
    }
    assert len(draws) == 24


def test_the_numbers_are_the_same_everywhere_and_for_good() -> None:
    """Experiments and figures in the documentation hang on these."""
    generator = np.random.Generator(
        np.random.Philox(key=np.array([7, 872307057], np.uint64), counter=[0, 0, 3, 2])
    )
    assert rng(7, "shuffle", 2, 3).random(3).tolist() == generator.random(3).tolist()
