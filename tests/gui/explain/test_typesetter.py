"""LaTeX to pictures: what is typeset when, how it sits on the baseline, and what cannot be read."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import numpy as np
import pytest
from PySide6.QtGui import QImage

from bpviz.gui.explain.typesetter import Recent, Typesetter
from tests.gui.gate import Gate

COLOR = "#7a4fe0"


@pytest.fixture
def held(qtbot):
    gate = Gate(is_open=False)
    made = Typesetter(yield_to=gate)
    made.gate = gate
    yield made
    gate.open()
    made.shut()


def typeset(typesetter, latex, size=20, color=COLOR, ratio=1.0):
    typesetter.ask(latex, size, color, ratio)
    typesetter.finish()
    return typesetter.ask(latex, size, color, ratio)


def alpha(term) -> np.ndarray:
    """How much ink there is, by device pixel."""
    image = term.pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return (rows >> 24).astype(int)


def test_a_term_is_ready_after_a_while(qtbot, typesetter):
    with qtbot.waitSignal(typesetter.ready, timeout=10_000):
        assert typesetter.ask("w_5", 20, COLOR) is None
    assert typesetter.ask("w_5", 20, COLOR) is not None


def test_no_term_is_typeset_twice(typesetter):
    first = typeset(typesetter, r"\frac{\partial E}{\partial w_5}")
    again = typeset(typesetter, r"\frac{\partial E}{\partial w_5}")
    assert again is first
    assert typesetter.typeset == 1


def test_another_colour_needs_no_typesetting(typesetter):
    typeset(typesetter, "w_5")
    other = typesetter.ask("w_5", 20, "#0f766e")
    assert other is not None
    assert typesetter.typeset == 1
    image = other.pixmap.toImage()
    inked = [
        image.pixelColor(x, y).name()
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert set(inked) == {"#0f766e"}


def test_sizes_are_typeset_by_themselves(typesetter):
    small, large = typeset(typesetter, "w_5", 16), typeset(typesetter, "w_5", 32)
    assert typesetter.typeset == 2
    assert large.width == pytest.approx(2 * small.width, abs=2)


def test_a_letter_stands_on_the_baseline(typesetter):
    term = typeset(typesetter, r"\mathrm{x}", 40)
    dark = np.flatnonzero((alpha(term) > 128).any(axis=1))
    assert abs(dark[-1] + 1 - term.ascent) <= 1
    # Half of a p hangs below.
    assert typeset(typesetter, r"\mathrm{p}", 40).descent > 6


def test_the_bar_of_a_fraction_is_at_the_height_of_a_minus(typesetter):
    def bar(term):
        """How far above the baseline the fullest row is."""
        return term.ascent - alpha(term).sum(axis=1).argmax()

    fraction = typeset(typesetter, r"\frac{a}{b}", 40)
    assert abs(bar(fraction) - bar(typeset(typesetter, "-", 40))) <= 2
    assert fraction.descent > 10


def test_a_term_has_no_empty_columns(typesetter):
    ink = alpha(typeset(typesetter, "="))
    assert ink[:, 0].any()
    assert ink[:, -1].any()


def test_fine_screens_get_more_pixels_and_whole_ones(typesetter):
    coarse = typeset(typesetter, r"\frac{a}{b}")
    fine = typeset(typesetter, r"\frac{a}{b}", ratio=1.5)
    assert fine.pixmap.devicePixelRatio() == 1.5
    assert fine.width == pytest.approx(coarse.width, abs=2)
    assert (fine.ascent * 1.5).is_integer()
    assert fine.pixmap.height() == (fine.ascent + fine.descent) * 1.5


@pytest.mark.parametrize("latex", [r"\frac{a", "", "{", r"\ "])
def test_what_cannot_be_read_is_said_once_and_never_ready(typesetter, caplog, latex):
    with caplog.at_level(logging.WARNING, "bpviz"):
        assert typeset(typesetter, latex) is None
        assert typeset(typesetter, latex, size=16) is None
        assert typeset(typesetter, latex) is None
    assert len(caplog.records) == 1
    assert typesetter.typeset == 2
    assert typeset(typesetter, "w_5") is not None


def test_while_its_numbers_are_typeset_the_earlier_ones_are_shown(held):
    held.ask(r"\frac{0.25}{y_1}", 20, COLOR)
    held.gate.open()
    held.finish()
    earlier = held.ask(r"\frac{0.25}{y_1}", 20, COLOR)
    assert earlier is not None
    held.gate.shut()
    assert held.ask(r"\frac{0.50}{y_1}", 20, COLOR) is earlier
    held.gate.open()
    held.finish()
    assert held.ask(r"\frac{0.50}{y_1}", 20, COLOR) is not earlier


def test_where_numbers_do_not_run_no_earlier_ones_are_shown(held):
    held.keeps_earlier = False
    held.ask(r"\frac{0.25}{y_1}", 20, COLOR)
    held.gate.open()
    held.finish()
    held.gate.shut()
    assert held.ask(r"\frac{0.50}{y_1}", 20, COLOR) is None
    held.gate.open()
    held.finish()
    assert held.ask(r"\frac{0.50}{y_1}", 20, COLOR) is not None


def test_another_name_is_not_shown_as_an_earlier_one(typesetter):
    typeset(typesetter, "w_1")
    assert typesetter.ask("w_2", 20, COLOR) is None


def test_a_newer_moment_replaces_one_that_waits(held):
    held.ask("w_1", 20, COLOR)
    assert held.gate.reached.wait(10)
    for k in range(10):
        held.ask(rf"\frac{{0.{k}}}{{2}}", 20, COLOR)
    held.gate.open()
    held.finish()
    assert held.typeset == 2
    assert held.ask(r"\frac{0.9}{2}", 20, COLOR) is not None


def test_it_gives_way_before_each_term(qtbot):
    turns = []
    made = Typesetter(yield_to=lambda: turns.append(threading.current_thread()))
    typeset(made, "a")
    typeset(made, "b")
    made.shut()
    assert len(turns) == 2
    assert threading.main_thread() not in turns


def test_the_thread_ends_and_stays_ended(held):
    held.ask("a", 20, COLOR)
    assert held.gate.reached.wait(10)
    held.ask("b", 20, COLOR)
    held.gate.open()
    held.shut()
    assert held.ask("c", 20, COLOR) is None
    held.finish()
    held.shut()
    assert held.typeset <= 1


def test_without_a_question_there_is_no_thread(qtbot):
    made = Typesetter()
    made.finish()
    made.shut()
    assert made.typeset == 0


def test_when_its_thread_fails_text_remains(qtbot, caplog):
    def fail() -> None:
        raise RuntimeError("no turn")

    made = Typesetter(yield_to=fail)
    with caplog.at_level(logging.ERROR, "bpviz"):
        assert made.ask("a", 20, COLOR) is None
        made.finish()
    assert made.ask("a", 20, COLOR) is None
    made.shut()
    assert "typesetter stopped" in caplog.text


def test_the_longest_unused_is_forgotten():
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert recent.get("b") is None
    assert recent.get("a") == 1
    assert len(recent) == 2


def test_what_typesets_is_not_imported_at_the_start():
    code = (
        "import sys, bpviz.gui.explain.formula_view;"
        "print('ziamath' in sys.modules, 'PySide6.QtSvg' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"]
