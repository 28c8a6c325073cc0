"""Data sources as small square tiles under the names of their groups, one group at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from bpviz.datasets.dataset import DataSource
from bpviz.engine.settings import SettingError
from bpviz.gui import icons
from bpviz.gui.theme import HALF_GAP, Theme
from bpviz.gui.widgets.editors import explain, label_of
from bpviz.gui.widgets.miniature import draw_miniature
from bpviz.gui.widgets.tile import Tile
from bpviz.gui.widgets.tips import wrapped

_GAP = 4
_PER_ROW = 4
_BETWEEN = 10
_SEED = 7
_ICON = 18
# A group's name and what is said about it; another group goes by its own name.
_GROUPS = {
    "plane": ("Two inputs", "Points in the plane, which belong to classes"),
    "regression": ("Values", "Values to predict"),
    "table": ("Tables", "Tables that come with bpviz"),
    "pictures": ("Pictures", "Pictures to be told apart"),
    "logic": ("Logic", "Tables of zeros and ones"),
    "own": ("Own", "Your own tables and samples"),
}
# What stands for a source that is not loaded for a drawing; for any other group a table.
_ICONS = {"pictures": "picture"}


class TileChooser(QWidget):
    """One tile for each kind of data source, a group of them at a time.

    The names of the groups are above. `chosen` carries the kind that a person chose, `asked` the
    key of another tile. Drawings are
    made one by one when their group is first shown, for loading data takes its time; a slow
    source is not loaded for that.
    """

    chosen = Signal(str)
    asked = Signal(str)

    def __init__(
        self,
        sources: Sequence[type[DataSource]],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Data")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._waiting: list[SourceTile | ActionTile] = []
        self.tiles: dict[str, SourceTile] = {}
        self.others: dict[str, ActionTile] = {}
        self.tabs: dict[str, _Tab] = {}
        self._members: dict[str, list[SourceTile | ActionTile]] = {}
        self._corner: QWidget | None = None
        # Groups in order of first appearance, but the known ones as they stand above.
        groups = dict.fromkeys((*_GROUPS, *(source.group for source in sources)))
        for group in groups:
            members = [source for source in sources if source.group == group]
            if members:
                self._add_group(group, members)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_next)
        self.open_group(next(iter(self.tabs), ""))

    def _add_group(self, group: str, sources: Sequence[type[DataSource]]) -> None:
        tab = _Tab(group, self)
        tab.clicked.connect(lambda: self.open_group(group))
        tab.moved.connect(self._step_group)
        self.tabs[group], self._members[group] = tab, []
        for source in sources:
            tile = SourceTile(source, self._theme, self)
            tile.clicked.connect(lambda _on=False, kind=source.kind: self._choose(kind))
            tile.moved.connect(lambda across, down: self.step(across + _PER_ROW * down))
            self.tiles[source.kind] = tile
            self._members[group].append(tile)

    def add_action(self, group: str, key: str, text: str, icon: str, tip: str) -> None:
        """Put a tile behind a group's sources that `asked` tells of by its key."""
        tile = ActionTile(key, text, icon, tip, self._theme, self)
        tile.clicked.connect(lambda _on=False: self._ask(tile))
        tile.moved.connect(lambda across, down: self.step(across + _PER_ROW * down))
        self.others[key] = tile
        self._members[group].append(tile)
        self.open_group(self.group)

    def _ask(self, tile: ActionTile) -> None:
        tile.setChecked(False)
        self.asked.emit(tile.key)

    def set_corner(self, corner: QWidget) -> None:
        """Put a control at the right of the names of the groups."""
        self._corner = corner
        corner.setParent(self)
        self._arrange()

    @property
    def value(self) -> str:
        return next((kind for kind, tile in self.tiles.items() if tile.isChecked()), "")

    @property
    def group(self) -> str:
        """The group whose tiles are shown."""
        return next((name for name, tab in self.tabs.items() if tab.isChecked()), "")

    def open_group(self, group: str) -> None:
        """Show the tiles of a group; nothing is chosen by that."""
        for name, tab in self.tabs.items():
            tab.setChecked(name == group)
            focus = Qt.FocusPolicy.TabFocus if name == group else Qt.FocusPolicy.ClickFocus
            tab.setFocusPolicy(focus)
            for tile in self._members[name]:
                tile.setVisible(name == group)
        self._let_focus_in()
        self._arrange()

    def set_value(self, source: DataSource) -> None:
        """Show which source is in use, in silence; its tile draws that very source."""
        if source.kind not in self.tiles:
            return
        is_new = source.kind != self.value
        for kind, tile in self.tiles.items():
            tile.setChecked(kind == source.kind)
        used = self.tiles[source.kind]
        if used.source != source:
            used.source = source
            used.drawing = None
        if is_new:
            self.open_group(source.group)
        self._let_focus_in()
        self._redraw_shown()

    def _let_focus_in(self) -> None:
        """Tab comes to one tile of the shown group: the one in use, or the first."""
        for group, tiles in self._members.items():
            entry = next((tile for tile in tiles if tile.isChecked()), tiles[0])
            for tile in tiles:
                is_entry = group == self.group and tile is entry
                focus = Qt.FocusPolicy.TabFocus if is_entry else Qt.FocusPolicy.ClickFocus
                tile.setFocusPolicy(focus)

    def set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            for tile in (*self.tiles.values(), *self.others.values()):
                tile.theme, tile.drawing = theme, None
            self._redraw_shown()

    def step(self, by: int) -> None:
        """Choose the next or an earlier tile of the shown group, as the arrow keys do."""
        tiles = self._members[self.group]
        keys = [tile.key for tile in tiles]
        focused = next((tile.key for tile in tiles if tile.hasFocus()), None)
        at = keys.index(focused or (self.value if self.value in keys else keys[0]))
        if abs(by) > 1 and not 0 <= at + by < len(tiles):
            return
        tile = tiles[(at + by) % len(tiles)]
        if isinstance(tile, SourceTile):
            self._choose(tile.key)
        tile.setFocus(Qt.FocusReason.TabFocusReason)

    def _step_group(self, by: int) -> None:
        names = list(self.tabs)
        name = names[(names.index(self.group) + by) % len(names)]
        self.open_group(name)
        self.tabs[name].setFocus(Qt.FocusReason.TabFocusReason)

    def showEvent(self, event: object) -> None:
        self._redraw_shown()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def _choose(self, kind: str) -> None:
        # What is in use follows from the experiment; a refused choice leaves it as it was.
        for name, tile in self.tiles.items():
            tile.setChecked(name == kind)
        self.chosen.emit(kind)

    def _redraw_shown(self) -> None:
        """Draw what is shown and was not drawn yet, when there is time."""
        tiles = [tile for tile in self._members.get(self.group, ()) if tile.drawing is None]
        self._waiting += [tile for tile in tiles if tile not in self._waiting]
        if self._waiting and self.isVisible():
            self._timer.start()

    def _draw_next(self) -> None:
        if self._waiting:
            self._waiting.pop(0).draw()
        else:
            self._timer.stop()

    # Places

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._arrange()

    def _arrange(self) -> None:
        """Names like words in lines, the corner at the right of the last, tiles below."""
        width, y = self.width(), self._arrange_names()
        side = max(32, (width - (_PER_ROW - 1) * _GAP) // _PER_ROW)
        tiles = self._members.get(self.group, [])
        for k, tile in enumerate(tiles):
            row, column = divmod(k, _PER_ROW)
            if tile.width() != side:
                tile.drawing = None
            tile.setGeometry(column * (side + _GAP), y + row * (side + _GAP), side, side)
        rows = -(-len(tiles) // _PER_ROW)
        self.setFixedHeight(y + rows * (side + _GAP) - _GAP)
        self._redraw_shown()

    def _arrange_names(self) -> int:
        """Returns where the tiles begin."""
        x = y = 0
        height = max((tab.sizeHint().height() for tab in self.tabs.values()), default=0)
        for tab in self.tabs.values():
            hint = tab.sizeHint()
            if x and x + hint.width() > self.width():
                x, y = 0, y + height
            tab.setGeometry(x, y, hint.width(), height)
            x += hint.width() + _BETWEEN
        if self._corner is not None:
            hint = self._corner.sizeHint()
            if x + hint.width() > self.width():
                y += height
            left, top = self.width() - hint.width(), y + (height - hint.height()) // 2
            self._corner.setGeometry(left, top, hint.width(), hint.height())
        return y + height + HALF_GAP

    def minimumSizeHint(self) -> QSize:
        return QSize(_PER_ROW * 36 - _GAP, self.height())

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())


class _Tab(QToolButton):
    """The name of a group."""

    moved = Signal(int)

    def __init__(self, group: str, parent: QWidget) -> None:
        super().__init__(parent)
        text, tip = _GROUPS.get(group, (group.capitalize(), f"Data of the group {group}"))
        self.setText(text)
        self.setToolTip(wrapped(tip))
        self.setAccessibleName(f"{text}, group of data")
        self.setCheckable(True)
        self.setProperty("kind", "group")

    def sizeHint(self) -> QSize:
        """As wide as the name alone."""
        self.ensurePolished()
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, hint.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        by = steps.get(Qt.Key(event.key()))
        if by:
            self.moved.emit(by)
            event.accept()
        else:
            super().keyPressEvent(event)


class SourceTile(Tile):
    """One source: its drawing, its short name; an accent border when it is in use."""

    def __init__(self, source: type[DataSource], theme: Theme, parent: TileChooser) -> None:
        super().__init__(label_of(source), theme, parent)
        self.source: DataSource = source()
        self.key = source.kind
        self.setAccessibleName(f"Data: {label_of(source)}")
        self.setToolTip(wrapped(f"{label_of(source)}\n{explain(source)}"))

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        """One that is slow, or cannot be loaded, has an icon or stays empty."""
        if self.source.slow:
            _draw_icon(painter, area, _ICONS.get(self.source.group, "table"), self.theme)
            return
        try:
            dataset = self.source.load(_SEED)
        except (SettingError, OSError):
            return
        draw_miniature(painter, area, dataset, self.theme)

    def short_text(self) -> str:
        return self.source.caption or self.source.kind.replace("_", " ")


class ActionTile(Tile):
    """Something else that a group offers: an icon and its name."""

    def __init__(
        self, key: str, text: str, icon: str, tip: str, theme: Theme, parent: TileChooser
    ) -> None:
        super().__init__(text, theme, parent)
        self.key = key
        self._icon = icon
        self.setAccessibleName(tip)
        self.setToolTip(wrapped(tip))

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        _draw_icon(painter, area, self._icon, self.theme)


def _draw_icon(painter: QPainter, area: QRectF, name: str, theme: Theme) -> None:
    place = QRectF(0, 0, _ICON, _ICON)
    place.moveCenter(area.center())
    icons.icon(name, theme.secondary).paint(painter, place.toRect())
