"""The command that measures the speed of engine and window on this machine."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
from dataclasses import asdict
from typing import Any, NamedTuple

from bpviz.cli.options import above_zero
from bpviz.engine.settings import SettingError
from bpviz.lab.bench.measuring import Measurement
from bpviz.lab.bench.program import SECONDS, BenchError, measured
from bpviz.lab.numerics import numerics
from bpviz.lab.report import as_json


class Section(NamedTuple):
    """What is measured together: in words, and the module that is run for it."""

    words: str
    module: str


# To add a section, add a line here.
SECTIONS = {
    "engine": Section("training, beside scikit-learn and PyTorch", "bpviz.lab.bench.engine"),
    "kernels": Section("the compiled kernel, beside NumPy", "bpviz.lab.bench.kernels"),
    "evaluation": Section("what evaluating costs", "bpviz.lab.bench.evaluation"),
    "memory": Section("what a training holds in memory", "bpviz.lab.bench.memory"),
    "window": Section("small networks in the window", "bpviz.gui.bench.window"),
    "canvas": Section("painting the network", "bpviz.gui.bench.canvas"),
    "pictures": Section("pictures in the window", "bpviz.gui.bench.pictures"),
    "large": Section("large networks in the window", "bpviz.gui.bench.large"),
    "start": Section("starting the window", "bpviz.gui.bench.start"),
}

_NEEDS_QT = "bpviz.gui."
_WIDTH = 84


def bench_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "section",
        nargs="*",
        metavar="SECTION",
        help=f"what to measure: {', '.join(SECTIONS)}; without a name all, in about 8 minutes",
    )
    command.add_argument(
        "--seconds",
        type=above_zero,
        default=SECONDS,
        metavar="S",
        help=f"how long one measurement is to take, instead of about {SECONDS:g}",
    )
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


def bench(options: argparse.Namespace) -> int:
    """Print every figure as soon as it is measured, or all at the end as JSON."""
    chosen = _chosen(options.section)
    machine, rows, failed = _machine(), [], False
    if not options.json:
        print("; ".join(f"{name} {value}" for name, value in machine.items()))
    for name in chosen:
        section = SECTIONS[name]
        if section.module.startswith(_NEEDS_QT) and importlib.util.find_spec("PySide6") is None:
            print(f"bpviz: {name} is not measured: PySide6 is not installed", file=sys.stderr)
            continue
        if not options.json:
            print(f"\n{name}: {section.words}")
        try:
            for measurement in measured(section.module, options.seconds):
                rows.append({"section": name, **asdict(measurement), "met": measurement.met})
                if not options.json:
                    print(_row(measurement), flush=True)
        except BenchError as error:
            failed = True
            print(f"bpviz: {name} was not measured to its end: {error}", file=sys.stderr)
    if options.json:
        print(as_json({"machine": machine, "measurements": rows}))
    return int(failed)


def _chosen(names: list[str]) -> list[str]:
    known = ", ".join(SECTIONS)
    for name in names:
        if name not in SECTIONS:
            raise SettingError(f"there is no section {name!r}; expected some of {known}")
    return names or list(SECTIONS)


def _machine() -> dict[str, Any]:
    """What the figures depend on besides the program."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        **{name: value for name, value in numerics().items() if not name.startswith("kernel")},
    }


def _row(measurement: Measurement) -> str:
    """One line: name, value and unit, the aim and whether it was met, the note."""
    m = measurement
    value = "–" if m.value is None else _figure(m.value)
    line = f"  {m.name:{_WIDTH}} {value:>10} {m.unit}"
    if m.at_least is not None:
        line += f"   aim at least {m.at_least:g}: {_MET[m.met]}"
    if m.at_most is not None:
        line += f"   aim at most {m.at_most:g}: {_MET[m.met]}"
    return f"{line}   ({m.note})" if m.note else line


_MET = {True: "met", False: "MISSED", None: "not measured"}


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
