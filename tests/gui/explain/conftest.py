"""A typesetter that ends with its test."""

from __future__ import annotations

import pytest

from bpviz.gui.explain.typesetter import Typesetter
from bpviz.gui.garbage import WindowsGarbage


@pytest.fixture
def typesetter(qtbot):
    garbage = WindowsGarbage()
    garbage.start()
    made = Typesetter()
    yield made
    made.shut()
    garbage.stop()
