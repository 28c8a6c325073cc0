"""A view that is gone hears no more of the session."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent

from bpviz.gui.lessons.views.collapsed import CollapsedView
from bpviz.gui.lessons.views.comparison import ComparisonView
from bpviz.gui.lessons.views.race import RaceView
from bpviz.gui.theme import DARK
from bpviz.lab.edits import AddUnit
from tests.gui.without_threads import Bench


@pytest.mark.parametrize("kind", [CollapsedView, ComparisonView, RaceView])
def test_a_deleted_view_leaves_the_session_alone(qtbot, kind):
    bench = Bench("linear-hidden")
    view = kind(bench.session)
    view.show()
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(view)
    bench.session.apply(AddUnit("h1"))
    bench.pump()
    bench.session.show(theme=DARK)
