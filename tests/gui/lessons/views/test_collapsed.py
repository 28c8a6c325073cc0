"""The collapsed weights: the product of the layers', the same outputs, live."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.network import Network
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.lessons.views.collapsed import CollapsedView
from bpviz.gui.lessons.views.matrices import Matrix, MatrixRow
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.collapse_check import check_collapse
from bpviz.lab.edits import SetLayer
from tests.gui.without_threads import Bench


@pytest.fixture
def bench(qtbot):
    return Bench("linear-hidden")


@pytest.fixture
def view(qtbot, bench):
    made = CollapsedView(bench.session)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.ends = []
    made.done.connect(lambda: made.ends.append(True))
    return made


def matrices(row):
    return {matrix.title: matrix.values for matrix in row.matrices}


def test_the_product_of_the_layers_is_shown(bench, view):
    assert view.ends == []
    view.show()
    assert view.ends == [True]
    factors = [matrix.values for matrix in view.factors.matrices]
    product = matrices(view.product)["weights of the one layer"]
    assert [f.shape for f in factors] == [(1, 3), (3, 4), (4, 2)]
    assert product == pytest.approx(np.linalg.multi_dot(factors))
    assert [m.title for m in view.factors.matrices] == [
        "Hidden 2 → Output",
        "Hidden 1 → Hidden 2",
        "Input → Hidden 1",
    ]
    assert "3 layers multiply into one" in view.sentence.text()
    assert view.agreement.text().startswith("Same outputs for 250 samples: they differ by at most")
    shown = list(matrices(view.outputs).values())
    assert shown[0].shape == (1, 5)
    assert shown[0] == pytest.approx(shown[1], rel=1e-12)


def test_it_follows_the_training(qtbot, bench, view):
    view.show()
    before = matrices(view.product)["weights of the one layer"]
    bench.laboratory.step("epoch")
    bench.pump()
    qtbot.waitUntil(
        lambda: not np.array_equal(matrices(view.product)["weights of the one layer"], before)
    )
    snapshot = bench.session.snapshot
    out = Network(snapshot.spec, snapshot.theta).predict(snapshot.data.training.train.inputs[:5])
    assert pytest.approx(out, rel=1e-12) == matrices(view.outputs)["outputs of the one layer"].T
    assert view.ends == [True]


def test_a_bent_layer_is_named(qtbot, bench, view):
    bench.session.apply(SetLayer("h2", "activation", "tanh"))
    bench.pump()
    view.show()
    assert view.sentence.text() == (
        "Layer h2 is tanh, not linear, so the network is more than one layer."
    )
    assert not view.area.isVisible()
    assert view.ends == []
    bench.session.apply(SetLayer("h2", "activation", "identity"))
    bench.pump()
    qtbot.waitUntil(lambda: view.ends == [True])
    assert view.area.isVisible()


def test_connections_that_skip_layers_and_single_precision(qtbot):
    layers = (
        LayerSpec("x", 2),
        LayerSpec("h", 9, "identity", sources=("x",)),
        LayerSpec("y", 1, "sigmoid", sources=("h", "x")),
    )
    base = gallery_experiment("linear-hidden")
    bench = Bench(replace(base, network=NetworkSpec(layers=layers, dtype="float32")))
    check = check_collapse(bench.session.snapshot)
    assert check.same
    assert 0 < check.difference < 1e-5
    view = CollapsedView(bench.session)
    qtbot.addWidget(view)
    view.show()
    assert [m.before for m in view.factors.matrices] == ["", ",", ","]
    assert "Same outputs" in view.agreement.text()
    assert not view.grab().isNull()


def test_large_matrices_show_their_ends(qtbot):
    row = MatrixRow()
    qtbot.addWidget(row)
    row.show_matrices([Matrix(np.eye(40), "large"), Matrix(np.eye(3), "small", "·")], LIGHT)
    width = row.sizeHint().width()
    row.show_matrices([Matrix(np.eye(400), "large"), Matrix(np.eye(3), "small", "·")], DARK)
    assert row.sizeHint().width() == width
    assert row.toolTip() == "large: 400 × 400\nsmall: 3 × 3"
    row.resize(row.sizeHint())
    assert not row.grab().isNull()
