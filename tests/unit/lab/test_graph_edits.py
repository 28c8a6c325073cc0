"""Connections, groups and places are edited; what was learned stays."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.initializers import Explicit
from bpviz.engine.network import Network
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.experiments.experiment import Experiment, Moved
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.terms import UnitRef
from bpviz.lab.edits import AddLayer, RemoveLayer, Reset, SetLayer
from bpviz.lab.graph_edits import (
    Connect,
    ConnectUnits,
    Disconnect,
    ForgetMoves,
    JoinLayers,
    MoveLayer,
    RemoveConnections,
    RestoreConnections,
    SplitLayer,
)

W = ParameterId("h1", 1, "x", 0)


@pytest.fixture
def playground() -> Experiment:
    """2 → 6 → 4 → 1, trained by Adam so that there are moments."""
    experiment = gallery_experiment("playground")
    training = replace(experiment.training, optimizer="adam")
    return replace(experiment, training=training)


def with_network(network: NetworkSpec) -> Experiment:
    return Experiment(network=network)


def refused(edit, network: NetworkSpec) -> str:
    with pytest.raises(SettingError) as caught:
        edit.apply(with_network(network))
    return caught.value.message


def sources(experiment: Experiment) -> dict[str, tuple[str, ...]]:
    return {layer.id: layer.sources for layer in experiment.network.layers}


GROUPS = NetworkSpec(
    layers=(
        LayerSpec("i", 2),
        LayerSpec("a", 2, sources=("i",)),
        LayerSpec("b", 3, sources=("i",)),
        LayerSpec("o", 1, sources=("a", "b")),
    )
)


# Connections between layers


def test_a_skip_connection():
    changed = Connect("i", "o").apply(with_network(stack(2, 1, 1)))
    assert sources(changed)["o"] == ("h", "i")


def test_layers_are_put_in_order_again():
    changed = Connect("b", "a").apply(with_network(GROUPS))
    assert [layer.id for layer in changed.network.layers] == ["i", "b", "a", "o"]
    assert sources(changed)["a"] == ("i", "b")


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("a", "a", "units of one layer cannot feed each other"),
        ("a", "i", "come from the data"),
        ("o", "a", "is the output layer"),
        ("i", "a", "feeds a already"),
        ("x", "a", "no such layer"),
    ],
)
def test_connections_that_cannot_be_are_refused_with_a_reason(source, target, sentence):
    assert sentence in refused(Connect(source, target), GROUPS)


def test_a_circle_is_refused_and_named():
    assert "h1 → h2 → h3 → h1" in refused(Connect("h3", "h1"), stack(2, 3, 3, 3, 1))


def test_connecting_layers_again_restores_what_is_missing_between_them():
    missing = frozenset({ParameterId("a", 0, "i", 1), ParameterId("b", 0, "i", 1)})
    changed = Connect("i", "a").apply(with_network(replace(GROUPS, missing=missing)))
    assert changed.network.missing == {ParameterId("b", 0, "i", 1)}


def test_layers_are_disconnected():
    skip = Connect("i", "o").apply(with_network(stack(2, 3, 1)))
    assert Disconnect("i", "o").apply(skip).network == stack(2, 3, 1)


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("i", "a", "nothing else feeds a; connect another layer to it first, or remove it"),
        ("a", "o", "a would feed nothing; connect it to another layer first, or remove it"),
        ("a", "b", "a does not feed b"),
        ("i", "o", "i does not feed o"),
    ],
)
def test_what_would_come_loose_is_not_disconnected(source, target, sentence):
    assert sentence in refused(Disconnect(source, target), GROUPS)


def test_the_outputs_are_not_said_to_be_removable():
    assert "remove" not in refused(Disconnect("h", "o"), stack(2, 3, 1))


# Single connections


def test_one_connection_between_layers_that_have_none():
    edit = ConnectUnits(UnitRef("i", 1), UnitRef("o", 0))
    changed = edit.apply(with_network(stack(3, 2, 1)))
    assert changed.network.missing == {ParameterId("o", 0, "i", k) for k in (0, 2)}
    again = ConnectUnits(UnitRef("i", 2), UnitRef("o", 0)).apply(changed)
    assert again.network.missing == {ParameterId("o", 0, "i", 0)}
    assert "connected already" in refused(edit, again.network)
    assert "no unit 9" in refused(ConnectUnits(UnitRef("i", 9), UnitRef("o", 0)), stack(3, 2, 1))
    assert "circle" in refused(ConnectUnits(UnitRef("h2", 0), UnitRef("h1", 0)), stack(2, 2, 2, 1))


def test_connections_go_and_come_back(bench, playground):
    b = bench(playground)
    b.lab.train_epochs(2)
    before = b.settle()
    b.lab.apply(RemoveConnections(frozenset({W})))
    gone = b.settle()
    assert gone.theta[gone.layout.index_of(W)] == 0
    b.lab.train_epochs(1)
    assert b.settle().theta[gone.layout.index_of(W)] == 0
    b.lab.apply(RestoreConnections(frozenset({W})))
    back = b.settle()
    assert back.spec == before.spec
    assert back.theta[back.layout.index_of(W)] != 0
    for _ in range(2):
        assert "back where it was" in b.lab.undo()
    assert b.settle().theta.tobytes() == before.theta.tobytes()


def test_what_is_no_connection_is_neither_removed_nor_restored():
    network = replace(stack(2, 2, 1), missing=frozenset({ParameterId("h", 0, "i", 0)}))
    assert "choose at least one" in refused(RemoveConnections(frozenset()), network)
    bias = frozenset({ParameterId("h", 0)})
    assert "a bias cannot be removed" in refused(RemoveConnections(bias), network)
    other = frozenset({ParameterId("h", 0, "i", 7)})
    for edit in (RemoveConnections(other), RestoreConnections(other)):
        assert refused(edit, network).startswith("not all of these connections are in the network")
    assert "missing already" in refused(RemoveConnections(network.missing), network)
    there = frozenset({ParameterId("h", 1, "i", 0)})
    assert "there already" in refused(RestoreConnections(there), network)


def test_whether_an_edit_can_be_done_is_told_without_doing_it():
    missing = ParameterId("a", 0, "i", 0)
    network = replace(GROUPS, missing=frozenset({missing}))
    experiment, ids = with_network(network), [layer.id for layer in network.layers]
    done = told = 0
    for first, second in itertools.product(ids, repeat=2):
        units = [ConnectUnits(UnitRef(first, unit), UnitRef(second, 0)) for unit in (0, 1, 2)]
        edits = [Connect, Disconnect, JoinLayers]
        split = [SplitLayer(first, count) for count in range(4)]
        for edit in (*(kind(first, second) for kind in edits), *units, *split):
            reason = edit.why_not(network)
            if reason:
                told += 1
                assert refused(edit, network) == reason
            else:
                done += 1
                assert edit.apply(experiment) != experiment
    assert done
    assert told


def test_a_connection_that_is_gone_is_not_frozen():
    mark = frozenset({ParameterId("h", 0, "i", 0)})
    changed = RemoveConnections(mark).apply(with_network(stack(2, 2, 1, frozen=mark)))
    assert changed.network.frozen == frozenset()


# Groups


def outputs(snapshot) -> np.ndarray:
    return Network(snapshot.spec, snapshot.theta).predict(snapshot.data.training.train.inputs)


@pytest.mark.parametrize("bias", ["unit", "shared", "none"])
@pytest.mark.parametrize(("layer", "units"), [("h1", 2), ("h2", 3), ("x", 1)])
def test_a_split_network_is_the_same_function(bench, playground, layer, units, bias):
    b = bench(playground)
    if layer != "x":
        b.lab.apply(SetLayer(layer, "bias", bias))
    b.lab.train_epochs(2)
    before = b.settle()
    b.lab.apply(SplitLayer(layer, units))
    after = b.settle()
    assert len(after.spec.layers) == 5
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-12)
    b.lab.train_epochs(3)
    b.settle()
    b.lab.undo()
    assert b.settle().theta.tobytes() == before.theta.tobytes()


@pytest.mark.parametrize(("layer", "units"), [("h1", 2), ("h2", 3), ("x", 1)])
def test_each_weight_and_moment_of_a_split_layer_stays_to_the_bit(bench, playground, layer, units):
    b = bench(playground)
    b.lab.train_epochs(2)
    before = b.settle()
    edit = SplitLayer(layer, units)
    origins = edit.origins(before.experiment)
    b.lab.apply(edit)
    after = b.settle()
    assert after.layout.size == before.layout.size
    assert after.steps == before.steps
    for k in range(after.layout.size):
        new = after.layout.id_of(k)
        target = origins.get(new[:2], new[:2])
        source = () if new.is_bias else origins.get(new[2:], new[2:])
        at = before.layout.index_of(ParameterId(*target, *source))
        assert after.theta[k] == before.theta[at]
        assert after.initial_theta[k] == before.initial_theta[at]
        for name, moment in after.moments.items():
            assert moment[k] == before.moments[name][at]


def test_joining_is_the_inverse_of_splitting(bench, playground):
    frozen = frozenset({ParameterId("h1", 5, "x", 0), ParameterId("h1", 4)})
    missing = frozenset({ParameterId("h2", 0, "h1", 5)})
    network = replace(playground.network, frozen=frozen, missing=missing)
    b = bench(replace(playground, network=network))
    b.lab.train_epochs(2)
    before = b.settle()
    b.lab.apply(SplitLayer("h1", 2))
    split = b.settle().spec
    assert split.missing == {ParameterId("h2", 0, "h3", 5)}
    assert split.frozen == {ParameterId("h3", 5, "x", 0), ParameterId("h3", 4)}
    b.lab.apply(JoinLayers("h3", "h1"))
    after = b.settle()
    assert after.spec == before.spec
    assert after.theta.tobytes() == before.theta.tobytes()
    assert {n: m.tobytes() for n, m in after.moments.items()} == {
        n: m.tobytes() for n, m in before.moments.items()
    }


def test_reset_of_a_split_network_begins_where_the_whole_one_began(bench, playground):
    b = bench(playground)
    start = b.settle_at_start()
    b.lab.train_epochs(2)
    b.settle()
    b.lab.apply(SplitLayer("h1", 2))
    b.lab.apply(Reset())
    np.testing.assert_allclose(outputs(b.settle()), outputs(start), rtol=1e-12)


def test_groups_with_the_same_unit_ids_and_a_shared_bias_each_are_joined(bench, playground):
    layers = (
        LayerSpec("x", 2),
        LayerSpec("a", 2, bias="shared", sources=("x",)),
        LayerSpec("b", 3, bias="shared", sources=("x",)),
        LayerSpec("o", 1, playground.network.output.activation, sources=("b", "a")),
    )
    frozen = frozenset({ParameterId("b", -1)})
    b = bench(replace(playground, network=NetworkSpec(layers=layers, frozen=frozen)))
    b.lab.train_epochs(3)
    before = b.settle()
    b.lab.apply(JoinLayers("a", "b"))
    after = b.settle()
    assert after.spec.layer("a").ids == (0, 1, 3, 4, 2)
    assert after.spec.layer("a").bias == "unit"
    assert after.spec.frozen == {ParameterId("a", unit) for unit in (3, 4, 2)}
    np.testing.assert_allclose(outputs(after), outputs(before), rtol=1e-12)


def test_two_input_groups():
    changed = SplitLayer("i", 2).apply(with_network(stack(5, 3, 1)))
    assert [(group.id, group.units) for group in changed.network.inputs] == [("i", 3), ("i2", 2)]
    assert sources(changed)["h"] == ("i", "i2")
    again = SplitLayer("i", 1).apply(changed)
    assert [group.id for group in again.network.inputs] == ["i", "i3", "i2"]
    assert JoinLayers("i2", "i3").apply(again).network.inputs[1].units == 3
    assert "stand between" in refused(JoinLayers("i", "i2"), again.network)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (SplitLayer("o", 1), "output layer stays whole"),
        (SplitLayer("b", 3), "from 1 to 2 can be split off, got 3"),
        (SplitLayer("b", 0), "got 0"),
        (JoinLayers("a", "a"), "choose two"),
        (JoinLayers("a", "o"), "not fed by and do not feed the same"),
        (JoinLayers("i", "a"), "not fed by and do not feed the same"),
    ],
)
def test_groups_that_cannot_be_are_refused(edit, sentence):
    assert sentence in refused(edit, GROUPS)


def test_a_single_unit_is_not_split():
    assert "add a unit to it first" in refused(SplitLayer("h", 1), stack(2, 1, 1))


@pytest.mark.parametrize(
    ("field", "value"),
    [("activation", "relu"), ("bias", "none"), ("dropout", 0.5), ("bias_trained", False)],
)
def test_groups_that_differ_are_not_joined(field, value):
    network = SetLayer("b", field, value).apply(with_network(GROUPS)).network
    assert "a and b differ" in refused(JoinLayers("a", "b"), network)


def test_given_initial_values_are_kept_where_they_are(bench):
    experiment = gallery_experiment("worked-2-2-2")
    assert isinstance(experiment.network.initializer, Explicit)
    b = bench(experiment)
    before = b.settle_at_start()
    b.lab.apply(SplitLayer("h", 1))
    split = b.settle()
    assert set(split.theta) == set(before.theta)
    b.lab.undo()
    some = frozenset({before.layout.id_of(0)})
    b.lab.apply(RemoveConnections(some))
    assert b.settle().theta[0] == 0
    b.lab.apply(RestoreConnections(some))
    assert b.settle().theta[0] == before.theta[0]


# Other edits on graphs


def test_layers_are_added_and_removed_among_groups_and_skips():
    skip = Connect("i", "o").apply(with_network(GROUPS))
    more = AddLayer("a", 2).apply(skip)
    assert sources(more)["o"] == ("h1", "b", "i")
    assert RemoveLayer("h1").apply(more).network.layers == skip.network.layers
    less = RemoveLayer("a").apply(skip)
    assert sources(less)["o"] == ("i", "b")


# Places


def test_a_layer_is_moved_and_training_goes_on_as_it_was(bench, playground):
    b, alone = bench(playground), bench(playground)
    for each in (b, alone):
        each.lab.train_epochs(2)
        each.settle()
    b.lab.apply(MoveLayer("h1", 0.1, -0.2), merge="move h1")
    b.lab.apply(MoveLayer("h1", 0.2, -3.0), merge="move h1")
    assert b.settle().experiment.moved == (Moved("h1", 0.2, -1.0),)
    for each in (b, alone):
        each.lab.train_epochs(2)
    assert b.settle().theta.tobytes() == alone.settle().theta.tobytes()
    b.lab.undo()
    assert b.lab.experiment == playground
    b.settle()
    with pytest.raises(SettingError, match="no such layer"):
        b.lab.apply(MoveLayer("gone", 0.1, 0.1))


def test_moves_are_forgotten():
    moved = MoveLayer("h", 0.1, 0.1).apply(with_network(stack(2, 2, 1)))
    assert MoveLayer("h", 0.0, 0.0).apply(moved).moved == ()
    assert ForgetMoves().apply(moved).moved == ()
    assert RemoveLayer("h").apply(moved).moved == ()


@pytest.mark.parametrize(
    "edit",
    [
        Connect("i", "o"),
        SplitLayer("h", 1),
        RemoveConnections(frozenset({W})),
        JoinLayers("a", "b"),
        MoveLayer("h", 0.1, 0.1),
        ForgetMoves(),
    ],
)
def test_each_edit_has_a_name_for_the_undo_menu(edit):
    assert edit.text
    assert edit.text[0].islower()
