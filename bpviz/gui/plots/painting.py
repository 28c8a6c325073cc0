"""Small things that painted views share: fonts in the window's scale, pictures of widgets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont, QFontInfo, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from bpviz.gui.theme import TEXT

# Takes a sentence for the status line and whether it is an error.
Say = Callable[[str, bool], object]


def scaled_font(widget: QWidget, size: int, bold: bool = False) -> QFont:
    """The widget's font in one of the theme's sizes, larger when the window's text is."""
    font = QFont(widget.font())
    font.setPixelSize(max(6, round(QFontInfo(font).pixelSize() * size / TEXT)))
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def picture_of(widget: QWidget, scale: float = 2.0) -> QImage:
    """A widget as a sharp picture for slides and papers."""
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image)
    return image


def save_image(image: QImage, path: Path, say: Say) -> None:
    """Write a picture as its file name asks for, and say whether that went well."""
    if image.save(str(path)):
        say(f"Saved {path.name}.", False)
    else:
        say(f"{path.name} could not be written; choose a folder that can be written to.", True)


def picture_menu(widget: QWidget, picture: QWidget, name: str, say: Say) -> QMenu:
    """A menu that copies `picture` or saves it as PNG, and is gone when it closes.

    `name` is the file name it proposes; `say` is told a sentence and whether it is an error.
    """

    def copy() -> None:
        QGuiApplication.clipboard().setImage(picture_of(picture))
        say("Copied the picture.", False)

    def save() -> None:
        path, _ = QFileDialog.getSaveFileName(widget, "Save picture", f"{name}.png", "PNG (*.png)")
        if path:
            path = path if path.lower().endswith(".png") else f"{path}.png"
            save_image(picture_of(picture), Path(path), say)

    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for text, do in (("Copy picture", copy), ("Save picture…", save)):
        action = QAction(text, menu)
        action.triggered.connect(do)
        menu.addAction(action)
    return menu
