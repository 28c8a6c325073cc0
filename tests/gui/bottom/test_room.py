"""Every tab in windows low and narrow, with large text, and below a lesson."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QToolButton, QWidget

from bpviz.gui.bottom.tabs import GRADIENT_CHECK, TABS, WATCH

SIZES = [(1024, 640, False), (1280, 720, False), (1280, 720, True)]
room = pytest.mark.parametrize(("width", "height", "presenter"), SIZES)


@pytest.fixture
def fitted(qtbot, open_window):
    """A window of this size; `settle` waits until its card has found its height."""

    def make(width, height, presenter):
        window = open_window("worked-2-2-2")
        window.resize(width, height)
        window.session.show(presenter=presenter)
        window.session.select(window.session.snapshot.layout.id_of(4))
        return window

    return make


def offered(window):
    """The tabs that the experiment has."""
    return [tab for tab in TABS if tab.offered(window.session.experiment)]


def settle(qtbot, window):
    seen = []

    def stands_still():
        parts = window.bottom.findChildren(QWidget)
        seen.append([part.geometry() for part in (window.canvas, window.bottom, *parts)])
        return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    qtbot.waitUntil(stands_still)


def bottom_of(window):
    return window.bottom.mapTo(window, window.bottom.rect().bottomLeft()).y()


def squeezed(page):
    """The visible parts that are lower than they can be; what scrolls within is another matter."""
    found = []
    for part in page.findChildren(QWidget):
        above = part.parentWidget()
        scrolls = isinstance(above, QAbstractScrollArea)
        if part.isVisible() and not scrolls and part.height() < part.minimumSizeHint().height():
            found.append((part.accessibleName() or type(part).__name__, part.height()))
    return found


def cut_off(controls):
    """The visible controls that reach beyond what holds them."""
    parts = controls.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    inside = controls.rect()
    return [
        p.accessibleName() for p in parts if p.isVisible() and not inside.contains(p.geometry())
    ]


@room
def test_nothing_is_squeezed(qtbot, fitted, width, height, presenter):
    window = fitted(width, height, presenter)
    for tab in offered(window):
        window.bottom.show_tab(tab.name)
        settle(qtbot, window)
        assert squeezed(window.bottom.page) == [], tab.name
    page = window.bottom.page
    assert cut_off(page.controls) == []
    page.compute()
    qtbot.waitUntil(lambda: page.landscape is not None and not page.running, timeout=20_000)
    settle(qtbot, window)
    assert squeezed(page) == []
    assert cut_off(page.controls) == []


@room
def test_no_tab_has_to_be_scrolled_to(qtbot, fitted, width, height, presenter):
    window = fitted(width, height, presenter)
    for tab in offered(window):
        window.bottom.show_tab(tab.name)
        settle(qtbot, window)
        buttons = window.bottom.tabs.findChildren(QToolButton)
        assert not any(button.isVisible() for button in buttons), tab.name


@room
def test_the_network_stays_where_it_is_from_tab_to_tab(qtbot, fitted, width, height, presenter):
    window = fitted(width, height, presenter)
    heights = set()
    for tab in offered(window):
        window.bottom.show_tab(tab.name)
        settle(qtbot, window)
        if tab.name != WATCH:
            heights.add(window.canvas.height())
    assert len(heights) == 1


@room
def test_a_lesson_leaves_room_for_the_card(qtbot, fitted, width, height, presenter):
    window = fitted(width, height, presenter)
    window.bottom.show_tab(GRADIENT_CHECK)
    settle(qtbot, window)
    before = window.bottom.height()
    window.lesson.start("six-stages")
    window.bottom.show_tab(GRADIENT_CHECK)
    qtbot.waitUntil(lambda: window.bottom.height() < before)
    settle(qtbot, window)
    assert bottom_of(window) < window.height()
    lesson_end = window.lesson.geometry().bottom()
    assert lesson_end < window.canvas.geometry().top()
    assert window.canvas.geometry().bottom() < window.bottom.geometry().top()
    window.lesson.leave()
    qtbot.waitUntil(lambda: window.bottom.height() == before)


def test_the_colours_are_not_explained_where_there_is_no_room(qtbot, fitted):
    window = fitted(1024, 640, False)
    window.bottom.show_tab(GRADIENT_CHECK)
    assert window.canvas.caption.isVisible()
    window.lesson.start("six-stages")
    window.bottom.show_tab(GRADIENT_CHECK)
    qtbot.waitUntil(lambda: not window.canvas.caption.isVisible())
    window.lesson.leave()
    qtbot.waitUntil(window.canvas.caption.isVisible)


def test_stepping_through_operations_stands_beside_the_tabs_or_below_them(qtbot, fitted):
    window = fitted(1440, 900, False)
    window.bottom.show_tab("Operations")
    settle(qtbot, window)
    page = window.bottom.page
    assert page.corner.isVisible()
    assert window.bottom.header.indexOf(page.corner) > 0
    window.resize(1024, 640)
    qtbot.waitUntil(lambda: page.isAncestorOf(page.corner))
    assert page.corner.isVisible()
    window.bottom.show_tab(WATCH)
    assert not page.corner.isVisible()
    window.resize(1440, 900)
    window.bottom.show_tab("Operations")
    qtbot.waitUntil(lambda: window.bottom.header.indexOf(page.corner) > 0)


def test_icons_grow_with_the_text(qtbot, fitted):
    window = fitted(1280, 720, False)
    window.bottom.show_tab("Operations")
    operations, stages = window.bottom.page, window.explain.stages
    small = operations.back.iconSize().width(), stages.next.iconSize().width()
    place = operations.place.minimumWidth()
    window.session.show(presenter=True)
    assert operations.back.iconSize().width() >= round(1.25 * small[0])
    assert stages.next.iconSize().width() >= round(1.25 * small[1])
    assert operations.place.minimumWidth() >= round(1.25 * place)
