"""The six stages of learning, as steps forwards and backwards through one round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.explain.terms import UnitRef

Granularity = Literal["unit", "layer", "stage"]


@dataclass(frozen=True)
class Stage:
    """One of the six stages; `phase` and `training_step` are where it belongs in the two phases
    and the four training steps."""

    number: int
    name: str
    phase: str
    training_step: str
    words: str


_PROPAGATION, _UPDATE = "phase 1: propagation", "phase 2: weight update"
_STEPS = (
    "step 1: initialise the weights",
    "step 2: take an input, compare output and target",
    "step 3: adjust the weights",
    "step 4: repeat for all the data",
)

STAGES = (
    Stage(1, "Initialise", "", _STEPS[0], "Every weight and bias has a value to start from."),
    Stage(
        2, "Forward", _PROPAGATION, _STEPS[1], "The inputs run through the network to its outputs."
    ),
    Stage(3, "Error", _PROPAGATION, _STEPS[1], "One number says how far the outputs are off."),
    Stage(
        4,
        "Backward",
        _PROPAGATION,
        _STEPS[2],
        "Deltas run back: how much each unit, and so each weight, has to do with the error.",
    ),
    Stage(5, "Update", _UPDATE, _STEPS[2], "Every weight takes a small step against its gradient."),
    Stage(6, "Iterate", "", _STEPS[3], "The next round begins with the new weights."),
)


@dataclass(frozen=True)
class Step:
    """One step of a walk: a stage, perhaps of one layer, perhaps of one unit of it."""

    stage: int
    layer: str = ""
    unit: int | None = None

    @property
    def at(self) -> UnitRef | None:
        """The unit it is about, if it is about one."""
        return None if self.unit is None else UnitRef(self.layer, self.unit)


def walk(spec: NetworkSpec, by: Granularity) -> tuple[Step, ...]:
    """All steps of one round, in the order in which things are computed."""
    forward = list(spec.computed)
    back = forward[::-1]
    steps = [
        *_over(1, forward, by),
        *_over(2, forward, by),
        *(_over(3, [spec.output], by) if by == "unit" else ()),
        Step(3),
        *_over(4, back, by),
        *_over(5, back, by),
        Step(6),
    ]
    return tuple(steps)


def _over(stage: int, layers: list[LayerSpec], by: Granularity) -> Iterator[Step]:
    if by == "stage":
        yield Step(stage)
        return
    for layer in layers:
        if by == "layer":
            yield Step(stage, layer.id)
        else:
            yield from (Step(stage, layer.id, unit) for unit in layer.ids)


def nearest(steps: tuple[Step, ...], to: Step) -> int:
    """Where in another walk one finds oneself: at the same layer and unit, layer, or stage."""
    for wanted in (to, Step(to.stage, to.layer), Step(to.stage)):
        if wanted in steps:
            return steps.index(wanted)
    same_layer = [k for k, s in enumerate(steps) if (s.stage, s.layer) == (to.stage, to.layer)]
    same_stage = [k for k, s in enumerate(steps) if s.stage == to.stage]
    return (same_layer or same_stage)[0]
