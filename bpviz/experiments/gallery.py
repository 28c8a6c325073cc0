"""The gallery: experiments that come with bpviz, each by its name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.toml_files import parse_experiment, read_experiment

DEFAULT = "playground"

# From the plainest to the richest, as a newcomer would go through them; others follow by name.
_ORDER = (
    DEFAULT,
    "worked-2-2-2",
    "derivation-2-2-1",
    "article-2-2-2",
    "xor-2-3-1",
    "xor-skip",
    "bias-needed",
    "linear-hidden",
    "vanishing-gradient",
    "update-modes",
    "symmetry-6-2-1",
    "encoder-8-3-8",
    "parity-4",
    "family-tree",
    "two-spirals",
    "dropout",
    "early-stopping",
    "l1-sparsity",
    "iris",
    "wine",
    "penguins",
    "digits",
    "shapes",
)

_FOLDER = resources.files("bpviz.resources").joinpath("experiments")


def gallery_names() -> list[str]:
    """The names of all experiments, in the order in which they are listed."""
    names = [f.name.removesuffix(".toml") for f in _FOLDER.iterdir() if f.name.endswith(".toml")]
    return sorted(names, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n))


def gallery_experiment(name: str) -> Experiment:
    """An experiment of the gallery. Raises SettingError when there is none of this name."""
    if name not in gallery_names():
        raise SettingError(f"there is no {name!r} in the gallery; it has {_listed()}")
    file = f"{name}.toml"
    return parse_experiment(_FOLDER.joinpath(file).read_text(encoding="utf-8"), file)


def find_experiment(name: str) -> Experiment:
    """An experiment by its name in the gallery or by its file.

    Raises SettingError when it is neither, or the file cannot be read.
    """
    if name in gallery_names():
        return gallery_experiment(name)
    if name.endswith(".toml") or Path(name).is_file():
        return read_experiment(name)
    raise SettingError(
        f"there is no experiment {name!r}: it is neither a .toml file nor one of {_listed()}"
    )


def _listed() -> str:
    return ", ".join(gallery_names())
