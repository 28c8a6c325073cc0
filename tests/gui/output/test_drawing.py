"""Drawing samples on the map, by mouse and keys, in the whole window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from bpviz.datasets.own import OwnSamples
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import read_experiment
from bpviz.gui.colors import class_colors
from bpviz.gui.dialogs.samples import SamplesDialog
from bpviz.gui.files import open_path, save_path
from bpviz.gui.main_window import MainWindow
from bpviz.gui.output.drawing import DrawingPage
from bpviz.gui.output.drawing_menu import save
from bpviz.gui.output.plane import Dots
from bpviz.gui.output.plane_dots import MANY
from bpviz.gui.widgets.tile_chooser import TileChooser
from bpviz.lab.edits import Change

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Open = Callable[..., MainWindow]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(gallery_experiment("playground"), theme="light", remember=False)
    qtbot.addWidget(window)
    window.resize(1280, 900)
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: window.session.evaluation is not None, timeout=10_000)
    yield window
    window.close()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DrawingPage:
    window.laboratory.pause()
    window.output.draw()
    qtbot.waitUntil(window.output.drawing.plane.isVisible)
    return window.output.drawing


def pixel(page: DrawingPage, x: float, y: float) -> QPoint:
    """Where a place is on the sheet, given in the data's units."""
    return QPointF(*page.plane.to_pixels(np.array([[x, y]]))[0]).toPoint()


def stroke(
    page: DrawingPage,
    places: Sequence[tuple[float, float]],
    button: Qt.MouseButton = LEFT,
    qtbot: QtBot | None = None,
    lifts: bool = True,
) -> None:
    assert qtbot is not None
    points = [pixel(page, x, y) for x, y in places]
    qtbot.mousePress(page.plane, button, pos=points[0])
    for point in points[1:]:
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(point),
            page.plane.mapToGlobal(QPointF(point)),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(page.plane, event)
    if lifts:
        qtbot.mouseRelease(page.plane, button, pos=points[-1])


def samples(window: MainWindow) -> OwnSamples:
    source = window.session.experiment.data.source
    assert isinstance(source, OwnSamples)
    return source


def evaluated(window: MainWindow, qtbot: QtBot) -> None:
    def newest() -> bool:
        evaluation = window.session.evaluation
        return evaluation is not None and evaluation.snapshot.data is window.laboratory.data

    qtbot.waitUntil(newest, timeout=10_000)


SWEEP = [(x, 4.0) for x in np.linspace(-4, 4, 20)]


def test_drawn_points_survive_save_undo_and_reload(
    window: MainWindow, page: DrawingPage, qtbot: QtBot, tmp_path: Path
) -> None:
    """Strokes, undo and redo; then the experiment and the table are saved and opened again."""
    count = len(window.laboratory.data.dataset)
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    assert len(samples(window).rows) == count + 1
    x, y, number = samples(window).rows[-1]
    assert (x, y) == pytest.approx((0.5, -0.5), abs=0.05)
    assert number == 0.0
    qtbot.keyClick(page.plane, Qt.Key.Key_B)
    qtbot.keyClick(page.plane, Qt.Key.Key_2)
    stroke(page, SWEEP, qtbot=qtbot)
    brushed = samples(window)
    assert {row[-1] for row in brushed.rows[count + 1 :]} == {1.0}
    assert len(brushed.rows) > count + 20
    stroke(page, [(-2.0, 0.0), (2.0, 0.0)], RIGHT, qtbot=qtbot)
    erased = samples(window)
    assert 0 < len(erased.rows) < len(brushed.rows)
    for present in (brushed.rows, brushed.rows[: count + 1]):
        window.session.undo()
        assert samples(window).rows == present
    window.session.undo()
    assert window.session.experiment.data.source.kind == "circle"
    for _ in range(3):
        window.session.redo()
    assert samples(window) == erased
    evaluated(window, qtbot)
    save_path(window, tmp_path / "mine.toml")
    save(window.session, erased, tmp_path / "mine.csv")
    assert read_experiment(tmp_path / "mine.toml").data.source == erased
    window.session.apply(Change("data.source", "xor"))
    assert not page.active
    open_path(window, tmp_path / "mine.toml")
    assert samples(window) == erased
    drawn = window.laboratory.data.dataset
    open_path(window, tmp_path / "mine.csv")
    qtbot.waitUntil(lambda: window.session.experiment.data.source.kind == "file")
    read = window.laboratory.data.dataset
    np.testing.assert_array_equal(read.inputs, drawn.inputs)
    assert [read.class_names[k] for k in read.targets] == [
        drawn.class_names[k] for k in drawn.targets
    ]


