"""The landscape: its map, its thread, the path on it, what it says and when it is out of date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.error_function import ErrorFunction
from bpviz.gui.bottom.card import BottomCard
from bpviz.gui.bottom.landscape_contours import contour, levels_between
from bpviz.gui.bottom.landscape_map import HeightScale, height_color, height_table
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.edits import AddUnit, Load
from bpviz.lab.graph_edits import RemoveConnections
from tests.gui.gate import Gate
from tests.gui.without_threads import Bench

LANDSCAPE = "Landscape"


@pytest.fixture
def bench(qtbot):
    return Bench()


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def page(qtbot, bench, gate):
    card = BottomCard(bench.session, gate)
    qtbot.addWidget(card)
    card.resize(900, card.height())
    card.show()
    card.show_tab(LANDSCAPE)
    made = card.pages[LANDSCAPE]
    made.card = card
    yield made
    gate.open()
    card.shut()


def computed(qtbot, page):
    qtbot.mouseClick(page.compute_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)
    return page.landscape


def chosen(page):
    return [field.text() for field in page.controls.fields]


def type_into(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_before_a_map_it_proposes_the_steepest_weights(bench, page):
    snapshot = bench.session.snapshot
    order = np.argsort(-np.abs(snapshot.gradient))[:2]
    plain = [text.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")) for text in chosen(page)]
    assert plain == [snapshot.layout.label(int(k)) for k in order]
    assert "Compute draws" in page.sentence.text()
    assert page.landscape is None
    assert not page.card.grab().isNull()


def test_the_map_is_that_of_the_engine(qtbot, bench, page):
    found = computed(qtbot, page)
    snapshot = bench.session.snapshot
    assert found.errors.shape == (65, 65)
    assert found.error_at(*found.plane.centre) == pytest.approx(snapshot.metrics.train_loss)
    assert page.now.text() == f"Now: error {snapshot.metrics.train_loss:.4f}"
    assert page.taken.text() == "Drawn around epoch 0 · 65 × 65 points · 250 training samples"
    assert page.sentence.text() == ""
    assert not page.progress.isVisible()
    assert page.map.path == pytest.approx(np.array([found.plane.centre]))


def test_an_error_that_was_measured_earlier_says_when(qtbot, bench, page):
    computed(qtbot, page)
    snapshot = bench.session.snapshot
    bench.session.snapshot = replace(snapshot, epoch=1203)
    page._show_words()
    assert page.now.text() == f"After epoch 0: error {snapshot.metrics.train_loss:.4f}"


def test_the_path_begins_before_the_page_was_opened(qtbot, bench):
    card = BottomCard(bench.session)
    qtbot.addWidget(card)
    for _ in range(3):
        bench.laboratory.step("epoch")
        bench.pump()
    assert not card.pages.has(LANDSCAPE)
    card.show()
    card.show_tab(LANDSCAPE)
    page = card.pages[LANDSCAPE]
    computed(qtbot, page)
    assert len(page.map.path) == 4
    card.shut()


def test_the_path_follows_and_the_map_grows_old(qtbot, bench, page):
    bench.laboratory.step("epoch")
    bench.pump()
    found = computed(qtbot, page)
    walked = []
    for _ in range(3):
        bench.laboratory.step("epoch")
        bench.pump()
        walked.append(found.plane.project(bench.session.snapshot.theta))
    qtbot.waitUntil(lambda: len(page.map.path) == 5, timeout=5_000)
    assert page.map.path[2:] == pytest.approx(np.array(walked))
    qtbot.waitUntil(lambda: "other weights have moved" in page.sentence.text())
    assert page.taken.text().startswith("Drawn around epoch 1 ")
    computed(qtbot, page)
    assert page.taken.text().startswith("Drawn around epoch 4 ")
    assert page.sentence.text() == ""
    assert len(page.map.path) == 5


def test_two_weights_by_name(qtbot, bench, page):
    type_into(qtbot, page.controls.fields[0], "w3")
    type_into(qtbot, page.controls.fields[1], "b2")
    qtbot.keyClick(page.controls.fields[1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.running and page.landscape is not None, timeout=20_000)
    assert page.landscape.names == ("w3", "b2")
    assert page.map._labels == ("w₃ (x₁ → h1₂)", "b₂ (bias of h1₂)")
    bench.laboratory.step("epoch")
    bench.pump()
    assert chosen(page) == ["w3", "b2"]  # what was typed stays


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(("w99", "w2"), "There is no parameter 'w99'"), (("w2", "w2"), "two different weights")],
)
def test_a_wrong_name_is_said(qtbot, bench, page, names, sentence):
    for field, name in zip(page.controls.fields, names, strict=True):
        type_into(qtbot, field, name)
    qtbot.mouseClick(page.compute_button, Qt.MouseButton.LeftButton)
    assert sentence in bench.said[-1]
    assert not page.running


def test_a_missing_connection_is_no_axis(qtbot, bench, page):
    layout = bench.session.snapshot.layout
    gone = layout.id_of(layout.find("w5"))
    bench.session.select(gone)
    assert chosen(page)[0] == "w₅"
    bench.session.apply(RemoveConnections(frozenset({gone})))
    bench.pump()
    assert "w₅" not in chosen(page)
    bench.session.select(gone)
    assert "w₅" not in chosen(page)
    assert computed(qtbot, page) is not None


def test_the_selected_weight_comes_first(bench, page):
    layout = bench.session.snapshot.layout
    bench.session.select(layout.id_of(layout.find("w5")))
    assert chosen(page)[0] == "w₅"
    assert chosen(page)[1] not in ("", "w₅")


def test_random_directions_and_new_ones(qtbot, page):
    qtbot.mouseClick(page.controls.kind.buttons["random"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.running and page.landscape is not None, timeout=20_000)
    first = page.landscape
    assert first.names == ("first direction", "second direction")
    qtbot.mouseClick(page.controls.new_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.running and page.landscape is not first, timeout=20_000)
    assert not np.allclose(page.landscape.plane.first, first.plane.first)
    assert page.controls.chosen_reach == 1.0
    page.controls.reach.chosen.emit(5.0)
    qtbot.waitUntil(lambda: not page.running and page.landscape.reach == 5.0, timeout=20_000)


def test_the_error_under_the_mouse(qtbot, bench, page):
    found = computed(qtbot, page)
    area = page.map.area()
    at = QPointF(area.left() + 0.25 * area.width(), area.top() + 0.1 * area.height()).toPoint()
    qtbot.mouseMove(page.map, at)
    a, b = page.map.under_mouse()
    assert a == pytest.approx(found.plane.centre[0] - 1, abs=0.05)
    assert b == pytest.approx(found.plane.centre[1] + 1.6, abs=0.05)
    snapshot = bench.session.snapshot
    function = ErrorFunction(
        snapshot.spec, snapshot.experiment.training, snapshot.data.training.train
    )
    assert found.error_at(a, b) == pytest.approx(function(found.plane.at(a, b)), rel=0.01)
    assert page.mouse.text().startswith(f"There: error {found.error_at(a, b):.4f} at w")


def test_cancel_keeps_the_coarse_map(qtbot, page, gate):
    page._yield_to = lambda: page._task.cancel() if page._task.done >= 400 else None
    page.compute()
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)
    assert page.landscape.errors.shape == (17, 17)
    assert page.compute_button.isVisible()


def test_while_it_runs_it_can_be_cancelled_and_the_button_says_so(qtbot, page, gate):
    gate.shut()
    page.compute()
    assert gate.reached.wait(20)
    assert page.cancel_button.isVisible()
    assert page.progress.isVisible()
    assert not page.compute_button.isVisible()
    qtbot.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    gate.open()
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)
    assert page.landscape is None
    assert page.compute_button.isVisible()


def test_another_choice_while_it_runs_starts_anew(qtbot, page, gate):
    gate.shut()
    page.compute()
    assert gate.reached.wait(20)
    qtbot.mouseClick(page.controls.kind.buttons["random"], Qt.MouseButton.LeftButton)
    gate.open()
    qtbot.waitUntil(lambda: not page.running and page.landscape is not None, timeout=20_000)
    assert page.landscape.plane.indices is None
    assert page.landscape.errors.shape == (65, 65)


def test_closing_meanwhile_ends_it(page):
    page._yield_to = lambda: page._task._cancelled.wait(20)  # no way on but to be cancelled
    page.compute()
    thread = page.background._thread
    ended = []
    thread.finished.connect(lambda: ended.append(True), Qt.ConnectionType.DirectConnection)
    page.card.close()
    assert ended
    assert not page.running
    assert not page.background._poll.isActive()


def test_it_survives_other_networks_and_themes(qtbot, bench, page):
    computed(qtbot, page)
    bench.session.apply(AddUnit("h1"))
    bench.pump()
    bench.session.show(theme=DARK)
    qtbot.waitUntil(lambda: "network has changed" in page.sentence.text())
    assert len(page.map.path) == 0
    bench.session.apply(Load(gallery_experiment("iris")))
    bench.pump()
    assert not page.card.grab().isNull()
    found = computed(qtbot, page)
    assert found.snapshot.spec == bench.experiment.network
    assert len(page.map.path) == 1


def test_contours_lie_at_their_height():
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41))
    heights = x**2 + y**2
    segments = contour(heights, 0.49)
    places = segments.reshape(-1, 2) / 20 - 1
    assert np.hypot(*places.T) == pytest.approx(0.7, abs=0.002)
    lengths = np.hypot(*(segments[:, 0] - segments[:, 1]).T).sum() / 20
    assert lengths == pytest.approx(2 * np.pi * 0.7, rel=0.005)
    heights[20:23, 30:] = np.nan
    assert len(contour(heights, 0.49)) < len(segments)
    assert len(contour(heights, 5.0)) == 0


def test_every_pattern_of_corners_joins_the_right_sides():
    """Each end of a line lies between a corner above the level and one below."""
    random = np.random.default_rng(0)
    heights = random.uniform(size=(30, 30))
    for ends in contour(heights, 0.5).reshape(-1, 2):
        column, row = ends
        r0, c0 = int(np.floor(row)), int(np.floor(column))
        r1, c1 = int(np.ceil(row)), int(np.ceil(column))
        assert (heights[r0, c0] > 0.5) != (heights[r1, c1] > 0.5)
        share = max(row - r0, column - c0)
        between = heights[r0, c0] * (1 - share) + heights[r1, c1] * share
        assert between == pytest.approx(0.5)


def test_wide_ranges_are_coloured_by_their_logarithm():
    wide, narrow = HeightScale(0.001, 10.0), HeightScale(0.4, 0.5)
    assert wide.logarithmic
    assert not narrow.logarithmic
    assert wide.heights(np.array([0.001, 0.1, 10.0, np.inf]))[:3] == pytest.approx([0, 0.5, 1])
    assert np.isnan(wide.heights(np.array([np.inf]))[0])
    assert narrow.heights(np.array([0.45])) == pytest.approx(0.5)
    for scale in (wide, narrow, HeightScale(0.0, 1.0), HeightScale(1.0, 1.0)):
        for height in (0.2, 0.9):
            if scale.high > scale.low:
                assert scale.heights(np.array([scale.error(height)])) == pytest.approx(height)
    assert levels_between(0, 1, 3) == pytest.approx([0.25, 0.5, 0.75])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_colours_are_neither_orange_nor_blue(theme):
    for k in range(1, 11):
        hue = height_color(theme, k / 10).hueF() * 360
        assert 225 < hue < 290
    assert height_table(theme).shape == (256, 4)
