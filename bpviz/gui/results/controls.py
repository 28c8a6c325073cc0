"""What results are shown: which view, which part of the data, which class or output."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.gui.results.content import cut
from bpviz.gui.results.registry import VIEWS, ResultView
from bpviz.gui.theme import GAP
from bpviz.gui.widgets.choice import Choice
from bpviz.gui.widgets.flow import FlowLayout
from bpviz.gui.widgets.segmented import SegmentedControl

_SMALL_SEGMENTS = 'QToolButton[kind="segment"] { padding: 3px 5px; }'
_MOST_OF_A_NAME = 18
_NO_TEST = "This data has no test part; set a test split to have one"


class ResultControls(QWidget):
    """Views, parts and classes to choose from, in as few rows as they fit.

    `changed` says that a person chose something.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: tuple[ResultView, ...] = ()
        self._fitted: tuple[object, ...] = ()
        self._height = 0
        self._names: tuple[str, ...] = ()
        self.views = SegmentedControl([(v.key, v.name, v.tip) for v in VIEWS], "Results", self)
        self.views.setStyleSheet(_SMALL_SEGMENTS)
        self.views.chosen.connect(self.changed)
        self.part = SegmentedControl(
            (
                ("training", "Training", "The samples that are learned from"),
                ("test", "Test", "The samples that are kept aside"),
            ),
            "Part of the data",
            self,
        )
        self.part.setStyleSheet(_SMALL_SEGMENTS)
        self.part.set_value("test")
        self.part.chosen.connect(self.changed)
        self.choice = Choice((), "Class or output", "", self)
        self._flow = FlowLayout(self)
        self._lay_out()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        """Put the present controls in their order."""
        while self._flow.takeAt(0) is not None:
            pass
        for part in (self.views, self.part, self.choice):
            self._flow.addWidget(part)

    # What is chosen

    @property
    def view(self) -> str:
        """The key of the chosen view."""
        return self.views.value

    def choose(self, key: str) -> None:
        """Choose a view in silence; one that is not offered changes nothing."""
        self.views.set_value(key)

    @property
    def chosen(self) -> int:
        """The number of the chosen class or output, 0 when there is nothing to choose."""
        value = self.choice.value
        return value if isinstance(value, int) else 0

    # What there is to choose from

    def offer_views(self, views: Sequence[ResultView]) -> None:
        """Offer these views alone."""
        if tuple(views) == self._offered:
            return
        self._offered = tuple(views)
        for view in VIEWS:
            button = self.views.buttons[view.key]
            button.setEnabled(view in views)
            button.setVisible(view in views)

    def offer_test(self, there: bool) -> None:
        """Whether the data has a test part."""
        button = self.part.buttons["test"]
        if button.isEnabled() != there:
            button.setEnabled(there)
            button.setToolTip("The samples that are kept aside" if there else _NO_TEST)
            self.part.set_value("test" if there else "training")

    def offer_names(self, names: tuple[str, ...], of: str) -> None:
        """The names of the classes or outputs there are to choose one of; () for none."""
        if names == self._names:
            return
        self._names = names
        old = self.choice
        self.choice = Choice([(k, _brief(n), n) for k, n in enumerate(names)], of, of, self)
        self.choice.chosen.connect(self.changed)
        old.hide()
        old.deleteLater()
        QWidget.setTabOrder(self.part.buttons["test"], self.choice)
        self._lay_out()

    def show_name(self, chosen: int, needed: bool) -> None:
        """Which of the names is chosen, and whether the view that is shown asks for one."""
        self.choice.setVisible(needed and bool(self._names))
        self.choice.set_value(chosen)

    # Room

    def fit(self, width: int) -> int:
        """Choose names of views that fit this width; returns the height of all rows."""
        choice = self.choice.sizeHint().width()
        key = (width, self.font().key(), self._offered, choice, self.choice.isHidden())
        if key != self._fitted:
            self._fitted = key
            self._shorten(width)
            self._height = self._flow.heightForWidth(width)
        return self._height

    def _shorten(self, width: int) -> None:
        """Shorten as few names of views as bring all into one row, or at least the views."""
        beside = sum(w.sizeHint().width() + GAP for w in (self.part, self.choice) if self._names)
        beside = beside or self.part.sizeHint().width() + GAP
        by_gain = sorted(self._offered, key=lambda v: len(v.short) - len(v.name))
        for room in (width - beside, width):
            for count in range(len(by_gain) + 1):
                for view in self._offered:
                    short = view in by_gain[:count]
                    self.views.buttons[view.key].setText(view.short if short else view.name)
                self._flow.invalidate()
                if self.views.sizeHint().width() <= room:
                    return


def _brief(name: str) -> str:
    """A name short enough for the row; a mere number says what it is."""
    if name.isdigit():
        return f"class {name}"
    return cut(name, _MOST_OF_A_NAME)
