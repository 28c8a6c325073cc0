from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bpviz.datasets.synthetic.symmetry import Symmetry
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.colors import class_colors
from bpviz.gui.output.decision_map import class_image, decision_plane, unit_plane
from bpviz.gui.output.plane import Dots, Plane
from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.output.samples import Showing, signed, target_range
from bpviz.gui.theme import LIGHT
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.snapshot import Snapshot
from tests.gui.output.conftest import snapshot_of


def distance(a: QColor, b: QColor) -> int:
    return sum(abs(x - y) for x, y in zip(a.getRgb(), b.getRgb(), strict=True))


def test_clear_win_is_nearer_to_the_class_colour_than_a_close_one(qtbot: QtBot) -> None:
    outs = np.array([[[0.9, 0.4]], [[0.05, 0.35]], [[0.05, 0.25]]])
    image = class_image(outs, LIGHT, discretise=False)
    clear, close = QColor(image.pixel(0, 0)), QColor(image.pixel(1, 0))
    own = class_colors(LIGHT, 3)[0]
    assert distance(clear, own) < distance(close, own)
    flat = class_image(outs, LIGHT, discretise=True)
    assert flat.pixel(0, 0) == flat.pixel(1, 0)


def test_lowest_row_of_the_map_is_at_the_bottom(qtbot: QtBot) -> None:
    outs = np.zeros((2, 2, 1))
    outs[0, 0], outs[1, 1] = 1.0, 1.0
    image = class_image(outs, LIGHT, discretise=True)
    colors = class_colors(LIGHT, 2)
    bottom, top = QColor(image.pixel(0, 1)), QColor(image.pixel(0, 0))
    assert distance(bottom, colors[0]) < distance(bottom, colors[1])
    assert distance(top, colors[1]) < distance(top, colors[0])


def test_no_and_yes_are_the_ends_of_the_scale(circle: Snapshot, regression: Snapshot) -> None:
    assert np.allclose(signed(np.array([0.0, 0.5, 1.0]), target_range(circle.data)), [-1, 0, 1])
    low, high = target_range(regression.data)
    assert low == -high
    assert high == np.abs(regression.data.training.train.targets).max()


def test_map_of_an_output_that_grows_upwards_is_blue_at_the_top(regression: Snapshot) -> None:
    """The network is the plain output = x₂."""
    network = stack(2, 1, output="identity")
    layout = layout_of(network)
    theta = np.zeros(layout.size)
    theta[layout.index_of(ParameterId("o", 0, "i", 1))] = 1.0
    experiment = replace(regression.experiment, network=network)
    snapshot = replace(regression, experiment=experiment, theta=theta)
    evaluation = evaluate(snapshot, Request())
    for plane in (
        decision_plane(evaluation, LIGHT, Showing(0)),
        unit_plane(evaluation, LIGHT, 1, 0, Showing(0)),
    ):
        assert plane is not None
        assert plane.image is not None
        image, right, bottom = plane.image, plane.image.width() - 1, plane.image.height() - 1
        for x in (0, right):
            top, low = image.pixelColor(x, 0), image.pixelColor(x, bottom)
            assert top.blue() > top.red()
            assert low.red() > low.blue()


def test_samples_off_a_slice_are_told_apart_where_inputs_take_few_values() -> None:
    """By the data itself: what a sample's other inputs are."""
    snapshot = snapshot_of(Symmetry(6), stack(6, 2, 1), "binary_cross_entropy", test_fraction=0)
    inputs = snapshot.data.dataset.inputs
    sample = int(np.flatnonzero((inputs == (0, 1, 0, 0, 1, 0)).all(axis=1))[0])
    plane = decision_plane(evaluate(snapshot, Request(sample=sample)), LIGHT, Showing(sample))
    assert plane is not None
    assert plane.dots is not None
    assert plane.dots.off is not None
    on_it = {tuple(inputs[row]) for row in plane.dots.rows[~plane.dots.off]}
    assert on_it == {(a, b, 0, 0, 1, 0) for a in (0, 1) for b in (0, 1)}


def test_of_measured_inputs_no_sample_is_taken_for_off_the_slice(iris: Snapshot) -> None:
    assert iris.data.dataset.inputs.shape[1] > 2
    plane = decision_plane(evaluate(iris, Request()), LIGHT, Showing(0))
    assert plane is not None
    assert plane.dots is not None
    assert plane.dots.off is None


def test_dots_off_the_plane_lie_below_and_are_picked_last(qtbot: QtBot) -> None:
    orange, blue = class_colors(LIGHT, 2)
    places = np.array([[0.5, 0.5], [0.5, 0.5], [0.2, 0.2]])
    dots = Dots(
        places,
        np.array([4, 7, 9]),
        np.array([1, 0, 0]),
        (orange, blue),
        np.zeros(3, dtype=bool),
        off=np.array([True, False, True]),
    )
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show_plane(Plane((0, 1), (0, 1), "a", "b", dots=dots, grid=False), LIGHT)
    image = view.grab().toImage()
    _, at, beside = (QPointF(x, y).toPoint() for x, y in view.to_pixels(places))
    assert image.pixelColor(at) == orange
    assert distance(image.pixelColor(beside), orange) > 60
    with qtbot.waitSignal(view.picked) as picked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert picked.args == [7]
