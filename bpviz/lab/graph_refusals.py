"""Why layers cannot be connected, disconnected or joined, and what to do instead."""

from __future__ import annotations

from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.lab.architecture import way_between


def why_not_connected(spec: NetworkSpec, source: str, target: str) -> str:
    """Why a layer cannot feed another one, and what to do; "" when it can."""
    fed, feeding = spec.layer(target), spec.layer(source)
    if fed is feeding:
        return (
            f"the units of one layer cannot feed each other: {source} is computed in one go; "
            "split it, or connect two layers"
        )
    if fed.is_input:
        return f"{target} holds inputs, which come from the data; connect {source} to another layer"
    if feeding is spec.output:
        return f"{source} is the output layer and feeds nothing; begin at an earlier layer"
    if source in fed.sources:
        # Not by `connections`: between large layers there are too many to list for a question.
        if any(mark.layer == target and mark.source == source for mark in spec.missing):
            return ""
        return f"{source} feeds {target} already; choose two layers that are not connected"
    back = way_between(spec, target, source)
    if back:
        way = " → ".join((*back, target))
        return (
            f"that would close the circle {way}, but values flow one way only; "
            "take another connection of the circle away first"
        )
    return ""


def why_not_disconnected(spec: NetworkSpec, source: str, target: str) -> str:
    """Why the connections between two layers cannot go, and what to do; "" when they can."""
    fed = spec.layer(target)
    spec.layer(source)
    if source not in fed.sources:
        return f"{source} does not feed {target}; choose two layers that are connected"
    if len(fed.sources) == 1:
        return f"nothing else feeds {target}; connect another layer to it first" + (
            "" if fed is spec.output else ", or remove it"
        )
    if sum(source in layer.sources for layer in spec.layers) == 1:
        return f"{source} would feed nothing; connect it to another layer first" + (
            "" if spec.layer(source).is_input else ", or remove it"
        )
    return ""


def why_not_joined(spec: NetworkSpec, first: str, second: str) -> str:
    """Why two layers cannot become one, and what to do; "" when they can."""
    one, other = in_turn(spec, first, second)
    if one is other:
        return "that is one layer; choose two"
    fed = ({x.id for x in spec.layers if layer.id in x.sources} for layer in (one, other))
    if set(one.sources) != set(other.sources) or len({frozenset(x) for x in fed}) > 1:
        return (
            f"{first} and {second} are not fed by and do not feed the same layers; "
            "connect them alike first"
        )
    alike = ("activation", "bias", "bias_trained", "dropout")
    for name in alike:
        if getattr(one, name) != getattr(other, name):
            word = "training of biases" if name == "bias_trained" else name
            return f"{first} and {second} differ in their {word}; give both the same first"
    groups = spec.inputs
    if one.is_input and groups.index(other) != groups.index(one) + 1:
        return f"other inputs stand between {first} and {second}; join neighbouring groups"
    return ""


def in_turn(spec: NetworkSpec, first: str, second: str) -> tuple[LayerSpec, LayerSpec]:
    """Two layers in the order in which they stand in the network."""
    one, other = spec.layer(first), spec.layer(second)
    return (one, other) if spec.layers.index(one) <= spec.layers.index(other) else (other, one)
