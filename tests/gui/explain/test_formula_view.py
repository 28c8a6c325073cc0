"""Formulas on the screen: rows, digits, what is pointed at, opened, lit and live."""

from __future__ import annotations

import gc
import math
import weakref
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QToolTip, QVBoxLayout, QWidget

from bpviz.engine.spec import ParameterId
from bpviz.explain.factors import Factor
from bpviz.explain.terms import DOT, EQUALS, PLUS, TIMES, Line, Term, UnitRef, joined, number
from bpviz.gui.colors import blend
from bpviz.gui.explain.formula_layout import LARGE, SMALL
from bpviz.gui.explain.formula_view import FormulaView
from bpviz.gui.theme import DARK, LIGHT, ui_font

W5 = ParameterId("output", 0, "hidden", 0)
O1 = UnitRef("output", 0)
H1 = UnitRef("hidden", 0)


def symbol_of(factor: Factor) -> Term:
    return Term(
        factor.latex,
        factor.text,
        role=factor.role,
        units=factor.units,
        parameters=factor.parameters,
        factor=factor,
    )


def chain(*values: float) -> Line:
    """∂E/∂w5 = ∂E/∂out_o1 · ∂out_o1/∂net_o1 · ∂net_o1/∂w5 = numbers = product."""
    factors = (
        Factor(
            "∂E/∂out_o1",
            r"\frac{\partial E}{\partial out_{o1}}",
            values[0],
            "error",
            words="how the error changes with o1's output",
            units=(O1,),
        ),
        Factor(
            "∂out_o1/∂net_o1",
            r"\frac{\partial out_{o1}}{\partial net_{o1}}",
            values[1],
            "slope",
            words="the slope of the sigmoid",
            units=(O1,),
        ),
        Factor(
            "∂net_o1/∂w5",
            r"\frac{\partial net_{o1}}{\partial w_5}",
            values[2],
            "carried",
            words="what h1 sent",
            parameters=(W5,),
        ),
    )
    symbols = [symbol_of(factor) for factor in factors]
    numbers = [number(f.value, term) for f, term in zip(factors, symbols, strict=True)]
    return Line(
        (
            Term(r"\frac{\partial E}{\partial w_5}", "∂E/∂w5"),
            EQUALS,
            *joined(symbols, DOT),
            EQUALS,
            *joined(numbers, TIMES),
            EQUALS,
            number(math.prod(values), strong=True),
        )
    )


W5_LINE = (0.74136507, 0.186815602, 0.593269992)
FIRST, SECOND, THIRD = (0, 2), (0, 4), (0, 6)


@pytest.fixture
def view(qtbot, typesetter):
    QApplication.setFont(ui_font())
    made = FormulaView(typesetter, LIGHT)
    qtbot.addWidget(made)
    made.resize(1200, 300)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


@pytest.fixture
def w5(view, typesetter):
    view.show_lines([chain(*W5_LINE)])
    typesetter.finish()
    return view


def rows(view) -> list[list[str]]:
    """What stands in each row, from left to right."""
    found: dict[tuple[int, float], list[str]] = {}
    for piece in view.page().pieces:
        text = piece.text or piece.term.text
        found.setdefault((piece.line, piece.baseline), []).append(text)
    return list(found.values())


def middle(view, place) -> QPoint:
    return view._rect_of(place).center()


def hover(view, place) -> None:
    QTest.mouseMove(view, middle(view, place))
    QApplication.processEvents()


def product(view) -> str:
    return rows(view)[-1][-1]


# Rows and digits


def test_all_of_a_row_stands_on_one_baseline(w5):
    pieces = w5.page().pieces
    assert {piece.baseline for piece in pieces} == {pieces[0].baseline}
    assert float(pieces[0].baseline).is_integer()
    fraction = next(p for p in pieces if "frac" in p.term.latex)
    assert fraction.picture.descent > 5
    assert all(b.x > a.x + a.width for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("width", "text", "size"),
    [(1200, "0.082167041", LARGE), (730, "0.082167", LARGE), (600, "0.082167", SMALL)],
)
def test_numbers_have_as_many_digits_as_fit_in_one_row(w5, typesetter, width, text, size):
    """And no fewer than six while a smaller size keeps them there."""
    w5.resize(width, 300)
    assert w5.page().pieces
    typesetter.finish()
    assert len(rows(w5)) == 1
    assert product(w5) == text
    assert w5.page().pieces[0].size == size


