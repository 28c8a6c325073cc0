"""What File does: experiments in and out, weights out, pictures out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from bpviz.experiments.toml_files import read_experiment, write_experiment
from bpviz.io.exporters import EXPORTERS, export_network
from bpviz.io.records import record

if TYPE_CHECKING:
    from bpviz.gui.main_window import MainWindow

Picture = Literal["network", "plot"]


def ask_open(window: MainWindow) -> None:
    path, _ = QFileDialog.getOpenFileName(
        window, "Open experiment", "", "Experiments (*.toml);;All files (*)"
    )
    if path:
        open_path(window, Path(path))


def open_path(window: MainWindow, path: Path) -> None:
    """Open an experiment file; a bad one is said and changes nothing."""
    _try(window, lambda: window.open_experiment(read_experiment(path)))


def ask_save(window: MainWindow) -> None:
    name = f"{window.session.experiment.name}.toml"
    path, _ = QFileDialog.getSaveFileName(window, "Save experiment", name, "Experiments (*.toml)")
    if path:
        save_path(window, Path(path).with_suffix(".toml"))


def save_path(window: MainWindow, path: Path) -> None:
    """Save the experiment, with its initial weights where they were edited by hand."""
    snapshot = window.session.snapshot
    if snapshot is None:
        return
    done = _try(window, lambda: write_experiment(snapshot.experiment_as_started(), path))
    if done:
        window.session.said.emit(f"Saved {path.name}.", False)


def ask_export(window: MainWindow) -> None:
    kinds = ";;".join(f"{e.label} (*{ending})" for ending, e in EXPORTERS.items())
    name = f"{window.session.experiment.name}{next(iter(EXPORTERS))}"
    path, _ = QFileDialog.getSaveFileName(window, "Export trained weights", name, kinds)
    if path:
        export_path(window, Path(path))


def export_path(window: MainWindow, path: Path) -> None:
    """Write the weights as they are now; the format follows the file's ending."""
    snapshot = window.session.snapshot
    if snapshot is None:
        return
    name = snapshot.experiment.name
    network = record(name, snapshot.epoch, snapshot.spec, snapshot.theta, snapshot.data)
    if _try(window, lambda: export_network(network, path)):
        window.session.said.emit(
            f"Exported the weights of epoch {snapshot.epoch:,} to {path.name}.", False
        )


def picture(window: MainWindow, which: Picture) -> QImage:
    """The network or the plot in front, as the screen shows it."""
    return window.canvas.to_image() if which == "network" else window.plots.render_image()


def copy_picture(window: MainWindow, which: Picture) -> None:
    QGuiApplication.clipboard().setImage(picture(window, which))
    window.session.said.emit(f"Copied the {which} as a picture.", False)


def ask_picture(window: MainWindow, which: Picture) -> None:
    path, _ = QFileDialog.getSaveFileName(
        window, f"Save the {which}", f"{which}.png", "PNG (*.png)"
    )
    if path:
        save_picture(window, which, Path(path).with_suffix(".png"))


def save_picture(window: MainWindow, which: Picture, path: Path) -> None:
    if picture(window, which).save(str(path)):
        window.session.said.emit(f"Saved {path.name}.", False)
    else:
        window.session.said.emit(
            f"{path.name} could not be written; choose a folder that can be written to.", True
        )


def _try(window: MainWindow, work: Callable[[], object]) -> bool:
    """Do the work; a file that cannot be read or written is said in one sentence."""
    try:
        work()
    except (OSError, ValueError) as error:
        window.session.said.emit(str(error), True)
        return False
    return True
