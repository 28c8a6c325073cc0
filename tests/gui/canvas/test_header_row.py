"""The row above the network stands still, whatever the network's size."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bpviz.gui.canvas.header_row import HeaderRow
from bpviz.lab.hidden_layers import SetHidden, parse_hidden
from tests.gui.without_threads import Bench


@pytest.mark.parametrize("width", [560, 640, 700, 767, 830, 900, 1100])
def test_what_stands_at_the_left_keeps_its_place(qtbot: QtBot, width: int) -> None:
    bench = Bench()
    row = HeaderRow(bench.session)
    qtbot.addWidget(row)
    row.resize(width, 34)
    row.show()
    small, place = row.count.text(), row.quantity.x()
    bench.session.apply(SetHidden(parse_hidden("400-400")))
    bench.pump()
    assert row.quantity.x() == place
    if width >= 767:
        assert small == "51 parameters"
        assert row.count.isVisible()
        assert row.count.text() in ("162,001 parameters", "162 k parameters")
        assert row.count.toolTip() == "162,001 parameters"
