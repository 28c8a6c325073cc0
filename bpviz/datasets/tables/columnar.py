"""Parquet and Feather files as tables; what the file says of its columns' types is kept to."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

from bpviz.datasets.tables.content import LARGEST_UNPACKED, MEGABYTE, Content
from bpviz.datasets.tables.feather_sizes import unpacked_size
from bpviz.datasets.tables.layout import Laid, unique_names
from bpviz.datasets.tables.options import ReadOptions
from bpviz.datasets.tables.progress import Cancelled, GoesOn
from bpviz.datasets.tables.raw_table import Found, RawTable
from bpviz.datasets.tables.workbook import cell_text
from bpviz.engine.settings import SettingError

_ROWS_AT_ONCE = 5000
# More do not fit into memory as text.
_MOST_CELLS = 50_000_000
_NO_DATE = "not in the years 1 to 9999"
_CALLED = {"parquet": "a Parquet file", "feather": "a Feather file"}


def read_columnar(
    content: Content, options: ReadOptions, marks: frozenset[str], goes_on: GoesOn, most: int
) -> RawTable:
    """Read a Parquet or Feather file, its first `most` cells or all where that is 0.

    Texts stay words though they look like numbers. Raises SettingError when pyarrow is missing or
    the file damaged, and Cancelled.
    """
    called = _CALLED[content.form]
    try:
        import pyarrow as pa
    except ImportError:
        raise content.error(
            f"is {called}, and reading those needs pyarrow; install it by "
            "pip install bpviz[parquet], or save the table as CSV"
        ) from None
    try:
        with content.open() as file:
            reader = _READERS[content.form](file)
            _check_size(content, reader)
            return _read(content, reader, options, marks, goes_on, most)
    except SettingError:
        raise
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        ArithmeticError,
        MemoryError,
        struct.error,
    ):
        raise content.error(f"is damaged, or not {called} that can be read") from None


class _Parquet:
    """`rows` is how many there are in all, `at_once` the bytes of those unpacked together."""

    def __init__(self, file: Any) -> None:
        from pyarrow.parquet import ParquetFile

        self._file = ParquetFile(file)
        self.schema = self._file.schema_arrow
        self.rows = int(self._file.metadata.num_rows)
        # Pages are unpacked one by one.
        self.at_once = 0

    def batches(self) -> Iterator[Any]:
        return self._file.iter_batches(_ROWS_AT_ONCE)


class _Feather:
    """`rows` is how many there are in all, `at_once` the bytes of those unpacked together."""

    def __init__(self, file: Any) -> None:
        from pyarrow import ipc

        self.rows, self.at_once = unpacked_size(file)
        self._file = ipc.open_file(file)
        self.schema = self._file.schema

    def batches(self) -> Iterator[Any]:
        for k in range(self._file.num_record_batches):
            whole = self._file.get_batch(k)
            for start in range(0, whole.num_rows, _ROWS_AT_ONCE):
                yield whole.slice(start, _ROWS_AT_ONCE)


_READERS: dict[str, type[_Parquet] | type[_Feather]] = {"parquet": _Parquet, "feather": _Feather}


def _check_size(content: Content, reader: _Parquet | _Feather) -> None:
    rows, columns = reader.rows, len(reader.schema)
    if not rows or not columns:
        raise content.error("there are no rows in it")
    if rows * columns > _MOST_CELLS:
        raise content.error(
            f"has {rows:,} rows of {columns:,} columns, more than can be read; save a part of its "
            "rows as a file of its own"
        )
    if reader.at_once > LARGEST_UNPACKED:
        raise _too_large(content)


def _too_large(content: Content) -> SettingError:
    return content.error(
        f"unpacks to more than {LARGEST_UNPACKED / MEGABYTE:,.0f} MB; save a part of its rows as "
        "a file of its own"
    )


def _read(
    content: Content,
    reader: _Parquet | _Feather,
    options: ReadOptions,
    marks: frozenset[str],
    goes_on: GoesOn,
    most: int,
) -> RawTable:
    usable = [k for k, field in enumerate(reader.schema) if _is_plain(field.type)]
    table = Laid(columns=tuple([] for _ in usable))
    mark = "," if options.decimal == "comma" else "."
    done = letters = 0
    for batch in reader.batches():
        if not goes_on(done, reader.rows):
            raise Cancelled
        # Arrow does not look whether texts lie within their buffers.
        batch.validate(full=True)
        for cells, k in zip(table.columns, usable, strict=True):
            texts = _texts(batch.column(k), mark)
            letters += sum(map(len, texts))
            cells += texts
        done += batch.num_rows
        if letters > LARGEST_UNPACKED:
            raise _too_large(content)
        if most and done * len(usable) >= most:
            break
    if not usable:
        raise content.error("has no columns of numbers, texts or dates")
    names_of = reader.schema.names
    # As `unique_names` keeps them.
    kept = [k for k, cells in zip(usable, table.columns, strict=True) if any(cells) or names_of[k]]
    table.names = unique_names([names_of[k] for k in usable], True, table)
    kinds = {n: reader.schema.field(k).type for n, k in zip(table.names, kept, strict=True)}
    others = [name for k, name in enumerate(names_of) if k not in usable]
    if others:
        table.reports.append(
            f"Columns that hold neither numbers nor texts nor dates are left out: "
            f"{', '.join(others)}."
        )
    decimal = "comma" if mark == "," else "point"
    return RawTable(
        content.name,
        table.names,
        table.columns,
        range(1, done + 1),
        Found(decimal=decimal),
        marks,
        tuple(table.reports),
        options.decimal != "auto",
        done == reader.rows,
        frozenset(name for name, kind in kinds.items() if _is_words(kind)),
        frozenset(name for name, kind in kinds.items() if _is_number(kind)),
    )


def _is_plain(kind: Any) -> bool:
    """Whether cells of this type are numbers, texts, truths, dates or times."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return any(
        test(kind)
        for test in (
            types.is_integer, types.is_floating, types.is_decimal, types.is_boolean,
            types.is_string, types.is_large_string, types.is_string_view, types.is_date,
            types.is_timestamp, types.is_time, types.is_null,
        )
    )  # fmt: skip


def _is_words(kind: Any) -> bool:
    """Whether what looks like a number is only a name."""
    from pyarrow import types

    tests = types.is_dictionary, types.is_string, types.is_large_string, types.is_string_view
    return any(test(kind) for test in tests)


def _is_number(kind: Any) -> bool:
    from pyarrow import types

    return any(test(kind) for test in (types.is_integer, types.is_floating, types.is_decimal))


def _texts(column: Any, mark: str) -> list[str]:
    """The cells as a person would write them; "" for what is missing."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    # Python's own times end at microseconds.
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if column.type == pa.time64("ns"):
        column = column.cast(pa.time64("us"), safe=False)
    if pa.types.is_floating(column.type):
        # As few digits as tell a number of this precision from its neighbours.
        column = column.to_numpy(zero_copy_only=False)
        return ["" if math.isnan(x) else cell_text(float(str(x)), mark) for x in column]
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):
        values = [_known(cell) for cell in column]
    return ["" if value is None else cell_text(value, mark).strip() for value in values]


def _known(cell: Any) -> Any:
    """The cell as Python's own, and words in the place of dates that Python does not know."""
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return _NO_DATE
