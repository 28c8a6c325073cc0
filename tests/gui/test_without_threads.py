"""The bench that other tests work on goes with them."""

from __future__ import annotations

import gc
import weakref

from tests.gui.without_threads import Bench


def test_a_bench_goes_when_its_test_does(qtbot):
    bench = Bench()
    bench.session.said.emit("something", False)
    assert bench.said == ["something"]
    kept = weakref.ref(bench)
    session = weakref.ref(bench.session)
    del bench
    gc.collect()
    assert kept() is None
    assert session() is None
