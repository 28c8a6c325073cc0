"""Pictures made by a seeded generator: grey shapes of any place, size and rotation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array, Dataset, DataSource
from bpviz.datasets.synthetic.points import parts
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting

PictureSize = Literal["12×12", "16×16", "24×16", "32×32", "60×40", "600×400"]

# What a shape covers is where its distance is below 0: from its edge, in a plane in which all of
# them lie within the unit circle.
_DISTANCES: dict[str, Callable[[Array, Array], Array]] = {
    "disc": lambda x, y: np.hypot(x, y) - 0.78,
    "square": lambda x, y: np.maximum(np.abs(x), np.abs(y)) - 0.7,
    "triangle": lambda x, y: np.maximum(np.abs(x) * 0.75**0.5 + 0.5 * y, -y) - 0.5,
    "cross": lambda x, y: _cross(np.abs(x), np.abs(y)),
    "ring": lambda x, y: np.abs(np.hypot(x, y) - 0.7) - 0.24,
    "bar": lambda x, y: np.maximum(np.abs(x) - 0.94, np.abs(y) - 0.3),
}

# More values than this do not fit into memory two or three times.
_MOST_VALUES = 20_000_000
# More than this take longer than a frame.
_QUICK_VALUES = 300_000
# As many are worked on at once as stay near the processor.
_CHUNK = 65_536


@DATASETS.register
@dataclass(frozen=True)
class Shapes(DataSource):
    """Grey pictures of discs, squares, triangles, crosses, rings and bars, made by chance."""

    kind: ClassVar[str] = "shapes"
    label: ClassVar[str] = "shapes"
    group: ClassVar[str] = "pictures"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.3, "scaling": "none"}

    samples: int = setting(
        500, "Samples", "How many pictures are made", at_least=2, slider=(50, 2000)
    )
    size: PictureSize = setting("16×16", "Size", "Width and height of a picture in pixels")
    shapes: int = setting(4, "Shapes", "How many kinds of shapes", at_least=2, at_most=6)
    variety: float = setting(
        0.5,
        "Variety",
        "How much place, size and rotation differ: 0 not at all, 1 as much as there is room for",
        at_least=0,
        at_most=1,
        slider=(0, 1),
    )
    noise: float = setting(
        0.05,
        "Noise",
        "How far chance moves every grey value: its standard deviation",
        at_least=0,
        slider=(0, 0.5),
    )

    def __post_init__(self) -> None:
        # A keyboard has an x rather than a ×.
        if isinstance(self.size, str):
            object.__setattr__(self, "size", self.size.replace("x", "×"))
        super().__post_init__()

    @property
    def image_shape(self) -> tuple[int, int]:
        """Height and width of a picture."""
        width, height = self.size.split("×")
        return int(height), int(width)

    @property
    def slow(self) -> bool:
        height, width = self.image_shape
        return self.samples * height * width > _QUICK_VALUES

    def load(self, seed: int) -> Dataset:
        """Pictures of grey values 0 to 1; of large ones fewer than asked for, which is reported."""
        return _dataset(self, seed)


# A change of data asks for the same pictures again and again, and large ones take their time.
@functools.lru_cache(maxsize=2)
def _dataset(source: Shapes, seed: int) -> Dataset:
    height, width = source.image_shape
    count = min(source.samples, _MOST_VALUES // (height * width))
    names = tuple(_DISTANCES)[: source.shapes]
    classes = rng(seed, "data order").permutation(parts(count, len(names)))
    pictures = _drawn(source, names, classes, seed)
    if source.noise:
        pictures += source.noise * rng(seed, "data noise").standard_normal(pictures.shape)
        np.clip(pictures, 0.0, 1.0, out=pictures)
    for array in (pictures, classes):
        array.flags.writeable = False
    report = (
        f"{count} of {source.samples} pictures were made: more of {source.size} pixels would "
        "not fit into memory."
    )
    return Dataset(
        pictures,
        classes,
        _pixel_names(height, width),
        ("shape",),
        names,
        image_shape=(height, width),
        reports=(report,) if count < source.samples else (),
    )


def _drawn(
    source: Shapes, names: tuple[str, ...], classes: np.ndarray[Any, Any], seed: int
) -> Array:
    """Pictures without noise, shape (samples, pixels), of these classes."""
    height, width = source.image_shape
    across, down, size, turn = rng(seed, "data positions").uniform(-1.0, 1.0, (4, len(classes)))
    radius = 0.36 * min(height, width) * (1.0 + 0.3 * source.variety * size)
    # The whole shape stays in the picture.
    x = 0.5 * width + source.variety * across * (0.5 * width - radius)
    y = 0.5 * height + source.variety * down * (0.5 * height - radius)
    poses = np.column_stack([x, y, radius, np.pi * source.variety * turn])
    pictures = np.empty((len(classes), height * width))
    step = max(1, _CHUNK // (height * width))
    for number, name in enumerate(names):
        members = np.flatnonzero(classes == number)
        for start in range(0, len(members), step):
            rows = members[start : start + step]
            grey = _grey(_DISTANCES[name], poses[rows], height, width)
            pictures[rows] = grey.reshape(len(rows), -1)
    return pictures


def _grey(
    distance: Callable[[Array, Array], Array], poses: Array, height: int, width: int
) -> Array:
    """How much of each pixel the shape covers, shape (pictures, height, width).

    The share is taken from the distance of the pixel's middle to the edge. `poses` has rows of
    middle x, middle y, radius (all in pixels) and rotation.
    """
    x, y, radius, turn = poses.T[:, :, np.newaxis, np.newaxis]
    right = (np.arange(width) + 0.5 - x) / radius
    up = (y - np.arange(height)[:, np.newaxis] - 0.5) / radius
    cos, sin = np.cos(turn), np.sin(turn)
    grey: Array = distance(cos * right + sin * up, cos * up - sin * right)
    grey *= -radius
    grey += 0.5
    return np.clip(grey, 0.0, 1.0, out=grey)


def _cross(x: Array, y: Array) -> Array:
    long, short = np.maximum(x, y), np.minimum(x, y)
    return np.maximum(long - 0.92, short - 0.3)


@functools.lru_cache(maxsize=4)
def _pixel_names(height: int, width: int) -> tuple[str, ...]:
    return tuple(
        f"row {row} column {column}"
        for row in range(1, height + 1)
        for column in range(1, width + 1)
    )
