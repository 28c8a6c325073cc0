"""Answers what the window asks about a parameter or a stage; on the evaluator's thread."""

from __future__ import annotations

import numpy as np

from bpviz.engine.settings import SettingError
from bpviz.explain.explanation import explain
from bpviz.explain.forecast import LineProfile, step_forecast
from bpviz.explain.forecast import line_profile as profile_along
from bpviz.explain.stage_scenes import Scene, scene
from bpviz.explain.stages import STAGES
from bpviz.lab.evaluation import Ask, Explained, Request
from bpviz.lab.moments import batch_moment, sample_moment
from bpviz.lab.snapshot import Snapshot

# A profile reaches at least so far to either side of the present value, and past zero.
_REACH = 2.0
_NOT_FINITE = (
    "There is nothing to explain: the network's numbers are no longer finite. Reset it, or undo, "
    "and lower the learning rate."
)


_STILL_TRAINING = (
    "The update of a network of this size is worked out when training rests: press Pause to see it."
)


def explained(snapshot: Snapshot, ask: Ask, row: int | None) -> Explained:
    """Explain a parameter for a row of the dataset, or for the next batch.

    Values that were typed in (row None) have no target, hence no error to explain.
    """
    try:
        if ask.of == "batch":
            moment = batch_moment(snapshot)
        elif row is None:
            raise SettingError("typed inputs have no target, so there is no error to explain")
        else:
            moment = sample_moment(snapshot, row)
        if not snapshot.remembers:
            raise SettingError(_STILL_TRAINING)
        explanation = explain(moment, ask.parameter)
    except SettingError as error:
        return Explained(ask, None, _sentence(error.message))
    problem = snapshot.spec, snapshot.experiment.training, snapshot.data.training, snapshot.theta
    forecast = step_forecast(*problem, moment.step) if ask.forecast else None
    profile = _profile(snapshot, ask) if ask.profile else None
    return Explained(ask, explanation, "", forecast, profile)


def staged(snapshot: Snapshot, request: Request) -> Scene | None:
    """The scene of the request's step; None when the network takes no such step.

    Stages 1 to 4 are of the request's sample. The update, and what comes of it, is that of the
    batch from which the next step will really be made.
    """
    step, spec = request.step, snapshot.spec
    if step is None:
        return None
    if not np.isfinite(snapshot.theta).all():
        stage = STAGES[step.stage - 1]
        return Scene(f"{stage.number} {stage.name}", _NOT_FINITE)
    if step.stage >= 5 and not snapshot.remembers:
        stage = STAGES[step.stage - 1]
        return Scene(f"{stage.number} {stage.name}", _STILL_TRAINING)
    row = min(max(request.sample, 0), len(snapshot.data.dataset) - 1)
    moment = batch_moment(snapshot) if step.stage >= 5 else sample_moment(snapshot, row)
    first = request.ask.parameter if request.ask is not None else None
    try:
        return scene(moment, step, first=first if first is not None and spec.has(first) else None)
    except SettingError:
        return None


def _profile(snapshot: Snapshot, ask: Ask) -> LineProfile:
    index = snapshot.layout.index_of(ask.parameter)
    value = float(snapshot.theta[index])
    reach = max(_REACH, 1.5 * abs(value))
    return profile_along(
        snapshot.spec,
        snapshot.experiment.training,
        snapshot.data.training,
        snapshot.theta,
        index,
        value - reach,
        value + reach,
    )


def _sentence(message: str) -> str:
    """A message as a sentence; one that begins with a label, such as w5, keeps it as it is."""
    first = message[:1] if message[1:2].isdigit() else message[:1].upper()
    return first + message[1:].rstrip(".") + "."
