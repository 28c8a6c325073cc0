"""The command line: what scripts rely on, and one clear line for everything that is wrong."""

import json
import math
import os
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

import bpviz
from bpviz.cli import main
from bpviz.cli.options import chosen_experiment, ready_trainer
from bpviz.datasets.applying import remarks
from bpviz.engine.compiled import warming
from bpviz.engine.optimizers import Adam
from bpviz.engine.schedules import Constant
from bpviz.engine.spec import ParameterId
from bpviz.engine.stopping import Epochs, NoBetter
from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.experiments.reference import TOPICS, chapter
from bpviz.experiments.toml_files import set_option, write_experiment
from bpviz.io.importers import read_network_file

Output = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    """The exit code of a command, however it ends."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as error:
        return int(error.code or 0)


def test_list(capsys: Output) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == gallery_names()
    assert lines[0].endswith("Find the circle")


def test_settings_without_effect_are_told_once(capsys: Output) -> None:
    settings = (
        "training.optimizer=rprop",
        "training.rate_schedule=step",
        "data.scale_targets=true",
    )
    options = [part for setting in settings for part in ("--set", setting)]
    assert run("train", "iris", "--seeds", 2, "--epochs", 1, *options) == 0
    data, rate = capsys.readouterr().err.splitlines()
    assert data == (
        'bpviz: The setting "Scale targets" has no effect: '
        "it is for values to predict, and these samples have classes."
    )
    assert rate == (
        "bpviz: The rate schedule has no effect: RProp sizes its own steps after the first."
    )
    for name in gallery_names():
        experiment = gallery_experiment(name)
        assert not experiment.training.remarks()
        assert not remarks(experiment.data, experiment.prepare())


def test_lists_of_what_can_be_chosen(capsys: Output) -> None:
    for topic in TOPICS:
        assert run("list", topic) == 0
        out = capsys.readouterr().out
        for article in chapter(topic).articles:
            assert f"{article.kind} " in out
            assert article.label in out
    run("list", "optimizers")
    lines = capsys.readouterr().out.splitlines()
    place = lines.index(f"{'adam':16}  Adam")
    assert lines[place + 1].strip().startswith("Δw = -ε m̂ / (√v̂ + η), m̂ and v̂ the bias-corrected")
    assert lines[place + 3].strip().startswith("beta1 = 0.9: How slowly the mean of gradients")
    assert lines[-1] == "chosen by training.optimizer"


def test_list_of_settings(capsys: Output) -> None:
    assert run("list", "settings") == 0
    lines = capsys.readouterr().out.splitlines()
    place = lines.index("training.learning_rate = 0.03")
    assert lines[place + 1] == "    How large a step each update takes (above 0)"


def test_an_entrys_own_settings_and_lists_of_entries(capsys: Output) -> None:
    changes = [
        "training.optimizer=adam",
        "training.optimizer.beta1=0.8",
        'training.stop=[{kind="epochs", epochs=3}, "no_better"]',
        'training.rate_schedule=["constant", {kind="constant"}]',
    ]
    experiment = gallery_experiment("iris")
    for change in changes:
        experiment = set_option(experiment, change)
    training = experiment.training
    assert training.optimizer == Adam(beta1=0.8)
    assert training.stop == (Epochs(epochs=3), NoBetter())
    assert training.rate_schedule == (Constant(), Constant())
    given = [part for change in changes for part in ("--set", change)]
    assert run("train", "iris", "--json", *given) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 3


def test_version(capsys: Output) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"bpviz {bpviz.__version__}\n"


def test_help_has_what_is_built_and_no_more(capsys: Output) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    for command in ("gui", "list", "train", "explain", "check", "screenshot", "bench"):
        assert f"    {command}" in text
    assert run("train", "--help") == 0
    text += capsys.readouterr().out
    for absent in ("--save", ".bpviz"):
        assert absent not in text


@pytest.mark.parametrize(
    ("kernel", "told"),
    [
        ("auto", "(NumPy: Numba is not here)"),
        ("compiled", "(NumPy: Numba is not here)"),
        ("numpy", "(NumPy)"),
    ],
)
def test_train_says_why_the_compiled_engine_was_not_used(
    kernel: str, told: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "hindrance", lambda dtype: "Numba is not here")
    assert run("train", "playground", "--epochs", 1, "--set", f"training.kernel={kernel}") == 0
    assert told in capsys.readouterr().out


def test_train_as_json(capsys: Output) -> None:
    assert run("train", "worked-2-2-2", "--epochs", 1, "--json") == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert out.count("\n") == 1
    assert err == ""
    assert result["experiment"] == "worked-2-2-2"
    assert (result["seed"], result["epochs"], result["samples"]) == (7, 1, 1)
    assert result["seconds"] > 0
    assert result["loss"]["test"] is None
    assert result["accuracy"] == {"train": None, "test": None}
    trainer = gallery_experiment("worked-2-2-2").trainer()
    trainer.run(1)
    assert result["loss"]["train"] == trainer.evaluate().train_loss
    assert list(result["parameters"].values()) == trainer.state.theta.tolist()
    assert round(result["parameters"]["w5"], 8) == 0.35891648


def test_losses_are_of_the_final_weights_without_penalty(capsys: Output) -> None:
    run("train", "playground", "--epochs", 3, "--set", "training.l2=0.1", "--json")
    result = json.loads(capsys.readouterr().out)
    trainer = set_option(gallery_experiment("playground"), "training.l2=0.1").trainer()
    trainer.run(3)
    for part, samples in (("train", trainer.data.train), ("test", trainer.data.test)):
        values = trainer.network.run(samples.inputs)
        errors = trainer.training.loss.per_sample(values.net, values.out, samples.targets)
        assert result["loss"][part] == pytest.approx(errors.mean(), rel=1e-12)
    assert result["penalty"] > 0.1


def test_many_parameters_are_left_out(capsys: Output) -> None:
    assert (
        run("train", "digits", "--epochs", 0, "--set", "network.layers.h.units=200", "--json") == 0
    )
    assert json.loads(capsys.readouterr().out)["parameters"] is None


def test_a_summary_for_people(capsys: Output) -> None:
    assert run("train", "iris") == 0
    out = capsys.readouterr().out
    assert out.startswith("iris: Three kinds of iris\n  100 epochs are done, in ")
    accuracies = next(line for line in out.splitlines() if "accuracy" in line)
    assert accuracies.split()[1::2] == ["97.78", "96.67"]


def test_seed_and_settings(capsys: Output) -> None:
    same = ["train", "playground", "--epochs", "1", "--json"]
    run(*same)
    run(*same, "--seed", "8")
    run(*same, "--set", "training.learning_rate=0.1", "--set", "data.source.noise=0")
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert results[1]["seed"] == 8
    assert len({str(result["parameters"]) for result in results}) == 3


def test_one_number_per_seed(capsys: Output) -> None:
    assert run("train", "iris", "--seeds", 3, "--epochs", 5) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["seed", s] for s in ("7", "8", "9")]
    numbers = [float(line.split()[2]) for line in lines[:3]]
    mean = float(lines[3].split()[-2])
    assert lines[3].startswith("iris: mean test accuracy over 3 seeds ")
    assert mean == pytest.approx(sum(numbers) / 3, abs=0.011)


def test_seeds_as_json(capsys: Output) -> None:
    assert run("train", "worked-2-2-2", "--seeds", 2, "--epochs", 5, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert [each["seed"] for each in result["seeds"]] == [7, 8]
    assert result["mean"] == pytest.approx(result["seeds"][0]["loss"]["train"])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "aim"), [("iris", 95), ("digits", 96)])
def test_mean_accuracy_over_ten_seeds(name: str, aim: float, capsys: Output) -> None:
    assert run("train", name, "--seeds", 10) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert float(lines[-1].split()[-2]) >= aim


def test_export(tmp_path: Path, capsys: Output) -> None:
    files = [tmp_path / "net.npz", tmp_path / "net.json"]
    exports = [part for file in files for part in ("--export", file)]
    assert run("train", "iris", "--epochs", 2, "--json", *exports) == 0
    out, err = capsys.readouterr()
    assert err == "".join(f"wrote {file}\n" for file in files)
    parameters = json.loads(out)["parameters"]
    for file in files:
        assert read_network_file(file).parameters() == parameters
        assert read_network_file(file).epoch == 2


IRIS_TOO_FAST = (
    *("train", "iris", "--set", "training.learning_rate=0.5"),
    *("--set", 'training.stop=[{kind="no_better", epochs=8}]'),
)


def test_the_best_weights(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "best.json"
    assert run(*IRIS_TOO_FAST, "--json") == 0
    assert run(*IRIS_TOO_FAST, "--json", "--best", "--export", file) == 0
    last, best = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["best"] == best["best"] == {"epoch": 25, "test_loss": best["loss"]["test"]}
    assert best["loss"]["test"] < last["loss"]["test"]
    assert best["epochs"] == last["epochs"] == 33
    assert read_network_file(file).epoch == 25
    assert read_network_file(file).parameters() == best["parameters"]


def test_the_best_weights_for_people(capsys: Output) -> None:
    run(*IRIS_TOO_FAST)
    run(*IRIS_TOO_FAST, "--best")
    lines = capsys.readouterr().out.splitlines()
    told = [line.strip() for line in lines if "best test" in line or "best weights" in line]
    assert told[0].startswith("best test loss 0.")
    assert told[0].endswith(" after epoch 25 (--best takes those weights)")
    assert told[1] == "with the best weights, those of epoch 25"


def test_no_best_is_null(capsys: Output) -> None:
    run("train", "iris", "--epochs", 1, "--json")
    assert json.loads(capsys.readouterr().out)["best"] is None


def test_training_goes_on_from_a_file(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "net.csv"
    run("train", "iris", "--epochs", 3, "--json", "--export", file)
    assert run("train", "iris", "--epochs", 0, "--json", "--import", file) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert second["parameters"] == first["parameters"]
    assert second["loss"] == first["loss"]


def test_a_rule_on_the_clock_is_told(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpviz.engine.stopping.Epochs.reproducible", False)
    once = ("train", "xor-2-3-1", "--set", 'training.stop=[{kind="epochs", epochs=2}]')
    assert run(*once) == 0
    assert capsys.readouterr().err == "not reproducible: a stop rule looks at the clock\n"


def test_an_experiment_file(tmp_path: Path, capsys: Output) -> None:
    write_experiment(gallery_experiment("xor-2-3-1"), tmp_path / "mine.toml")
    assert run("train", tmp_path / "mine.toml", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["epochs"] == 500
    assert result["accuracy"]["train"] == 1.0


def test_check(capsys: Output) -> None:
    assert run("check", "playground", "--epochs", 2, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["parameters"] == 51
    assert result["epochs"] == 2
    assert result["max_relative_error"] < 1e-6
    assert run("check", "xor-2-3-1") == 0
    assert "13 parameters, analytic and numerical gradient differ" in capsys.readouterr().out


# The compiled epoch's steps have roundings of their own.
@pytest.mark.parametrize(("kernel", "rounding"), [("numpy", 0.0), ("auto", 1e-12)])
def test_explain_as_json(capsys: Output, kernel: str, rounding: float) -> None:
    engine = f"training.kernel={kernel}"
    arguments = ("explain", "xor-2-3-1", "--parameter", "w7", "--epochs", 3, "--json",
                 "--set", engine)  # fmt: skip
    assert run(*arguments, "--batch") == 0
    assert run(*arguments, "--sample", 2) == 0
    out, err = capsys.readouterr()
    assert err == ""
    batch, sample = map(json.loads, out.splitlines())
    assert (batch["experiment"], batch["epochs"], batch["parameter"]) == ("xor-2-3-1", 3, "w7")
    assert batch["of"] == "batch 1 of epoch 4 (4 samples)"
    assert sample["of"] == "training sample 3 of 4 (--sample 2)"
    assert (batch["sample"], sample["sample"]) == (None, 2)
    trainer = set_option(gallery_experiment("xor-2-3-1"), engine).trainer()
    trainer.run(3)
    index = trainer.layout.find("w7")
    assert batch["value"] == sample["value"] == trainer.state.theta[index]
    trainer.train_batch()
    after = batch["update"]["after"]
    assert batch["gradient"] == pytest.approx(trainer.gradient[index], rel=rounding, abs=0)
    assert after == pytest.approx(trainer.state.theta[index], rel=rounding, abs=0)
    for result in (batch, sample):
        product = math.prod(factor["value"] for factor in result["factors"])
        assert product == pytest.approx(result["gradient"], rel=1e-12)
        assert result["numerical_gradient"] == pytest.approx(result["gradient"], rel=1e-6)


@pytest.mark.parametrize(("kernel", "rounding"), [("numpy", 0.0), ("auto", 1e-12)])
def test_explain_a_batch_in_the_middle_of_training(
    capsys: Output, kernel: str, rounding: float
) -> None:
    """Seed and settings count, and the shuffled batch is the one that comes next."""
    engine = f"training.kernel={kernel}"
    changes = ["--set", "training.optimizer=momentum", "--set", engine, "--seed", "3"]
    assert run("explain", "playground", "--parameter", "w5", "--epochs", 2, "--batch", "--json",
               *changes) == 0  # fmt: skip
    result = json.loads(capsys.readouterr().out)
    experiment = set_option(gallery_experiment("playground"), "training.optimizer=momentum")
    trainer = replace(set_option(experiment, engine), seed=3).trainer()
    trainer.run(2)
    trainer.train_batch()
    index = trainer.layout.find("w5")
    change = result["update"]["change"]
    assert result["gradient"] == pytest.approx(trainer.gradient[index], rel=rounding, abs=0)
    assert change == pytest.approx(trainer.update[index], rel=rounding, abs=0)
    assert [part["name"] for part in result["update"]["parts"]] == [
        "the gradient of the error",
        "what momentum remembers of earlier steps",
    ]


def test_explain_a_part_of_a_batch(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpviz.lab.moments._WORK", 0.0)
    monkeypatch.setattr("bpviz.lab.moments._FEWEST", 3)
    assert run("explain", "xor-2-3-1", "--parameter", "w7", "--batch") == 0
    out = capsys.readouterr().out
    part = "3 of the 4 samples of batch 1 of epoch 1, evenly chosen"
    assert out.splitlines()[0].endswith(f", {part}")
    assert f"This is worked out from {part}; the real step is that of all of them." in out


def test_explain_as_text_and_latex(capsys: Output) -> None:
    assert run("explain", "worked-2-2-2", "--parameter", "w5") == 0
    text = capsys.readouterr().out
    assert text.startswith("w5 (h1 → o1) = 0.4, training sample 1 of 1 (--sample 0)\n")
    assert run("explain", "worked-2-2-2", "--parameter", "w5", "--latex") == 0
    latex = capsys.readouterr().out
    assert latex.startswith("\\begin{aligned}\n&")
    assert latex.endswith("\n\\end{aligned}\n")
    assert r"= 0.741365070 \times 0.186815602 \times 0.593269992 = 0.082167041" in latex


@pytest.mark.parametrize(
    ("mark", "code", "sentence"),
    [
        ("frozen", 0, "w5 is frozen: it keeps its value, whatever its gradient."),
        ("missing", 2, "bpviz: w5 is a missing connection: it has no weight, hence no gradient"),
    ],
)
def test_explain_a_frozen_and_a_missing_connection(
    mark: str, code: int, sentence: str, tmp_path: Path, capsys: Output
) -> None:
    experiment = gallery_experiment("worked-2-2-2")
    marked = frozenset({ParameterId("o", 0, "h", 0)})
    network = replace(experiment.network, **{mark: marked})
    write_experiment(replace(experiment, network=network), tmp_path / "mine.toml")
    assert run("explain", tmp_path / "mine.toml", "--parameter", "w5") == code
    out, err = capsys.readouterr()
    assert sentence in (err if code else out)
    assert err.count("\n") == (code > 0)


def test_explain_without_finite_numbers(tmp_path: Path, capsys: Output) -> None:
    options = ["network.layers.h.activation=identity", "network.layers.o.activation=identity",
               "training.learning_rate=1e9"]  # fmt: skip
    sets = [part for option in options for part in ("--set", option)]
    arguments = ["explain", "worked-2-2-2", "--parameter", "w5", *sets, "--epochs"]
    assert run(*arguments, 100) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "became infinite in epoch" in err


def test_a_wrong_gradient_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    from bpviz.engine.activations import Tanh

    def wrong(self, net, out, result):  # type: ignore[no-untyped-def]
        result[...] = 1 - 0.9 * out**2

    monkeypatch.setattr(Tanh, "derivative", wrong)
    assert run("check", "playground") == 1
    assert "the gradients differ by more than" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("train nope", "bpviz: there is no experiment 'nope': it is neither a .toml file nor one "),
        ("train none.toml", "bpviz: none.toml: cannot be read: No such file"),
        ("train playground --epochs x", "argument --epochs: must be a whole number of at least 0"),
        ("train playground --epochs -1", "argument --epochs: must be a whole number of at least"),
        ("train playground --seeds 0", "argument --seeds: must be a whole number of at least 1"),
        ("train playground --seed -1", "bpviz: --seed: seed must be at least 0, got -1"),
        ("train playground --seed 1.5", "argument --seed: invalid int value: '1.5'"),
        (
            "train playground --set training.learning_rate=-1",
            "bpviz: --set: training.learning_rate: learning rate must be above 0, got -1",
        ),
        ("train playground --set x", "bpviz: --set: a setting is changed by KEY=VALUE"),
        (
            "train playground --export net.h5",
            "net.h5: the file's ending must be .npz, .json, .csv or .safetensors",
        ),
        ("train playground --export no/net.npz", "bpviz: no: there is no such folder"),
        ("train playground --seeds 2 --export net.npz", "--export: writes one network"),
        (
            "train playground --set data.source=iris --set network.layers.x.units=2",
            "the network has 2 input units but the data has 4 input values",
        ),
        ("train", "bpviz train: the following arguments are required: EXPERIMENT"),
        (
            "explain worked-2-2-2",
            "bpviz explain: the following arguments are required: --parameter",
        ),
        (
            "explain worked-2-2-2 --parameter w9",
            "bpviz: --parameter: there is no parameter 'w9'; this network has w1 to w8 and b1",
        ),
        ("explain worked-2-2-2 --parameter", "argument --parameter: expected one argument"),
        (
            "explain worked-2-2-2 --parameter w5 --sample 1",
            "bpviz: --sample: there is no training sample 1; the training part has number 0 alone",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --sample -1",
            "argument --sample: must be a whole number of at least 0, got '-1'",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --sample 4",
            "there is no training sample 4; the training part has numbers 0 to 3",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --sample x",
            "argument --sample: must be a whole number of at least 0, got 'x'",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --sample 0 --batch",
            "argument --batch: not allowed with argument --sample",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --sample 1 --batch",
            "argument --batch: not allowed with argument --sample",
        ),
        (
            "explain xor-2-3-1 --parameter w5 --json --latex",
            "argument --latex: not allowed with argument --json",
        ),
        ("train playground --explain", "unrecognized arguments: --explain"),
        ("tarin playground", "bpviz: there is no command 'tarin'; expected one of gui, list, "),
        ("nope", "bpviz: there is no experiment 'nope'"),
        ("gui none.toml", "bpviz: none.toml: cannot be read"),
        ("--fast", "bpviz: unrecognized arguments: --fast"),
        ("screenshot playground out.jpg", "bpviz: out.jpg: the file's ending must be .png"),
        (
            "screenshot playground out.png --panel finding",
            "bpviz: --panel finding: this experiment has no finding",
        ),
        ("screenshot playground no/out.png", "bpviz: no: there is no such folder"),
        ("screenshot playground out.png --size 9", "must be a size such as 1440x900, got '9'"),
        ("screenshot playground out.png --theme red", "argument --theme: invalid choice: 'red'"),
    ],
)
def test_bad_input_is_one_line(
    arguments: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_is_named_with_its_key(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[training]\nlearning_rate = -1\n")
    assert run("train", file) == 2
    expected = "mine.toml: training.learning_rate: learning rate must be above 0, got -1"
    assert capsys.readouterr().err == f"bpviz: {expected}\n"


def test_an_infinite_error_is_a_failure(tmp_path: Path, capsys: Output) -> None:
    write_experiment(gallery_experiment("worked-2-2-2"), tmp_path / "mine.toml")
    options = ["network.layers.h.activation=identity", "network.layers.o.activation=identity",
               "training.learning_rate=1e9"]  # fmt: skip
    sets = [part for option in options for part in ("--set", option)]
    assert run("train", tmp_path / "mine.toml", *sets, "--export", tmp_path / "net.npz") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "became infinite in epoch" in err
    assert not (tmp_path / "net.npz").exists()


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    from bpviz.engine.training import Trainer

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "advance", interrupt)
    assert run("train", "playground") == 1
    assert capsys.readouterr().err == "bpviz: interrupted\n"


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    run("train", "iris", "--epochs", 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run("train", "iris", "--epochs", 2)
    out, err = capsys.readouterr()
    assert "\r\x1b[Kepoch 1 of 2, loss " in err
    assert err.endswith("\r\x1b[K")
    assert "\r" not in out


def fresh(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same in a Python of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **settings},
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize(
    "command",
    [
        ["list"],
        ["train", "iris", "--epochs", "1"],
        ["check", "xor-2-3-1"],
        ["explain", "xor-2-3-1", "--parameter", "w1"],
    ],
)
def test_no_qt_is_loaded(command: list[str]) -> None:
    asked = (
        "import sys; from bpviz.cli import main; code = main(sys.argv[1:]);"
        "bad = [m for m in sys.modules if m.split('.')[0] in"
        " ('PySide6', 'shiboken6', 'pyqtgraph', 'qtawesome', 'superqt')];"
        "print(code, bad, file=sys.stderr)"
    )
    result = fresh("-c", asked, *command)
    assert result.stderr == "0 []\n"


@pytest.mark.parametrize(
    ("experiment", "options", "units"),
    [
        ("playground", ["data.source=iris"], (4, 3)),
        ("playground", ['data.features=["x1", "x2", "x1_x2"]'], (3, 1)),
        ("shapes", ["data.source.size=12x12", "data.source.samples=20"], (144, 4)),
        ("shapes", ["data.source.shapes=3", "data.source.samples=20"], (256, 3)),
        # What is said of the network comes after that, in whatever order.
        ("playground", ["network.layers.h1.units=3", "data.source=wine"], (13, 3)),
    ],
)
def test_the_network_fits_the_data(
    experiment: str, options: list[str], units: tuple[int, int]
) -> None:
    arguments = Namespace(experiment=experiment, set=options, seed=None)
    chosen = chosen_experiment(arguments)
    assert (chosen.network.inputs[0].units, chosen.network.output.units) == units
    if "h1" in options[0]:
        assert chosen.network.layer("h1").units == 3
    ready_trainer(arguments, chosen)[1].run(1)


def test_the_same_bits_in_another_process(capsys: Output) -> None:
    run("train", "playground", "--epochs", 5, "--json")
    here = json.loads(capsys.readouterr().out)
    there = json.loads(fresh("-m", "bpviz", "train", "playground", "--epochs=5", "--json").stdout)
    assert there["parameters"] == here["parameters"]


def test_without_qt_the_window_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setitem(sys.modules, "bpviz.gui.app", None)
    assert run() == 1
    err = capsys.readouterr().err
    assert err.startswith("bpviz: the window needs a library that is missing (")
    assert err.endswith("bpviz list, train and check need no window\n")
    assert err.count("\n") == 1


def test_the_window_opens_what_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
) -> None:
    class App:
        opened: list[object] = []

        @classmethod
        def run_window(cls, experiment: object) -> int:
            cls.opened.append(experiment)
            return 0

    monkeypatch.setitem(sys.modules, "bpviz.gui.app", App)
    iris = gallery_experiment("iris")
    write_experiment(iris, tmp_path / "mine.toml")
    for arguments in ([], ["gui"], ["iris"], ["gui", "iris"], [str(tmp_path / "mine.toml")]):
        assert run(*arguments) == 0
    assert App.opened == [None, None, iris, iris, iris]
