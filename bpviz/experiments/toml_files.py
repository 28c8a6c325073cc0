"""Experiment files: TOML in, TOML out, every error one sentence that names file and key."""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DataSource
from bpviz.datasets.files import file_kind, file_source
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.settings import Field, SettingError, fields_of, from_dict, to_dict
from bpviz.engine.spec import NetworkSpec, read_network, write_network
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment

_GROUPS = ("data", "network", "training")


def read_experiment(path: Path | str) -> Experiment:
    """Read an experiment file; without a `name` of its own the experiment is called like the file.

    A relative path to a data file is meant from the folder of the experiment file.
    Raises SettingError when the file cannot be read or says something that cannot be.
    """
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        # Opening a named pipe would wait for somebody to write into it.
        raise SettingError("is not a file", str(path))
    try:
        # Some editors begin a file with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingError("is not a text file in UTF-8", path.name) from None
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror}", str(path)) from None
    if not text.strip():
        raise SettingError("is empty", path.name)
    experiment = parse_experiment(text, path.name)
    return _on_source(experiment, experiment.data.source.from_folder(path.parent))


def _on_source(experiment: Experiment, source: DataSource) -> Experiment:
    """The experiment on another source of data, all else as it is."""
    if source == experiment.data.source:
        return experiment
    return dataclasses.replace(experiment, data=dataclasses.replace(experiment.data, source=source))


