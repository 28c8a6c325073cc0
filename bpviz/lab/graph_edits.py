"""Edits of a network's graph: connections, groups of units, places in the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter

from bpviz.engine.carry_over import Origins
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment, Moved
from bpviz.explain.terms import UnitRef
from bpviz.lab.architecture import (
    free_group_id,
    in_order,
    with_layers,
)
from bpviz.lab.edits import Edit
from bpviz.lab.graph_refusals import (
    in_turn,
    why_not_connected,
    why_not_disconnected,
    why_not_joined,
)

_GONE = "not all of these connections are in the network any more; choose them anew"


@dataclass(frozen=True)
class GraphEdit(Edit):
    """An edit that can say whether it can be done without doing it."""

    def why_not(self, spec: NetworkSpec) -> str:
        """Why it cannot be done to this network, and what to do; "" when it can.

        Raises SettingError for a layer that there is not.
        """
        return ""

    def _check(self, experiment: Experiment) -> None:
        refusal = self.why_not(experiment.network)
        if refusal:
            raise SettingError(refusal)


@dataclass(frozen=True)
class Connect(GraphEdit):
    """Let a layer feed another one: all connections between them that are not there yet."""

    source: str
    target: str

    @property
    def text(self) -> str:
        return f"connect {self.source} to {self.target}"

    def why_not(self, spec: NetworkSpec) -> str:
        return why_not_connected(spec, self.source, self.target)

    def apply(self, experiment: Experiment) -> Experiment:
        self._check(experiment)
        spec = experiment.network
        if self.source not in spec.layer(self.target).sources:
            return _connected(experiment, self.source, self.target)
        ends = self.target, self.source
        left = frozenset(mark for mark in spec.missing if (mark.layer, mark.source) != ends)
        return _with_missing(experiment, left)


@dataclass(frozen=True)
class ConnectUnits(GraphEdit):
    """One connection. Where the layers are not connected it is the only one between them."""

    source: UnitRef
    target: UnitRef

    @property
    def text(self) -> str:
        return f"connect a unit of {self.source.layer} to one of {self.target.layer}"

    @property
    def parameter(self) -> ParameterId:
        """The weight of the connection."""
        return ParameterId(*self.target, *self.source)

    def why_not(self, spec: NetworkSpec) -> str:
        for end in (self.source, self.target):
            if end.unit not in spec.layer(end.layer).places:
                return f"layer {end.layer} has no unit {end.unit}"
        if not spec.has(self.parameter):
            return why_not_connected(spec, self.source.layer, self.target.layer)
        if self.parameter not in spec.missing:
            return "these units are connected already; choose two that are not"
        return ""

    def apply(self, experiment: Experiment) -> Experiment:
        self._check(experiment)
        spec, only = experiment.network, {self.parameter}
        if spec.has(self.parameter):
            return _with_missing(experiment, spec.missing - only)
        made = Connect(self.source.layer, self.target.layer).apply(experiment)
        block = connections(made.network, self.source.layer, self.target.layer)
        return _with_missing(made, made.network.missing.union(block) - only)


@dataclass(frozen=True)
class Disconnect(GraphEdit):
    """Take all connections between two layers away."""

    source: str
    target: str

    @property
    def text(self) -> str:
        return f"disconnect {self.source} from {self.target}"

    def why_not(self, spec: NetworkSpec) -> str:
        return why_not_disconnected(spec, self.source, self.target)

    def apply(self, experiment: Experiment) -> Experiment:
        self._check(experiment)
        target = experiment.network.layer(self.target)
        left = tuple(source for source in target.sources if source != self.source)
        return _replaced(experiment, replace(target, sources=left))


@dataclass(frozen=True)
class RemoveConnections(GraphEdit):
    """Take single connections away; their weights stay 0 until they are restored."""

    parameters: frozenset[ParameterId]

    @property
    def text(self) -> str:
        return f"remove {_counted(self.parameters)}"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        _check_connections(self.parameters)
        if self.parameters <= spec.missing:
            raise SettingError("these connections are missing already; choose ones that are there")
        missing, frozen = spec.missing | self.parameters, spec.frozen - self.parameters
        try:
            return replace(experiment, network=replace(spec, missing=missing, frozen=frozen))
        except SettingError:
            raise SettingError(_GONE) from None


@dataclass(frozen=True)
class RestoreConnections(GraphEdit):
    """Bring missing connections back, with weights that are drawn anew."""

    parameters: frozenset[ParameterId]

    @property
    def text(self) -> str:
        return f"restore {_counted(self.parameters)}"

    def apply(self, experiment: Experiment) -> Experiment:
        spec = experiment.network
        _check_connections(self.parameters)
        if not all(map(spec.has, self.parameters - spec.missing)):
            raise SettingError(_GONE)
        if not self.parameters & spec.missing:
            raise SettingError("these connections are there already; choose missing ones")
        return _with_missing(experiment, spec.missing - self.parameters)


@dataclass(frozen=True)
class SplitLayer(GraphEdit):
    """Make the last `units` units of a layer a group of their own, fed by and feeding the same.

    Weights stay, so the network computes what it did. An input group becomes two.
    """

    layer: str
    units: int = 1

    @property
    def text(self) -> str:
        return f"split {self.layer}"

    def why_not(self, spec: NetworkSpec) -> str:
        layer = spec.layer(self.layer)
        if layer is spec.output:
            return "the output layer stays whole; split a layer before it instead"
        if layer.units == 1:
            return f"layer {layer.id} has only one unit; add a unit to it first"
        if not 0 < self.units < layer.units:
            return (
                f"of the {layer.units} units of {layer.id}, from 1 to {layer.units - 1} can be "
                f"split off, got {self.units}"
            )
        return ""

    def apply(self, experiment: Experiment) -> Experiment:
        self._check(experiment)
        spec = experiment.network
        layer = spec.layer(self.layer)
        first, second = self._groups(experiment)
        layers = list[LayerSpec]()
        for other in spec.layers:
            sources = tuple(
                new for s in other.sources for new in ((s, second.id) if s == layer.id else (s,))
            )
            layers += [first, second] if other is layer else [replace(other, sources=sources)]
        return with_layers(experiment, tuple(layers), self.origins(experiment))

    def origins(self, before: Experiment) -> Origins:
        _, second = self._groups(before)
        return {(second.id, unit): (self.layer, unit) for unit in second.ids}

    def _groups(self, before: Experiment) -> tuple[LayerSpec, LayerSpec]:
        layer = before.network.layer(self.layer)
        kept = layer.units - self.units
        new_id = free_group_id(before.network, layer)
        return (
            replace(layer, units=kept, unit_ids=layer.ids[:kept]),
            replace(layer, id=new_id, units=self.units, unit_ids=layer.ids[kept:]),
        )


@dataclass(frozen=True)
class JoinLayers(GraphEdit):
    """Make one layer of two that are fed by and feed the same; the inverse of splitting.

    Weights stay. Two biases that were each shared by a group become one per unit.
    """

    first: str
    second: str

    @property
    def text(self) -> str:
        return f"join {self.first} and {self.second}"

    def why_not(self, spec: NetworkSpec) -> str:
        return why_not_joined(spec, self.first, self.second)

    def apply(self, experiment: Experiment) -> Experiment:
        self._check(experiment)
        spec = experiment.network
        first, second = in_turn(spec, self.first, self.second)
        ids = (*first.ids, *self._new_ids(experiment).values())
        bias = "unit" if first.bias == "shared" else first.bias
        joined = replace(first, units=len(ids), unit_ids=ids, bias=bias)
        layers = tuple(
            joined
            if x is first
            else replace(x, sources=tuple(s for s in x.sources if s != second.id))
            for x in spec.layers
            if x is not second
        )
        return with_layers(experiment, layers, self.origins(experiment))

    def origins(self, before: Experiment) -> Origins:
        first, second = in_turn(before.network, self.first, self.second)
        new = self._new_ids(before)
        return {(first.id, new[unit]): (second.id, unit) for unit in second.ids}

    def _new_ids(self, before: Experiment) -> dict[int, int]:
        """The ids that the second layer's units get: their own where these are free."""
        first, second = in_turn(before.network, self.first, self.second)
        taken = {*first.ids, *second.ids}
        free = (k for k in range(2 * len(taken) + 1) if k not in taken)
        return {unit: next(free) if unit in first.places else unit for unit in second.ids}


