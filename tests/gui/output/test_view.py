from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bpviz.engine.metrics import decide
from bpviz.engine.spec import stack
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.output.view import OutputView
from bpviz.gui.session import Session
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.evaluator import evaluate
from bpviz.lab.snapshot import Snapshot

Open = Callable[..., Session]
Answer = Callable[[Session], None]


def shown(qtbot: QtBot, session: Session, key: str = "") -> OutputView:
    view = OutputView(session)
    qtbot.addWidget(view)
    view.resize(342, 400)
    view.show()
    if key:
        view.show_as(key)
    return view


def click(qtbot: QtBot, widget: Any, point: QPointF) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point.toPoint())


def test_click_on_map_picks_the_nearest_sample(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle, typed=(0.0, 0.0))
    view = shown(qtbot, session)
    dots = view.plane.plane.dots
    # The sample farthest out has no near neighbour, so that rounding to pixels cannot matter.
    k = int(np.argmax(np.abs(dots.places[:, 0])))
    x, y = view.plane.to_pixels(dots.places)[k]
    click(qtbot, view.plane, QPointF(x, y))
    assert session.request.sample == circle.data.train_rows[k]
    assert session.request.typed is None
    assert view.plane.plane.mark == pytest.approx(tuple(dots.places[k]))


def test_test_samples_are_shown_and_picked_on_request_only(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    assert not set(view.plane.plane.dots.rows) & set(circle.data.test_rows)
    view.controls.test.setChecked(True)
    assert session.look.show_test
    assert set(view.plane.plane.dots.rows) == set(range(len(circle.data.dataset)))


def test_discretise_leaves_two_colours(qtbot: QtBot, circle: Snapshot, open_session: Open) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    assert len(colors_of(view)) > 20
    view.controls.discretise.setChecked(True)
    assert session.look.discretise
    assert len(colors_of(view)) == 2


def colors_of(view: OutputView) -> set[int]:
    image = view.plane.plane.image
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_map_is_blue_where_the_output_is_high(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    image, out = view.plane.plane.image, session.evaluation.maps[-1][0]
    for row, column in ((50, 50), (0, 0), (99, 0)):
        color = QColor(image.pixel(column, 99 - row))
        assert (color.blue() > color.red()) == (out[row, column] > 0.5)


def test_picker_walks_round_the_part_of_the_current_sample(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    rows = circle.data.test_rows
    session = open_session(circle, sample=int(rows[-1]))
    view = shown(qtbot, session)
    view.resize(700, 400)
    assert view.picker.part.text().startswith("test ")
    assert view.picker.part.text().endswith(f"{len(rows)} of {len(rows)}")
    view.picker.next.click()
    assert session.request.sample == rows[0]
    view.picker.previous.click()
    view.picker.previous.click()
    assert session.request.sample == rows[-2]
    view.picker.go_to_part(tested=False)
    assert view.picker.part.text() == f"training sample 1 of {len(circle.data.train_rows)}"


def test_a_sample_is_counted_within_its_part(circle: Snapshot) -> None:
    data = circle.data
    assert (
        sample_text(data, int(data.train_rows[6])) == f"training sample 7 of {len(data.train_rows)}"
    )
    assert sample_text(data, int(data.test_rows[2])) == f"test sample 3 of {len(data.test_rows)}"


def test_click_on_cell_goes_through_its_samples(
    qtbot: QtBot, digits: Snapshot, open_session: Open
) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "matrix")
    counts = session.evaluation.confusion[0]
    cell = next((i, j) for i in range(10) for j in range(10) if i == j and counts[i, j] > 1)
    taken = decide(session.evaluation.train_out, "classes", 0.5)
    true = digits.data.dataset.targets[digits.data.train_rows]
    inside = digits.data.train_rows[(true == cell[0]) & (taken == cell[1])]
    picked = []
    for _ in range(len(inside) + 1):
        click(qtbot, view.matrix, view.matrix.cell_rect(*cell).center())
        picked.append(session.request.sample)
    assert len(set(picked)) == len(inside) == counts[cell]
    assert set(picked) == set(inside)
    assert picked[0] == picked[-1]
    assert view.matrix.current == cell


def test_empty_cell_picks_nothing(qtbot: QtBot, digits: Snapshot, open_session: Open) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "matrix")
    i, j = np.argwhere(session.evaluation.confusion[0] == 0)[0]
    before = session.request
    with qtbot.waitSignal(session.said):
        click(qtbot, view.matrix, view.matrix.cell_rect(int(i), int(j)).center())
    assert session.request == before


def test_matrix_is_the_test_part_s_on_request(
    qtbot: QtBot, digits: Snapshot, open_session: Open
) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "matrix")
    assert view.matrix.counts.sum() == len(digits.data.train_rows)
    session.show(show_test=True)
    assert view.matrix.counts.sum() == len(digits.data.test_rows)


