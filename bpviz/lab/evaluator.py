"""Computes what views show beyond the snapshot itself: (snapshot, request) -> evaluation.

On a thread of its own, latest request first. A replayed or dragged θ is answered by the same code.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.backprop import Backprop
from bpviz.engine.network import Buffers, Network
from bpviz.lab.assessment import Assess, Assessment, AssessmentWatch, assess
from bpviz.lab.evaluation import Evaluation, Probe, Request
from bpviz.lab.explaining import explained, staged
from bpviz.lab.findings import Found, found_in
from bpviz.lab.mailbox import Mailbox
from bpviz.lab.moments import sample_at
from bpviz.lab.snapshot import Snapshot
from bpviz.lab.unit_health import HealthWatch, UnitHealth, unit_health
from bpviz.lab.whole_outputs import Outputs, OutputsWatch, whole_outputs

# While training runs a picture 15 times a second is enough; a paused one answers at once.
_INTERVAL = 1 / 15
# Layers with more map values than this are not mapped unit by unit.
_MAP_VALUES = 4_000_000
# So many numbers are put in at once, at most, to draw a map.
_MAP_INPUTS = 20_000_000
# What all units put out on a map takes no more numbers than this.
_MAP_OUTPUTS = 50_000_000


def evaluate(
    snapshot: Snapshot,
    request: Request,
    health_of: Callable[[Snapshot], tuple[UnitHealth, ...]] = unit_health,
    assessed: Callable[[Snapshot, Assess], Assessment] = assess,
    outputs_of: Callable[[Snapshot], Outputs] = whole_outputs,
) -> Evaluation:
    """Compute what the request asks for, from the snapshot's θ.

    `health_of`, `assessed` and `outputs_of` are called when their answers are wanted.
    """
    wanted = request.want_assessment
    network = Network(snapshot.spec, snapshot.theta)
    data = snapshot.data
    sample, inputs = _sample(data, request)
    probe = _probe(snapshot, network, sample, inputs)
    axes = _axes(data, request)
    ranges = _ranges(data, request, axes)
    maps: tuple[Array | None, ...] = (None,) * len(snapshot.spec.layers)
    if request.want_map:
        maps = _maps(network, data, probe.inputs, axes, ranges, request.map_size)
    outputs = outputs_of(snapshot) if request.want_predictions else None
    return Evaluation(
        snapshot,
        request,
        probe,
        maps,
        tuple(low for low, _ in ranges),
        tuple(high for _, high in ranges),
        None if outputs is None else outputs.train,
        None if outputs is None else outputs.test,
        None if outputs is None else outputs.confusion,
        health_of(snapshot) if request.want_health else (),
        None if request.ask is None else explained(snapshot, request.ask, sample),
        None if request.step is None else staged(snapshot, request),
        None if wanted is None else assessed(snapshot, wanted),
        _finding(snapshot) if request.want_finding else None,
    )


def _finding(snapshot: Snapshot) -> Found | None:
    return found_in(snapshot.experiment, snapshot.data, snapshot.theta)


def _sample(data: PreparedData, request: Request) -> tuple[int | None, Array]:
    """The dataset row that is probed (None for typed values) and its inputs in their own units."""
    columns = data.dataset.inputs.shape[1]
    if request.typed is not None and len(request.typed) == columns:
        return None, np.array(request.typed, dtype=np.float64)
    row = min(max(request.sample, 0), len(data.dataset) - 1)
    return row, data.dataset.inputs[row]


def _probe(snapshot: Snapshot, network: Network, row: int | None, inputs: Array) -> Probe:
    """The sample on its way, without dropout and noise; error and deltas by its weight."""
    scaled = snapshot.data.encoding.apply(inputs[np.newaxis])
    buffers = network.run(scaled)
    target, error = None, None
    deltas: tuple[Array, ...] = ()
    if row is not None:
        sample = sample_at(snapshot.data, row)[0].astype(snapshot.spec.dtype)
        target, weights = sample.targets[0], sample.weights
        loss = snapshot.experiment.training.loss
        with np.errstate(all="ignore"):
            error = float(loss.per_sample(buffers.net, buffers.out, sample.targets)[0])
        if weights is not None:
            error *= float(weights[0])
        Backprop(network, None).backward(buffers, sample.targets, loss, 1.0, weights)
        deltas = _rows(buffers.deltas)
    return Probe(inputs, target, _rows(buffers.nets), _rows(buffers.outs), deltas, error)


def _rows(arrays: list[Array]) -> tuple[Array, ...]:
    return tuple(array[0] if len(array) else np.empty(0) for array in arrays)


def _axes(data: PreparedData, request: Request) -> tuple[int, ...]:
    columns = data.dataset.inputs.shape[1]
    if columns == 1:
        return (0,)
    a, b = request.axes
    return (min(a, columns - 1), min(b, columns - 1))


def _ranges(
    data: PreparedData, request: Request, axes: tuple[int, ...]
) -> tuple[tuple[float, float], ...]:
    """Where the map's axes begin and end: the data's own range, or the one that was asked for."""
    wanted = request.map_range
    if wanted is not None and len(wanted) == len(axes):
        return wanted
    return tuple((float(data.low[a]), float(data.high[a])) for a in axes)


def _maps(
    network: Network,
    data: PreparedData,
    held: Array,
    axes: tuple[int, ...],
    ranges: tuple[tuple[float, float], ...],
    size: int,
) -> tuple[Array | None, ...]:
    """Outputs of all layers over the grid; one forward pass serves all units.

    None for all layers where nobody looks at a plane of two inputs (pictures), or where the grid's
    points would have too many inputs, or too many outputs on their way, to be held.
    """
    points = size ** len(axes)
    units = sum(layer.units for layer in network.spec.computed)
    pictures = data.dataset.image_shape or data.dataset.target_shape
    if pictures or points * len(held) > _MAP_INPUTS or points * units > _MAP_OUTPUTS:
        return (None,) * len(network.spec.layers)
    ticks = [np.linspace(low, high, size) for low, high in ranges]
    grid = np.meshgrid(*reversed(ticks), indexing="ij")[::-1]
    inputs = np.tile(held, (grid[0].size, 1))
    for axis, values in zip(axes, grid, strict=True):
        inputs[:, axis] = values.ravel()
    buffers: Buffers = network.run(data.encoding.apply(inputs))
    shape = grid[0].shape
    return tuple(
        np.ascontiguousarray(out.T.reshape(-1, *shape)) if out.size <= _MAP_VALUES else None
        for out in buffers.outs
    )


class EvaluatorService:
    """Evaluates the latest posted work, on the thread that calls `run`.

    While training runs, `wait_for_gap` is called before each evaluation; a window passes a function
    that returns between two of its frames, so that they do not get into each other's way.
    """

    def __init__(self, wait_for_gap: Callable[[], None] = lambda: None) -> None:
        self._wait_for_gap = wait_for_gap
        self._inbox: Mailbox[tuple[Snapshot, Request]] = Mailbox()
        self.results: Mailbox[Evaluation] = Mailbox()
        self._closing = threading.Event()
        self._health = HealthWatch()
        self._assessments = AssessmentWatch()
        self._outputs = OutputsWatch()

    def post(self, snapshot: Snapshot, request: Request) -> None:
        """Ask for an evaluation; an earlier one that was not begun is dropped."""
        self._inbox.put((snapshot, request))

    def _evaluated(self, snapshot: Snapshot, request: Request) -> Evaluation:
        watches = self._health.of, self._assessments.of, self._outputs.of
        return evaluate(snapshot, request, *watches)

    def close(self) -> None:
        """End `run`."""
        self._closing.set()
        self._inbox.wake()

    def run(self) -> None:
        begun = ended = 0.0
        while not self._closing.is_set():
            work = self._inbox.wait()
            if work is not None and work[0].running:
                # As much rest as it took: the other half of the machine is for training.
                again = max(begun + _INTERVAL, ended + (ended - begun))
                self._closing.wait(max(0.0, again - time.monotonic()))
                self._wait_for_gap()
                work = self._inbox.take() or work
            if work is not None and not self._closing.is_set():
                begun = time.monotonic()
                self.results.put(self._evaluated(*work))
                ended = time.monotonic()
                # What was worked on is held no longer than the answer is.
                work = None
