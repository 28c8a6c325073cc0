"""What is drawn on: the samples and classes there are, or an empty sheet, and its ranges."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bpviz.datasets.dataset import DataSource
from bpviz.datasets.own import OwnSamples
from bpviz.engine.activations import Array
from bpviz.gui.output.drawing_sheet import Range, widened
from bpviz.gui.output.plane import Plane
from bpviz.gui.output.samples import target_range
from bpviz.gui.session import Session
from bpviz.lab.drawn_samples import (
    MOST_CLASSES,
    empty_sheet,
    next_class_name,
    own_samples,
    rows_of,
    why_not_drawn,
    with_names,
)
from bpviz.lab.evaluation import Evaluation

_BLANK: tuple[Range, Range] = ((-1.0, 1.0), (-1.0, 1.0))


class Ground:
    """Follows the session's experiment from `begin` on.

    `under` is the source that drawing began on, `ranges` those of the sheet, `map_range` those of
    the map below it; `pending` are classes of which there is nothing yet.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.under: DataSource | None = None
        self._blank: OwnSamples | None = None
        self.pending: tuple[str, ...] = ()
        self.ranges: tuple[Range, Range] = _BLANK
        self.map_range: tuple[Range, ...] | None = None

    def why_not(self) -> str:
        """Why nothing can be drawn among the present samples; "" when it can."""
        return why_not_drawn(self._session.laboratory.data.dataset)

    def begin(self, shown: Plane | None, evaluation: Evaluation | None, empty: bool) -> None:
        """Draw over the plane that is `shown`, in its ranges, if the sheet has as many inputs."""
        self.under = self._session.experiment.data.source
        self._blank, self.pending = None, ()
        inputs = self._session.laboratory.data.dataset.inputs.shape[1]
        self.ranges, self.map_range = _BLANK, _BLANK
        if shown is not None and evaluation is not None and not (empty and inputs != 2):
            self.ranges = shown.x_range, shown.y_range
            self.map_range = tuple(zip(evaluation.map_low, evaluation.map_high, strict=True))

    def clear(self, classes: bool) -> None:
        """Take an empty sheet, of classes or of values; the data stay until it is drawn on."""
        self.under = self._session.experiment.data.source
        self._blank, self.pending = empty_sheet(classes), ()

    def leave(self) -> None:
        self._blank = None

    @property
    def is_blank(self) -> bool:
        """Whether the sheet is empty, and the experiment still on other data."""
        return self._blank is not None and self._session.experiment.data.source is self.under

    @property
    def samples(self) -> OwnSamples:
        """The samples that are drawn among; of an empty sheet, its columns."""
        if self.is_blank and self._blank is not None:
            return self._blank
        source = self._session.experiment.data.source
        if isinstance(source, OwnSamples):
            return source
        return _copy(self._session.laboratory.data.dataset)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that can be drawn, also those of which there is nothing yet."""
        names = self.samples.class_names
        return names + self.pending if names else ()

    @property
    def bounds(self) -> Range:
        """The values that are drawn in full orange and full blue: those of the map."""
        data = self._session.laboratory.data
        if self.is_blank or self.samples.class_names or data.dataset.is_classification:
            return (-1.0, 1.0)
        low, high = target_range(data)
        return low, high

    def follow(self) -> bool:
        """The experiment is another one; whether it can still be drawn on."""
        source = self._session.experiment.data.source
        foreign = source is not self.under and not isinstance(source, OwnSamples)
        if foreign or (not self.is_blank and self.why_not()):
            return False
        if not self.is_blank:
            self._make_room()
        names = self.samples.class_names
        pending = tuple(x for x in self.pending if x not in names)
        self.pending = pending[: MOST_CLASSES - len(names)]
        return True

    def _make_room(self) -> None:
        """Widen the sheet where samples that came in another way would lie outside."""
        samples = self.samples
        ranges = widened(self.ranges, samples)
        if ranges != self.ranges:
            self.ranges = ranges
            self.map_range = ranges[: len(samples.input_names)]

    def with_points(self, points: Array, target: float) -> OwnSamples:
        """The samples and some more points of a class number or a value.

        Raises SettingError where they do not make samples.
        """
        samples = self.samples
        names = self.class_names[: int(target) + 1] if samples.class_names else ()
        if len(names) > len(samples.class_names):
            samples = with_names(samples, names)
        more = samples.with_rows_added(rows_of(samples, points, target))
        if self.is_blank:
            # The row of an empty sheet is only an example.
            more = more.with_rows_kept(np.arange(len(more.rows)) >= len(samples.rows))
        return more

    def add_class(self) -> bool:
        """Offer one class more, if there may be one."""
        names = self.class_names
        if not names or len(names) >= MOST_CLASSES:
            return False
        self.pending = (*self.pending, next_class_name(names))
        return True

    def rename(self, number: int, name: str) -> OwnSamples | None:
        """Call a class something else; the samples under their new names, if it has any.

        Raises SettingError when a name is empty or there twice.
        """
        samples = self.samples
        known = len(samples.class_names)
        names = tuple(name if k == number else old for k, old in enumerate(self.class_names))
        named = with_names(samples, names)
        named = with_names(samples, names[:known]) if len(names) > known else named
        self.pending = names[known:]
        if self.is_blank:
            self._blank = named
            return None
        return named if number < known else None


@functools.lru_cache(maxsize=1)
def _copy(dataset: Any) -> OwnSamples:
    """A dataset as one's own samples; kept, because it is asked for with every picture."""
    return own_samples(dataset)
