"""Hypothesis strategies: layer graphs, numbers for them, and settings that suit."""

import math
import typing
from dataclasses import MISSING, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.initializers import INITIALIZERS, Explicit, Initializer, Normal, Uniform
from bpviz.engine.losses import LOSSES, Loss
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import (
    Field,
    Registry,
    SettingError,
    fields_of,
)
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.engine.training_config import TrainingConfig
from tests.combinations import BIASES, HIDDEN, outputs_for

DROPOUTS = (0.0, 0.0, 0.25, 0.6)


@st.composite
def unit_ids(draw: st.DrawFn, units: int) -> tuple[int, ...]:
    """The usual ids, or any, as they are after units came and went."""
    if draw(st.booleans()):
        return ()
    return tuple(draw(st.lists(st.integers(0, 9), min_size=units, max_size=units, unique=True)))


@st.composite
def layers(
    draw: st.DrawFn, output: str, hidden: list[str], dropout: bool = True
) -> tuple[LayerSpec, ...]:
    """One or two input groups, up to four hidden layers fed by any earlier ones, an output."""
    made: list[LayerSpec] = []

    def add(name: str, sources: tuple[str, ...], activation: str, at_least: int = 1) -> None:
        units = draw(st.integers(at_least, 3))
        made.append(
            LayerSpec(
                name,
                units,
                draw(entries(ACTIVATIONS, activation)),
                dropout=draw(st.sampled_from(DROPOUTS)) if dropout and name != "o" else 0.0,
                bias=draw(st.sampled_from(BIASES)),
                bias_trained=draw(st.booleans()),
                sources=sources,
                unit_ids=draw(unit_ids(units)),
            )
        )

    groups = ["a", "b"] if draw(st.booleans()) else ["a"]
    # The second group may come after layers that the first one feeds.
    late = draw(st.integers(0, 2)) if len(groups) == 2 else 0
    count = draw(st.integers(late, 4))
    add("a", (), "identity")
    for k in range(count):
        if len(groups) == 2 and k == late:
            add("b", (), "identity")
        earlier = [layer.id for layer in made]
        chosen = draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3, unique=True))
        add(f"h{k + 1}", tuple(chosen), draw(st.sampled_from(hidden)))
    if len(groups) == 2 and "b" not in {layer.id for layer in made}:
        add("b", (), "identity")
    fed = {source for layer in made for source in layer.sources}
    loose = [layer.id for layer in made if layer.id not in fed]
    others = [layer.id for layer in made if layer.id in fed]
    more = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []
    sources = tuple(draw(st.permutations(loose + more)))
    add("o", sources, output, at_least=2 if output == "softmax" else 1)
    return tuple(made)


def initializers() -> st.SearchStrategy[Initializer]:
    small = st.floats(-2, 2, width=32)
    return st.one_of(
        entries(INITIALIZERS),
        st.builds(Normal, deviation=st.floats(0, 5)),
        st.tuples(small, small, st.booleans()).map(
            lambda t: Uniform(min(t[0], t[1]), max(t[0], t[1]), t[2])
        ),
        st.lists(small, max_size=4).map(lambda values: Explicit(tuple(values), (0.5,))),
    )


@st.composite
def networks(
    draw: st.DrawFn,
    loss: Loss | None = None,
    hidden: list[str] = HIDDEN,
    dropout: bool = True,
    output: str = "",
    **settings: Any,
) -> NetworkSpec:
    """A random graph with missing connections and frozen parameters, its outputs fit for `loss`."""
    suitable = outputs_for(loss.kind) if loss else list(ACTIVATIONS)
    output = output or draw(st.sampled_from(suitable))
    spec = NetworkSpec(
        layers=draw(layers(output, hidden, dropout)),
        numbering=draw(st.sampled_from(["destination", "source"])),
        **settings,
    )
    ids = [layout_of(spec).id_of(k) for k in range(layout_of(spec).size)]
    weights = [parameter for parameter in ids if not parameter.is_bias]
    return replace(spec, missing=draw(marks(weights)), frozen=draw(marks(ids)))


def marks(ids: list[ParameterId]) -> st.SearchStrategy[frozenset[ParameterId]]:
    return st.frozensets(st.sampled_from(ids), max_size=3)


def losses() -> st.SearchStrategy[Loss]:
    return entries(LOSSES)


