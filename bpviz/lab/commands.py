"""What the runner is told to do, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import ParameterId
from bpviz.engine.training import TrainerState
from bpviz.experiments.experiment import Experiment
from bpviz.lab.edits import Edit
from bpviz.lab.history import History

StepKind = Literal["sample", "batch", "epoch"]


@dataclass(frozen=True)
class Pace:
    """How fast to train: `per_second` epochs or batches, None for as fast as it goes."""

    per_second: float | None = None
    unit: Literal["epoch", "batch"] = "epoch"


@dataclass
class Undoable:
    """What the runner remembers of the moment before an edit, to take it back.

    `state`, `history`, `run` and `hindrance` are those of the training, for an edit that winds
    back; `values` and `initial_values` those of the parameters it sets. `lost` are the fields of
    the state, θ apart, that the edit changed, as they were; `place` is where training stood after
    it.
    """

    state: TrainerState | None = None
    history: History | None = None
    run: int = 0
    hindrance: str = ""
    values: dict[ParameterId, float] = field(default_factory=dict)
    initial_values: dict[ParameterId, float] = field(default_factory=dict)
    lost: dict[str, Any] = field(default_factory=dict)
    place: tuple[int, int, int] = (0, 0, 0)


@dataclass
class Record:
    """An edit on the undo stack: the experiment before and after it, with their data.

    `winds_back`: taking it back takes the training back to the moment before it, too. `memory`
    and `at_start` (was it first done at epoch 0?) belong to the runner's thread.
    """

    edit: Edit
    before: Experiment
    after: Experiment
    before_data: PreparedData
    after_data: PreparedData
    merge: str = ""
    winds_back: bool = False
    memory: Undoable | None = None
    at_start: bool | None = None


@dataclass(frozen=True)
class Do:
    """Carry out an edit (again). What it leads to stands here, for a drag changes its record."""

    record: Record
    revision: int
    edit: Edit
    experiment: Experiment
    data: PreparedData


@dataclass(frozen=True)
class Undo:
    record: Record
    revision: int


@dataclass(frozen=True)
class Train:
    """Train until `epochs` more are finished, or on and on (None)."""

    epochs: int | None = None


@dataclass(frozen=True)
class Toggle:
    """Pause when training, train when paused: what is so when the command's turn comes."""


@dataclass(frozen=True)
class Pause:
    pass


@dataclass(frozen=True)
class Step:
    kind: StepKind


@dataclass(frozen=True)
class SetPace:
    pace: Pace


@dataclass(frozen=True)
class Close:
    pass


Command = Do | Undo | Train | Toggle | Pause | Step | SetPace | Close


def kept_bytes(record: Record) -> int:
    """About how many bytes a step back holds: the training's vectors, and data of its own."""
    found, before, after = 0, record.before, record.after
    if record.before_data is not record.after_data:
        dataset = record.before_data.dataset
        found += dataset.inputs.nbytes + dataset.targets.nbytes
    vector = layout_of(before.network).size * np.dtype(before.network.dtype).itemsize
    moments = len(before.training.optimizer.moments)
    if record.winds_back:
        found += vector * (2 + moments + before.training.keeps_best)
    elif before.training.optimizer.moments != after.training.optimizer.moments:
        found += vector * moments
    return found
