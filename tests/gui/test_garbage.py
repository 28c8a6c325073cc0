"""While a window is at work its garbage is collected on its own thread alone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from bpviz.gui.garbage import WindowsGarbage


class Cycle:
    def __init__(self, died_in: list[threading.Thread]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: died_in.append(threading.current_thread()))


@pytest.fixture
def garbage(qtbot: QtBot) -> Iterator[WindowsGarbage]:
    # Tests rest it themselves; here it goes on as it does in a program.
    gc.enable()
    made = WindowsGarbage()
    yield made
    made.stop()
    made.deleteLater()


def allocate() -> None:
    """More than enough for Python to collect by itself."""
    kept = [[k] for k in range(200_000)]
    assert kept


def in_a_thread() -> None:
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


def test_another_thread_collects_nothing(garbage: WindowsGarbage) -> None:
    died_in: list[threading.Thread] = []
    garbage.start()
    Cycle(died_in)
    in_a_thread()
    assert died_in == []
    garbage.collect()
    assert died_in == [threading.main_thread()]


def test_it_would_without(garbage: WindowsGarbage) -> None:
    died_in: list[threading.Thread] = []
    Cycle(died_in)
    in_a_thread()
    assert died_in
    assert died_in != [threading.main_thread()]


def test_the_timer_collects(garbage: WindowsGarbage, qtbot: QtBot) -> None:
    died_in: list[threading.Thread] = []
    garbage.start()
    Cycle(died_in)
    qtbot.waitUntil(lambda: bool(died_in), timeout=5000)


def test_windows_share_it(garbage: WindowsGarbage) -> None:
    other = WindowsGarbage()
    garbage.start()
    garbage.start()
    other.start()
    garbage.stop()
    assert not gc.isenabled()
    other.stop()
    assert gc.isenabled()
