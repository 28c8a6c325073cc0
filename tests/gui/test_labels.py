"""Several labels a sample, wherever the window speaks of answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QFontMetrics

from bpviz.gui.output.curves import curve_plane
from bpviz.gui.output.decision_map import decision_plane
from bpviz.gui.output.labels import labels_text, names_text, names_that_are_on
from bpviz.gui.output.labels_view import label_sentence
from bpviz.gui.output.presentation import suitable
from bpviz.gui.output.samples import Showing, dot_colors, target_range
from bpviz.gui.output.view import OutputView
from bpviz.gui.panels.figures import RunFigures
from bpviz.gui.panels.input_values import output_texts
from bpviz.gui.plots.painting import picture_of, scaled_font
from bpviz.gui.plots.view import PlotsView
from bpviz.gui.theme import CAPTION, DARK, LIGHT, SECONDARY
from tests.gui.without_threads import Bench
from tests.label_data import GATES, NAMES, gates, teach_gates


@pytest.fixture(autouse=True)
def _three_gates(monkeypatch):
    teach_gates(monkeypatch)


@pytest.fixture
def bench(qtbot):
    return Bench(gates(target_margin=0.2))


def train(bench, epochs):
    bench.laboratory.train_epochs(epochs)
    bench.pump()
    while bench.laboratory.runner.is_running:
        bench.pump()
    bench.pump()


def shown(qtbot, bench):
    view = OutputView(bench.session)
    qtbot.addWidget(view)
    view.resize(340, 420)
    view.show()
    return view


def test_many_inputs_are_shown_as_labels_first_and_two_on_the_map(qtbot):
    keys = [[p.key for p in suitable(gates(bits=bits).prepare())] for bits in (2, 3)]
    assert keys == [["map", "labels"], ["labels", "map"]]


def test_each_label_of_the_sample_is_told(qtbot, bench):
    train(bench, 400)
    view = shown(qtbot, bench)
    view.show_as("labels")
    assert view.pages.currentWidget() is view.labels
    for row in range(4):
        bench.session.ask(sample=row)
        bench.pump()
        labels = view.labels.labels
        outs = bench.session.evaluation.probe.outs[-1]
        assert [x.name for x in labels] == list(NAMES)
        assert [x.wanted for x in labels] == [bool(v) for v in GATES[row]]
        assert [x.given for x in labels] == [bool(out > 0.5) for out in outs]
        assert [x.value for x in labels] == pytest.approx(list(outs))
        assert all(x.right for x in labels)
        wanted = [n for n, yes in zip(NAMES, GATES[row], strict=True) if yes]
        assert view.labels.words == f"Yes: {', '.join(wanted) or 'none'}; all right"


def test_what_is_wrong_is_counted_and_typed_inputs_are_not_judged(qtbot, bench):
    view = shown(qtbot, bench)
    view.show_as("labels")
    bench.session.ask(sample=3)
    bench.pump()
    labels = view.labels.labels
    wrong = sum(x.given != bool(v) for x, v in zip(labels, GATES[3], strict=True))
    assert wrong
    assert view.labels.words.endswith(f"{wrong} of 3 wrong")
    assert all("is right" in label_sentence(x) for x in labels)
    bench.session.ask(typed=(0.5, 0.5))
    bench.pump()
    assert [x.right for x in view.labels.labels] == [None] * 3
    assert "wrong" not in view.labels.words
    assert "is right" not in label_sentence(view.labels.labels[0])


def test_the_bar_is_as_long_as_the_output_in_either_theme(qtbot, bench):
    train(bench, 400)
    view = shown(qtbot, bench)
    view.show_as("labels")
    bench.session.ask(sample=3)
    bench.pump()
    for theme in (LIGHT, DARK):
        view.labels.show_answer(bench.session.evaluation, theme)
        image = picture_of(view.labels, 1.0)
        ink = QColor(theme.text)
        dark = []
        for k in range(3):
            row = view.labels.row_rects()[k]
            y = round(row.center().y())
            left = row.center().x()
            across = range(int(left), int(row.right()) - 40)
            dark.append(sum(image.pixelColor(QPoint(x, y)) == ink for x in across))
        # "and" and "or" are a yes, "xor" is none.
        assert min(dark[:2]) > dark[2] == 0


@pytest.mark.parametrize("width", [160, 340, 900])
def test_the_sentence_names_as_many_labels_as_two_lines_hold(qtbot, bench, width):
    view = shown(qtbot, bench)
    labels = view.labels
    labels.show_answer(bench.session.evaluation, LIGHT)
    yes = [replace(labels.labels[0], name=f"label {k}", given=True) for k in range(24)]
    labels.labels = tuple(yes)
    labels.words = "Yes: " + ", ".join(label.name for label in yes)
    labels.resize(width, 400)
    text, lines = labels.head()
    metrics = QFontMetrics(scaled_font(labels, SECONDARY))
    assert lines <= 2
    assert metrics.horizontalAdvance(text) <= 2 * width
    assert text.startswith("Yes: label 0")
    assert "more" in text or text == labels.words
    assert width < 900 or text == labels.words


def test_the_sentence_is_broken_into_lines_once(qtbot, bench, monkeypatch):
    view = shown(qtbot, bench)
    labels = view.labels
    broken = []
    fitted = labels._fitted_head
    monkeypatch.setattr(labels, "_fitted_head", lambda: broken.append(1) or fitted())
    labels.resize(300, 400)
    labels.show_answer(bench.session.evaluation, LIGHT)
    for _ in range(3):
        picture_of(labels, 1.0)
        labels.show_answer(bench.session.evaluation, LIGHT)
    assert len(broken) == 1
    labels.resize(250, 400)
    picture_of(labels, 1.0)
    assert len(broken) == 2


def test_rows_of_many_labels_do_not_overlap(qtbot, bench):
    view = shown(qtbot, bench)
    view.labels.resize(300, 150)
    view.labels.show_answer(bench.session.evaluation, LIGHT)
    view.labels.labels = view.labels.labels * 8
    rows = view.labels.row_rects()
    for k, row in enumerate(rows):
        assert row.width() > 100
        assert not any(row.adjusted(0.5, 0.5, -0.5, -0.5).intersects(o) for o in rows[k + 1 :])
    assert rows[0].left() != rows[-1].left()


@pytest.mark.parametrize("pixels", [13, 20])
@pytest.mark.parametrize("height", [150, 320, 600])
def test_rows_of_labels_are_as_high_as_their_text(qtbot, bench, pixels, height):
    view = shown(qtbot, bench)
    font = view.labels.font()
    font.setPixelSize(pixels)
    view.labels.setFont(font)
    view.labels.resize(400, height)
    view.labels.show_answer(bench.session.evaluation, LIGHT)
    view.labels.labels = view.labels.labels * 8
    smallest = QFontMetrics(scaled_font(view.labels, CAPTION, bold=True)).height()
    assert view.labels.row_rects()[0].height() >= smallest


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_dots_of_the_map_are_yes_or_no_of_the_chosen_label(qtbot, output):
    bench = Bench(gates(output=output, target_margin=0.2))
    data = bench.session.snapshot.data
    low, high = target_range(data, 2)
    assert 0.5 * (low + high) == pytest.approx(data.training.threshold)
    for k in range(3):
        numbers, colors = dot_colors(data, np.arange(4), LIGHT, k)
        assert list(numbers) == list(GATES[:, k])
        assert [c.name() for c in colors] == [LIGHT.negative, LIGHT.positive]
    plane = decision_plane(bench.session.evaluation, LIGHT, Showing(0, output=1))
    assert plane is not None
    assert "or" in plane.read(0.0, 0.0)
    assert curve_plane(bench.session.evaluation, LIGHT, Showing(0)) is None


def test_input_values_name_the_labels(bench):
    train(bench, 400)
    bench.session.ask(sample=1)
    bench.pump()
    evaluation = bench.session.evaluation
    probe, data = evaluation.probe, evaluation.snapshot.data
    rows = dict(output_texts(evaluation.snapshot.spec, NAMES, data, probe.outs[-1], probe.target))
    assert rows["Taken for"] == rows["Target"] == "or, xor"
    assert float(rows["Output or"]) == pytest.approx(probe.outs[-1][1], abs=1e-3)
    rows = dict(
        output_texts(evaluation.snapshot.spec, NAMES, data, np.array([np.nan, 1.0, 0.0]), None)
    )
    assert "Taken for" not in rows
    assert "Target" not in rows


def test_the_accuracy_is_shown_and_says_what_it_counts(qtbot, bench):
    train(bench, 400)
    figures = RunFigures(bench.session)
    qtbot.addWidget(figures)
    figures.show()
    assert figures.accuracy.isVisible()
    assert "every one of their labels" in figures.accuracy.toolTip()
    plots = PlotsView(bench.session)
    qtbot.addWidget(plots)
    curves, words = plots._curves("Accuracy")
    assert curves
    assert not words


def test_words():
    assert labels_text(NAMES, np.array([1, 0, 1])) == "and, xor"
    assert labels_text(NAMES, np.zeros(3)) == "none"
    assert names_text(NAMES, 2) == "and, or, … and 1 more"
    assert names_text(NAMES, 3) == "and, or, xor"
    assert names_text(NAMES, 0) == "3 labels"
    few, many = (gates(bits=bits).prepare().dataset for bits in (2, 7))
    assert names_that_are_on(few, 3) == ()
    assert names_that_are_on(many, 3) == ("a", "b")


def test_a_row_tells_its_label_under_the_mouse(qtbot, bench):
    view = shown(qtbot, bench)
    view.show_as("labels")
    row = view.labels.row_rects()[1]
    assert row.contains(QPointF(row.center()))
    assert label_sentence(view.labels.labels[1]).startswith("or: output ")
    assert view.labels.accessibleDescription() == view.labels.words


def test_a_label_that_no_sample_has_is_drawn_around_the_threshold_too(bench):
    data = bench.session.snapshot.data
    train = data.training.train
    nobody = replace(train, targets=np.full_like(train.targets, 0.2))
    data = replace(data, training=replace(data.training, train=nobody))
    assert target_range(data, 0) == pytest.approx((0.2, 0.8))
