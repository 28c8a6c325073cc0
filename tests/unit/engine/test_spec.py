"""Network specs: what is a graph of layers, what is refused, and the file's form of it."""

import pytest

from bpviz.engine.activations import Identity, ReLU, Sigmoid, Softmax, Tanh
from bpviz.engine.initializers import Uniform
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import (
    LayerSpec,
    NetworkSpec,
    ParameterId,
    read_network,
    stack,
    write_network,
)
from tests.unit.engine.samples import branching


def test_a_stack_is_a_chain() -> None:
    spec = stack(2, 4, 3, 1, hidden="relu", output="identity")
    assert [layer.id for layer in spec.layers] == ["i", "h1", "h2", "o"]
    assert [layer.sources for layer in spec.layers] == [(), ("i",), ("h1",), ("h2",)]
    assert [layer.activation for layer in spec.computed] == [ReLU(), ReLU(), Identity()]
    assert [layer.id for layer in stack(2, 4, 1).layers] == ["i", "h", "o"]


def test_an_input_group_has_neither_activation_nor_bias() -> None:
    layer = LayerSpec("i", 2, Tanh(), bias="shared", bias_trained=False)
    assert layer == LayerSpec("i", 2, Identity(), bias="none")


def test_groups_and_layers_are_told_apart() -> None:
    spec = branching()
    assert [layer.id for layer in spec.inputs] == ["a", "b"]
    assert [layer.id for layer in spec.computed] == ["e", "h", "o"]
    assert spec.output.id == "o"
    assert spec.layer("h").sources == ("e", "b")
    with pytest.raises(SettingError, match="no such layer"):
        spec.layer("x")
    changed = spec.with_layer(LayerSpec("e", 5, Sigmoid(), sources=("a", "b")))
    assert [layer.units for layer in changed.layers] == [2, 1, 5, 3, 2]


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([LayerSpec("i")], "at least an input and an output"),
        ([LayerSpec("i"), LayerSpec("i", sources=("i",))], "two layers 'i'"),
        ([LayerSpec("i"), LayerSpec("o", sources=("h",))], "fed by 'h', which is not an earlier"),
        ([LayerSpec("i"), LayerSpec("o", sources=("o",))], "fed by 'o', which is not an earlier"),
        ([LayerSpec("i"), LayerSpec("o", sources=("i", "i"))], "'o' names a source twice"),
        ([LayerSpec("i"), LayerSpec("o")], "last layer must be fed"),
        (
            [LayerSpec("i"), LayerSpec("h", sources=("i",)), LayerSpec("o", sources=("i",))],
            "'h' feeds no other layer",
        ),
        (
            [LayerSpec("i"), LayerSpec("j"), LayerSpec("o", sources=("i",))],
            "'j' feeds no other layer",
        ),
        (
            [
                LayerSpec("i"),
                LayerSpec("h", 2, Softmax(), sources=("i",)),
                LayerSpec("o", sources=("h",)),
            ],
            "softmax is for the output layer only, but layer 'h'",
        ),
        ([LayerSpec("i"), "o"], "must be a LayerSpec"),
    ],
)
def test_what_is_no_graph_is_refused(layers: list[LayerSpec], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence) as caught:
        NetworkSpec(layers=tuple(layers))
    assert caught.value.key == "layers"


@pytest.mark.parametrize("ids", [(1, 1), (0, 1, 2), (0,), (0, 1, 1), (0, -1)])
def test_unit_ids_are_as_many_different_numbers_as_units(ids: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match="unit ids") as caught:
        LayerSpec("h", 2, unit_ids=ids)
    assert caught.value.key == "unit_ids"


def test_usual_unit_ids_are_not_stored() -> None:
    assert LayerSpec("h", 3, unit_ids=(0, 1, 2)) == LayerSpec("h", 3)
    assert LayerSpec("h", 3).ids == (0, 1, 2)
    layer = LayerSpec("h", 2, unit_ids=(7, 4))
    assert layer.ids == (7, 4)
    assert layer.places == {7: 0, 4: 1}


