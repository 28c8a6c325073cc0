"""Theme and size of text: the application's palette and font, and the window's style sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

from bpviz.gui import theme as themes
from bpviz.gui.session import Session

_PRESENTER_SCALE = 1.35
_THEMES = {"light": themes.LIGHT, "dark": themes.DARK}


class Looks(QObject):
    """Dresses a window as the session's look says; `columns()` get room for larger words.

    `theme_name` is "light", "dark" or "system", which follows the desktop.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        columns: Callable[[], QSplitter],
        theme_name: str,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._columns = columns
        self._applied: tuple[str, bool] | None = None
        self._own_sizes: list[int] = []
        self.set_theme(theme_name)
        session.look_changed.connect(self._apply)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_desktop)

    def set_theme(self, name: str) -> None:
        """Use the theme "light", "dark" or "system"."""
        self.theme_name = name
        self._session.show(theme=_THEMES.get(name) or themes.system_theme())
        self._apply()

    def _follow_desktop(self) -> None:
        if self.theme_name == "system":
            self.set_theme("system")

    def _apply(self) -> None:
        look = self._session.look
        wanted = (look.theme.name, look.presenter)
        if self._applied == wanted:
            return
        self._give_room(look.presenter)
        self._applied = wanted
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scale = _PRESENTER_SCALE if look.presenter else 1.0
        app.setPalette(themes.palette(look.theme))
        app.setFont(themes.ui_font(scale))
        self._window.setStyleSheet(themes.stylesheet(look.theme, scale))

    def _give_room(self, presenter: bool) -> None:
        """Larger words in the left column need a wider one."""
        if presenter == (self._applied is not None and self._applied[1]):
            return
        if presenter:
            self._own_sizes = self._columns().sizes()
            left, middle, right = self._own_sizes
            wanted = round(left * _PRESENTER_SCALE)
            self._columns().setSizes([wanted, middle + left - wanted, right])
        elif self._own_sizes:
            self._columns().setSizes(self._own_sizes)
