"""What a file is before it is read: how large, and by its first bytes of which kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from bpviz.engine.settings import SettingError

Form = Literal["text", "workbook", "parquet", "feather"]

MEGABYTE = 1_000_000
LARGEST = 100 * MEGABYTE
LARGEST_UNPACKED = 1_000 * MEGABYTE

ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_COLUMNAR: dict[bytes, Form] = {b"PAR1": "parquet", b"ARROW1": "feather", b"FEA1": "feather"}

# What people pick by mistake, by its first bytes.
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database; save the table as CSV"),
    (b"\x89HDF", "an HDF5 file; save the table as CSV"),
    (b"\x93NUMPY", "a NumPy array; give its file the ending .npy"),
    (b"{\\rtf", "an RTF document"),
)


@dataclass(frozen=True)
class Content:
    """The bytes of a table: what to call it, how many there are, and how to open them."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    form: Form = "text"

    @property
    def is_workbook(self) -> bool:
        return self.form == "workbook"

    def error(self, message: str) -> SettingError:
        """What is wrong, as one sentence that begins with the name."""
        return SettingError(message, self.name)


def file_content(path: Path) -> Content:
    """The file as content. Raises SettingError when it is too large or no table at all."""
    start = check_file(path)
    content = Content(path.name, path.stat().st_size, lambda: path.open("rb"))
    return replace(content, form=_form(content, start))


def check_file(path: Path) -> bytes:
    """The first bytes of a file. Raises SettingError when it is too large, empty or not there."""
    try:
        if path.is_dir():
            raise SettingError("is a folder, not a table", path.name or str(path))
        size = path.stat().st_size
        if not path.is_file():
            raise SettingError("is not a file", path.name)
        if size > LARGEST:
            raise SettingError(
                f"is {size / MEGABYTE:,.0f} MB large, and tables of up to {LARGEST // MEGABYTE} "
                "MB can be read; save a part of its rows as a file of its own",
                path.name,
            )
        if not size:
            raise SettingError("is empty", path.name)
        with path.open("rb") as file:
            return file.read(64)
    except FileNotFoundError:
        raise SettingError("there is no such file", str(path)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingError(f"cannot be read: {reason}", str(path)) from None


def text_content(text: str, name: str) -> Content:
    """A text as content, in UTF-8."""
    if not text.strip():
        raise SettingError("there are no rows in it", name)
    data = text.encode("utf-8", errors="replace")
    return Content(name, len(data), lambda: io.BytesIO(data))


def _form(content: Content, start: bytes) -> Form:
    """What the content is. Raises SettingError when it is no table."""
    if start.startswith(_OLD_WORKBOOK):
        return "workbook"
    if start.startswith(ZIP):
        _check_archive(content)
        return "workbook"
    for magic, form in _COLUMNAR.items():
        if start.startswith(magic):
            return form
    for magic, what in _OTHERS:
        if start.startswith(magic):
            raise content.error(f"is not a table but {what}")
    return "text"


def _check_archive(content: Content) -> None:
    """Raises SettingError when a ZIP archive is no workbook, or too large a one."""
    try:
        with content.open() as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise content.error("is damaged: it begins like a workbook and breaks off") from None
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        what = "a Word document" if "word/document.xml" in names else "a ZIP archive"
        raise content.error(f"is not a table but {what}")
    if unpacked > LARGEST_UNPACKED:
        raise content.error(
            f"unpacks to {unpacked / MEGABYTE:,.0f} MB, more than can be read; save a part of its "
            "rows as a file of its own"
        )
