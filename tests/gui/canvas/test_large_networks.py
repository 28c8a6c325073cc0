"""Networks of very many parameters: what is drawn of them, and what that costs the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from bpviz.datasets.config import DataConfig
from bpviz.datasets.pictures import Drawing, Shapes
from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Experiment
from bpviz.gui.canvas.names import Naming, unit_names
from bpviz.gui.canvas.network_view import NetworkView
from bpviz.gui.canvas.notes import note_rect
from bpviz.lab.snapshot import Snapshot
from tests.gui.canvas.conftest import Bench


def seeing() -> Experiment:
    """From pictures of 1,024 pixels to four kinds of shapes."""
    data = DataConfig(Shapes(samples=12, size="32×32", shapes=4))
    return Experiment(network=stack(1024, 120, 4), data=data)


def drawing() -> Experiment:
    """From a kind of shape and its place, size and rotation to pictures of 256 pixels."""
    data = DataConfig(Drawing(samples=12, size="16×16", shapes=4))
    return Experiment(network=stack(8, 12, 256), data=data)


class Watched(np.ndarray[Any, Any]):
    """A vector that notes what is computed from the greater part of it."""

    seen: list[str] = []

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [x.view(np.ndarray) if isinstance(x, Watched) else x for x in inputs]
        if any(isinstance(x, np.ndarray) and x.size > 60_000 for x in plain):
            Watched.seen.append(f"{ufunc.__name__}.{method}")
        return getattr(ufunc, method)(*plain, **kwargs)


def watched(snapshot: Snapshot) -> Snapshot:
    """The snapshot as the runner hands it over, with vectors that are watched."""
    for name in ("weight", "gradient", "update", "velocity"):
        snapshot.reduction(name)  # type: ignore[arg-type]
    made = replace(
        snapshot,
        theta=snapshot.theta.view(Watched),
        gradient=snapshot.gradient.view(Watched),
        update=snapshot.update.view(Watched),
    )
    made.__dict__["_reductions"] = snapshot._reductions
    return made


@pytest.mark.parametrize("quantity", ["weight", "gradient", "update", "velocity"])
def test_no_frame_goes_through_all_parameters(make: Callable[..., Bench], quantity: str) -> None:
    bench = make(seeing())
    bench.train(1)
    snapshot = bench.session.snapshot
    assert snapshot is not None
    assert snapshot.layout.size > 120_000
    Watched.seen.clear()
    assert np.abs(snapshot.theta.view(Watched)).size
    assert Watched.seen == ["absolute.__call__"]
    Watched.seen.clear()
    bench.session.show(quantity=quantity)
    Watched.seen.clear()
    bench.session.snapshot = watched(snapshot)
    bench.network.follow_snapshot()
    bench.network.grab()
    for x in np.linspace(20, bench.network.width() - 20, 25):
        bench.move(QPointF(x, bench.network.height() / 2 + x / 20))
        bench.network.grab()
    bench.network.zoom_by(1.4)
    bench.network.grab()
    bench.session.evaluation_changed.emit()
    assert Watched.seen == []


def test_what_is_pointed_at_is_painted_over_what_is_kept(
    qtbot: QtBot, make: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither edges nor units are painted again."""
    view = settled(qtbot, bench := make(seeing()))
    picture = view.current_picture()
    assert picture is not None
    still, painted = view.grab().toImage(), []
    for part in (picture.edges, picture.units, picture.headers, picture.labels):
        monkeypatch.setattr(part, "paint", lambda *_, part=part: painted.append(part))
    for item in picture.scene.units[::5]:
        bench.move(view.viewport_now.to_screen(item.rect.center()))
        assert view.hover is not None
        assert view.grab().toImage() != still
    assert painted == []


