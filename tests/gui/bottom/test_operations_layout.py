"""Places of the cards of an operation graph: in order, and never one over another."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.explain.moment import Moment
from bpviz.explain.operations import operation_graph
from bpviz.gui.bottom.operations_layout import arrange
from tests.properties import strategies
from tests.properties.strategies import samples_for, theta_for
from tests.unit.explain.moments import gallery_moment


@settings(max_examples=80)
@given(st.data())
def test_cards_stand_apart_and_values_run_right(drawn: st.DataObject) -> None:
    loss = drawn.draw(strategies.losses())
    spec = drawn.draw(strategies.networks(loss))
    training = drawn.draw(strategies.trainings(loss, spec))
    samples = samples_for(spec, loss, 1, drawn.draw(st.integers(1, 3))).train
    graph = operation_graph(Moment(spec, training, theta_for(spec, 1), samples))
    sizes = {x.id: (90.0 + 7 * (x.id % 5), 40.0 + 9 * (x.id % 4)) for x in graph.operations}
    places = arrange(graph, sizes)
    assert set(places.boxes) == {x.id for x in graph.operations}
    for a, b in combinations(places.boxes.values(), 2):
        beside = a.x + a.width <= b.x or b.x + b.width <= a.x
        assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y
    for box in places.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= places.width
        assert box.y + box.height <= places.height
    for operation in graph.operations:
        for source in operation.inputs:
            if source not in places.above and operation.id not in places.above:
                a, b = places.boxes[source], places.boxes[operation.id]
                assert a.x + a.width < b.x


def test_weights_stand_above_what_they_go_into() -> None:
    graph = operation_graph(gallery_moment("worked-2-2-2"))
    places = arrange(graph, {x.id: (100.0, 60.0) for x in graph.operations})
    for operation in graph.operations:
        if operation.leaf in ("weights", "bias", "targets"):
            below = places.boxes[graph.consumers[operation.id][0]]
            own = places.boxes[operation.id]
            assert own.x == below.x
            assert own.y + own.height < below.y
