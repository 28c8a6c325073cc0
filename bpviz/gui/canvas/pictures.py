"""Small pictures on units: their output over the input plane, or the weights from a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
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
        self._input: QImage | None = None
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
        self._input = None
        if evaluation is None:
            return
        if evaluation.snapshot.data.dataset.inputs.shape[1] <= 2:
            self._take_maps(evaluation)
        self._take_outputs(evaluation)
        self._take_input(evaluation)

    def of_unit(self, layer: int, unit: int) -> QImage | None:
        """The picture of a unit's output over the input plane, if there is one."""
        return self._maps.get((layer, unit))

    def color(self, layer: int, unit: int) -> QColor | None:
        """The colour of a unit's output for the current sample."""
        return self._colors.get((layer, unit))

    def input_picture(self) -> QImage | None:
        """The current sample as a picture."""
        return self._input

    def of_weights(self, reduction: Reduction | None, layer: int) -> dict[int, QImage]:
        """Pictures of the weights that lead from the input picture to the shown units."""
        name = self.scene.spec.layers[layer].id
        pictured = None if reduction is None else reduction.pictures.get(name)
        if pictured is None:
            return {}
        shown = self.scene.layout.layers[layer].shown
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
            if len(outs) != layer.units:
                continue
            scaled = signed_outputs(layer.activation, outs)
            for unit in place.shown:
                self._colors[place.index, unit] = signed_color(self.theme, float(scaled[unit]))

    def _take_input(self, evaluation: Evaluation) -> None:
        shape = self.scene.image_shape
        inputs = evaluation.probe.inputs
        if shape is None or inputs.size != shape[0] * shape[1]:
            return
        low, high = evaluation.snapshot.data.dataset.value_range
        grey = np.clip((inputs - low) / ((high - low) or 1.0), 0, 1) * 255
        self._input = indexed_image(grey.reshape(shape).astype(np.uint8), grey_table(self.theme))
