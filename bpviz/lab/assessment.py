"""How good the network of a moment is, beyond its error: scores, curves, hardest samples."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bpviz.datasets.dataset import Dataset
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.calibration import Calibration, calibration
from bpviz.engine.data import Samples
from bpviz.engine.metrics import decide
from bpviz.engine.network import Network, evaluation_rows
from bpviz.engine.ranking import RankCurve, precision_recall_curve, roc_curve
from bpviz.engine.scores import (
    ClassScores,
    RegressionScores,
    class_scores,
    confusion,
    label_scores,
    probabilities,
    regression_scores,
)
from bpviz.engine.sensitivity import mean_sensitivity
from bpviz.explain.error_function import even_rows
from bpviz.lab.snapshot import Snapshot
from bpviz.lab.whole_outputs import RESTS

Rows = np.ndarray[Any, np.dtype[np.intp]]
PartName = Literal["training", "test"]

# So many of the hardest samples are listed, and so many residuals drawn.
MOST_LISTED, MOST_DOTS = 200, 1000
# A curve is drawn with so many points.
_MOST_POINTS = 1000
# Sensitivity is measured on at most so many samples, on fewer where the network is large: one
# multiplication for each parameter, output and sample, forward and back.
MOST_SENSITIVE = 500
_MULTIPLICATIONS, _FEWEST = 3e8, 10
# While training runs, results are worked out anew after so many seconds.
_INTERVAL = 0.2


@dataclass(frozen=True)
class Assess:
    """What is to be judged.

    `positive` is the class that curves and calibration are about, one against the rest, or the
    label.
    `sensitivity` asks for it on the samples of `part`; it costs one backward pass per output.
    """

    part: PartName = "test"
    positive: int = 1
    sensitivity: bool = False


@dataclass(frozen=True, eq=False)
class Residuals:
    """Values predicted and how far off they were, true - predicted, in the data's own units.

    `rows` are dataset rows, evenly chosen of `total`; the others have shape (rows, outputs).
    """

    rows: Rows
    predicted: Array
    residuals: Array
    total: int


@dataclass(frozen=True, eq=False)
class Hardest:
    """The samples with the largest errors, largest first; errors that are no numbers lead.

    `rows` are dataset rows; `answers`, shape (rows, outputs), what the network said: outputs for
    classes and labels, predictions in the data's own units for values. `taken` are the classes
    decided for, for labels 1 or 0 for each, shape (rows, outputs); empty for values.
    """

    rows: Rows
    errors: Array
    answers: Array
    taken: Rows


@dataclass(frozen=True, eq=False)
class PartAssessment:
    """The results on one part of the data; what does not suit it is None.

    `finite` says whether all outputs are finite numbers.
    """

    samples: int
    finite: bool
    hardest: Hardest
    classes: ClassScores | None = None
    roc: RankCurve | None = None
    precision_recall: RankCurve | None = None
    positives: int = 0
    calibration: Calibration | None = None
    values: RegressionScores | None = None
    residuals: Residuals | None = None


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Mean |∂out/∂in|, shape (outputs, inputs), over `samples` of `total`, evenly chosen.

    Inputs are the network's own, after scaling.
    """

    means: Array
    part: PartName
    samples: int
    total: int

    @property
    def of_inputs(self) -> Array:
        """The mean over the outputs, shape (inputs,)."""
        return np.asarray(self.means.mean(axis=0))

    @property
    def order(self) -> Rows:
        """The inputs, the one that moves the outputs most first."""
        return np.argsort(-self.of_inputs, kind="stable")

    @property
    def largest(self) -> float:
        """The largest single one."""
        return float(self.means.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Assessment:
    """The answer to an Assess, worked out at `snapshot`'s weights. `test` is None without one."""

    snapshot: Snapshot
    ask: Assess
    training: PartAssessment
    test: PartAssessment | None
    sensitivity: Sensitivity | None

    def part(self, name: PartName) -> PartAssessment | None:
        """The results on a part of the data."""
        return self.training if name == "training" else self.test


def assess(snapshot: Snapshot, ask: Assess) -> Assessment:
    """Judge the snapshot's network on all samples of both parts."""
    network = Network(snapshot.spec, snapshot.theta)
    data = snapshot.data
    ask = replace(ask, positive=_known_class(data, ask.positive))
    tested = len(data.test_rows) > 0
    if ask.part == "test" and not tested:
        ask = replace(ask, part="training")
    return Assessment(
        snapshot,
        ask,
        _assess_part(snapshot, network, "training", ask.positive),
        _assess_part(snapshot, network, "test", ask.positive) if tested else None,
        _sensitivity(snapshot, network, ask.part) if ask.sensitivity else None,
    )


class AssessmentWatch:
    """Answers with the results of the latest snapshot, or, while training runs, of a recent one."""

    def __init__(self) -> None:
        self._seen: tuple[Snapshot, Assess, float, float, Assessment] | None = None

    def of(self, snapshot: Snapshot, ask: Assess) -> Assessment:
        """The results at these weights, or at those of a fraction of a second ago."""
        begun = time.monotonic()
        if self._seen is not None:
            seen, asked, at, took, found = self._seen
            same = seen.run == snapshot.run and seen.spec.shape == snapshot.spec.shape
            recent = snapshot.running and begun - at < max(_INTERVAL, RESTS * took)
            alike = same and seen.data is snapshot.data and recent
            if asked == ask and (seen is snapshot or alike):
                return found
        found = assess(snapshot, ask)
        now = time.monotonic()
        self._seen = (snapshot, ask, now, now - begun, found)
        return found


def relative(values: Array) -> Array:
    """Values of 0 and more as shares of the largest; all 0 when none is larger."""
    largest = float(values.max(initial=0.0))
    return values / largest if largest > 0 else np.zeros_like(values)


def thumbnail(dataset: Dataset, row: int, most: int) -> Array:
    """A sample's picture, its values spread over 0..1; of a large one every so many pixels.

    It has less than 2 · `most` pixels to a side.
    """
    assert dataset.image_shape is not None
    values = dataset.inputs[row].reshape(dataset.image_shape)
    step = max(1, max(values.shape) // most)
    values = np.asarray(values[::step, ::step], dtype=np.float64)
    return relative(values - values.min())


def why_no_probabilities(snapshot: Snapshot) -> str:
    """Why outputs cannot be read as probabilities; "" when they can."""
    activation = snapshot.spec.output.activation
    if probabilities(np.empty((0, 1)), activation) is not None:
        return ""
    no, yes = activation.targets
    return (
        f"The outputs are {activation.label} ones, which may lie beyond {no:g} (no) and {yes:g} "
        "(yes), so they are no probabilities. Sigmoid, tanh or softmax outputs are."
    )


def answer_names(dataset: Dataset) -> tuple[str, ...]:
    """What can be decided for: the classes, or the labels; () for values to predict."""
    return dataset.target_names if dataset.task == "labels" else dataset.class_names


def _known_class(data: PreparedData, wanted: int) -> int:
    return min(max(wanted, 0), max(len(answer_names(data.dataset)) - 1, 0))


def _samples(data: PreparedData, part: PartName) -> tuple[Samples, Rows]:
    if part == "training":
        return data.training.train, data.train_rows
    return data.training.test, data.test_rows


def _assess_part(
    snapshot: Snapshot, network: Network, part: PartName, positive: int
) -> PartAssessment:
    data = snapshot.data
    samples, rows = _samples(data, part)
    outs, errors = _judged(snapshot, network, samples)
    if data.dataset.target_shape is not None:
        found = _hardest(data, rows, errors, outs)
        return PartAssessment(len(rows), bool(np.isfinite(errors).all()), found)
    finite = bool(np.isfinite(outs).all())
    decided = bool(answer_names(data.dataset))
    answers = outs if decided else data.target_scaling.undo(outs)
    hardest = _hardest(data, rows, errors, answers)
    if decided:
        return _assess_decisions(snapshot, rows, outs, hardest, positive, finite)
    targets = np.asarray(data.dataset.targets[rows], dtype=np.float64)
    drawn = even_rows(len(rows), min(len(rows), MOST_DOTS))
    with np.errstate(all="ignore"):
        residuals = Residuals(
            rows[drawn], answers[drawn], targets[drawn] - answers[drawn], len(rows)
        )
    values = regression_scores(targets, answers)
    return PartAssessment(len(rows), finite, hardest, values=values, residuals=residuals)


def _assess_decisions(
    snapshot: Snapshot, rows: Rows, outs: Array, hardest: Hardest, positive: int, finite: bool
) -> PartAssessment:
    """Classes, or labels each by itself."""
    dataset, training = snapshot.data.dataset, snapshot.data.training
    taken = decide(outs, training.task, training.threshold)
    found = probabilities(outs, snapshot.spec.output.activation)
    if dataset.labels:
        true = np.asarray(dataset.targets[rows] > 0.5, dtype=np.intp)
        judged = label_scores(true, taken if finite else np.zeros_like(taken))
        is_positive, scores = true[:, positive] == 1, outs[:, positive]
        likely = None if found is None else found[:, positive]
    else:
        true = dataset.targets[rows]
        counts = confusion(true, taken, len(dataset.class_names))
        judged = class_scores(counts if finite else np.zeros_like(counts))
        is_positive, scores = true == positive, _scores_of(outs, positive)
        likely = None if found is None else _of_class(found, positive)
    return PartAssessment(
        len(rows),
        finite,
        hardest,
        classes=judged,
        roc=roc_curve(scores, is_positive).thinned(_MOST_POINTS),
        precision_recall=precision_recall_curve(scores, is_positive).thinned(_MOST_POINTS),
        positives=int(np.count_nonzero(is_positive)),
        calibration=None if likely is None else calibration(likely, is_positive),
    )


def _scores_of(outs: Array, positive: int) -> Array:
    """What speaks for a class: its own output; for the first of two, the opposite of the one."""
    if outs.shape[1] > 1:
        return outs[:, positive]
    return outs[:, 0] if positive == 1 else -outs[:, 0]


def _of_class(found: Array, positive: int) -> Array:
    """The probability of a class, of one output for two classes or of one output each."""
    if found.shape[1] > 1:
        return found[:, positive]
    return found[:, 0] if positive == 1 else 1.0 - found[:, 0]


def _judged(snapshot: Snapshot, network: Network, samples: Samples) -> tuple[Array, Array]:
    """Outputs and the error of every sample, in bounded memory; no outputs that are pictures."""
    loss, spec = snapshot.experiment.training.loss, snapshot.spec
    rows = evaluation_rows(spec)
    kept = 0 if snapshot.data.dataset.target_shape is not None else spec.output.units
    outs = np.empty((len(samples), kept), spec.dtype)
    errors = np.empty(len(samples))
    for start in range(0, len(samples), rows):
        part = slice(start, start + rows)
        buffers = network.run(samples.inputs[part])
        targets = samples.targets[part].astype(spec.dtype)
        outs[part] = buffers.out[:, :kept]
        with np.errstate(all="ignore"):
            errors[part] = loss.per_sample(buffers.net, buffers.out, targets)
    return outs, errors


def _hardest(data: PreparedData, rows: Rows, errors: Array, answers: Array) -> Hardest:
    size = np.where(np.isnan(errors), np.inf, errors)
    if len(size) > MOST_LISTED:
        first = np.argpartition(-size, MOST_LISTED)[:MOST_LISTED]
    else:
        first = np.arange(len(size))
    # Equal errors in the order of the data, so that the list stands still.
    order = first[np.lexsort((rows[first], -size[first]))]
    taken: Rows = np.empty(0, dtype=np.intp)
    if answer_names(data.dataset):
        taken = decide(answers[order], data.training.task, data.training.threshold)
    return Hardest(rows[order], errors[order], answers[order], taken)


def _sensitivity(snapshot: Snapshot, network: Network, part: PartName) -> Sensitivity:
    samples, _ = _samples(snapshot.data, part)
    cost = max(1, 2 * snapshot.layout.size * snapshot.spec.output.units)
    most = min(MOST_SENSITIVE, max(_FEWEST, int(_MULTIPLICATIONS / cost)))
    chosen = even_rows(len(samples), min(len(samples), most))
    means = mean_sensitivity(network, samples.inputs[chosen])
    return Sensitivity(means, part, len(chosen), len(samples))
