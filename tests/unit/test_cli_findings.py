"""The command line on the classic experiments: what it says of their findings, and its checks."""

from __future__ import annotations

import json

import pytest

from bpviz.cli import main

CLASSICS = ("symmetry-6-2-1", "family-tree", "encoder-8-3-8", "xor-skip", "parity-4")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def result(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert run("train", *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_train_tells_whether_the_finding_is_there(capsys) -> None:
    found = result(capsys, "symmetry-6-2-1")["finding"]
    assert found["holds"]
    assert (found["kind"], found["refused"]) == ("symmetry", False)
    assert found["headline"] == "Mirrored weights balance, and their sizes stand as 1 : 2 : 4."
    assert found["sentences"][0] == "64 of 64 patterns are right."
    early = result(capsys, "symmetry-6-2-1", "--epochs", 10)["finding"]
    assert not early["holds"]


def test_a_stop_rule_that_spoke_is_told_with_when(capsys) -> None:
    assert run("train", "symmetry-6-2-1") == 0
    ending = capsys.readouterr().out.splitlines()[1]
    epochs = result(capsys, "symmetry-6-2-1")["epochs"]
    assert ending.startswith(f"  after {epochs:,} epochs the training error 0.0")
    assert run("train", "symmetry-6-2-1", "--epochs", 20) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("  20 epochs are done, in ")


def test_of_several_seeds_it_is_counted_with_how_many_the_finding_holds(capsys) -> None:
    arguments = ("xor-skip", "--seed", 2, "--seeds", 2, "--epochs", 300)
    told = result(capsys, *arguments)
    holds = [each["finding"]["holds"] for each in told["seeds"]]
    assert holds == [False, True]
    assert told["finding_holds"] == sum(holds)
    assert run("train", *arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    endings = ["the finding holds" if one else "the finding does not hold" for one in holds]
    assert [line.split("   ")[-1] for line in lines[:2]] == endings
    assert lines[-1] == f"xor-skip: the finding holds with {sum(holds)} of 2 seeds"
    assert result(capsys, "xor-2-3-1", "--seeds", 1, "--epochs", 1)["finding_holds"] is None


def test_an_experiment_without_one_has_null(capsys) -> None:
    assert result(capsys, "xor-2-3-1", "--epochs", 1)["finding"] is None


def test_a_changed_network_says_why_there_is_none(capsys) -> None:
    found = result(capsys, "xor-skip", "--epochs", 1, "--set", "network.layers.y.sources=h")[
        "finding"
    ]
    assert found["refused"]
    assert found["headline"].endswith(".")
    assert found["sentences"] == []


def test_held_out_cases_stand_one_by_one(capsys) -> None:
    assert run("train", "family-tree", "--epochs", 50) == 0
    lines = capsys.readouterr().out.splitlines()
    held = [line for line in lines if line.startswith("  Held out: ")]
    assert len(held) == 4
    assert any(line.endswith("cases that were held out are right.") for line in lines)


def test_an_unknown_finding_is_one_line(capsys) -> None:
    assert run("train", "playground", "--set", "finding=parrots") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "must be one of" in err
    assert "symmetry" in err


@pytest.mark.parametrize("name", CLASSICS)
@pytest.mark.parametrize("epochs", [0, 50])
def test_gradients_agree(name: str, epochs: int, capsys) -> None:
    assert run("check", name, "--epochs", epochs, "--json") == 0
    assert json.loads(capsys.readouterr().out)["max_relative_error"] < 1e-4


@pytest.mark.parametrize("name", CLASSICS)
@pytest.mark.parametrize("of", [("--sample", 3), ("--batch",)])
def test_every_network_is_explained(name: str, of: tuple[object, ...], capsys) -> None:
    assert run("explain", name, "--parameter", "b1", "--epochs", 20, "--json", *of) == 0
    told = json.loads(capsys.readouterr().out)
    product = 1.0
    for factor in told["factors"]:
        product *= factor["value"]
    assert product == pytest.approx(told["gradient"], rel=1e-9, abs=1e-15)
    assert told["gradient"] == pytest.approx(told["numerical_gradient"], rel=1e-4, abs=1e-9)


def test_inputs_are_explained_by_the_names_that_the_data_give_them(capsys) -> None:
    assert run("explain", "family-tree", "--parameter", "w20") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("w20 (Marco → person1) = ")
    assert told[3].endswith("times the input Marco.")
