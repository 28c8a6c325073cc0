"""What is said and shown at each step of the six stages: sentences, formulas, what lights up."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, ParameterId
from bpviz.explain.moment import Moment
from bpviz.explain.scene_building import Scene, Walked
from bpviz.explain.stage_backward import backward
from bpviz.explain.stage_error import error
from bpviz.explain.stage_forward import forward, initialise
from bpviz.explain.stage_update import iterate, update
from bpviz.explain.stages import Step

__all__ = ["Scene", "scene"]

_SCENES: dict[int, Callable[[Walked], Scene]] = {
    1: initialise,
    2: forward,
    3: error,
    4: backward,
    5: update,
    6: iterate,
}


def scene(moment: Moment, step: Step, sample: int = 0, first: ParameterId | None = None) -> Scene:
    """The scene of a step, with this moment's numbers.

    Stages 2 to 4 are of one sample of the moment; the update is of all of them. Where lines are
    about many parameters, what is about the one called `first` comes first. Raises SettingError
    for a step that the network does not take.
    """
    _check(moment.spec, step)
    return _SCENES[step.stage](Walked(moment, step, sample, first))


def _check(spec: NetworkSpec, step: Step) -> None:
    if step.stage not in _SCENES:
        raise SettingError(f"there are stages 1 to {len(_SCENES)}, no stage {step.stage}")
    if not step.layer:
        if step.unit is not None:
            raise SettingError("a step of a unit needs the unit's layer")
        return
    layer = spec.layer(step.layer)
    if layer.is_input:
        raise SettingError(f"layer {layer.id} holds inputs; nothing is computed there")
    if step.unit is not None and step.unit not in layer.places:
        raise SettingError(f"layer {layer.id} has no unit of the number {step.unit}")
    if step.stage == 3 and layer is not spec.output:
        raise SettingError(f"the error is of the outputs, not of layer {layer.id}")
