"""The menu bar, declared as rows: what it is called, its key, what it does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.experiments.lessons import lessons
from bpviz.gui import files
from bpviz.gui.best_weights import take_best
from bpviz.gui.dialogs import opening
from bpviz.gui.session import Session
from bpviz.gui.widgets.glossary_link import KEY as GLOSSARY_KEY
from bpviz.lab.edits import AddLayer, RemoveLayer
from bpviz.lab.graph_edits import ForgetMoves

if TYPE_CHECKING:
    from bpviz.gui.main_window import MainWindow


@dataclass(frozen=True)
class Row:
    """One line of a menu. `checked` makes it a check box; None for `do` draws a line.

    `keys` are its shortcuts, the first of them shown; `named` gives what follows its text, and ""
    when it cannot be used; `usable` says just whether it can. `renamed` gives the text that stands
    in its place at present. Rows of one `group` exclude each other.
    """

    text: str = ""
    do: Callable[[], object] | None = None
    keys: tuple[str, ...] | str = ()
    checked: Callable[[], bool] | None = None
    named: Callable[[], str] | None = None
    renamed: Callable[[], str] | None = None
    usable: Callable[[], bool] | None = None
    group: str = ""


LINE = Row()


def build_menus(window: MainWindow) -> dict[str, QAction]:
    """Fill the window's menu bar; returns its actions by text, for the list of shortcuts."""
    actions: dict[str, QAction] = {}
    bar = window.menuBar()
    for title, rows in _menus(window).items():
        menu = bar.addMenu(f"&{title}")
        _fill(window, menu, rows, actions)
        if title == "File":
            save = actions["Save experiment as…"]
            examples = QMenu("Open from the gallery", menu)
            menu.insertMenu(save, examples)
            _when_opened(examples, functools.partial(_add_gallery, window, examples))
        if title == "Lessons":
            _when_opened(menu, functools.partial(_add_lessons, window, menu, actions))
        if title == "View":
            _add_themes(window, menu)
    return actions


def _when_opened(menu: QMenu, fill: Callable[[], object]) -> None:
    """Fill what takes reading when the menu is opened for the first time."""

    def once() -> None:
        menu.aboutToShow.disconnect(once)
        fill()

    menu.aboutToShow.connect(once)


def _menus(window: MainWindow) -> dict[str, list[Row]]:
    return {
        "File": _file_rows(window),
        "Edit": _edit_rows(window),
        "Network": _network_rows(window),
        "Train": _train_rows(window),
        "View": _view_rows(window),
        "Lessons": _lesson_rows(window),
        "Help": _help_rows(window),
    }


def _file_rows(window: MainWindow) -> list[Row]:
    return [
        Row("Open…", lambda: files.ask_open(window), "Ctrl+O"),
        Row("Import table…", window.import_table, "Ctrl+Shift+O"),
        Row("Save experiment as…", lambda: files.ask_save(window), "Ctrl+S"),
        LINE,
        Row("Export trained weights…", lambda: files.ask_export(window), "Ctrl+E"),
        Row("Import weights…", lambda: files.ask_import(window), "Ctrl+I"),
        Row(
            "Predict a table…",
            lambda: window.predictor.ask(window),
            "Ctrl+P",
            renamed=lambda: window.predictor.text,
        ),
        LINE,
        Row(
            "Copy network picture",
            lambda: files.copy_picture(window, "network"),
            "Ctrl+Shift+C",
        ),
        Row("Save network picture…", lambda: files.ask_picture(window, "network")),
        Row("Copy plot picture", lambda: files.copy_picture(window, "plot")),
        Row("Save plot picture…", lambda: files.ask_picture(window, "plot")),
        LINE,
        Row("Quit", window.close, "Ctrl+Q"),
    ]


