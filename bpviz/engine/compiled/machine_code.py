"""Where machine code lies on disk, and whether it is there; without Numba, which is slow to load.

The folder is named after all that the machine code depends on, so that no code of another version
is ever taken for it. A mark says which number formats it has.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

_HERE = Path(__file__).parent
# Seconds, of 30 days.
_FORGOTTEN_AFTER = 30 * 24 * 3600.0
_WAITING = "Waiting for another bpviz that compiles the engine for small networks."

_log = logging.getLogger("bpviz")

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def has_numba() -> bool:
    """Whether the extra `fast` is installed."""
    return find_spec("numba") is not None


@cache
def folder() -> Path | None:
    """Where the machine code of this very installation lies; None when there is no place.

    That is beside the source, or, where nothing can be written there, among the user's caches.
    """
    name = f"{_environment()}-{_source()}"
    given = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(given)] if given else [_HERE / "__pycache__", user_caches() / "bpviz"]
    return next((place / name for place in places if _is_writable(place / name)), None)


def is_ready(dtype: str) -> bool:
    """Whether machine code for a number format, "float64" or "float32", is on disk."""
    place = folder()
    return place is not None and _mark(place, dtype).is_file()


def is_switched_off() -> bool:
    """Whether Numba is told to compile nothing; then Python itself would run what is compiled."""
    config = sys.modules.get("numba.core.config")
    if config is not None:
        return bool(config.DISABLE_JIT)
    return os.environ.get("NUMBA_DISABLE_JIT", "").strip() not in ("", "0")


def note_ready(dtype: str) -> None:
    """Machine code for a number format is on disk from now on, if there is any.

    That of other sources goes once nobody has used it for a month: programs that run may need it.
    """
    place = folder()
    if place is None or not any(place.rglob("*.nbc")):
        return
    _mark(place, dtype).touch()
    for other in place.parent.glob(f"{_environment()}-*"):
        if other != place and _is_forgotten(other):
            shutil.rmtree(other, ignore_errors=True)


def note_used(dtype: str) -> None:
    """Machine code for a number format was loaded from disk."""
    place = folder()
    if place is not None:
        # It may have gone meanwhile; what is loaded stays.
        with suppress(OSError):
            os.utime(_mark(place, dtype))


def kept(compile: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """A decorator that compiles as `compile` does, and lets Numba keep the code in the folder.

    Raises OSError when there is no folder.
    """

    def decorate(function: Function) -> Function:
        from numba import config

        place = folder()
        if place is None:
            raise OSError("there is no folder that machine code could be kept in")
        # Only while a function asks where its code is kept: others' functions are none of ours.
        options = vars(config)
        before, options["CACHE_DIR"] = options["CACHE_DIR"], str(place)
        try:
            return compile(function)
        finally:
            options["CACHE_DIR"] = before

    return decorate


@contextmanager
def alone() -> Iterator[None]:
    """Only one process at a time is in here; the others wait, and find what it has compiled.

    Two that write to Numba's index at once could mix up what they write. Who waits is told in the
    log.
    """
    place = folder()
    if place is None:
        yield
        return
    # Somebody may have cleared the caches meanwhile.
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        if not _has_locked(lock.fileno(), waits=False):
            _log.warning(_WAITING)
            _has_locked(lock.fileno(), waits=True)
        yield


if sys.platform == "win32":

    def _has_locked(file: int, waits: bool) -> bool:
        import msvcrt

        while True:
            try:
                msvcrt.locking(file, msvcrt.LK_LOCK if waits else msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                # Even who waits is sent away after ten seconds.
                if not waits:
                    return False

else:

    def _has_locked(file: int, waits: bool) -> bool:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network drives know no locks; two at once are seldom.
            pass
        return True


def user_caches() -> Path:
    """Where programs keep what they can make again."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")


def _mark(place: Path, dtype: str) -> Path:
    return place / f"{dtype}.ready"


def _is_forgotten(place: Path) -> bool:
    with suppress(OSError):
        times = [each.stat().st_mtime for each in (place, *place.glob("*.ready"))]
        return time.time() - max(times) > _FORGOTTEN_AFTER
    return False


def _is_writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(place, os.W_OK)


def _environment() -> str:
    """A digest of place, processor and the versions of Python, NumPy, Numba and its compiler."""
    parts = [str(_HERE), sys.version, np.__version__, _processor()]
    for name in ("numba", "llvmlite"):
        found = find_spec(name)
        places = (found.submodule_search_locations or ()) if found else ()
        parts += [_text(Path(place) / "_version.py") for place in places]
    return f"bpviz-{_digest(parts)}"


def _source() -> str:
    """A digest of this package; where a frozen program has no sources, of its own time.

    The times of the sources count as well: Numba does without its code when they differ.
    """
    sources = sorted(_HERE.glob("*.py"))
    timed = filter(Path.exists, sources or [Path(sys.executable)])
    times = [path.stat().st_mtime_ns for path in timed]
    return _digest([*map(_text, sources), *map(str, times)])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _processor() -> str:
    """The processor's name; where there is none to be had at once, its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line for line in lines if line.startswith(("model name", "CPU part")))
    except (OSError, StopIteration):
        machine = "" if sys.platform == "win32" else os.uname().machine
        return os.environ.get("PROCESSOR_IDENTIFIER", machine)
