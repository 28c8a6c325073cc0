"""What findings on small networks have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.data import Samples
from bpviz.engine.metrics import count_right, decide
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of, unit_label
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId

ONE_LAYER = "It is read off one hidden layer that all passes through; this network is another."


def only_hidden_layer(spec: NetworkSpec) -> LayerSpec | None:
    """The hidden layer of a stack of inputs, one hidden layer and outputs; else None.

    The inputs may stand in several groups.
    """
    if len(spec.computed) != 2:
        return None
    hidden = spec.computed[0]
    inputs = {group.id for group in spec.inputs}
    fits = set(hidden.sources) == inputs and spec.output.sources == (hidden.id,)
    return hidden if fits else None


def names_of(layer: LayerSpec) -> tuple[str, ...]:
    """What the layer's units are called: h1, h2, …."""
    return tuple(unit_label(layer, unit) for unit in layer.ids)


def weights_of(network: Network, layer: str, source: str) -> Array:
    """The weights from one layer to another, shape (units, source units)."""
    block = layout_of(network.spec).block(layer, source)
    assert block is not None
    return np.array(block.view(network.theta), dtype=np.float64)


def input_weights(network: Network, layer: LayerSpec) -> Array:
    """The weights from all inputs, in whatever groups, to a layer, shape (units, inputs)."""
    groups = network.spec.inputs
    return np.column_stack([weights_of(network, layer.id, group.id) for group in groups])


def biases_of(network: Network, layer: LayerSpec) -> Array:
    """The bias of each unit of a layer, shape (units,); 0 where there is none."""
    block = layout_of(network.spec).block(layer.id)
    return np.zeros(layer.units) + (0.0 if block is None else block.view(network.theta))


def weight_ids(layer: LayerSpec, unit: int, *sources: LayerSpec) -> tuple[ParameterId, ...]:
    """The weights into one unit from all units of these layers."""
    return tuple(
        ParameterId(layer.id, unit, source.id, other) for source in sources for other in source.ids
    )


def bias_id(layer: LayerSpec, unit: int) -> ParameterId | None:
    """The bias of one unit, if it has any."""
    ids = {"unit": ParameterId(layer.id, unit), "shared": ParameterId(layer.id, -1), "none": None}
    return ids[layer.bias]


def outputs_of(network: Network, layer: LayerSpec, inputs: Array) -> Array:
    """What a layer's units put out for these samples, shape (samples, units)."""
    return network.run(inputs).outs[network.spec.layers.index(layer)]


def network_inputs(data: PreparedData) -> Array:
    """All samples as the network gets them, in the dataset's order."""
    return data.encoding.apply(data.dataset.inputs)


def right_among(network: Network, data: PreparedData, part: Samples) -> int:
    """How many of these samples are decided as they should be."""
    if not len(part):
        return 0
    task, threshold = data.training.task, data.training.threshold
    taken = decide(network.predict(part.inputs), task, threshold)
    return count_right(taken, decide(part.targets, task, threshold))


def as_shares(outputs: Array, layer: LayerSpec) -> Array:
    """Outputs as shares of the way from the activation's "no" to its "yes", from 0 to 1."""
    low, high = layer.activation.targets
    return np.asarray(np.clip((outputs - low) / (high - low), 0.0, 1.0))


def listed(words: Sequence[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def number(value: float) -> str:
    """A number to two places, with a true minus sign."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")
