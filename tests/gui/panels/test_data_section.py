"""Groups of tiles, input features, what applies to the data."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from bpviz.datasets.dataset import DATASETS
from bpviz.datasets.features import FEATURES
from bpviz.explain.chain_rule import derive
from bpviz.explain.names import carried
from bpviz.explain.terms import UnitRef
from bpviz.gui.canvas.names import unit_names
from bpviz.gui.panels.data_section import DataSection
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.edits import Change
from bpviz.lab.moments import sample_moment
from tests.gui.without_threads import Bench


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def section(qtbot, bench):
    made = DataSection(bench.session)
    qtbot.addWidget(made)
    made.resize(216, 700)
    made.show()
    return made


def features_of(bench):
    return bench.experiment.data.features


# Tiles


def test_the_group_of_the_source_in_use_is_open(bench, section):
    assert section.tiles.group == "plane"
    bench.session.apply(Change("data.source", DATASETS["iris"]()))
    assert section.tiles.group == "table"
    shown = [kind for kind, tile in section.tiles.tiles.items() if tile.isVisible()]
    assert "iris" in shown
    assert all(DATASETS[kind].group == "table" for kind in shown)


def test_looking_into_a_group_chooses_nothing(qtbot, bench, section):
    qtbot.mouseClick(section.tiles.tabs["table"], Qt.MouseButton.LeftButton)
    assert section.tiles.group == "table"
    assert section.tiles.value == "circle"
    assert bench.edits == []


def test_groups_and_tiles_by_keyboard(qtbot, bench, section):
    tabs, tiles = section.tiles.tabs, section.tiles.tiles
    names = list(tabs)
    qtbot.keyClick(tabs["plane"], Qt.Key.Key_Right)
    assert section.tiles.group == names[1]
    qtbot.keyClick(tabs[names[1]], Qt.Key.Key_Left)
    assert section.tiles.group == "plane"
    ways_in = [tile for tile in tiles.values() if tile.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert ways_in[0] is tiles["circle"]
    assert len([tile for tile in ways_in if tile.isVisible()]) == 1
    qtbot.keyClick(tiles["circle"], Qt.Key.Key_Right)
    assert bench.experiment.data.source.kind == "xor"
    qtbot.keyClick(tiles["xor"], Qt.Key.Key_Down)
    column = [kind for kind, t in tiles.items() if t.isVisible() and t.x() == tiles["xor"].x()]
    assert column[0] == "xor"
    assert bench.experiment.data.source.kind == column[1]


def test_a_slow_source_is_not_loaded_for_its_tile(qtbot, monkeypatch, section):
    kinds = [kind for kind, tile in section.tiles.tiles.items() if tile.source.slow]
    assert "file" in kinds
    loaded = []
    for kind in kinds:
        monkeypatch.setattr(DATASETS[kind], "load", lambda self, seed: loaded.append(self))
    for group in section.tiles.tabs:
        section.tiles.open_group(group)
        shown = [tile for tile in section.tiles.tiles.values() if tile.isVisible()]
        qtbot.waitUntil(lambda tiles=shown: all(tile.drawing for tile in tiles))
    assert loaded == []
    image = section.tiles.tiles["file"].drawing.toImage()
    assert any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )


# Features


def test_a_click_makes_a_feature_an_input_and_another_takes_it_away(qtbot, bench, section):
    before = bench.experiment
    tile = section.features.tiles["x1_squared"]
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert features_of(bench) == ("x1", "x2", "x1_squared")
    assert bench.experiment.network.inputs[0].units == 3
    assert tile.isChecked()
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert bench.experiment == before, "x1 and x2 alone are the inputs as they are"
    bench.session.undo()
    assert features_of(bench) == ("x1", "x2", "x1_squared")
    assert tile.isChecked()
    bench.session.undo()
    assert not tile.isChecked()


def test_features_by_keyboard(qtbot, bench, section):
    tiles = section.features.tiles
    qtbot.keyClick(tiles["x1"], Qt.Key.Key_Right)
    qtbot.keyClick(tiles["x2"], Qt.Key.Key_Right)
    qtbot.waitUntil(tiles["x1_squared"].hasFocus)
    qtbot.keyClick(tiles["x1_squared"], Qt.Key.Key_Space)
    assert features_of(bench) == ("x1", "x2", "x1_squared")
    ways_in = [tile for tile in tiles.values() if tile.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert ways_in == [tiles["x1_squared"]]


def test_the_last_input_cannot_be_switched_off(bench, section):
    tiles = section.features.tiles
    tiles["x1"].click()
    assert features_of(bench) == ("x2",)
    tiles["x2"].click()
    assert features_of(bench) == ("x2",)
    assert tiles["x2"].isChecked()
    assert "at least one input" in bench.said[-1]


def test_what_was_learned_stays_with_the_feature_that_it_was_learned_for(bench, section):
    for kind in ("x1_squared", "x2_squared", "sin_x1"):
        section.features.tiles[kind].click()
    bench.laboratory.train_epochs(3)
    bench.pump()
    for _ in range(3):
        bench.pump()
    learned = bench.session.snapshot
    block = learned.layout.weight_blocks[0].view(learned.theta).copy()
    assert np.abs(block).max() > 0
    section.features.tiles["x2"].click()
    bench.pump()
    now = bench.session.snapshot
    kept = now.layout.weight_blocks[0].view(now.theta)
    np.testing.assert_array_equal(kept, np.delete(block, 1, axis=1))
    section.features.tiles["x1_x2"].click()
    bench.pump()
    now = bench.session.snapshot
    wider = now.layout.weight_blocks[0].view(now.theta)
    at = features_of(bench).index("x1_x2")
    assert not wider[:, at].any(), "a new input leaves the function as it was"
    np.testing.assert_array_equal(np.delete(wider, at, axis=1), kept)


def test_units_are_called_by_their_features_and_show_their_maps(bench, section):
    section.features.tiles["x1_x2"].click()
    bench.pump()
    evaluation = bench.session.evaluation
    names = unit_names(evaluation.snapshot.spec, evaluation.snapshot.data)
    assert names[0] == ("x₁", "x₂", "x₁·x₂")
    maps = evaluation.maps[0]
    ticks = np.linspace(evaluation.map_low[0], evaluation.map_high[0], maps.shape[2])
    up = np.linspace(evaluation.map_low[1], evaluation.map_high[1], maps.shape[1])
    np.testing.assert_allclose(maps[2], up[:, None] * ticks[None, :], rtol=1e-12, atol=1e-12)


def test_tiles_show_the_feature_over_the_plane(bench, section):
    for theme in (LIGHT, DARK):
        bench.session.show(theme=theme)
        image = section.features.tiles["x1"].drawing.toImage()
        middle = image.height() // 3
        left, right = image.pixelColor(5, middle), image.pixelColor(image.width() - 6, middle)
        assert distance(left, QColor(theme.negative)) < 60
        assert distance(right, QColor(theme.positive)) < 60
    for kind, tile in section.features.tiles.items():
        formula = FEATURES[kind].name.format("x1", "x2")
        assert tile.accessibleName() == f"Input feature {formula}"
        assert formula in tile.toolTip()


@pytest.mark.parametrize("width", [206, 212, 215])
def test_features_fill_the_row_and_their_names_stay_off_the_border(bench, section, width):
    section.features._row.resize(width, 60)
    tiles = list(section.features.tiles.values())
    assert tiles[0].x() == 0
    assert tiles[-1].geometry().right() == width - 1
    assert max(t.width() for t in tiles) - min(t.width() for t in tiles) <= 1
    font = QFont(tiles[0].font())
    font.setPixelSize(9)
    for tile in tiles:
        assert QFontMetrics(font).horizontalAdvance(tile.text()) <= tile.width() - 2 * tile.margin


def distance(a, b):
    return max(abs(x - y) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))


def test_features_are_for_two_inputs_and_go_with_other_data(bench, section):
    section.features.tiles["sin_x2"].click()
    bench.session.apply(Change("data.source", DATASETS["iris"]()))
    assert section.features.isHidden()
    assert features_of(bench) == ()
    assert bench.experiment.network.inputs[0].ids == (0, 1, 2, 3)
    bench.session.undo()
    assert not section.features.isHidden()
    assert features_of(bench) == ("x1", "x2", "sin_x2")


# What applies


def shown(section):
    return {name for name, row in section.more_form.fields.items() if not row.isHidden()}


def test_only_what_has_a_say_is_offered(bench, section):
    classes = {
        "stratify", "balance", "class_weights", "minority", "label_noise", "target_margin",
    }  # fmt: skip
    assert shown(section) == {"scaling", *classes}
    bench.session.apply(Change("data.source", DATASETS["plane"]()))
    assert shown(section) == {"scaling", "scale_targets"}
    bench.session.apply(Change("data.source", DATASETS["penguins"]()))
    assert shown(section) == {"scaling", "missing", *classes}


def test_a_setting_that_no_longer_has_a_say_is_told(bench, section):
    bench.session.apply(Change("data.balance", True))
    assert section.remarks.sentences == ()
    bench.session.apply(Change("data.source", DATASETS["plane"]()))
    (sentence,) = section.remarks.sentences
    assert sentence == (
        'The setting "Balance classes" has no effect: '
        "it is for classes, and these samples have values to predict."
    )


def test_class_weights_say_whose_they_are(bench, section):
    bench.session.apply(Change("data.source", DATASETS["iris"]()))
    line = section.more_form.fields["class_weights"].editor.line
    assert line.placeholderText() == "1, 1, 1"
    assert "setosa, versicolor, virginica" in line.toolTip()


def test_remarks_on_gaps_are_shown(bench, section):
    assert section.remarks.isHidden()
    bench.session.apply(Change("data.source", DATASETS["penguins"]()))
    assert section.remarks.sentences == bench.laboratory.data.reports
    assert section.remarks.sentences
    assert not section.remarks.isHidden()
    assert section.table.isHidden()


def test_every_control_can_be_named_and_reached(section):
    tiles = [*section.tiles.tiles.values(), *section.features.tiles.values()]
    for control in (*tiles, *section.tiles.tabs.values(), section.open_button):
        assert control.toolTip()
        assert control.accessibleName() or control.text()
    assert section.open_button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert section.open_button.mapTo(section, QPoint(0, 0)).x() >= 0
    assert section.tiles.event(QEvent(QEvent.Type.StyleChange))


def test_explanations_name_the_feature(bench, section):
    section.features.tiles["x1_x2"].click()
    bench.pump()
    snapshot = bench.session.snapshot
    moment = sample_moment(snapshot, int(snapshot.data.train_rows[0]))
    derivation = derive(moment, snapshot.layout.id_of(2))
    assert derivation.place == "x1·x2 → h1₁"
    x1, x2 = snapshot.data.dataset.inputs[snapshot.data.train_rows[0]]
    factor = derivation.forms[0].factors[-1]
    assert factor.value == pytest.approx(x1 * x2)
    assert "x1·x2" in factor.words
    assert carried(moment, UnitRef("x", 2)) == ("x_{1} x_{2}", "x1·x2")
