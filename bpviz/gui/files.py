"""What File does: experiments in and out, weights out, pictures out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from bpviz.datasets.file_source import FileSource
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import read_experiment, write_experiment
from bpviz.gui.plots.painting import save_image
from bpviz.gui.tables import open_on_table, open_table, table_filter, table_patterns
from bpviz.lab.table_experiment import with_a_network

if TYPE_CHECKING:
    from bpviz.gui.main_window import MainWindow

EXPERIMENT = ".toml"

Picture = Literal["network", "plot"]


def ask_open(window: MainWindow) -> None:
    kinds = (
        f"Experiments and data ({' '.join((f'*{EXPERIMENT}', *table_patterns()))})",
        f"Experiments (*{EXPERIMENT})",
        table_filter(),
        "All files (*)",
    )
    path, _ = QFileDialog.getOpenFileName(window, "Open", "", ";;".join(kinds))
    if path:
        open_path(window, Path(path))


def open_path(window: MainWindow, path: Path) -> None:
    """Open an experiment or a table; a bad one is said and changes nothing."""
    if path.suffix.lower() == EXPERIMENT:
        _try(window, lambda: _open_experiment(window, read_experiment(path), path.name))
    else:
        open_table(window.session, path, window.session.learn_at_once)


def _open_experiment(window: MainWindow, experiment: Experiment, name: str) -> None:
    if isinstance(experiment.data.source, FileSource):
        open_on_table(window.session, experiment, name, window.session.learn_at_once)
    else:
        window.open_experiment(with_a_network(experiment))


def ask_save(window: MainWindow) -> None:
    name = f"{window.session.experiment.name}.toml"
    path = _ask(window, "Save experiment", name, {".toml": "Experiments"})
    if path:
        save_path(window, path)


def save_path(window: MainWindow, path: Path) -> None:
    """Save the experiment, with its initial weights where they were edited by hand."""
    snapshot = window.session.latest
    if snapshot is None:
        return
    saved = replace(snapshot.experiment_as_started(), name=path.stem)
    if _try(window, lambda: write_experiment(saved, path)):
        lost = (
            ""
            if snapshot.start_can_be_saved
            else (" Its initial weights, edited by hand, are too many to be saved with it.")
        )
        window.session.said.emit(f"Saved {path.name}.{lost}", False)


def ask_export(window: MainWindow) -> None:
    from bpviz.io.exporters import EXPORTERS

    name = f"{window.session.experiment.name}{next(iter(EXPORTERS))}"
    kinds = {ending: exporter.label for ending, exporter in EXPORTERS.items()}
    path = _ask(window, "Export trained weights", name, kinds)
    if path:
        export_path(window, path)


def export_path(window: MainWindow, path: Path) -> None:
    """Write the weights as they are now; the format follows the file's ending."""
    window.transfer.export(path)


def ask_import(window: MainWindow) -> None:
    from bpviz.io.importers import IMPORTERS

    endings = " ".join(f"*{ending}" for ending in IMPORTERS)
    path, _ = QFileDialog.getOpenFileName(
        window, "Import weights", "", f"Trained weights ({endings});;All files (*)"
    )
    if path:
        import_path(window, Path(path))


def import_path(window: MainWindow, path: Path) -> None:
    """Give the network the weights of a file; where they do not fit, what differs is said."""
    window.transfer.bring_in(path)


def picture(window: MainWindow, which: Picture) -> QImage:
    """The network or the plot in front, as the screen shows it."""
    return window.canvas.to_image() if which == "network" else window.plots.render_image()


def copy_picture(window: MainWindow, which: Picture) -> None:
    QGuiApplication.clipboard().setImage(picture(window, which))
    window.session.said.emit(f"Copied the {which} as a picture.", False)


def ask_picture(window: MainWindow, which: Picture) -> None:
    path = _ask(window, f"Save the {which}", f"{which}.png", {".png": "PNG"})
    if path:
        save_picture(window, which, path)


def save_picture(window: MainWindow, which: Picture, path: Path) -> None:
    save_image(picture(window, which), path, window.session.said.emit)


def _ask(window: MainWindow, title: str, name: str, kinds: dict[str, str]) -> Path | None:
    """Ask where to save; a name without one of the endings gets that of the chosen kind.

    The dialog itself asks before a file is replaced, so the ending is its own matter.
    """
    filters = {f"{label} (*{ending})": ending for ending, label in kinds.items()}
    dialog = QFileDialog(window, title, name, ";;".join(filters))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)

    def follow(chosen: str) -> None:
        dialog.setDefaultSuffix(filters.get(chosen, next(iter(kinds))).removeprefix("."))

    dialog.filterSelected.connect(follow)
    follow(dialog.selectedNameFilter())
    accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
    return Path(dialog.selectedFiles()[0]) if accepted else None


def _try(window: MainWindow, work: Callable[[], object]) -> bool:
    """Do the work; a file that cannot be read or written is said in one sentence."""
    try:
        work()
    except (OSError, ValueError) as error:
        window.session.said.emit(str(error), True)
        return False
    return True
