"""A preview of a person's table: read from its beginning, judged, and coded as it will be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Array, Dataset, DataSource
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.missing import places
from bpviz.datasets.preprocessing import code_targets, prepared
from bpviz.datasets.tables.choosing import roles_in
from bpviz.datasets.tables.dates import is_date
from bpviz.datasets.tables.encodings import first_lines
from bpviz.datasets.tables.judging import (
    TARGET_NAMES,
    ColumnUse,
    JudgedTable,
    judge,
    judged_alone,
    why_not,
)
from bpviz.datasets.tables.options import AUTOMATIC, GUESSED, ReadOptions, Recipe
from bpviz.datasets.tables.progress import GoesOn, portion
from bpviz.datasets.tables.raw_table import Found, RawTable
from bpviz.datasets.tables.reading import read_table, read_text
from bpviz.datasets.tables.samples import category_names, rows_with_target, samples_of
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.datasets.tables.workbook import Workbook
from bpviz.engine.activations import ACTIVATIONS
from bpviz.engine.settings import SettingError, fields_of
from bpviz.engine.spec import LayerSpec
from bpviz.lab.data_fit import usual_head
from bpviz.lab.import_preview import SHOWN_ROWS, Preview, PreviewCell, PreviewColumn
from bpviz.lab.loading import sentence_of

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# A preview reads about so many cells, as many as take a fraction of a second.
_MOST_CELLS = 100_000
# So many cells are shown, but never fewer rows than this.
_MOST_SHOWN, _FEWEST_ROWS = 10_000, 12

_OF_BEGINNING = (
    "The first {:,} rows were looked at; kinds, counts and scaling may differ a little when all "
    "rows are read."
)
_NO_TARGET = "left out: it has no value to predict"
_GAP = "left out: a value is missing"


def is_table(source: DataSource) -> bool:
    """Whether a source is a table of cells."""
    return isinstance(source, TableFile | TableText)


class LastRead:
    """The table that was read last, and what it was read from."""

    def __init__(self) -> None:
        self._key: object = None
        self._raw: RawTable | None = None

    def read(self, source: TableFile | TableText, most: int, goes_on: GoesOn) -> RawTable:
        """The source's table, at least its first `most` cells; 0 for all. Raises SettingError."""
        options = ReadOptions(**{name: getattr(source, name) for name in fields_of(ReadOptions)})
        key = options, source.state()
        if self._raw is not None and key == self._key and (self._raw.whole or most):
            return self._raw
        if isinstance(source, TableFile):
            raw = read_table(Path(source.path), options, goes_on, most=most)
        else:
            raw = read_text(source.text, options, goes_on, most=most)
        self._key, self._raw = key, raw
        return raw


def table_preview(data: DataConfig, seed: int, last: LastRead, goes_on: GoesOn) -> Preview:
    """The preview of a TableFile or TableText; see `Previewer`."""
    source = data.source
    assert isinstance(source, TableFile | TableText)
    lines: tuple[str, ...] = ()
    try:
        lines = first_lines(source.content(), source.encoding, SHOWN_ROWS)
        raw = last.read(source, _MOST_CELLS, portion(goes_on, 0, 300))
        preview = _of_raw(raw, data, seed, portion(goes_on, 300, 400))
        if not raw.whole and (preview.refusal or _may_be_another_target(preview)):
            # What is missing at the beginning may well come later.
            raw = last.read(source, 0, portion(goes_on, 400, 900))
            preview = _of_raw(raw, data, seed, portion(goes_on, 900, 1000))
    except SettingError as error:
        return Preview(source.name, lines=lines, found=_sheets(source), refusal=sentence_of(error))
    return replace(preview, lines=lines)


def _sheets(source: TableFile | TableText) -> Found:
    """The sheets of a workbook of which one could not be read: another one may be a table."""
    try:
        content = source.content()
        return Found(sheets=Workbook(content, AUTOMATIC).sheets) if content.is_workbook else Found()
    except SettingError:
        return Found()


