"""Changes to the layers of an experiment's network."""

from __future__ import annotations

from dataclasses import replace

from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.initializers import Explicit, Xavier
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, hidden_ids
from bpviz.experiments.experiment import Experiment


def hidden_layer(spec: NetworkSpec, layer_id: str) -> LayerSpec:
    layer = spec.layer(layer_id)
    if layer.is_input or layer is spec.output:
        raise SettingError(
            "how many inputs and outputs there are follows from the data; "
            "change a hidden layer instead"
        )
    return layer


def with_layer(experiment: Experiment, layer: LayerSpec) -> Experiment:
    layers = experiment.network.layers
    return with_layers(experiment, tuple(layer if x.id == layer.id else x for x in layers))


def with_layers(experiment: Experiment, layers: tuple[LayerSpec, ...]) -> Experiment:
    """The experiment with other layers, without marks on parameters that are gone.

    Given initial values fit one architecture only; the runner keeps them for the parameters that
    stay, new ones are drawn.
    """
    spec = experiment.network
    how = spec.initializer
    if isinstance(how, Explicit) and _shapes(layers) != _shapes(spec.layers):
        how = Xavier()
    bare = replace(spec, layers=layers, initializer=how, missing=frozenset(), frozen=frozenset())
    missing, frozen = (frozenset(filter(bare.has, marks)) for marks in (spec.missing, spec.frozen))
    return replace(experiment, network=replace(bare, missing=missing, frozen=frozen))


def _shapes(layers: tuple[LayerSpec, ...]) -> list[tuple[object, ...]]:
    """What the parameters of layers depend on."""
    return [(layer.id, layer.ids, layer.sources, layer.bias) for layer in layers]


def free_id(spec: NetworkSpec) -> str:
    taken = {layer.id for layer in spec.layers}
    return next(name for name in hidden_ids(len(taken) + 2) if name not in taken)


def hidden_activation(spec: NetworkSpec) -> Activation:
    """What the other hidden layers use, so that a new layer is like them."""
    hidden = [layer for layer in spec.computed if layer is not spec.output]
    return hidden[0].activation if hidden else ACTIVATIONS.make("tanh")
