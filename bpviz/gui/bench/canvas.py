"""How long the network takes to be painted anew, when every edge changes its colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtGui import QImage, QPainter

from bpviz.engine.spec import stack
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.bench.stage import open_window, shows_present, turn, wait_until
from bpviz.gui.main_window import MainWindow
from bpviz.lab.bench.measuring import Measurement, rate
from bpviz.lab.bench.program import SECONDS, as_program

# 999 connections and 9,864, and the milliseconds that they may take. In windows tall enough for
# all units of a layer to be shown, so that all connections are in view.
NETWORKS = (
    ("1,000", (2, 24, 24, 15, 1), (1440, 1200), 8.0),
    ("10,000", (2, *18 * (24,), 1), (1920, 1200), 16.0),
)


def measure_canvas(seconds: float = SECONDS) -> Iterator[Measurement]:
    """Repaint networks of 1,000 and of 10,000 connections."""
    for count, units, size, most in NETWORKS:
        experiment = replace(gallery_experiment("playground"), name="bench", network=stack(*units))
        with open_window(experiment, size) as window:
            window.bottom.dismiss()
            turn(0.5)
            wait_until(lambda: shows_present(window))
            took = repaint(window, 0.4 * seconds)
            yield Measurement(
                f"repaint of {count} connections", took, "ms", at_most=most, note=_shown(window)
            )


def repaint(window: MainWindow, seconds: float) -> float:
    """Milliseconds to paint a new snapshot."""
    canvas = window.canvas.network
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    return 1e3 / rate(lambda: paint_anew(window, image), seconds)


def paint_anew(window: MainWindow, image: QImage) -> None:
    """Paint the network into an image, every edge in another colour than the last time.

    Edges that look the same are not painted again.
    """
    session, canvas = window.session, window.canvas.network
    assert session.snapshot is not None
    session.snapshot = replace(session.snapshot, theta=-session.snapshot.theta)
    painter = QPainter(image)
    canvas.render(painter, canvas.rect().topLeft())
    painter.end()


def _shown(window: MainWindow) -> str:
    picture = window.canvas.network.picture
    assert picture is not None
    placed = len(picture.scene.index)
    drawn = sum(picture.edges.drawn.values())
    return f"{placed:,} have a place there, {drawn:,} are strong enough to be drawn"


if __name__ == "__main__":
    as_program(measure_canvas)
