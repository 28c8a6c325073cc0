"""The card below the network: one tab per page, as high as the page needs, closed by its ×."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QToolButton, QWidget

from bpviz.gui.bottom.explain_page import ExplainPage
from bpviz.gui.bottom.gradient_page import GradientPage
from bpviz.gui.bottom.landscape_page import LandscapePage
from bpviz.gui.bottom.operations_page import OperationsPage
from bpviz.gui.bottom.page import Page
from bpviz.gui.bottom.watch_page import WatchPage
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.card import Card

YieldTo = Callable[[], None]

EXPLAIN = "Explain"
WATCH = "Watch"
GRADIENT_CHECK = "Gradient check"

# Of the window's height, what a page that gives way takes, and with larger text at most.
_SHARE, _MOST_SHARE = 0.325, 0.41


@dataclass(frozen=True)
class Tab:
    """One tab: its name, what its tooltip says, how high the card is with it, how it is made.

    In a low window it gives way down to `least`, if that is not 0.
    """

    name: str
    tip: str
    height: int
    make: Callable[[Session, YieldTo], Page]
    least: int = 0


# To add a tab, add a line here.
TABS = (
    Tab(
        EXPLAIN,
        "Why the selected weight changes, and the six stages step by step",
        292,
        ExplainPage,
        least=236,
    ),
    Tab(WATCH, "What this experiment shows, in a few sentences", 128, lambda s, _: WatchPage(s)),
    Tab(
        GRADIENT_CHECK,
        "Compare backpropagation's gradient with one measured by nudging each weight",
        248,
        GradientPage,
    ),
    Tab("Operations", "The error walked back through every operation", 284, OperationsPage, 236),
    Tab(
        "Landscape", "The error as a map, and the path that training walks", 304, LandscapePage, 236
    ),
)


class BottomCard(Card):
    """The tabs below the network; hidden when closed, until another experiment brings its words.

    `yield_to` is what work in the background calls now and then to let the window go first. Call
    `shut` before the window goes: it ends what runs behind the pages.
    """

    def __init__(
        self,
        session: Session,
        yield_to: YieldTo = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self._session = session
        self._closed_for = ""
        self._known = ""
        self._asked = False
        self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._make_header()
        self._pages = QStackedWidget(self)
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.body.setSpacing(HALF_GAP)
        self.body.addWidget(self._pages, 1)
        self.pages: dict[str, Page] = {}
        for tab in TABS:
            page = tab.make(session, yield_to)
            self.pages[tab.name] = page
            self._pages.addWidget(page)
            if page.corner is not None:
                self.header.insertWidget(1, page.corner)
            self.tabs.setTabToolTip(self.tabs.addTab(tab.name), tab.tip)
        self.tabs.currentChanged.connect(self._turn_to)
        self.tabs.tabBarClicked.connect(self._ask)
        session.experiment_changed.connect(self.refresh)
        session.look_changed.connect(self._dress)
        self._dress()
        self._turn_to(0)
        self.tabs.setCurrentIndex(self._index_of(WATCH))
        self.refresh()

    def _make_header(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName("Below the network")
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "flat")
        self.close_button.setToolTip("Hide this card (Help, What to watch shows it again)")
        self.close_button.setAccessibleName("Hide the card below the network")
        self.close_button.clicked.connect(self.dismiss)
        self.header.addWidget(self.tabs, 1)
        self.header.addWidget(self.close_button)
        self.body.addLayout(self.header)

    # What a person does

    @property
    def tab(self) -> str:
        """The name of the tab that is chosen."""
        return TABS[self.tabs.currentIndex()].name

    @property
    def page(self) -> Page:
        """The page of the tab that is chosen."""
        return self.pages[self.tab]

    def show_tab(self, name: str) -> None:
        """Open the card at a tab. Raises KeyError when there is none of this name."""
        if name not in self.pages:
            raise KeyError(name)
        self._asked = True
        self._closed_for = ""
        self.tabs.setCurrentIndex(self._index_of(name))
        self.refresh()

    def bring_back(self) -> None:
        """Open the card at the experiment's words, or say that it has none."""
        if not self._session.experiment.watch:
            self._session.said.emit("This experiment has no words on what to watch.", False)
            return
        self.show_tab(WATCH)

    def dismiss(self) -> None:
        """Hide the card until it is asked for, or another experiment is opened."""
        self._closed_for = self._session.experiment.name
        self._asked = False
        self.refresh()
        self.tabs.setCurrentIndex(self._index_of(WATCH))

    def shut(self) -> None:
        """End the pages' threads; returns when they have ended."""
        for page in self.pages.values():
            page.shut()

    # What the program does

    def refresh(self) -> None:
        """Hide the card when it was closed, or when its words are shown and there are none."""
        experiment = self._session.experiment
        if experiment.name != self._known:
            self._known, self._asked = experiment.name, False
        has_content = self.tab != WATCH or bool(experiment.watch) or self._asked
        self.setVisible(has_content and self._closed_for != experiment.name)

    def _ask(self, _index: int) -> None:
        self._asked = True

    def _index_of(self, name: str) -> int:
        return list(self.pages).index(name)

    def _turn_to(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        shown = self._pages.currentWidget()
        for page in self.pages.values():
            if page.corner is not None:
                page.corner.setVisible(page is shown)
        self._fit()

    def fit_to(self, window_height: int) -> None:
        """Leave the network its share of a low window."""
        self._room = window_height
        self._fit()

    def _fit(self) -> None:
        """As high as the chosen page needs, and larger where the text is."""
        tab = TABS[self.tabs.currentIndex()]
        height = tab.height
        if tab.least and self._room:
            height = max(tab.least, min(height, round(_SHARE * self._room)))
        scale = self.fontInfo().pixelSize() / 13
        height = round(height * max(1.0, scale))
        if tab.least and self._room:
            height = min(height, round(_MOST_SHARE * self._room))
        self.setFixedHeight(height)

    def _dress(self) -> None:
        self.close_button.setIcon(icon("close", self._session.theme.secondary))
        self.close_button.setIconSize(QSize(12, 12))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut()
        super().closeEvent(event)