def test_one_page_has_one_number_of_digits(view, typesetter):
    short = Line((Term("w", "w"), EQUALS, number(0.35891648)))
    view.show_lines([chain(*W5_LINE), short])
    typesetter.finish()
    assert product(view) == "0.358916480"
    view.resize(730, 300)
    assert product(view) == "0.358916"


def test_a_formula_higher_than_what_is_seen_is_set_smaller(w5, typesetter):
    w5.resize(400, 300)
    assert w5.page().pieces[0].size == LARGE
    w5.set_room(w5.page().first / 2)
    assert w5.page().pieces
    typesetter.finish()
    assert w5.page().pieces[0].size == SMALL
    w5.set_room(400)
    assert w5.page().pieces[0].size == LARGE


def test_beside_the_terms_the_tooltip_is_about_the_whole(w5, monkeypatch):
    told = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_: told.append(text))
    at = QPoint(w5.width() - 4, w5.height() - 4)
    QApplication.sendEvent(w5, QHelpEvent(QEvent.Type.ToolTip, at, w5.mapToGlobal(at)))
    assert told == [w5.toolTip()]
    assert "Click a factor" in told[0]


def test_a_formula_that_is_too_wide_goes_on_below_its_equals_sign(w5):
    w5.resize(500, 300)
    first, second = rows(w5)
    assert first[-1] == "∂net_o1/∂w5"
    assert second[0] == "="
    signs = [p for p in w5.page().pieces if p.term.text == "="]
    assert signs[0].x == signs[1].x
    assert signs[1].baseline > signs[0].baseline


def test_breaking_once_leaves_room_for_more_digits(w5):
    w5.resize(602, 300)
    assert len(rows(w5)) == 2
    assert product(w5) == "0.082167041"


def test_a_long_sum_is_broken_before_its_signs_in_rows_alike(view, typesetter):
    terms = [Term(rf"\mathrm{{m}}_{k}", f"m{k}") for k in range(1, 10)]
    view.show_lines([Line((Term("s", "s"), EQUALS, *joined(terms, PLUS)))])
    typesetter.finish()
    # In the smaller size, all but the last term would fit.
    view.resize(round(view.page().width * SMALL / LARGE), 300)
    assert view.page().pieces
    typesetter.finish()
    broken = rows(view)
    assert len(broken) == 2
    assert broken[1][0] == "+"
    assert len(broken[1]) >= 6


def test_a_negative_number_after_a_sign_has_brackets(view):
    terms = [number(-0.5), number(-0.25)]
    view.show_lines([Line((*joined(terms, PLUS), EQUALS, number(-0.75)))])
    assert rows(view) == [["−0.5", "+", "(−0.25)", "=", "−0.75"]]


def test_a_line_that_begins_with_equals_goes_on_where_the_last_one_did(view, typesetter):
    view.show_lines([chain(*W5_LINE), Line((EQUALS, number(0.0821, strong=True)))])
    typesetter.finish()
    signs = [p for p in view.page().pieces if p.term.text == "="]
    assert signs[-1].x == signs[0].x
    assert signs[-1].line == 1
    assert signs[-1].size == signs[0].size


def test_lines_without_fractions_are_smaller_and_quiet_ones_grey(view, typesetter):
    plain = Line((Term("w", "w"), EQUALS, number(0.3589, strong=True)))
    view.show_lines([chain(*W5_LINE), plain, plain], quiet=[2])
    typesetter.finish()
    first = {p.line: p for p in reversed(view.page().pieces)}
    assert first[0].size > first[1].size == first[2].size
    assert (first[1].color, first[2].color) == (LIGHT.text, LIGHT.secondary)
    result = view.page().pieces[-1]
    assert (result.line, result.color) == (2, LIGHT.text)


