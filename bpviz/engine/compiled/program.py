"""What the compiled epoch reads: a network, its training and its data as arrays of numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.cadence import Cadence
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.metrics import decide
from bpviz.engine.parameters import Layout
from bpviz.engine.spec import NetworkSpec
from bpviz.engine.training_config import TrainingConfig

Integers = np.ndarray[Any, np.dtype[np.int64]]

# The kinds that the kernel covers, each with the setting it has; their places are their codes.
ACTIVATIONS_COVERED = {
    "identity": "",
    "sigmoid": "",
    "tanh": "",
    "relu": "",
    "softmax": "",
    "leaky_relu": "slope",
    "elu": "alpha",
    "selu": "",
    "gelu": "",
    "silu": "",
    "softplus": "",
    "softsign": "",
    "hard_sigmoid": "",
    "sine": "",
    "gaussian": "",
}
LOSSES_COVERED = {
    "half_squared": "",
    "squared": "",
    "mean_squared": "",
    "margin_squared": "middle",
    "absolute": "",
    "huber": "delta",
    "binary_cross_entropy": "",
    "categorical_cross_entropy": "",
}
# An optimiser's constants a, b and η; a number is a constant of its own.
OPTIMIZERS_COVERED: dict[str, tuple[str | float, str | float, str | float]] = {
    "gradient_descent": (0.0, 0.0, 0.0),
    "momentum": ("momentum", 0.0, 0.0),
    "nesterov": ("momentum", 0.0, 0.0),
    "adagrad": (1.0, 0.0, "eta"),
    "rmsprop": ("rho", 0.0, "eta"),
    "adam": ("beta1", "beta2", "eta"),
    "adamw": ("beta1", "beta2", "eta"),
}
TASKS = ("regression", "binary", "classes", "labels")

# What a parameter is, as bits of its role.
WEIGHT, PRESENT, TRAINABLE = 1, 2, 4
# The first figures of an evaluated epoch: sum of errors and right answers of the training part,
# the same of the test part, penalty; then the norm of each layer's gradient.
FIGURES = 5
# As many samples go through the layers together: their values stay in the cache.
BLOCK = 64


# Columns of a program's tables. Of a layer: its first unit among all units, how many it has, and
# its first column of the inputs (-1: it is computed). Of a step: its layer, the code of the
# activation, where its biases begin in θ (-1: none) and the step from one to the next (0: shared),
# the edges that feed it, and where its parameters begin and end. Of an edge: the layer it comes
# from, and where its weights begin.
FIRST, UNITS, COLUMN = range(3)
LAYER, ACTIVATION, BIAS, BIAS_STEP, EDGES, EDGES_END, BLOCKS, BLOCKS_END = range(8)
SOURCE, WEIGHTS = range(2)


class Program(NamedTuple):
    """A network as numbers; `parameters` are the activations' own, one per step."""

    layers: Integers
    steps: Integers
    edges: Integers
    parameters: Array


class How(NamedTuple):
    """A training as numbers: codes and settings."""

    rows: int
    mean: bool
    loss: int
    loss_parameter: float
    task: int
    threshold: float
    optimizer: int
    rate: float
    a: float
    b: float
    eta: float
    l1: float
    l2: float
    decay: float
    shrink: float
    clip: float
    rests: bool
    dense: int
    evaluate_every: int


class Part(NamedTuple):
    """Samples, with the classes or, for labels, the yes and no that they stand for.

    `numbers` are those of all samples, in order.
    """

    inputs: Array
    targets: Array
    weights: Array
    answers: Integers
    numbers: np.ndarray[Any, np.dtype[np.intp]]


class Vectors(NamedTuple):
    """Everything of θ's size, or empty; `roles` are bytes."""

    theta: Array
    gradient: Array
    update: Array
    first: Array
    second: Array
    last_theta: Array
    last_first: Array
    last_second: Array
    roles: np.ndarray[Any, np.dtype[np.uint8]]


class Room(NamedTuple):
    """Room for the values of all units for one block of samples; `turned` is for one layer's."""

    nets: Array
    outs: Array
    deltas: Array
    turned: Array


