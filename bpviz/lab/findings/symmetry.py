"""The weights by which a network sees that a pattern is its own mirror image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.network import Network
from bpviz.engine.spec import LayerSpec
from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines
from bpviz.lab.findings.hidden import (
    ONE_LAYER,
    bias_id,
    biases_of,
    input_weights,
    names_of,
    number,
    only_hidden_layer,
    right_among,
    weight_ids,
)

# How far two mirrored weights may be from equal and opposite, as a share of their mean size.
PAIR = 0.1
# How far the sizes may be from 1 : 2 : 4, each as a share of what it should be.
RATIO = 0.15


@FINDINGS.register
@dataclass(frozen=True)
class MirroredWeights(Finding):
    """Mirrored inputs carry weights of equal size and opposite sign, of sizes 1 : 2 : 4.

    So a pattern that is its own mirror image adds up to nothing in every hidden unit, and no other
    pattern does: with sizes 1, 2 and 4 no differences cancel each other (Rumelhart, Hinton &
    Williams 1986, Nature 323, figure 1).
    """

    kind: ClassVar[str] = "symmetry"
    label: ClassVar[str] = "Mirrored weights"
    source: ClassVar[str] = "Rumelhart, Hinton & Williams 1986, Nature 323, figure 1"

    def refusal(self, network: Network, data: PreparedData) -> str:
        inputs, targets = data.dataset.inputs, data.dataset.targets
        mirrored = (inputs == inputs[:, ::-1]).all(axis=1)
        if targets.ndim != 1 or not np.array_equal(targets, mirrored):
            return (
                "Mirrored weights are looked for with symmetry's patterns; these data are others."
            )
        if inputs.shape[1] % 2:
            return "Mirrored weights are looked for in pairs; choose an even number of bits."
        return "" if only_hidden_layer(network.spec) is not None else ONE_LAYER

    def look(self, network: Network, data: PreparedData) -> Found:
        layer = only_hidden_layer(network.spec)
        assert layer is not None
        weights = input_weights(network, layer)
        train = data.training.train
        right = right_among(network, data, train)
        uneven, ratios = unbalance(weights), size_ratios(weights)
        wanted = 2.0 ** np.arange(ratios.shape[1])
        balanced = bool((uneven <= PAIR).all())
        doubled = bool((np.abs(ratios / wanted - 1.0) <= RATIO).all())
        names = names_of(layer)
        sentences = (
            f"{right} of {len(train)} patterns are right.",
            *(
                f"{name}: mirrored weights are {100 * off.max():.1f} % from equal and opposite "
                f"({100 * PAIR:g} % allowed); sizes {_ratio(sizes)} "
                f"({100 * RATIO:g} % off {_ratio(wanted)} allowed)."
                for name, off, sizes in zip(names, uneven, ratios, strict=True)
            ),
        )
        holds = right == len(train) and balanced and doubled
        panels = (
            _picture(network, layer, weights, data.dataset.input_names),
            _pairs(names, weights, uneven, data.dataset.input_names),
        )
        headline = _headline(right, len(train), balanced, doubled, _ratio(wanted))
        return Found(holds, headline, sentences, panels)


def unbalance(weights: Array) -> Array:
    """How far each mirrored pair is from equal and opposite, as a share of its mean size.

    `weights` has shape (units, bits), the result (units, bits / 2), the outermost pair first.
    """
    first, last = _halves(weights)
    size = 0.5 * (np.abs(first) + np.abs(last))
    return np.asarray(np.abs(first + last) / np.maximum(size, np.finfo(float).tiny))


def size_ratios(weights: Array) -> Array:
    """The mean sizes of each unit's pairs as multiples of its smallest, in rising order."""
    first, last = _halves(weights)
    sizes = np.sort(0.5 * (np.abs(first) + np.abs(last)), axis=1)
    return np.asarray(sizes / np.maximum(sizes[:, :1], np.finfo(float).tiny))


def _halves(weights: Array) -> tuple[Array, Array]:
    """The first half of each unit's weights, and those of the mirrored inputs beside them."""
    half = weights.shape[1] // 2
    return weights[:, :half], weights[:, ::-1][:, :half]


def _headline(right: int, count: int, balanced: bool, doubled: bool, wanted: str) -> str:
    if right < count:
        return f"{right} of {count} patterns are right so far."
    if not balanced:
        return f"All {count} patterns are right, but mirrored weights do not balance yet."
    if not doubled:
        return f"Mirrored weights balance, but their sizes are not {wanted}."
    return f"Mirrored weights balance, and their sizes stand as {wanted}."


def _ratio(sizes: Array) -> str:
    return " : ".join(f"{size:.2f}".rstrip("0").rstrip(".") for size in sizes)


def _picture(
    network: Network,
    layer: LayerSpec,
    weights: Array,
    names: tuple[str, ...],
) -> Grid:
    values = np.column_stack([weights, biases_of(network, layer)])
    parameters = tuple(
        parameter
        for unit in layer.ids
        for parameter in (*weight_ids(layer, unit, *network.spec.inputs), bias_id(layer, unit))
    )
    caption = (
        "The weights into each hidden unit. The first bit mirrors the last, and so on inwards."
    )
    largest = float(np.abs(values).max()) or 1.0
    return Grid(
        "Weights of the hidden units",
        values,
        names_of(layer),
        (*names, "bias"),
        largest,
        caption=caption,
        parameters=parameters,
    )


def _pairs(units: tuple[str, ...], weights: Array, uneven: Array, names: tuple[str, ...]) -> Lines:
    first, last = _halves(weights)
    sizes = 0.5 * (np.abs(first) + np.abs(last))
    smallest = np.maximum(sizes.min(axis=1), np.finfo(float).tiny)
    rows, right = [], []
    for unit, name in enumerate(units):
        for pair in range(first.shape[1]):
            both = f"{names[pair]} and {names[-1 - pair]}"
            values = f"{number(first[unit, pair])} and {number(last[unit, pair])}"
            rows.append((name, both, values, f"{sizes[unit, pair] / smallest[unit]:.2f}"))
            right.append(bool(uneven[unit, pair] <= PAIR))
    headers = ("Unit", "Mirrored", "Weights", "Size to the smallest")
    return Lines("Mirrored pairs", headers, tuple(rows), tuple(right))
