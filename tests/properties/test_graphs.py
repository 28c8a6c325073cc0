"""Any graph, with groups, skip connections, missing and frozen ones, does all that a stack does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from bpviz.datasets.config import DataConfig
from bpviz.datasets.own import OwnSamples
from bpviz.engine.divergence import NonFiniteError
from bpviz.engine.gradient_check import check_gradient
from bpviz.engine.losses import LOSSES
from bpviz.engine.network import Network
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import format_experiment, parse_experiment
from bpviz.explain.chain_rule import derive
from bpviz.explain.moment import Moment
from bpviz.explain.numerical import numerical_derivative
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.picture import NetworkPicture, Shown
from bpviz.gui.theme import LIGHT
from bpviz.io.exporters import EXPORTERS, export_network
from bpviz.io.importers import read_network_file
from bpviz.io.records import record
from bpviz.lab.architecture_text import SetArchitecture, architecture_text, parse_architecture
from bpviz.lab.edits import (
    AddLayer,
    AddUnit,
    Edit,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetLayer,
    SetParameters,
)
from bpviz.lab.evaluation import Evaluation, Request
from bpviz.lab.evaluator import evaluate
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
from bpviz.lab.importing import weights_for
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.pruning import magnitudes, pruned, threshold_for
from bpviz.lab.snapshot import Snapshot
from tests.properties import strategies

SIZE = QSize(900, 640)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any graph on samples that suit it, learning by Adam."""
    loss = LOSSES.make(draw(st.sampled_from(["half_squared", "squared", "huber"])))
    spec = draw(strategies.networks(loss, dropout=False))
    inputs, outputs = sum(group.units for group in spec.inputs), spec.output.units
    seed = draw(st.integers(0, 1000))
    random = np.random.default_rng(seed)
    rows = np.hstack([random.uniform(-1, 1, (9, inputs)), random.uniform(0, 1, (9, outputs))])
    source = OwnSamples(
        input_names=tuple(f"x{k}" for k in range(inputs)),
        target_names=tuple(f"y{k}" for k in range(outputs)),
        rows=tuple(map(tuple, rows.tolist())),
    )
    return Experiment(
        name="any graph",
        seed=seed,
        data=DataConfig(source=source, test_fraction=0.3),
        network=spec,
        training=TrainingConfig(
            loss=loss, optimizer="adam", learning_rate=0.02, batch_size=2, l2=0.001
        ),
    )


def settled(lab: Laboratory) -> Snapshot:
    """What is so when all commands are carried out, on this thread."""
    lab.pause()
    lab.runner.work()
    snapshot = lab.runner.mailbox.take()
    assert snapshot is not None
    return snapshot


def trained(experiment: Experiment) -> tuple[Laboratory, Snapshot]:
    """In the middle of its third epoch."""
    lab = Laboratory(experiment)
    for _ in range(7):
        lab.step("batch")
        lab.runner.work()
    return lab, settled(lab)


def check_learned(snapshot: Snapshot) -> None:
    """Missing connections are no part of it, frozen parameters rest."""
    layout = snapshot.layout
    assert not snapshot.theta[~layout.present()].any()
    moved = snapshot.theta != snapshot.initial_theta
    assert not moved[~layout.trainable()].any()


def check_gradients(snapshot: Snapshot) -> None:
    training, data = snapshot.experiment.training, snapshot.data.training
    check = check_gradient(snapshot.spec, training, data, snapshot.theta)
    assert check.max_relative_error < 1e-6
    assert not check.analytic[~snapshot.layout.present()].any()