def test_sentences_wrap_at_spaces_and_keep_their_colours(view):
    line = Line(
        (
            Term(text="How fast the error changes with this weight:"),
            Term(text="how the error changes with the output", role="error"),
            Term(text=", times"),
            Term(text="what was sent.", role="carried"),
        )
    )
    view.resize(260, 300)
    view.show_lines([line, Line(words="A plain sentence with some words to wrap at the border.")])
    pieces = view.page().pieces
    assert len(rows(view)) > 3
    assert max(p.x + p.width for p in pieces) <= 252
    colors = {p.text: p.color for p in pieces if p.line == 0}
    assert colors["weight:"] == LIGHT.secondary
    assert colors["output"] == LIGHT.violet
    assert colors["sent."] == LIGHT.magenta
    comma = next(k for k, p in enumerate(pieces) if p.text == ",")
    assert pieces[comma - 1].baseline == pieces[comma].baseline
    assert pieces[comma].x - (pieces[comma - 1].x + pieces[comma - 1].width) < 2
    assert {p.color for p in pieces if p.line == 1} == {LIGHT.secondary}


@pytest.mark.parametrize("width", [1, 40, 161, 333])
def test_nothing_is_lost_however_narrow(w5, width):
    w5.resize(width, 300)
    assert sum(len(row) for row in rows(w5)) == len(w5.page().pieces) == 15
    w5.grab()


def test_a_hidden_view_is_set_for_its_new_width(qtbot, typesetter):
    hidden = FormulaView(typesetter, LIGHT)
    qtbot.addWidget(hidden)
    hidden.show_lines([chain(*W5_LINE)])
    hidden.resize(1200, 300)
    low = hidden.heightForWidth(1200)
    hidden.resize(300, 300)
    assert hidden.heightForWidth(300) > low


def test_the_words_of_a_line_with_terms_are_its_plain_text(view):
    terms = (Term(text="the slope", role="slope"), Term(text="of tanh"))
    view.show_lines([Line(terms, words="the slope of tanh")])
    pieces = view.page().pieces
    assert [p.text for p in pieces] == ["the", "slope", "of", "tanh"]
    assert pieces[0].color == LIGHT.accent


def test_no_lines_take_no_room(view):
    view.show_lines([])
    assert view.heightForWidth(400) < 16
    view.show_lines([Line()])
    view.grab()


def test_height_follows_width(w5):
    assert w5.heightForWidth(400) > w5.heightForWidth(1200)
    assert w5.sizeHint().height() == w5.heightForWidth(w5.width())


# Live


def test_until_it_is_typeset_a_term_is_shown_as_text(view, typesetter):
    view.show_lines([chain(*W5_LINE)])
    kinds = {p.kind for p in view.page().pieces if p.term.number is None}
    assert kinds == {"words"}
    before = view.page().height
    typesetter.finish()
    kinds = {p.kind for p in view.page().pieces if p.term.number is None}
    assert kinds == {"picture"}
    assert view.page().height > before


def test_the_view_redraws_by_itself_when_terms_are_ready(qtbot, view):
    view.show_lines([Line((Term("w_5", "w5"),))])
    qtbot.waitUntil(lambda: view.page().pieces[0].picture is not None, timeout=10_000)


def test_numbers_change_without_typesetting(w5, typesetter):
    before = typesetter.typeset
    picture = w5.grab().toImage()
    for k in range(1, 20):
        w5.show_lines([chain(0.7 + k / 100, 0.18, -0.5)])
    typesetter.finish()
    assert typesetter.typeset == before
    assert product(w5).startswith("−0.08")
    assert w5.grab().toImage() != picture


def test_a_calculation_with_numbers_is_not_typeset_either(view, typesetter):
    def line(out: float) -> Line:
        return Line((Term("d", "d"), EQUALS, Term(f"-(0.01-{out:.9f})", f"−(0.01 − {out:.9f})")))

    view.show_lines([line(0.75136507)])
    typesetter.finish()
    before = typesetter.typeset
    view.show_lines([line(0.5)])
    typesetter.finish()
    assert typesetter.typeset == before
    assert rows(view)[0][-1] == "−(0.01 − 0.5)"


def test_unreadable_latex_stays_text(view, typesetter):
    view.show_lines([Line((Term(r"\frac{a", "a over b"),))])
    typesetter.finish()
    piece = view.page().pieces[0]
    assert (piece.kind, piece.text) == ("words", "a over b")
    view.grab()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, 1e300, -1e-300])
def test_any_number_can_be_shown(view, value):
    view.show_lines([Line((number(value),))])
    view.grab()
    assert view.page().width > 0


# Pointing


