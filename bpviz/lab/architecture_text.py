"""A network's layers as one line of text, and the edit that follows from such a line.

    2 → 4 → 2 → 1                        a stack: inputs, hidden layers, outputs
    24+12 → 6|6 → 12 → 6 → 24            + between input groups, | between groups side by side
    2 → 1 → 1; i→o                       behind a semicolon, connections that skip layers
    2 → 3|3 → a=4 → 1; h1→o, not h2→a    … and such that are not there; = names a layer

Arrows divide stages. Where a stage has as many groups as the one before it, and more than one,
each is fed by the group above which it stands; otherwise each is fed by all of them. Behind the
semicolon layers are called by their places, i or i1, i2, … and h or h1, h2, … and o, unless a
name was given. An arrow may be typed as -, –, > or ->.

Activations, biases and single connections that are missing are no part of the text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bpviz.engine.carry_over import Origins
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, hidden_ids
from bpviz.experiments.experiment import Experiment
from bpviz.lab.architecture import hidden_activation, with_layers
from bpviz.lab.architecture_line import NAME, NOT, Extra, Group, Stages, check_ends, read_line
from bpviz.lab.edits import Edit
from bpviz.lab.graph_layout import depth

ARCHITECTURE_TIP = (
    "Units of the layers from the inputs to the outputs, such as 2 → 4 → 1 (type 2-4-1). "
    "24+12 are two input groups, 6|6 two groups side by side; "
    "connections that skip layers stand behind a semicolon: 2 → 1 → 1; i→o"
)

_MOST_UNITS = 4096
_MOST_LAYERS = 32
# Ids that say no more than a place.
_NUMBERED = re.compile(r"h\d*")


def architecture_text(spec: NetworkSpec) -> str:
    """The layers and what feeds them, as one line. `parse_architecture` reads it."""
    stages = _stages(spec)
    ordered = [layer for stage in stages for layer in stage]
    index = {layer.id: k for k, layer in enumerate(ordered)}
    usual = _wiring([len(stage) for stage in stages])
    changed = list[tuple[str, str, bool]]()
    for k, layer in enumerate(ordered):
        sources = {index[source] for source in layer.sources}
        changed += [(ordered[s].id, layer.id, True) for s in sorted(sources - usual[k])]
        changed += [(ordered[s].id, layer.id, False) for s in sorted(usual[k] - sources)]
    places = dict(zip(index, _place_names(stages), strict=True))
    mentioned = {name for source, target, _ in changed for name in (source, target)}
    plain = all(NAME.fullmatch(name) and name != NOT for name in mentioned)
    # The one input group and the output layer are known by their places whatever they are called.
    ends = {spec.output.id, *([spec.inputs[0].id] if len(spec.inputs) == 1 else [])}
    by_place = {name for name in ends if places[name] not in mentioned} if plain else mentioned
    names = {name: places[name] if name in by_place else name for name in mentioned}

    def group(layer: LayerSpec) -> str:
        name = names.get(layer.id, places[layer.id])
        return str(layer.units) if name == places[layer.id] else f"{name}={layer.units}"

    text = " → ".join(("|" if k else "+").join(map(group, stage)) for k, stage in enumerate(stages))
    extras = [
        f"{'' if there else f'{NOT} '}{names[source]}→{names[target]}"
        for source, target, there in changed
    ]
    return f"{text}; {', '.join(extras)}" if extras else text


def parse_architecture(text: str, present: NetworkSpec) -> tuple[LayerSpec, ...]:
    """The layers that a text says, as like those of the present network as can be.

    Layers in the same place (or of the same name) keep their ids, activations, biases and unit
    ids, so that their weights stay. Raises SettingError when the text cannot be read, when its
    inputs and outputs are not those of the data, or when it says no network.
    """
    return tuple(layer for layer, _ in _parsed(text, present))


@dataclass(frozen=True)
class SetArchitecture(Edit):
    """Give the network the layers that a text says; see `parse_architecture`.

    Layers and units that it has already keep their weights, inputs also when they come to stand
    in another group.
    """

    architecture: str

    @property
    def text(self) -> str:
        return "change the layers"

    def apply(self, experiment: Experiment) -> Experiment:
        parsed = _parsed(self.architecture, experiment.network)
        layers = tuple(layer for layer, _ in parsed)
        if layers == experiment.network.layers:
            return experiment
        called = _called(experiment, parsed)
        return with_layers(called, layers, _input_origins(parsed, experiment.network))

    def origins(self, before: Experiment) -> Origins:
        parsed, known = _parsed(self.architecture, before.network), before.network.layers
        named = {
            (layer.id, unit): (like.id, unit) if like is not None else _NOBODY
            for layer, like in parsed
            if not layer.is_input
            and (like.id != layer.id if like else any(layer.id == old.id for old in known))
            for unit in layer.ids
        }
        return {**named, **_input_origins(parsed, before.network)}


# What a new layer goes on from that has got the id of another one.
_NOBODY = ("", -1)


def _input_origins(
    parsed: Sequence[tuple[LayerSpec, LayerSpec | None]], before: NetworkSpec
) -> Origins:
    """Inputs are the columns of the data, whatever group they stand in."""
    old = [(group.id, unit) for group in before.inputs for unit in group.ids]
    new = [(group.id, unit) for group, _ in parsed if group.is_input for unit in group.ids]
    return {now: was for now, was in zip(new, old, strict=True) if now != was}


def _called(
    experiment: Experiment, parsed: Sequence[tuple[LayerSpec, LayerSpec | None]]
) -> Experiment:
    """The same experiment with its layers called as those that go on from them.

    One that none goes on from gets an id that is in no other's way.
    """
    spec, taken = experiment.network, {layer.id for layer, _ in parsed}
    goes_on = {like.id: layer.id for layer, like in parsed if like and not like.is_input}
    new = {x.id: x.id for x in spec.layers}
    new |= {x.id: f"{x.id}?" for x in spec.computed if x.id in taken} | goes_on
    if all(before == now for before, now in new.items()):
        return experiment
    layers = tuple(
        replace(x, id=new[x.id], sources=tuple(new[source] for source in x.sources))
        for x in spec.layers
    )
    missing, frozen = (
        frozenset(p._replace(layer=new[p.layer], source=new.get(p.source, "")) for p in marks)
        for marks in (spec.missing, spec.frozen)
    )
    return replace(
        experiment,
        network=replace(spec, layers=layers, missing=missing, frozen=frozen),
        moved=tuple(replace(move, layer=new[move.layer]) for move in experiment.moved),
    )


# Writing


def _stages(spec: NetworkSpec) -> list[list[LayerSpec]]:
    """The layers by the longest way that leads to them."""
    columns = depth(spec)
    stages: list[list[LayerSpec]] = [[] for _ in range(max(columns) + 1)]
    for layer, column in zip(spec.layers, columns, strict=True):
        stages[column].append(layer)
    return stages


def _wiring(sizes: Sequence[int]) -> list[set[int]]:
    """What feeds each group, by their numbers in the text, when nothing else is said."""
    feeds: list[set[int]] = [set() for _ in range(sizes[0])]
    start = 0
    for before, size in itertools.pairwise(sizes):
        for k in range(size):
            paired = before == size
            feeds.append({start + k} if paired else set(range(start, start + before)))
        start += before
    return feeds


def _place_names(stages: Sequence[Sequence[object]]) -> list[str]:
    inputs = len(stages[0])
    hidden = sum(len(stage) for stage in stages[1:-1])
    first = ["i"] if inputs == 1 else [f"i{k}" for k in range(1, inputs + 1)]
    return [*first, *hidden_ids(hidden), "o"]


# Reading


def _parsed(text: str, present: NetworkSpec) -> list[tuple[LayerSpec, LayerSpec | None]]:
    """The layers that a text says, each with the present layer that it goes on from."""
    stages, extras = read_line(text)
    check_ends(stages, present)
    _check_limits(stages, present)
    groups = [group for stage in stages for group in stage]
    like = _counterparts(stages, present)
    ids = _ids(groups, _place_names(stages), like, present, _shape(stages))
    sources = _wiring([len(stage) for stage in stages])
    _add(extras, sources, _named(groups, _place_names(stages), ids), len(stages[0]))
    _check_sources(sources, ids, len(stages[0]))
    made = list[tuple[LayerSpec, LayerSpec | None]]()
    for k, group in enumerate(groups):
        before, feeding = like[k], [ids[s] for s in sorted(sources[k])]
        kept = [s for s in before.sources if s in feeding] if before is not None else []
        order = (*kept, *(s for s in feeding if s not in kept))
        made.append((_layer(ids[k], group.units, order, before, present), before))
    return _in_present_order(made, present)


def _check_limits(stages: Stages, present: NetworkSpec) -> None:
    hidden = [group.units for stage in stages[1:-1] for group in stage]
    check_hidden(hidden, present)


def check_hidden(hidden: Sequence[int], present: NetworkSpec | None = None) -> None:
    """Raise SettingError when hidden layers of these sizes are too many or too large.

    As many and as large ones as the present network has can be.
    """
    # What a file brought is not refused when it is typed again.
    there = [layer.units for layer in present.computed[:-1]] if present else []
    most_units, most_layers = max([_MOST_UNITS, *there]), max(_MOST_LAYERS, len(there))
    if len(hidden) > most_layers or max(hidden, default=0) > most_units:
        raise SettingError(
            f"there can be up to {most_layers} hidden layers of up to {most_units:,} units"
        )


def _counterparts(stages: Stages, present: NetworkSpec) -> list[LayerSpec | None]:
    """The present layer that each group goes on from: of its name, else in its place."""
    old = _stages(present)
    hidden = {layer.id: layer for layer in present.computed[:-1]}
    inputs = {layer.id: layer for layer in present.inputs}
    found = list[LayerSpec | None]()
    for s, stage in enumerate(stages[:-1]):
        known = hidden if s else inputs
        taken = {group.name for other in stages[:-1] for group in other} & known.keys()
        beside = old[s] if s < len(old) - 1 else []
        for g, group in enumerate(stage):
            here = beside[g] if g < len(beside) and beside[g].id not in taken else None
            found.append(known.get(group.name, here))
    return [*found, present.output]


def _ids(
    groups: list[Group],
    places: list[str],
    like: list[LayerSpec | None],
    present: NetworkSpec,
    shape: list[int],
) -> list[str]:
    """The id of each group: its name, that of what it goes on from, else by its place.

    Where the stages are others than those of the present network, hidden layers that are called
    by a number are called by their new places, so that text, headings and ids agree.
    """
    anew = shape != _shape(_stages(present))
    numbered = {x.id for x in present.computed[:-1] if anew and _NUMBERED.fullmatch(x.id)}
    ids = [
        group.name or ("" if before is None or before.id in numbered else before.id)
        for group, before in zip(groups, like, strict=True)
    ]
    taken = {layer.id for layer in present.layers} - numbered
    for k, place in enumerate(places):
        if not ids[k]:
            begin = "i" if place.startswith("i") else "h"
            free = (begin + str(number) for number in itertools.count(1))
            names = itertools.chain([place], free)
            ids[k] = next(name for name in names if name not in taken and name not in ids)
    twice = next((name for name in ids if ids.count(name) > 1), "")
    if twice:
        raise SettingError(f"two layers are called {twice}; give one of them another name")
    return ids


def _shape(stages: Sequence[Sequence[object]]) -> list[int]:
    """How many groups there are in each stage."""
    return [len(stage) for stage in stages]


def _named(groups: list[Group], places: list[str], ids: list[str]) -> dict[str, int]:
    """Which group each name means. A name that was given comes before one by place."""
    named = {name: k for k, name in enumerate(ids)}
    named |= {name: k for k, name in enumerate(places)}
    return named | {group.name: k for k, group in enumerate(groups) if group.name}


def _add(extras: list[Extra], sources: list[set[int]], named: dict[str, int], inputs: int) -> None:
    """Add to each group's sources what the text says behind its semicolon, or take it away."""
    for extra in extras:
        for name in (extra.source, extra.target):
            if name not in named:
                raise SettingError(f"there is no layer {name}; expected one of {', '.join(named)}")
        source, target = named[extra.source], named[extra.target]
        if target < inputs:
            raise SettingError(f"{extra.target} holds inputs, which come from the data alone")
        if source >= target:
            raise SettingError(
                f"{extra.source} cannot feed {extra.target}: "
                "connections lead to layers that stand behind; turn it round"
            )
        (sources[target].add if extra.there else sources[target].discard)(source)


