"""What two inputs are turned into: seven small pictures to switch on and off."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.features import FEATURES, Feature, feature_over_plane
from bpviz.gui.colors import signed_image, signed_table
from bpviz.gui.theme import HALF_GAP, Theme
from bpviz.gui.widgets.text import label
from bpviz.gui.widgets.tile import Tile

_GAP = 2
_POINTS = 32
_NAME_ROOM = 16
# A tile is hardly wider than "sin x₁".
_THIN = "\N{HAIR SPACE}"
# The inputs as they are.
_PLAIN = ("x1", "x2")


class FeatureTiles(QWidget):
    """A row of switches, one for each input feature.

    `changed` carries the features in use in their own order, () for the two inputs as they are;
    `refused` a sentence where none would be left.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label("Input features", "secondary", self))
        self._row = _Row(self)
        column.addWidget(self._row)
        column.addSpacing(HALF_GAP)
        self.tiles: dict[str, FeatureTile] = {}
        for feature in FEATURES.values():
            tile = FeatureTile(feature, theme, self._row)
            tile.clicked.connect(self._toggled)
            tile.moved.connect(lambda across, down: self._step(across + down))
            self.tiles[feature.kind] = tile
        self._let_focus_in(next(iter(self.tiles.values())))

    def show_data(self, data: PreparedData, features: tuple[str, ...]) -> None:
        """Show which features are in use, in silence, and each over the plane of this data."""
        for kind, tile in self.tiles.items():
            tile.setChecked(kind in (features or _PLAIN))
            tile.follow(data)

    def set_theme(self, theme: Theme) -> None:
        for tile in self.tiles.values():
            if tile.theme is not theme:
                tile.theme = theme
                tile.draw()

    def _toggled(self) -> None:
        chosen = tuple(kind for kind, tile in self.tiles.items() if tile.isChecked())
        if chosen:
            self.changed.emit(() if chosen == _PLAIN else chosen)
            return
        tile = self.sender()
        assert isinstance(tile, FeatureTile)
        tile.setChecked(True)
        self.refused.emit("A network needs at least one input; switch another feature on first.")

    def _step(self, by: int) -> None:
        """Go to another switch; Space or Enter turns it."""
        tiles = list(self.tiles.values())
        at = next((k for k, tile in enumerate(tiles) if tile.hasFocus()), 0)
        tile = tiles[(at + by) % len(tiles)]
        self._let_focus_in(tile)
        tile.setFocus(Qt.FocusReason.TabFocusReason)

    def _let_focus_in(self, entry: FeatureTile) -> None:
        for tile in self.tiles.values():
            focus = Qt.FocusPolicy.TabFocus if tile is entry else Qt.FocusPolicy.ClickFocus
            tile.setFocusPolicy(focus)


class FeatureTile(Tile):
    """One feature: its value over the plane, orange below zero and blue above it."""

    def __init__(self, feature: Feature, theme: Theme, parent: QWidget) -> None:
        name = feature.name.format("x₁", "x₂").replace(" ", _THIN)
        super().__init__(name, theme, parent)
        self.feature = feature
        self._of: tuple[object, ...] = ()
        self._low, self._high = np.full(2, -1.0), np.full(2, 1.0)

    def follow(self, data: PreparedData) -> None:
        """Draw the feature between the bounds of this data."""
        names = data.dataset.input_names
        of = (names, *data.low, *data.high)
        if of == self._of:
            return
        self._of, self._low, self._high = of, data.low, data.high
        formula = self.feature.name.format(*names)
        self.setAccessibleName(f"Input feature {formula}")
        self.setToolTip(
            f"{formula} as an input of the network\nIts value over the plane: orange below zero, "
            "blue above.\nClick to switch it on or off."
        )
        self.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.draw()

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        values = feature_over_plane(self.feature.kind, self._low, self._high, _POINTS)
        picture = signed_image(values, signed_table(self.theme))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, picture)

    def _picture_area(self) -> QRectF:
        side = self.width() - 6.0
        return QRectF(3, 3, side, side)


class _Row(QWidget):
    """Tiles beside each other over the whole width, none wider than another by more than 1."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _side(self) -> int:
        count = len(FEATURES)
        return max(24, (self.width() - (count - 1) * _GAP) // count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        height = self._side() + _NAME_ROOM - 2
        tiles = self.findChildren(FeatureTile)
        whole = max(self.width() + _GAP, len(tiles) * (24 + _GAP))
        edges = [k * whole // len(tiles) for k in range(len(tiles) + 1)]
        for tile, left, right in zip(tiles, edges, edges[1:], strict=False):
            tile.setGeometry(left, 0, right - left - _GAP, height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(200, self._side() + _NAME_ROOM - 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(len(FEATURES) * 24 + (len(FEATURES) - 1) * _GAP, self.sizeHint().height())
