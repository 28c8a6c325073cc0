"""Predictions for a file of new rows: columns found by name, the answers written beside them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bpviz.datasets.dataset import Array, Column
from bpviz.datasets.files import file_kind
from bpviz.datasets.reading import Reading
from bpviz.datasets.table_inputs import coded
from bpviz.datasets.tables.cells import Cells
from bpviz.datasets.tables.numerals import number_of
from bpviz.datasets.tables.options import MISSING_MARKS, DecimalMark, ReadOptions
from bpviz.datasets.tables.progress import Cancelled, GoesOn, portion, to_the_end
from bpviz.datasets.tables.raw_table import RawTable
from bpviz.datasets.tables.reading import read_table
from bpviz.datasets.tables.reports import read_as, rows_named
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.metrics import decide
from bpviz.engine.scores import probabilities
from bpviz.engine.settings import SettingError
from bpviz.io.records import TrainedNetwork

PREDICTION_ENDINGS = (".csv", ".tsv")

_ROWS_AT_ONCE = 2000
# Cells named one by one, at most, for each column.
_NAMED = 3
# For networks that did not learn from a table of a person's own.
_GUESSED = Reading(missing_marks=MISSING_MARKS)


@dataclass(frozen=True, eq=False)
class Predictions:
    """New rows with what the network says of them.

    `table` has the rows as they were read; `names` and `answers`, a list of texts for each name,
    are the columns that come behind them. `reports` are sentences on what was not plain.
    """

    table: RawTable
    names: tuple[str, ...]
    answers: tuple[list[str], ...]
    reports: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    def write(self, path: Path | str) -> None:
        """Write rows and answers as .csv, or .tsv with tabs.

        Raises SettingError when the ending is another one or the file cannot be written.
        """
        path = check_prediction_file(path)
        text = io.StringIO()
        mark = "\t" if path.suffix.lower() == ".tsv" else ","
        writer = csv.writer(text, delimiter=mark, lineterminator="\n")
        writer.writerow((*self.table.names, *self.names))
        writer.writerows(zip(*self.table.columns, *self.answers, strict=True))
        try:
            path.write_text(text.getvalue(), encoding="utf-8", newline="")
        except OSError as error:
            raise SettingError(f"cannot be written: {error.strerror}", str(path)) from None


def check_prediction_file(path: Path | str) -> Path:
    """Where predictions are to go. Raises SettingError when the ending is not one of theirs."""
    path = Path(path)
    if path.suffix.lower() not in PREDICTION_ENDINGS:
        known = " or ".join(PREDICTION_ENDINGS)
        raise SettingError(f"the file's ending must be {known}, got {path.suffix!r}", str(path))
    return path


def predict_rows(
    network: TrainedNetwork,
    path: Path | str,
    goes_on: GoesOn = to_the_end,
) -> Predictions:
    """What the network says of the rows in a file.

    The network's columns are found by their names, in any order; others are kept and not used.
    Cells are read as those that the network learned from, see `Reading`, and gaps filled in as
    they were in training. Raises SettingError when a column is missing, or a gap cannot be filled
    in, and Cancelled when `goes_on` says no.
    """
    kind = file_kind(path)
    if kind is not TableFile:
        raise SettingError(
            f"holds {kind.label}, and predictions are made for tables; save its rows as CSV",
            Path(path).name,
        )
    reading = network.reading or _GUESSED
    raw = read_table(path, _options(reading), portion(goes_on, 0, 600), reading.decimal)
    reports = list(raw.reports)
    columns = network.columns or tuple(Column(name) for name in network.input_names)
    places = _places(raw, columns)
    parts = []
    for k, (column, name) in enumerate(zip(columns, places, strict=True)):
        part = portion(goes_on, 600 + 200 * k // len(columns), 600 + 200 * (k + 1) // len(columns))
        inputs, said = _inputs(
            raw, column, _cells(raw, name, column, reading, part), network.reading
        )
        parts.append(inputs)
        reports += said
    inputs = np.hstack(parts)
    _check_gaps(raw, network, columns, inputs)
    unused = [name for name in raw.names if name not in places]
    if unused:
        reports.append(f"Columns that the network does not use: {', '.join(unused)}.")
    outs = _outputs(network, inputs, portion(goes_on, 800, 1000))
    answers = _answers(network, outs)
    names = _free_names(tuple(answers), raw.names)
    return Predictions(raw, names, tuple(answers.values()), tuple(reports))


def _options(reading: Reading) -> ReadOptions:
    decimal: DecimalMark = "auto"
    if reading.decimal_given:
        decimal = "comma" if reading.decimal == "comma" else "point"
    return ReadOptions(decimal=decimal, missing_marks=reading.missing_marks)


def _cells(raw: RawTable, name: str, column: Column, reading: Reading, goes_on: GoesOn) -> Cells:
    # The numbers of a workbook have no mark; they were given the table's.
    own = reading.own_decimals.get(column.name, "") if raw.found.delimiter else ""
    return raw.cells(name, goes_on, own)


def _places(raw: RawTable, columns: Sequence[Column]) -> list[str]:
    """For each column of the network the name it has in the table."""
    plain = {_plain(name): name for name in reversed(raw.names)}
    places, lacking = [], []
    for column in columns:
        found = column.name if column.name in raw.names else plain.get(_plain(column.name))
        if found is None:
            lacking.append(column.name)
        else:
            places.append(found)
    if lacking:
        many = "are no columns" if len(lacking) > 1 else "is no column"
        raise SettingError(
            f"there {many} {', '.join(lacking)}, from which the network predicts; it has "
            f"{', '.join(raw.names[:20])}",
            raw.name,
        )
    return places


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).lower()


def _inputs(
    raw: RawTable, column: Column, cells: Cells, reading: Reading | None
) -> tuple[Array, list[str]]:
    """A column's inputs, NaN where there is none, and what was not plain about it."""
    reports: list[str] = []
    if column.categories:
        known = _categories(column, cells, reading or _GUESSED)
        strange = np.array([name is None for name in known]) & ~cells.missing
        expected = f"is none of {', '.join(column.categories)}"
        inputs = coded(column, known)[cells.codes]
    else:
        day_first = _day_first(column, cells, reading)
        expected = "is no number"
        if day_first is not None:
            cells = replace(cells, numbers=cells.as_days(day_first))
            expected = "is no date"
        strange = np.isnan(cells.numbers) & ~cells.missing
        inputs = cells.values[:, np.newaxis]
        reports = read_as(column.name, cells, day_first)
    rows = np.flatnonzero(strange[cells.codes])
    reports += [
        f"Row {raw.rows[row]}, column {column.name}: {cells.texts[cells.codes[row]]!r} {expected} "
        "and counts as missing."
        for row in rows[:_NAMED]
    ]
    if len(rows) > _NAMED:
        reports.append(f"Column {column.name}: {len(rows) - _NAMED:,} more such cells.")
    gaps = np.flatnonzero(cells.missing[cells.codes])
    if len(gaps):
        many = "cells are" if len(gaps) > 1 else "cell is"
        where = rows_named(raw, gaps)
        reports.append(
            f"Column {column.name}: {len(gaps):,} {many} missing and filled in: {where}."
        )
    return inputs, reports


