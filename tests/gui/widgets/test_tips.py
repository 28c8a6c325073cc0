"""Tooltips are columns of text, not lines across the screen."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from bpviz.engine.settings import Setting
from bpviz.gui.panels.settings_panel import SettingsPanel
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.text import Figure
from bpviz.gui.widgets.tips import wrapped
from tests.gui.without_threads import Bench


def longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


def test_line_breaks_that_are_there_stay() -> None:
    assert wrapped("one\ntwo") == "one\ntwo"
    assert longest_line(wrapped("word " * 40)) <= 64
    assert wrapped(wrapped("word " * 40)) == wrapped("word " * 40)


def test_no_tooltip_of_a_setting_is_one_long_line(qtbot: QtBot) -> None:
    panel = SettingsPanel(Bench().session)
    qtbot.addWidget(panel)
    tips = {part.toolTip() for part in panel.findChildren(QWidget)}
    for box in panel.findChildren(QComboBox):
        tips |= {box.itemData(k, 3) or "" for k in range(box.count())}
    assert len(tips) > 50
    assert [tip for tip in tips if longest_line(tip) > 80] == []


def test_those_of_the_figures_neither(qtbot: QtBot) -> None:
    figure = Figure("Speed")
    qtbot.addWidget(figure)
    figure.setToolTip("word " * 40)
    assert longest_line(figure.toolTip()) <= 64


def test_limits_are_written_as_people_read_them(qtbot: QtBot) -> None:
    field = NumberField(Setting("Value", "A value", at_least=-1e6, at_most=1e6))
    qtbot.addWidget(field)
    assert field.toolTip() == "A value (at least -1,000,000 and at most 1,000,000)"
