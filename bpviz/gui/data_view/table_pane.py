"""The table of samples between the field that finds some of them and the line that counts them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bpviz.gui.data_view.table import DataTable
from bpviz.gui.data_view.working import DataWork
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, HALF_GAP
from bpviz.gui.widgets.text import ElidedLabel, set_property
from bpviz.lab.data_columns import Rows

# Cells that a clipboard takes in good time.
_MOST_COPIED = 1_000_000


class TablePane(QWidget):
    """Holds `filter`, `table`, `line` and `explain_button`; copies rows by itself.

    `tip` is asked for the line's tooltip when the mouse asks for it.
    """

    def __init__(
        self, session: Session, work: DataWork, tip: Callable[[], str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session, self._work, self._tip = session, work, tip
        self.table = DataTable(lambda text: session.said.emit(text, False), self)
        self.table.copied.connect(self._copy)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Find: word, number, length > 5 …")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Find samples")
        self.filter.setToolTip(
            "Show only samples that suit: a word (test, setosa), a number, or comparisons with "
            "commas between them (length > 5, island = Biscoe). Enter selects what is found"
        )
        self.line = ElidedLabel("", "caption", self)
        self.line.installEventFilter(self)
        self.explain_button = QPushButton("Explain", self)
        self.explain_button.setProperty("kind", "link")
        self.explain_button.setAutoDefault(False)
        self.explain_button.setToolTip(
            "Explain the current sample: why the selected weight changes with it (double-click)"
        )
        self.explain_button.setAccessibleName("Explain this sample")
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self.line, 1)
        foot.addWidget(self.explain_button)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def seat_filter(self, beside: QBoxLayout | None) -> None:
        """Above the table, or `beside` the segments in a row of theirs."""
        layout = self._column if beside is None else beside
        if layout.indexOf(self.filter) < 0:
            layout.insertWidget(int(beside is not None), self.filter, int(beside is not None))

    def say(self, text: str, problem: str) -> None:
        """What there is to know of what is selected, or what is wrong with what is looked for."""
        self.line.setText(problem or text)
        set_property(self.line, "role", "error" if problem else "caption")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What takes long to say is worked out when the mouse asks for it."""
        if watched is self.line and event.type() == QEvent.Type.ToolTip:
            self.line.setToolTip(self._tip())
        return super().eventFilter(watched, event)

    def _copy(self, rows: Rows) -> None:
        model, said = self.table.data_model, self._session.said
        cells = len(rows) * max(1, model.columnCount())
        if not len(rows):
            said.emit("Select the rows to copy first.", False)
            return
        if cells > _MOST_COPIED:
            text = f"These are {cells:,} cells; select fewer rows, the clipboard takes a million."
            said.emit(text, True)
            return

        def put(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            said.emit(f"Copied {len(rows):,} row{'s' * (len(rows) > 1)}.", False)

        # Text takes far longer to make than a number to look at.
        self._work.ask("copy", 20 * cells, lambda: model.as_text(rows), put)
