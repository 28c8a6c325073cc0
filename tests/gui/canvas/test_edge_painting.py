"""Edges in bulk: as lines in Qt's own memory, strip by strip, and found again under the pointer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPen

from bpviz.engine.spec import NetworkSpec, stack
from bpviz.gui.canvas.edges import _ALL_SMOOTH, _SMOOTH, EdgePainter
from bpviz.gui.canvas.line_lists import LineList
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.theme import LIGHT


def skipping(*units: int) -> NetworkSpec:
    """A stack whose last layer is fed by its first one, too."""
    spec = stack(*units)
    last = spec.layers[-1]
    return spec.with_layer(replace(last, sources=(spec.layers[0].id, *last.sources)))


NETWORKS = [
    stack(2, 20, 20, 10, 1),
    stack(2, 14, 12, 2),
    skipping(8, 20, 14, 9),
    skipping(6, 16, 8),
]


def random_values(size: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size)


def test_lines_follow_the_courses_and_level_ones_are_one_line() -> None:
    straight = np.array([[[0.0, 1.0], [4.0, 2.0]], [[0.0, 3.0], [4.0, 3.0]]])
    bent = np.array(
        [
            [[5.0, 0.0], [6.0, 1.0], [7.0, 4.0], [8.0, 9.0]],
            [[5.0, 2.0], [6.0, 2.0], [7.0, 2.0], [8.0, 2.0]],
        ]
    )
    lines, begins = LineList([straight, bent, bent[:0]]).of(np.array([3, 2, 0]))
    assert begins.tolist() == [0, 1, 4, 5]
    assert lines.tolist() == [
        [5, 2, 8, 2],
        [5, 0, 6, 1],
        [6, 1, 7, 4],
        [7, 4, 8, 9],
        [0, 1, 4, 2],
    ]
    nothing, begins = LineList([]).of(np.empty(0, dtype=np.intp))
    assert nothing.shape == (0, 4)
    assert begins.tolist() == [0]


def one_by_one(edges: EdgePainter, painter: QPainter, values: np.ndarray) -> None:
    """Every edge antialiased, the weakest first."""
    levels = edges.levels(values, 3.0)
    for edge in sorted(range(len(levels)), key=lambda e: (abs(levels[e]), levels[e] > 0)):
        painter.setPen(edges._pens[int(levels[edge])])
        for x1, y1, x2, y2 in edges.scene.lines.of(np.array([edge]))[0].tolist():
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def painted(spec: NetworkSpec, zoom: float = 1.0, ratio: float = 1.0) -> tuple[QImage, QImage]:
    """As it is painted, its middle at this zoom on such a screen; and as one by one."""
    scene = Scene(spec, 900, 900, None)
    edges = EdgePainter(scene, LIGHT)
    values = random_values(scene.theta.size)
    assert not scene.cubic

    def all_at_once(painter: QPainter) -> None:
        edges.paint(painter, values, 3.0)

    pictures = []
    for draw in (all_at_once, lambda painter: one_by_one(edges, painter, values)):
        pixels = round(900 * ratio)
        picture = QImage(pixels, pixels, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        picture.fill(LIGHT.card)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(450 - 450 * zoom, 450 - 450 * zoom)
        painter.scale(zoom, zoom)
        draw(painter)
        painter.end()
        pictures.append(picture)
    return pictures[0], pictures[1]


@pytest.mark.parametrize("spec", NETWORKS)
def test_edges_look_as_if_drawn_one_by_one_from_the_weakest(spec: NetworkSpec) -> None:
    """Whatever is batched, sorted or taken strip by strip: not one pixel differs."""
    picture, reference = painted(spec)
    assert picture == reference


DENSE = stack(2, 24, 24, 15, 1)


@pytest.mark.parametrize(("zoom", "ratio"), [(3.0, 1.0), (8.0, 1.0), (4.0, 2.0)])
def test_zoomed_in_all_edges_are_antialiased(zoom: float, ratio: float) -> None:
    """Those in view, and nothing is missing at its rim."""
    picture, reference = painted(DENSE, zoom, ratio)
    assert picture == reference


@pytest.mark.parametrize("spec", [DENSE, stack(2, 30, 30, 30, 30, 1)])
@pytest.mark.parametrize(("zoom", "ratio"), [(1.0, 1.0), (1.0, 2.0), (1.6, 1.0)])
def test_edges_that_are_not_antialiased_weigh_as_much_as_others(
    spec: NetworkSpec, zoom: float, ratio: float
) -> None:
    picture, reference = painted(spec, zoom, ratio)
    assert picture != reference
    inks = [ink_of(image) for image in (picture, reference)]
    assert inks[0] == pytest.approx(inks[1], rel=0.13)


def ink_of(image: QImage) -> float:
    """How much darker than the card it is, all in all."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    shades = np.frombuffer(grey.constBits(), np.uint8)
    return float((shades.max() - shades.astype(float)).mean())


