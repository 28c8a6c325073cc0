"""One immutable picture of a training run; every view is drawn from it and from nothing else."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.cadence import Cadence
from bpviz.engine.kernels import Kernel
from bpviz.engine.metrics import EpochMetrics
from bpviz.engine.parameters import Layout, explicit_values, layout_of
from bpviz.engine.parameters import initial_theta as drawn_theta
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training import epoch_order
from bpviz.engine.update_rule import StepSettings
from bpviz.experiments.experiment import Experiment
from bpviz.lab.reductions import Reduction, reduced

Quantity = Literal["weight", "gradient", "update", "velocity"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

MAX_SAVED = 10_000


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state of a run at one moment; all arrays are read-only and of θ's size.

    `gradient` is that of the last batch at the weights before its update, or, before any batch,
    that of the whole training part; `gradient_of` says which in words. `update` is the last Δθ;
    `moments` and `steps` are what the optimiser remembers. Of a large network only what views show
    is copied (see `has`); what is not is NaN everywhere, and takes no room.
    `cursor` is the training sample a step by sample stands at. `message` says why training
    stopped, `failed` that it stopped on an infinite error, `failures` how often it has so far.
    `commands` is how many commands the runner had carried out by then. `scheduled` are rate and
    optimiser of the next step, where schedules change them; `best` the epoch and the error of the
    best weights, when a stop rule keeps them. `kernel` is the engine that computes the training,
    `cadence` says after which epochs error and accuracy are measured.
    """

    run: int
    revision: int
    experiment: Experiment
    data: PreparedData
    epoch: int
    batch: int
    theta: Array
    initial_theta: Array
    gradient: Array
    gradient_of: str
    update: Array
    moments: Mapping[str, Array]
    steps: int
    metrics: EpochMetrics
    running: bool = False
    speed: float = 0.0
    cursor: int | None = None
    message: str = ""
    failed: bool = False
    failures: int = 0
    commands: int = 0
    scheduled: StepSettings | None = None
    best: tuple[int, float] | None = None
    kernel: Kernel = Kernel("numpy", "")
    cadence: Cadence = Cadence(1)

    @property
    def step_settings(self) -> StepSettings:
        """Learning rate and optimiser of the next step."""
        training = self.experiment.training
        return self.scheduled or StepSettings(training.learning_rate, training.optimizer)

    @property
    def spec(self) -> NetworkSpec:
        return self.experiment.network

    @property
    def layout(self) -> Layout:
        return layout_of(self.experiment.network)

    @property
    def made_inputs(self) -> tuple[str, ...]:
        """Names of the network's inputs where they are made of the data's; else ()."""
        return self.data.feature_names if self.data.encoding.features else ()

    @property
    def remembers(self) -> bool:
        """Whether all that the optimiser remembers is here, so that its next step is known."""
        return all(name in self.moments for name in self.experiment.training.optimizer.moments)

    @cached_property
    def velocity(self) -> Array:
        """The moment that shows where θ is heading; zero when the optimiser keeps none."""
        name = self.experiment.training.optimizer.velocity
        if name:
            return self.moments[name] if name in self.moments else not_copied(self.theta)
        zero: Array = np.broadcast_to(self.theta.dtype.type(0), self.theta.shape)
        return zero

    @cached_property
    def next_batch(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Numbers of the training samples that the next update will be made from."""
        count = len(self.data.training.train)
        training = self.experiment.training
        order = epoch_order(training, self.experiment.seed, self.epoch, count)
        rows = training.rows_per_batch(count)
        return order[self.batch * rows : (self.batch + 1) * rows]

    @property
    def start_is_drawn(self) -> bool:
        """Whether the initial weights are those that the initialiser draws, not edited by hand."""
        drawn = drawn_theta(self.experiment.network, self.experiment.seed)
        return np.array_equal(self.initial_theta, drawn)

    @property
    def start_can_be_saved(self) -> bool:
        """Whether `experiment_as_started` starts from these very weights."""
        return len(self.initial_theta) <= MAX_SAVED or self.start_is_drawn

    def experiment_as_started(self) -> Experiment:
        """The experiment to save: with the initial weights as edited, where they were edited.

        Above MAX_SAVED parameters edited initial weights are not written out.
        """
        if len(self.initial_theta) > MAX_SAVED or self.start_is_drawn:
            return self.experiment
        spec = self.experiment.network
        network = replace(spec, initializer=explicit_values(self.layout, self.initial_theta))
        return replace(self.experiment, network=network)

    def quantity(self, name: Quantity) -> Array:
        """The vector that edges are coloured by."""
        arrays = {
            "weight": self.theta,
            "gradient": self.gradient,
            "update": self.update,
            "velocity": self.velocity,
        }
        return arrays[name]

    def has(self, name: Quantity) -> bool:
        """Whether this vector was copied: of a large network only what is shown."""
        if name == "velocity":
            moment = self.experiment.training.optimizer.velocity
            return not moment or moment in self.moments
        values = self.quantity(name)
        return not values.size or values.strides != (0,) or not np.isnan(values[0])

    def reduction(self, name: Quantity) -> Reduction:
        """What can be seen of a vector as a whole, worked out when it is first asked for.

        Of a large network that trains the runner does that before it publishes.
        """
        found = self._reductions.get(name)
        if found is None:
            shape = self.data.dataset.image_shape
            found = self._reductions[name] = reduced(self.quantity(name), self.layout, shape)
        return found

    @cached_property
    def _reductions(self) -> dict[Quantity, Reduction]:
        return {}


def not_copied(theta: Array) -> Array:
    """What stands for a vector of θ's size that was not copied: NaN everywhere, in no room."""
    absent: Array = np.broadcast_to(theta.dtype.type(np.nan), theta.shape)
    return absent


class Glimpse:
    """What tells snapshots apart, without holding the arrays of the one that it is of."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._of = weakref.ref(snapshot)
        self._run, self._spec, self._data = snapshot.run, snapshot.spec, snapshot.data

    def is_of(self, snapshot: Snapshot) -> bool:
        """Whether it is this very snapshot."""
        return self._of() is snapshot

    def is_like(self, snapshot: Snapshot) -> bool:
        """Whether run, data and what there is of a network are the same."""
        same = self._run == snapshot.run and self._data is snapshot.data
        return same and (self._spec is snapshot.spec or self._spec.shape == snapshot.spec.shape)
