"""The tools of the drawing sheet: point, brush, eraser, their size, and what is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bpviz.engine.settings import Setting
from bpviz.gui import icons
from bpviz.gui.colors import signed_color
from bpviz.gui.output.drawing_chips import CHIP_SIZE, ClassChip, Swatch
from bpviz.gui.output.drawing_sheet import drawn_colors
from bpviz.gui.output.drawing_tools import BRUSH, POINT, TOOLS
from bpviz.gui.theme import GAP, HALF_GAP, Theme
from bpviz.gui.widgets.line import Line
from bpviz.gui.widgets.number_field import NumberField
from bpviz.gui.widgets.segmented import SegmentedControl
from bpviz.gui.widgets.slider import Slider
from bpviz.gui.widgets.text import label
from bpviz.lab.drawn_samples import MOST_CLASSES

# More chips than this are set closer.
_FEW = 6
# Narrower than this, the sliders go without their names.
_NAMED = 300
_SIZES, _DENSITIES = (0.02, 0.25), (1, 10)
_SIZE_STEP = 1.25

_VALUE = Setting("Value", "The value that the drawn points have")


class DrawingBar(QWidget):
    """Two rows below the sheet: tools with size and density; classes, or a value.

    `tool_chosen`, `target_chosen` (the number of a class, or a value), `brush_changed`,
    `class_added`, `renamed` (with the number and the new name) and `kind_chosen` ("classes" or
    "values") tell what a person chose; `refused` carries a sentence.
    """

    tool_chosen = Signal(str)
    target_chosen = Signal(float)
    brush_changed = Signal()
    class_added = Signal()
    renamed = Signal(int, str)
    kind_chosen = Signal(str)
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.names: tuple[str, ...] = ()
        self.target = 0.0
        self._known = 0
        self._reach = self._bounds = (-1.0, 1.0)
        self._valued = True
        self.chips: list[ClassChip] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addLayout(self._make_tools())
        column.addLayout(self._make_targets())
        self.set_theme(theme)
        self._show_tool()

    # Building

    def _make_tools(self) -> QHBoxLayout:
        options = [(t.key, "", f"{t.name} ({t.letter}). {t.help}") for t in TOOLS]
        self.tools = SegmentedControl(options, "Tool", self)
        for tool in TOOLS:
            button = self.tools.buttons[tool.key]
            button.setAccessibleName(f"Tool: {tool.name}")
            button.setIconSize(QSize(16, 16))
            button.setStyleSheet("padding: 3px 7px;")
        self.tools.chosen.connect(self._choose_tool)
        self.size_name = label("size", "caption", self)
        self.size_slider = Slider(*_SIZES, logarithmic=True, parent=self)
        self.size_slider.setAccessibleName("Size of brush and eraser")
        self.size_slider.setToolTip("How large the ring of brush and eraser is ([ and ])")
        self.density_name = label("density", "caption", self)
        self.density_slider = Slider(*_DENSITIES, whole=True, parent=self)
        self.density_slider.setAccessibleName("Density of the brush")
        self.density_slider.setToolTip("How many points the brush leaves at a time")
        row = QHBoxLayout()
        row.setSpacing(HALF_GAP)
        row.addWidget(self.tools)
        row.addSpacing(GAP)
        for name, slider in (
            (self.size_name, self.size_slider),
            (self.density_name, self.density_slider),
        ):
            slider.setMinimumWidth(36)
            slider.moved.connect(lambda _value: self.brush_changed.emit())
            row.addWidget(name)
            row.addWidget(slider, 1)
            row.addSpacing(HALF_GAP)
        row.addStretch(0)
        return row

    def _make_targets(self) -> QHBoxLayout:
        self._chips = QHBoxLayout()
        self._chips.setSpacing(HALF_GAP)
        self.add = QToolButton(self)
        self.add.setProperty("kind", "flat")
        self.add.setFixedSize(CHIP_SIZE, CHIP_SIZE)
        self.add.setStyleSheet("padding: 0;")
        self.add.setToolTip(f"Add a class, up to {MOST_CLASSES}")
        self.add.setAccessibleName("Add a class")
        self.add.clicked.connect(lambda _on=False: self.class_added.emit())
        self.name = Line(None, self)
        self.name.setAccessibleName("Name of the class")
        self.name.setToolTip("The name of the chosen class; type another one, Enter takes it")
        self.name.setMinimumWidth(40)
        self.name.editingFinished.connect(self._rename)
        self.value_name = label("value", "caption", self)
        self.value_slider = Slider(-1.0, 1.0, parent=self)
        self.value_slider.setAccessibleName("Value of the drawn points")
        self.value_slider.setToolTip("The value that the drawn points have")
        self.value_slider.moved.connect(self._choose_value)
        self.swatch = Swatch(self)
        self.number = NumberField(_VALUE, digits=4, parent=self)
        self.number.setFixedWidth(64)
        self.number.committed.connect(self._choose_value)
        self.number.refused.connect(self.refused)
        self.kind = SegmentedControl(
            [
                ("classes", "Classes", "Points belong to classes, which are told apart"),
                ("values", "Values", "Points have a value, which is predicted"),
            ],
            "What is drawn",
            self,
        )
        for button in self.kind.buttons.values():
            button.setStyleSheet("padding: 2px 5px;")
        self.kind.chosen.connect(self.kind_chosen)
        row = QHBoxLayout()
        row.setSpacing(HALF_GAP)
        row.addLayout(self._chips)
        row.addWidget(self.add)
        row.addSpacing(HALF_GAP)
        row.addWidget(self.name, 1)
        row.addWidget(self.value_name)
        row.addWidget(self.value_slider, 1)
        row.addWidget(self.swatch)
        row.addWidget(self.number)
        row.addWidget(self.kind)
        return row

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.add.setIcon(icons.icon("add", theme.secondary, theme.border))
        self._show_tool()
        self._show_targets()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tool()
        self._show_targets()

    # What is shown

    @property
    def tool(self) -> str:
        return self.tools.value

    def _show_tool(self) -> None:
        """The tools in the theme's colours, and the settings that the chosen one has."""
        theme = self.theme
        for key, button in self.tools.buttons.items():
            color = theme.on_accent if button.isChecked() else theme.text
            button.setIcon(icons.icon(key, color))
        sized, dense = self.tool != POINT.key, self.tool == BRUSH.key
        named = self.width() >= _NAMED or not dense
        for widget, shown in (
            (self.size_name, sized and named),
            (self.size_slider, sized),
            (self.density_name, dense and named),
            (self.density_slider, dense),
        ):
            widget.setVisible(shown)

    def show_classes(self, names: Sequence[str], target: int, known: int) -> None:
        """Offer these classes, one of which is drawn; so many are `known` to the data."""
        self._known = known
        if tuple(names) != self.names or len(names) != len(self.chips):
            self.names = tuple(names)
            self._make_chips()
        self.target = float(target)
        self._show_targets()

    def show_values(self, low: float, high: float, bounds: tuple[float, float]) -> None:
        """Offer values from the lowest to the highest; `bounds` are those of full colour."""
        self.names = ()
        self._make_chips()
        self._bounds = bounds
        if (low, high) != self._reach:
            self._reach = (low, high)
            self.value_slider.set_range(low, high)
        self._show_targets()

    def show_kind(self, kind: str, offered: bool, valued: bool = True) -> None:
        """Whether classes or values are drawn, and whether that can still be chosen.

        Without `valued` a point's height is its value, and none is chosen.
        """
        self.kind.set_value(kind)
        self.kind.setVisible(offered)
        self._valued = valued
        self._show_targets()

    def _make_chips(self) -> None:
        for chip in self.chips:
            self._chips.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for k, name in enumerate(self.names):
            chip = ClassChip(k, name, self)
            chip.clicked.connect(lambda _on=False, k=k: self.choose_target(k))
            self._chips.addWidget(chip)
            self.chips.append(chip)
        self._chips.setSpacing(HALF_GAP if len(self.names) <= _FEW else 0)

    def _show_targets(self) -> None:
        classes = bool(self.names)
        colors = drawn_colors(self.theme, self._known, len(self.names))
        for k, chip in enumerate(self.chips):
            chip.dress(colors[k], self.theme, k == int(self.target))
        self.add.setVisible(classes)
        self.add.setEnabled(len(self.names) < MOST_CLASSES)
        self.name.setVisible(classes)
        if classes:
            self.name.show_text(self.names[min(int(self.target), len(self.names) - 1)])
        for widget in (self.value_name, self.value_slider, self.swatch, self.number):
            widget.setVisible(not classes and self._valued)
        if not self.kind.isHidden() and self.width() < _NAMED:
            self.number.hide()
        if not classes:
            self.value_slider.set_value(self.target)
            self.number.set_value(self.target)
            low, high = self._bounds
            share = (self.target - 0.5 * (low + high)) * 2.0 / (high - low)
            self.swatch.show_color(signed_color(self.theme, share), self.theme)

    # What a person does

    def _choose_tool(self, key: str) -> None:
        self._show_tool()
        self.tool_chosen.emit(key)

    def choose_tool(self, key: str) -> None:
        """Take a tool by its key."""
        self.tools.set_value(key)
        self._choose_tool(key)

    def choose_target(self, number: int) -> None:
        """Draw another class; one that there is not changes nothing."""
        if number < len(self.names):
            self.target = float(number)
            self._show_targets()
            self.target_chosen.emit(self.target)

    def _choose_value(self, value: float) -> None:
        self.target = value
        self._show_targets()
        self.target_chosen.emit(value)

    def resize_brush(self, steps: int) -> None:
        """A larger or a smaller ring."""
        share, density = self.brush
        share *= _SIZE_STEP**steps
        self.set_brush(min(max(share, _SIZES[0]), _SIZES[1]), density)

    def set_brush(self, share: float, density: int) -> None:
        """The radius as a share of the sheet's shorter side, and the points left at a time."""
        self.size_slider.set_value(share)
        self.density_slider.set_value(density)
        self.brush_changed.emit()

    @property
    def brush(self) -> tuple[float, int]:
        """What `set_brush` sets."""
        share = self.size_slider.value_at(self.size_slider.value())
        return share, int(self.density_slider.value_at(self.density_slider.value()))

    def _rename(self) -> None:
        if self.name.isModified() and self.names:
            number = min(int(self.target), len(self.names) - 1)
            name = self.name.text().strip()
            self.name.show_text(self.names[number])
            if name != self.names[number]:
                self.renamed.emit(number, name)
