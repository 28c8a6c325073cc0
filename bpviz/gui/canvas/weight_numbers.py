"""Numbers on the canvas: weights beside their edges, net inputs and outputs in their units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from bpviz.gui.canvas.courses import along
from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.scale import in_two_digits
from bpviz.gui.canvas.scene import Scene, UnitItem
from bpviz.gui.theme import CAPTION, Theme
from bpviz.lab.evaluation import Evaluation

Array = np.ndarray[Any, Any]

# More numbers than these cannot be read.
MOST_EDGES = 60
UNIT_SIZE = 58.0

# Courses have more points towards their ends: 0.35 of the points is a quarter of the way.
_TRIES = np.linspace(0.22, 0.78, 29)
_LIKED = 0.36
# Courses as points, close enough together that none slips through a plate.
_FINE = np.linspace(0.0, 1.0, 81)
# Where more foreign edges than this run through a plate on average, nobody can tell whose it is.
_MOST_FOREIGN = 1.0
_LINE = 12.0


class Numbers:
    """Where the numbers of a scene stand, and how they are painted.

    `plates` holds the place of each edge's number. Edges of blocks that are too crowded for that
    are in `crowded`: their numbers are shown for what is pointed at.
    """

    def __init__(self, scene: Scene, font: QFont) -> None:
        self.scene = scene
        self._font = sized(font, CAPTION)
        self._small = sized(font, CAPTION - 1)
        self.fits = len(scene.index) <= MOST_EDGES and scene.cubic
        self.plates: dict[int, QRectF] = {}
        self.crowded: set[int] = set()
        self._pointed: tuple[Hit | None, dict[int, QRectF]] = (None, {})
        self._ends = [scene.theta.id_of(int(k)) for k in scene.index]
        if self.fits:
            self._place_blocks()
        measure = QFontMetricsF(self._small)
        width = min((item.rect.width() for item in scene.units), default=0.0) - 4
        self.in_words = measure.horizontalAdvance("net −0.00") <= width

    def _place_blocks(self) -> None:
        for item in self.scene.blocks:
            edges = range(item.edges.start, item.edges.stop)
            plates, foreign = self._place(edges, self.plates.values())
            if len(plates) == len(edges) and foreign <= _MOST_FOREIGN * max(1, len(edges)):
                self.plates.update(plates)
            else:
                self.crowded.update(edges)

    def _place(
        self, edges: Iterable[int], taken: Iterable[QRectF]
    ) -> tuple[dict[int, QRectF], int]:
        """Plates on these edges that do not touch, and how many foreign edges run under them.

        Each stands where the fewest others pass, so that neighbours come to lie at different
        places of their courses. An edge without a free place has none.
        """
        measure = QFontMetricsF(self._font)
        width, height = measure.horizontalAdvance("−0.000") + 4, measure.height()
        chosen = np.array(list(edges), dtype=np.intp)
        if not len(chosen):
            return {}, 0
        blocked = [item.rect for item in self.scene.units]
        blocked += [item.rect for item in self.scene.ones]
        blocked += [self._bias_plate(item.rect) for item in self.scene.biases]
        blocked += list(taken)
        courses = np.stack(
            [along(self.scene.samples[chosen], np.full(len(chosen), t)) for t in _FINE], axis=1
        )
        plates: dict[int, QRectF] = {}
        foreign = 0
        for k, edge in enumerate(chosen.tolist()):
            centres = along(np.repeat(self.scene.samples[[edge]], len(_TRIES), axis=0), _TRIES)
            others = np.delete(courses, k, axis=0)
            near = np.abs(others[None] - centres[:, None, None]) <= (width / 2, height / 2)
            passing = near.all(axis=3).any(axis=2).sum(axis=1)
            for at in np.lexsort((np.abs(_TRIES - _LIKED), passing)):
                plate = _around(QPointF(*centres[at]), width, height)
                if not any(_grown(plate, 2.0).intersects(other) for other in blocked):
                    plates[edge] = plate
                    blocked.append(plate)
                    foreign += int(passing[at])
                    break
        return plates, foreign

    def pointed(self, hit: Hit | None) -> dict[int, QRectF]:
        """Plates of the crowded edges that belong to what is pointed at."""
        if hit == self._pointed[0]:
            return self._pointed[1]
        plates, _ = self._place(self._edges_of(hit), self.plates.values())
        self._pointed = (hit, plates)
        return plates

    def _edges_of(self, hit: Hit | None) -> list[int]:
        if hit is None:
            return []
        if hit.edge >= 0:
            return [hit.edge] if hit.edge in self.crowded else []
        if hit.kind not in ("unit", "bias") or hit.layer < 0:
            return []
        layer = self.scene.spec.layers[hit.layer]
        unit = (layer.id, layer.ids[hit.unit])
        return [
            edge
            for edge in sorted(self.crowded)
            if unit
            in (
                (self._ends[edge].layer, self._ends[edge].unit),
                (self._ends[edge].source, self._ends[edge].source_unit),
            )
        ]

    def paint_weights(
        self, painter: QPainter, values: Array, theme: Theme, hit: Hit | None = None
    ) -> None:
        """Print the value of every edge and bias; of crowded edges those that are pointed at."""
        painter.setFont(self._font)
        plate_color, ink = QColor(theme.card), QColor(theme.text)
        for edge, rect in (self.plates | self.pointed(hit)).items():
            value = float(values[self.scene.index[edge]])
            self._print(painter, rect, value, plate_color, ink)
        for item in self.scene.biases:
            rect = self._bias_plate(item.rect)
            self._print(painter, rect, float(values[item.index]), plate_color, ink)

    def _bias_plate(self, bias: QRectF) -> QRectF:
        # Beside it: below it the unit's name may stand.
        rect = _around(bias.center(), 44, 13)
        rect.moveRight(bias.left())
        return rect

    def paint_outputs(self, painter: QPainter, evaluation: Evaluation, theme: Theme) -> None:
        """Print net input and output of the current sample in every unit that is large enough."""
        painter.setFont(self._small)
        for item in self.scene.units:
            lines = self.unit_lines(item, evaluation)
            if not all(lines):
                continue
            plate = _around(item.rect.center(), item.rect.width() - 4, _LINE * len(lines) + 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.card))
            painter.drawRoundedRect(plate, 3, 3)
            painter.setPen(QColor(theme.text))
            for k, line in enumerate(lines):
                row = QRectF(plate.x(), plate.y() + 1 + _LINE * k, plate.width(), _LINE)
                painter.drawText(row, Qt.AlignmentFlag.AlignCenter, line)

    def unit_lines(self, item: UnitItem, evaluation: Evaluation) -> list[str]:
        """What is printed in a unit, no line wider than it; "" where there is no room for one."""
        probe, measure = evaluation.probe, QFontMetricsF(self._small)
        figures = [("out", float(probe.outs[item.layer][item.unit]))]
        if not self.scene.spec.layers[item.layer].is_input:
            figures.insert(0, ("net", float(probe.nets[item.layer][item.unit])))
        lines = []
        for word, value in figures:
            word = f"{word} " if self.in_words else ""
            room = item.rect.width() - 4 - measure.horizontalAdvance(word)
            number = number_within(value, room, measure)
            lines.append(word + number if number else "")
        return lines

    def _print(
        self, painter: QPainter, rect: QRectF, value: float, plate: QColor, ink: QColor
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, three_decimals(value))


def number_within(value: float, room: float, measure: QFontMetricsF) -> str:
    """The number with as many digits as there is room for; "" when there is none for any."""
    texts = [in_two_digits(value)]
    if np.isfinite(value) and abs(value) < 1000:
        texts += [f"{value:.{decimals}f}".replace("-", "−") for decimals in (1, 0)]
    return next((text for text in texts if measure.horizontalAdvance(text) <= room), "")


def three_decimals(value: float) -> str:
    """A weight as people write it on paper: 0.842, and in short form when large or tiny."""
    if not np.isfinite(value):
        return "–"
    if abs(value) >= 100 or 0 < abs(value) < 0.0005:
        return in_two_digits(value)
    return f"{value:.3f}".replace("-", "−")


def _around(centre: QPointF, width: float, height: float) -> QRectF:
    return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)


def _grown(rect: QRectF, by: float) -> QRectF:
    return rect.adjusted(-by, -by, by, by)