@pytest.mark.parametrize(
    "mark",
    [
        ParameterId("x", 0, "e", 0),
        ParameterId("h", 3, "e", 0),
        ParameterId("h", 0, "e", 2),
        ParameterId("h", 0, "a", 0),
        ParameterId("o", 2),
        ParameterId("o", -1),
        ParameterId("e", 0),
        ParameterId("a", 0),
        ("h", 0, "e", 0),
    ],
)
def test_a_mark_on_nothing_is_refused(mark: ParameterId) -> None:
    with pytest.raises(SettingError, match="has no parameter") as caught:
        branching(frozen=frozenset({mark}))
    assert caught.value.key == "frozen"
    assert repr(mark[0]) in str(caught.value)


def test_marks_on_weights_and_biases_of_both_kinds() -> None:
    frozen = {ParameterId("h", 2, "b", 0), ParameterId("e", -1), ParameterId("o", 1)}
    assert branching(frozen=frozenset(frozen)).frozen == frozen
    missing = frozenset({ParameterId("h", 2, "b", 0)})
    assert branching(missing=missing).missing == missing


def test_a_bias_cannot_be_missing() -> None:
    with pytest.raises(SettingError, match=r"only connections can be missing, and \['o', 1\]"):
        branching(missing=frozenset({ParameterId("o", 1)}))


def test_the_written_form_is_short() -> None:
    assert write_network(stack(2, 3, 1, output="identity")) == {
        "layers": [
            {"id": "i", "units": 2},
            {"id": "h", "units": 3},
            {"id": "o", "units": 1, "activation": "identity"},
        ]
    }


def test_the_written_form_of_a_graph() -> None:
    spec = branching(
        initializer=Uniform(-1, 1),
        numbering="source",
        dtype="float32",
        missing=frozenset({ParameterId("o", 0, "b", 0)}),
        frozen=frozenset({ParameterId("o", 1), ParameterId("e", -1)}),
    )
    table = write_network(spec)
    assert table == {
        "layers": [
            {"id": "a", "units": 2},
            {"id": "b", "units": 1, "sources": []},
            {"id": "e", "units": 2, "activation": "sigmoid", "bias": "shared", "sources": ["a"]},
            {"id": "h", "units": 3, "sources": ["e", "b"]},
            {"id": "o", "units": 2, "activation": "sigmoid", "sources": ["h", "b"]},
        ],
        "initializer": {"kind": "uniform", "low": -1.0, "high": 1.0},
        "numbering": "source",
        "dtype": "float32",
        "missing": [["o", 0, "b", 0]],
        "frozen": [["e", -1, "", -1], ["o", 1, "", -1]],
    }
    assert read_network(table) == spec


def test_a_layer_without_sources_is_fed_by_the_one_before() -> None:
    spec = read_network({"layers": [{"id": "i", "units": 2}, {"id": "o", "bias": "none"}]})
    assert spec.layers == (
        LayerSpec("i", 2),
        LayerSpec("o", 1, Tanh(), bias="none", sources=("i",)),
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"layers": 3}, "layers: layers must be a list of tables"),
        ({"layers": [3]}, r"layers\[1\]: must be a table"),
        ({"layers": [{"id": "i"}, {"id": "o", "units": 0}]}, r"layers\[2\].units: units must be"),
        ({"layers": [{"id": "i"}, {"id": "o", "unit": 0}]}, r"layers\[2\].unit: unknown key"),
        ({"layers": [{"id": "i"}, {"units": 2}]}, r"layers\[2\].id: layer id must not be empty"),
        ({"layer": []}, "layer: unknown key"),
        ({}, "layers: a network needs at least"),
    ],
)
def test_the_reader_names_the_key(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingError, match=f"^{sentence}"):
        read_network(table)


@pytest.mark.parametrize(
    "marks", [3, "o", [3], ["o"], [["o"]], [["o", "1"]], [["o", 1.0]], [["o", 0, "i"]], [[[], 1]]]
)
def test_the_reader_refuses_marks_of_another_form(marks: object) -> None:
    table = {"layers": [{"id": "i"}, {"id": "o", "units": 2}], "frozen": marks}
    with pytest.raises(SettingError, match=r"^frozen: must be a list of \[layer, unit\]"):
        read_network(table)
