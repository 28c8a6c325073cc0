from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from bpviz.datasets.dataset import DATASETS, Dataset, DataSource
from bpviz.datasets.file_source import FileSource
from bpviz.gui import icons
from bpviz.gui.colors import (
    blend,
    class_colors,
    contrast,
    indexed_image,
    readable_on,
    signed_color,
    signed_image,
    signed_table,
)
from bpviz.gui.theme import CLASS_COLORS, DARK, LIGHT, palette, stylesheet
from bpviz.gui.widgets.banner import ErrorBanner
from bpviz.gui.widgets.card import Section
from bpviz.gui.widgets.keyboard import KeyboardPath
from bpviz.gui.widgets.miniature import draw_miniature
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import ElidedLabel, Figure
from bpviz.gui.widgets.throttle import Throttle
from bpviz.gui.widgets.tile_chooser import TileChooser

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)


@THEMES
def test_signed_scale_ends_in_its_tokens(theme):
    assert signed_color(theme, -1).name() == theme.negative
    assert signed_color(theme, 0).name() == theme.zero
    assert signed_color(theme, 7).name() == theme.positive
    assert signed_color(theme, float("nan")).name() == theme.zero


@THEMES
def test_signed_image_has_the_colours_of_the_scale(theme):
    image = signed_image(np.array([[-1.0, 1.0], [np.nan, -2.0]]), signed_table(theme))
    assert image.size().toTuple() == (2, 2)
    assert image.pixelColor(0, 0).name() == theme.negative
    assert image.pixelColor(1, 0).name() == theme.positive
    assert image.pixelColor(1, 1).name() == theme.negative
    near_zero = image.pixelColor(0, 1)
    assert (
        max(
            abs(a - b)
            for a, b in zip(near_zero.getRgb(), QColor(theme.zero).getRgb(), strict=False)
        )
        <= 2
    )


def test_an_image_outlives_its_array():
    table = signed_table(LIGHT)
    image = indexed_image(np.zeros((40, 30), dtype=np.uint8), table)
    assert (image.width(), image.height()) == (30, 40)
    assert image.pixelColor(29, 39).name() == LIGHT.negative


@THEMES
def test_classes_are_told_apart_from_the_ground(theme):
    assert [c.name() for c in class_colors(theme, 2)] == [theme.negative, theme.positive]
    colors = class_colors(theme, 10)
    assert len({c.name() for c in colors}) == 10
    assert min(contrast(c, theme.card) for c in colors) >= 1.9
    assert len({c.name() for c in class_colors(theme, 20)}) == 20


@THEMES
def test_text_is_legible(theme):
    assert contrast(theme.text, theme.card) > 7
    assert contrast(theme.secondary, theme.card) > 4.5
    for ground in CLASS_COLORS:
        assert contrast(readable_on(ground, theme), ground) > 3


def test_blend_is_opaque():
    assert blend("#000000", "#ffffff", 0.5).name() == "#808080"
    assert blend(QColor(10, 20, 30, 40), "#ffffff", 0.0).alpha() == 255


@THEMES
def test_style_sheet_is_complete_and_scales(theme):
    assert "$" not in stylesheet(theme)
    assert "font-size: 13px" in stylesheet(theme)
    assert "font-size: 17px" in stylesheet(theme, 1.3)
    assert palette(theme).window().color().name() == theme.window


def test_every_icon_paints_something(qapp):
    for name in icons.names():
        image = icons.icon(name, "#ff0000").pixmap(16, 16).toImage()
        inked = [image.pixelColor(x, y).alpha() for x in range(16) for y in range(16)]
        assert max(inked) > 100, name


def test_sections_remember_that_they_are_folded(qtbot):
    first = Section("Data", "test")
    qtbot.addWidget(first)
    assert not first.folded
    first.button.click()
    second = Section("Data", "test")
    qtbot.addWidget(second)
    assert second.folded
    assert second.content.isHidden()


def test_segments_by_mouse_and_keyboard(qtbot):
    control = SegmentedControl([("a", "A", "tip"), ("b", "B", ""), ("c", "C", "")], "Letters")
    qtbot.addWidget(control)
    control.show()
    heard = []
    control.chosen.connect(heard.append)
    control.set_value("c")
    assert (control.value, heard) == ("c", [])
    qtbot.keyClick(control.buttons["c"], Qt.Key.Key_Right)
    qtbot.mouseClick(control.buttons["b"], Qt.MouseButton.LeftButton)
    assert heard == ["a", "b"]
    assert control.value == "b"


def test_running_numbers_do_not_move_a_figure(qtbot):
    figure = Figure("Epoch", "00,000")
    qtbot.addWidget(figure)
    widths = set()
    for text in ("–", "1", "214", "99,999"):
        figure.set_text(text)
        widths.add(figure.sizeHint().width())
    assert len(widths) == 1


