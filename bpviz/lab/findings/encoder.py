"""The code that an encoder's hidden units find."""

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
    names_of,
    network_inputs,
    only_hidden_layer,
    outputs_of,
)

# An output this near to the activation's "no" or "yes", as a share of the way, is a clear bit.
CLEAR = 0.2


@FINDINGS.register
@dataclass(frozen=True)
class EncoderCode(Finding):
    """Every pattern gets a code of its own, in hidden units that are nearly off or nearly on.

    Eight patterns through three units need every code of three bits (Ackley, Hinton & Sejnowski
    1985; by backpropagation Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8).
    """

    kind: ClassVar[str] = "encoder"
    label: ClassVar[str] = "The code"
    source: ClassVar[str] = (
        "Ackley, Hinton & Sejnowski 1985; Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8"
    )

    def refusal(self, network: Network, data: PreparedData) -> str:
        inputs, layer = data.dataset.inputs, only_hidden_layer(network.spec)
        count = len(inputs)
        if inputs.shape[1] != count or not np.array_equal(inputs, np.eye(count)):
            return "A code is looked for with patterns that have one input on; these are others."
        if network.spec.output.units != count:
            return "A code is looked for where as many outputs as inputs give the pattern back."
        if layer is None:
            return ONE_LAYER
        if layer.activation.bounds is None:
            return "A code is read off hidden units whose output has a lowest and a highest value."
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        layer = only_hidden_layer(network.spec)
        assert layer is not None
        inputs = network_inputs(data)
        hidden, given = outputs_of(network, layer, inputs), network.predict(inputs).argmax(axis=1)
        shares = as_shares(hidden, layer)
        bits = (shares > 0.5).astype(int)
        codes = ["".join(map(str, row)) for row in bits]
        back = given == np.arange(len(given))
        unclear = float(np.abs(shares - bits).max())
        different = len(set(codes))
        holds = bool(back.all()) and different == len(codes) and unclear <= CLEAR
        sentences = (
            f"By the largest output, {int(back.sum())} of {len(back)} patterns come out again.",
            f"{different} of {len(codes)} rounded codes are different: {', '.join(codes)}.",
            f"The least clear hidden output is {unclear:.2f} off 0 or 1; {CLEAR:g} is allowed.",
        )
        panels = (_picture(shares, names_of(layer)), _table(hidden, codes, given, back))
        return Found(holds, _headline(back, different, unclear), sentences, panels)


def _headline(back: Array, different: int, unclear: float) -> str:
    count = len(back)
    if not back.all():
        right = int(back.sum())
        return f"By the largest output, {right} of {count} patterns come out again so far."
    if different < count:
        return (
            f"All {count} patterns come out again, with {different} different codes when rounded."
        )
    if unclear > CLEAR:
        return f"All {count} codes are different, but some units stay between off and on."
    return f"The hidden units have found a binary code: each of {count} patterns has its own."


def _picture(shares: Array, names: tuple[str, ...]) -> Grid:
    rows = tuple(f"in {k + 1}" for k in range(len(shares)))
    caption = "What each hidden unit puts out for each pattern, from off to on."
    return Grid("Hidden outputs", shares, rows, names, 1.0, "share", caption)


def _table(hidden: Array, codes: list[str], given: Array, back: Array) -> Lines:
    rows = tuple(
        (
            f"in {k + 1}",
            "  ".join(f"{value:.2f}" for value in hidden[k]),
            codes[k],
            f"out {int(given[k]) + 1}",
        )
        for k in range(len(codes))
    )
    headers = ("On", "Hidden outputs", "Rounded", "Largest output")
    return Lines("The code", headers, rows, tuple(bool(b) for b in back))
