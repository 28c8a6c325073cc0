from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bpviz.datasets.own import OwnSamples
from bpviz.engine.compiled import warming
from bpviz.engine.initializers import Explicit, Uniform
from bpviz.engine.optimizers import Momentum
from bpviz.experiments.gallery import gallery_names
from bpviz.gui.panels.settings_panel import SettingsPanel
from bpviz.gui.theme import DARK
from bpviz.gui.widgets.card import Section
from bpviz.lab.architecture_text import SetArchitecture
from bpviz.lab.edits import AddLayer, AddUnit, Change, Load
from bpviz.lab.hidden_layers import SetHidden
from tests.gui.without_threads import Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def panel(qtbot, bench):
    made = SettingsPanel(bench.session)
    qtbot.addWidget(made)
    made.resize(240, 800)
    made.show()
    return made


def type_in(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize("name", gallery_names())
def test_opening_an_experiment_edits_nothing(qtbot, bench, panel, name):
    other = Bench(name).experiment
    bench.session.apply(Load(other))
    bench.edits.clear()
    panel.refresh()
    bench.pump()
    assert bench.edits == []
    assert bench.experiment == other


def test_a_typed_rate_is_one_edit(qtbot, bench, panel):
    number = panel.field("training.learning_rate").editor.number
    type_in(qtbot, number, "0.5")
    assert bench.edits == [Change("training.learning_rate", 0.5)]
    assert bench.merges == [""]
    assert bench.experiment.training.learning_rate == 0.5


def test_a_drag_is_one_step_of_undo(qtbot, bench, panel):
    before = bench.experiment
    slider = panel.field("training.learning_rate").editor.slider
    for drag in range(2):
        slider.setSliderDown(True)
        for step in (60, 90, 130):
            slider.setValue(step + 10 * drag)
        slider.setSliderDown(False)
    assert len(bench.edits) == 6
    bench.session.undo()
    bench.session.undo()
    assert bench.experiment == before
    assert not bench.laboratory.can_undo


def test_the_panel_follows_undo_without_editing(qtbot, bench, panel):
    number = panel.field("training.learning_rate").editor.number
    type_in(qtbot, number, "0.5")
    bench.session.undo()
    assert number.text() == "0.03"
    assert len(bench.edits) == 1


def test_a_refused_choice_is_said_and_shown_as_it_was(bench, panel):
    editor = panel.field("training.loss").editor
    row = editor.choice._values.index("categorical_cross_entropy")
    editor.choice.setCurrentIndex(row)
    editor.choice.activated.emit(row)
    assert "softmax" in bench.said[-1]
    assert editor.choice.value == "binary_cross_entropy"


def test_a_number_out_of_range_is_said(qtbot, bench, panel):
    type_in(qtbot, panel.field("training.learning_rate").editor.number, "-1")
    assert bench.said == ["Learning rate must be above 0, got -1"]
    assert bench.edits == []


def test_an_optimizers_own_setting(qtbot, bench, panel):
    editor = panel.field("training.optimizer").editor
    editor._choose("momentum")
    type_in(qtbot, editor.form.fields["momentum"].editor.number, "0.4")
    assert bench.experiment.training.optimizer == Momentum(momentum=0.4)


def test_an_initialisers_own_setting_draws_the_weights_anew(qtbot, bench, panel):
    editor = panel.field("network.initializer").editor
    editor._choose("uniform")
    type_in(qtbot, editor.form.fields["high"].editor.number, "0.8")
    assert bench.experiment.network.initializer == Uniform(high=0.8)
    assert bench.edits[-1].effect == "restart"


def test_an_initialisers_setting_that_cannot_be_is_said_and_goes_back(qtbot, bench, panel):
    editor = panel.field("network.initializer").editor
    editor._choose("uniform")
    before = bench.experiment.network.initializer
    type_in(qtbot, editor.form.fields["low"].editor.number, "100")
    assert bench.experiment.network.initializer == before
    assert "must not exceed" in bench.said[-1]
    assert editor.form.fields["low"].editor.number.text() == f"{before.low:g}".replace("-", "−")


def test_given_values_begin_as_the_present_weights(bench, panel):
    panel.field("network.initializer").editor._choose("explicit")
    initializer = bench.experiment.network.initializer
    assert isinstance(initializer, Explicit)
    assert initializer.weight_values[0] == bench.session.snapshot.theta[0]


def test_batch_size_rests_where_it_has_no_say(bench, panel):
    row = panel.field("training.batch_size")
    for update, enabled in (("full", False), ("fixed", True), ("sample", False)):
        bench.session.apply(Change("training.update", update))
        assert row.isEnabled() is enabled


def test_hidden_layers_as_text(qtbot, bench, panel):
    line = panel.hidden.line
    assert line.text() == "6 – 4"
    type_in(qtbot, line, "5-3-2")
    assert bench.edits == [SetHidden((5, 3, 2))]
    assert [x.units for x in bench.experiment.network.computed] == [5, 3, 2, 1]
    assert line.text() == "5 – 3 – 2"
    bench.session.undo()
    assert line.text() == "6 – 4"
    bench.session.apply(AddUnit("h1"))
    assert line.text() == "7 – 4"


def test_bad_hidden_layers_are_refused(qtbot, bench, panel):
    line = panel.hidden.line
    type_in(qtbot, line, "6-x")
    assert bench.edits == []
    assert line.text() == "6 – 4"
    assert "whole numbers" in bench.said[-1]
    assert line.property("error") is True


def test_no_hidden_layer_is_possible(qtbot, bench, panel):
    type_in(qtbot, panel.hidden.line, "none")
    assert len(bench.experiment.network.layers) == 2
    assert panel.hidden.line.text() == "none"
    bench.session.apply(AddLayer(bench.experiment.network.layers[0].id, 3))
    assert panel.hidden.line.text() == "3"


def test_another_source_and_back_as_it_was_left(qtbot, bench, panel):
    noise = panel.data.source_form.fields["noise"].editor.number
    type_in(qtbot, noise, "0.25")
    panel.data.choose("iris")
    assert bench.experiment.data.source.kind == "iris"
    assert panel.data.source_form.fields == {}
    assert panel.data.tiles.value == "iris"
    panel.data.choose("circle")
    assert bench.experiment.data.source.noise == 0.25


def test_own_samples_open_their_table_and_cancel_leaves_all_as_it_was(qtbot, bench, panel):
    panel.data.choose("own")
    assert bench.edits == []
    assert panel.data.tiles.value == "circle"
    dialog = panel.data.edit_samples()
    dialog.reject()
    assert bench.edits == []


def test_own_samples_become_the_data(qtbot, bench, panel):
    dialog = panel.data.edit_samples()
    dialog.accept()
    assert bench.experiment.data.source == OwnSamples()
    assert not panel.data.edit_button.isHidden()
    assert panel.data.tiles.value == "own"


def test_every_control_says_what_it_does(panel, bench):
    bench.pump()
    for control in panel.findChildren(QWidget):
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible():
            assert control.toolTip(), control
            assert control.accessibleName() or control.text(), control


def test_nothing_is_cut_off_at_the_right(bench, panel):
    bench.pump()
    content = panel.scroll_area.widget()
    assert content.minimumSizeHint().width() <= panel.scroll_area.viewport().width()


def test_tiles_follow_the_theme(bench, panel):
    bench.session.show(theme=DARK)
    assert all(tile.theme is DARK for tile in panel.data.tiles.tiles.values())


def test_a_long_choice_stands_below_its_label_and_is_not_cut(qtbot, bench, panel):
    row = panel.field("training.loss")
    other = Bench("iris").experiment
    bench.session.apply(Load(other))
    assert other.training.loss.kind == "categorical_cross_entropy"
    editor = row.editor
    qtbot.waitUntil(lambda: editor.choice.width() >= editor.choice.sizeHint().width())
    assert row.label.width() >= row.label.sizeHint().width()
    qtbot.waitUntil(lambda: editor.y() > row.label.geometry().bottom())
    bench.session.apply(Load(Bench("article-2-2-2").experiment))
    qtbot.waitUntil(lambda: editor.y() < row.label.geometry().bottom())


def test_many_hidden_layers_are_cut_where_one_can_see_it(qtbot, bench, panel):
    bench.session.apply(SetHidden((20, *(4,) * 8)))
    line = panel.hidden.line
    assert line.is_cut
    assert line.full_tip().startswith("20 – 4 – 4 – 4 – 4 – 4 – 4 – 4 – 4\n")
    bench.session.apply(SetHidden((4,)))
    assert not line.is_cut


def test_escape_lets_go_of_the_keyboard(qtbot, panel):
    line = panel.hidden.line
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    qtbot.keyClicks(line, "9")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "6 – 4"
    assert line.hasFocus()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.hasFocus()


def test_no_two_sections_are_called_alike(panel):
    names = [section.button.accessibleName() for section in panel.findChildren(Section)]
    assert len(names) == len(set(names))
    assert {"More data settings, section", "More training settings, section"} <= set(names)


def test_a_graph_is_written_whole_and_can_be_typed(qtbot, bench, panel):
    line = panel.hidden.line
    type_in(qtbot, line, "2-3|3-1")
    assert bench.edits == [SetArchitecture("2-3|3-1")]
    assert line.text() == "2 → 3|3 → 1"
    assert panel.hidden.label.text() == line.accessibleName() == "Layers"
    assert "groups" in line.toolTip()
    type_in(qtbot, line, "2-5-3|3-1; i>o, h1>o")
    assert line.text() == "2 → 5 → 3|3 → 1; i→o, h1→o"
    assert line.full_tip().startswith("2 → 5 → 3|3 → 1; i→o, h1→o\n")
    type_in(qtbot, line, "2-5-1")
    assert (panel.hidden.label.text(), line.text()) == ("Hidden layers", "5")


def test_a_graph_that_cannot_be_is_refused_and_left_to_be_mended(qtbot, bench, panel):
    line = panel.hidden.line
    bench.session.apply(SetArchitecture("2-3|3-1"))
    bench.edits.clear()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    qtbot.keyClicks(line, "2-3|0-1")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert bench.edits == []
    assert line.text() == "2-3|0-1"
    assert line.property("error") is True
    assert "at least 1 unit" in bench.said[-1]
    assert line.toolTip() == bench.said[-1]
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "2 → 3|3 → 1"


def test_a_long_graph_leaves_the_panel_as_wide_as_it_is(qtbot, bench, panel):
    before = panel.minimumSizeHint().width()
    bench.session.apply(SetArchitecture("2-5-3|3-1; i>o, h1>o"))
    qtbot.waitUntil(lambda: panel.hidden.line.is_cut)
    assert panel.hidden.minimumSizeHint().width() <= 204
    assert panel.minimumSizeHint().width() == before


def test_engines_are_called_as_people_call_them_and_what_is_missing_is_said(
    qtbot, bench, panel, monkeypatch
):
    choice = panel.field("training.kernel").editor.choice
    texts = [choice.itemText(k) for k in range(choice.count())]
    assert texts == ["automatic", "NumPy", "compiled"]
    monkeypatch.setattr(warming, "hindrance", lambda dtype: "")
    panel.refresh()
    assert panel.engine_note.isHidden()
    monkeypatch.setattr(warming, "hindrance", lambda dtype: "Numba is not here")
    panel.refresh()
    assert not panel.engine_note.isHidden()
    assert panel.engine_note.text() == "NumPy alone is there: Numba is not here."
