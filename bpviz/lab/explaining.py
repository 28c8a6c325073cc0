"""Answers what the window asks about one parameter; on the evaluator's thread."""

from __future__ import annotations

from bpviz.engine.settings import SettingError
from bpviz.explain.explanation import explain
from bpviz.explain.forecast import LineProfile, step_forecast
from bpviz.explain.forecast import line_profile as profile_along
from bpviz.explain.update import step_of
from bpviz.lab.evaluation import Ask, Explained
from bpviz.lab.moments import batch_moment, sample_moment
from bpviz.lab.snapshot import Snapshot

# A profile reaches at least so far to either side of the present value, and past zero.
_REACH = 2.0


def explained(snapshot: Snapshot, ask: Ask, row: int | None) -> Explained:
    """Explain a parameter for a row of the dataset, or for the next batch.

    Values that were typed in (row None) have no target, hence no error to explain.
    """
    if ask.of == "sample" and row is None:
        return Explained(ask, None, "Typed inputs have no target, so there is no error to explain.")
    try:
        batch = ask.of == "batch" or row is None
        moment = batch_moment(snapshot) if batch else sample_moment(snapshot, row or 0)
        explanation = explain(moment, ask.parameter)
    except SettingError as error:
        return Explained(ask, None, _sentence(error.message))
    problem = snapshot.spec, snapshot.experiment.training, snapshot.data.training, snapshot.theta
    forecast = step_forecast(*problem, step_of(moment)) if ask.forecast else None
    profile = _profile(snapshot, ask) if ask.profile else None
    return Explained(ask, explanation, "", forecast, profile)


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
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
