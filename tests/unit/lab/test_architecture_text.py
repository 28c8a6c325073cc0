"""Layers as a line of text, both ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.carry_over import carry_over
from bpviz.engine.parameters import Layout, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, hidden_ids, stack
from bpviz.experiments.experiment import Experiment, Moved
from bpviz.lab.architecture_text import SetArchitecture, architecture_text, parse_architecture
from bpviz.lab.graph_layout import depth
from tests.properties import strategies


def by_place(layers: tuple[LayerSpec, ...]) -> list[tuple[int, frozenset[str]]]:
    """Units and sources in the order of the picture, layers called by their places."""
    columns = depth(NetworkSpec(layers=layers))
    order = sorted(range(len(layers)), key=lambda k: columns[k])
    inputs = sum(layer.is_input for layer in layers)
    names = [*(f"i{k}" for k in range(inputs)), *hidden_ids(len(layers) - inputs - 1), "o"]
    called = {layers[k].id: name for k, name in zip(order, names, strict=True)}
    return [(layers[k].units, frozenset(called[s] for s in layers[k].sources)) for k in order]


def ends_of(spec: NetworkSpec) -> NetworkSpec:
    return stack(sum(group.units for group in spec.inputs), spec.output.units)


@settings(max_examples=150)
@given(strategies.networks(), st.booleans())
def test_every_graph_is_said_and_read(spec: NetworkSpec, odd_names: bool) -> None:
    if odd_names:
        spec = replace(spec, missing=frozenset(), frozen=frozenset())
        named = {layer.id: f"{k}. {layer.id} → x" for k, layer in enumerate(spec.layers)}
        spec = replace(
            spec,
            layers=tuple(
                replace(layer, id=named[layer.id], sources=tuple(named[s] for s in layer.sources))
                for layer in spec.layers
            ),
        )
    text = architecture_text(spec)
    assert parse_architecture(text, spec) == spec.layers
    assert by_place(parse_architecture(text, ends_of(spec))) == by_place(spec.layers)


@pytest.mark.parametrize("seed", range(40))
def test_dense_random_graphs_are_said_and_read(seed: int) -> None:
    random = np.random.default_rng(seed)
    layers = [LayerSpec(f"i{k + 1}", int(random.integers(1, 5))) for k in range(seed % 3 + 1)]
    for k in range(int(random.integers(1, 7))):
        sources = [layer.id for layer in layers if random.random() < 0.5] or [layers[0].id]
        layers.append(LayerSpec(f"n{k}", int(random.integers(1, 5)), sources=tuple(sources)))
    fed = {s for layer in layers for s in layer.sources}
    ends = tuple(layer.id for layer in layers if layer.id not in fed)
    spec = NetworkSpec(layers=(*layers, LayerSpec("out", 2, sources=ends)))
    text = architecture_text(spec)
    assert parse_architecture(text, spec) == spec.layers
    assert by_place(parse_architecture(text, ends_of(spec))) == by_place(spec.layers)


FAMILY = "24+12 → 6|6 → 12 → 6 → 24"


@pytest.mark.parametrize(
    ("text", "present", "sources"),
    [
        ("2-4-2-1", stack(2, 1), [(), ("i",), ("h1",), ("h2",)]),
        (
            FAMILY,
            stack(36, 24),
            [(), (), ("i",), ("i2",), ("h1", "h2"), ("h3",), ("h4",)],
        ),
        ("2 → 1 → 1; i→o", stack(2, 1), [(), ("i",), ("h", "i")]),
        (
            "4 → 2|3|1 → 2|2|2 → 3",
            stack(4, 3),
            [(), *[("i",)] * 3, ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6")],
        ),
        ("2 → 3 → near=2 → 1; i→near, not h1→near, h1→o", stack(2, 1), None),
    ],
)
def test_a_text_says_what_feeds_what(text, present, sources):
    layers = parse_architecture(text, present)
    if sources is None:
        sources = [(), ("i",), ("i",), ("near", "h1")]
    assert [set(layer.sources) for layer in layers] == [set(x) for x in sources]


@pytest.mark.parametrize(
    "text", ["2-4-2-1", "2 -> 4 -> 2 -> 1", "2>4>2>1", "2 – 4–2 → 1", " 2=>4-2-1"]
)
def test_arrows_are_typed_in_many_ways(text):
    spec = replace(stack(2, 1), layers=parse_architecture(text, stack(2, 1)))
    assert architecture_text(spec) == "2 → 4 → 2 → 1"


@pytest.mark.parametrize("text", [FAMILY, "2+3 → 3|3|2 → 4; i1→o, h1→h2", "5 → 1 → 1; i→o"])
def test_what_is_written_is_read_and_written_again(text):
    numbers = text.split(";")[0].replace("|", "+").split(" → ")
    present = stack(sum(map(int, numbers[0].split("+"))), int(numbers[-1]))
    layers = parse_architecture(text, present)
    spec = replace(present, layers=layers)
    again = parse_architecture(architecture_text(spec), present)
    assert by_place(again) == by_place(layers)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "from the inputs to the outputs"),
        ("2 → 4", "such as 2 → 4 → 1"),
        ("24+12 → 6|6 → 24", "add up to 2 and ends with 1, such as 2 → 6.6 → 1"),
        ("2", "from the inputs to the outputs"),
        ("6 → 4", "begins with 2 and ends with 1, such as 2 → 6 → 4 → 1"),
        ("3 → 4 → 1", "such as 2 → 4 → 1"),
        ("2 → 4 → 3", "asks for 1 output.*such as 2 → 4 → 1"),
        ("2+1 → 4 → 1", "add up to 2"),
        ("2 → x → 1", "“x”"),
        ("2 → 0 → 1", "at least 1 unit"),
        ("2 → 1.5 → 1", "“1.5”"),
        ("2 → 9999 → 1", "4,096"),
        (f"2 → {'9' * 5000} → 1", "4,096"),
        ("2 " + "→ 3 " * 40 + "→ 1", "32 hidden"),
        ("2 → 1|1", "one output layer"),
        ("2 → 3 → 1; i→o; h→o", "one semicolon"),
        ("2 → 3 → 1; i→x", "there is no layer x; expected one of i, h, o"),
        ("2 → 3 → 1; o→h", "turn it round"),
        ("1+1 → 3 → 1; i1→i2", "come from the data"),
        ("2 → 3 → 1; nonsense", "such as i→o"),
        ("2 → 3 → 1; not i→h", "nothing would feed h"),
        ("2 → 3 → 1; i→o, not h→o", "h would feed nothing"),
        ("2 → a=3 → a=2 → 1", "two layers are called a"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(SettingError, match=sentence):
        parse_architecture(text, stack(2, 1))


def test_layers_that_stay_keep_what_they_are():
    spec = stack(2, 6, 4, 1, hidden="relu")
    spec = spec.with_layer(replace(spec.layer("h2"), bias="shared", unit_ids=(0, 5, 7, 9)))
    layers = parse_architecture("2 → 8 → 3 → 2 → 1", spec)
    assert layers[1].ids == tuple(range(8))
    assert layers[2].ids == (0, 5, 7)
    assert layers[2].bias == "shared"
    assert layers[3].activation == ACTIVATIONS.make("relu")
    assert layers[3].id == "h3"
    assert layers[4].activation == spec.output.activation


def test_the_present_network_is_no_change():
    experiment = Experiment(network=stack(2, 6, 4, 1))
    assert SetArchitecture("2-6-4-1").apply(experiment) is experiment


def test_inputs_keep_their_weights_in_another_group():
    experiment = Experiment(network=stack(5, 3, 1))
    edit = SetArchitecture("3+2 → 3 → 1")
    assert [x.units for x in edit.apply(experiment).network.inputs] == [3, 2]
    assert edit.origins(experiment) == {("i2", 0): ("i", 3), ("i2", 1): ("i", 4)}


def test_a_layer_that_gets_a_name_keeps_its_weights():
    edit = SetArchitecture("2 → code=3 → 1")
    origins = edit.origins(Experiment(network=stack(2, 3, 1)))
    assert origins == {("code", k): ("h", k) for k in range(3)}


@pytest.mark.parametrize(
    "text",
    [
        "2 → x=4|5 → 2 → 1",
        "2 → 5|x=4 → 2 → 1",
        "2 → x=4 → h1=2 → 1",
        "2 → h2=4 → h1=2 → 1",
        "2 → h2=4 → x=3|2 → 1",
        "2 → h2=4|h1=4 → 2|2 → 1",
        "2 → 4|3 → 1",
    ],
)
def test_no_unit_goes_on_in_two_places(text):
    edit, before = SetArchitecture(text), Experiment(network=stack(2, 4, 2, 1))
    layers, origins = edit.apply(before).network.layers, edit.origins(before)
    units = [(layer.id, unit) for layer in layers for unit in layer.ids]
    there = {(layer.id, unit) for layer in before.network.layers for unit in layer.ids}
    went_on = [origins.get(unit, unit) for unit in units if origins.get(unit, unit) in there]
    assert len(went_on) == len(set(went_on))


def test_a_new_layer_beside_one_that_got_a_name_is_new():
    edit, before = SetArchitecture("2 → x=4|5 → 2 → 1"), Experiment(network=stack(2, 4, 2, 1))
    layers = edit.apply(before).network.layers
    assert [layer.id for layer in layers] == ["i", "x", "h2", "h3", "o"]
    old = {(layer.id, unit) for layer in before.network.layers for unit in layer.ids}
    assert not old & {edit.origins(before)["h2", unit] for unit in range(5)}


def test_a_new_layer_has_not_the_marks_of_one_that_is_gone():
    network = NetworkSpec(
        layers=(
            LayerSpec("i", 2),
            LayerSpec("h1", 3, sources=("i",)),
            LayerSpec("h2", 3, sources=("i",)),
            LayerSpec("o", 1, sources=("h1", "h2")),
        ),
        missing=frozenset({ParameterId("h2", 0, "i", 1)}),
    )
    after = SetArchitecture("2 → 3 → 3 → 1; i→h2").apply(Experiment(network=network)).network
    assert [layer.id for layer in after.layers] == ["i", "h1", "h2", "o"]
    assert after.has(ParameterId("h2", 0, "i", 1))
    assert after.missing == frozenset()


def test_ids_go_by_place_where_stages_are_others_and_weights_with_their_layers():
    marks = {"missing": ParameterId("h2", 1, "h1", 5), "frozen": ParameterId("o", 0, "h2", 3)}
    network = stack(2, 6, 4, 1, **{name: frozenset({mark}) for name, mark in marks.items()})
    before = Experiment(network=network, moved=(Moved("h2", 0.1, 0.0),))
    edit = SetArchitecture("2 → 6|3 → 4 → 1; h2→o")
    after = edit.apply(before)
    ids = [(layer.id, layer.units) for layer in after.network.layers]
    assert ids == [("i", 2), ("h1", 6), ("h2", 3), ("h3", 4), ("o", 1)]
    assert architecture_text(after.network) == edit.architecture
    assert after.network.missing == {ParameterId("h3", 1, "h1", 5)}
    assert after.network.frozen == {ParameterId("o", 0, "h3", 3)}
    assert after.moved == (Moved("h3", 0.1, 0.0),)
    old, new = layout_of(network), layout_of(after.network)
    theta = np.arange(1.0, old.size + 1)
    fresh = np.full(new.size, -1.0)
    carried = carry_over(old, new, theta, fresh, edit.origins(before))

    def weights(layout: Layout, vector: np.ndarray, layer: str, source: str = "") -> np.ndarray:
        return layout.block(layer, source).view(vector)

    kept = [(("h1", "i"), ("h1", "i")), (("h3", "h1"), ("h2", "h1")), (("o", "h3"), ("o", "h2"))]
    for now, was in [*kept, (("h3",), ("h2",))]:
        there = weights(old, theta, *was).copy()
        if now == ("h3", "h1"):
            there[1, 5] = 0.0
        np.testing.assert_array_equal(weights(new, carried, *now), there)
    for now in (("h2", "i"), ("h2",), ("h3", "h2"), ("o", "h2")):
        assert (weights(new, carried, *now) == -1).all()


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        (("x", "a", "y"), "2 → 1 → 1; i→o"),
        (("x", "i", "y"), "2 → 1 → 1; i→o"),
        (("o", "h", "i"), "o=2 → 1 → i=1; o→i"),
    ],
)
def test_inputs_and_outputs_are_called_by_their_places(ids, text):
    first, hidden, last = ids
    spec = NetworkSpec(
        layers=(
            LayerSpec(first, 2),
            LayerSpec(hidden, 1, sources=(first,)),
            LayerSpec(last, 1, sources=(hidden, first)),
        )
    )
    assert architecture_text(spec) == text
    assert parse_architecture(text, spec) == spec.layers