def _day_first(column: Column, cells: Cells, reading: Reading | None) -> bool | None:
    """How the dates of a column are to be read; None for numbers."""
    if reading is not None:
        learned = reading.day_first.get(column.name)
        return None if learned is None else cells.day_first(learned)
    # Nothing tells whether it learned from dates.
    return cells.day_first() if not cells.number_count and cells.date_count else None


def _categories(column: Column, cells: Cells, reading: Reading) -> list[str | None]:
    """For each text the category that it stands for, by its letters or else as a number."""
    # Where all are numbers, training wrote them with a point.
    mark = "point"
    if any(map(_is_text, column.categories)):
        mark = reading.own_decimals.get(column.name, reading.decimal) or mark
    by_number: dict[float, str] = {}
    for category in column.categories:
        number = number_of(category, mark)
        if not math.isnan(number):
            by_number.setdefault(number, category)
    return [
        None if gone else text if text in column.categories else by_number.get(number)
        for text, number, gone in zip(cells.texts, cells.numbers, cells.missing, strict=True)
    ]


def _is_text(category: str) -> bool:
    return "," in category or math.isnan(number_of(category, "point"))


def _check_gaps(
    raw: RawTable, network: TrainedNetwork, columns: Sequence[Column], inputs: Array
) -> None:
    """Raises SettingError when an input is missing that training gave no value to stand in for."""
    wrong = np.isnan(inputs) & np.isnan(network.encoding.fill)
    rows = np.flatnonzero(wrong.any(axis=1))
    if not len(rows):
        return
    place = int(np.flatnonzero(wrong[rows[0]])[0])
    of_input = [column.name for column in columns for _ in column.input_names]
    more = f" (and in {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
    raise SettingError(
        f"row {raw.rows[rows[0]]}, column {of_input[place]}: there is no value that can be used"
        f"{more}, and the network learned from whole rows only; fill it in, or train with missing "
        "values filled in",
        raw.name,
    )


