"""The first rows of a table as they will be read, with every guess that was made on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bpviz.datasets.config import DataConfig
from bpviz.datasets.file_source import Outline
from bpviz.datasets.tables.options import ColumnKind, ColumnRole
from bpviz.datasets.tables.progress import Cancelled, GoesOn, to_the_end
from bpviz.datasets.tables.raw_table import Found
from bpviz.engine.activations import Array
from bpviz.lab.long_task import LongTask

# Rows that are shown, and columns of data that have very many.
SHOWN_ROWS = 50
SHOWN_COLUMNS = 200


@dataclass(frozen=True)
class PreviewCell:
    """A cell as it is written, and the numbers that are learned from in its place.

    `values` has a number for each of its column's `value_names`; () where none is learned.
    `missing`: it holds no value; `odd`: it holds something else than its column does, and counts
    as missing. `category` is the one that it was read as; "" for numbers.
    """

    text: str
    values: tuple[float, ...] = ()
    missing: bool = False
    odd: bool = False
    category: str = ""


@dataclass(frozen=True)
class PreviewColumn:
    """A column: what it holds and is used for, `ColumnUse` says how, and its first cells.

    `value_names` are what its values are called: inputs, or a target's classes. `as_input` says
    whether it is an input where nobody says what it is used for.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    cells: tuple[PreviewCell, ...]
    reason: str = ""
    missing: int = 0
    odd: int = 0
    distinct: int = 0
    value_names: tuple[str, ...] = ()
    as_input: bool = True


@dataclass(frozen=True)
class Preview:
    """What a source of data will give.

    `columns` hold the first rows, whose numbers in the file are `rows`; `remarks[k]` says why row k
    is not learned from, or ""; `tested[k]` whether it is one of the test part, where the `whole`
    table is known. `lines` are the beginning of a text as it is written. `marks` are
    the missing marks that occur, "" for empty cells, with how often. `judged_rows` were looked at;
    when they are not the `whole` table, kinds, counts and scaling are those of these rows.
    `samples`, with `test_samples` of them for testing, and `inputs` count what is learned from so
    far. `refusal` says in a sentence why there is nothing to learn from, what could be read is
    shown all the same; "" when all is well. `guessed_target`: nobody chose it. `outline` is what
    there is to choose from in the file; `pictures` are the first samples, where they are pictures:
    shape (height, width), 0 to 1.
    """

    name: str
    columns: tuple[PreviewColumn, ...] = ()
    rows: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()
    tested: tuple[bool, ...] = ()
    lines: tuple[str, ...] = ()
    found: Found = Found()
    marks: tuple[tuple[str, int], ...] = ()
    judged_rows: int = 0
    whole: bool = True
    samples: int = 0
    test_samples: int = 0
    inputs: int = 0
    class_names: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    refusal: str = ""
    guessed_target: bool = False
    outline: Outline = Outline()
    pictures: tuple[Array, ...] = field(default=(), compare=False)


class Previewer:
    """Makes previews, one at a time; what was read for the last one is used again where it does."""

    def __init__(self) -> None:
        from bpviz.lab.table_preview import LastRead

        self._last = LastRead()

    def preview(self, data: DataConfig, seed: int, goes_on: GoesOn = to_the_end) -> Preview:
        """What these settings make of their source, which stays unchanged.

        Everything that cannot be read, or used, is told as a refusal. Raises Cancelled when
        `goes_on` says no.
        """
        from bpviz.lab.samples_preview import samples_preview
        from bpviz.lab.table_preview import is_table, table_preview

        if is_table(data.source):
            return table_preview(data, seed, self._last, goes_on)
        return samples_preview(data, seed, goes_on)


class PreviewTask(LongTask):
    """Makes a preview on a thread of its own; there is none, `preview` is None, when cancelled."""

    def __init__(
        self,
        previewer: Previewer,
        data: DataConfig,
        seed: int,
        yield_to: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(1000, yield_to)
        self._previewer, self._data, self._seed = previewer, data, seed
        self.preview: Preview | None = None

    def run(self) -> None:
        """Do it, on the thread that is to do it."""
        self._start()
        try:
            preview = self._previewer.preview(self._data, self._seed, self._reads_on)
        except Cancelled:
            return
        if self._goes_on(self.done, self.total):
            self.preview = preview
            self._end()

    def _reads_on(self, done: int, total: int) -> bool:
        self.total = total
        return self._goes_on(done, total)