def check_explained(snapshot: Snapshot) -> None:
    """For some parameters the product of the factors is the gradient, and that the difference."""
    samples = snapshot.data.training.train.rows(slice(0, 3))
    moment = Moment(snapshot.spec, snapshot.experiment.training, snapshot.theta, samples)
    assume(np.isfinite(moment.gradient).all())
    there = np.flatnonzero(snapshot.layout.present())
    for index in there[:: max(1, len(there) // 4)]:
        parameter = snapshot.layout.id_of(int(index))
        derivation = derive(moment, parameter)
        assert derivation.gradient == moment.gradient[index]
        for form in derivation.forms:
            product = np.prod([factor.value for factor in form.factors])
            np.testing.assert_allclose(product, derivation.gradient, rtol=1e-9, atol=1e-12)
        assert numerical_derivative(moment, parameter) is not None


def edits(spec: NetworkSpec) -> Iterator[Edit]:
    """Of each kind of edit the candidates that this network may allow."""
    ids = [layer.id for layer in spec.layers]
    layout = layout_of(spec)
    weights = [layout.id_of(int(k)) for k in np.flatnonzero(layout.is_weight())]
    there = [parameter for parameter in weights if parameter not in spec.missing]
    pairs = [(a, b) for a in ids for b in ids]
    yield from (Connect(a, b) for a, b in pairs)
    yield from (ConnectUnits(first_unit(spec, a), first_unit(spec, b)) for a, b in pairs)
    yield from (Disconnect(a, b) for a, b in pairs)
    yield from (RemoveConnections(frozenset(some)) for some in (there[:1], there[1:4]))
    yield RestoreConnections(spec.missing)
    yield from (SplitLayer(name, 1) for name in ids)
    yield from (JoinLayers(a, b) for a, b in pairs)
    yield from (AddLayer(name, 2) for name in ids)
    yield from (RemoveLayer(name) for name in ids)
    yield from (AddUnit(name) for name in ids)
    yield from (RemoveUnit(name) for name in ids)
    yield from (SetLayer(name, "bias", "shared") for name in ids)
    yield Freeze(frozenset(there[:2]))
    yield SetParameters(dict.fromkeys(there[:1], 0.5))
    yield MoveLayer(ids[0], 0.1, 0.2)
    yield ForgetMoves()
    inputs, outputs = sum(group.units for group in spec.inputs), spec.output.units
    yield SetArchitecture(f"{inputs} → 2|1 → 2 → {outputs}; i→o")


def first_unit(spec: NetworkSpec, layer: str) -> UnitRef:
    return UnitRef(layer, spec.layer(layer).ids[0])


def check_undo(lab: Laboratory, before: Snapshot) -> set[type[Edit]]:
    """One edit of each kind that can be done is undone to the bit; which kinds these were."""
    tried = set[type[Edit]]()
    for edit in edits(before.spec):
        if type(edit) in tried:
            continue
        try:
            lab.apply(edit)
        except SettingError:
            continue
        tried.add(type(edit))
        after = settled(lab)
        if isinstance(edit, SplitLayer | JoinLayers):
            check_same_function(before, after)
        if after.spec.shape != before.spec.shape:
            lab.step("batch")
        lab.undo()
        assert same_bits(settled(lab), before), edit
    return tried


def check_same_function(before: Snapshot, after: Snapshot) -> None:
    inputs = before.data.training.train.inputs
    np.testing.assert_allclose(
        Network(after.spec, np.array(after.theta)).predict(inputs),
        Network(before.spec, np.array(before.theta)).predict(inputs),
        rtol=1e-9,
        atol=1e-12,
    )


def same_bits(one: Snapshot, other: Snapshot) -> bool:
    places = [(s.epoch, s.batch, s.steps, s.experiment) for s in (one, other)]
    arrays = [
        [s.theta.tobytes(), s.initial_theta.tobytes(), *(m.tobytes() for m in s.moments.values())]
        for s in (one, other)
    ]
    return places[0] == places[1] and arrays[0] == arrays[1]


def check_files(snapshot: Snapshot) -> None:
    """The experiment comes back from its file, the weights from each format into the network."""
    moved = MoveLayer(snapshot.spec.output.id, 0.25, -0.125).apply(snapshot.experiment)
    assert parse_experiment(format_experiment(moved), "any.toml") == moved
    network = record("any graph", snapshot.epoch, snapshot.spec, snapshot.theta, snapshot.data)
    with tempfile.TemporaryDirectory() as folder:
        for ending in EXPORTERS:
            path = Path(folder) / f"weights{ending}"
            export_network(network, path)
            found = weights_for(snapshot.spec, read_network_file(path))
            assert found.weights.tobytes() == snapshot.theta.tobytes()


def check_drawn(snapshot: Snapshot) -> None:
    """Every connection is drawn but missing ones; the strongest one's sign can be seen."""
    picture = NetworkPicture(snapshot, SIZE, 1.0, LIGHT, QFont(), numbers=False)
    layout, scene = snapshot.layout, picture.scene
    drawn = {layout.id_of(int(k)) for k in scene.index}
    weights = {layout.id_of(int(k)) for k in np.flatnonzero(layout.is_weight())}
    assert drawn == weights - snapshot.spec.missing
    sizes = np.abs(snapshot.theta) * layout.is_weight()
    turned = np.where(sizes == sizes.max(initial=0.0), -snapshot.theta, snapshot.theta)
    evaluation = evaluate(snapshot, Request(sample=0))
    if sizes.any():
        other = replace(snapshot, theta=turned)
        assert painted(picture, snapshot, evaluation) != painted(picture, other, evaluation)


def painted(picture: NetworkPicture, snapshot: Snapshot, evaluation: Evaluation) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    painter = QPainter(image)
    scale = float(np.abs(snapshot.theta[snapshot.layout.is_weight()]).max(initial=0.0))
    shown = Shown(snapshot, evaluation, "weight", scale)
    picture.paint(painter, shown, picture.fitting(1.0), 1.0)
    painter.end()
    return image


def check_text(spec: NetworkSpec) -> None:
    assert parse_architecture(architecture_text(spec), spec) == spec.layers


def check_pruning(snapshot: Snapshot) -> None:
    found = pruned(snapshot, threshold_for(magnitudes(snapshot), 0.5))
    assert found.parameters.isdisjoint(snapshot.spec.missing)
    assert all(isinstance(parameter, ParameterId) for parameter in found.parameters)
    if found.parameters:
        cut = found.edit.apply(snapshot.experiment).network
        theta = np.where(layout_of(cut).present(), snapshot.theta, 0.0)
        samples = snapshot.data.training.train
        assert len(cut.missing) == len(snapshot.spec.missing) + len(found.parameters)
        loss = snapshot.experiment.training.loss
        buffers = Network(cut, theta).run(samples.inputs)
        terms, room = np.empty_like(buffers.out), np.empty_like(buffers.out)
        loss.terms(buffers.net, buffers.out, samples.targets, terms, room)
        np.testing.assert_allclose(found.after.train_loss, terms.sum() / len(samples), rtol=1e-9)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_any_graph_trains_explains_undoes_exports_imports_and_draws(experiment: Experiment) -> None:
    try:
        lab, snapshot = trained(experiment)
    except NonFiniteError:
        assume(False)
    assume(not snapshot.failures and np.isfinite(snapshot.theta).all())
    assume(np.abs(snapshot.theta).max(initial=0.0) < 50)
    check_learned(snapshot)
    check_gradients(snapshot)
    check_explained(snapshot)
    check_undo(lab, snapshot)
    check_files(snapshot)
    check_text(snapshot.spec)
    check_pruning(snapshot)
    check_drawn(snapshot)
    lab.close()
    lab.runner.work()


def test_every_kind_of_edit_is_undone_where_all_are_possible() -> None:
    """What the property may never meet: a graph that each kind of edit changes."""
    layers = (
        LayerSpec("a", 2),
        LayerSpec("b", 2, sources=()),
        LayerSpec("h1", 3, sources=("a", "b")),
        LayerSpec("h2", 2, sources=("a", "b")),
        LayerSpec("h3", 2, sources=("h1", "h2")),
        LayerSpec("o", 1, sources=("h3", "b")),
    )
    missing = frozenset({ParameterId("h1", 0, "a", 0), ParameterId("o", 0, "b", 1)})
    network = NetworkSpec(layers=layers, missing=missing)
    rows = tuple(map(tuple, np.random.default_rng(1).uniform(size=(9, 5)).tolist()))
    source = OwnSamples(input_names=("w", "x", "y", "z"), target_names=("t",), rows=rows)
    training = TrainingConfig(loss="half_squared", optimizer="adam", batch_size=2)
    experiment = Experiment(
        data=DataConfig(source=source, test_fraction=0.3), network=network, training=training
    )
    lab, snapshot = trained(experiment)
    assert check_undo(lab, snapshot) == {type(edit) for edit in edits(network)}
    lab.close()
    lab.runner.work()
