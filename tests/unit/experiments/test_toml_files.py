"""Experiment files: what is written is read back, and what is wrong is named."""

import operator
from dataclasses import replace
from pathlib import Path

import pytest

from bpviz.datasets.config import DataConfig
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.synthetic import Circle, Spiral
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.activations import ReLU, Softmax, Tanh
from bpviz.engine.initializers import Explicit, He
from bpviz.engine.optimizers import Adam, Momentum
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.engine.stopping import ErrorBelow, NoBetter
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.experiments.toml_files import (
    format_experiment,
    parse_experiment,
    read_experiment,
    set_option,
    write_experiment,
)


def two_inputs_and_a_skip() -> NetworkSpec:
    return NetworkSpec(
        layers=(
            LayerSpec(id="person", units=3, activation="identity", bias="none"),
            LayerSpec(id="relation", units=2, activation="identity", bias="none"),
            LayerSpec(id="h", units=2, activation=Tanh(), sources=("person",), bias="shared"),
            LayerSpec(id="k", units=3, sources=("h", "relation"), unit_ids=(4, 0, 7)),
            LayerSpec(
                id="o", units=2, activation=Softmax(), sources=("k", "person"), bias_trained=False
            ),
        ),
        numbering="source",
        dtype="float32",
        missing=frozenset({ParameterId("k", 7, "h", 1)}),
        frozen=frozenset({ParameterId("k", 4), ParameterId("h", -1)}),
    )


EXPERIMENTS = [
    Experiment(),
    Experiment(
        name='a name with „quotes“ and "more"',
        title="Tabs\tand\nlines",
        watch="First line.\n\nThird line, with trailing space. ",
        seed=2**63 - 1,
        epochs=1,
        data=DataConfig(source=Spiral(noise=0.1 + 0.2, samples=77), stratify=False),
        training=TrainingConfig(
            loss="mean_squared",
            optimizer=Momentum(momentum=1 / 3),
            learning_rate=5e-324,
            stop=(ErrorBelow(error=1e-9), NoBetter()),
            l1=1e300,
        ),
    ),
    Experiment(
        network=stack(2, 1, initializer=Explicit(weight_values=(1 / 3, -0.1), bias_values=(2,))),
        data=DataConfig(
            source=OwnSamples(class_names=("no", "yes"), rows=((0.1, 1e-17, 1),)), test_fraction=0
        ),
        training=TrainingConfig(optimizer=Adam(eta=1e-7)),
    ),
    Experiment(network=two_inputs_and_a_skip()),
    *map(gallery_experiment, gallery_names()),
]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_what_is_written_is_read_back(experiment: Experiment, tmp_path: Path) -> None:
    assert parse_experiment(format_experiment(experiment), "other.toml") == experiment
    file = tmp_path / "experiment.toml"
    write_experiment(experiment, file)
    assert read_experiment(file) == experiment


def test_a_file_without_a_name_gives_its_own() -> None:
    assert parse_experiment("", "my-first.toml") == Experiment(name="my-first")


