"""How a click or a drag changes which samples are selected."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from PySide6.QtCore import Qt

from bpviz.lab.data_columns import Mask

# Only these; these, too; or the other way round for each of these.
How = Literal["only", "also", "other"]


def how_of(modifiers: Qt.KeyboardModifier) -> How:
    """What the keys held down mean: Shift adds, Ctrl turns round."""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return "other"
    return "also" if modifiers & Qt.KeyboardModifier.ShiftModifier else "only"


def combined(before: Mask, rows: np.ndarray[Any, np.dtype[np.intp]], how: How) -> Mask:
    """What is selected after some rows were picked."""
    after: Mask = np.zeros_like(before) if how == "only" else before.copy()
    after[rows] = ~before[rows] if how == "other" else True
    return after
