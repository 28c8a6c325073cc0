"""Weights from a file into the network that is there."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.io.records import TrainedNetwork
from bpviz.lab.edits import SetWeights


def weights_for(spec: NetworkSpec, network: TrainedNetwork) -> SetWeights:
    """The edit that gives a network the weights of a trained one.

    Raises SettingError, which says what differs, when the layers are not the same.
    """
    difference = _difference(spec, network.spec)
    if difference:
        raise SettingError(f"its weights do not fit this network: {difference}")
    return SetWeights(network.theta.astype(spec.dtype))


def _difference(here: NetworkSpec, there: NetworkSpec) -> str:
    """The first thing in which a file's network is another one than that here, or ""."""
    ours, theirs = ([layer.id for layer in spec.layers] for spec in (here, there))
    if ours != theirs:
        return f"the file has the layers {', '.join(theirs)}, here they are {', '.join(ours)}"
    for one, other in zip(here.layers, there.layers, strict=True):
        for name, of in _PARTS.items():
            if of(one) != of(other):
                return f"layer {one.id} has {name} {of(other)} in the file and {of(one)} here"
    if here.missing != there.missing:
        return "other connections are missing in the file than here"
    return ""


def _sources(layer: LayerSpec) -> str:
    return ", ".join(layer.sources) or "none"


# What the meaning of a weight depends on; how a unit's weights were learned is of no account.
_PARTS: dict[str, Callable[[LayerSpec], object]] = {
    "units": lambda layer: layer.units,
    "sources": _sources,
    "activation": lambda layer: layer.activation.label,
    "bias": lambda layer: layer.bias,
}
