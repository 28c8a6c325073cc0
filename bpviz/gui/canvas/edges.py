"""Paints edges: one opaque pen for each of 2 × 16 steps of the scale, weak ones first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from bpviz.gui.canvas.courses import crossing
from bpviz.gui.canvas.line_lists import draw_lines
from bpviz.gui.canvas.scene import BlockItem, Scene
from bpviz.gui.colors import blend, signed_color
from bpviz.gui.theme import Theme
from bpviz.lab.reductions import Reduction

Array = np.ndarray[Any, Any]

STEPS = 16
HALO = 7.0
# An antialiased edge takes three times as long as another. So many in view all are; of more, so
# many, and all of blocks that have fewer than so many for each pixel of their width in view.
_ALL_SMOOTH, _SMOOTH, _DENSE = 700, 500, 1.5


class EdgePainter:
    """Draws the edges of a scene by one vector over θ."""

    def __init__(self, scene: Scene, theme: Theme) -> None:
        self.scene = scene
        self.theme = theme
        self._thin, self._thick, self._power = _widths(len(scene.index))
        # Short lines of one curve overlap a little, or light would show between them.
        smooth = scene.curved and not scene.cubic
        self._cap = Qt.PenCapStyle.SquareCap if smooth else Qt.PenCapStyle.FlatCap
        self._pens = {level: self._pen(level) for level in range(-STEPS, STEPS + 1)}
        self._hairs: dict[int, QPen] = {}
        self._hairs_for = 0.0
        frozen = set(scene.theta.indices_of(scene.spec.frozen))
        self._frozen = np.array([int(k) in frozen for k in scene.index], dtype=bool)
        self._no_frozen = not frozen
        self._has_edges = len(scene.index) > 0
        self.drawn: dict[int, int] = {}

    def _pen(self, level: int) -> QPen:
        strength = abs(level) / STEPS
        color = signed_color(self.theme, level / STEPS)
        if level == 0:
            # On the card a line of the zero colour would be hard to see; it still says "nothing".
            color = blend(self.theme.zero, self.theme.secondary, 0.18)
        width = self._thin + (self._thick - self._thin) * strength**self._power
        return QPen(color, width, Qt.PenStyle.SolidLine, self._cap)

    def _follow_pixels(self, pixels: float) -> None:
        """Make pens of edges that are not antialiased, for so many pixels to the scene's unit.

        They are as wide as the thinnest edge that is, in whole pixels, or they would look rough,
        and where that makes them wider than it, paler for that.
        """
        if pixels == self._hairs_for:
            return
        self._hairs_for = pixels
        exact = self._thin * pixels
        width = max(1, math.ceil(exact - 0.25))
        share = min(1.0, exact / width)
        for level, pen in self._pens.items():
            hair = QPen(blend(self.theme.card, pen.color(), share), width)
            hair.setCapStyle(self._cap)
            hair.setCosmetic(True)
            self._hairs[level] = hair

    def width(self, level: int) -> float:
        return float(self._pens[level].widthF())

    def levels(self, values: Array, scale: float) -> Array:
        """The step of the scale, -16 to 16, of every edge."""
        share = values[self.scene.index] / scale if scale else np.zeros(len(self.scene.index))
        return np.rint(STEPS * np.nan_to_num(np.clip(share, -1.0, 1.0))).astype(np.intp)

    def appearance(
        self, values: Array, scale: float, reduction: Reduction | None = None
    ) -> tuple[bytes, ...]:
        """Equal for values that are painted alike, so that nothing is painted twice.

        From frame to frame most edges stay on their step of the scale.
        """
        bundles = [_bundle_steps(item, reduction) for item in self.scene.blocks if item.bundle]
        edges = (self.levels(values, scale), self._strongest(values)) if self._has_edges else ()
        return tuple(steps.tobytes() for steps in (*bundles, *edges))

    def paint(
        self, painter: QPainter, values: Array, scale: float, reduction: Reduction | None = None
    ) -> None:
        """Draw all edges that are to be seen; afterwards `drawn` says how many of each block.

        `reduction` is of the same values; without, links from pictures are all alike.
        """
        self._paint_bundles(painter, reduction)
        if not self._has_edges:
            return
        levels = self.levels(values, scale)
        chosen = self._strongest_of_blocks(values)
        to_screen, device = painter.deviceTransform(), painter.device()
        view = to_screen.inverted()[0].mapRect(QRectF(0, 0, device.width(), device.height()))
        pixels = to_screen.m11()
        self._follow_pixels(pixels)
        whole = QRectF(0, 0, self.scene.layout.width, self.scene.layout.height)
        if sum(map(len, chosen)) > _ALL_SMOOTH and not view.contains(whole):
            around = view.adjusted(-self._thick, -self._thick, self._thick, self._thick)
            samples = self.scene.samples
            chosen = [edges[crossing(samples[edges], around)] for edges in chosen]
        smooth = self._smooth(levels, chosen, view, pixels)
        # Strip by strip: what is painted in turns is found in the processor's cache.
        for strip in self.scene.strips:
            edges = np.concatenate([chosen[k] for k in strip])
            self._paint_strip(painter, edges, levels, smooth)
        if not self._no_frozen:
            frozen = np.concatenate(chosen)
            self._paint_frozen(painter, frozen[self._frozen[frozen]], levels)

    def _smooth(self, levels: Array, chosen: list[Array], view: QRectF, pixels: float) -> Array:
        """Whether each edge is antialiased: all are, or where many are in view the strongest.

        In a block of few edges, or a wide one, each is seen for itself, so they always are.
        """
        smooth = np.ones(len(levels), dtype=bool)
        drawn = np.concatenate(chosen)
        if len(drawn) <= _ALL_SMOOTH:
            return smooth
        weakest = np.sort(np.abs(levels[drawn]))[-_SMOOTH]
        for edges, (left, right) in zip(chosen, self.scene.reaches, strict=True):
            width = pixels * (min(right, view.right()) - max(left, view.left()))
            if len(edges) > _DENSE * width:
                smooth[edges] = np.abs(levels[edges]) > weakest
        return smooth

    def _paint_strip(self, painter: QPainter, edges: Array, levels: Array, smooth: Array) -> None:
        """Weak ones first, and one run for each pen."""
        solid = edges if self._no_frozen else edges[~self._frozen[edges]]
        # In small numbers, which NumPy sorts in one pass.
        rank = 4 * np.abs(levels[solid]) + 2 * (levels[solid] > 0) + smooth[solid]
        rank = rank.astype(np.uint8)
        ranking = np.argsort(rank, kind="stable")
        solid, rank = solid[ranking], rank[ranking]
        lasts = np.flatnonzero(np.diff(rank, append=255)).tolist()
        draw = self._cubics(painter, solid) if self.scene.cubic else self._lines(painter, solid)
        first = 0
        for last in lasts:
            level = int(levels[solid[last]])
            is_smooth = bool(smooth[solid[last]])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
            painter.setPen(self._pens[level] if is_smooth else self._hairs[level])
            draw(first, last + 1)
            first = last + 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _cubics(self, painter: QPainter, edges: Array) -> Callable[[int, int], None]:
        """What draws some of these edges in a row, by their places: from the first to a last."""

        def draw(first: int, stop: int) -> None:
            for edge in edges[first:stop].tolist():
                painter.drawPath(self.scene.paths[edge])

        return draw

    def _lines(self, painter: QPainter, edges: Array) -> Callable[[int, int], None]:
        lines, stops = self.scene.lines.of(edges)
        return lambda first, stop: draw_lines(painter, lines, int(stops[first]), int(stops[stop]))

    def _strongest(self, values: Array) -> Array:
        """The edges to draw: all, or the strongest of a block that has too many."""
        return np.concatenate(self._strongest_of_blocks(values))

    def _strongest_of_blocks(self, values: Array) -> list[Array]:
        parts = []
        for number, item in enumerate(self.scene.blocks):
            edges = np.arange(item.edges.start, item.edges.stop)
            if len(edges) > item.limit:
                size = np.abs(values[self.scene.index[edges]])
                edges = edges[np.argpartition(size, -item.limit)[-item.limit :]]
            self.drawn[number] = len(edges)
            parts.append(edges)
        return parts

    def _paint_bundles(self, painter: QPainter, reduction: Reduction | None) -> None:
        """Quiet links from a picture; the units that it feeds show the weights themselves."""
        color = blend(self.theme.card, self.theme.secondary, 0.35)
        for item in self.scene.blocks:
            if not item.bundle:
                continue
            for path, step in zip(item.bundle, _bundle_steps(item, reduction), strict=True):
                painter.setPen(QPen(color, 0.8 + 1.4 * float(step) / STEPS))
                painter.drawPath(path)

    def _paint_frozen(self, painter: QPainter, run: Array, levels: Array) -> None:
        locks = len(run) <= 60
        for edge in run:
            pen = QPen(self._pens[int(levels[edge])])
            pen.setWidthF(max(1.4, pen.widthF()))
            pen.setDashPattern([3.0, 2.0])
            painter.setPen(pen)
            painter.drawPath(self.scene.edge_path(int(edge)))
        if locks:
            for edge in run:
                paint_lock(painter, self.scene.point_on(int(edge), 0.5), self.theme)

    def paint_halos(
        self,
        painter: QPainter,
        edges: Sequence[int],
        levels: Array,
        color: QColor,
        widths: Sequence[float] | None = None,
    ) -> None:
        """These edges again, on top, each with a halo of this width around it."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paths = [self.scene.edge_path(edge) for edge in edges]
        pens = []
        for edge in edges:
            pen = QPen(self._pens[int(levels[edge])])
            pen.setWidthF(max(pen.widthF(), 1.6))
            pens.append(pen)
        for path, pen, around in zip(paths, pens, widths or [HALO] * len(paths), strict=True):
            width = pen.widthF() + around
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPath(path)
        for path, pen in zip(paths, pens, strict=True):
            painter.setPen(pen)
            painter.drawPath(path)