def _outputs(network: TrainedNetwork, inputs: Array, goes_on: GoesOn) -> Array:
    parts = []
    for start in range(0, len(inputs), _ROWS_AT_ONCE):
        if not goes_on(start, len(inputs)):
            raise Cancelled
        parts.append(network.predict(inputs[start : start + _ROWS_AT_ONCE]))
    return np.vstack(parts)


def _answers(network: TrainedNetwork, outs: Array) -> dict[str, list[str]]:
    """The columns to add: values, or the class's name and how sure each class is.

    For labels yes or no, and how sure each yes is.
    """
    if network.task == "labels":
        return _label_answers(network, outs)
    if not network.class_names:
        return {
            f"predicted {name}": list(map(_number, outs[:, k]))
            for k, name in enumerate(network.target_names)
        }
    numbers = decide(outs, network.task, network.threshold)
    name = network.target_names[0] if network.target_names else "class"
    answers = {f"predicted {name}": [network.class_names[k] for k in numbers]}
    shares = probabilities(outs, network.spec.output.activation)
    if shares is None:
        if network.task == "binary":
            return answers | {"output": list(map(_number, outs[:, 0]))}
        return answers | {
            f"output of {class_name}": list(map(_number, outs[:, k]))
            for k, class_name in enumerate(network.class_names)
        }
    if network.task == "binary":
        shares = np.hstack([1.0 - shares, shares])
    return answers | {
        f"probability of {class_name}": list(map(_number, shares[:, k]))
        for k, class_name in enumerate(network.class_names)
    }


def _label_answers(network: TrainedNetwork, outs: Array) -> dict[str, list[str]]:
    taken = decide(outs, network.task, network.threshold)
    shares = probabilities(outs, network.spec.output.activation)
    word, values = ("output", outs) if shares is None else ("probability", shares)
    answers: dict[str, list[str]] = {}
    for k, name in enumerate(network.target_names):
        answers[f"predicted {name}"] = ["yes" if yes else "no" for yes in taken[:, k]]
    for k, name in enumerate(network.target_names):
        answers[f"{word} of {name}"] = list(map(_number, values[:, k]))
    return answers


def _number(value: float) -> str:
    """Six digits are more than a prediction is worth."""
    return f"{value:.6g}" if math.isfinite(value) else ""


def _free_names(wanted: tuple[str, ...], taken: Sequence[str]) -> tuple[str, ...]:
    names = []
    for name in wanted:
        free, count = name, 1
        while free in taken:
            count += 1
            free = f"{name} ({count})"
        names.append(free)
    return tuple(names)