def test_hovering_tells_the_term_and_then_none(qtbot, w5):
    told: list[Term | None] = []
    w5.term_hovered.connect(told.append)
    hover(w5, FIRST)
    assert told[-1].text == "∂E/∂out_o1"
    assert w5.cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(w5, (0, 3))
    assert told[-1] is None
    assert w5.cursor().shape() == Qt.CursorShape.ArrowCursor
    hover(w5, (0, 8))
    assert told[-1].number == W5_LINE[0]
    QApplication.sendEvent(w5, QEvent(QEvent.Type.Leave))
    assert told[-1] is None
    assert len(told) == 4


def test_new_numbers_under_the_mouse_are_not_told_again(w5):
    hover(w5, FIRST)
    told: list[Term | None] = []
    w5.term_hovered.connect(told.append)
    w5.show_lines([chain(0.75, 0.18, 0.59)])
    assert told == []
    w5.show_lines([])
    assert told == [None]


def test_what_has_no_factor_and_speaks_of_nothing_is_not_told(w5):
    told: list[Term | None] = []
    w5.term_hovered.connect(told.append)
    hover(w5, (0, 0))
    assert told == []


def test_a_click_on_a_term_with_a_factor_is_told_with_its_newest_numbers(w5):
    clicked: list[Term] = []
    w5.term_clicked.connect(clicked.append)
    w5.show_lines([chain(0.75, 0.18, 0.59)])
    QTest.mouseClick(w5, Qt.MouseButton.LeftButton, pos=middle(w5, FIRST))
    assert [term.factor.value for term in clicked] == [0.75]
    QTest.mouseClick(w5, Qt.MouseButton.LeftButton, pos=middle(w5, (0, 1)))
    QTest.mousePress(w5, Qt.MouseButton.LeftButton, pos=middle(w5, FIRST))
    QTest.mouseRelease(w5, Qt.MouseButton.LeftButton, pos=middle(w5, SECOND))
    assert len(clicked) == 1


def test_opening_is_left_to_who_listens(view):
    opened: list[bool] = []
    factor = Factor("f", "f", 1.0, opened=lambda: opened.append(True))
    view.show_lines([Line((symbol_of(factor),))])
    hover(view, (0, 0))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, (0, 0)))
    assert opened == []


def test_the_tooltip_has_words_and_the_exact_value(w5):
    place = middle(w5, (0, 8))
    QApplication.sendEvent(w5, QHelpEvent(QEvent.Type.ToolTip, place, w5.mapToGlobal(place)))
    assert QToolTip.text().splitlines() == [
        "how the error changes with o1's output",
        "∂E/∂out_o1 = 0.74136507",
    ]
    place = middle(w5, (0, 1))
    QApplication.sendEvent(w5, QHelpEvent(QEvent.Type.ToolTip, place, w5.mapToGlobal(place)))
    QToolTip.hideText()


def behind(view, place) -> QColor:
    """The colour behind a term, near its left border."""
    rect = view._rect_of(place)
    return view.grab().toImage().pixelColor(rect.left() + 2, rect.center().y())


def test_terms_that_speak_of_something_are_lit_in_their_colour(w5):
    w5.setStyleSheet(f"background: {LIGHT.card}")
    plain = behind(w5, THIRD)
    w5.highlight(W5)
    lit = behind(w5, THIRD)
    assert lit != plain
    assert lit.name() == blend(LIGHT.card, LIGHT.magenta, 0.18).name()
    assert behind(w5, (0, 12)) == lit
    assert behind(w5, FIRST) == plain
    w5.highlight([O1, H1])
    assert behind(w5, FIRST).name() == blend(LIGHT.card, LIGHT.violet, 0.18).name()
    assert behind(w5, THIRD) == plain
    w5.highlight(None)
    assert behind(w5, FIRST) == plain


# Keys


def test_keys_go_from_term_to_term_and_open_one(w5):
    w5.clearFocus()
    w5.setFocus(Qt.FocusReason.TabFocusReason)
    told: list[Term | None] = []
    clicked: list[Term] = []
    w5.term_hovered.connect(told.append)
    w5.term_clicked.connect(clicked.append)
    assert w5._ring.place == FIRST
    QTest.keyClick(w5, Qt.Key.Key_Right)
    assert told[-1].text == "∂out_o1/∂net_o1"
    QTest.keyClick(w5, Qt.Key.Key_Return)
    assert clicked[0].text == "∂out_o1/∂net_o1"
    QTest.keyClick(w5, Qt.Key.Key_End)
    assert w5._ring.place == (0, 12)
    QTest.keyClick(w5, Qt.Key.Key_Right)
    assert w5._ring.place == (0, 12)
    QTest.keyClick(w5, Qt.Key.Key_Home)
    QTest.keyClick(w5, Qt.Key.Key_Left)
    assert w5._ring.place == FIRST
    w5.clearFocus()
    assert told[-1] is None


