"""Why backpropagation: three ways to search for better weights, counted in forward passes.

Any search that lowers the error could train a network. Each of these looks at all samples at every
step. A backward pass is counted as two forward passes, for it does two matrix products (one for
the deltas, one for the gradient) where a forward pass does one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import layout_of
from bpviz.engine.randomness import rng
from bpviz.engine.spec import NetworkSpec
from bpviz.explain.error_function import ErrorFunction

BACKWARD_PASSES = 2
# How far random search jumps: the deviation of each weight's change.
JUMP = 0.1
# How far finite differences nudge a weight, times max(1, |w|).
NUDGE = 1e-6


@dataclass(frozen=True)
class Progress:
    """How far a search is: forward passes and seconds of its own so far, and E at its weights."""

    passes: int
    seconds: float
    error: float


@dataclass(frozen=True)
class Costs:
    """Forward passes that one step of each search takes for so many weights and biases."""

    parameters: int
    random: int
    differences: int
    backprop: int


def costs(parameters: int) -> Costs:
    """One try; one pass per parameter and one to compare with; a forward and a backward pass."""
    return Costs(parameters, 1, parameters + 1, 1 + BACKWARD_PASSES)


def cost_per_step(spec: NetworkSpec) -> Costs:
    """What a step costs with the parameters of this network that learn."""
    return costs(int(np.count_nonzero(layout_of(spec).trainable())))


class _Watch:
    """Counts passes, and the seconds that a search itself takes."""

    def __init__(self) -> None:
        self.passes = 0
        self._seconds = 0.0
        self._since = time.perf_counter()

    def progress(self, error: float) -> Progress:
        self._seconds += time.perf_counter() - self._since
        return Progress(self.passes, self._seconds, error)

    def go_on(self) -> None:
        self._since = time.perf_counter()


def random_search(
    error: ErrorFunction, theta: Array, learning_rate: float, seed: int
) -> Iterator[Progress]:
    """Jump at random, keep what is better: one forward pass each. The rate plays no part."""
    watch, random = _Watch(), rng(seed, "random search")
    learns = np.flatnonzero(layout_of(error.spec).trainable())
    best = np.array(theta, np.float64)
    lowest = error(best)
    watch.passes += 1
    tried = best.copy()
    while True:
        yield watch.progress(lowest)
        watch.go_on()
        np.copyto(tried, best)
        tried[learns] += JUMP * random.standard_normal(len(learns))
        found = error(tried)
        watch.passes += 1
        if found < lowest:
            lowest = found
            np.copyto(best, tried)


def finite_differences(
    error: ErrorFunction, theta: Array, learning_rate: float, seed: int
) -> Iterator[Progress]:
    """Nudge each weight to learn its slope, (E(w + ε) - E(w)) / ε, then step downhill.

    It is heard from after every nudge, so that it can be stopped in the middle of a step.
    """
    watch = _Watch()
    learns = np.flatnonzero(layout_of(error.spec).trainable())
    present = np.array(theta, np.float64)
    slopes = np.zeros(len(learns))
    while True:
        here = error(present)
        watch.passes += 1
        yield watch.progress(here)
        watch.go_on()
        for k, index in enumerate(learns):
            before = present[index]
            nudge = NUDGE * max(1.0, abs(before))
            present[index] = before + nudge
            slopes[k] = (error(present) - here) / nudge
            present[index] = before
            watch.passes += 1
            yield watch.progress(here)
            watch.go_on()
        present[learns] -= learning_rate * slopes


def backpropagation(
    error: ErrorFunction, theta: Array, learning_rate: float, seed: int
) -> Iterator[Progress]:
    """Learn all slopes at once by one backward pass, then step downhill."""
    watch = _Watch()
    learns = np.flatnonzero(layout_of(error.spec).trainable())
    present = np.array(theta, np.float64)
    while True:
        here, gradient = error.with_gradient(present)
        watch.passes += 1
        yield watch.progress(here)
        watch.go_on()
        watch.passes += BACKWARD_PASSES
        present[learns] -= learning_rate * gradient[learns]


@dataclass(frozen=True)
class Search:
    """One of the searches: its key, its name, what it does, and how it is run."""

    key: str
    name: str
    words: str
    run: Callable[[ErrorFunction, Array, float, int], Iterator[Progress]]


SEARCHES = (
    Search("random", "random search", "jumps at random and keeps what is better", random_search),
    Search(
        "differences",
        "finite differences",
        "nudges every weight in turn to learn its slope",
        finite_differences,
    ),
    Search(
        "backprop",
        "backpropagation",
        "learns all slopes from one pass backwards",
        backpropagation,
    ),
)