def _bundle_steps(item: BlockItem, reduction: Reduction | None) -> Array:
    """How strong each link of a bundle is beside the strongest, 0 to 16."""
    strengths = None if reduction is None else reduction.strengths.get(item.block.layer)
    if strengths is None or not item.bundle_rows:
        return np.full(len(item.bundle), STEPS // 2)
    norms = np.nan_to_num(strengths[list(item.bundle_rows)])
    largest = float(norms.max(initial=0.0)) or 1.0
    return np.rint(norms * (STEPS / largest)).astype(np.intp)


def paint_lock(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """A small padlock on a plate: this parameter does not learn."""
    x, y = at.x(), at.y()
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.setBrush(QColor(theme.card))
    painter.drawEllipse(at, 7.5, 7.5)
    ink = QColor(theme.secondary)
    painter.setPen(QPen(ink, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(int(x - 2), int(y - 5), 4, 6, 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRect(int(x - 3), int(y - 1), 6, 5)


def _widths(edges: int) -> tuple[float, float, float]:
    """The widths of no weight and of the largest one, and the power that leads from one to other.

    Many edges are drawn finer, and most of them at 1 pixel or less, which Qt paints fastest.
    """
    if edges <= 120:
        return 1.0, 4.6, 1.0
    if edges <= 420:
        return 0.9, 3.6, 1.6
    return (0.8, 2.4, 4.0) if edges <= 1500 else (0.7, 2.0, 4.0)
