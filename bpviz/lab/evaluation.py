"""What views ask of the evaluator, and what they get: (snapshot, request) -> evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.spec import ParameterId
from bpviz.explain.explanation import Explanation
from bpviz.explain.forecast import LineProfile
from bpviz.explain.stage_scenes import Scene
from bpviz.explain.stages import Step
from bpviz.lab.assessment import Assess, Assessment
from bpviz.lab.findings import Found
from bpviz.lab.snapshot import Snapshot
from bpviz.lab.unit_health import UnitHealth


@dataclass(frozen=True)
class Ask:
    """What is to be explained: one parameter, for the request's sample or for the next batch.

    `forecast` asks for what the whole training error would be after the step, too; `profile` for
    the error along this one parameter.
    """

    parameter: ParameterId
    of: Literal["sample", "batch"] = "sample"
    forecast: bool = True
    profile: bool = False


@dataclass(frozen=True, eq=False)
class Explained:
    """The answer to an Ask.

    Without an explanation, `refusal` is the one sentence that says why. `forecast` is the error
    of the training part before and after the step; `profile` the error along the parameter.
    """

    ask: Ask
    explanation: Explanation | None
    refusal: str = ""
    forecast: tuple[float, float] | None = None
    profile: LineProfile | None = None


@dataclass(frozen=True)
class Request:
    """What the views want to see.

    `sample` is a row number of the dataset whose forward and backward values are wanted; when
    `typed` holds input values, in the data's own units, they are used instead. `axes` are the two
    inputs (or the one) that the map runs over; the others stay at the probe's values.
    `map_size` is the number of grid points per axis, `map_range` the lowest and the highest value
    of each of them where it is not the data's own range. `ask` wants a parameter explained,
    `step` a step of the six stages, `want_health` which units are dead or saturated;
    `want_assessment` how good the network is, beyond its error; `want_finding` what the
    experiment is famous for.
    """

    sample: int = 0
    typed: tuple[float, ...] | None = None
    axes: tuple[int, int] = (0, 1)
    map_size: int = 100
    map_range: tuple[tuple[float, float], ...] | None = None
    want_map: bool = True
    want_predictions: bool = True
    ask: Ask | None = None
    step: Step | None = None
    want_health: bool = False
    want_assessment: Assess | None = None
    want_finding: bool = False


@dataclass(frozen=True, eq=False)
class Probe:
    """One sample on its way through the network and back.

    Lists follow `spec.layers`: net inputs, outputs and deltas ∂E/∂net, each of shape (units,).
    `target` is None and deltas are empty for typed inputs. `inputs` is in the data's own units.
    Without dropout and input noise; `error` and deltas are times the sample's weight.
    """

    inputs: Array
    target: Array | None
    nets: tuple[Array, ...]
    outs: tuple[Array, ...]
    deltas: tuple[Array, ...]
    error: float | None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything computed for the views from one snapshot; revision and run are its snapshot's.

    `maps[k]` are the outputs of layer k over the grid, shape (units, rows, columns), row 0 at the
    bottom (lowest second input), or (units, columns) for data of one input; None for layers too
    large to map, and all None when no map was wanted. `map_low`, `map_high` bound its axes in the
    data's own units. `train_out`, `test_out` are the outputs of all samples; `confusion[i, j]`
    counts samples of class i taken for class j, (train, test), None without classes. `explained`
    answers the request's `ask`, `scene` its `step`; while training runs `assessment`, and on large
    data the outputs of all samples, may be of weights a moment older. `finding` is None when it
    was not wanted, or the experiment names none.
    """

    snapshot: Snapshot
    request: Request
    probe: Probe
    maps: tuple[Array | None, ...]
    map_low: tuple[float, ...]
    map_high: tuple[float, ...]
    train_out: Array | None
    test_out: Array | None
    confusion: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None
    health: tuple[UnitHealth, ...] = ()
    explained: Explained | None = None
    scene: Scene | None = None
    assessment: Assessment | None = None
    finding: Found | None = None

    def belongs_to(self, snapshot: Snapshot) -> bool:
        """Whether it may be shown with a snapshot: of the same run, data and layers.

        Another epoch does not matter, nor do marks of freezing.
        """
        own = self.snapshot
        if own is snapshot:
            return True
        if own.run != snapshot.run or own.data is not snapshot.data:
            return False
        return own.spec is snapshot.spec or own.spec.layers == snapshot.spec.layers
