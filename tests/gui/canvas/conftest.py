"""A canvas on a laboratory without threads: `pump` does what the threads would do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bpviz.engine.spec import NetworkSpec, ParameterId, stack
from bpviz.experiments.experiment import Experiment
from bpviz.gui.canvas.network_view import NetworkView
from bpviz.gui.canvas.ports import port_of
from bpviz.gui.canvas.view import CAPTION_KEY, CanvasView
from bpviz.gui.session import Session
from bpviz.lab.edge_routes import control_points
from bpviz.lab.edits import Edit
from bpviz.lab.evaluator import evaluate
from bpviz.lab.graph_layout import lay_out
from bpviz.lab.laboratory import Laboratory

SIZE = (840, 560)


class Bench:
    """A canvas, its session, and the edits that were issued."""

    def __init__(self, network: NetworkSpec | Experiment) -> None:
        if isinstance(network, NetworkSpec):
            network = Experiment(network=network)
        self.laboratory = Laboratory(network)
        self.session = Session(self.laboratory)
        self.edits: list[tuple[Edit, str]] = []
        self.said: list[str] = []
        self._apply = self.laboratory.apply
        self.laboratory.apply = self._record  # type: ignore[method-assign]
        self.session.said.connect(lambda text, _error: self.said.append(text))
        self.pump()
        self.view = CanvasView(self.session)

    def _record(self, edit: Edit, merge: str = "") -> None:
        self.edits.append((edit, merge))
        self._apply(edit, merge)

    @property
    def network(self) -> NetworkView:
        return self.view.network

    def pump(self, evaluation: bool = True) -> None:
        """Bring session and views up to date."""
        runner = self.laboratory.runner
        self.laboratory.pause()
        runner.work()
        snapshot = runner.mailbox.take()
        assert snapshot is not None
        self.session.snapshot = snapshot
        self.session.snapshot_changed.emit()
        if evaluation:
            self.session.evaluation = evaluate(snapshot, self.session.request)
            self.session.evaluation_changed.emit()

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            self.laboratory.step("epoch")
            self.laboratory.runner.work()
            while self.laboratory.runner.is_running:
                self.laboratory.runner.work()
        self.pump()

    def edge_point(self, layer: str, unit: int, source: str, source_unit: int) -> QPointF:
        """The middle of an edge, by the layout's own numbers and the formula of a cubic."""
        snapshot = self.session.snapshot
        assert snapshot is not None
        area = self.network.size()
        layout = lay_out(snapshot.spec, area.width(), area.height())
        p = control_points(layout, layer, source)[unit, source_unit]
        t = 0.5
        weights = np.array([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
        x, y = weights @ p
        return QPointF(x, y)

    def drag(
        self, at: QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Take the pointer there with the left button held down."""
        self.move(at, Qt.MouseButton.LeftButton, modifiers)

    def press(self, at: QPointF) -> None:
        QTest.mousePress(self.network, Qt.MouseButton.LeftButton, pos=at.toPoint())

    def release(
        self, at: QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.mouseRelease(self.network, Qt.MouseButton.LeftButton, modifiers, at.toPoint())

    def unit(self, layer: str, unit: int) -> QPointF:
        """The middle of a unit, by its lasting id."""
        at = self.view.point_of_unit(layer, unit)
        assert at is not None
        return at

    def take_port(self, layer: str, unit: int) -> QPointF:
        """Rest on a unit, and take hold of the dot that appears; where that is."""
        at = self.unit(layer, unit)
        self.move(at)
        picture = self.network.current_picture()
        assert picture is not None
        port = port_of(picture.scene, picture.headers, self.network.hover)
        assert port is not None
        port = self.network.viewport_now.to_screen(port)
        # On the way there is nothing that would make it go away.
        for step in np.linspace(0.0, 1.0, 9):
            self.move(at + (port - at) * float(step))
        self.press(port)
        return port

    def move(
        self,
        at: QPointF,
        held: Qt.MouseButton = Qt.MouseButton.NoButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Put the pointer there."""
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            self.network.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            held,
            modifiers,
        )
        self.network.mouseMoveEvent(event)

    def click(self, at: QPointF) -> None:
        QTest.mouseClick(
            self.network,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            at.toPoint(),
        )

    def control(self, kind: str, layer: str) -> QPointF:
        """The middle of a control in a layer's header."""
        picture = self.network.current_picture()
        assert picture is not None
        rect = next(
            c.rect
            for c in picture.headers.controls
            if c.kind == kind and picture.spec.layers[c.layer].id == layer
        )
        return rect.center()

    def bias_point(self, layer: str, unit: int) -> QPointF:
        """The lower left corner of a unit, where its bias sits."""
        snapshot = self.session.snapshot
        assert snapshot is not None
        area = self.network.size()
        place = lay_out(snapshot.spec, area.width(), area.height()).place(layer)
        return QPointF(place.x - place.size / 2 - 1, place.ys[unit] + place.size / 2 + 1)

    def value(self, parameter: ParameterId) -> float:
        snapshot = self.session.snapshot
        assert snapshot is not None
        return float(snapshot.theta[snapshot.layout.index_of(parameter)])


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Bench]:
    """Open a canvas on a network."""

    def open_canvas(network: NetworkSpec | Experiment | None = None) -> Bench:
        QSettings().setValue(CAPTION_KEY, True)
        bench = Bench(network or stack(2, 6, 4, 1))
        qtbot.addWidget(bench.view)
        bench.view.resize(*SIZE)
        bench.view.show()
        qtbot.waitExposed(bench.view)
        return bench

    return open_canvas


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()
