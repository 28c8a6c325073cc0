"""The commands that open the window, or draw it: only here is Qt loaded."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bpviz.cli.options import (
    chosen_experiment,
    experiment_arguments,
    found_experiment,
    named_parameter,
    needing_qt,
    ready_trainer,
    size,
    whole_number,
)
from bpviz.engine.settings import SettingError
from bpviz.lab.findings import finding_of

# What --panel may be, and the tab of the window that it means.
PANELS = {
    "explain": "Explain",
    "watch": "Watch",
    "finding": "Finding",
    "data": "Data",
    "check": "Gradient check",
    "results": "Results",
    "operations": "Operations",
    "landscape": "Landscape",
}


def gui_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="an experiment file, a name from the gallery, or a table such as my.csv",
    )


def gui(options: argparse.Namespace) -> int:
    experiment = found_experiment(options.file) if options.file else None
    with needing_qt():
        from bpviz.gui.app import run_window
    return run_window(experiment)


def screenshot_arguments(command: argparse.ArgumentParser) -> None:
    experiment_arguments(command)
    command.add_argument("out", metavar="OUT.png", help="the picture to write")
    command.add_argument(
        "--epochs",
        type=whole_number,
        metavar="N",
        help="how long to train; otherwise as it says itself",
    )
    command.add_argument(
        "--size", type=size, default=(1440, 900), metavar="WxH", help="such as 1440x900"
    )
    command.add_argument("--theme", choices=("light", "dark"), default="light")
    command.add_argument(
        "--panel", choices=PANELS, help="the tab below the network, instead of the first words"
    )
    command.add_argument(
        "--parameter",
        metavar="w5",
        help="the weight or bias to be selected; --panel explain takes the one with the largest "
        "gradient by itself",
    )


def screenshot(options: argparse.Namespace) -> int:
    experiment = chosen_experiment(options)
    out = Path(options.out)
    if out.suffix.lower() != ".png":
        raise SettingError("the file's ending must be .png", options.out)
    if not out.parent.is_dir():
        raise SettingError("there is no such folder", str(out.parent))
    if options.panel == "finding" and finding_of(experiment) is None:
        raise SettingError("this experiment has no finding", "--panel finding")
    _, trainer = ready_trainer(options, experiment)
    if options.parameter is not None:
        named_parameter(trainer, options.parameter)
    with needing_qt():
        from bpviz.gui.screenshot import screenshot

    screenshot(
        experiment,
        out,
        options.epochs,
        size=options.size,
        theme=options.theme,
        tab=PANELS.get(options.panel, ""),
        parameter=options.parameter,
    )
    print(f"wrote {out}", file=sys.stderr)
    return 0
