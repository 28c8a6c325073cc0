"""Which letters the bytes of a text stand for."""

from __future__ import annotations

import codecs
import io
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, cast, get_args

from bpviz.datasets.tables.content import Content
from bpviz.datasets.tables.options import EncodingName
from bpviz.datasets.tables.progress import Cancelled, GoesOn, to_the_end

_CHUNK = 1 << 20
_BEGINNING, _LONGEST_LINE = 1 << 16, 2000
_BOMS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Bytes that stand for nothing in Windows-1252.
_NOT_WINDOWS = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_CODECS = {"UTF-8": "utf-8-sig", "Windows-1252": "cp1252", "Windows-1251": "cp1251"}
_CHOICES = ", ".join(get_args(EncodingName)[1:])


def found_encoding(content: Content, goes_on: GoesOn) -> str:
    """The encoding of a text, as `EncodingName` writes it.

    A byte order mark decides; without one it is UTF-8 if all bytes can be that, else Windows-1252
    or Latin-1. Raises SettingError for bytes that are no text.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_windows = True, True
    with content.open() as file:
        start = file.read(4096)
        for bom, name in _BOMS:
            if start.startswith(bom):
                return name
        if b"\0" in start and _bare_utf16(start):
            return "UTF-16"
        file.seek(0)
        done = 0
        while chunk := file.read(_CHUNK):
            done += len(chunk)
            if not goes_on(done, content.size):
                raise Cancelled
            if b"\0" in chunk:
                raise content.error("is not a table: it holds binary data, no text")
            is_utf8 = is_utf8 and _decodes(utf8, chunk, done >= content.size)
            is_windows = is_windows and not any(byte in chunk for byte in _NOT_WINDOWS)
    if is_utf8:
        return "UTF-8"
    return "Windows-1252" if is_windows else "Latin-1"


def opened(content: Content, encoding: str) -> io.TextIOWrapper:
    """The content as text, ends of lines as they are. Reading it may raise UnicodeError."""
    file = content.open()
    start = file.read(4096)
    file.seek(0)
    codec = _CODECS.get(encoding, encoding)
    if encoding == "UTF-16" and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
    return io.TextIOWrapper(file, encoding=codec, newline="")


def first_lines(content: Content, encoding: str, count: int) -> tuple[str, ...]:
    """The first lines of a text as they are written, also where some bytes are no letters.

    `encoding` may be "auto"; () for what is no text.
    """
    if content.form != "text":
        return ()
    with content.open() as file:
        start = file.read(_BEGINNING)
    if encoding == "auto":
        # It may end within a letter, so its size is not given as the whole.
        beginning = replace(content, open=lambda: io.BytesIO(start))
        encoding = found_encoding(beginning, to_the_end)
    with opened(content, encoding) as file:
        file.reconfigure(errors="replace")
        lines = iter(lambda: file.readline(_LONGEST_LINE), "")
        return tuple(line.rstrip("\r\n") for line in islice(lines, count))


def bytes_read(file: io.TextIOWrapper) -> int:
    """How many bytes of the content have been read so far."""
    return cast(BinaryIO, file.buffer).tell()


def not_in(content: Content, encoding: str) -> Exception:
    """What to say of bytes that cannot be read in this encoding."""
    others = _CHOICES.replace(f"{encoding}, ", "")
    return content.error(f"cannot be read as {encoding}; choose another encoding, such as {others}")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _bare_utf16(start: bytes) -> bool:
    """Whether every other byte is 0, as in Latin letters in UTF-16 without its mark."""
    half = len(start) // 2
    return (
        half > 1
        and any(start[k::2].count(0) > 0.8 * half for k in (0, 1))
        and (start[0::2].count(0) == 0 or start[1::2].count(0) == 0)
    )
