"""How long the network takes to be painted, when every edge changes its colour each time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage
from pytest_benchmark.fixture import BenchmarkFixture

from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bench.canvas import NETWORKS, paint_anew
from bpviz.gui.bench.stage import open_window, shows_present, turn, wait_until


@pytest.mark.parametrize(("units", "size"), [row[1:3] for row in NETWORKS], ids=["1,000", "10,000"])
def test_paint(
    benchmark: BenchmarkFixture, qapp: object, units: tuple[int, ...], size: tuple[int, int]
) -> None:
    experiment = replace(gallery_experiment("playground"), name="bench", network=stack(*units))
    with open_window(experiment, size) as window:
        window.bottom.dismiss()
        turn(0.5)
        wait_until(lambda: shows_present(window))
        image = QImage(window.canvas.network.size(), QImage.Format.Format_RGB32)
        benchmark(lambda: paint_anew(window, image))
