"""What a network with a yes or no for each of its outputs says of one sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.metrics import decide
from bpviz.engine.spec import NetworkSpec


@dataclass(frozen=True)
class LabelAnswer:
    """One label: its name, the output, whether that is a yes, what would be right.

    `share` is the output as a share of the way from no to yes; `wanted` is None where nobody
    knows what is right.
    """

    name: str
    value: float
    share: float
    given: bool
    wanted: bool | None

    @property
    def right(self) -> bool | None:
        """Whether the network is right; None where nobody knows."""
        return None if self.wanted is None else self.wanted == self.given


def label_answers(
    spec: NetworkSpec,
    data: PreparedData,
    names: Sequence[str],
    outs: Array,
    target: Array | None,
) -> tuple[LabelAnswer, ...]:
    """The answers of outputs, shape (outputs,), and of the target, None for typed inputs."""
    training = data.training
    given, wanted = (
        None if x is None else decide(x[np.newaxis], training.task, training.threshold)[0]
        for x in (outs, target)
    )
    assert given is not None
    return tuple(
        LabelAnswer(
            name,
            float(outs[k]),
            yes_share(spec, float(outs[k])),
            bool(given[k]),
            None if wanted is None else bool(wanted[k]),
        )
        for k, name in enumerate(names)
    )


def yes_share(spec: NetworkSpec, value: float) -> float:
    """An output, or the threshold above which it is a yes, as a share of the way from no to yes."""
    low, high = spec.output.activation.targets
    return (value - low) / (high - low)