# Any setting, from its declaration alone: what a registry gains is drawn without more ado.


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that a setting may have: its choices, or numbers in its bounds near its default."""
    registry = field.setting.registry
    if registry is not None:
        entry = entries(registry)
        several = typing.get_origin(field.type) is tuple
        return st.lists(entry, max_size=2).map(tuple) if several else entry
    if field.choices:
        return st.sampled_from(field.choices)
    numbers = {bool: lambda _: st.booleans(), int: _whole_numbers, float: _numbers}
    return numbers.get(field.type, lambda f: st.just(f.default))(field)


def _numbers(field: Field) -> st.SearchStrategy[float]:
    """At most as large as is usual, at least above what is not allowed."""
    rules, default = field.setting, float(field.default)
    low = rules.above if rules.above is not None else rules.at_least
    high = rules.below if rules.below is not None else rules.at_most
    room = 4 * abs(default) if default else 0.1
    near = min(abs(default) / 4 or room / 100, 1.0)
    least = -room if low is None else max(low, near)
    most = min(math.inf if high is None else high, room)
    # A bound itself is drawn where it is allowed: 0 often means "off".
    drawn = st.floats(
        least,
        max(least, most),
        exclude_min=rules.above is not None and least == low,
        exclude_max=rules.below is not None and most == high,
    )
    bound = rules.at_least
    return drawn if bound is None else st.one_of(st.just(bound), drawn)


def _whole_numbers(field: Field) -> st.SearchStrategy[int]:
    rules = field.setting
    low = int(rules.at_least if rules.at_least is not None else (rules.above or 0) + 1)
    high = rules.at_most if rules.at_most is not None else low + 8
    return st.integers(low, int(high))


@st.composite
def entries(draw: st.DrawFn, registry: Registry[Any], kind: str = "") -> Any:
    """An entry of a registry with any settings; its own defaults where they do not go together."""
    made = registry[kind or draw(st.sampled_from(list(registry)))]
    drawn = {
        name: draw(values_of(field))
        for name, field in fields_of(made).items()
        if field.default is not MISSING
    }
    try:
        return made(**drawn)
    except SettingError:
        return made()


def reproducible(rules: tuple[Any, ...]) -> tuple[Any, ...]:
    """The stop rules that look at nothing but the numbers of training."""
    return tuple(rule for rule in rules if rule.reproducible)


@st.composite
def trainings(
    draw: st.DrawFn, loss: Loss, spec: NetworkSpec | None = None, **settings: Any
) -> TrainingConfig:
    """Any training with this error, whatever there is to set, as far as it goes together."""
    drawn: dict[str, Any] = {
        name: draw(values_of(field))
        for name, field in fields_of(TrainingConfig).items()
        if name not in ("loss", "learning_rate", *settings)
    }
    given = {"loss": loss, "learning_rate": draw(st.floats(1e-5, 1)), **settings}
    config = TrainingConfig(**drawn | given)
    config = replace(config, stop=reproducible(config.stop))
    if not refusal(config, spec):
        return config
    # An optimiser that refuses has everything else at its default, and if need be full batches.
    usual = {name: field.default for name, field in fields_of(TrainingConfig).items()}
    plain = TrainingConfig(**usual | given | {"optimizer": config.optimizer})
    plain = replace(plain, **{"update": "full"} | settings)
    if not refusal(plain, spec) or "optimizer" in settings:
        return plain
    return replace(config, optimizer=usual["optimizer"])


def refusal(config: TrainingConfig, spec: NetworkSpec | None) -> str:
    return config.optimizer.refusal(config.update, config.obstacles(spec) if spec else [])


def fitting(spec: NetworkSpec, config: TrainingConfig) -> NetworkSpec:
    """The network, without dropout where the optimiser refuses it."""
    if not refusal(config, spec):
        return spec
    return replace(spec, layers=tuple(replace(layer, dropout=0.0) for layer in spec.layers))


def theta_for(spec: NetworkSpec, seed: int) -> np.ndarray[Any, Any]:
    """Weights and biases of moderate size, zero where a connection is missing."""
    drawn = replace(spec, initializer=Uniform(-1.2, 1.2))
    return initial_theta(drawn, seed, "property test")


def samples_for(
    spec: NetworkSpec, loss: Loss, seed: int, count: int = 6, weighted: bool = False
) -> TrainingData:
    """Inputs in -1 … 1 and targets that the error can learn; a test part of half the size.

    `weighted` samples count from 0 to 3 times, some of them not at all.
    """
    random = np.random.default_rng(seed)
    inputs = sum(layer.units for layer in spec.inputs)
    outputs = spec.output.units

    def part(rows: int) -> Samples:
        values = random.uniform(-1, 1, (rows, inputs))
        if loss.needs_output == "softmax":
            targets = random.dirichlet(np.ones(outputs), rows)
        else:
            targets = random.uniform(0, 1, (rows, outputs))
        weights = random.choice([0.0, 0.5, 1.0, 3.0], rows) if weighted else None
        return Samples(values, targets, weights)

    return TrainingData(part(count), part(count // 2))
