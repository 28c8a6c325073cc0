"""A small editor in place: the value of one weight or bias, whether it learns, whether it is."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from bpviz.engine.settings import Setting
from bpviz.engine.spec import ParameterId
from bpviz.gui.canvas.graph_menus import remove_connection
from bpviz.gui.canvas.names import Naming
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import label
from bpviz.lab.edits import Freeze, SetParameters
from bpviz.lab.graph_edits import RestoreConnections
from bpviz.lab.snapshot import Snapshot

# What the slider reaches at least; larger weights get a wider one.
_REACH = 3.0
# Qt shows a tooltip so far below the point it is given.
_BELOW_POINT = 16
_drags = itertools.count(1)


class ParameterPopover(QFrame):
    """Edits one parameter while everything goes on; Escape or a click elsewhere closes it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = parent
        self._drag = ""
        self._is_missing = False
        self.parameter: ParameterId | None = None
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addLayout(self._make_top())
        field = self._make_field()
        column.addWidget(field)
        self.error = label("", "error", self)
        self.error.setWordWrap(True)
        self.error.hide()
        column.addWidget(self.error)
        self.slider = Slider(-_REACH, _REACH, parent=self)
        self.slider.setAccessibleName("Value")
        self.slider.setToolTip("Drag to change the value and watch the output follow")
        self.slider.sliderPressed.connect(self._begin_drag)
        self.slider.sliderReleased.connect(self._end_drag)
        self.slider.moved.connect(self._dragged)
        column.addWidget(self.slider)
        foot = self._make_foot()
        column.addWidget(foot)
        self._of_value = (field, self.slider, foot)
        column.addWidget(self._make_missing())
        self.setFixedWidth(248)
        for part in self.findChildren(QWidget):
            part.installEventFilter(self)
        self.hide()

    def _make_top(self) -> QHBoxLayout:
        self.title = label("", "title", self)
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setAccessibleName("Close the editor")
        self.close_button.clicked.connect(self.dismiss)
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.close_button)
        return top

    def _make_field(self) -> QWidget:
        setting = Setting("Value", "The value of this parameter", at_least=-1e6, at_most=1e6)
        self.field = NumberField(setting, digits=6, parent=self)
        self.field.committed.connect(self._typed)
        for signal in (self.field.refused, self.field.textEdited, self.field.selectionChanged):
            signal.connect(self._say_error)
        self.zero = QToolButton(self)
        self.zero.setText("Zero")
        self.zero.setToolTip("Set it to 0")
        self.zero.setAccessibleName("Set the value to zero")
        self.zero.clicked.connect(lambda: self._typed(0.0))
        return _row(self, self.field, self.zero)

    def _make_foot(self) -> QWidget:
        self.freeze = QCheckBox("Freeze", self)
        self.freeze.setToolTip("Hold it where it is: training leaves it alone")
        self.freeze.toggled.connect(self._freeze)
        self.why = QToolButton(self)
        self.why.setText("Why?")
        self.why.setToolTip("Show why it changes: the chain rule with this moment's numbers")
        self.why.setAccessibleName("Show why this parameter changes")
        self.why.clicked.connect(self._explain)
        self.remove = QToolButton(self)
        self.remove.setText("Remove")
        self.remove.setToolTip("Take this connection away; its weight stays 0 (Del)")
        self.remove.setAccessibleName("Remove this connection")
        self.remove.clicked.connect(self._remove)
        return _row(self, self.freeze, self.remove, self.why)

    def _make_missing(self) -> QWidget:
        """What is shown in place of the value when the connection is not there."""
        words = label("Missing connection", "secondary", self)
        self.restore = QToolButton(self)
        self.restore.setText("Restore")
        self.restore.setToolTip("Bring it back, with a weight that is drawn anew")
        self.restore.setAccessibleName("Restore this connection")
        self.restore.clicked.connect(self._restore)
        self.missing = _row(self, words, self.restore)
        return self.missing

    def open_on(
        self, parameter: ParameterId, naming: Naming, snapshot: Snapshot, at: QPoint
    ) -> None:
        """Open beside a point of the parent, wholly inside it."""
        self.parameter = parameter
        self._drag = ""
        self.close_button.setIcon(icon("close", self._session.theme.secondary))
        index = snapshot.layout.index_of(parameter)
        reach = max(_REACH, 2.0 * abs(float(snapshot.theta[index])))
        self.slider.set_range(-reach, reach)
        self.field.set_value(float(snapshot.theta[index]))
        self.field.show_value()
        self._show_parts(parameter in snapshot.spec.missing)
        self.follow(snapshot, naming)
        self._say_error()
        self.adjustSize()
        area = self._canvas.rect()
        x = at.x() + 14 if at.x() + 14 + self.width() < area.width() else at.x() - 14 - self.width()
        y = at.y() - self.height() // 2
        self.move(
            max(4, min(x, area.width() - self.width() - 4)),
            max(4, min(y, area.height() - self.height() - 4)),
        )
        self.show()
        self.raise_()
        if self._is_missing:
            self.restore.setFocus(Qt.FocusReason.PopupFocusReason)
            return
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def follow(self, snapshot: Snapshot, naming: Naming) -> None:
        """Show the live value and the present name; close when the parameter is gone."""
        if self.parameter is None:
            return
        try:
            index = snapshot.layout.index_of(self.parameter)
        except KeyError:
            self.dismiss()
            return
        title = naming.title(index)
        if title != self.title.text():
            # Another unit or layer renumbers what comes after it.
            self.title.setText(title)
            self.title.setToolTip(title)
        missing = self.parameter in snapshot.spec.missing
        if missing != self._is_missing:
            self._show_parts(missing)
        value = float(snapshot.theta[index])
        if not self.slider.isSliderDown():
            self._follow_value(value)
            self.slider.set_value(value)
        frozen = self.parameter in self._session.experiment.network.frozen
        if frozen != self.freeze.isChecked():
            self.freeze.blockSignals(True)
            self.freeze.setChecked(frozen)
            self.freeze.blockSignals(False)

    def _show_parts(self, missing: bool) -> None:
        """The value and what can be done with it, or that the connection is missing."""
        self._is_missing = missing
        for part in self._of_value:
            part.setVisible(not missing)
        self.missing.setVisible(missing)
        self.remove.setVisible(self.parameter is not None and not self.parameter.is_bias)
        self._fit()

    def _follow_value(self, value: float) -> None:
        """Show the live value without taking the place where a person is about to type."""
        field = self.field
        whole = field.selectedText() == field.text()
        if not field.hasFocus():
            field.set_value(value)
        elif whole and not field.isModified():
            field.set_value(value)
            field.selectAll()

    def _say_error(self) -> None:
        """Say in the editor itself why a text was refused, until it is mended."""
        if self.error.text() != self.field.error:
            self.error.setText(self.field.error)
            self.error.setVisible(bool(self.field.error))
            self._fit()

    def _fit(self) -> None:
        """As high as the texts need, wholly inside the parent."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(self.width(), layout.heightForWidth(self.width()))
        lowest = self._canvas.rect().height() - self.height() - 4
        self.move(self.x(), max(4, min(self.y(), lowest)))

    def dismiss(self) -> None:
        """Close."""
        if self.isVisible():
            self.hide()
        self.parameter = None

    def _set(self, value: float, merge: str = "") -> None:
        if self.parameter is not None:
            self._session.apply(SetParameters({self.parameter: value}), merge)

    def _typed(self, value: float) -> None:
        self._set(value)
        self.field.set_value(value)
        if self.field.hasFocus():
            # What is typed next replaces it, and until then it follows the training again.
            self.field.selectAll()
        self.slider.set_value(value)

    def _begin_drag(self) -> None:
        self._drag = f"drag {self.title.text()} {next(_drags)}"

    def _end_drag(self) -> None:
        self._drag = ""

    def _dragged(self, value: float) -> None:
        self._set(value, self._drag)
        self.field.set_value(value)

    def _freeze(self, frozen: bool) -> None:
        if self.parameter is not None:
            self._session.apply(Freeze(frozenset({self.parameter}), frozen))

    def _explain(self) -> None:
        if self.parameter is not None:
            self._session.explain(self.parameter)

    def _remove(self) -> None:
        if self.parameter is not None and remove_connection(self._session, self.parameter):
            self.dismiss()
            self._canvas.setFocus()

    def _restore(self) -> None:
        if self.parameter is not None:
            self._session.apply(RestoreConnections(frozenset({self.parameter})))
            self.dismiss()
            self._canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tooltips stand below the editor, not over its own buttons."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(watched, QWidget):
            return super().eventFilter(watched, event)
        corner = self.mapToGlobal(self.rect().bottomLeft()) - QPoint(0, _BELOW_POINT)
        QToolTip.showText(corner, watched.toolTip(), watched)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
        else:
            super().keyPressEvent(event)


def _row(parent: QWidget, first: QWidget, *others: QWidget) -> QWidget:
    """The first part at the left, the others at the right."""
    made = QWidget(parent)
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(first, 1)
    for other in others:
        row.addWidget(other)
    return made
