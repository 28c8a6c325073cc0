"""Special views of lessons by name; each is loaded when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bpviz.engine.settings import SettingError
from bpviz.gui.session import Session

YieldTo = Callable[[], None]


@dataclass(frozen=True)
class ViewKind:
    """A special view: its title, what its button's tooltip says, where its class is, its size.

    The class is made with (session, yield_to, **options) when `works`, else without `yield_to`. It
    has a signal `done`, emitted when it was worked through, and may have `shut`, which ends what
    runs behind it. `beside` puts its window over the right column, so that the network stays seen.
    """

    title: str
    tip: str
    module: str
    class_name: str
    size: tuple[int, int]
    works: bool = False
    beside: bool = False

    def make(self, session: Session, yield_to: YieldTo, options: Mapping[str, Any]) -> Any:
        made = getattr(import_module(self.module), self.class_name)
        return made(session, yield_to, **options) if self.works else made(session, **options)


_HERE = __name__.rpartition(".")[0]

# To add a view, add a line here.
VIEWS: Mapping[str, ViewKind] = {
    "check_numbers": ViewKind(
        "Check my numbers",
        "Type what you worked out by hand, and see which step went wrong first",
        f"{_HERE}.check_numbers",
        "CheckNumbersView",
        (400, 700),
        beside=True,
    ),
    "predict": ViewKind(
        "Predict",
        "Type new inputs and see what the network makes of them",
        f"{_HERE}.predict",
        "PredictView",
        (360, 260),
        beside=True,
    ),
    "collapsed": ViewKind(
        "Collapsed weights",
        "The product of the linear layers' weights, and that the outputs agree",
        f"{_HERE}.collapsed",
        "CollapsedView",
        (640, 480),
    ),
    "comparison": ViewKind(
        "Compare",
        "Train several variants from one start and lay their curves over each other",
        f"{_HERE}.comparison",
        "ComparisonView",
        (720, 520),
        works=True,
    ),
    "race": ViewKind(
        "Race",
        "Random search, finite differences and backpropagation on one network",
        f"{_HERE}.race",
        "RaceView",
        (720, 520),
        works=True,
    ),
}


def view_kind(name: str) -> ViewKind:
    """A special view by its name. Raises SettingError when there is none of this name."""
    if name not in VIEWS:
        raise SettingError(f"view must be one of {', '.join(VIEWS)}; got {name!r}")
    return VIEWS[name]