def test_tab_passes_through_the_terms_and_on(qtbot, typesetter):
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    before, formula, after = QLineEdit(host), FormulaView(typesetter, LIGHT, host), QLineEdit(host)
    for widget in (before, formula, after):
        column.addWidget(widget)
    formula.show_lines([chain(*W5_LINE)])
    host.show()
    with qtbot.waitActive(host):
        host.activateWindow()
    before.setFocus()
    places = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert formula.hasFocus()
        places.append(formula._ring.place)
    assert places == [FIRST, SECOND, THIRD, (0, 8), (0, 10), (0, 12)]
    QTest.keyClick(formula, Qt.Key.Key_Tab)
    assert after.hasFocus()
    QTest.keyClick(after, Qt.Key.Key_Backtab)
    assert formula.hasFocus()
    assert formula._ring.place == (0, 12)


def test_the_ring_is_drawn_and_stays_while_numbers_change(w5):
    w5.setFocus(Qt.FocusReason.OtherFocusReason)
    plain = w5.grab().toImage()
    QTest.keyClick(w5, Qt.Key.Key_Right)
    assert w5.grab().toImage() != plain
    w5.show_lines([chain(0.5, 0.5, 0.5)])
    assert w5._ring.place == FIRST
    w5.show_lines([Line(words="Nothing to open.")])
    assert w5._ring.place is None
    QTest.keyClick(w5, Qt.Key.Key_Right)
    QTest.keyClick(w5, Qt.Key.Key_Return)


def test_a_screen_reader_gets_the_line_and_the_term(w5):
    assert w5.accessibleName() == w5.text() == chain(*W5_LINE).text()
    w5.clearFocus()
    w5.setFocus(Qt.FocusReason.TabFocusReason)
    assert "how the error changes with o1's output" in w5.accessibleDescription()


def test_in_a_scroll_area_the_keys_bring_a_term_into_sight(qtbot, typesetter):
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    view = FormulaView(typesetter, LIGHT)
    area.setWidget(view)
    area.resize(700, 90)
    area.show()
    with qtbot.waitActive(area):
        area.activateWindow()
    view.show_lines([chain(*W5_LINE)] * 5)
    typesetter.finish()
    qtbot.waitUntil(lambda: view.height() > 200)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert area.verticalScrollBar().value() < 30
    QTest.keyClick(view, Qt.Key.Key_End)
    shown = view.visibleRegion().boundingRect()
    assert shown.contains(view._rect_of((4, 12)))


# Looks


def test_a_view_goes_without_the_garbage_collector(qtbot, typesetter):
    view = FormulaView(typesetter, LIGHT)
    view.show_lines([chain(*W5_LINE)])
    view.resize(500, 300)
    view.grab()
    gone = weakref.ref(view)
    typesetter.finish()
    gc.disable()
    try:
        del view
        assert gone() is None
    finally:
        gc.enable()


def test_another_theme_needs_no_typesetting(w5, typesetter):
    before = typesetter.typeset
    w5.set_theme(DARK)
    typesetter.finish()
    assert typesetter.typeset == before
    colors = {(p.line, p.index): p.color for p in w5.page().pieces}
    assert colors[FIRST] == DARK.violet
    assert colors[SECOND] == DARK.accent
    assert colors[THIRD] == DARK.magenta
    assert all(p.picture is not None for p in w5.page().pieces if p.term.latex)


def test_a_projector_gets_larger_formulas(w5, typesetter):
    height = w5.page().height
    w5.setFont(ui_font(1.5))
    typesetter.finish()
    assert w5.page().height == pytest.approx(1.5 * height, rel=0.1)


def test_only_the_mouse_moving_over_a_term_draws_it(w5):
    plain = w5.grab().toImage()
    w5._moved(QPointF(middle(w5, FIRST)))
    assert w5.grab().toImage() != plain
    w5._moved(None)
    assert w5.grab().toImage() == plain