@pytest.mark.parametrize("change", ["run", "network", "data"])
def test_stale_evaluation_is_ignored(
    qtbot: QtBot, circle: Snapshot, open_session: Open, change: str
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    before = view.plane.plane
    other = replace(circle, run=2)
    if change == "network":
        experiment = replace(circle.experiment, network=stack(2, 5, 1))
        theta = experiment.trainer(circle.data).state.theta
        other = replace(circle, experiment=experiment, theta=theta)
    elif change == "data":
        other = replace(circle, data=circle.experiment.prepare())
    session.evaluation = evaluate(other, session.request)
    session.evaluation_changed.emit()
    assert view.plane.plane is before
    session.snapshot = other
    session.snapshot_changed.emit()
    assert view.plane.plane is not before


def test_predicted_against_true_for_regression(
    qtbot: QtBot, regression: Snapshot, open_session: Open
) -> None:
    session = open_session(regression)
    view = shown(qtbot, session, "scatter")
    places = view.plane.plane.dots.places
    assert np.allclose(places[:, 0], regression.data.training.train.targets[:, 0])
    assert np.allclose(places[:, 1], session.evaluation.train_out[:, 0])
    (diagonal, _, dashed) = view.plane.plane.lines[0]
    assert dashed
    assert np.allclose(diagonal[:, 0], diagonal[:, 1])


def test_one_unit_is_enlarged_and_left_again(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    session.show(shown_unit=(1, 2))
    assert view.title.text() == "Unit h₃"
    assert view.plane.plane.dots is None
    view.controls.back.click()
    assert session.look.shown_unit is None
    assert view.title.text() == "Output"
    assert view.plane.plane.dots is not None


def test_unit_that_is_gone_shows_the_output(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session)
    session.show(shown_unit=(7, 0))
    assert view.title.text() == "Output"
    assert view.plane.plane.dots is not None


def test_pad_classifies_what_is_drawn(
    qtbot: QtBot, digits: Snapshot, open_session: Open, evaluator: Answer
) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "draw")
    assert session.request.typed is not None
    pad = view.pictures.pad
    box = pad.square()
    circle = [(0.5 + 0.22 * np.sin(a), 0.5 - 0.36 * np.cos(a)) for a in np.linspace(0, 6.28, 40)]
    points = [
        QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in circle
    ]
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0].toPoint())
    for point in points[1:]:
        qtbot.mouseMove(pad, point.toPoint())
        move(pad, point)
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1].toPoint())
    evaluator(session)
    assert view.pictures.bars.winner == 0
    assert view.pictures.words.text() == "taken for 0"
    qtbot.keyClick(pad, Qt.Key.Key_C)
    evaluator(session)
    assert pad.strokes == []
    assert view.pictures.bars.winner is None
    assert set(session.request.typed) == {0.0}
    view.show_as("picture")
    assert session.request.typed is None


