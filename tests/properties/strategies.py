"""Hypothesis strategies: layer graphs, numbers for them, and settings that suit."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.initializers import INITIALIZERS, Explicit, Initializer, Normal, Uniform
from bpviz.engine.losses import LOSSES, Loss
from bpviz.engine.optimizers import OPTIMIZERS, Adam, Momentum
from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.engine.stopping import Epochs, ErrorBelow, NoBetter
from bpviz.engine.training_config import TrainingConfig

HIDDEN = [kind for kind, entry in ACTIVATIONS.items() if not entry.output_only]
BIASES = ("unit", "shared", "none")


def outputs_for(loss: Loss) -> list[str]:
    """The output activations that an error can be read with."""
    return [kind for kind in ACTIVATIONS if not loss.refusal(ACTIVATIONS.make(kind))]


@st.composite
def unit_ids(draw: st.DrawFn, units: int) -> tuple[int, ...]:
    """The usual ids, or any, as they are after units came and went."""
    if draw(st.booleans()):
        return ()
    return tuple(draw(st.lists(st.integers(0, 9), min_size=units, max_size=units, unique=True)))


@st.composite
def layers(draw: st.DrawFn, output: str, hidden: list[str]) -> tuple[LayerSpec, ...]:
    """One or two input groups, up to four hidden layers fed by any earlier ones, an output."""
    made: list[LayerSpec] = []

    def add(name: str, sources: tuple[str, ...], activation: str, at_least: int = 1) -> None:
        units = draw(st.integers(at_least, 3))
        made.append(
            LayerSpec(
                name,
                units,
                activation,
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
    plain = [kind for kind in INITIALIZERS if kind != "explicit"]
    small = st.floats(-2, 2, width=32)
    return st.one_of(
        st.sampled_from(plain).map(INITIALIZERS.make),
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
    **settings: Any,
) -> NetworkSpec:
    """A random graph with missing connections and frozen parameters, its outputs fit for `loss`."""
    output = draw(st.sampled_from(outputs_for(loss) if loss else list(ACTIVATIONS)))
    spec = NetworkSpec(
        layers=draw(layers(output, hidden)),
        numbering=draw(st.sampled_from(["destination", "source"])),
        **settings,
    )
    ids = [layout_of(spec).id_of(k) for k in range(layout_of(spec).size)]
    weights = [parameter for parameter in ids if not parameter.is_bias]
    return replace(spec, missing=draw(marks(weights)), frozen=draw(marks(ids)))


def marks(ids: list[ParameterId]) -> st.SearchStrategy[frozenset[ParameterId]]:
    return st.frozensets(st.sampled_from(ids), max_size=3)


def losses() -> st.SearchStrategy[Loss]:
    return st.sampled_from(list(LOSSES)).map(LOSSES.make)


def trainings(loss: Loss, **settings: Any) -> st.SearchStrategy[TrainingConfig]:
    """Any training with this error."""
    optimizers = st.one_of(
        st.sampled_from(list(OPTIMIZERS)).map(OPTIMIZERS.make),
        st.builds(Momentum, momentum=st.floats(0, 0.99)),
        st.builds(Adam, beta1=st.floats(0, 0.99), beta2=st.floats(0, 0.9999)),
    )
    rules = st.one_of(
        st.builds(Epochs, epochs=st.integers(1, 9)),
        st.builds(ErrorBelow, error=st.floats(1e-6, 1)),
        st.builds(NoBetter, epochs=st.integers(1, 9)),
    )
    drawn: dict[str, Any] = {
        "optimizer": optimizers,
        "learning_rate": st.floats(1e-5, 1),
        "update": st.sampled_from(["sample", "fixed", "mini-batch", "full"]),
        "batch_size": st.integers(1, 12),
        "reduction": st.sampled_from(["mean", "sum"]),
        "l1": st.sampled_from([0.0, 0.01]),
        "l2": st.sampled_from([0.0, 0.1]),
        "stop": st.lists(rules, max_size=2).map(tuple),
        "evaluate_every": st.integers(1, 3),
    }
    drawn |= {name: st.just(value) for name, value in settings.items()}
    return st.builds(TrainingConfig, loss=st.just(loss), **drawn)


def theta_for(spec: NetworkSpec, seed: int) -> np.ndarray[Any, Any]:
    """Weights and biases of moderate size, zero where a connection is missing."""
    drawn = replace(spec, initializer=Uniform(-1.2, 1.2))
    return initial_theta(drawn, seed, "property test")


def samples_for(spec: NetworkSpec, loss: Loss, seed: int, count: int = 6) -> TrainingData:
    """Inputs in -1 … 1 and targets that the error can learn; a test part of half the size."""
    random = np.random.default_rng(seed)
    inputs = sum(layer.units for layer in spec.inputs)
    outputs = spec.output.units

    def part(rows: int) -> Samples:
        values = random.uniform(-1, 1, (rows, inputs))
        if loss.needs_output == "softmax":
            return Samples(values, random.dirichlet(np.ones(outputs), rows))
        return Samples(values, random.uniform(0, 1, (rows, outputs)))

    return TrainingData(part(count), part(count // 2))
