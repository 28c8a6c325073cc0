"""The parameters of a snapshot as a table model: nothing is computed before it is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.parameters import Layout
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import ParameterId
from bpviz.gui.canvas.names import Naming, pretty
from bpviz.gui.panels.parameter_texts import ParameterTexts
from bpviz.gui.session import Session
from bpviz.gui.widgets.numbers import exact_number, format_number, parse_number
from bpviz.lab.edits import Freeze, SetParameters
from bpviz.lab.snapshot import Snapshot

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

LABEL, PLACE, VALUE, GRADIENT, UPDATE, FROZEN = range(6)
HEADERS = ("Name", "From → to", "Value", "Gradient", "Update", "Frozen")
_TIPS = (
    "What formulas call it",
    "The units that the connection joins, or the unit whose bias it is",
    "Double-click to type a value",
    "How the error changes with this parameter",
    "How the last step of training changed it",
    "Held where it is; training does not change it",
)
_NUMBERS = {VALUE: "weight", GRADIENT: "gradient", UPDATE: "update"}


class ParameterModel(QAbstractTableModel):
    """One row for each parameter that passes the filter, in the order last sorted by.

    While training runs the numbers follow, the order stays: rows do not jump about. Only an edit
    sorts anew.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.snapshot: Snapshot | None = None
        self._data: PreparedData | None = None
        self._layout: Layout | None = None
        self._naming: Naming | None = None
        self._order: np.ndarray = np.empty(0, dtype=np.intp)
        self._present: np.ndarray = np.empty(0, dtype=bool)
        self._sorted_by = (LABEL, Qt.SortOrder.AscendingOrder)
        self._filter = ""
        self._texts: ParameterTexts | None = None

    # What there is

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """Take a new snapshot; returns whether the rows are others than before."""
        same = self._layout is not None and snapshot.layout.blocks == self._layout.blocks
        same = same and snapshot.layout.spec.numbering == self._layout.spec.numbering  # type: ignore[union-attr]
        same = same and snapshot.spec.missing == self.snapshot.spec.missing  # type: ignore[union-attr]
        naming = self._naming
        if naming is None or snapshot.layout is not self._layout or snapshot.data is not self._data:
            naming = Naming(snapshot.layout, snapshot.data)
            self._texts = ParameterTexts(naming)
        same = same and self._naming is not None and naming.units == self._naming.units
        edited = self.snapshot is not None and snapshot.revision != self.snapshot.revision
        if not same:
            self.beginResetModel()
        self.snapshot, self._data = snapshot, snapshot.data
        self._layout, self._naming = snapshot.layout, naming
        if same and edited and self._sorted_by[0] not in (LABEL, PLACE):
            self._rearrange()
        if not same:
            self._present = snapshot.layout.present()
            self._arrange()
            self.endResetModel()
        return not same

    def set_filter(self, text: str) -> None:
        """Show only parameters whose name or place contains the text."""
        if text != self._filter:
            self.beginResetModel()
            self._filter = text
            self._arrange()
            self.endResetModel()

    def parameter_at(self, row: int) -> ParameterId:
        assert self._layout is not None
        return self._layout.id_of(int(self._order[row]))

    def row_of(self, parameter: ParameterId) -> int:
        """The row that shows a parameter, or -1."""
        if self._layout is None:
            return -1
        try:
            rows = np.flatnonzero(self._order == self._layout.index_of(parameter))
        except KeyError:
            return -1
        return int(rows[0]) if len(rows) else -1

    # Order

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = (column, order)
        self._rearrange()

    def _rearrange(self) -> None:
        """Sort; what is chosen or being edited goes along with its parameter."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        parameters = [int(self._order[index.row()]) for index in before]
        self._arrange()
        row_of = {int(at): row for row, at in enumerate(self._order)} if before else {}
        self.changePersistentIndexList(
            before,
            [
                self.createIndex(row_of[at], index.column())
                for at, index in zip(parameters, before, strict=True)
            ],
        )
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._layout is None or self.snapshot is None or self._texts is None:
            return
        column, order = self._sorted_by
        places = np.arange(self._layout.size)
        if column == LABEL:
            arranged = np.lexsort((self._layout.numbers(), ~self._layout.is_weight()))
        elif column in _NUMBERS:
            arranged = np.argsort(self.snapshot.quantity(_NUMBERS[column]), kind="stable")  # type: ignore[arg-type]
        elif column == FROZEN:
            arranged = np.argsort(~self._frozen_mask(), kind="stable")
        else:
            arranged = places
        if order == Qt.SortOrder.DescendingOrder:
            arranged = arranged[::-1]
        if self._filter:
            arranged = arranged[self._texts.matching(self._filter)[arranged]]
        self._order = arranged

    def _frozen_mask(self) -> np.ndarray:
        assert self._layout is not None
        assert self.snapshot is not None
        mask = np.zeros(self._layout.size, dtype=bool)
        for parameter in self.snapshot.spec.frozen:
            mask[self._layout.index_of(parameter)] = True
        return mask

    # Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADERS[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return _TIPS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._layout is None or index.row() >= len(self._order):
            return None
        at, column = int(self._order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(at, column)
        if role == Qt.ItemDataRole.EditRole and column == VALUE:
            return exact_number(self.number(at, VALUE))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column in _NUMBERS:
            return exact_number(self.number(at, column))
        if role == Qt.ItemDataRole.ToolTipRole and column == PLACE:
            return self._text(at, PLACE)
        if role == Qt.ItemDataRole.CheckStateRole and column == FROZEN and self._present[at]:
            frozen = self.snapshot is not None and self.parameter_at(index.row()) in (
                self.snapshot.spec.frozen
            )
            return Qt.CheckState.Checked if frozen else Qt.CheckState.Unchecked
        return None

    def number(self, at: int, column: int) -> float:
        """A number of the parameter at position `at` of θ."""
        assert self.snapshot is not None
        return float(self.snapshot.quantity(_NUMBERS[column])[at])  # type: ignore[arg-type]

    def _text(self, at: int, column: int) -> str | None:
        assert self._layout is not None
        if column == LABEL:
            return pretty(self._layout.label(at))
        if column == PLACE:
            assert self._naming is not None
            return self._naming.ends(self._layout.id_of(at))
        if column in _NUMBERS:
            return format_number(self.number(at, column), 5) if self._present[at] else "missing"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self._present[int(self._order[index.row()])]:
            if index.column() == VALUE:
                flags |= Qt.ItemFlag.ItemIsEditable
            if index.column() == FROZEN:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid():
            return False
        parameter = self.parameter_at(index.row())
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == FROZEN:
            on = Qt.CheckState(value) == Qt.CheckState.Checked
            return self._session.apply(Freeze(frozenset({parameter}), on))
        if role == Qt.ItemDataRole.EditRole and index.column() == VALUE:
            number = parse_number(str(value))
            if number is None:
                self._session.said.emit(f"A weight must be a number, got “{value}”.", True)
                return False
            return self._session.apply(SetParameters({parameter: number}))
        return False

    # Text

    def as_text(self, rows: list[int]) -> str:
        """Rows as tab-separated text with all digits, under a line of names."""
        assert self.snapshot is not None
        assert self._texts is not None
        chosen = self._order[rows]
        labels, places = self._texts.labels, self._texts.places
        columns = [[texts[at] for at in chosen.tolist()] for texts in (labels, places)]
        for name in _NUMBERS.values():
            numbers = self.snapshot.quantity(name)[chosen].tolist()  # type: ignore[arg-type]
            columns.append([repr(number) for number in numbers])
        lines = ["\t".join(name.lower() for name in HEADERS[:FROZEN])]
        lines += map("\t".join, zip(*columns, strict=True))
        return "\n".join(lines) + "\n"

    def read_text(self, text: str, first_row: int) -> dict[ParameterId, float]:
        """The values in a pasted text: names and values, or a column of values from a row on.

        Raises SettingError naming the line that cannot be read.
        """
        assert self._layout is not None
        lines = [line.split("\t") for line in text.splitlines() if line.strip()]
        if not lines:
            raise SettingError("there is nothing to paste")
        column = min(VALUE, len(lines[0]) - 1)
        if parse_number(lines[0][column]) is None:
            names = [cell.strip().lower() for cell in lines.pop(0)]
            column = names.index("value") if "value" in names else column
            if not lines:
                raise SettingError("the pasted text holds no number to paste")
        values: dict[ParameterId, float] = {}
        for k, cells in enumerate(lines):
            number = parse_number(cells[column]) if column < len(cells) else None
            if number is None:
                raise SettingError(f"line {k + 1} of the pasted text holds no number to paste")
            if len(cells) > 1:
                at = self._layout.find(cells[0])
            elif first_row + k < len(self._order):
                at = int(self._order[first_row + k])
            else:
                raise SettingError(
                    f"there are {len(lines)} values to paste but only "
                    f"{len(self._order) - first_row} rows from here on"
                )
            values[self._layout.id_of(at)] = number
        return values
