"""The hidden layers of a stack as a line of text, "6 – 4", and the edit that follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec
from bpviz.experiments.experiment import Experiment
from bpviz.lab.architecture_text import SetArchitecture, check_hidden
from bpviz.lab.edits import Edit


def is_stack(spec: NetworkSpec) -> bool:
    """Whether each layer is fed by the one before it and by no other."""
    ids = [layer.id for layer in spec.layers]
    return all(
        layer.sources == (before,) for before, layer in zip(ids[:-1], spec.layers[1:], strict=True)
    )


def hidden_text(spec: NetworkSpec) -> str:
    """The sizes of the hidden layers, such as "6 – 4"; "none" without one."""
    sizes = [str(layer.units) for layer in spec.computed[:-1]]
    return " – ".join(sizes) or "none"


def parse_hidden(text: str) -> tuple[int, ...]:
    """Read sizes of hidden layers: "6-4", "6 – 4", "6, 4" and "6 4" are the same.

    Raises SettingError.
    """
    if text.strip().lower() in ("", "none", "0", "–", "-"):
        return ()
    if not re.fullmatch(r"\s*\d+(?:[\s,;x×–—-]+\d+)*\s*", text):
        raise SettingError(f"hidden layers must be whole numbers such as 6 – 4, got “{text}”")
    # More figures make no number; what there may be of units is far below.
    sizes = tuple(int(number[:12]) for number in re.findall(r"\d+", text))
    if 0 in sizes:
        raise SettingError("a hidden layer must have at least 1 unit")
    check_hidden(sizes)
    return sizes


@dataclass(frozen=True)
class SetHidden(Edit):
    """Give a stack these hidden layers. Layers and units that it has already keep their weights."""

    units: tuple[int, ...]

    @property
    def text(self) -> str:
        return "change hidden layers"

    def apply(self, experiment: Experiment) -> Experiment:
        if not is_stack(experiment.network):
            raise SettingError("these layers are not a plain stack; change them on the canvas")
        spec = experiment.network
        sizes = (spec.layers[0].units, *self.units, spec.output.units)
        return SetArchitecture(" → ".join(map(str, sizes))).apply(experiment)