@dataclass(frozen=True)
class MoveLayer(GraphEdit):
    """Show a layer elsewhere: by so much of the picture's width and height from its own place.

    Only the picture changes. The edits of a drag are undone together when they are applied with
    one merge key.
    """

    layer: str
    right: float
    down: float

    @property
    def text(self) -> str:
        return f"move {self.layer}"

    def apply(self, experiment: Experiment) -> Experiment:
        experiment.network.layer(self.layer)
        right, down = (max(-1.0, min(1.0, share)) for share in (self.right, self.down))
        moved = tuple(move for move in experiment.moved if move.layer != self.layer)
        if right or down:
            moved = (*moved, Moved(self.layer, right, down))
        return replace(experiment, moved=moved)


@dataclass(frozen=True)
class ForgetMoves(GraphEdit):
    """Show all layers where they stand by themselves."""

    @property
    def text(self) -> str:
        return "arrange the layers"

    def apply(self, experiment: Experiment) -> Experiment:
        return replace(experiment, moved=())


def connections(spec: NetworkSpec, source: str, target: str) -> frozenset[ParameterId]:
    """All connections between two layers, missing ones too; none where they are not connected."""
    fed, feeding = spec.layer(target), spec.layer(source)
    if source not in fed.sources:
        return frozenset()
    return frozenset(ParameterId(target, u, source, s) for u in fed.ids for s in feeding.ids)


def _connected(experiment: Experiment, source: str, target: str) -> Experiment:
    fed = experiment.network.layer(target)
    return _replaced(experiment, replace(fed, sources=(*fed.sources, source)))


def _replaced(experiment: Experiment, layer: LayerSpec) -> Experiment:
    """The experiment with a layer that has other sources, and the layers in order again."""
    layers = experiment.network.layers
    return with_layers(experiment, in_order(layer if x.id == layer.id else x for x in layers))


def _with_missing(experiment: Experiment, missing: frozenset[ParameterId]) -> Experiment:
    return replace(experiment, network=replace(experiment.network, missing=missing))


def _check_connections(parameters: frozenset[ParameterId]) -> None:
    if not parameters:
        raise SettingError("there is no connection among these; choose at least one")
    if not all(map(attrgetter("source"), parameters)):
        raise SettingError("a bias cannot be removed; set it to 0 and freeze it instead")


def _counted(parameters: frozenset[ParameterId]) -> str:
    return "a connection" if len(parameters) == 1 else f"{len(parameters)} connections"
