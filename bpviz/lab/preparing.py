"""What an edit leads to: the experiment after it and its data, checked to go together.

Nothing here changes anything, so it may be done on any thread.
"""

from __future__ import annotations

from typing import NamedTuple

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.initializers import Explicit
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.training_config import check_fit
from bpviz.engine.value_checks import check_values
from bpviz.experiments.experiment import Experiment
from bpviz.lab.edits import Edit, SetParameters
from bpviz.lab.findings import finding_of

# So many input values that are at hand are split and scaled within a frame.
_AT_ONCE = 50_000


class Basis(NamedTuple):
    """An experiment with its data: where an edit starts from, or what it leads to."""

    experiment: Experiment
    data: PreparedData


class Prepared(NamedTuple):
    """An edit thought through: what it leads to, from where."""

    before: Basis
    after: Basis


def carried_out(edit: Edit, before: Basis, earlier: Prepared | None = None) -> Prepared:
    """What an edit leads to. Raises SettingError when it cannot be done.

    Data of `before`, or of an `earlier` attempt, is used again where it is the same.
    """
    experiment = edit.apply_to(before.experiment, before.data.dataset)
    if isinstance(edit, SetParameters):
        check_values(before.experiment.network, edit.values)
    known = [before] if earlier is None else [before, earlier.after]
    return Prepared(before, validated(experiment, *known))


def loads_slowly(edit: Edit, before: Basis) -> bool:
    """Whether an edit has data loaded or prepared that takes longer than a frame."""
    draft, present = edit.draft(before.experiment), before.experiment
    if not draft.data.source.slow or _same_data(draft, present):
        return False
    at_hand = (draft.data.source, draft.seed) == (present.data.source, present.seed)
    return not at_hand or before.data.dataset.inputs.size > _AT_ONCE


def validated(experiment: Experiment, *known: Basis) -> Basis:
    """The experiment with its data, after checking that data, network and training go together.

    Data that was prepared already is used again when nothing that it depends on has changed.
    Raises SettingError when they do not, or it names a finding that there is not.
    """
    finding_of(experiment)
    ready = (basis.data for basis in known if _same_data(experiment, basis.experiment))
    data = next(ready, None) or experiment.prepare()
    check_fit(experiment.network, experiment.training, data.training)
    if isinstance(experiment.network.initializer, Explicit):
        initial_theta(experiment.network, experiment.seed)
    layout_of(experiment.network).trainable()
    return Basis(experiment, data)


def _same_data(a: Experiment, b: Experiment) -> bool:
    one, other = a.network.output, b.network.output
    return (a.data, a.seed, one.units, one.activation) == (
        b.data,
        b.seed,
        other.units,
        other.activation,
    )
