"""Small pictures on units: their output over the input plane, or the weights from a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from bpviz.engine.activations import Activation
from bpviz.gui.canvas.scene import Scene
from bpviz.gui.colors import grey_table, indexed_image, signed_color, signed_images, signed_table
from bpviz.gui.theme import Theme
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.reductions import Reduction

Array = np.ndarray[Any, Any]

# Maps are shown at about this many points a side: more cannot be told apart on a unit.
_MAP_POINTS = 36


def signed_outputs(activation: Activation, values: Array) -> Array:
    """Outputs of a layer on the scale -1 to 1 that colours are looked up by.

    Where the activation has no bounds, the largest output is the end of the scale.
    """
    if activation.bounds:
        low, high = activation.bounds
        return (values - 0.5 * (low + high)) * (2.0 / (high - low))
    largest = float(np.abs(np.nan_to_num(values)).max(initial=0.0))
    return values / largest if largest > 0 else np.zeros_like(values)


class UnitPictures:
    """What the units of one scene show, made anew when evaluation, snapshot or theme change."""

    def __init__(self, scene: Scene, theme: Theme) -> None:
        self.scene = scene
        self.theme = theme
        self._evaluation: Evaluation | None = None
        self._maps: dict[tuple[int, int], QImage] = {}
        self._colors: dict[tuple[int, int], QColor] = {}
        self._whole: dict[int, QImage] = {}
        self._fitted: dict[int, QImage] = {}
        self._values: dict[int, Array] = {}
        layers = scene.spec.layers
        pictured = {
            layer.id
            for layer, place in zip(layers, scene.layout.layers, strict=True)
            if place.picture
        }
        self.weight_layers = {
            k: next(s for s in layer.sources if s in pictured)
            for k, layer in enumerate(layers)
            if pictured & set(layer.sources)
        }

    def follow(self, evaluation: Evaluation | None) -> None:
        """Take in an evaluation of this scene's network; None shows units as empty."""
        if evaluation is self._evaluation:
            return
        self._evaluation = evaluation
        self._maps.clear()
        self._colors.clear()
        if evaluation is None:
            self._whole.clear()
            self._fitted.clear()
            return
        if evaluation.snapshot.data.dataset.inputs.shape[1] <= 2:
            self._take_maps(evaluation)
        self._take_outputs(evaluation)
        self._take_whole_pictures(evaluation)

    def of_unit(self, layer: int, unit: int) -> QImage | None:
        """The picture of a unit's output over the input plane, if there is one."""
        return self._maps.get((layer, unit))

    def color(self, layer: int, unit: int) -> QColor | None:
        """The colour of a unit's output for the current sample."""
        return self._colors.get((layer, unit))

    def whole(self, layer: int, width: int, height: int) -> QImage | None:
        """What a layer is drawn as, if it is one picture; of no more pixels than are asked for."""
        picture = self._whole.get(layer)
        if picture is None or (picture.width() <= width and picture.height() <= height):
            return picture
        fitted = self._fitted.get(layer)
        if fitted is None or (fitted.width(), fitted.height()) != (width, height):
            ratio, smooth = (
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            fitted = self._fitted[layer] = picture.scaled(width, height, ratio, smooth)
        return fitted

    def of_weights(self, reduction: Reduction | None, layer: int) -> dict[int, QImage]:
        """Pictures of the weights that lead from the input picture to the shown units."""
        name = self.scene.spec.layers[layer].id
        pictured = None if reduction is None else reduction.pictures.get(name)
        shown = self.scene.layout.layers[layer].shown
        if pictured is None or not shown:
            return {}
        weights = np.nan_to_num(pictured[list(shown)])
        largest = float(np.abs(weights).max(initial=0.0)) or 1.0
        pictures = signed_images(weights / largest, signed_table(self.theme))
        return dict(zip(shown, pictures, strict=True))

    def _take_maps(self, evaluation: Evaluation) -> None:
        table = signed_table(self.theme)
        for place, layer, values in zip(
            self.scene.layout.layers, self.scene.spec.layers, evaluation.maps, strict=True
        ):
            if values is None or not place.shown:
                continue
            if values.ndim == 2:
                values = values[:, None, :]
            step = max(1, values.shape[-1] // _MAP_POINTS)
            few = values[list(place.shown)][:, :, step // 2 :: step]
            if values.shape[1] > 1:
                # Row 0 of a map is the lowest second input; pictures begin at the top.
                few = few[:, step // 2 :: step][:, ::-1]
            shades = signed_outputs(layer.activation, few)
            if layer.is_input:
                # Each input has a scale of its own.
                shades = few / np.maximum(np.abs(few).max(axis=(1, 2), keepdims=True), 1e-300)
            pictures = signed_images(shades, table)
            for unit, picture in zip(place.shown, pictures, strict=True):
                self._maps[place.index, unit] = picture

    def _take_outputs(self, evaluation: Evaluation) -> None:
        for place, layer, outs in zip(
            self.scene.layout.layers, self.scene.spec.layers, evaluation.probe.outs, strict=True
        ):
            if len(outs) != layer.units or not place.shown:
                continue
            scaled = signed_outputs(layer.activation, outs)
            for unit in place.shown:
                self._colors[place.index, unit] = signed_color(self.theme, float(scaled[unit]))

    def _take_whole_pictures(self, evaluation: Evaluation) -> None:
        """Layers that are drawn as one picture: the sample, and what the network makes of it."""
        data = evaluation.snapshot.data
        for k, shape in self.scene.picture_shapes.items():
            if self.scene.spec.layers[k].is_input:
                values, bounds = evaluation.probe.inputs, data.dataset.value_range
            else:
                values = data.target_scaling.undo(evaluation.probe.outs[k])
                bounds = data.dataset.target_range
            if values.size == shape[0] * shape[1]:
                self._take_whole(k, values, bounds, shape)

    def _take_whole(
        self, layer: int, values: Array, bounds: tuple[float, float], shape: tuple[int, int]
    ) -> None:
        known = self._values.get(layer)
        if known is not None and layer in self._whole and np.array_equal(known, values):
            return
        self._values[layer] = values
        low, high = bounds
        grey = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * 255
        grey = np.nan_to_num(grey).reshape(shape).astype(np.uint8)
        self._whole[layer] = indexed_image(grey, grey_table(self.theme))
        self._fitted.pop(layer, None)