def _may_be_another_target(preview: Preview) -> bool:
    """Whether a column would have been taken for the target, had it not the same in each row."""
    last = preview.columns[-1].name
    return preview.guessed_target and any(
        column.distinct < 2 and (column.name == last or column.name.lower() in TARGET_NAMES)
        for column in preview.columns
    )


def _of_raw(raw: RawTable, data: DataConfig, seed: int, goes_on: GoesOn) -> Preview:
    """The preview of a table that was read; what cannot be learned from is a refusal."""
    source = data.source
    assert isinstance(source, TableFile | TableText)
    judged = None
    try:
        judged = judge(raw, source, goes_on)
        coded = _Coded.of(judged, data, seed)
    except SettingError as error:
        refusal = sentence_of(error)
        if judged is not None:
            return _preview(judged, None, raw.reports, refusal)
        return _as_said(_preview(_judged_anyhow(raw, goes_on), None, raw.reports, refusal), source)
    reports = coded.prepared.reports
    if not raw.whole:
        reports = (
            _OF_BEGINNING.format(len(raw)),
            *reports,
        )
    return _preview(judged, coded, reports, "")


def _judged_anyhow(raw: RawTable, goes_on: GoesOn) -> JudgedTable:
    """The table judged as far as that goes, where what is said of it is wrong."""
    try:
        return judge(raw, GUESSED, goes_on)
    except SettingError:
        return judged_alone(raw)


def _as_said(preview: Preview, recipe: Recipe) -> Preview:
    """The preview with the roles that the recipe gives, though nothing can be learned from it."""
    roles = roles_in(recipe, preview.columns)
    columns = tuple(replace(column, role=roles[column.name]) for column in preview.columns)
    return replace(preview, columns=columns)


@dataclass(frozen=True, eq=False)
class _Coded:
    """What is learned from: of the first rows the numbers, and why a row is left out.

    `inputs` and `targets` have a row for each row of the table that is shown, NaN where it is left
    out.
    """

    prepared: PreparedData
    samples: Dataset
    inputs: Array
    targets: Array
    weights: Array
    remarks: tuple[str, ...]
    tested: tuple[bool, ...]

    @cached_property
    def places(self) -> dict[str, tuple[tuple[str, ...], slice]]:
        """For each input column what its inputs are called, and where they stand."""
        return {column.name: (column.input_names, place) for column, place in places(self.samples)}

    @classmethod
    def of(cls, judged: JudgedTable, data: DataConfig, seed: int) -> _Coded:
        """Raises SettingError when the table makes no samples under these settings."""
        samples = samples_of(judged)
        activation, _ = usual_head(samples)
        output = LayerSpec(
            "out", units=samples.outputs, sources=("in",), activation=ACTIVATIONS.make(activation)
        )
        made = prepared(samples, without_chance(data), seed, output)
        shown = rows_with_target(judged.raw, judged.used_as("target"))[: _shown_rows(judged.raw)]
        head = samples.rows(np.arange(shown.sum()))
        coded, _, _ = code_targets(head, output, data.target_margin)
        used = np.full(len(head), data.missing != "drop")
        used |= ~np.isnan(head.inputs).any(axis=1)
        remarks = np.full(len(shown), _NO_TARGET, dtype=object)
        remarks[shown] = np.where(used, "", _GAP)
        weights = np.ones(len(head))
        if head.weights is not None and made.dataset.weights is not None:
            weights = head.weights / made.dataset.weights[made.train_rows].mean()
        return cls(
            made,
            samples,
            _spread(made.encoding.apply(head.inputs), shown, used),
            _spread(made.target_scaling.apply(coded), shown, used),
            _spread(weights[:, np.newaxis], shown, used),
            tuple(remarks),
            _tested(made, shown, used),
        )

    def values(self, use: ColumnUse) -> tuple[Array, tuple[str, ...]]:
        """The numbers of a column's shown cells, shape (rows, values), and what they are called."""
        if use.role == "input":
            names, place = self.places[use.name]
            return self.inputs[:, place], names
        if use.role == "weight":
            return self.weights, (use.name,)
        if use.role != "target":
            return np.full((len(self.remarks), 0), np.nan), ()
        if not self.samples.is_classification:
            number = self.samples.target_names.index(use.name)
            return self.targets[:, [number]], (use.name,)
        classes = self.samples.class_names
        named = classes[1:] if self.samples.outputs == 1 else classes
        return self.targets, tuple(f"{use.name} = {name}" for name in named)