def parse_experiment(text: str, file: str) -> Experiment:
    """Read an experiment from the text of a file; `file` is its name, for errors."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"is not valid TOML: {error}", file) from None
    except RecursionError:
        raise SettingError("is nested too deeply for an experiment file", file) from None
    except ValueError:
        raise SettingError("has a number of too many digits", file) from None
    try:
        return _experiment({"name": Path(file).stem, **table})
    except SettingError as error:
        key = f"{file}: {error.key}" if error.key else file
        raise SettingError(error.message, key) from None


def write_experiment(experiment: Experiment, path: Path | str) -> None:
    """Write an experiment file that `read_experiment` reads as an equal experiment.

    A data file in its folder or below is written as found from there, so that both can be moved.
    Raises SettingError when the file cannot be written.
    """
    path = Path(path)
    source = experiment.data.source.for_folder(path.parent)
    text = format_experiment(_on_source(experiment, source))
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SettingError(f"cannot be written: {error.strerror}", str(path)) from None


def format_experiment(experiment: Experiment) -> str:
    """The experiment as the text of a file; what has its default value is left out."""
    table = {
        **to_dict(experiment),
        "name": experiment.name,
        "seed": experiment.seed,
        "epochs": experiment.epochs,
        "data": to_dict(experiment.data),
        "network": write_network(experiment.network),
        "training": to_dict(experiment.training),
    }
    return tomli_w.dumps(table)


def set_option(experiment: Experiment, option: str) -> Experiment:
    """The experiment with one setting changed, given as text: "training.learning_rate=0.1".

    The path follows the names in experiment files; a layer is reached by its id, as in
    "network.layers.h1.units=8"; "data.file=my.csv" is short for a data source of kind file, and
    "data.target=species" for a setting of the source. A list may be given as one value, or as
    values with commas between them. Raises SettingError when there is no such setting or value.
    """
    path, equals, text = option.partition("=")
    if not equals or not path.strip():
        raise SettingError(
            f"a setting is changed by KEY=VALUE, such as training.learning_rate=0.1; got {option!r}"
        )
    whole = path.strip().removesuffix(".kind")
    if whole != path.strip():
        # What is wrong with it as a whole is said in its own words.
        set_option(experiment, f"{whole}={text}")
        raise SettingError(f"a kind is chosen without .kind, by {whole}={text.strip()}")
    parts, value = whole.split("."), _value(text.strip())
    if parts == ["data", "file"]:
        name = value if isinstance(value, str) else text.strip()
        parts, value = ["data", "source"], file_source(name)
    elif is_of_source(parts, experiment.data.source):
        parts = ["data", "source", parts[1]]
    changed = _changed(experiment, parts, value)
    assert isinstance(changed, Experiment)
    return changed


def is_of_source(path: list[str], source: DataSource) -> bool:
    """Whether "data.target" and the like mean a setting of the source, which may be left out."""
    head, *names = path
    if head != "data" or len(names) != 1 or names[0] in fields_of(DataConfig):
        return False
    return names[0] in fields_of(type(source))


def _experiment(table: dict[str, Any]) -> Experiment:
    known = (*fields_of(Experiment), *_GROUPS)
    for key in table:
        if key not in known:
            raise SettingError(f"unknown key; expected one of {', '.join(known)}", key)
    groups = {name: table.pop(name, {}) for name in _GROUPS}
    for name, group in groups.items():
        if not isinstance(group, Mapping):
            raise SettingError(f"must be a table, got {group!r}", name)
    parts: dict[str, Any] = {}
    for name, read in (
        ("data", _data),
        ("network", read_network),
        ("training", lambda group: from_dict(TrainingConfig, group)),
    ):
        if not groups[name]:
            continue
        try:
            parts[name] = read(groups[name])
        except SettingError as error:
            raise error.under(name) from None
    return dataclasses.replace(from_dict(Experiment, table), **parts)


def _data(group: Mapping[str, Any]) -> DataConfig:
    """The [data] part; `file = "my.csv"` is short for a source of the kind that reads it.

    Settings of that source, such as `target`, may stand beside it.
    """
    if "file" not in group:
        return from_dict(DataConfig, group)
    if "source" in group:
        raise SettingError('give either a file or a source, {kind = "file", path = …}', "file")
    cls = file_kind(group["file"]) if isinstance(group["file"], str) else TableFile
    known = fields_of(cls)
    own = {name: _listed(known[name], group[name]) for name in group if name in known}
    rest = {name: value for name, value in group.items() if name not in (*own, "file")}
    try:
        source = from_dict(cls, {"path": group["file"], **own})
    except SettingError as error:
        key = "file" if error.key == "path" else error.key
        raise SettingError(error.message, key) from None
    return from_dict(DataConfig, {**rest, "source": source})


def _value(text: str) -> Any:
    """A value as TOML writes it; bare words are texts, so that data.source=xor needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _changed(settings: Any, path: list[str], value: Any) -> Any:
    name, *rest = path
    groups = [f.name for f in dataclasses.fields(settings) if f.name in _GROUPS]
    known = [*fields_of(type(settings)), *groups]
    if name not in known:
        expected = f"expected one of {', '.join(known)}" if known else "it has none"
        raise SettingError(f"there is no such setting; {expected}", name)
    present = getattr(settings, name)
    try:
        if rest and name == "layers":
            return _changed_layer(settings, rest, value)
        if rest:
            if not dataclasses.is_dataclass(present):
                raise SettingError("there is no such setting", ".".join(rest))
            value = _changed(present, rest, value)
        elif name in groups:
            example = f"{name}.{next(iter(fields_of(type(present))))}"
            raise SettingError(f"is a group; set one part of it, such as {example}")
        elif name == "layers":
            raise SettingError("set one part of a layer, such as network.layers.h1.units")
    except SettingError as error:
        raise error.under(name) from None
    if not rest and name in fields_of(type(settings)):
        value = _listed(fields_of(type(settings))[name], value)
    return dataclasses.replace(settings, **{name: value})


def _listed(field: Field, value: Any) -> Any:
    """One value, or several with commas between them, as the list that a setting wants."""
    if typing.get_origin(field.type) is not tuple or isinstance(value, list | tuple):
        return value
    if isinstance(value, str) and "," in value:
        return [_value(part.strip()) for part in value.split(",")]
    return [value]


def _changed_layer(spec: NetworkSpec, path: list[str], value: Any) -> NetworkSpec:
    layer_id, *rest = path
    layer = spec.layer(layer_id)
    if not rest:
        raise SettingError(f"set one part of it, such as network.layers.{layer_id}.units", layer_id)
    if rest == ["units"]:
        layer = dataclasses.replace(layer, units=len(layer.ids), unit_ids=())
    try:
        return spec.with_layer(_changed(layer, rest, value))
    except SettingError as error:
        raise error.under(layer_id) from None