def test_training_goes_on_with_what_it_has_learned(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    window.laboratory.train_epochs(2)
    qtbot.waitUntil(lambda: window.session.latest.epoch >= 2 and not window.session.latest.running)
    before = window.session.latest
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    qtbot.waitUntil(lambda: window.session.latest.revision == window.laboratory.revision)
    after = window.session.latest
    assert (after.run, after.epoch) == (before.run, before.epoch)
    np.testing.assert_array_equal(after.theta, before.theta)


def test_points_appear_while_the_brush_moves_and_become_one_edit(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    qtbot.keyClick(page.plane, Qt.Key.Key_B)
    there = len(page.plane.plane.dots)
    revision = window.laboratory.revision
    stroke(page, SWEEP, qtbot=qtbot, lifts=False)
    painted = page.plane.plane.dots
    assert len(painted) > there + 20
    assert window.laboratory.revision == revision
    # A new map meanwhile does not wipe them away.
    window.output.refresh()
    assert len(page.plane.plane.dots) == len(painted)
    qtbot.mouseRelease(page.plane, LEFT, pos=pixel(page, *SWEEP[-1]))
    assert window.laboratory.revision == revision + 1
    np.testing.assert_array_equal(page.plane.plane.dots.places, painted.places)


def test_the_same_strokes_give_the_same_points(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    qtbot.keyClick(page.plane, Qt.Key.Key_B)
    stroke(page, SWEEP, qtbot=qtbot)
    first = samples(window)
    window.session.undo()
    stroke(page, SWEEP, qtbot=qtbot)
    assert samples(window) == first


def test_axes_rest_while_drawing_and_fit_afterwards(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    ranges = page.plane.plane.x_range, page.plane.plane.y_range
    evaluated(window, qtbot)
    map_low = window.session.evaluation.map_low
    page.bar.set_brush(0.25, 3)
    for x in (-5.0, -4.0, -3.0, 3.0, 4.0, 5.0):
        stroke(page, [(x, -5.0), (x, 5.0)], RIGHT, qtbot=qtbot)
    evaluated(window, qtbot)
    assert (page.plane.plane.x_range, page.plane.plane.y_range) == ranges
    assert window.session.evaluation.map_low == map_low
    page.leave()
    qtbot.waitUntil(lambda: window.session.evaluation.map_low != map_low)
    x_range = window.output.plane.plane.x_range
    assert x_range[1] - x_range[0] < 0.9 * (ranges[0][1] - ranges[0][0])


def test_an_empty_sheet_waits_for_a_second_class_and_then_trains(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.session.apply(Change("data.source", "iris"))
    window.laboratory.train()
    qtbot.waitUntil(lambda: window.session.latest.running)
    window.session.draw_asked.emit(True)
    page = window.output.drawing
    assert page.is_blank
    assert not len(page.plane.plane.dots)
    assert window.session.experiment.data.source.kind == "iris"
    stroke(page, [(0.5, 0.5)], qtbot=qtbot)
    assert samples(window).rows == (
        (pytest.approx(0.5, abs=0.02), pytest.approx(0.5, abs=0.02), 0),
    )
    qtbot.waitUntil(lambda: not window.session.latest.running)
    assert "second class" in page.note.text()
    qtbot.keyClick(page.plane, Qt.Key.Key_2)
    stroke(page, [(-0.5, -0.5)], qtbot=qtbot)
    qtbot.waitUntil(lambda: window.session.latest.running)
    window.laboratory.pause()
    window.session.undo()
    window.session.undo()
    assert page.is_blank
    assert window.session.experiment.data.source.kind == "iris"


def test_the_last_point_stays(window: MainWindow, qtbot: QtBot) -> None:
    window.session.draw_asked.emit(True)
    page = window.output.drawing
    page.bar.kind_chosen.emit("values")
    stroke(page, [(0.5, 0.5)], qtbot=qtbot)
    with qtbot.waitSignal(window.session.said) as said:
        stroke(page, [(0.5, 0.5)], RIGHT, qtbot=qtbot)
    assert "stays" in said.args[0]
    assert len(samples(window).rows) == len(page.plane.plane.dots) == 1


def test_classes_are_added_with_their_first_point_and_named(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.bar.add, LEFT)
    assert len(page.bar.chips) == 3
    assert window.session.experiment.data.source.kind == "circle"
    page.bar.name.setFocus()
    page.bar.name.selectAll()
    qtbot.keyClicks(page.bar.name, "third")
    qtbot.keyClick(page.bar.name, Qt.Key.Key_Return)
    stroke(page, [(0.5, 0.5)], qtbot=qtbot)
    assert samples(window).class_names == ("outside", "inside", "third")
    assert window.session.experiment.network.output.units == 3
    page.bar.choose_target(0)
    page.bar.renamed.emit(0, "far")
    assert samples(window).class_names == ("far", "inside", "third")
    with qtbot.waitSignal(window.session.said) as said:
        page.bar.renamed.emit(0, "third")
    assert said.args[1]
    assert samples(window).class_names == ("far", "inside", "third")
    for _ in range(9):
        page.add_class()
    assert len(page.class_names) == len(page.bar.chips) == 10
    assert not page.bar.add.isEnabled()


def test_a_class_that_is_only_offered_recolours_nothing(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    theme = window.session.theme
    before = page.plane.plane.dots.colors
    assert before == class_colors(theme, 2)
    page.add_class()
    assert page.plane.plane.dots.colors[:2] == before
    third = page.plane.plane.dots.colors[2]
    drawn = [chip.grab().toImage().pixelColor(10, 10) for chip in page.bar.chips]
    assert drawn == [*before, third]
    stroke(page, [(0.5, 0.5)], qtbot=qtbot)
    assert page.plane.plane.dots.colors == class_colors(theme, 3)
    assert page.plane.plane.dots.colors[2] == third


def test_dots_become_pixels_while_the_brush_moves(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    plane = page.plane
    count = MANY - 1
    places = np.random.default_rng(2).uniform(-4, 4, (count, 2))
    sheet = plane.plane.dots
    dots = Dots(places, np.arange(count), np.zeros(count, np.intp), sheet.colors, places[:, 0] > 9)
    plane.show_plane(replace(plane.plane, dots=dots), window.session.theme)
    plane._dots_layer(dots)
    page.bar.choose_tool("brush")
    stroke(page, [(-3.0, 0.0), (0.0, 2.0), (3.0, 0.0)], qtbot=qtbot, lifts=False)
    grown = plane.plane.dots
    assert len(grown) > MANY
    layer = plane._dots_layer(grown).toImage()
    plane._layer = None
    assert plane._dots_layer(grown).toImage() == layer
    plane.cancel()


def test_values_are_drawn_with_the_value_that_is_set(window: MainWindow, qtbot: QtBot) -> None:
    window.session.apply(Change("data.source", "plane"))
    evaluated(window, qtbot)
    qtbot.waitUntil(lambda: not window.output.controls.draw.isHidden())
    qtbot.mouseClick(window.output.controls.draw, LEFT)
    page = window.output.drawing
    page.bar.number.setFocus()
    page.bar.number.selectAll()
    qtbot.keyClicks(page.bar.number, "-0.25")
    qtbot.keyClick(page.bar.number, Qt.Key.Key_Return)
    stroke(page, [(1.0, 2.0)], qtbot=qtbot)
    assert samples(window).rows[-1] == pytest.approx((1.0, 2.0, -0.25), abs=0.05)
    assert samples(window).class_names == ()


def test_where_there_is_one_input_the_height_is_the_value(window: MainWindow, qtbot: QtBot) -> None:
    window.session.apply(Change("data.source", "sine"))
    evaluated(window, qtbot)
    window.output.draw()
    page = window.output.drawing
    assert page.bar.number.isHidden()
    stroke(page, [(1.0, 0.5)], qtbot=qtbot)
    assert samples(window).rows[-1] == pytest.approx((1.0, 0.5), abs=0.05)


def test_without_a_mouse(window: MainWindow, page: DrawingPage, qtbot: QtBot) -> None:
    plane = page.plane
    assert plane.hasFocus()
    count = len(plane.plane.dots)
    for key in (Qt.Key.Key_P, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(plane, key)
    x, y, _ = samples(window).rows[-1]
    middle = [np.mean(r) for r in (plane.plane.x_range, plane.plane.y_range)]
    assert (x < middle[0], y > middle[1]) == (True, True)
    size = plane.size_share
    qtbot.keyClicks(plane, "]]")
    assert plane.size_share > 1.3 * size
    qtbot.keyClicks(plane, "[[[")
    assert plane.size_share < size
    qtbot.keyClicks(plane, "e")
    assert (plane.tool, page.bar.tool) == ("eraser", "eraser")
    qtbot.keyClick(plane, Qt.Key.Key_Return)
    assert len(samples(window).rows) <= count
    qtbot.keyClick(plane, Qt.Key.Key_Escape)
    assert not page.active
    assert window.output.title.text() == "Output"


def test_escape_takes_a_stroke_back_before_it_ends_drawing(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    count = len(page.plane.plane.dots)
    qtbot.keyClick(page.plane, Qt.Key.Key_B)
    stroke(page, SWEEP, qtbot=qtbot, lifts=False)
    qtbot.keyClick(page.plane, Qt.Key.Key_Escape)
    qtbot.mouseRelease(page.plane, LEFT, pos=pixel(page, *SWEEP[-1]))
    assert len(page.plane.plane.dots) == count
    assert window.session.experiment.data.source.kind == "circle"
    assert page.active


def test_a_low_window_gives_the_sheet_the_plots_room_meanwhile(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1024, 640)
    before = window.output.height()
    window.output.draw(True)
    plane = window.output.drawing.plane
    qtbot.waitUntil(lambda: plane.isVisible() and plane.area().height() >= 240)
    assert not window.plots.isVisible()
    window.output.drawing.leave()
    qtbot.waitUntil(lambda: window.plots.isVisible() and window.output.height() == before)


def test_what_lies_under_the_mouse_is_told_below_the_sheet(page: DrawingPage, qtbot: QtBot) -> None:
    told = page.note.text()
    qtbot.mouseMove(page.plane, pixel(page, 0.5, -0.5))
    qtbot.waitUntil(lambda: page.note.text() != told)
    assert page.note.text() == page.plane.readout() != ""
    picture = page.plane.grab().toImage()
    page.plane.readout = lambda: ""  # type: ignore[method-assign]
    assert page.plane.grab().toImage() == picture, "nothing is covered"
    page.plane.moved.emit()
    assert page.note.text() == told


def test_a_test_part_is_said_to_be_drawn_anew_and_an_empty_sheet_has_none(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    assert "anew" not in page.note.toolTip()
    window.session.apply(Change("data.test_fraction", 0.3))
    assert page.note.toolTip().startswith(
        "501 points, each stroke draws the test part (30%) anew: 260 "
    )
    page.empty()
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    assert len(samples(window).rows) == 1
    assert window.session.experiment.data.test_fraction == 0.0


def test_undo_takes_back_the_stroke_under_way_and_no_other(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    before = samples(window)
    qtbot.keyClick(page.plane, Qt.Key.Key_B)
    stroke(page, SWEEP, qtbot=qtbot, lifts=False)
    qtbot.keyClick(page.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseRelease(page.plane, LEFT, pos=pixel(page, *SWEEP[-1]))
    assert samples(window) == before
    assert len(page.plane.plane.dots) == len(before.rows)
    qtbot.keyClick(page.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.experiment.data.source.kind == "circle"


def test_another_experiment_ends_the_stroke_under_way(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    """Undone by the menu while the mouse is down: what was brushed so far is not drawn."""
    stroke(page, [(0.5, -0.5)], qtbot=qtbot)
    page.bar.choose_tool("brush")
    stroke(page, SWEEP, qtbot=qtbot, lifts=False)
    assert page.plane.is_drawing
    window.session.undo()
    assert not page.plane.is_drawing
    count = len(window.laboratory.data.dataset)
    assert len(page.plane.plane.dots) == count
    qtbot.mouseRelease(page.plane, LEFT, pos=pixel(page, *SWEEP[-1]))
    assert window.session.experiment.data.source.kind == "circle"
    assert len(page.plane.plane.dots) == count


def test_the_table_shows_what_is_drawn_and_keeps_its_classes(
    window: MainWindow, page: DrawingPage, qtbot: QtBot
) -> None:
    stroke(page, [(0.5, 0.5)], qtbot=qtbot)
    drawn = samples(window)
    menu = QMenu(window)
    page.fill_menu(menu)
    table = next(action for action in menu.actions() if "table" in action.text())
    table.trigger()
    dialog = window.findChild(SamplesDialog)
    assert dialog is not None
    assert dialog.samples == drawn
    dialog.model.setData(dialog.model.index(0, 2), "another")
    assert dialog.samples is not None
    assert dialog.samples.class_names == ("outside", "inside", "another")
    dialog.model.setData(dialog.model.index(0, 0), "50")
    dialog.accept()
    assert samples(window).rows[0][0] == 50.0
    # What lies beyond the sheet makes it larger.
    assert page.plane.plane.x_range[1] > 50


def test_where_nothing_can_be_drawn_that_is_said(window: MainWindow, qtbot: QtBot) -> None:
    window.session.apply(Change("data.source", "iris"))
    evaluated(window, qtbot)
    assert window.output.controls.draw.isHidden()
    with qtbot.waitSignal(window.session.said) as said:
        window.output.draw()
    assert "two inputs" in said.args[0]
    assert not window.output.drawing.active


def test_the_way_in_from_the_data(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[bool] = []
    window.session.draw_asked.connect(asked.append)
    tiles = window.findChild(TileChooser)
    assert tiles is not None
    tiles.open_group("own")
    # Arrow keys choose the sources that they come to; this tile begins something and is pressed.
    last = [kind for kind, tile in tiles.tiles.items() if tile.source.group == "own"][-1]
    tiles.tiles[last].setFocus()
    assert tiles.tiles[last].hasFocus()
    qtbot.keyClick(tiles.tiles[last], Qt.Key.Key_Right)
    assert not asked
    tiles.others["draw"].click()
    assert asked == [True]
    assert window.output.drawing.is_blank
    assert tiles.value == "circle"