def pens_of(
    edges: EdgePainter, monkeypatch: pytest.MonkeyPatch, ratio: float = 1.0
) -> list[tuple[bool, QPen, int]]:
    """Paint; with which pens, antialiased or not, how many lines were drawn."""
    used: list[tuple[bool, QPen, int]] = []

    def record(painter: QPainter, lines: np.ndarray, start: int, stop: int) -> None:
        hint = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
        used.append((hint, QPen(painter.pen()), stop - start))

    monkeypatch.setattr("bpviz.gui.canvas.edges.draw_lines", record)
    size = edges.scene.layout.width * ratio, edges.scene.layout.height * ratio
    picture = QImage(*map(math.ceil, size), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    edges.paint(painter, random_values(edges.scene.theta.size), 3.5)
    assert painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.end()
    assert sum(count for *_, count in used) == sum(edges.drawn.values())
    return used


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_of_many_edges_the_strongest_are_antialiased(
    monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    edges = EdgePainter(Scene(stack(2, *[30] * 6, 1), 1000, 900, None), LIGHT)
    used = pens_of(edges, monkeypatch, ratio)
    smooth = sum(count for hint, _, count in used if hint)
    sparse = edges.scene.blocks[0].candidates + edges.scene.blocks[-1].candidates
    assert sum(edges.drawn.values()) > _ALL_SMOOTH
    assert 0 < smooth <= _SMOOTH + sparse
    assert all(pen.widthF() == ratio and pen.isCosmetic() for hint, pen, _ in used if not hint)


def test_edges_that_are_seen_one_by_one_are_all_antialiased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """1,200 edges in blocks that are far wider than they are full."""
    edges = EdgePainter(Scene(stack(20, 20, 20, 20), 1600, 900, None), LIGHT)
    assert len(edges.scene.index) > _ALL_SMOOTH
    assert all(hint for hint, *_ in pens_of(edges, monkeypatch))


SCENES = [Scene(spec, 900, 700, None) for spec in (*NETWORKS, skipping(2, 3, 1))]


@settings(max_examples=40, deadline=None)
@given(
    which=st.integers(0, len(SCENES) - 1),
    x=st.floats(-20, 920),
    y=st.floats(-20, 720),
    reach=st.floats(0.5, 40),
)
def test_edges_near_a_point_are_those_that_a_search_through_all_finds(
    which: int, x: float, y: float, reach: float
) -> None:
    scene = SCENES[which]
    expected = []
    for edge, course in enumerate(scene.samples):
        step = np.diff(course, axis=0)
        away = np.array([x, y]) - course[:-1]
        t = np.clip((away * step).sum(1) / np.maximum((step * step).sum(1), 1e-12), 0, 1)
        distance = float(np.hypot(*(away - t[:, None] * step).T).min())
        if distance <= reach:
            expected.append((distance, edge))
    found = scene.edges_near(x, y, reach).tolist()
    assert sorted(found) == sorted(edge for _, edge in expected)
    nearest = {edge: distance for distance, edge in expected}
    assert np.allclose([nearest[edge] for edge in found], sorted(nearest.values()))