def move(widget: Any, point: QPointF) -> None:
    """A move with the button down, which qtbot cannot send."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, point, widget.mapToGlobal(point), left, left, none)
    QApplication.sendEvent(widget, event)


def test_pad_can_be_drawn_on_with_keys(qtbot: QtBot, digits: Snapshot, open_session: Open) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "draw")
    pad = view.pictures.pad
    qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert pad.strokes == []
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    for _ in range(10):
        qtbot.keyClick(pad, Qt.Key.Key_Down)
    assert len(pad.strokes) == 1
    assert len(pad.strokes[0]) == 11
    assert max(session.request.typed) > 10


def test_picture_shows_the_sample_that_was_evaluated(
    qtbot: QtBot, digits: Snapshot, open_session: Open, evaluator: Answer
) -> None:
    session = open_session(digits, sample=3)
    view = shown(qtbot, session)
    assert view.pictures.bars.true == digits.data.dataset.targets[3]
    session.ask(sample=4)
    assert view.pictures.bars.true == digits.data.dataset.targets[3]
    evaluator(session)
    assert view.pictures.bars.true == digits.data.dataset.targets[4]


def test_slice_says_what_is_held(
    qtbot: QtBot, open_session: Open, iris: Snapshot, evaluator: Answer
) -> None:
    session = open_session(iris, axes=(0, 2))
    view = shown(qtbot, session)
    names = iris.data.dataset.input_names
    assert names[1] in view.caption.text()
    assert names[3] in view.caption.text()
    assert names[0] not in view.caption.text()


def test_over_many_inputs_maps_are_asked_for_where_one_is_shown(
    qtbot: QtBot, iris: Snapshot, open_session: Open, evaluator: Answer
) -> None:
    session = open_session(iris)
    view = shown(qtbot, session, "matrix")
    assert not session.request.want_map
    evaluator(session)
    session.show(shown_unit=(1, 0))
    assert session.request.want_map
    session.show(shown_unit=None)
    assert not session.request.want_map
    view.show_as("map")
    assert session.request.want_map
    # Until the map is there, the matrix stays.
    assert view.pages.currentWidget() is view.matrix
    evaluator(session)
    assert view.pages.currentWidget() is view.plane


def test_over_two_inputs_maps_are_always_asked_for(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    shown(qtbot, session, "matrix")
    assert session.request.want_map


def test_nothing_evaluated_yet_says_what_comes(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle)
    session.evaluation = None
    view = shown(qtbot, session)
    assert view.pages.currentWidget() is view.empty
    assert "evaluated" in view.empty.text()


@pytest.mark.parametrize("key", ["map", "matrix"])
def test_picture_is_rendered_in_both_themes(
    qtbot: QtBot, circle: Snapshot, open_session: Open, key: str
) -> None:
    session = open_session(circle)
    view = shown(qtbot, session, key)
    session.show(theme=LIGHT)
    light = view.render_image()
    session.show(theme=DARK)
    dark = view.render_image()
    assert light.size() == dark.size() == view.pages.size() * 2
    assert light != dark


def test_footer_takes_two_rows_rather_than_cutting_words(
    qtbot: QtBot, digits: Snapshot, open_session: Open
) -> None:
    view = shown(qtbot, open_session(digits))
    for width in (280, 300, 342, 700):
        view.resize(width, 400)
        QApplication.processEvents()
        for button in view.footer.choice.buttons.values():
            needed = button.fontMetrics().horizontalAdvance(button.text())
            assert button.width() >= needed
        assert view.picker.part.width() >= view.picker.part.sizeHint().width()
    assert view.footer.choice.y() == pytest.approx(view.picker.y(), abs=6)
    view.resize(280, 400)
    qtbot.waitUntil(lambda: view.footer.choice.y() > view.picker.geometry().bottom())


def test_pad_takes_the_room_there_is(qtbot: QtBot, digits: Snapshot, open_session: Open) -> None:
    view = shown(qtbot, open_session(digits), "draw")
    pad, page = view.pictures.pad, view.pictures
    for size in ((342, 400), (520, 420), (300, 600)):
        view.resize(*size)
        QApplication.processEvents()
        side = pad.square().width()
        free_width = page.width() - page.bars.minimumSizeHint().width() - side
        free_height = page.height() - side
        assert min(free_width - 12, free_height - 80) <= 6
        assert page.bars.width() >= page.bars.minimumSizeHint().width()


def test_a_drawn_digit_is_called_drawn(
    qtbot: QtBot, digits: Snapshot, open_session: Open, evaluator: Answer
) -> None:
    session = open_session(digits)
    view = shown(qtbot, session, "draw")
    evaluator(session)
    assert view.picker.part.text() == "drawn"


def test_ring_around_a_hidden_test_sample_is_not_empty(
    qtbot: QtBot, circle: Snapshot, open_session: Open
) -> None:
    session = open_session(circle, sample=int(circle.data.test_rows[0]))
    view = shown(qtbot, session)
    plane = view.plane.plane
    assert plane is not None
    assert plane.mark_color is not None
    x, y = view.plane.to_pixels(np.array([plane.mark]))[0]
    image = view.plane.grab().toImage()
    assert image.pixelColor(int(x), int(y)) == plane.mark_color
    session.show(show_test=True)
    assert view.plane.plane.mark_color is None