def _check_sources(sources: list[set[int]], ids: list[str], inputs: int) -> None:
    for k, name in enumerate(ids):
        if k >= inputs and not sources[k]:
            raise SettingError(f"nothing would feed {name}; leave it out, or connect it")
    for k in set(range(len(ids) - 1)).difference(*sources):
        raise SettingError(f"{ids[k]} would feed nothing; leave it out, or connect it")


def _layer(
    name: str,
    units: int,
    sources: tuple[str, ...],
    before: LayerSpec | None,
    present: NetworkSpec,
) -> LayerSpec:
    if before is None:
        return LayerSpec(name, units, hidden_activation(present), sources=sources)
    kept = before.ids[:units]
    first_new = max(before.ids) + 1
    ids = (*kept, *range(first_new, first_new + units - len(kept)))
    return replace(before, id=name, units=units, sources=sources, unit_ids=ids)


def _in_present_order(
    made: list[tuple[LayerSpec, LayerSpec | None]], present: NetworkSpec
) -> list[tuple[LayerSpec, LayerSpec | None]]:
    """The layers in the order that they have now, where that is still one of a network."""
    by_id = {layer.id: (layer, before) for layer, before in made}
    order = [layer.id for layer in present.layers]
    if set(order) != set(by_id):
        return made
    known = set[str]()
    for name in order:
        if not known.issuperset(by_id[name][0].sources):
            return made
        known.add(name)
    return [by_id[name] for name in order]
