"""The tabs of the bottom card; the page of each is loaded and made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from bpviz.experiments.experiment import Experiment
from bpviz.gui.bottom.page import Page
from bpviz.gui.session import Session

YieldTo = Callable[[], None]

EXPLAIN = "Explain"
WATCH = "Watch"
FINDING = "Finding"
DATA = "Data"
GRADIENT_CHECK = "Gradient check"

# How high the card is in a high window. All tabs that people work with are as high, so that the
# network stays where it is when one goes from tab to tab.
_HEIGHT = 296
# Findings are pictures, and worth the room.
_HIGH = 360


@dataclass(frozen=True)
class Tab:
    """One tab: its name, what its tooltip says, where its page's class is, how high the card is.

    The class is made with (session, yield_to). `short` is the name where there is little room;
    `offered` says for which experiments the tab is there at all.
    """

    name: str
    tip: str
    module: str
    class_name: str
    height: int = _HEIGHT
    short: str = ""
    offered: Callable[[Experiment], bool] = lambda _: True

    def make(self, session: Session, yield_to: YieldTo) -> Page:
        made = getattr(import_module(self.module), self.class_name)(session, yield_to)
        assert isinstance(made, Page)
        return made


_HERE = __name__.rpartition(".")[0]

# To add a tab, add a line here.
TABS = (
    Tab(
        EXPLAIN,
        "Why the selected weight changes, and the six stages step by step",
        f"{_HERE}.explain_page",
        "ExplainPage",
    ),
    Tab(
        WATCH,
        "What this experiment shows, in a few sentences",
        f"{_HERE}.watch_page",
        "WatchPage",
        128,
    ),
    Tab(
        FINDING,
        "What this experiment is famous for, and whether the network shows it yet",
        f"{_HERE}.finding_page",
        "FindingPage",
        _HIGH,
        short="Found",
        offered=lambda experiment: bool(experiment.finding),
    ),
    Tab(
        DATA,
        "The samples: a table, a scatter plot and histograms, linked",
        f"{_HERE}.data_page",
        "DataPage",
    ),
    Tab(
        GRADIENT_CHECK,
        "Compare backpropagation's gradient with one measured by nudging each weight",
        f"{_HERE}.gradient_page",
        "GradientPage",
        short="Check",
    ),
    Tab(
        "Results",
        "How good the network is: scores, curves, hardest samples",
        f"{_HERE}.results_page",
        "ResultsPage",
    ),
    Tab(
        "Operations",
        "The error walked back through every operation",
        f"{_HERE}.operations_page",
        "OperationsPage",
        short="Ops.",
    ),
    Tab(
        "Landscape",
        "The error as a map, and the path that training walks",
        f"{_HERE}.landscape_page",
        "LandscapePage",
        short="Map",
    ),
)

_BY_NAME = {tab.name: tab for tab in TABS}


class Pages(Mapping[str, Page]):
    """The pages by the names of their tabs, in their order; `make` makes one when it is needed."""

    def __init__(self, make: Callable[[Tab], Page]) -> None:
        self._make = make
        self._made: dict[str, Page] = {}

    @property
    def made(self) -> list[Page]:
        """Those that are there already."""
        return [self._made[name] for name in _BY_NAME if name in self._made]

    def has(self, name: str) -> bool:
        """Whether the page is there already."""
        return name in self._made

    def __getitem__(self, name: str) -> Page:
        if name not in self._made:
            self._made[name] = self._make(_BY_NAME[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in _BY_NAME

    def __iter__(self) -> Iterator[str]:
        return iter(_BY_NAME)

    def __len__(self) -> int:
        return len(_BY_NAME)
