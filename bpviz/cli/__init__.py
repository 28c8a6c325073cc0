"""The command line. Results go to stdout, all else to stderr.

The exit code is 0, or 2 for bad input and 1 for a failure, both with one line that says why. Only
the command that was asked for is loaded; Qt by those that need it and by no other.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import bpviz
from bpviz.blas import settle_threads
from bpviz.cli.failure import Failure
from bpviz.engine.settings import SettingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    # Before a command is loaded, and NumPy with it.
    settle_threads()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not given or (given[0] not in _COMMANDS and not given[0].startswith("-")):
            given.insert(0, _window_command(given))
        options = _parser(given).parse_args(given)
        return int(options.run(options))
    except SettingError as error:
        return _say(error, 2)
    except MemoryError:
        return _say("there is not enough memory", 1)
    except (Failure, ArithmeticError) as error:
        return _say(error, 1)
    except BrokenPipeError:
        # The reader has gone; nothing may be written any more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _say(error, 1)
    except KeyboardInterrupt:
        return _say("interrupted", 1)


def _window_command(given: Sequence[str]) -> str:
    """`bpviz` and `bpviz FILE` open the window; anything longer was meant as a command."""
    if len(given) > 1:
        known = ", ".join(_COMMANDS)
        raise SettingError(f"there is no command {given[0]!r}; expected one of {known}")
    return "gui"


def _say(what: object, code: int) -> int:
    print(f"bpviz: {' '.join(str(what).split())}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with one line, without the usage in front of it."""
        self.exit(2, f"{self.prog}: {message}; try {self.prog} --help\n")


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Knows all commands, and the arguments of those that are among the words given."""
    parser = _Parser(
        prog="bpviz",
        description=bpviz.__doc__,
        epilog="bpviz alone opens the window, and so does bpviz FILE.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"bpviz {bpviz.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (help_text, module, run) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=help_text, description=help_text, allow_abbrev=False
        )
        if name in given:
            loaded = import_module(f"bpviz.cli.{module}")
            getattr(loaded, f"{name}_arguments")(command)
            command.set_defaults(run=getattr(loaded, run))
    return parser


# What each is for, the module that holds it and `<name>_arguments`, and its function there.
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "gui": ("open the window", "window", "gui"),
    "list": ("list the gallery, or what there is of algorithms and data", "listing", "list_all"),
    "train": ("train an experiment and print what came of it", "training", "train"),
    "predict": ("write what a trained network predicts for new rows", "predicting", "predict"),
    "explain": (
        "show why a weight or bias changes by what it changes",
        "explaining",
        "explain_parameter",
    ),
    "check": ("compare the gradient with central differences of the error", "training", "check"),
    "screenshot": (
        "train an experiment and save a picture of the window",
        "window",
        "screenshot",
    ),
    "bench": ("measure the speed of engine and window here", "bench", "bench"),
}