def test_long_text_is_cut_and_told_by_the_tooltip(qtbot):
    label = ElidedLabel("a very long name of a unit that nobody expected")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    label.grab()
    assert label.toolTip() == label.text()


def test_banner_says_and_goes(qtbot):
    banner = ErrorBanner(LIGHT)
    qtbot.addWidget(banner)
    banner.show_error("The error became infinite.", ["Lower the learning rate"])
    assert banner.isVisible()
    assert "Lower the learning rate" in banner.advice.text()
    banner.clear()
    assert not banner.isVisible()


def test_throttle_calls_at_once_and_does_not_lose_the_last(qtbot):
    calls = []
    owner = QWidget()
    qtbot.addWidget(owner)
    throttle = Throttle(20, lambda: calls.append(1), owner)
    for _ in range(5):
        throttle.poke()
    assert len(calls) == 1
    qtbot.waitUntil(lambda: len(calls) == 2)


def test_tiles_show_every_source_and_keep_groups_together(qtbot):
    chooser = TileChooser(list(DATASETS.values()), LIGHT)
    qtbot.addWidget(chooser)
    chooser.resize(212, 100)
    assert set(chooser.tiles) == set(DATASETS)
    groups = [DATASETS[kind].group for kind in chooser.tiles]
    changes = sum(a != b for a, b in itertools.pairwise(groups))
    assert changes == len(set(groups)) - 1
    chooser.show()
    for group in chooser.tabs:
        chooser.open_group(group)
        members = [tile for tile in chooser.tiles.values() if tile.source.group == group]
        qtbot.waitUntil(lambda tiles=members: all(tile.drawing for tile in tiles))
        shown = [tile for tile in chooser.tiles.values() if tile.isVisible()]
        assert shown == members


def test_tiles_choose_by_click_and_arrow_but_not_by_being_told(qtbot):
    chooser = TileChooser(list(DATASETS.values()), LIGHT)
    qtbot.addWidget(chooser)
    heard = []
    chooser.chosen.connect(heard.append)
    chooser.set_value(DATASETS["xor"]())
    assert (chooser.value, heard) == ("xor", [])
    chooser.tiles["spiral"].click()
    qtbot.keyClick(chooser.tiles["spiral"], Qt.Key.Key_Left)
    assert heard == ["spiral", list(chooser.tiles)[list(chooser.tiles).index("spiral") - 1]]


@dataclass(frozen=True)
class Broken(DataSource):
    """A source whose file is not there."""

    kind: ClassVar[str] = "broken"
    label: ClassVar[str] = "a source with a very long name"

    def load(self, seed: int) -> Dataset:
        raise FileNotFoundError("gone")


def test_a_source_that_cannot_be_loaded_leaves_an_empty_tile(qtbot):
    chooser = TileChooser([Broken], DARK)
    qtbot.addWidget(chooser)
    chooser.resize(212, 44)
    chooser.show()
    qtbot.waitUntil(lambda: chooser.tiles["broken"].drawing is not None)
    chooser.grab()


@pytest.mark.parametrize(
    "kind", [kind for kind, source in DATASETS.items() if not issubclass(source, FileSource)]
)
def test_miniatures_draw_every_source(qapp, kind):
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    painter = QPainter(image)
    draw_miniature(painter, QRectF(2, 2, 36, 36), DATASETS[kind]().load(7), LIGHT)
    painter.end()
    colors = {image.pixel(x, y) for x in range(40) for y in range(40)}
    assert len(colors) > 2


def takes_space(widget):
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_tab_gives_a_button_the_space_bar_and_a_click_leaves_it_to_the_window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    KeyboardPath(window)
    column = QVBoxLayout(window)
    first, second = QPushButton("first"), QPushButton("second")
    column.addWidget(first)
    column.addWidget(second)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    first.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not takes_space(first)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    qtbot.waitUntil(second.hasFocus)
    assert takes_space(second)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    assert not takes_space(second)


def test_a_tile_with_the_focus_does_not_look_chosen(qtbot):
    chooser = TileChooser(list(DATASETS.values()), LIGHT)
    qtbot.addWidget(chooser)
    chooser.resize(216, 200)
    chooser.show()
    tile = next(iter(chooser.tiles.values()))
    accent = QColor(LIGHT.accent)

    def border(x):
        color = tile.grab().toImage().pixelColor(x, tile.height() // 2)
        return max(abs(a - b) for a, b in zip(color.getRgb(), accent.getRgb(), strict=True))

    resting = tile.grab().toImage()
    tile.setFocus()
    qtbot.waitUntil(tile.hasFocus)
    assert tile.grab().toImage() != resting
    assert border(0) > 60
    tile.setChecked(True)
    assert border(0) < 30