def _edit_rows(window: MainWindow) -> list[Row]:
    session = window.session
    lab = window.laboratory
    return [
        Row("Undo", session.undo, "Ctrl+Z", named=lambda: lab.undo_text),
        Row("Redo", session.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), named=lambda: lab.redo_text),
        LINE,
        Row("Weights and biases…", lambda: opening.show_parameters(window), "Ctrl+T"),
        Row("Own samples…", window.edit_samples, "Ctrl+D"),
        Row(
            "Draw samples",
            lambda: session.draw_asked.emit(False),
            "Ctrl+Shift+D",
            usable=lambda: not window.output.drawing.why_not(),
        ),
        Row("Draw samples on an empty sheet", lambda: session.draw_asked.emit(True)),
        Row("Paste table", window.paste_table, "Ctrl+V"),
        Row("Paste table with choices…", window.import_pasted, "Ctrl+Shift+V"),
    ]


def _network_rows(window: MainWindow) -> list[Row]:
    session = window.session
    return [
        Row("Explain the selected weight", window.show_explanation, "E"),
        Row("Check the gradient…", window.show_gradient_check, "G"),
        LINE,
        Row("Add hidden layer", lambda: _add_layer(session), "Ctrl+L"),
        Row("Remove last hidden layer", lambda: _remove_layer(session), "Ctrl+Shift+L"),
        Row("Prune connections…", window.prune_connections, "Ctrl+K"),
        Row("Copy architecture", lambda: opening.copy_architecture(window)),
        Row("Type architecture…", lambda: opening.show_architecture(window), "Ctrl+Shift+A"),
        Row(
            "Arrange all layers anew",
            lambda: session.apply(ForgetMoves()),
            usable=lambda: bool(session.experiment.moved),
        ),
        LINE,
        Row("Zoom in", lambda: window.canvas.network.zoom_by(1.25), "+"),
        Row("Zoom out", lambda: window.canvas.network.zoom_by(1 / 1.25), "-"),
        Row("Fit", window.canvas.network.fit, "0"),
    ]


def _train_rows(window: MainWindow) -> list[Row]:
    transport = window.transport
    return [
        Row("Train or pause", transport.toggle, "Space"),
        Row("Step", transport.step, "S"),
        Row("Train N epochs…", transport.ask_epochs, "N"),
        LINE,
        Row("Explain step", window.session.explain_step, "X"),
        Row("Explain step back", lambda: window.session.explain_step(-1), "Shift+X"),
        Row("Play the six stages", window.play_explanation, "P"),
        LINE,
        Row("Reset to the initial weights", transport.reset, "R"),
        Row("New seed", transport.new_seed, "Shift+R"),
        LINE,
        Row("Take the best weights", lambda: take_best(window.session), "Shift+B"),
    ]


def _view_rows(window: MainWindow) -> list[Row]:
    session = window.session
    return [
        *(
            Row(
                f"Colour edges by {name}",
                lambda name=name: session.show(quantity=name),  # type: ignore[misc]
                str(number),
                checked=lambda name=name: session.look.quantity == name,  # type: ignore[misc]
                group="quantity",
            )
            for number, name in enumerate(("weight", "gradient", "update", "velocity"), 1)
        ),
        LINE,
        _flag(session, "Numbers on the network", "numbers", "M"),
        _flag(session, "Biases as units that are always 1", "bias_units", "B"),
        _flag(session, "Missing connections", "missing", "I"),
        _flag(session, "Mark dead and saturated units", "health", "H"),
        _flag(session, "Show test samples", "show_test", "T"),
        _flag(session, "Discretise output", "discretise", "D"),
        _flag(session, "Presenter", "presenter", "F5"),
        LINE,
    ]


def _lesson_rows(window: MainWindow) -> list[Row]:
    card = window.lesson

    def under_way() -> bool:
        return card.run is not None

    return [
        LINE,
        Row("Next step of the lesson", card.next, "Alt+Right", usable=under_way),
        Row("Back one step", card.back, "Alt+Left", usable=under_way),
        Row("Begin the lesson again", card.restart, usable=under_way),
        Row("Leave the lesson", card.leave, usable=under_way),
    ]


