"""What is drawn: colours by quantity, no stale pictures, the strongest of many edges."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSettings, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from pytestqt.qtbot import QtBot

from bpviz.engine.spec import ParameterId, stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.canvas.color_bar import scale_end
from bpviz.gui.canvas.edges import EdgePainter
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.matrix import MatrixDialog
from bpviz.gui.canvas.motion import motion_of
from bpviz.gui.canvas.scale import ColorScale, exact, rounded_up, short
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.canvas.view import CAPTION_KEY, CanvasView
from bpviz.gui.session import Motion
from bpviz.gui.theme import CAPTION, DARK, LIGHT
from bpviz.lab.edits import AddUnit, Freeze, Reset, SetParameters
from tests.gui.canvas.conftest import Bench


def color_at(bench: Bench, at: QPointF) -> QColor:
    image = bench.network.grab().toImage()
    return image.pixelColor(at.toPoint() * image.devicePixelRatio())


def is_bluish(color: QColor) -> bool:
    return color.blue() > color.red() + 30


def is_orange(color: QColor) -> bool:
    return color.red() > color.blue() + 30


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_edges_are_blue_above_zero_and_orange_below(
    make: Callable[..., Bench], theme: object
) -> None:
    bench = make(stack(2, 3, 1))
    bench.session.show(theme=theme)
    for unit, value in ((0, 2.0), (2, -2.0)):
        bench.session.apply(SetParameters({ParameterId("o", 0, "h", unit): value}))
    bench.pump()
    assert is_bluish(color_at(bench, bench.edge_point("o", 0, "h", 0)))
    assert is_orange(color_at(bench, bench.edge_point("o", 0, "h", 2)))


def test_the_bias_of_the_output_is_coloured_too(bench: Bench) -> None:
    bench.session.apply(SetParameters({ParameterId("o", 0): -3.0}))
    bench.pump()
    assert is_orange(color_at(bench, bench.bias_point("o", 0)))


def test_a_quantity_that_is_zero_is_shown_without_colour(bench: Bench) -> None:
    bench.session.show(quantity="velocity")
    assert bench.network.scale == 0
    color = color_at(bench, bench.bias_point("o", 0))
    assert not is_bluish(color)
    assert not is_orange(color)
    assert "keeps no velocity" in bench.network.caption()


def test_the_gradient_says_of_what_it_is(bench: Bench) -> None:
    bench.session.show(quantity="gradient")
    snapshot = bench.session.snapshot
    assert snapshot is not None
    assert snapshot.gradient_of in bench.network.caption()
    assert snapshot.gradient_of in bench.view.header.quantity.buttons["gradient"].toolTip()


def test_units_of_a_stale_evaluation_are_drawn_empty(bench: Bench) -> None:
    at = bench.view.point_of_unit("i", 0)
    assert at is not None
    left = at - QPointF(12, 0)
    assert is_orange(color_at(bench, left))
    bench.session.apply(AddUnit("h1"))
    bench.pump(evaluation=False)
    at = bench.view.point_of_unit("i", 0)
    assert at is not None
    assert not is_orange(color_at(bench, at - QPointF(12, 0)))
    bench.pump()
    assert is_orange(color_at(bench, at - QPointF(12, 0)))


def test_an_evaluation_of_another_run_is_stale_and_one_before_a_freeze_is_not(
    bench: Bench,
) -> None:
    before = bench.session.evaluation
    bench.session.apply(Freeze(frozenset({ParameterId("h1", 0, "i", 0)})))
    bench.pump(evaluation=False)
    assert before.belongs_to(bench.session.snapshot)
    bench.session.apply(Reset())
    bench.pump(evaluation=False)
    assert not before.belongs_to(bench.session.snapshot)


def test_of_many_edges_the_strongest_are_drawn(qtbot: QtBot) -> None:
    spec = stack(60, 60, 2)
    scene = Scene(spec, 900, 2400, None)
    painter_of = EdgePainter(scene, LIGHT)
    random = np.random.default_rng(3)
    values = random.normal(size=scene.theta.size)
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter_of.paint(painter, values, 3.0)
    painter.end()
    limit = scene.blocks[0].limit
    assert scene.blocks[0].candidates == 3600
    assert painter_of.drawn[0] == limit < 3600
    drawn = painter_of._strongest(values)[:limit]
    weakest = np.abs(values[scene.index[drawn]]).min()
    assert (np.abs(scene.blocks[0].block.view(values)) > weakest).sum() == limit - 1


def test_a_block_that_is_not_shown_whole_says_so_and_opens_as_a_matrix(
    make: Callable[..., Bench], qtbot: QtBot
) -> None:
    bench = make(stack(2, 120, 1))
    bench.network.grab()
    picture = bench.network.current_picture()
    assert picture is not None
    rect = picture.note_rects[0]
    bench.click(rect.center())
    dialog = bench.network.findChild(MatrixDialog)
    assert dialog is not None
    snapshot = bench.session.snapshot
    assert snapshot is not None
    block = snapshot.layout.block("h", "i")
    assert block is not None
    dialog.view.resize(400, 400)
    at = dialog.view.cell_rect(77, 1).center()
    dialog.view.pointed.emit(77, 1)
    assert at.x() > 0
    value = block.view(snapshot.theta)[77, 1]
    found = re.search(r":\s+(\S+)$", dialog.readout.text())
    assert found is not None
    assert float(found[1].replace("−", "-")) == pytest.approx(value, abs=1e-4)
    dialog.close()


def test_the_scale_grows_at_once_and_shrinks_slowly() -> None:
    scale = ColorScale()
    assert scale.follow(1.93) == 2.0
    assert scale.follow(2.01) == 2.1
    for _ in range(30):
        assert scale.follow(0.5) == 2.1
    for _ in range(30):
        scale.follow(0.5)
    assert 0.5 <= scale.value < 0.7
    assert scale.follow(0.0) == 0.0


@pytest.mark.parametrize(
    ("value", "wanted"), [(1.93, 2.0), (0.3, 0.3), (0.0214, 0.022), (37.2, 38.0), (0.0, 0.0)]
)
def test_the_scale_is_rounded_up(value: float, wanted: float) -> None:
    assert rounded_up(value) == wanted


def test_numbers_are_written_with_a_true_minus() -> None:
    assert exact(-0.01371) == "−0.0137"
    assert exact(4.5e-7) == "4.500e−7"
    assert short(-2.1) == "−2.1"
    assert exact(float("nan")) == "not finite"


def test_an_image_of_the_network_has_the_size_asked_for(bench: Bench) -> None:
    image = bench.view.to_image(QSize(400, 300), 2.0)
    assert (image.width(), image.height()) == (800, 600)
    colors = {image.pixelColor(x, 300).name() for x in range(0, 800, 3)}
    assert len(colors) > 5


def test_the_explanation_of_the_colours_stays_closed(make: Callable[..., Bench]) -> None:
    bench = make()
    QSettings().setValue(CAPTION_KEY, False)
    first = CanvasView(bench.session)
    assert not first.caption.isHidden()
    first.caption.close_button.click()
    second = CanvasView(bench.session)
    assert second.caption.isHidden()
    first.deleteLater()
    second.deleteLater()


@pytest.mark.parametrize("size", [(500, 350), (1600, 1100)])
@pytest.mark.parametrize("numbers", [False, True])
def test_every_size_is_drawn(bench: Bench, size: tuple[int, int], numbers: bool) -> None:
    bench.session.show(numbers=numbers)
    bench.view.resize(*size)
    assert bench.view.size() == QSize(*size)
    assert not bench.view.grab().isNull()


@pytest.mark.parametrize("progress", [0.0, 0.2, 0.44, 0.6, 0.89, 0.95, 1.0])
def test_slow_motion_draws_on_top(bench: Bench, progress: float) -> None:
    bench.train(1)
    # Not the foot: the caption names the phase.
    picture = bench.network.rect().adjusted(0, 0, 0, -30)
    still = bench.network.grab(picture).toImage()
    bench.session.motion = motion_of(progress)
    bench.session.motion_changed.emit()
    moving = bench.network.grab(picture).toImage()
    assert (moving != still) == (0.0 < progress < 1.0)


def dots(bench: Bench, motion: Motion) -> set[tuple[int, int]]:
    """The pixels that change when this motion is shown."""
    bench.session.motion = None
    bench.session.motion_changed.emit()
    picture = bench.network.rect().adjusted(0, 0, 0, -30)
    still = bench.network.grab(picture).toImage()
    bench.session.motion = motion
    bench.session.motion_changed.emit()
    moving = bench.network.grab(picture).toImage()
    return {
        (x, y)
        for x in range(still.width())
        for y in range(still.height())
        if still.pixel(x, y) != moving.pixel(x, y)
    }


@pytest.mark.parametrize(("layer", "source"), [("h", "i"), ("o", "h")])
@pytest.mark.parametrize("bias_units", [False, True])
def test_motion_towards_one_layer_runs_on_its_own_edges_alone(
    make: Callable[..., Bench], layer: str, source: str, bias_units: bool
) -> None:
    bench = make(stack(2, 3, 1))
    bench.session.show(bias_units=bias_units)
    bench.train(1)
    picture = bench.network.current_picture()
    assert picture is not None
    left, right = picture.scene.place(source).x, picture.scene.place(layer).x
    at = {}
    for phase, fraction in (("forward", 0.2), ("forward", 0.8), ("backward", 0.2)):
        changed = dots(bench, Motion(phase, fraction, layer))  # type: ignore[arg-type]
        xs = [x for x, _ in changed]
        assert changed
        assert left < min(xs)
        assert max(xs) < right
        at[phase, fraction] = np.mean(xs)
    assert at["forward", 0.2] < at["forward", 0.8]
    assert at["backward", 0.2] == pytest.approx(at["forward", 0.8], abs=25)
    changed = dots(bench, Motion("update", 0.5, layer))
    assert changed
    assert all(left < x < right for x, _ in changed)


def test_a_step_by_batch_says_which_one_it_was(bench: Bench) -> None:
    bench.train(2)
    assert "batch" not in bench.network.caption()
    bench.laboratory.step("batch")
    bench.laboratory.step("batch")
    bench.pump()
    snapshot = bench.session.snapshot
    assert snapshot is not None
    batches = snapshot.experiment.training.batches_per_epoch(len(snapshot.data.train_rows))
    assert f"after batch 2 of {batches} of epoch 3" in bench.network.caption()


def test_a_step_by_sample_says_where_it_stands(bench: Bench) -> None:
    bench.train(2)
    bench.laboratory.step("batch")
    for _ in range(3):
        bench.laboratory.step("sample")
    bench.pump()
    snapshot = bench.session.snapshot
    assert snapshot is not None
    assert snapshot.cursor is not None
    count = len(snapshot.data.train_rows)
    words = f"training sample {snapshot.cursor + 1} of {count}, in batch 2 of epoch 3"
    assert words in bench.network.caption()
    bench.train(1)
    assert "training sample" not in bench.network.caption()


@pytest.mark.parametrize(
    ("progress", "word"), [(0.1, "forward"), (0.5, "deltas"), (0.95, "change")]
)
def test_slow_motion_says_its_phase(bench: Bench, progress: float, word: str) -> None:
    bench.session.motion = motion_of(progress)
    assert word in bench.network.caption()
    bench.session.motion = None
    assert bench.network.caption() == ""


@pytest.mark.parametrize("width", [380, 460, 560, 700, 1000])
def test_the_choices_of_the_header_are_never_cut(bench: Bench, width: int) -> None:
    header = bench.view.header
    bench.view.resize(width, 500)
    for scale in (2.0, 7.1e299):
        header.set_scale(scale)
        for button in header.quantity.buttons.values():
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
        assert header.numbers.geometry().right() <= header.width()
        layout = header.layout()
        assert layout is not None
        layout.activate()
        choices = header.quantity.geometry().right()
        assert header.numbers.isHidden() or choices < header.numbers.geometry().left()
        if header.bar_hidden:
            assert "colours reach" in bench.network.caption() or not bench.network.scale


def test_a_scale_in_words_lies_over_nothing(make: Callable[..., Bench], qtbot: QtBot) -> None:
    bench = make(gallery_experiment("family-tree"))
    network, font = bench.network, bench.view.font()
    font.setPixelSize(19)
    bench.view.setFont(font)
    bench.view.resize(460, 300)

    def drawn_anew() -> bool:
        network.grab()
        return network.picture is not None and network.picture.size.width() == network.width()

    qtbot.waitUntil(drawn_anew)
    assert bench.view.header.bar_hidden
    assert "colours reach" in network.caption()
    picture = network.current_picture()
    assert picture is not None
    assert picture.note_rects
    lowest = max(rect.bottom() for rect in picture.note_rects.values())
    lowest = network.viewport_now.to_screen(QPointF(0.0, lowest)).y()
    line = QFontMetricsF(sized(network.font(), round(CAPTION * network.base_zoom))).height()
    assert lowest <= network.height() - line - 2


def test_the_ends_of_a_huge_scale_are_short() -> None:
    assert scale_end(7.1e299) == "7e299"
    assert scale_end(-2.1) == "−2.1"


def test_a_matrix_opens_in_its_own_proportions(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 40, 1))
    dialog = MatrixDialog(bench.session, "h", "i", bench.network)
    dialog.show()
    assert dialog.view.height() > dialog.view.width()
    corner = dialog.view.cell_rect(39, 1).bottomRight()
    assert corner.y() >= 0.9 * dialog.view.height()
    dialog.close()
    wide = MatrixDialog(bench.session, "o", "h", bench.network)
    wide.show()
    assert wide.view.cell_rect(0, 0).width() >= 16
    assert wide.height() < 260
    wide.close()


def test_map_on_a_unit_has_its_highest_second_input_at_the_top(make: Callable[..., Bench]) -> None:
    """The output grows with x₂ alone."""
    bench = make(stack(2, 1))
    bench.session.apply(
        SetParameters(
            {
                ParameterId("o", 0, "i", 0): 0.0,
                ParameterId("o", 0, "i", 1): 1.0,
                ParameterId("o", 0): 0.0,
            }
        )
    )
    bench.pump()
    bench.network.grab()
    picture = bench.network.picture
    assert picture is not None
    image = picture.units.pictures.of_unit(1, 0)
    assert image is not None
    bottom = image.height() - 1
    for x in (0, image.width() - 1):
        assert not is_orange(image.pixelColor(x, 0))
        assert is_orange(image.pixelColor(x, bottom))


def test_a_large_network_is_stretched_until_its_size_stays(
    qtbot: QtBot, make: Callable[..., Bench]
) -> None:
    bench = make(stack(2, 20, 15, 1))
    view = bench.network
    qtbot.waitUntil(lambda: not view._resizing.isActive())
    old = view.current_picture()
    for width in (700, 720, 740):
        bench.view.resize(width, 500)
        view.grab()
        assert view.current_picture() is old
    qtbot.waitUntil(lambda: view.picture is not old)
    new = view.picture
    assert new is not None
    assert new.size == view.size()
