"""Very many dots as pixels."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from bpviz.gui.plots.raster import DotRaster, packed


def test_very_many_dots_are_all_drawn():
    raster = DotRaster(60, 40)
    random = np.random.default_rng(5)
    places = random.integers([3, 3], [57, 37], (500, 2)).astype(float)
    colors = packed((QColor("#ff0000"), QColor("#0000ff")))
    numbers = random.integers(0, 2, 500)
    raster.draw(places, colors[numbers], 1.5)
    image = raster.image()
    # Of dots at one place the last is seen; a dot drawn later may cover an earlier centre.
    last = {}
    for k, (x, y) in enumerate(places.astype(int).tolist()):
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                last[x + dx, y + dy] = k
    for (x, y), k in last.items():
        assert image.pixel(x, y) == int(colors[numbers[k]]), (x, y)
    assert image.pixelColor(0, 0).alpha() == 0


def test_dots_at_the_edge_are_cut():
    raster = DotRaster(5, 5)
    raster.draw(np.array([[0.0, 0.0], [-9.0, 2.0], [4.0, 7.0]]), packed((QColor("red"),) * 3), 1.5)
    assert raster.image().pixelColor(0, 0) == QColor("red")
    assert raster.image().pixelColor(4, 4).alpha() == 0


def test_a_dot_keeps_its_rim_on_other_dots():
    raster = DotRaster(20, 20)
    red, blue, white, black = (QColor(c) for c in ("red", "blue", "white", "black"))
    places = np.array([[8.0, 8.0], [8.0, 8.0], [10.0, 8.0]])
    raster.draw(places, packed((red, red, blue)), 2.0, packed((black, black, white)))
    image = raster.image()
    row = [image.pixelColor(x, 8).name() for x in range(6, 13)]
    names = [c.name() for c in (black, red, white, blue, blue, blue, white)]
    assert row == names
    assert image.pixelColor(5, 8).alpha() == 0


def test_discs_of_one_colour_make_one_area():
    places = np.random.default_rng(3).uniform(-6, 46, (400, 2))
    one, each = DotRaster(40, 30), DotRaster(40, 30)
    one.draw_below(places, QColor("green").rgba(), 5.5)
    each.draw(places, packed((QColor("green"),) * 400), 5.5)
    assert one.image() == each.image()
