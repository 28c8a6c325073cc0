"""The controls in the title line of the output view."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from bpviz.gui.output.view import OutputView
from bpviz.gui.session import Session
from bpviz.lab.snapshot import Snapshot

Open = Callable[..., Session]


def shown(qtbot: QtBot, session: Session, key: str = "") -> OutputView:
    view = OutputView(session)
    qtbot.addWidget(view)
    view.resize(342, 400)
    view.show()
    if key:
        view.show_as(key)
    return view


def test_axes_swap_when_both_would_be_the_same(
    qtbot: QtBot, open_session: Open, iris: Snapshot
) -> None:
    session = open_session(iris)
    view = shown(qtbot, session)
    across, up = (action.menu() for action in view.controls.axes.menu().actions())
    assert across.isEmpty(), "many inputs are listed when somebody looks"
    for part in (across, up):
        part.aboutToShow.emit()
    across.actions()[1].trigger()
    assert session.request.axes == (1, 0)
    assert up.actions()[0].isChecked()
    up.actions()[3].trigger()
    assert session.request.axes == (1, 3)


def test_controls_take_shorter_names_rather_than_being_cut(
    qtbot: QtBot, open_session: Open, iris: Snapshot
) -> None:
    view = shown(qtbot, open_session(iris))
    view.setStyleSheet("* { font-size: 17px }")
    parts, texts = (view.controls.axes, view.controls.test, view.controls.discretise), set()
    for width in (*range(330, 600, 27), 342):
        view.resize(width, 400)
        qtbot.waitUntil(lambda: all(part.width() >= part.sizeHint().width() for part in parts))
        assert all(part.isVisibleTo(view) for part in parts)
        texts.add(tuple(part.text() for part in parts))
    assert ("axes ▾", "show test", "discretise") in texts
    assert len(texts) > 1
