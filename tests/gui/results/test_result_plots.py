"""Results as plots: curves, calibration, residuals; reading off and choosing samples."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from bpviz.gui.results.content import (
    Plot,
    Words,
)
from bpviz.lab.edits import Change, SetLayer
from tests.gui.results.looking import mouse_move, plane


def test_curves_are_about_the_class_that_is_chosen(page):
    page.show_view_now("roc")
    choice = page.controls.choice
    assert choice.isVisibleTo(page)
    assert choice.value == 0
    choice.setCurrentIndex(2)
    choice.chosen.emit(2)
    page.bench.pump()
    page._live.now()
    found = page.bench.session.evaluation.assessment
    assert found.ask.positive == 2
    assert isinstance(page.content, Plot)
    areas = [f"{part.roc.area:.3f}" for part in (found.training, found.test)]
    assert page.content.figures[0].values == tuple(areas)
    assert "“virginica”" in page.content.words
    page.show_view_now("scores")
    assert not choice.isVisibleTo(page)


def test_of_two_classes_the_second_is_looked_for(opened):
    page = opened("playground", 2)
    page.show_view_now("roc")
    assert page.bench.session.request.want_assessment.positive == 1
    assert page.controls.choice.currentText() == "inside"


def test_both_parts_are_drawn_and_read_off(page):
    content = page.show_view_now("roc")
    theme = page.bench.session.theme
    colors = [color.name() for _, color, dashed in content.plane.lines if not dashed]
    assert colors == [theme.text, theme.violet]
    assert [name for name, _ in content.columns] == ["training", "test"]
    assert content.plane.read(0.0, 1.0).startswith("Test, threshold ")
    page.show_view_now("calibration")
    assert page.content.plane.read(0.95, 0.5).startswith("Test, called 90–100 %: ")


def test_the_mouse_reads_a_curve_off_beside_it(page):
    content = page.show_view_now("roc")
    words, plane_view = page.plot.words, page.plot.plane
    assert words.text() == content.words
    middle = plane_view.area().center().toPoint()
    QApplication.sendEvent(plane_view, mouse_move(middle))
    assert "false alarms" in words.text()
    at = plane_view.to_data(QPointF(middle))
    assert plane_view.plane.mark == content.nearest(*at)
    roc = page.bench.session.evaluation.assessment.test.roc
    assert plane_view.plane.mark in list(zip(roc.x, roc.y, strict=True))
    QApplication.sendEvent(plane_view, QEvent(QEvent.Type.Leave))
    assert words.text() == content.words
    assert plane_view.plane.mark is None


def test_a_residual_is_a_sample_to_click(qtbot, opened):
    page = opened("playground", 5, plane())
    content = page.show_view_now("residuals")
    plane_view = page.plot.plane
    place = plane_view.to_pixels(content.plane.dots.places[7:8])[0]
    qtbot.mouseClick(
        plane_view, Qt.MouseButton.LeftButton, pos=QPointF(*place).toPoint() + QPoint(0, 0)
    )
    picked = page.bench.session.request.sample
    data = page.bench.session.snapshot.data
    assert picked in data.test_rows
    at = list(content.plane.dots.rows).index(picked)
    assert np.hypot(*(plane_view.to_pixels(content.plane.dots.places[at : at + 1])[0] - place)) < 2


def test_one_of_several_outputs_is_shown(opened):
    page = opened("worked-2-2-2")
    content = page.show_view_now("residuals")
    assert content.plane.x_name == "predicted o₁"
    page.controls.choice.setCurrentIndex(1)
    page.controls.choice.chosen.emit(1)
    assert page.content.plane.x_name == "predicted o₂"
    found = page.bench.session.evaluation.assessment.training.residuals
    expected = [[found.predicted[0, 1], found.residuals[0, 1]]]
    np.testing.assert_array_equal(page.content.plane.dots.places, expected)
    assert page.content.figures[0].values == ("not defined",)


def test_outputs_that_are_no_probabilities_are_said(opened):
    page = opened(
        "playground",
        0,
        Change("training.loss", {"kind": "half_squared"}),
        SetLayer("y", "activation", "identity"),
    )
    content = page.show_view_now("calibration")
    assert isinstance(content, Words)
    assert "no probabilities" in content.text
    assert isinstance(page.show_view_now("roc"), Plot)


def test_a_class_that_is_not_there_has_no_curve(opened):
    rows = tuple((float(k), float(k), 0.0 if k < 7 else 1.0) for k in range(8))
    source = {"kind": "own", "rows": rows, "class_names": ("a", "b")}
    page = opened(
        "playground",
        0,
        Change("data.source", source),
        Change("data.test_fraction", 0.125),
        Change("data.stratify", False),
    )
    data = page.bench.session.snapshot.data
    only = data.dataset.targets[data.test_rows]
    assert len(set(only)) == 1
    content = page.show_view_now("roc")
    assert isinstance(content, Words)
    assert "test part holds" in content.text
    scores = page.show_view_now("scores")
    tips = [cell.tip for row in scores.cells for cell in row]
    assert any("not defined" in tip for tip in tips)
