"""What a person sees of the tab Data, and does there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def shown(page, column):
    """The texts of a column of the table, from the top down."""
    model = page.table.data_model
    section = [page.columns.columns[k].name for k in model.columns].index(column)
    return [model.index(row, section).data() for row in range(model.rowCount())]


def click_row(qtbot, page, row, keys=NONE):
    """Click a row of the dataset in the table."""
    table = page.table
    position = table.data_model.position_of(row)
    index = table.data_model.index(position, 0)
    table.scrollTo(index)
    at = table.visualRect(index).center()
    qtbot.mouseClick(table.viewport(), LEFT, keys, at)


def place(page, row):
    """Where a row of the dataset stands in the scatter plot."""
    dots = page.scatter.view.plane.dots
    at = np.flatnonzero(dots.rows == row)
    x, y = page.scatter.view.to_pixels(dots.places[at])[0]
    return QPoint(round(x), round(y))


def drag(qtbot, widget, start, end, keys=NONE):
    qtbot.mousePress(widget, LEFT, keys, start)
    qtbot.mouseMove(widget, QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2))
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, LEFT, keys, end)


def lit_in_scatter(page):
    """Rows that the scatter plot highlights."""
    dots = page.scatter.view.plane.dots
    if dots.marked is None:
        return set()
    return set(dots.rows[dots.marked].tolist())


def lit_in_bars(page):
    """How many samples the histogram highlights."""
    marked = page.histogram.view.histograms[0].marked
    return 0 if marked is None else int(marked.sum())


def lit_in_table(page):
    return set(np.flatnonzero(page.table.data_model.marked).tolist())
