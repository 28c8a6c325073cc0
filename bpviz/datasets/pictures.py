"""Pictures made by a seeded generator: grey shapes of any place, size and rotation.

Large networks learn them, too: 240,000-64-32-16-10 tells `shapes` with size = "600×400" and
shapes = 10 apart, and 10-16-32-64-240,000 makes the pictures of `drawing` with the same size and
six shapes (sigmoid outputs, binary cross-entropy); both in float32, with some 200 samples.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from bpviz.datasets.dataset import DATASETS, Array, Dataset, DataSource
from bpviz.datasets.shapes import DISTANCES, Poses, draw
from bpviz.datasets.synthetic.points import parts
from bpviz.engine.randomness import rng
from bpviz.engine.settings import setting

PictureSize = Literal["12×12", "16×16", "24×16", "32×32", "60×40", "600×400"]

# More bytes than this do not fit into memory beside a network of such pictures.
_MOST_BYTES = 320_000_000
# Pictures of more pixels have numbers of half the size.
_PRECISE_PIXELS = 65_536
# More values than this take longer than a frame.
_QUICK_VALUES = 300_000
# Sets of more values than this are made anew rather than kept.
_KEPT_VALUES = 5_000_000
# As many are worked on at once as stay near the processor.
_CHUNK = 262_144
# Draws of noise that large pictures share.
_DRAWS = 1 << 22


@dataclass(frozen=True)
class _Pictures(DataSource):
    """What both sources of pictures have in common."""

    group: ClassVar[str] = "pictures"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.3, "scaling": "none"}

    samples: int = setting(
        500, "Samples", "How many pictures are made", at_least=2, slider=(50, 2000)
    )
    size: PictureSize = setting("16×16", "Size", "Width and height of a picture in pixels")
    shapes: int = setting(
        4, "Shapes", "How many kinds of shapes", at_least=2, at_most=len(DISTANCES)
    )
    variety: float = setting(
        0.5,
        "Variety",
        "How much place, size and rotation differ: 0 not at all, 1 as much as there is room for",
        at_least=0,
        at_most=1,
        slider=(0, 1),
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
        return self.samples * math.prod(self.image_shape) > _QUICK_VALUES

    def load(self, seed: int) -> Dataset:
        """Pictures of grey values 0 to 1; of large ones fewer than asked for, which is reported."""
        if self._count * math.prod(self.image_shape) > _KEPT_VALUES:
            return self.make(seed)
        return _kept(self, seed)

    def make(self, seed: int) -> Dataset:
        """The samples, made anew."""
        raise NotImplementedError

    @property
    def _dtype(self) -> type[np.floating[Any]]:
        return np.float32 if math.prod(self.image_shape) > _PRECISE_PIXELS else np.float64

    @property
    def _count(self) -> int:
        """How many pictures are made, of large ones fewer than asked for."""
        bytes_each = math.prod(self.image_shape) * np.dtype(self._dtype).itemsize
        return min(self.samples, _MOST_BYTES // bytes_each)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(DISTANCES)[: self.shapes]

    @property
    def _reports(self) -> tuple[str, ...]:
        if self._count == self.samples:
            return ()
        report = (
            f"{self._count} of {self.samples} pictures were made: more of {self.size} pixels "
            "would not fit into memory."
        )
        return (report,)

    def _drawn(self, seed: int) -> tuple[Array, np.ndarray[Any, np.dtype[np.intp]], Array]:
        """Pictures without noise, shape (samples, pixels), their classes, and their codes.

        A code says how chance chose place across and down, size and rotation, each -1 to 1.
        """
        count, (height, width) = self._count, self.image_shape
        classes = rng(seed, "data order").permutation(parts(count, self.shapes))
        codes = rng(seed, "data positions").uniform(-1.0, 1.0, (4, count))
        across, down, size, turn = codes
        radius = 0.36 * min(height, width) * (1.0 + 0.3 * self.variety * size)
        # The whole shape stays in the picture.
        x = 0.5 * width + self.variety * across * (0.5 * width - radius)
        y = 0.5 * height + self.variety * down * (0.5 * height - radius)
        pictures = np.zeros((count, height * width), self._dtype)
        poses = Poses(x, y, radius, np.pi * self.variety * turn)
        draw(pictures.reshape(count, height, width), classes, poses)
        return pictures, classes, codes.T


@DATASETS.register
@dataclass(frozen=True)
class Shapes(_Pictures):
    """Grey pictures of up to ten kinds of shapes, from disc to crescent, made by chance."""

    kind: ClassVar[str] = "shapes"
    label: ClassVar[str] = "shapes"

    noise: float = setting(
        0.05,
        "Noise",
        "How far chance moves every grey value: its standard deviation",
        at_least=0,
        slider=(0, 0.5),
    )

    def make(self, seed: int) -> Dataset:
        pictures, classes, _ = self._drawn(seed)
        if self.noise:
            _add_noise(pictures, self.noise, rng(seed, "data noise"))
        for array in (pictures, classes):
            array.flags.writeable = False
        return Dataset(
            pictures,
            classes,
            _pixel_names(*self.image_shape),
            ("shape",),
            self._names,
            image_shape=self.image_shape,
            reports=self._reports,
            any_order=True,
        )


@DATASETS.register
@dataclass(frozen=True)
class Drawing(_Pictures):
    """Shapes the other way round: from kind, place, size and rotation to the picture."""

    kind: ClassVar[str] = "drawing"
    label: ClassVar[str] = "drawing"

    shapes: int = setting(
        6,
        "Shapes",
        "How many kinds of shapes: one input each, beside those of place, size and rotation",
        at_least=2,
        at_most=len(DISTANCES),
    )

    def make(self, seed: int) -> Dataset:
        pictures, classes, codes = self._drawn(seed)
        inputs = np.column_stack([classes[:, np.newaxis] == np.arange(self.shapes), codes])
        for array in (pictures, inputs):
            array.flags.writeable = False
        return Dataset(
            inputs,
            pictures,
            (*self._names, "across", "down", "size", "turn"),
            _pixel_names(*self.image_shape),
            target_shape=self.image_shape,
            reports=self._reports,
            any_order=True,
        )


# A change of data asks for the same pictures again and again.
@functools.lru_cache(maxsize=2)
def _kept(source: _Pictures, seed: int) -> Dataset:
    return source.make(seed)


def _add_noise(pictures: Array, noise: float, random: np.random.Generator) -> None:
    """Add normal noise in place, and cut off what leads out of 0 to 1.

    Each large picture takes its noise from another place of one long row of draws, which is ten
    times as quick as to draw it for each pixel.
    """
    if pictures.dtype == np.float32:
        drawn = noise * random.standard_normal(_DRAWS, np.float32)
        starts = random.integers(0, _DRAWS - pictures.shape[1], len(pictures))
        for picture, start in zip(pictures, starts, strict=True):
            picture += drawn[start : start + len(picture)]
            np.clip(picture, 0.0, 1.0, out=picture)
        return
    step = max(1, _CHUNK // pictures.shape[1])
    for start in range(0, len(pictures), step):
        part = pictures[start : start + step]
        part += noise * random.standard_normal(part.shape)
        np.clip(part, 0.0, 1.0, out=part)


@functools.lru_cache(maxsize=4)
def _pixel_names(height: int, width: int) -> tuple[str, ...]:
    columns = [f"column {column}" for column in range(1, width + 1)]
    rows = (f"row {row} " for row in range(1, height + 1))
    return tuple([row + column for row in rows for column in columns])
