"""Settings: one declaration, and its check, reader, writer and error sentence."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from bpviz.engine.settings import (
    Entry,
    Registry,
    SettingError,
    Settings,
    fields_of,
    from_dict,
    setting,
    to_dict,
)


@dataclass(frozen=True)
class Shape(Entry):
    pass


SHAPES: Registry[Shape] = Registry("shape")


@SHAPES.register
@dataclass(frozen=True)
class Circle(Shape):
    kind: ClassVar[str] = "circle"
    radius: float = setting(1.0, "Radius", above=0, at_most=9)


@SHAPES.register
@dataclass(frozen=True)
class Point(Shape):
    kind: ClassVar[str] = "point"


@dataclass(frozen=True)
class Pen(Settings):
    width: float = setting(0.5, "Pen width", "How wide", unit="mm", at_least=0, below=10)


@dataclass(frozen=True)
class Drawing(Settings):
    shape: Shape = setting(Point(), "Shape", registry=SHAPES)
    more: tuple[Shape, ...] = setting((), "More shapes", registry=SHAPES)
    copies: int = setting(1, "Copies", at_least=1)
    ink: Literal["black", "red"] = setting("black", "Ink")
    filled: bool = setting(False, "Filled")
    title: str | None = setting(None, "Title")
    sizes: tuple[int, ...] = setting((), "Sizes", at_least=0)
    pen: Pen = setting(Pen(), "Pen")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"shape": "square"}, "shape: shape must be one of circle, point; got 'square'"),
        ({"shape": 3}, "shape: shape must be one of circle, point; got 3"),
        ({"shape": {"radius": 2}}, "shape: shape needs a kind, one of circle, point"),
        (
            {"shape": {"kind": "circle", "radius": 0}},
            "shape.radius: radius must be above 0, got 0",
        ),
        (
            {"shape": {"kind": "circle", "radius": 10}},
            "shape.radius: radius must be at most 9, got 10",
        ),
        (
            {"shape": {"kind": "circle", "size": 1}},
            "shape.size: unknown key; expected one of radius",
        ),
        (
            {"shape": {"kind": "point", "size": 1}},
            "shape.size: unknown key; expected one of none",
        ),
        ({"more": "circle"}, "more: more shapes must be a list, got 'circle'"),
        ({"more": ["oval"]}, "more: shape must be one of circle, point; got 'oval'"),
        ({"copies": 0}, "copies: copies must be at least 1, got 0"),
        ({"copies": 1.5}, "copies: copies must be a whole number, got 1.5"),
        ({"copies": True}, "copies: copies must be a whole number, got True"),
        ({"copies": float("nan")}, "copies: copies must be a whole number, got nan"),
        ({"copies": float("inf")}, "copies: copies must be a whole number, got inf"),
        (
            {"copies": 2**63},
            f"copies: copies must be a whole number of at most 64 bits, got {2**63}",
        ),
        ({"ink": "blue"}, "ink: ink must be one of black, red; got 'blue'"),
        ({"filled": 1}, "filled: filled must be true or false, got 1"),
        ({"title": 4}, "title: title must be a text, got 4"),
        ({"sizes": [1, -1]}, "sizes: sizes must be at least 0, got -1"),
        ({"sizes": 3}, "sizes: sizes must be a list, got 3"),
        ({"pen": 3}, "pen: pen must be a Pen, got 3"),
        ({"pen": {"width": 10}}, "pen.width: pen width must be below 10, got 10"),
        ({"pen": {"width": "thin"}}, "pen.width: pen width must be a number, got 'thin'"),
        ({"pen": {"width": 1e400}}, "pen.width: pen width must be a finite number, got inf"),
        ({"pen": {"colour": 1}}, "pen.colour: unknown key; expected one of width"),
        ({"colour": 1}, "colour: unknown key; expected one of " + ", ".join(fields_of(Drawing))),
    ],
)
def test_one_sentence_says_what_is_wrong(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        from_dict(Drawing, values)
    assert str(caught.value) == sentence
    assert caught.value.key == sentence.split(":", maxsplit=1)[0]


def test_a_number_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(SettingError, match="must be a finite number"):
        Pen(10**400)


def test_values_take_their_declared_type() -> None:
    drawing = Drawing(copies=np.int64(3), sizes=[2.0, np.int32(4)], pen=Pen(np.float32(0.5)))
    assert drawing == Drawing(copies=3, sizes=(2, 4), pen=Pen(0.5))
    assert [type(v) for v in (drawing.copies, *drawing.sizes, drawing.pen.width)] == [
        int,
        int,
        int,
        float,
    ]
    assert type(Pen(1).width) is float
    assert Drawing(copies=1e3).copies == 1000


def test_an_entry_may_be_given_by_name_by_table_or_itself() -> None:
    assert Drawing(shape="circle").shape == Circle()
    assert Drawing(shape={"kind": "circle", "radius": 2}).shape == Circle(2.0)
    assert Drawing(shape=Circle(3.0)).shape == Circle(3.0)
    assert Drawing(more=["point", {"kind": "circle", "radius": 4}]).more == (Point(), Circle(4.0))


def test_to_dict_holds_what_differs_from_the_defaults() -> None:
    assert to_dict(Drawing()) == {}
    drawing = Drawing(Circle(2.0), (Point(), Circle(3.0)), 2, "red", True, "two", (1, 2), Pen(0.25))
    table = {
        "shape": {"kind": "circle", "radius": 2.0},
        "more": ["point", {"kind": "circle", "radius": 3.0}],
        "copies": 2,
        "ink": "red",
        "filled": True,
        "title": "two",
        "sizes": [1, 2],
        "pen": {"width": 0.25},
    }
    assert to_dict(drawing) == table
    assert from_dict(Drawing, table) == drawing


def test_fields_tell_widgets_all_they_need() -> None:
    fields = fields_of(Drawing)
    assert fields["ink"].choices == ("black", "red")
    assert fields["shape"].choices == ("circle", "point")
    assert fields["copies"].choices == ()
    width = fields_of(Pen)["width"]
    assert (width.default, width.setting.label, width.setting.unit) == (0.5, "Pen width", "mm")


def test_a_registry_takes_a_kind_once() -> None:
    with pytest.raises(ValueError, match="two of shape 'point'"):
        SHAPES.register(Point)
    assert list(SHAPES) == ["circle", "point"]
    assert "circle" in SHAPES
    assert "oval" not in SHAPES


def test_a_foreign_entry_is_not_an_entry() -> None:
    @dataclass(frozen=True)
    class Oval(Entry):
        kind: ClassVar[str] = "circle"

    with pytest.raises(SettingError, match="must be one of circle, point"):
        SHAPES.make(Oval())