def test_a_unit_shows_its_weights_from_the_picture(make: Callable[..., Bench]) -> None:
    bench = make(seeing())
    snapshot, picture = bench.session.snapshot, bench.network.current_picture()
    assert snapshot is not None
    assert picture is not None
    pictures = picture.units.pictures.of_weights(snapshot.reduction("weight"), 1)
    place = picture.scene.layout.layers[1]
    assert set(pictures) == set(place.shown)
    assert {(p.width(), p.height()) for p in pictures.values()} == {(32, 32)}
    block = snapshot.layout.block("h", "i")
    assert block is not None
    unit = place.shown[-1]
    row, column = divmod(int(np.argmax(block.view(snapshot.theta)[unit])), 32)
    color = pictures[unit].pixelColor(column, row)
    assert color.blue() > color.red() + 30
    # As long as the values are not there, units are drawn without.
    assert picture.units.pictures.of_weights(None, 1) == {}


def test_outputs_that_are_a_picture_are_drawn_as_one(make: Callable[..., Bench]) -> None:
    bench = make(drawing())
    picture = bench.network.current_picture()
    assert picture is not None
    place = picture.scene.layout.layers[-1]
    assert place.picture is not None
    assert not place.shown
    assert place.x + place.picture[0] / 2 < picture.scene.layout.width
    links = picture.scene.blocks[-1]
    assert len(links.bundle) == 12
    before = bench.network.grab().toImage()
    made = picture.units.pictures.whole(2, 1000, 1000)
    assert made is not None
    assert (made.width(), made.height()) == (16, 16)
    small = picture.units.pictures.whole(2, 8, 8)
    assert small is not None
    assert (small.width(), small.height()) == (8, 8)
    at = QPointF(place.x, place.centre_y)
    bench.move(at)
    assert bench.network.card.text is not None
    assert bench.network.card.text.title == "What the network draws"
    assert "256 outputs" in bench.network.card.text.remarks[0]
    bench.train(20)
    bench.network.hover = None
    assert bench.network.grab().toImage() != before
    output = bench.session.evaluation.probe.outs[-1]
    dark = picture.units.pictures.whole(2, 1000, 1000)
    assert dark is not None
    shades = [dark.pixelColor(k % 16, k // 16).lightness() for k in range(256)]
    # Paper is light: the higher the output, the darker the pixel.
    assert np.corrcoef(shades, output)[0, 1] < -0.9


DEEP_DRAWING = Experiment(
    network=stack(10, 16, 32, 64, 2400), data=DataConfig(Drawing(samples=12, size="60×40"))
)


@pytest.mark.parametrize("experiment", [seeing(), drawing(), DEEP_DRAWING])
def test_the_note_of_links_of_a_picture_stands_clear_of_the_units(
    qtbot: QtBot, make: Callable[..., Bench], experiment: Experiment
) -> None:
    bench = make(experiment)
    bench.view.resize(650, 500)
    picture = settled(qtbot, bench).current_picture()
    assert picture is not None
    block = next(item for item in picture.scene.blocks if item.bundle)
    rect = note_rect(block, picture.scene.layout, 112.0)
    units = [item.rect for item in picture.scene.units]
    biases = [item.rect for item in picture.scene.biases]
    assert not any(rect.intersects(other) for other in units + biases)
    assert QRectF(0, 0, picture.scene.layout.width, picture.scene.layout.height).contains(rect)


def test_names_of_many_units_are_those_of_few(make: Callable[..., Bench]) -> None:
    bench = make(drawing())
    snapshot = bench.session.snapshot
    assert snapshot is not None
    few = unit_names(snapshot.spec, snapshot.data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bpviz.gui.canvas.names._MANY", 1)
        many = unit_names(snapshot.spec, snapshot.data)
        again = Naming(snapshot.layout, snapshot.data).units
    assert not isinstance(many[0], tuple)
    assert [tuple(names) for names in many] == [tuple(names) for names in few]
    assert many == again
    assert many[2][-3:] == few[2][-3:]
    with pytest.raises(IndexError):
        many[0][8]


def test_while_it_is_zoomed_a_large_network_is_stretched(
    qtbot: QtBot, make: Callable[..., Bench]
) -> None:
    view = settled(qtbot, make(stack(2, 20, 15, 1)))
    picture = view.current_picture()
    assert picture is not None
    painted: list[float] = []
    paint = picture.edges.paint

    def count(painter: QPainter, *rest: Any) -> None:
        painted.append(view.viewport_now.zoom)
        paint(painter, *rest)

    picture.edges.paint = count  # type: ignore[method-assign]
    for _ in range(5):
        view.zoom_by(1.1)
        view.grab()
    assert painted == []
    stretched = view.grab().toImage()
    # When it rests it is drawn anew, once.
    qtbot.waitUntil(lambda: not view._moving.isActive())
    crisp = view.grab().toImage()
    assert painted == [view.viewport_now.zoom]
    assert stretched != crisp
    # The same things lie at the same places.
    assert colors_differ(stretched, crisp) < 0.12


def test_what_was_not_to_be_seen_before_is_drawn_at_once(
    qtbot: QtBot, make: Callable[..., Bench]
) -> None:
    view = settled(qtbot, make(stack(2, 20, 15, 1)))
    view.zoom_by(3.0)
    view._moving.stop()
    view.grab()
    view.zoom_by(0.5)
    assert view._moving.isActive()
    moving = view.grab().toImage()
    view._moving.stop()
    assert view.grab().toImage() == moving


def test_while_it_is_moved_about_a_large_network_is_drawn_now_and_then(
    qtbot: QtBot, make: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = settled(qtbot, make(stack(2, 20, 15, 1)))
    view.zoom_by(3.0)
    view._moving.stop()
    view.grab()
    picture = view.current_picture()
    assert picture is not None
    painted, paint, now = [], picture.edges.paint, [1e6]

    def count(painter: QPainter, *rest: Any) -> None:
        painted.append(view.viewport_now)
        paint(painter, *rest)

    monkeypatch.setattr("bpviz.gui.canvas.picture.perf_counter", lambda: now[0])
    picture.edges.paint = count  # type: ignore[method-assign]
    for _ in range(20):
        # Each time a little more comes into view.
        view.pan_by(QPointF(-5, 3))
        view._moving.start(1_000_000)
        view.grab()
        now[0] += 0.02
    assert 5 <= len(painted) <= 8
    # What was drawn follows the pointer meanwhile.
    view.grab()
    before = view.grab().toImage()
    view.pan_by(QPointF(-20, 10))
    after = view.grab().toImage()
    area = QRect(100, 100, 400, 250)
    assert after.copy(area) == before.copy(area.translated(20, -10))
    count_before = len(painted)
    view._moving.stop()
    view.grab()
    assert len(painted) == count_before + 1
    assert painted[-1] == view.viewport_now


def test_a_small_network_is_drawn_anew_at_every_step_of_a_zoom(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 3, 1))
    bench.network.grab()
    bench.network.zoom_by(1.3)
    assert not bench.network._moving.isActive()
    bench.network.pan_by(QPointF(4, 4))
    assert not bench.network._moving.isActive()


def settled(qtbot: QtBot, bench: Bench) -> NetworkView:
    """The network, drawn at its lasting size."""
    view = bench.network
    bench.view.grab()
    # The header above may take another height now.
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: not view._resizing.isActive())
    view.grab()
    return view


def colors_differ(a: QImage, b: QImage) -> float:
    """The mean difference of lightness of two pictures, 0 to 1, looked at from afar."""
    small = [
        x.scaled(60, 40, mode=Qt.TransformationMode.SmoothTransformation).convertToFormat(
            QImage.Format.Format_Grayscale8
        )
        for x in (a, b)
    ]
    shades = [np.frombuffer(x.constBits(), np.uint8).astype(float) for x in small]
    return float(np.abs(shades[0] - shades[1]).mean() / np.ptp(shades[1]))
