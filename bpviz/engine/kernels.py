"""Which of two engines computes a training, NumPy or the compiled epoch, and how often it looks.

Both follow from the experiment as it is, never from the clock, so that the same experiment gives
the same bits everywhere, also where a saved state is resumed. An edit amid a run makes another
experiment, and the engine may change with it.

The estimates are in nanoseconds of the machine that `bpviz bench` was tuned on; only their ratios
matter, and `bpviz bench kernels` shows them beside what it measures.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bpviz.engine.cadence import Cadence
from bpviz.engine.data import TrainingData
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig

# By itself, evaluation costs at most a fifth of what training costs, after the first epochs; this
# is a little less, because estimates err.
_SHARE = 0.17
_DENSE = 100


class Kernel(NamedTuple):
    """The engine that computes a training, "numpy" or "compiled", and why, as a clause."""

    name: str
    why: str

    @property
    def label(self) -> str:
        """Its name as it stands on a screen."""
        return "compiled" if self.name == "compiled" else "NumPy"

    @property
    def sentence(self) -> str:
        """Which engine it is and why, for people."""
        engine = "Machine code" if self.name == "compiled" else "NumPy"
        return f"{engine} computes the training: {self.why}."

    @property
    def holds_interpreter(self) -> bool:
        """Whether other threads wait for Python's lock while it computes."""
        return self.name != "compiled"


class Cost(NamedTuple):
    """What an update and an evaluation of all samples are estimated to take, in nanoseconds."""

    batch: float
    evaluation: float


def choose_kernel(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, hindrance: str = ""
) -> Kernel:
    """The engine for a training: what is set, where that is possible, or the faster one.

    A `hindrance` is why the compiled one cannot be used here, whatever the training is.
    """
    if training.kernel == "numpy":
        return Kernel("numpy", "as set")
    missing = uncovered(spec, training)
    if missing:
        return Kernel("numpy", f"there is no compiled form of {missing}")
    wanted = Kernel("compiled", "as set")
    if training.kernel == "auto":
        compiled, numpy = (cost(spec, training, data).batch for cost in (compiled_cost, numpy_cost))
        if compiled >= numpy:
            return Kernel("numpy", "the network's matrix products are large")
        wanted = Kernel("compiled", "the network is small")
    return Kernel("numpy", hindrance) if hindrance else wanted


def cadence_of(
    spec: NetworkSpec, training: TrainingConfig, data: TrainingData, kernel: Kernel
) -> Cadence:
    """How often error and accuracy are measured: what is set, or what is affordable.

    Stop rules and schedules look at what is measured: with them by itself it is every epoch, so
    that training stops where the rules say, whichever engine computes it.
    """
    if training.evaluate_every:
        return Cadence(training.evaluate_every)
    if training.stop or training.schedules:
        return Cadence(1)
    cost = (compiled_cost if kernel.name == "compiled" else numpy_cost)(spec, training, data)
    batches = training.batches_per_epoch(len(data.train))
    return Cadence(max(1, math.ceil(cost.evaluation / (_SHARE * batches * cost.batch))), _DENSE)


def uncovered(spec: NetworkSpec, training: TrainingConfig) -> str:
    """What of a training the compiled epoch does not know, or ""."""
    from bpviz.engine.compiled import program

    for layer in spec.computed:
        if layer.activation.kind not in program.ACTIVATIONS_COVERED:
            return layer.activation.label
    if training.loss.kind not in program.LOSSES_COVERED:
        return training.loss.label
    if training.optimizer.kind not in program.OPTIMIZERS_COVERED:
        return training.optimizer.label
    found = {
        "dropout": any(layer.dropout for layer in spec.layers),
        "input noise": training.input_noise,
        "schedules": training.schedules,
        "max norm": training.max_norm,
        "clip norm": training.clip_norm,
    }
    return next((name for name, is_there in found.items() if is_there), "")


def numpy_cost(spec: NetworkSpec, training: TrainingConfig, data: TrainingData) -> Cost:
    """Calls cost most for small networks, matrix products for large ones."""
    rows = training.rows_per_batch(len(data.train))
    connections, units, steps, theta = _sizes(spec)
    product = 0.013 if spec.dtype == "float32" else 0.036
    samples, parts = len(data.train) + len(data.test), 2 if len(data.test) else 1
    sample = 3 * product * connections + 4 * units
    evaluated = product * connections + 6 * units
    return Cost(
        6_000 + 6_500 * steps + 0.4 * theta + rows * sample,
        6_000 * parts * (1 + steps) + samples * evaluated,
    )


def compiled_cost(spec: NetworkSpec, training: TrainingConfig, data: TrainingData) -> Cost:
    """Everything is in proportion to the work; what few samples share is not vectorised as well."""
    rows = training.rows_per_batch(len(data.train))
    connections, units, steps, theta = _sizes(spec)
    samples = len(data.train) + len(data.test)
    single = spec.dtype == "float32"
    sample = (0.05 if single else 0.14) * connections + (5 if single else 4) * units
    if rows == 1:
        work = 0.15 * connections + 15 * units
    else:
        work = max(rows, 24 if single else 12) * sample
    return Cost(
        600 + 200 * steps + 0.25 * theta + work,
        10_000 + samples * (10 + (0.04 if single else 0.06) * connections + 8 * units),
    )


def _sizes(spec: NetworkSpec) -> tuple[int, int, int, int]:
    """Connections, computed units, computed layers, parameters."""
    layout = layout_of(spec)
    connections = sum(block.size for block in layout.weight_blocks)
    units = sum(layer.units for layer in spec.computed)
    return connections, units, len(spec.computed), layout.size
