"""Networks and errors to try: not every product of all registries, but each of their entries."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.losses import LOSSES

HIDDEN = [kind for kind, entry in ACTIVATIONS.items() if not entry.output_only]
BIASES = ("unit", "shared", "none")
REDUCTIONS = ("mean", "sum")


class Combination(NamedTuple):
    """An error, the activations of outputs and hidden layers, the reduction, a kind of bias."""

    loss: str
    output: str
    hidden: str
    reduction: str
    bias: str


def outputs_for(kind: str) -> list[str]:
    """The output activations that an error can be read with."""
    return [k for k in ACTIVATIONS if not LOSSES.make(kind).refusal(ACTIVATIONS.make(k))]


def combinations() -> list[Combination]:
    """Every error with every hidden activation and reduction.

    Outputs and biases take turns, such that every error meets every output that suits it.
    """
    made = []
    for first, kind in enumerate(LOSSES):
        outputs = outputs_for(kind)
        for turn, (reduction, hidden) in enumerate(product(REDUCTIONS, HIDDEN), first):
            output, bias = outputs[turn % len(outputs)], BIASES[turn % len(BIASES)]
            made.append(Combination(kind, output, hidden, reduction, bias))
    return made


COMBINATIONS = combinations()
EITHER_REDUCTION = [one for one in COMBINATIONS if one.reduction == "mean"]
