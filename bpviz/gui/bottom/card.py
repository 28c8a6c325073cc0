"""The card below the network: one tab per page, as high as the page needs, closed by its ×."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QToolButton, QWidget

from bpviz.gui.bottom.page import Page
from bpviz.gui.bottom.tabs import DATA, FINDING, TABS, WATCH, Pages, Tab, YieldTo
from bpviz.gui.icons import icon
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP, SECONDARY, TEXT
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.text import set_property

# Of the height that it shares with the network, what the card takes, and with larger text at most.
_SHARE, _MOST_SHARE = 0.42, 0.5
# How high it is in a low window.
_LEAST = 236
# Spaces after a tab: as the style sheet has them, for wide and for narrow tabs.
_AFTER_TAB = (14, 4)


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
        self._yield_to = yield_to
        self._closed_for = ""
        self._known = ""
        self._asked = False
        self._room = 0
        self._narrow = False
        self._built = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._make_header()
        self._pages = QStackedWidget(self)
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.body.setSpacing(HALF_GAP)
        self.body.addWidget(self._pages, 1)
        self.pages = Pages(self._make_page)
        for tab in TABS:
            self.tabs.setTabToolTip(self.tabs.addTab(tab.name), tab.tip)
        self._offer()
        self.tabs.setCurrentIndex(self._index_of(self._first))
        self.tabs.currentChanged.connect(self._turn_to)
        self.tabs.tabBarClicked.connect(self._ask)
        session.experiment_changed.connect(self.refresh)
        session.look_changed.connect(self._dress)
        self._built = True
        self._dress()
        self._turn_to(self.tabs.currentIndex())
        self.refresh()

    def _make_page(self, tab: Tab) -> Page:
        page = tab.make(self._session, self._yield_to)
        self._pages.addWidget(page)
        if page.corner is not None:
            self.header.insertWidget(1, page.corner)
            page.corner.hide()
        return page

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
        """Open the card at a tab. Raises KeyError when there is none of this name now."""
        if name not in self.pages or not self.tabs.isTabVisible(self._index_of(name)):
            raise KeyError(name)
        self._asked = True
        self._closed_for = ""
        self.tabs.setCurrentIndex(self._index_of(name))
        self.refresh()

    def bring_back(self) -> None:
        """Open the card at the experiment's words; where it has none, say so and open it still."""
        if self._session.experiment.watch:
            self.show_tab(WATCH)
            return
        self._session.said.emit("This experiment has no words on what to watch.", False)
        self.show_tab(self._first)

    def dismiss(self) -> None:
        """Hide the card until it is asked for, or another experiment is opened."""
        self._closed_for = self._session.experiment.name
        self._asked = False
        self.refresh()
        self.tabs.setCurrentIndex(self._index_of(self._first))

    def shut(self) -> None:
        """End the pages' threads; returns when they have ended."""
        for page in self.pages.made:
            page.shut()

    # What the program does

    def refresh(self) -> None:
        """Hide the card when it was closed; another experiment brings it back."""
        experiment = self._session.experiment
        self._offer()
        if experiment.name != self._known:
            self._known, self._asked = experiment.name, False
            if self.tab in (WATCH, FINDING):
                self.tabs.setCurrentIndex(self._index_of(self._first))
        if self.tab == WATCH and not experiment.watch and not self._asked:
            self.tabs.setCurrentIndex(self._index_of(self._first))
        self.setVisible(self._closed_for != experiment.name)

    @property
    def _first(self) -> str:
        """The tab that an experiment opens with: what it is famous for, its words, or its data."""
        if self.tabs.isTabVisible(self._index_of(FINDING)):
            return FINDING
        return WATCH if self._session.experiment.watch else DATA

    def _offer(self) -> None:
        """Show the tabs that mean something for the experiment."""
        changed = False
        for k, tab in enumerate(TABS):
            there = tab.offered(self._session.experiment)
            if self.tabs.isTabVisible(k) != there:
                if not there and self.tabs.currentIndex() == k:
                    self.tabs.setCurrentIndex(self._index_of(WATCH))
                self.tabs.setTabVisible(k, there)
                changed = True
        if changed and self._built:
            self._fit_header()

    def _ask(self, _index: int) -> None:
        self._asked = True

    def _index_of(self, name: str) -> int:
        return list(self.pages).index(name)

    def _turn_to(self, index: int) -> None:
        self._pages.setCurrentWidget(self.pages[TABS[index].name])
        self._fit()
        self._fit_header()

    def fit_to(self, room: int) -> None:
        """Leave the network its share of a height."""
        self._room = room
        self._fit()

    def _fit(self) -> None:
        """Lower in a low window, and larger where the text is."""
        height = TABS[self.tabs.currentIndex()].height
        if self._room:
            height = min(height, max(_LEAST, round(_SHARE * self._room)))
        height = round(height * max(1.0, self.fontInfo().pixelSize() / TEXT))
        if self._room:
            height = min(height, round(_MOST_SHARE * self._room))
        self.setFixedHeight(height)

    def _fit_header(self) -> None:
        """Narrow tabs, and no corner, before tabs would have to scroll."""
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        room -= self.close_button.sizeHint().width() + self.header.spacing()
        for page in self.pages.made:
            if page.corner is not None and page is not self.page:
                page.seat_corner(None)
        corner = self.page.corner
        beside = 0 if corner is None else corner.sizeHint().width() + self.header.spacing()
        self._name_tabs(self._tabs_width(narrow=False) > room - beside)
        if corner is not None:
            fits = self._tabs_width(self._narrow) <= room - beside
            self.page.seat_corner(self.header if fits else None)

    def _tabs_width(self, narrow: bool) -> int:
        """What all tabs take, the chosen one in bold."""
        size = self.fontInfo().pixelSize()
        font = QFont(self.font())
        font.setPixelSize(round(size * SECONDARY / TEXT) if narrow else size)
        bold = QFont(font)
        bold.setBold(True)
        total = 0
        for k, tab in enumerate(TABS):
            if not self.tabs.isTabVisible(k):
                continue
            name = tab.short or tab.name if narrow else tab.name
            chosen = tab is TABS[self.tabs.currentIndex()]
            total += QFontMetrics(bold if chosen else font).horizontalAdvance(name)
            total += _AFTER_TAB[narrow] + 2
        return total

    def _name_tabs(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for k, tab in enumerate(TABS):
            self.tabs.setTabText(k, tab.short or tab.name if narrow else tab.name)
        set_property(self.tabs, "narrow", narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_header()

    def changeEvent(self, event: QEvent) -> None:
        """The text has another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._built:
            self._fit()
            self._fit_header()

    def _dress(self) -> None:
        self.close_button.setIcon(icon("close", self._session.theme.secondary))
        self.close_button.setIconSize(QSize(12, 12))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut()
        super().closeEvent(event)