HEAD = "[network]\nlayers = [{id='x', units=2}, {id='y', units=1, activation='sigmoid'}]\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[training]\nlearning_rate = -1",
            "training.learning_rate: learning rate must be above 0, got -1",
        ),
        (
            "[training]\nlearning_rate = 'fast'",
            "training.learning_rate: learning rate must be a number, got 'fast'",
        ),
        (
            "[training.optimizer]\nkind = 'momentum'\nmomentum = 2",
            "training.optimizer.momentum: momentum α must be below 1, got 2",
        ),
        (
            "[training]\noptimizer = 'newton'",
            "training.optimizer: optimizer must be one of gradient_descent, momentum, nesterov, ",
        ),
        ("[training]\nrate = 1", "training.rate: unknown key; expected one of loss, optimizer, "),
        (
            "sed = 1",
            "sed: unknown key; expected one of name, title, watch, seed, epochs, learn_at_once, ",
        ),
        ("seed = true", "seed: seed must be a whole number, got True"),
        ("data = 3", "data: must be a table, got 3"),
        ("title = 3", "title: title must be a text, got 3"),
        (
            "[data]\nsource = {kind = 'circle', noise = 0.7}",
            "data.source.noise: noise must be at most 0.5, got 0.7",
        ),
        ("[data]\nsource = {noise = 0.7}", "data.source: data source needs a kind, one of circle"),
        (
            "[network]\nlayers = [{id='x', units=0}]",
            "network.layers[1].units: units must be at least 1, got 0",
        ),
        (
            "[network]\nlayers = [{id='x'}, {id='y', sources=['z']}]",
            "network.layers: layer 'y' is fed by 'z', which is not an earlier layer",
        ),
        (
            HEAD + "missing = [['y', 0, 'x', 5]]",
            "network.missing: this network has no parameter ['y', 0, 'x', 5]",
        ),
        (
            HEAD + "frozen = [['q', 1]]",
            "network.frozen: this network has no parameter ['q', 1]",
        ),
        ("seed = ", "is not valid TOML: Invalid value (at end of document)"),
        ("[a]\n[a]", "is not valid TOML: "),
        (f"a = {'[' * 5000}{']' * 5000}", "is nested too deeply"),
        (f"seed = {'9' * 5000}", "has a number of too many digits"),
        (HEAD.replace("units=2", "units=2000000000"), "network.layers[1].units: "),
    ],
)
def test_what_is_wrong_is_named(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_experiment(text, "bad.toml")
    assert str(error.value).startswith("bad.toml: " + sentence)
    assert "\n" not in str(error.value)


def test_seed_and_epochs_are_written_even_where_they_are_the_default() -> None:
    text = format_experiment(Experiment())
    assert "seed = 7\n" in text
    assert "epochs = 500\n" in text


def test_a_number_is_shown_as_it_was_written() -> None:
    with pytest.raises(SettingError) as error:
        parse_experiment("[training]\nlearning_rate = -1", "playground.toml")
    expected = "playground.toml: training.learning_rate: learning rate must be above 0, got -1"
    assert str(error.value) == expected


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"none\.toml: cannot be read: No such file"):
        read_experiment(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"bytes\.toml: is not a text file in UTF-8"):
        read_experiment(tmp_path / "bytes.toml")
    (tmp_path / "none.toml").write_text(" \n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"none\.toml: is empty"):
        read_experiment(tmp_path / "none.toml")
    with pytest.raises(SettingError, match="cannot be written"):
        write_experiment(Experiment(), tmp_path / "no folder" / "x.toml")


@pytest.mark.parametrize(
    ("option", "part", "value"),
    [
        ("training.learning_rate=0.5", "training.learning_rate", 0.5),
        ("training.learning_rate = 1", "training.learning_rate", 1.0),
        ("seed=3", "seed", 3),
        ("title=two words", "title", "two words"),
        ("data.source=spiral", "data.source", Spiral()),
        ("data.source.noise=0.3", "data.source", Circle(noise=0.3)),
        ("training.optimizer={kind='adam', beta1=0.5}", "training.optimizer", Adam(beta1=0.5)),
        ("training.stop=[{kind='error_below'}]", "training.stop", (ErrorBelow(),)),
        ("network.initializer=he", "network.initializer", He()),
    ],
)
def test_set_changes_one_setting(option: str, part: str, value: object) -> None:
    before = gallery_experiment("playground")
    after = set_option(before, option)
    read = operator.attrgetter(part)
    assert read(before) != value
    assert read(after) == value
    outer, _, inner = part.partition(".")
    restored = getattr(before, outer)
    if inner:
        restored = replace(getattr(after, outer), **{inner: read(before)})
    assert replace(after, **{outer: restored}) == before


def test_set_reaches_a_layer_by_its_id() -> None:
    changed = gallery_experiment("playground")
    for option in ("network.layers.h1.units=3", "network.layers.h1.activation=relu"):
        changed = set_option(changed, option)
    assert changed.network.layer("h1").units == 3
    assert changed.network.layer("h1").activation == ReLU()
    assert changed.network.layer("h2").units == 4


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("training.learning_rate", "a setting is changed by KEY=VALUE, such as "),
        ("=3", "a setting is changed by KEY=VALUE, such as "),
        (
            "training.learning_rate=0",
            "training.learning_rate: learning rate must be above 0, got 0",
        ),
        ("training.rate=0", "training.rate: there is no such setting; expected one of loss, "),
        ("trainings.rate=0", "trainings: there is no such setting; expected one of name, "),
        ("training.l1.x=0", "training.l1.x: there is no such setting"),
        ("training.optimizer.x=0", "training.optimizer.x: there is no such setting; it has none"),
        ("training=0", "training: is a group; set one part of it, such as training.loss"),
        ("network.layers=0", "network.layers: set one part of a layer, such as network.layers.h1"),
        (
            "network.layers.h9.units=1",
            "network.layers.h9: there is no such layer; expected",
        ),
        ("network.layers.h1.units=0", "network.layers.h1.units: units must be at least 1, got 0"),
        ("network.missing=[]", "network.missing: there is no such setting; expected one of "),
    ],
)
def test_set_names_what_is_wrong(option: str, sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        set_option(gallery_experiment("playground"), option)
    assert str(error.value).startswith(sentence)


def test_set_units_of_a_layer_that_was_edited() -> None:
    spec = replace(two_inputs_and_a_skip(), missing=frozenset(), frozen=frozenset())
    changed = set_option(Experiment(network=spec), "network.layers.k.units=5")
    assert changed.network.layer("k").ids == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("option", "path", "value"),
    [
        ("training.stop=no_better", "training.stop", (NoBetter(),)),
        ("training.stop={kind='no_better', epochs=9}", "training.stop", (NoBetter(epochs=9),)),
        ("data.class_weights=1,2.5", "data.class_weights", (1.0, 2.5)),
        ("data.features=x1,sin_x2", "data.features", ("x1", "sin_x2")),
        ("data.noise=0.2", "data.source.noise", 0.2),
    ],
)
def test_short_ways_to_set_something(option: str, path: str, value: object) -> None:
    changed = set_option(Experiment(), option)
    assert operator.attrgetter(path)(changed) == value


def test_settings_of_a_table_stand_beside_its_file() -> None:
    text = '[data]\nfile = "flowers.csv"\ntarget = "species"\ntest_fraction = 0.1\n'
    data = parse_experiment(text, "flowers.toml").data
    assert data == DataConfig(
        source=TableFile(path="flowers.csv", target=("species",)), test_fraction=0.1
    )
    on_it = set_option(set_option(Experiment(), "data.file=flowers.csv"), "data.target=species")
    assert on_it.data.source == data.source