def program_of(layout: Layout) -> Program:
    """The network as numbers."""
    spec = layout.spec
    place = {layer.id: k for k, layer in enumerate(spec.layers)}
    layers: list[tuple[int, int, int]] = []
    unit = column = 0
    for layer in spec.layers:
        layers.append((unit, layer.units, column if layer.is_input else -1))
        unit += layer.units
        column += layer.units if layer.is_input else 0
    codes = list(ACTIVATIONS_COVERED)
    steps: list[tuple[int, ...]] = []
    edges: list[tuple[int, int]] = []
    parameters = []
    for layer in spec.computed:
        blocks = [layout.block(layer.id, source) for source in layer.sources]
        bias = layout.block(layer.id)
        own = [block for block in (*blocks, bias) if block is not None]
        steps.append(
            (
                place[layer.id],
                codes.index(layer.activation.kind),
                -1 if bias is None else bias.start,
                0 if layer.bias == "shared" else 1,
                len(edges),
                len(edges) + len(layer.sources),
                own[0].start,
                own[-1].stop,
            )
        )
        edges += [
            (place[source], block.start) for source, block in zip(layer.sources, own, strict=False)
        ]
        name = ACTIVATIONS_COVERED[layer.activation.kind]
        parameters.append(float(getattr(layer.activation, name)) if name else 0.0)
    return Program(
        np.array(layers, np.int64),
        np.array(steps, np.int64),
        np.array(edges, np.int64),
        np.array(parameters),
    )


def how_of(layout: Layout, training: TrainingConfig, data: TrainingData, cadence: Cadence) -> How:
    """The training as numbers."""
    optimizer, loss = training.optimizer, training.loss
    # What outputs and targets are compared with is rounded as they are.
    rounded = np.dtype(layout.spec.dtype).type
    a, b, eta = (
        float(getattr(optimizer, name)) if isinstance(name, str) else name
        for name in OPTIMIZERS_COVERED[optimizer.kind]
    )
    name = LOSSES_COVERED[loss.kind]
    one = layout.spec.output.units == 1
    task = "classes" if data.task == "binary" and not one else data.task
    return How(
        rows=training.rows_per_batch(len(data.train)),
        mean=training.reduction == "mean",
        loss=list(LOSSES_COVERED).index(loss.kind),
        loss_parameter=float(rounded(getattr(loss, name))) if name else 0.0,
        task=TASKS.index(task),
        threshold=float(rounded(data.threshold)),
        optimizer=list(OPTIMIZERS_COVERED).index(optimizer.kind),
        rate=float(training.learning_rate),
        a=a,
        b=b,
        eta=eta,
        l1=float(training.l1),
        l2=float(training.l2),
        decay=float(training.weight_decay + optimizer.decay),
        shrink=float(training.shrink),
        clip=float(training.clip_value),
        rests=not layout.trainable().all(),
        dense=cadence.dense,
        evaluate_every=cadence.every,
    )


def part_of(samples: Samples, data: TrainingData) -> Part:
    """A part of the data as the kernel reads it, read-only whatever it was.

    For Numba an array that may be written to is of another type, and each type is compiled anew.
    """
    answers = decide(samples.targets, data.task, data.threshold).astype(np.int64)
    weights = samples.weights
    none = np.empty(0, samples.inputs.dtype)
    part = Part(
        samples.inputs,
        samples.targets,
        none if weights is None else weights,
        answers if answers.ndim == 2 else answers[:, np.newaxis],
        np.arange(len(samples)),
    )
    views = Part._make(array.view() for array in part)
    for view in views:
        view.flags.writeable = False
    return views


def roles_of(layout: Layout) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """What each parameter is, as bits."""
    roles = WEIGHT * layout.is_weight().astype(np.uint8)
    roles |= PRESENT * layout.present().astype(np.uint8)
    roles |= TRAINABLE * layout.trainable().astype(np.uint8)
    return roles


def room_of(spec: NetworkSpec) -> Room:
    """Room for one block of samples."""
    units = [layer.units for layer in spec.layers]
    sizes = [sum(units)] * 3 + [max(units)]
    return Room(*(np.zeros(BLOCK * size, spec.dtype) for size in sizes))
