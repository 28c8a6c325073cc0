"""The row above the picture: what edges are coloured by, the scale, numbers, zoom."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from bpviz.gui.canvas.color_bar import ColorBar
from bpviz.gui.canvas.hover_card import gradient_words
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.text import label

_QUANTITIES = (
    ("weight", "Weight", "The weights as they are now"),
    ("gradient", "Gradient", "∂E/∂w: how fast the error grows with each weight"),
    ("update", "Update", "The last change of each weight"),
    ("velocity", "Velocity", "The optimiser's moment: where each weight is heading"),
)

_SHORT_BAR, _LONG_BAR = 40, 112
_WIDEST_COUNT = "00,000,000 parameters"
# Below this width the choices stand closer together, and closer still where they must.
_NARROW = 700
_PADDINGS = (
    "",
    "QToolButton { padding: 3px 7px; }",
    "QToolButton { padding: 3px 4px; }",
    "QToolButton { padding: 3px 1px; }",
)


class HeaderRow(QWidget):
    """Controls of the canvas. Signals ask the picture to zoom, and say whether there is room for
    the colour bar with its numbers."""

    zoom_in = Signal()
    zoom_out = Signal()
    fit = Signal()
    bar_shown = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.bar_hidden = False
        self._bar_width = 0
        self._padding = ""
        self._choice_width = ("", 0)
        self._counts = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.caption = label("Colour edges by", "", self)
        self.quantity = SegmentedControl(_QUANTITIES, "Colour edges by", self)
        self.quantity.chosen.connect(self._choose)
        self.bar = ColorBar(session, self)
        self.count = label("", "secondary", self)
        self.numbers = self._button("123", "Print the numbers (small networks)", self._toggle)
        self.numbers.setText("123")
        self.numbers.setCheckable(True)
        self._zooms = {
            "zoom-in": self._button("Zoom in", "Zoom in (+)", self.zoom_in.emit),
            "zoom-out": self._button("Zoom out", "Zoom out (−)", self.zoom_out.emit),
            "fit": self._button("Fit", "Show all of it (0)", self.fit.emit),
        }
        row.addWidget(self.caption)
        row.addWidget(self.quantity)
        row.addStretch(1)
        row.addWidget(self.bar)
        row.addSpacing(6)
        row.addWidget(self.count)
        row.addWidget(self.numbers)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in self._zooms.values():
            tools.addWidget(button)
        row.addLayout(tools)
        session.look_changed.connect(self._follow_look)
        session.snapshot_changed.connect(self._follow_snapshot)
        self._follow_look()
        self._follow_snapshot()

    def _button(self, name: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "flat")
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.clicked.connect(slot)
        return button

    def minimumSizeHint(self) -> QSize:
        # The row gives way by hiding what can be missed, not by pushing the window wider.
        return QSize(300, super().minimumSizeHint().height())

    def set_scale(self, scale: float) -> None:
        self.bar.set_scale(scale)
        if self.bar.sizeHint().width() != self._bar_width:
            # Its numbers are longer or shorter than before.
            self._give_way()

    def _choose(self, quantity: str) -> None:
        self._session.show(quantity=quantity)

    def _toggle(self) -> None:
        self._session.show(numbers=self.numbers.isChecked())

    def _follow_look(self) -> None:
        look = self._session.look
        self.quantity.set_value(look.quantity)
        self.numbers.setChecked(look.numbers)
        for name, button in self._zooms.items():
            button.setIcon(icon(name, look.theme.secondary))
        self.bar.update()

    def _follow_snapshot(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            self.count.setText("")
            return
        size = snapshot.layout.size - len(snapshot.spec.missing)
        text = "1 parameter" if size == 1 else f"{size:,} parameters"
        if text != self._counts[0]:
            self._counts = (text, text if size < 1000 else _in_short(size))
            self.count.setToolTip(text)
            self._give_way()
        tip = f"∂E/∂w of {gradient_words(snapshot)}"
        if self.quantity.buttons["gradient"].toolTip() != tip:
            self.quantity.buttons["gradient"].setToolTip(tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Hide what can be missed, the least important first, until the rest fits."""
        self.ensurePolished()
        always = (self.numbers, *self._zooms.values())
        room = self.width() - sum(widget.sizeHint().width() for widget in always) - 44
        room -= self._fit_choices(room)
        # The View menu has it too.
        self.numbers.setVisible(room >= 0)
        # Whatever the network, what stands at the left keeps its place.
        needed = self.caption.sizeHint().width() + 8
        self.caption.setVisible(room >= needed + _LONG_BAR + self._width_of(_WIDEST_COUNT))
        room -= needed if not self.caption.isHidden() else 0
        self.bar.set_length(_SHORT_BAR)
        self.bar.set_labelled(True)
        self.bar.set_labelled(self.bar.sizeHint().width() + 8 <= room)
        room_of_count = room - self.bar.sizeHint().width() - 16
        fits = self._width_of(self._counts[0]) <= room_of_count
        self.count.setText(self._counts[0] if fits else self._counts[1])
        for widget in (self.bar, self.count):
            needed = widget.sizeHint().width() + 8
            widget.setVisible(room >= needed)
            room -= needed if room >= needed else 0
        self.bar.set_length(min(_LONG_BAR, _SHORT_BAR + max(0, room)))
        hidden = self.bar.isHidden() or not self.bar.labelled
        if hidden != self.bar_hidden:
            self.bar_hidden = hidden
            self.bar_shown.emit(not hidden)
        self._bar_width = self.bar.sizeHint().width()

    def _width_of(self, text: str) -> int:
        return self.count.fontMetrics().horizontalAdvance(text)

    def _fit_choices(self, room: int) -> int:
        """Move the choices as close together as it takes to show their words; their width."""
        font = self.quantity.font().key()
        for style in _PADDINGS[1 if self.width() < _NARROW else 0 :]:
            if style != self._padding or font != self._choice_width[0]:
                self._padding = style
                self.quantity.setStyleSheet(style)
                for button in self.quantity.buttons.values():
                    button.ensurePolished()
                self._choice_width = (font, self.quantity.sizeHint().width())
            if self._choice_width[1] <= room:
                break
        self.quantity.setMinimumWidth(self._choice_width[1])
        return self._choice_width[1]


def _in_short(size: int) -> str:
    """The number of parameters where there is little room: 363 k parameters."""
    return f"{size / 1e6:.3g} M parameters" if size >= 1e6 else f"{size / 1e3:.3g} k parameters"
