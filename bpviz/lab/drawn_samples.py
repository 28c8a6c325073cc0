"""Samples drawn by hand: from strokes over a plane to one's own samples, and to a file of them.

Places are (x, y) in the units of the data: two inputs, or one input and the value to predict.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.tables.options import MISSING_MARKS
from bpviz.engine.activations import Array
from bpviz.engine.randomness import rng
from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.lab.data_fit import fit_to_data, with_source
from bpviz.lab.edits import Edit, Effect

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.float64]]
Reach = tuple[float, float]

# From one dab of the brush to the next, in radii.
_BETWEEN = 0.6
# So many steps of a drawn value lie between two ends of the plane at least.
_STEPS = 1000

_NO_VALUE = {mark.lower() for mark in MISSING_MARKS}

MOST_CLASSES = 10
LAST_STAYS = "the last sample stays, for data cannot be empty; draw others before it is erased"


def why_not_drawn(dataset: Dataset) -> str:
    """Why samples cannot be drawn among these, one sentence; "" when they can.

    A plane has two directions: two inputs with a class or one value, or one input and one value.
    """
    inputs = dataset.inputs.shape[1]
    if inputs > 2 or (inputs == 1 and dataset.is_classification):
        return "samples are drawn where there are two inputs, or one input and a value to predict"
    if dataset.image_shape is not None or any(c.categories for c in dataset.table_columns):
        return "samples are drawn where the inputs are numbers, not pictures or categories"
    if dataset.labels or (not dataset.is_classification and dataset.targets.shape[1] != 1):
        return "samples are drawn where there is one class or one value to predict"
    return ""


def own_samples(dataset: Dataset) -> OwnSamples:
    """A dataset's samples, as they stand, as one's own.

    Raises SettingError where samples cannot be drawn among them.
    """
    refusal = why_not_drawn(dataset)
    if refusal:
        raise SettingError(refusal)
    targets = np.asarray(dataset.targets, dtype=np.float64).reshape(len(dataset), 1)
    rows = np.column_stack([dataset.inputs, targets]).tolist()
    names = dataset.target_names[:1] or ("y",)
    return OwnSamples(dataset.input_names, names, dataset.class_names, tuple(map(tuple, rows)))


def empty_sheet(classes: bool) -> OwnSamples:
    """The columns of samples that are still to be drawn; its rows are an example."""
    rows = ((0.0, 0.0, 0.0),)
    return OwnSamples(("x1", "x2"), ("y",), ("A", "B") if classes else (), rows)


def next_class_name(names: tuple[str, ...]) -> str:
    """What one more class is called: the next free letter."""
    letters = (chr(ord("A") + k) for k in range(26))
    return next((x for x in letters if x not in names), f"class {len(names) + 1}")


@dataclass(frozen=True)
class Brush:
    """How large a brush is in the data's units, across and up, and how many points it leaves.

    `density` is the number of points at each of its dabs along a stroke.
    """

    reach: Reach
    density: int = 3


def sprayed(path: Array, brush: Brush, seed: int, stroke: int) -> Array:
    """The points, shape (points, 2), that a brush leaves along a path, shape (places, 2).

    Evenly spread over discs along the path; the same path, seed and number of the stroke give the
    same points, and those of a path's beginning are the first of the whole path's.
    """
    reach = np.array(brush.reach)
    steps = np.diff(path / reach, axis=0)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    dabs = np.arange(math.floor(along[-1] / _BETWEEN) + 1) * _BETWEEN
    centres = np.column_stack([np.interp(dabs, along, path[:, k]) for k in (0, 1)])
    chance = rng(seed, "brush", stroke).random((len(dabs), brush.density, 2))
    angle, away = 2 * np.pi * chance[..., 0], np.sqrt(chance[..., 1])
    spread = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=-1) * reach
    return np.asarray((centres[:, np.newaxis] + spread).reshape(-1, 2))


def under_eraser(places: Array, start: Array, end: Array, reach: Reach) -> Mask:
    """Which places, shape (n, 2), an eraser passes on its way from one place to another."""
    size = np.array(reach)
    way = (end - start) / size
    off = (places - start) / size
    length = float(way @ way)
    share = np.clip(off @ way / length, 0.0, 1.0) if length else np.zeros(len(places))
    return np.asarray(np.square(off - share[:, np.newaxis] * way).sum(axis=1) <= 1.0)


def on_plane(points: Array, low: Reach, high: Reach) -> Array:
    """Those of the points that lie within the plane, with no more digits than can be told apart."""
    inside = ((points >= low) & (points <= high)).all(axis=1)
    kept = points[inside]
    for k in (0, 1):
        kept[:, k] = np.round(kept[:, k], _digits(high[k] - low[k]))
    return kept


def _digits(span: float) -> int:
    return max(0, math.ceil(math.log10(_STEPS / span))) if span > 0 else 3


def rows_of(samples: OwnSamples, points: Array, target: float) -> Rows:
    """Points as rows of this table, all with the same class number or value."""
    if len(samples.input_names) == 1:
        return np.asarray(points, dtype=np.float64)
    return np.column_stack([points, np.full(len(points), target)]).astype(np.float64)


def with_names(samples: OwnSamples, names: tuple[str, ...]) -> OwnSamples:
    """With other names for the classes; the samples stay of the classes they are of.

    Raises SettingError when a name is empty or there twice.
    """
    if any(not name.strip() for name in names):
        raise SettingError("a class needs a name")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SettingError(f"there is a class {twice!r} already")
    return samples.with_class_names(names)


def waits_for(samples: OwnSamples) -> str:
    """What must be drawn before learning makes sense, one sentence; "" when there is enough."""
    if samples.class_names and len(np.unique(samples.table[:, -1])) < 2:
        return "Training waits for points of a second class."
    return ""


@dataclass(frozen=True, eq=False)
class DrawSamples(Edit):
    """Learn from samples as they were drawn; what was learned stays.

    The first stroke on other data makes its samples, all of them for training, one's own. With
    `anew` they are the first on an empty sheet, and training begins again.
    """

    samples: OwnSamples
    what: str
    anew: bool = False

    @property
    def text(self) -> str:
        return self.what

    @property
    def effect(self) -> Effect:
        return "restart" if self.anew else "keep"

    def apply(self, experiment: Experiment) -> Experiment:
        return self.apply_to(experiment, experiment.data.source.load(experiment.seed))

    def apply_to(self, experiment: Experiment, dataset: Dataset) -> Experiment:
        changed = self.draft(experiment)
        if self.anew:
            changed = with_source(experiment, changed)
        if dataset.class_names and len(dataset.class_names) != len(self.samples.class_names):
            changed = replace(changed, data=replace(changed.data, class_weights=()))
        return fit_to_data(dataset, experiment, changed)

    def draft(self, experiment: Experiment) -> Experiment:
        data, present = experiment.data, experiment.data.source
        changed = replace(data, source=self.samples)
        if self.anew or not isinstance(present, OwnSamples):
            # An empty sheet begins with all points for training. Others' samples are copied as they
            # stand: mixed up, thinned out and mended already.
            changed = replace(
                changed, test_fraction=0.0, label_noise=0.0, minority=1.0, missing="drop"
            )
            experiment = replace(experiment, name=self.samples.name, title="", watch="", finding="")
        return replace(experiment, data=changed)


def csv_text(samples: OwnSamples) -> str:
    """The samples as a table that spreadsheets and `bpviz train` read, names first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*samples.input_names, *samples.target_names))
    for row in samples.rows:
        cells = [f"{value!r}" for value in row]
        if samples.class_names:
            cells[-1] = samples.class_names[int(row[-1])]
        writer.writerow(cells)
    return buffer.getvalue()


def csv_remark(samples: OwnSamples) -> str:
    """How a reader of tables might take these samples for something else; "" when it will not."""
    name = samples.target_names[-1]
    if samples.class_names:
        lost = [x for x in samples.class_names if x.strip().lower() in _NO_VALUE]
        if lost:
            return f"Where it is read, {lost[0]} stands for no value; give that class another name."
        if all(map(_is_number, samples.class_names)):
            return f"Where it is read, {name} is to be named among the categories."
        return ""
    values = np.unique(samples.table[:, -1])
    if len(values) <= MOST_CLASSES and (values == np.round(values)).all():
        return f"Where it is read, {name} is to be named among the numbers, or it makes classes."
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_csv(samples: OwnSamples, path: Path) -> None:
    """Write the samples into a file. Raises SettingError when it cannot be written."""
    try:
        path.write_text(csv_text(samples), encoding="utf-8", newline="")
    except OSError as error:
        raise SettingError(f"cannot be written: {error.strerror}", str(path)) from None
