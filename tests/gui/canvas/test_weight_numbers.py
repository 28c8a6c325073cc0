"""Numbers on the canvas: each can be read, and told whose it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from bpviz.engine.spec import ParameterId, stack
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.weight_numbers import Numbers, number_within
from bpviz.lab.edits import SetParameters
from tests.gui.canvas.conftest import Bench


def numbers_of(bench: Bench) -> Numbers:
    bench.session.show(numbers=True)
    picture = bench.network.current_picture()
    assert picture is not None
    assert picture.numbers is not None
    return picture.numbers


def touching(rects: list[QRectF]) -> bool:
    return any(a.intersects(b) for a, b in itertools.combinations(rects, 2))


@pytest.mark.parametrize("sizes", [(2, 1), (2, 3, 1), (2, 6, 1), (2, 6, 4, 1), (2, 9, 1)])
def test_no_number_lies_on_another(make: Callable[..., Bench], sizes: tuple[int, ...]) -> None:
    bench = make(stack(*sizes))
    numbers = numbers_of(bench)
    units = [item.rect for item in numbers.scene.units]
    assert not touching([*numbers.plates.values(), *units])
    assert set(numbers.plates) | numbers.crowded == set(range(len(numbers.scene.index)))
    for item in numbers.scene.units:
        pointed = numbers.pointed(Hit("unit", item.layer, item.unit))
        assert not touching([*(numbers.plates | pointed).values(), *units])


def test_crowded_weights_are_printed_for_the_unit_that_is_pointed_at(
    make: Callable[..., Bench],
) -> None:
    bench = make(stack(2, 7, 5, 1))
    numbers = numbers_of(bench)
    assert numbers.crowded
    assert "point at a unit" in bench.network.caption()
    pointed = numbers.pointed(Hit("unit", 1, 3))
    ends = [numbers.scene.theta.id_of(int(numbers.scene.index[edge])) for edge in pointed]
    assert pointed
    assert all(3 in (p.unit, p.source_unit) for p in ends)
    edge = min(numbers.crowded)
    assert list(numbers.pointed(Hit("edge", index=0, edge=edge))) == [edge]
    assert numbers.pointed(None) == {}


def test_no_figure_is_wider_than_its_unit(make: Callable[..., Bench]) -> None:
    bench = make(stack(2, 6, 4, 1))
    for value in (-250.0, 0.00037, -1.0):
        bench.session.apply(SetParameters({ParameterId("o", 0): value}))
        bench.pump()
        numbers = numbers_of(bench)
        evaluation = bench.session.evaluation
        assert evaluation is not None
        measure = QFontMetricsF(numbers._small)
        for item in numbers.scene.units:
            lines = numbers.unit_lines(item, evaluation)
            assert all(lines)
            assert max(map(measure.horizontalAdvance, lines)) <= item.rect.width() - 4


def test_a_number_gives_up_digits_rather_than_letters(make: Callable[..., Bench]) -> None:
    measure = QFontMetricsF(make().network.font())
    room = measure.horizontalAdvance
    assert number_within(-12.345, room("−12.35"), measure) == "−12.35"
    assert number_within(-12.345, room("−12.3"), measure) == "−12.3"
    assert number_within(-12.345, room("−12"), measure) == "−12"
    assert number_within(-12.345, room("−"), measure) == ""
