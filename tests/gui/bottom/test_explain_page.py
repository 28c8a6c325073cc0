"""The Explain page: derivations digit by digit, stepping there and back, what it lights up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bpviz.engine.spec import ParameterId
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.stages import walk
from bpviz.explain.terms import UnitRef
from bpviz.gui.bottom.explain_layout import Paper
from bpviz.gui.bottom.explain_lines import derivation_lines
from bpviz.gui.bottom.explain_page import ExplainPage
from bpviz.gui.explain import stepping
from bpviz.lab.edits import Freeze, Load, SetParameters
from tests.gui.without_threads import Bench

GRANULARITIES = ("unit", "layer", "stage")


@pytest.fixture
def open_page(qtbot):
    """Make a page of an experiment, as wide as in a usual window."""
    pages = []

    def make(experiment="worked-2-2-2"):
        bench = Bench(experiment)
        page = ExplainPage(bench.session)
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(764, 220)
        page.show()
        bench.pump()
        return bench, page

    yield make
    for page in pages:
        page.stepper.leave()
        page.shut()


@pytest.fixture
def worked(open_page):
    return open_page()


def parameter(bench, label):
    layout = bench.session.snapshot.layout
    return next(layout.id_of(k) for k in range(layout.size) if layout.label(k) == label)


def select(bench, label):
    bench.session.select(parameter(bench, label))
    bench.pump()


def term(page, text):
    return next(t for line in page.formula._lines for t in line.terms if t.text == text)


def click(page, text):
    page.formula.term_clicked.emit(term(page, text))


def go(bench, page, by=1):
    page.explain_step(by)
    bench.pump()


# The derivation


def test_w5_of_the_worked_example(worked):
    bench, page = worked
    select(bench, "w5")
    text = page.formula.text()
    assert "0.741365070 × 0.186815602 × 0.593269992 = 0.082167041" in text
    assert "w5 ← w5 − ε · ∂E/∂w5 = 0.4 − 0.5 × 0.082167041 = 0.358916480" in text
    assert "how the error changes with o1's output, times the slope of sigmoid" in text
    assert "Lowering w5 by 0.01 lowers the error by about 0.00082, because" in text
    assert "= 0.082167041 ✓ agrees to 10 digits" in text
    assert page.caption.text() == "w₅  h₁ → o₁  ·  training sample 1 of 1"


def test_opened_factors_of_w1_and_closing_them(worked):
    bench, page = worked
    select(bench, "w1")
    assert "0.036350306 × 0.241300709 × 0.05 = 0.000438568" in page.formula.text()
    click(page, "∂E/∂out_h1")
    opened = "0.055399425 − 0.019049118 = 0.036350306"
    assert opened in page.formula.text()
    click(page, "∂E_o1/∂out_h1")
    assert "= 0.138498562 × 0.4 = 0.055399425" in page.formula.text()
    bench.pump()
    assert "= 0.138498562 × 0.4 = 0.055399425" in page.formula.text()
    click(page, "∂E/∂out_h1")  # closes it, with all that was opened in it
    assert opened not in page.formula.text()
    assert "0.138498562" not in page.formula.text()
    click(page, "∂E/∂out_h1")
    assert opened in page.formula.text()
    assert "0.138498562" not in page.formula.text()


def test_what_was_opened_stays_open_at_the_next_moment(worked):
    bench, page = worked
    select(bench, "w5")
    click(page, "∂out_o1/∂net_o1")
    before = page.formula.text()
    assert "↳ ∂out_o1/∂net_o1 =" in before
    bench.laboratory.step("batch")
    bench.pump()
    assert "↳ ∂out_o1/∂net_o1 =" in page.formula.text()
    assert page.formula.text() != before


def test_forms_have_one_value_and_a_word_on_the_sign(worked):
    bench, page = worked
    select(bench, "w1")
    assert page.form.isVisible()
    page._choose_form("delta")
    text = page.formula.text()
    assert "−∂E/∂w1 = δ_h1 ·" in text
    assert "= −0.000438568" in text
    assert "δ is minus ∂E/∂net" in text
    assert not page.form.model().item(2).isEnabled()  # nothing cancels here


def test_softmax_offers_the_cancelled_form(open_page):
    bench, page = open_page("iris")
    output = bench.experiment.network.output
    source = bench.experiment.network.layers[-2]
    bench.session.select(ParameterId(output.id, output.ids[0], source.id, source.ids[0]))
    bench.pump()
    assert page.form.model().item(2).isEnabled()
    page._choose_form("cancelled")
    assert "has cancelled" in page.formula.text()


def test_a_batch_is_explained_as_a_mean(open_page):
    bench, page = open_page("playground")
    select(bench, "w1")
    page.of.setCurrentIndex(1)
    page.of.activated.emit(1)
    bench.pump()
    assert "1/10 · Σ ∂E_s/∂w1" in page.formula.text()
    assert "batch 1 of epoch 1 (10 samples)" in page.caption.text()


def test_numbers_follow_the_training_and_no_latex_with_numbers_is_set(open_page):
    bench, page = open_page("worked-2-2-2")
    select(bench, "w5")
    click(page, "∂E/∂out_o1")
    bench.laboratory.train()
    bench.laboratory.runner._running = True
    seen = set()
    for _ in range(3):
        bench.pump()
        assert bench.session.snapshot.running
        seen.add(page.formula.text())
        lines = [line for line in page.formula._lines if line.text().startswith("↳")]
        assert lines
    assert len(seen) == 3
    bench.laboratory.pause()
    bench.pump()


# States in which there is nothing to derive


def test_empty_it_invites_and_finds_the_largest_gradient(qtbot, worked):
    bench, page = worked
    assert page.content.currentWidget() is page.empty
    assert "Click a weight or a bias" in page.empty.words.text()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    bench.pump()
    snapshot = bench.session.snapshot
    # The biases, whose gradients are larger, do not learn here.
    sizes = np.where(snapshot.layout.trainable(), np.abs(snapshot.gradient), 0.0)
    assert f"∂E/∂{snapshot.layout.label(int(sizes.argmax()))}" in page.formula.text()
    bench.session.select(None)
    assert page.content.currentWidget() is page.empty
    assert bench.session.marks == ()


def test_frozen_it_shows_the_derivation_and_says_that_it_rests(worked):
    bench, page = worked
    w5 = parameter(bench, "w5")
    bench.session.apply(Freeze(frozenset({w5})))
    bench.pump()
    select(bench, "w5")
    assert "= 0.082167041" in page.formula.text()
    assert "w5 is frozen" in page.formula.text()


def refused(bench, page, label):
    select(bench, label)
    assert page.content.currentWidget() is page.empty
    assert not page.empty.button.isVisible()
    return page.empty.words.text()


def test_a_missing_connection_is_refused_in_one_sentence(open_page):
    experiment = gallery_experiment("worked-2-2-2")
    spec = experiment.network
    source, layer = spec.layers[0], spec.layers[1]
    gone = ParameterId(layer.id, layer.ids[0], source.id, source.ids[0])
    bench, page = open_page(replace(experiment, network=replace(spec, missing=frozenset({gone}))))
    bench.session.select(gone)
    bench.pump()
    assert "is a missing connection" in page.empty.words.text()


def test_a_network_of_nan_is_refused_in_one_sentence(worked):
    bench, page = worked
    lost = bench.session.snapshot
    bench.session.snapshot = replace(lost, theta=np.full_like(lost.theta, np.nan))
    assert "no longer finite" in refused(bench, page, "w5")


def test_stepping_through_a_network_of_nan_says_so(worked):
    bench, page = worked
    bench.session.apply(SetParameters({parameter(bench, "w5"): 1e300}))
    bench.pump()
    page.stepper.enter(4)
    bench.pump()
    lost = bench.session.snapshot
    page.stepper._show(replace(lost, theta=np.full_like(lost.theta, np.nan)))
    bench.pump()
    assert page.formula.text().startswith("There is nothing to explain")
    assert bench.session.motion is None


def test_typed_inputs_are_refused_in_one_sentence(worked):
    bench, page = worked
    bench.session.ask(typed=(0.3, 0.4))
    assert "no target" in refused(bench, page, "w5")


# Marks and pointing


def test_factors_light_up_in_their_colours_and_a_hovered_one_alone(worked):
    bench, page = worked
    select(bench, "w5")
    w5 = parameter(bench, "w5")
    marks = bench.session.marks
    assert [mark.role for mark in marks] == ["error", "slope", "carried"]
    assert marks[0].units == (UnitRef(w5.layer, w5.unit),)
    assert marks[2].parameters == (w5,)
    page.formula.term_hovered.emit(term(page, "∂net_o1/∂w5"))
    assert bench.session.marks == (marks[2],)
    page.formula.term_hovered.emit(None)
    assert bench.session.marks == marks


def test_what_is_pointed_at_on_the_canvas_is_lit_in_the_formula(worked):
    bench, page = worked
    select(bench, "w5")
    bench.session.pointed.emit(parameter(bench, "w5"))
    assert page.formula._is_lit(term(page, "∂net_o1/∂w5"))
    assert not page.formula._is_lit(term(page, "∂E/∂out_o1"))
    bench.session.pointed.emit(None)
    assert not page.formula._is_lit(term(page, "∂net_o1/∂w5"))


def test_back_on_the_page_nothing_is_pointed_at(worked):
    bench, page = worked
    select(bench, "w5")
    marks = bench.session.marks
    page.formula.term_hovered.emit(term(page, "∂net_o1/∂w5"))
    page.hide()
    page.show()
    bench.pump()
    assert bench.session.marks == marks


def test_hidden_it_asks_for_nothing_and_marks_nothing(worked):
    bench, page = worked
    select(bench, "w5")
    go(bench, page)
    page.hide()
    session = bench.session
    assert session.request.ask is None
    assert session.request.step is None
    assert session.marks == ()
    assert session.stage == 0
    select(bench, "w1")
    assert session.request.ask is None
    page.show()
    bench.pump()
    assert "∂E/∂w1" in page.formula.text()


# Stepping


@pytest.mark.parametrize("by", GRANULARITIES)
def test_all_stages_forwards_and_backwards_again(worked, by):
    bench, page = worked
    stepper, session = page.stepper, bench.session
    stepper.set_granularity(by)
    steps = walk(session.snapshot.spec, by)
    texts, marks, stages = [], [], []
    for _ in steps:
        go(bench, page)
        texts.append(page.formula.text())
        marks.append(session.marks)
        stages.append(session.stage)
    assert len(set(zip(texts, marks, strict=True))) == len(steps)
    assert sorted(stages) == stages
    assert set(stages) == {1, 2, 3, 4, 5, 6}
    for text, marked in zip(texts[-2::-1], marks[-2::-1], strict=True):
        go(bench, page, -1)
        assert page.formula.text() == text
        assert session.marks == marked
    assert not page.stages.previous.isEnabled()
    assert len(stepper.rounds) == 1


def test_the_numbers_of_the_example_stand_in_the_stages(worked):
    bench, page = worked
    page.stepper.set_granularity("layer")
    shown = ""
    for _ in walk(bench.session.snapshot.spec, "layer"):
        go(bench, page)
        shown += page.formula.text()
    for number in (
        *("0.3775", "0.593269992", "0.596884378", "1.105905967", "0.751365070", "0.772928465"),
        *("0.274811083", "0.023560026", "0.298371109", "0.138498562", "0.358916480"),
        *("0.408666186", "0.511301270", "0.561370121", "0.149780716", "0.199561432"),
    ):
        assert number in shown, number


def test_another_granularity_keeps_the_place(worked):
    bench, page = worked
    page.stepper.set_granularity("unit")
    page.stepper.enter(4)
    bench.pump()
    first = page.stepper.step
    page.granularity.set_value("layer")
    page.granularity.chosen.emit("layer")
    assert (page.stepper.step.stage, page.stepper.step.layer) == (4, first.layer)
    page.granularity.chosen.emit("stage")
    assert page.stepper.step.stage == 4
    page.granularity.chosen.emit("unit")
    assert page.stepper.step == first


def to_the_end(bench, page):
    while page.stepper.step.stage < 6:
        go(bench, page)


def test_two_rounds_and_looking_back(worked):
    bench, page = worked
    stepper, session = page.stepper, bench.session
    stepper.set_granularity("stage")
    start = session.snapshot
    go(bench, page)
    to_the_end(bench, page)
    assert "E = 0.298371109 → 0.291027774" in page.formula.text()
    go(bench, page)  # the real update
    assert session.snapshot.epoch == 1
    assert stepper.step.stage == 2
    to_the_end(bench, page)
    go(bench, page)
    latest = session.snapshot
    assert latest.epoch == 2
    go(bench, page, -1)
    assert stepper.looking_back
    assert stepper.step.stage == 6
    assert session.snapshot.epoch == 1
    assert page.caption.text().startswith("Looking back: epoch 1, before its update")
    for _ in range(5):
        go(bench, page, -1)
    assert np.array_equal(session.snapshot.theta, start.theta)
    assert "0.291027774" in page.formula.text()
    for _ in range(6):
        go(bench, page)
    assert session.snapshot is latest  # nothing was trained on the way
    assert not stepper.looking_back
    assert stepper.step.stage == 2
    to_the_end(bench, page)
    go(bench, page)
    assert session.snapshot.epoch == 3


def look_back(bench, page):
    page.stepper.set_granularity("stage")
    page.stepper.enter(6)
    bench.pump()
    go(bench, page)
    go(bench, page, -1)
    assert page.stepper.looking_back


def test_the_same_moment_published_again_does_not_end_looking_back(worked):
    bench, page = worked
    look_back(bench, page)
    earlier = bench.session.snapshot
    bench.laboratory.pause()
    bench.pump()
    assert bench.session.snapshot is earlier
    assert page.stepper.looking_back
    go(bench, page)
    assert bench.session.snapshot.epoch == 1


def test_only_so_many_rounds_are_kept(worked, monkeypatch):
    bench, page = worked
    monkeypatch.setattr(stepping, "_ROUNDS", 3)
    page.stepper.set_granularity("stage")
    page.stepper.enter(6)
    bench.pump()
    for epoch in range(1, 6):
        to_the_end(bench, page)
        go(bench, page)
        assert bench.session.snapshot.epoch == epoch
    assert [snapshot.epoch for snapshot in page.stepper.rounds] == [3, 4, 5]
    for _ in range(20):
        go(bench, page, -1)
    assert bench.session.snapshot.epoch == 3
    assert page.stepper.step.stage == 1


def test_an_edit_ends_looking_back(worked):
    bench, page = worked
    look_back(bench, page)
    bench.session.apply(SetParameters({parameter(bench, "w5"): 0.7}))
    bench.pump()
    assert page.stepper.active
    assert not page.stepper.looking_back
    assert bench.session.snapshot.epoch == 1
    assert len(page.stepper.rounds) == 1


def test_leaving_shows_the_present_again(qtbot, worked):
    bench, page = worked
    select(bench, "w5")
    look_back(bench, page)
    qtbot.mouseClick(page.stages.derivation, Qt.MouseButton.LeftButton)
    bench.pump()
    assert not page.stepper.active
    assert bench.session.snapshot.epoch == 1
    assert bench.session.motion is None
    assert bench.session.stage == 0
    assert bench.session.request.step is None
    assert "∂E/∂w5" in page.formula.text()


def test_training_on_leaves_stepping(worked):
    bench, page = worked
    select(bench, "w5")
    go(bench, page)
    bench.laboratory.train()
    bench.pump()
    assert not page.stepper.active
    bench.laboratory.pause()
    bench.pump()
    assert "∂E/∂w5" in page.formula.text()


def test_another_network_is_walked_from_the_same_stage(worked):
    bench, page = worked
    page.stepper.set_granularity("unit")
    page.stepper.enter(4)
    bench.pump()
    bench.session.apply(Load(gallery_experiment("xor-2-3-1")))
    bench.pump()
    assert page.stepper.step.stage == 4
    assert page.stepper.scene is not None


def test_a_step_moves_values_once_and_comes_to_rest(qtbot, worked):
    bench, page = worked
    moved = []
    bench.session.motion_changed.connect(lambda: moved.append(bench.session.motion))
    page.stepper.set_granularity("layer")
    page.stepper.enter(2)
    with qtbot.waitSignal(page.stepper._animation.finished, timeout=5000):
        bench.pump()
    assert moved[-1] is None
    on_the_way = [motion for motion in moved if motion is not None]
    assert {motion.phase for motion in on_the_way} == {"forward"}
    assert {motion.layer for motion in on_the_way} == {page.stepper.step.layer}
    fractions = [motion.fraction for motion in on_the_way]
    assert fractions == sorted(fractions)
    count = len(moved)
    bench.pump()
    assert len(moved) == count


def test_the_selected_weight_comes_first_in_the_update(worked):
    bench, page = worked
    select(bench, "w8")
    page.stepper.enter(5)
    bench.pump()
    first = next(line.text() for line in page.formula._lines if "←" in line.text())
    assert first.startswith("w8 ←")


def test_play_goes_on_by_itself_until_stopped(qtbot, worked):
    bench, page = worked
    page.stepper.set_pace(4.0)
    page.stepper._play.timeout.connect(bench.pump)
    page.toggle_play()
    bench.pump()
    page.stepper._play.setInterval(1)
    qtbot.waitUntil(lambda: len(page.stepper.rounds) > 1, timeout=10_000)
    page.toggle_play()
    assert not page.stepper.playing
    bench.pump()


def test_typed_inputs_in_the_last_stage_give_a_prediction(worked):
    bench, page = worked
    page.stepper.enter(6)
    bench.pump()
    assert "type other inputs" in page.formula.text()
    bench.session.ask(typed=(0.3, 0.4))
    bench.pump()
    out = bench.session.evaluation.probe.outs[-1][0]
    assert f"Prediction for the typed inputs: o₁ = {out:.6g}" in page.formula.text()
    go(bench, page)
    assert bench.session.request.typed is None


def test_typed_inputs_before_it_have_nothing_to_learn_from(worked):
    bench, page = worked
    page.stepper.enter(3)
    bench.pump()
    bench.session.ask(typed=(0.3, 0.4))
    bench.pump()
    assert "Typed inputs have no target" in page.formula.text()


@pytest.mark.parametrize("number", range(1, 7))
def test_a_chip_leads_to_its_stage(qtbot, worked, number):
    bench, page = worked
    chip = page.stages.chips[number - 1]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    bench.pump()
    assert bench.session.stage == number
    assert chip.isChecked()
    assert page.caption.text()


# Beside the formula


def choose_side(bench, page, view):
    page.side_choice.set_value(view)
    page.side_choice.chosen.emit(view)
    bench.pump()


def test_the_activation_of_the_unit_that_the_weight_leads_to(worked):
    bench, page = worked
    select(bench, "w5")
    choose_side(bench, page, "activation")
    curve = page.side.activation.curve
    assert curve.out == pytest.approx(0.75136507, abs=5e-9)
    assert curve.slope == pytest.approx(0.186815602, abs=5e-10)
    select(bench, "w1")
    assert page.side.activation.curve.out == pytest.approx(0.593269992, abs=5e-10)
    bench.session.show(shown_unit=(2, 1))
    assert page.side.activation.curve.out == pytest.approx(0.772928465, abs=5e-10)


def test_the_forecast_and_dragging_along_it(worked):
    bench, page = worked
    select(bench, "w5")
    choose_side(bench, page, "forecast")
    assert page.side.forecast.text() == (
        "If I take the step for this sample, E of this sample goes from 0.2984 to 0.291."
    )
    assert page.side.profile.after[0] == pytest.approx(0.35891648)
    page.side.profile.dragged.emit(0.9)
    page.side.profile.dragged.emit(1.1)
    page.side.profile.released.emit()
    page.side.profile.dragged.emit(1.2)
    bench.pump()
    assert [edit.values for edit in bench.edits] == [
        {parameter(bench, "w5"): v} for v in (0.9, 1.1, 1.2)
    ]
    assert bench.merges[0] == bench.merges[1] != bench.merges[2]
    assert page.side.profile.profile.value == pytest.approx(1.2)


def test_choices_beside_the_formula_are_only_asked_for_when_shown(worked):
    bench, page = worked
    select(bench, "w5")
    assert not bench.session.request.ask.forecast
    choose_side(bench, page, "forecast")
    assert bench.session.request.ask.profile
    choose_side(bench, page, "off")
    assert not bench.session.request.ask.profile
    assert not page.side.isVisible()


def test_the_sample_is_chosen_in_the_corner(open_page):
    bench, page = open_page("playground")
    select(bench, "w1")
    rows = bench.session.snapshot.data.train_rows
    bench.session.ask(sample=int(rows[16]))
    bench.pump()
    assert page.picker.part.text() == "training sample 17 of 250"
    page.picker.next.click()
    bench.pump()
    assert bench.session.request.sample == rows[17]
    assert "training sample 18 of 250" in page.caption.text()


def test_every_control_says_what_it_is(worked):
    _, page = worked
    bar = page.stages
    buttons = [*bar.chips, bar.previous, bar.next, bar.play, bar.pace, bar.derivation]
    for control in (*buttons, page.form, page.granularity, page.of, page.empty.button):
        assert control.toolTip()
        assert control.accessibleName() or control.text()


def test_latex_with_numbers_is_left_out_while_training_runs(worked):
    bench, page = worked
    select(bench, "w5")
    explanation = page._explained.explanation
    form = explanation.derivation.forms[0]
    slope = form.factors[1]
    typeset = replace(slope, numbers=rf"\frac{{{slope.value}}}{{1}}")
    form = replace(form, factors=(form.factors[0], typeset, form.factors[2]))
    opened = {(slope.text,)}
    paused, running = (derivation_lines(explanation, form, opened, on) for on in (False, True))
    assert any(term.latex == typeset.numbers for term in paused.lines[1].terms)
    assert not any(term.latex == typeset.numbers for term in running.lines[1].terms)
    assert any(term.latex == typeset.formula for term in running.lines[1].terms)
    assert running.lines[1].text().count("=") == paused.lines[1].text().count("=") - 1


def test_a_scroll_bar_takes_no_room_of_its_own(qtbot):
    """Else a formula that is lower where it is narrower would have it come and go for ever."""
    paper = Paper()
    qtbot.addWidget(paper)
    content = QWidget()
    paper.setWidget(content)
    paper.setWidgetResizable(True)
    paper.resize(300, 100)
    paper.show()
    content.setMinimumHeight(50)
    qtbot.waitUntil(lambda: paper.verticalScrollBar().maximum() == 0)
    width = paper.viewport().width()
    assert not paper.verticalScrollBar().isEnabled()
    content.setMinimumHeight(500)
    qtbot.waitUntil(lambda: paper.verticalScrollBar().maximum() > 0)
    assert paper.viewport().width() == width
    assert paper.verticalScrollBar().isEnabled()
