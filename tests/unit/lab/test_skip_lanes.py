"""The heights at which connections pass layers, with the layers set by hand."""

from __future__ import annotations

import pytest

from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.lab.layer_places import LayerPlace
from bpviz.lab.skip_lanes import find_lanes

SIZE = 20.0
# i feeds h and o; the way from i to o passes h. n stands aside.
SPEC = NetworkSpec(
    layers=(
        LayerSpec("i", 1),
        LayerSpec("h", 1, sources=("i",)),
        LayerSpec("n", 1, sources=("i",)),
        LayerSpec("o", 1, sources=("i", "h", "n")),
    )
)


def place(index: int, x: float, y: float) -> LayerPlace:
    return LayerPlace(index, index, x, y - 40, SIZE, 30.0, (0,), (y,), labelled=False)


def passing_height(h_x: float, n_x: float, n_y: float) -> float:
    """At which height the connection from i, at 0, to o, at 400, passes h."""
    places = [place(0, 0, 100), place(1, h_x, 100), place(2, n_x, n_y), place(3, 400, 100)]
    return float(find_lanes(SPEC, places, 400.0)["o", "i"].ys[0, 0])


@pytest.mark.parametrize(("h_x", "n_x"), [(32, 6), (368, 394)])
def test_what_stands_beside_an_end_is_not_gone_round(h_x: float, n_x: float) -> None:
    """Lanes begin a little before what they pass; n reaches into that little, but not to h."""
    alone = passing_height(h_x, 1000, 100)
    assert alone > 100 + SIZE / 2
    # The connection between n and the other end passes h there too.
    assert abs(passing_height(h_x, n_x, alone) - alone) <= 5


@pytest.mark.parametrize("n_x", [200, 190, 210])
def test_what_stands_where_a_lane_would_be_is_gone_round(n_x: float) -> None:
    alone = passing_height(200, 1000, 100)
    assert abs(passing_height(200, n_x, alone) - alone) > SIZE / 2
