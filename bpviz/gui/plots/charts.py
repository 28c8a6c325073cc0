"""The charts of the plots by their names; each is loaded and made when it has something to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

if TYPE_CHECKING:
    from bpviz.gui.plots.chart import Chart
    from bpviz.gui.theme import Theme

# Those with a logarithmic axis, at first.
LOGARITHMIC = ("Loss", "Gradients", "Rate")


def load() -> None:
    """Load what draws curves, ahead of the first of them: it takes many frames."""
    from bpviz.gui.plots import chart  # noqa: F401


class Charts:
    """Keeps them in `pages`."""

    def __init__(self, pages: QStackedWidget) -> None:
        self._pages = pages
        self._made: dict[str, Chart] = {}
        self._logarithmic = dict.fromkeys(LOGARITHMIC, True)
        self._theme: Theme | None = None

    def __getitem__(self, name: str) -> Chart:
        if name not in self._made:
            self._made[name] = chart = self._make(name)
            self._pages.addWidget(chart)
            if self._theme is not None:
                chart.set_theme(self._theme)
        return self._made[name]

    def _make(self, name: str) -> Chart:
        from bpviz.gui.plots.chart import Chart

        unit = " %" if name == "Accuracy" else ""
        chart = Chart("epoch", logarithmic=self.is_logarithmic(name), unit=unit)
        if name == "Accuracy":
            chart.set_bounds(0.0, 100.0)
        words = "Learning rate" if name == "Rate" else name
        chart.setAccessibleName(f"{words} over the epochs")
        return chart

    def is_logarithmic(self, name: str) -> bool:
        """Whether the chart has a logarithmic axis."""
        return self._logarithmic.get(name, False)

    def set_logarithmic(self, name: str, on: bool) -> None:
        """Give a chart a logarithmic axis, or an even one."""
        self._logarithmic[name] = on
        if name in self._made:
            self._made[name].set_logarithmic(on)

    def set_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        self._theme = theme
        for chart in self._made.values():
            chart.set_theme(theme)
