"""How one hidden unit and connections past it solve exclusive or."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.metrics import decide
from bpviz.engine.network import Network
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines
from bpviz.lab.findings.hidden import (
    as_shares,
    bias_id,
    biases_of,
    input_weights,
    listed,
    names_of,
    network_inputs,
    number,
    outputs_of,
    weight_ids,
    weights_of,
)

_CASES = np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])


@FINDINGS.register
@dataclass(frozen=True)
class OneExceptionUnit(Finding):
    """What goes past the hidden unit parts all cases but one; the unit corrects that one.

    Connections from the inputs to the output skip the hidden layer, and along them the classes can
    only be parted by a straight line (Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8, the
    XOR problem).
    """

    kind: ClassVar[str] = "xor-skip"
    label: ClassVar[str] = "One hidden unit"
    source: ClassVar[str] = "Rumelhart, Hinton & Williams 1986, PDP vol. 1, ch. 8"

    def refusal(self, network: Network, data: PreparedData) -> str:
        xor = np.array([0, 1, 1, 0])
        if not np.array_equal(data.dataset.inputs, _CASES) or not np.array_equal(
            data.dataset.targets, xor
        ):
            return "It is looked for with the four cases of exclusive or; these data are others."
        if _hidden(network.spec) is None:
            return (
                "It is looked for with one hidden unit, and an output that is fed by it and by the "
                "inputs; this network is another."
            )
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        hidden, output = network.spec.computed
        inputs = network_inputs(data)
        on = outputs_of(network, hidden, inputs)[:, 0]
        past = input_weights(network, output)
        through = weights_of(network, output.id, hidden.id)
        bias = float(biases_of(network, output)[0])
        # What each source adds to the output's net input, case by case.
        direct, bent = inputs * past[0], on * through[0, 0]
        parts = np.column_stack([direct, bent, np.full(len(on), bias)])
        straight = direct.sum(axis=1) + bias
        out = network.predict(inputs)
        training = data.training
        taken = decide(out, training.task, training.threshold)
        right = taken == data.dataset.targets
        name = names_of(hidden)[0]
        parameters = (
            *weight_ids(output, output.ids[0], *network.spec.inputs, hidden),
            bias_id(output, output.ids[0]),
            None,
        )
        sources = (*data.dataset.input_names, name, "bias", "net")
        nets = straight + bent
        panels = (
            _table(np.column_stack([on, straight, bent, nets, out]), right, name),
            Grid(
                "What makes up the output's net input",
                np.column_stack([parts, nets]),
                tuple(map(_case, _CASES)),
                sources,
                float(max(np.abs(parts).max(), np.abs(nets).max())) or 1.0,
                caption="Along the connections past the hidden layer, through it, and the bias.",
                parameters=parameters * len(parts),
            ),
        )
        holds = bool(right.all())
        sentences = _sentences(right, hidden, on, straight, bent, out[:, 0])
        return Found(holds, _headline(right, name), sentences, panels)


def _hidden(spec: NetworkSpec) -> LayerSpec | None:
    """The hidden layer of a network 2-1-1 with connections past it; else None."""
    if len(spec.computed) != 2 or spec.output.units != 1:
        return None
    hidden, output = spec.computed
    inputs = {group.id for group in spec.inputs}
    fits = hidden.units == 1 and set(hidden.sources) == inputs
    return hidden if fits and set(output.sources) == {*inputs, hidden.id} else None


def _case(bits: Array) -> str:
    return "".join(str(int(bit)) for bit in bits)


def _headline(right: Array, name: str) -> str:
    if not right.all():
        return f"{int(right.sum())} of 4 cases are right so far."
    return f"With {name} alone, and connections past it, all four cases are right."


def _sentences(
    right: Array, hidden: LayerSpec, on: Array, straight: Array, bent: Array, out: Array
) -> tuple[str, ...]:
    shares = as_shares(on, hidden)
    name = names_of(hidden)[0]
    cases = [_case(bits) for bits in _CASES[shares > 0.5]]
    when = f"is on for {listed(cases)}" if cases else "is off for all four"
    return (
        f"{int(right.sum())} of 4 cases are right.",
        f"For 00, 01, 10 and 11 {name} puts out {_numbers(on)}: it {when}.",
        f"Past it, with the bias, the output gets {_numbers(straight)}.",
        f"Through {name} it gets {_numbers(bent)}.",
        f"Together that is {_numbers(straight + bent)}, which makes the outputs {_numbers(out)}.",
    )


def _numbers(values: Array) -> str:
    return listed([number(float(value)) for value in values])


def _table(values: Array, right: Array, name: str) -> Lines:
    rows = tuple(
        (_case(bits), *map(number, case))
        for bits, case in zip(_CASES, values.tolist(), strict=True)
    )
    headers = ("a b", name, "Past it, and bias", f"Through {name}", "Net", "Output")
    return Lines("The four cases", headers, rows, tuple(bool(r) for r in right))
