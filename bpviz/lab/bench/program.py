"""Each section of the bench is a program of its own: `python -m bpviz.lab.bench.engine SECONDS`.

So no section disturbs the next one by the threads and libraries that it loaded, and the memory of
each can be told. A program writes its figures as lines of JSON while it measures.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

from bpviz.lab.bench.measuring import Measurement

# Of one measurement, unless told otherwise; longer or shorter ones are in proportion to it.
SECONDS = 5.0


class BenchError(Exception):
    """A section could not be measured to its end; the sentence says why."""


def as_program(measure: Callable[[float], Iterable[Measurement]]) -> None:
    """Measure for as long as the command line says, and write the figures to stdout."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    for figure in measure(seconds):
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
        sys.stdout.flush()


def measured(module: str, seconds: float = SECONDS, *more: str) -> Iterator[Measurement]:
    """The figures of a section, each as soon as it is there; `more` is what else it is told.

    Raises BenchError when the program ends before its time.
    """
    command = [sys.executable, "-m", module, str(seconds), *more]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
        ) as process,
    ):
        try:
            assert process.stdout is not None
            for line in process.stdout:
                yield Measurement(**json.loads(line))
        finally:
            # Whoever asks for no more figures does not wait for them either.
            if process.poll() is None and sys.exc_info()[0] is not None:
                process.kill()
        if process.wait():
            errors.seek(0)
            said = errors.read().split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "")
            raise BenchError(last or f"the program ended with exit code {process.returncode}")
