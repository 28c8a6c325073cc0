"""The windows beside the main one: each is opened once, or brought to the front.

Each is loaded when it is opened: most are not, in most sessions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from bpviz.experiments.reference import place_of
from bpviz.gui.app import log_path
from bpviz.gui.widgets.glossary_link import asked_for

if TYPE_CHECKING:
    from bpviz.gui.main_window import MainWindow


def show_parameters(window: MainWindow) -> None:
    """The table of all weights and biases."""
    from bpviz.gui.panels.parameter_table import ParameterTable

    shown = window.findChild(ParameterTable)
    if shown is None:
        _open(ParameterTable(window.session, window))
    else:
        _bring_to_front(shown)


def show_architecture(window: MainWindow) -> None:
    """The layers as a line of text to be typed."""
    from bpviz.gui.dialogs.architecture import ArchitectureDialog

    shown = window.findChild(ArchitectureDialog)
    if shown is None:
        _open(ArchitectureDialog(window.session, window))
    else:
        _bring_to_front(shown)


def copy_architecture(window: MainWindow) -> None:
    """The layers as a line of text, into the clipboard."""
    from bpviz.gui.dialogs.architecture import copy_architecture

    copy_architecture(window.session)


def show_shortcuts(window: MainWindow) -> None:
    """What can be done, and by which key."""
    from bpviz.gui.dialogs.shortcuts import ShortcutsDialog

    rows = [
        (text, action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        for text, action in window.actions_by_name.items()
        if not action.shortcut().isEmpty()
    ]
    _open(ShortcutsDialog(rows, window))


def show_glossary(window: MainWindow, word: str = "") -> None:
    """The words of the field, at one of them."""
    from bpviz.gui.dialogs.glossary import GlossaryDialog

    shown = window.findChild(GlossaryDialog)
    if shown is None:
        _open(GlossaryDialog(word, window))
    else:
        if word:
            shown.show_word(word)
        _bring_to_front(shown)


def show_algorithms(window: MainWindow, place: tuple[str, str] = ("", "")) -> None:
    """All that can be chosen, at one entry or else at the optimiser in use."""
    from bpviz.gui.dialogs.algorithms import AlgorithmsDialog

    shown = window.findChild(AlgorithmsDialog)
    if shown is not None:
        if all(place):
            shown.show_article(*place)
        _bring_to_front(shown)
        return
    if not all(place):
        place = place_of(type(window.session.experiment.training.optimizer))
    typesetter = window.explain.typesetter
    _open(AlgorithmsDialog(typesetter, place, window))


def explain_control(window: MainWindow) -> None:
    """The word or the algorithm for what the mouse points at, or for what has the focus."""
    word, entry = asked_for()
    if all(entry):
        show_algorithms(window, entry)
        return
    if not word:
        window.session.said.emit(
            "Point at a setting, or choose one with Tab, and ask again; this is the glossary.",
            False,
        )
    show_glossary(window, word)


def show_log(window: MainWindow) -> None:
    """The log, to be read or copied into a report."""
    from bpviz.gui.dialogs.log import LogDialog

    _open(LogDialog(log_path(), window))


def show_about(window: MainWindow) -> None:
    """Which version this is, and of what."""
    from bpviz.gui.dialogs.about import AboutDialog

    _open(AboutDialog(window))


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    dialog.raise_()


def _bring_to_front(dialog: QDialog) -> None:
    dialog.raise_()
    dialog.activateWindow()
