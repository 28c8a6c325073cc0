"""What findings on networks of one hidden layer have in common."""

from __future__ import annotations

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.metrics import count_right, decide
from bpviz.engine.network import Network
from bpviz.engine.parameters import unit_label
from bpviz.engine.spec import LayerSpec, NetworkSpec


def hidden_layers(spec: NetworkSpec) -> tuple[LayerSpec, ...]:
    """The layers between inputs and outputs."""
    return spec.computed[:-1]


def names_of(layer: LayerSpec) -> tuple[str, ...]:
    """What the layer's units are called: h1, h2, …."""
    return tuple(unit_label(layer, unit) for unit in layer.ids)


def outputs_of(network: Network, layer: LayerSpec, inputs: Array) -> Array:
    """What a layer's units put out for these samples, shape (samples, units)."""
    return network.run(inputs).outs[network.spec.layers.index(layer)]


def all_cases(network: Network, data: PreparedData) -> tuple[Array, Array]:
    """Inputs of all samples in the dataset's order, and the network's outputs for them."""
    inputs = data.encoding.apply(data.dataset.inputs)
    return inputs, network.predict(inputs)


def right_in(data: PreparedData, network: Network) -> tuple[int, int]:
    """How many training samples are decided as they should be, and of how many."""
    training = data.training
    taken = decide(network.predict(training.train.inputs), training.task, training.threshold)
    wanted = decide(training.train.targets, training.task, training.threshold)
    return count_right(taken, wanted), len(training.train)


def as_shares(outputs: Array, layer: LayerSpec) -> Array:
    """Outputs as shares of the way from the activation's "no" to its "yes", from 0 to 1."""
    low, high = layer.activation.targets
    return np.asarray(np.clip((outputs - low) / (high - low), 0.0, 1.0))
