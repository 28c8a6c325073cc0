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
    all_cases,
    as_shares,
    hidden_layers,
    names_of,
    outputs_of,
)

# An output this near to the activation's "no" or "yes", as a share of the way, is a clear bit.
CLEAR = 0.2


@FINDINGS.register
@dataclass(frozen=True)
class EncoderCode(Finding):
    """Every pattern gets a code of its own, in hidden units that are nearly off or nearly on.

    Eight patterns through three units need every code of three bits (Ackley, Hinton & Sejnowski
    1985; by backpropagation: Rumelhart, Hinton & Williams 1986, "Learning internal
    representations by error propagation", the encoding problem).
    """

    kind: ClassVar[str] = "encoder"
    label: ClassVar[str] = "The code of the hidden units"
    source: ClassVar[str] = (
        "Ackley, Hinton & Sejnowski 1985; Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8"
    )

    def refusal(self, network: Network, data: PreparedData) -> str:
        inputs, hidden = data.dataset.inputs, hidden_layers(network.spec)
        if inputs.shape[0] != inputs.shape[1] or not np.array_equal(inputs, np.eye(len(inputs))):
            return "The code is read off patterns with one unit on; these are other data."
        if len(hidden) != 1 or network.spec.output.sources != (hidden[0].id,):
            return "The code is read off the one hidden layer that all passes through."
        if hidden[0].activation.bounds is None:
            return "The code is read off hidden units with a lowest and a highest output."
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        (layer,) = hidden_layers(network.spec)
        inputs, outputs = all_cases(network, data)
        hidden = outputs_of(network, layer, inputs)
        shares = as_shares(hidden, layer)
        bits = (shares > 0.5).astype(int)
        codes = ["".join(map(str, row)) for row in bits]
        back = outputs.argmax(axis=1) == np.arange(len(outputs))
        unclear = float(np.abs(shares - bits).max())
        different = len(set(codes))
        holds = bool(back.all()) and different == len(codes) and unclear <= CLEAR
        sentences = (
            f"{int(back.sum())} of {len(back)} patterns come out again.",
            f"{different} of {len(codes)} codes are different: {', '.join(codes)}.",
            f"The least clear hidden output is {unclear:.2f} from off or on, of {CLEAR:g} at most.",
        )
        panels = (_picture(shares, names_of(layer)), _table(hidden, codes, outputs, back))
        return Found(holds, _headline(back, different, len(codes), unclear), sentences, panels)


def _headline(back: Array, different: int, count: int, unclear: float) -> str:
    if not back.all():
        return f"{int(back.sum())} of {count} patterns come out again so far."
    if different < count:
        return f"All patterns come out again, with {different} different codes for {count}."
    if unclear > CLEAR:
        return f"All {count} codes are different, but not every unit is nearly off or on."
    return f"The hidden units have found a binary code: {count} patterns, {count} codes."


def _picture(shares: Array, names: tuple[str, ...]) -> Grid:
    rows = tuple(f"pattern {k + 1}" for k in range(len(shares)))
    caption = "What each hidden unit puts out for each pattern, from off to on."
    return Grid("Hidden outputs", shares, rows, names, 1.0, "share", caption)


def _table(hidden: Array, codes: list[str], outputs: Array, back: Array) -> Lines:
    rows = tuple(
        (
            f"in {k + 1}",
            "  ".join(f"{value:.2f}" for value in hidden[k]),
            codes[k],
            f"out {int(outputs[k].argmax()) + 1}",
        )
        for k in range(len(codes))
    )
    headers = ("On", "Hidden outputs", "Rounded", "Largest output")
    return Lines("The code", headers, rows, tuple(bool(b) for b in back))