def _help_rows(window: MainWindow) -> list[Row]:
    return [
        Row("Keyboard shortcuts", lambda: opening.show_shortcuts(window), "F1"),
        Row("Glossary…", lambda: opening.show_glossary(window), "Ctrl+F1"),
        Row("Algorithms…", lambda: opening.show_algorithms(window), "Ctrl+Shift+F1"),
        Row("What is this?", lambda: opening.explain_control(window), GLOSSARY_KEY),
        Row("What to watch", window.show_watch),
        Row("Open log", lambda: opening.show_log(window)),
        Row("About bpviz", lambda: opening.show_about(window)),
    ]


def _flag(session: Session, text: str, field: str, key: str) -> Row:
    return Row(
        text,
        lambda: session.show(**{field: not getattr(session.look, field)}),
        key,
        checked=lambda: bool(getattr(session.look, field)),
    )


def _fill(window: MainWindow, menu: QMenu, rows: list[Row], actions: dict[str, QAction]) -> None:
    made: list[tuple[Row, QAction]] = []
    groups: dict[str, QActionGroup] = {}
    for row in rows:
        if row.do is None:
            menu.addSeparator()
            continue
        action = _action(menu, row)
        if row.group:
            groups.setdefault(row.group, QActionGroup(menu)).addAction(action)
        actions[row.text] = action
        made.append((row, action))

    def refresh() -> None:
        for row, action in made:
            if row.checked is not None:
                action.setChecked(row.checked())
            if row.usable is not None:
                action.setEnabled(row.usable())
            if row.named is not None:
                action.setText(f"{row.text} {row.named()}".strip())
                action.setEnabled(bool(row.named()))
            if row.renamed is not None:
                action.setText(row.renamed())

    def enable() -> None:
        # A shortcut must work whatever the menu showed last.
        for _row, action in made:
            action.setEnabled(True)

    menu.aboutToShow.connect(refresh)
    menu.aboutToHide.connect(enable)


def _action(menu: QMenu, row: Row) -> QAction:
    action = menu.addAction(row.text)
    keys = (row.keys,) if isinstance(row.keys, str) else row.keys
    action.setShortcuts([QKeySequence(key) for key in keys])
    # A held key would train and pause, or reset, many times a second.
    action.setAutoRepeat(False)
    action.setCheckable(row.checked is not None)
    do = row.do
    assert do is not None
    action.triggered.connect(lambda _checked=False: do())
    return action


def _add_lessons(window: MainWindow, menu: QMenu, actions: dict[str, QAction]) -> None:
    first = menu.actions()[0]
    for one in lessons():
        start = functools.partial(window.lesson.start, one.name)
        action = _action(menu, Row(f"{one.number}  {one.title}  ({one.minutes} min)", start))
        menu.insertAction(first, action)
        actions[action.text()] = action


def _add_gallery(window: MainWindow, examples: QMenu) -> None:
    for name in gallery_names():
        experiment = gallery_experiment(name)
        action = examples.addAction(f"{experiment.title}  ({name})")
        action.triggered.connect(
            lambda _checked=False, chosen=experiment: window.open_experiment(chosen)
        )


def _add_themes(window: MainWindow, menu: QMenu) -> None:
    group = QActionGroup(menu)
    for name in ("light", "dark", "system"):
        action = menu.addAction(
            {"system": "Theme of the desktop"}.get(name, f"{name.title()} theme")
        )
        action.setCheckable(True)
        action.setChecked(window.looks.theme_name == name)
        action.triggered.connect(lambda _checked=False, name=name: window.looks.set_theme(name))
        group.addAction(action)


def _add_layer(session: Session) -> None:
    session.apply(AddLayer(session.experiment.network.layers[-2].id))


def _remove_layer(session: Session) -> None:
    hidden = session.experiment.network.layers[-2]
    if hidden.is_input:
        session.said.emit("There is no hidden layer to remove.", True)
    else:
        session.apply(RemoveLayer(hidden.id))