def _tested(made: PreparedData, shown: Mask, used: Mask) -> tuple[bool, ...]:
    """Which of the rows that are shown are in the test part."""
    is_test = np.zeros(len(made.dataset), dtype=bool)
    is_test[made.test_rows] = True
    heads, rows = np.zeros(len(used), dtype=bool), np.zeros(len(shown), dtype=bool)
    heads[used] = is_test[: np.count_nonzero(used)]
    rows[shown] = heads
    return tuple(rows.tolist())


def _spread(values: Array, shown: np.ndarray[tuple[int], np.dtype[np.bool_]], used: Array) -> Array:
    """Samples' values at their rows; NaN in rows that are not used."""
    table = np.full((len(shown), values.shape[1]), np.nan)
    table[shown] = np.where(used[:, np.newaxis], values, np.nan)
    return table


def without_chance(data: DataConfig) -> DataConfig:
    """The settings without those that weigh classes or change samples by chance."""
    return replace(
        data, features=(), class_weights=(), balance=False, minority=1.0, label_noise=0.0
    )


def _preview(
    judged: JudgedTable, coded: _Coded | None, reports: tuple[str, ...], refusal: str
) -> Preview:
    raw = judged.raw
    marks: dict[str, int] = {}
    for use in judged.columns:
        for code in np.flatnonzero(use.cells.missing):
            text = use.cells.texts[code]
            marks[text] = marks.get(text, 0) + int(use.cells.counts[code])
    rows = tuple(raw.rows[: _shown_rows(raw)])
    samples = coded.samples if coded is not None else None
    return Preview(
        name=raw.name,
        columns=tuple(_column(use, coded, len(rows)) for use in judged.columns),
        rows=rows,
        remarks=coded.remarks if coded is not None else ("",) * len(rows),
        tested=coded.tested if coded is not None and raw.whole else (False,) * len(rows),
        found=raw.found,
        marks=tuple(sorted(marks.items(), key=lambda mark: -mark[1])),
        judged_rows=len(raw),
        whole=raw.whole,
        samples=len(coded.prepared.dataset) if coded is not None else 0,
        test_samples=len(coded.prepared.test_rows) if coded is not None else 0,
        inputs=samples.inputs.shape[1] if samples is not None else 0,
        class_names=samples.class_names if samples is not None else (),
        reports=reports,
        refusal=refusal,
        guessed_target=judged.guessed,
    )


def _shown_rows(raw: RawTable) -> int:
    """How many rows are shown: of very many columns fewer, so that it stays quick."""
    return max(_FEWEST_ROWS, min(SHOWN_ROWS, _MOST_SHOWN // len(raw.names)))


def _column(use: ColumnUse, coded: _Coded | None, rows: int) -> PreviewColumn:
    cells = use.cells
    codes = cells.codes[:rows]
    numbers: Array = np.empty((len(codes), 0))
    names: tuple[str, ...] = ()
    if coded is not None:
        numbers, names = coded.values(use)
    categories = category_names(cells) if use.kind == "category" else None
    shown = []
    for code, values in zip(codes.tolist(), numbers, strict=True):
        missing, text = bool(cells.missing[code]), cells.texts[code]
        learned = () if np.isnan(values).any() else tuple(values.tolist())
        category = categories[code] if categories is not None and not missing else ""
        shown.append(PreviewCell(text, learned, missing, _is_odd(use, code), category))
    return PreviewColumn(
        use.name,
        use.kind,
        use.role,
        tuple(shown),
        use.reason,
        use.missing,
        use.odd,
        use.distinct,
        names,
        not why_not(use),
    )


def _is_odd(use: ColumnUse, code: int) -> bool:
    """Whether a cell holds something else than its column of numbers, or dates."""
    if use.cells.missing[code]:
        return False
    if use.kind == "date":
        return not is_date(use.cells.texts[code])
    return use.kind == "number" and bool(np.isnan(use.cells.numbers[code]))
