"""A typesetter that ends with its test."""

from __future__ import annotations

import pytest

from bpviz.gui.explain.typesetter import Typesetter


@pytest.fixture
def typesetter(qtbot):
    made = Typesetter()
    yield made
    made.shut()
