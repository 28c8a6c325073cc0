"""Text with delimiters (CSV, TSV and their kin) as rows of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from bpviz.datasets.tables.content import Content
from bpviz.datasets.tables.encodings import bytes_read, found_encoding, not_in, opened
from bpviz.datasets.tables.options import ReadOptions
from bpviz.datasets.tables.progress import Cancelled, GoesOn

# A row's number in the file, counted from 1, and its cells.
Row = tuple[int, list[str]]

DELIMITERS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ",", "spaces": " "}

_SAMPLE = 200
_ROWS_AT_ONCE = 1000
# A share of the lines with equally many cells that makes a delimiter certain, and likely.
_CERTAIN, _LIKELY = 0.95, 0.5
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_SPACED = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
_COMMA_NUMBER = re.compile(r"[-+−]?\d+(,\d+)?([eE][-+−]?\d+)?")


class Delimited:
    """A text as rows; `encoding` and `delimiter` are what was chosen or found."""

    def __init__(
        self, content: Content, options: ReadOptions, goes_on: GoesOn, usual: str = ""
    ) -> None:
        """`usual` is the decimal mark that is expected; "" for either."""
        self._content = content
        self.encoding: str = options.encoding
        if self.encoding == "auto":
            self.encoding = found_encoding(content, goes_on)
        try:
            with opened(content, self.encoding) as file:
                lines = list(islice(file, _SAMPLE + 1))
        except UnicodeError:
            raise not_in(content, self.encoding) from None
        named = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
        self._skipped = 1 if named else 0
        self.delimiter: str = options.delimiter
        if self.delimiter == "auto":
            known = {mark: name for name, mark in DELIMITERS.items()}
            lines = lines[self._skipped : _SAMPLE]
            guess = found_delimiter(lines)
            if "comma" in (options.decimal, usual) and _is_one_column(lines):
                guess = "semicolon"
            self.delimiter = known.get(named[1], guess) if named else guess

    def rows(self, goes_on: GoesOn) -> Iterator[Row]:
        """All rows, blank ones too. Raises SettingError for what cannot be read, Cancelled."""
        content, number = self._content, 0
        with opened(content, self.encoding) as file:
            try:
                next(islice(file, self._skipped, self._skipped), None)
                for count, (number, cells) in enumerate(split(file, DELIMITERS[self.delimiter])):
                    if count % _ROWS_AT_ONCE == 0 and not goes_on(bytes_read(file), content.size):
                        raise Cancelled
                    yield number + self._skipped, cells
            except UnicodeError:
                raise not_in(content, self.encoding) from None
            except csv.Error:
                raise content.error(
                    f"row {number + self._skipped + 1} has a cell of more than "
                    f"{csv.field_size_limit():,} letters; is a quotation mark not closed?"
                ) from None


def split(lines: Iterable[str], mark: str) -> Iterator[Row]:
    """Lines as rows of cells; quotation marks hold what else would divide."""
    if mark == " ":
        for number, line in enumerate(lines, 1):
            found = _SPACED.findall(line)
            yield number, [quoted.replace('""', '"') or bare for quoted, bare in found]
        return
    reader = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    number = 1
    for cells in reader:
        yield number, cells
        number = reader.line_num + 1


def found_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most of these lines into equally many cells, at least two."""
    lines = [line for line in lines if line.strip() and not line.startswith("#")] or lines
    shares = {name: _agreement(lines, mark) for name, mark in DELIMITERS.items()}
    if shares["spaces"] >= _CERTAIN and _are_comma_numbers(lines):
        return "spaces"
    for least in (_CERTAIN, _LIKELY):
        for name, share in shares.items():
            if share >= least:
                return name
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] else "comma"


def _agreement(lines: list[str], mark: str) -> float:
    """The share of the lines that have the most common number of cells; 0 if that is one."""
    try:
        widths = Counter(len(cells) for _, cells in split(lines, mark) if cells)
    except csv.Error:
        return 0.0
    several = [(count, width) for width, count in widths.items() if width > 1]
    return max(several)[0] / widths.total() if several else 0.0


def _is_one_column(lines: list[str]) -> bool:
    """Whether there is a name, and below it one number with a decimal comma a line."""
    texts = [line.strip() for line in lines if line.strip()]
    return "," not in "".join(texts[:1]) and all(map(_COMMA_NUMBER.fullmatch, texts[1:]))


def _are_comma_numbers(lines: list[str]) -> bool:
    """Whether spaces stand between numbers with decimal commas: "1,5 2,5"."""
    words = [word for line in lines[1:] or lines for word in line.split()]
    return all(_COMMA_NUMBER.fullmatch(word) for word in words) and any("," in w for w in words)
