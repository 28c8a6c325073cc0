"""The rows of a gradient check, worst first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from bpviz.engine.spec import ParameterId
from bpviz.gui.theme import LIGHT, Theme
from bpviz.gui.widgets.numbers import MINUS, exact_number, format_number
from bpviz.lab.gradient_check_task import CheckReport

Index = QModelIndex | QPersistentModelIndex

NAME, PLACE, ANALYTIC, NUMERICAL, ERROR = range(5)
HEADERS = ("Name", "From → to", "Analytic", "Numerical", "Rel. error")
_TIPS = (
    "The weight or bias",
    "Which units it connects",
    "The gradient that backpropagation gives",
    "(E(w + ε) − E(w − ε)) / 2ε: the weight is nudged and the error is measured twice",
    "Relative error: how far the two lie apart, compared with their size",
)
_KINK = "kink"
# Smaller numbers are written with a power of ten.
_SMALL = 0.01


class GradientModel(QAbstractTableModel):
    """One report as a table that is read and copied; labels are made as they are looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.report: CheckReport | None = None
        self.theme: Theme = LIGHT
        self._order = np.empty(0, dtype=np.intp)
        self._row_of = np.empty(0, dtype=np.intp)
        self._numbers: dict[int, np.ndarray[Any, Any]] = {}
        self._left_out = self._wrong = np.empty(0, dtype=bool)

    def show_report(self, report: CheckReport | None) -> None:
        """Show what was found, or nothing."""
        self.beginResetModel()
        self.report = report
        self._order = np.empty(0, dtype=np.intp) if report is None else report.worst_first()
        if report is not None:
            check = report.check
            with np.errstate(invalid="ignore"):
                errors = check.relative_errors
            self._numbers = {ANALYTIC: check.analytic, NUMERICAL: check.numerical, ERROR: errors}
            self._left_out, self._wrong = check.crosses_kink, report.disagreeing
            self._row_of = np.full(len(errors), -1, dtype=np.intp)
            self._row_of[self._order] = np.arange(len(self._order))
        self.endResetModel()

    # Which row is which parameter

    def position_at(self, row: int) -> int:
        """The position in θ that a row shows."""
        return int(self._order[row])

    def parameter_at(self, row: int) -> ParameterId:
        assert self.report is not None
        return self.report.snapshot.layout.id_of(self.position_at(row))

    def row_of(self, parameter: ParameterId | None) -> int:
        """The row of a parameter, -1 when it was not checked."""
        if parameter is None or self.report is None:
            return -1
        try:
            return int(self._row_of[self.report.snapshot.layout.index_of(parameter)])
        except KeyError:
            return -1

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._order):
            return None
        at, column = self.position_at(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(at, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if self._wrong[at]:
                return QColor(self.theme.warning)
            return QColor(self.theme.secondary) if self._left_out[at] else None
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return self._text(at, PLACE)
        if role == Qt.ItemDataRole.ToolTipRole and column in self._numbers:
            if self._left_out[at]:
                return "Left out: the function has a kink here, so its slope jumps within ±ε"
            return exact_number(float(self._numbers[column][at]))
        return None

    def _text(self, at: int, column: int) -> str:
        assert self.report is not None
        if column == NAME:
            return self.report.snapshot.layout.label(at)
        if column == PLACE:
            snapshot = self.report.snapshot
            return snapshot.layout.description(at, snapshot.data.feature_names)
        if column == ERROR and self._left_out[at]:
            return _KINK
        value = float(self._numbers[column][at])
        if column == ERROR and value and math.isfinite(value):
            return format_number(float(f"{value:.1e}"), 2)
        if value and abs(value) < _SMALL:
            return _power(value)
        return format_number(value, 4)

    def as_text(self, rows: list[int]) -> str:
        """Rows as tab-separated text with all digits, under a line of names."""
        lines = ["\t".join(name.lower() for name in (*HEADERS[:ERROR], "Relative error"))]
        for row in rows:
            at = self.position_at(row)
            cells = [self._text(at, NAME), self._text(at, PLACE)]
            cells += [repr(float(self._numbers[k][at])) for k in (ANALYTIC, NUMERICAL)]
            cells.append(_KINK if self._left_out[at] else repr(float(self._numbers[ERROR][at])))
            lines.append("\t".join(cells))
        return "\n".join(lines) + "\n"


def _power(value: float) -> str:
    """Four digits and a power of ten, which is narrower than the zeros of a small number."""
    return f"{value:.3e}".replace("e-0", "e-").replace("-", MINUS)


def _alignment(column: int) -> Qt.AlignmentFlag:
    numbers = column in (ANALYTIC, NUMERICAL, ERROR)
    side = Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
