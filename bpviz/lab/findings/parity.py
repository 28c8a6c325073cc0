"""How hidden units count in order to tell odd from even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.network import Network
from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines
from bpviz.lab.findings.hidden import (
    ONE_LAYER,
    as_shares,
    input_weights,
    listed,
    names_of,
    network_inputs,
    only_hidden_layer,
    outputs_of,
    right_among,
)

# How far a hidden output may differ between patterns of the same count, as a share of its range.
SAME = 0.2


@FINDINGS.register
@dataclass(frozen=True)
class CountingUnits(Finding):
    """Each hidden unit looks at how many bits are on, and at nothing else.

    It switches from one count to the next, each unit at another one, and the output adds them up
    with signs in turn (Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8, parity). A network
    may count a bit turned round, 0 for 1: that leaves parity as it is, or swaps odd and even.
    """

    kind: ClassVar[str] = "parity"
    label: ClassVar[str] = "Counting units"
    source: ClassVar[str] = "Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8"

    def refusal(self, network: Network, data: PreparedData) -> str:
        inputs, targets = data.dataset.inputs, data.dataset.targets
        if targets.ndim != 1 or not np.array_equal(targets, inputs.sum(axis=1) % 2):
            return "Counting is looked for with parity's patterns; these data are others."
        layer = only_hidden_layer(network.spec)
        if layer is None:
            return ONE_LAYER
        if layer.activation.bounds is None:
            return (
                "Counting is read off hidden units whose output has a lowest and a highest value."
            )
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        layer = only_hidden_layer(network.spec)
        assert layer is not None
        inputs, train = network_inputs(data), data.training.train
        right = right_among(network, data, train)
        turned = turned_bits(input_weights(network, layer))
        counts = (data.dataset.inputs != turned).sum(axis=1)
        shares = as_shares(outputs_of(network, layer, inputs), layer)
        means, spread = by_count(shares, counts)
        counting, names = float(spread.max()) <= SAME, names_of(layer)
        odd = [data.dataset.input_names[k] for k in np.flatnonzero(turned)]
        counted = f" (with {listed(odd)} turned round)" if odd else ""
        alike = (
            f"Patterns with equally many ones{counted} differ by at most {spread.max():.2f} in a "
            f"hidden output; {SAME:g} is allowed."
        )
        sentences = (
            f"{right} of {len(train)} patterns are right.",
            alike,
            *(f"{name} {_switches(mean)}." for name, mean in zip(names, means.T, strict=True)),
        )
        holds = right == len(train) and counting
        output = as_shares(network.predict(inputs), network.spec.output)
        panels = (
            _picture(np.column_stack([means, by_count(output, counts)[0]]), names, odd),
            _table(means, counts, data.dataset.targets, names, data.dataset.class_names),
        )
        return Found(holds, _headline(right, len(train), counting, odd), sentences, panels)


def turned_bits(weights: Array) -> Array:
    """Which bits the units take for a one when they are 0, shape (bits,), of 0 and 1.

    Bits are taken alike when most units give them weights of the same sign; the smaller part of
    them is the one that is turned round. Found as the signs of the direction that explains most of
    all units' weights, shape (units, bits).
    """
    direction = np.linalg.svd(weights)[2][0]
    below = (direction < 0).astype(int)
    few = 2 * below.sum() > len(below) or (2 * below.sum() == len(below) and below[0])
    return np.asarray(1 - below if few else below)


def by_count(shares: Array, counts: Array) -> tuple[Array, Array]:
    """Mean output of each unit at each count, shape (counts, units), and its greatest spread."""
    groups = [shares[counts == count] for count in np.unique(counts)]
    means = np.array([group.mean(axis=0) for group in groups])
    return means, np.array([np.ptp(group, axis=0) for group in groups])


def _headline(right: int, count: int, counting: bool, odd: list[str]) -> str:
    if right < count:
        return f"{right} of {count} patterns are right so far."
    if not counting:
        return f"All {count} patterns are right, but the hidden units do more than count."
    if odd:
        return f"The hidden units count the ones, with {listed(odd)} turned round."
    return "The hidden units count the ones."


def _switches(mean: Array) -> str:
    """Between which counts a unit goes from off to on or back."""
    on = mean > 0.5
    steps = np.flatnonzero(on[1:] != on[:-1])
    if not len(steps):
        return "does not switch"
    words = [f"{'on' if on[k + 1] else 'off'} between {k} and {k + 1}" for k in steps]
    return f"switches {listed(words)}"


def _picture(means: Array, names: tuple[str, ...], odd: list[str]) -> Grid:
    rows = tuple(f"{count} on" for count in range(len(means)))
    caption = "The mean output of each unit, from off to on, for patterns with so many bits on."
    if odd:
        caption += f" Counted turned round: {listed(odd)}."
    return Grid("Outputs by count", means, rows, (*names, "output"), 1.0, "share", caption)


def _table(
    means: Array, counts: Array, targets: Array, names: tuple[str, ...], classes: tuple[str, ...]
) -> Lines:
    rows = tuple(
        (
            str(count),
            str(int((counts == count).sum())),
            classes[int(targets[counts == count][0])],
            *(f"{value:.2f}" for value in means[count]),
        )
        for count in range(len(means))
    )
    return Lines("By count", ("On", "Patterns", "Parity", *names), rows)
