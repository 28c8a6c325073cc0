"""The bootstrap's decisions and sentences; what it installs is checked by running it."""

import dataclasses
import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

CHECKOUT = Path(__file__).parents[3]


def load() -> ModuleType:
    path = CHECKOUT / "packaging" / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("bpviz_bootstrap", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bootstrap = load()
Plan = bootstrap.Plan


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in bootstrap.PROJECT_FILES:
        (tmp_path / name).write_text(f"# {name}")
    return tmp_path


# --------------------------------------------------------------------------------------- stamp


def test_an_environment_made_for_the_same_is_ready(checkout: Path) -> None:
    wanted = bootstrap.wanted_stamp(checkout, ["test", "dev"])
    assert bootstrap.plan(wanted, wanted) is Plan.READY


def test_an_environment_with_more_extras_is_ready(checkout: Path) -> None:
    found = bootstrap.wanted_stamp(checkout, ["dev", "test"])
    assert bootstrap.plan(found, bootstrap.wanted_stamp(checkout, [])) is Plan.READY
    assert bootstrap.plan(found, bootstrap.wanted_stamp(checkout, ["test"])) is Plan.READY


def test_a_missing_extra_is_installed(checkout: Path) -> None:
    found = bootstrap.wanted_stamp(checkout, [])
    assert bootstrap.plan(found, bootstrap.wanted_stamp(checkout, ["test"])) is Plan.INSTALL


def test_who_can_test_can_run(checkout: Path) -> None:
    wanted = bootstrap.wanted_stamp(checkout, bootstrap.RUN_EXTRAS)
    for extra in ("test", "dev"):
        assert bootstrap.plan(bootstrap.wanted_stamp(checkout, [extra]), wanted) is Plan.READY
    plain = bootstrap.wanted_stamp(checkout, [])
    assert bootstrap.plan(plain, wanted) is Plan.INSTALL


def test_run_installs_what_people_need(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(bootstrap, "provide_libraries", lambda libraries: None)
    monkeypatch.setattr(bootstrap, "prepare", asked.append)
    monkeypatch.setattr(bootstrap, "hand_over", lambda *command: None)
    bootstrap.run(["--version"])
    assert asked == [("all",)]


def test_what_an_extra_brings_is_what_the_project_says() -> None:
    text = (bootstrap.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    brought = {
        name: tuple(
            part
            for need in needs
            if (own := re.match(r"bpviz\[(.*)\]", need))
            for part in own[1].split(",")
        )
        for name, needs in extras.items()
    }
    assert {name: parts for name, parts in brought.items() if parts} == bootstrap.BRINGS


@pytest.mark.parametrize("name", bootstrap.PROJECT_FILES)
def test_a_changed_project_is_installed_again(checkout: Path, name: str) -> None:
    found = bootstrap.wanted_stamp(checkout, [])
    (checkout / name).write_text("# changed")
    assert bootstrap.plan(found, bootstrap.wanted_stamp(checkout, [])) is Plan.INSTALL


@pytest.mark.parametrize("field", ["python", "checkout"])
def test_another_python_or_place_needs_another_environment(checkout: Path, field: str) -> None:
    wanted = bootstrap.wanted_stamp(checkout, [])
    found = dataclasses.replace(wanted, **{field: "another"})
    assert bootstrap.plan(found, wanted) is Plan.REBUILD


def test_a_stamp_is_read_as_it_was_written(checkout: Path) -> None:
    stamp = bootstrap.wanted_stamp(checkout, ["test"])
    bootstrap.write_stamp(checkout / "stamp", stamp)
    assert bootstrap.read_stamp(checkout / "stamp") == stamp


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"python": "3", "extras": []})])
def test_an_unfinished_or_foreign_stamp_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stamp"
    path.write_text(text)
    assert bootstrap.read_stamp(path) is None
    assert bootstrap.read_stamp(tmp_path / "absent") is None


def test_no_stamp_means_a_new_environment(checkout: Path) -> None:
    assert bootstrap.plan(None, bootstrap.wanted_stamp(checkout, [])) is Plan.REBUILD


def test_an_environment_of_someone_elses_is_left_alone(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    with pytest.raises(bootstrap.Failed, match="not made by this script"):
        bootstrap.check_ours(tmp_path, stamp)
    stamp.touch()
    bootstrap.check_ours(tmp_path, stamp)
    bootstrap.check_ours(tmp_path / "absent", stamp)


def test_a_read_only_checkout_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap.os, "access", lambda *_: False)
    with pytest.raises(bootstrap.Failed, match="cannot be written to"):
        bootstrap.check_writable(tmp_path)


# --------------------------------------------------------------------------- what Python lacks


@pytest.mark.parametrize(
    ("family", "cure"),
    [
        ("debian", "apt-get install python3.12-venv"),
        ("fedora", "dnf install"),
        ("alpine", "apk add"),
        ("", "reinstall Python"),
    ],
)
def test_the_cure_for_a_missing_module_fits_the_system(family: str, cure: str) -> None:
    assert cure in bootstrap.module_cure(family, (3, 12))


def test_missing_modules_are_named_with_the_cure() -> None:
    bootstrap.check_modules([], "debian")
    with pytest.raises(bootstrap.Failed, match=r"without ensurepip: .*apt-get install python3\."):
        bootstrap.check_modules(["ensurepip"], "debian")


@pytest.mark.parametrize(
    ("release", "family"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "suse"),
        ({"ID": "nixos"}, ""),
        ({}, ""),
    ],
)
def test_families_of_linux(release: dict[str, str], family: str) -> None:
    assert bootstrap.family_of(release) == family


# ---------------------------------------------------------------------------- system libraries


@pytest.mark.parametrize(
    ("action", "arguments", "environ", "needed"),
    [
        ("run", [], {}, bootstrap.WINDOW_LIBRARIES),
        ("run", ["gui", "mine.toml"], {}, bootstrap.WINDOW_LIBRARIES),
        ("run", ["mine.toml"], {}, bootstrap.WINDOW_LIBRARIES),
        ("run", [], {"QT_QPA_PLATFORM": "offscreen"}, bootstrap.OFFSCREEN_LIBRARIES),
        ("run", ["screenshot", "iris", "out.png"], {}, bootstrap.OFFSCREEN_LIBRARIES),
        ("run", ["bench"], {}, bootstrap.OFFSCREEN_LIBRARIES),
        ("run", ["train", "mine.toml"], {}, {}),
        ("run", ["--version"], {}, {}),
        ("test", [], {}, bootstrap.OFFSCREEN_LIBRARIES),
        ("install", ["dev"], {}, {}),
    ],
)
def test_only_what_the_command_loads_is_asked_for(
    action: str, arguments: list[str], environ: dict[str, str], needed: dict[str, str]
) -> None:
    assert bootstrap.libraries_for(action, arguments, environ) == needed


def test_missing_libraries_come_with_their_packages() -> None:
    there = set(bootstrap.WINDOW_LIBRARIES) - {"libEGL.so.1", "libxcb-cursor.so.0"}
    missing = bootstrap.missing_libraries(bootstrap.WINDOW_LIBRARIES, there.__contains__)
    assert missing == {"libEGL.so.1": "libegl1", "libxcb-cursor.so.0": "libxcb-cursor0"}


def test_the_loader_is_what_tells() -> None:
    assert not bootstrap.loads("libof-no-such-name.so.0")


class Machine:
    """A Debian with some libraries missing; `installed` is what apt-get was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, root: bool) -> None:
        self.installed: list[str] = []
        missing = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}
        monkeypatch.setattr(bootstrap.sys, "platform", "linux")
        monkeypatch.setattr(bootstrap, "missing_libraries", lambda _: missing)
        monkeypatch.setattr(bootstrap, "linux_family", lambda: "debian")
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bootstrap, "is_root", lambda: root)
        monkeypatch.setattr(bootstrap, "apt_install", self.installed.extend)


def test_root_gets_the_libraries_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, root=True)
    bootstrap.provide_libraries(bootstrap.OFFSCREEN_LIBRARIES)
    assert machine.installed == ["libegl1", "libgl1"]


def test_others_get_the_one_line_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, root=False)
    line = "sudo apt-get install --no-install-recommends libegl1 libgl1$"
    with pytest.raises(bootstrap.Failed, match=line):
        bootstrap.provide_libraries(bootstrap.OFFSCREEN_LIBRARIES)
    assert machine.installed == []


def test_other_systems_get_the_names_of_the_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, root=True)
    monkeypatch.setattr(bootstrap, "linux_family", lambda: "fedora")
    with pytest.raises(bootstrap.Failed, match=r"missing here: libEGL\.so\.1, libGL\.so\.1"):
        bootstrap.provide_libraries(bootstrap.OFFSCREEN_LIBRARIES)


# -------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("output", "gist"),
    [
        ("Collecting x\nERROR: No matching distribution found for x\nmore", "No matching "),
        ("E: Unable to locate package libgl1", "Unable to locate package libgl1"),
        ("  File 'x'\n      ValueError: wrong.\nnote: not pip's", "ValueError: wrong"),
        ("one\ntwo.\n\n", "two"),
        ("", "it gave no reason"),
    ],
)
def test_the_gist_of_a_tools_output(output: str, gist: str) -> None:
    assert bootstrap.gist(output).startswith(gist)
    assert not bootstrap.gist(output).endswith(".")


def test_no_network_is_not_blamed_on_the_package() -> None:
    complaint = "ERROR: Could not find a version that satisfies x (from versions: none)"
    assert bootstrap.pip_reason(complaint) == bootstrap.gist(complaint)
    retried = f"WARNING: Retrying (Retry(total=0, ...)) after connection broken\n{complaint}"
    assert bootstrap.pip_reason(retried) == "the package index cannot be reached"


@pytest.mark.parametrize(
    ("line", "news"),
    [
        (
            "  Downloading pyside6_essentials-6.11.3-cp310-abi3-manylinux_2_34.whl (95.1 MB)\n",
            "  downloading pyside6_essentials-6.11.3 (95.1 MB)",
        ),
        ("Installing collected packages: numpy, bpviz\n", "  installing"),
        ("Collecting numpy>=1.26\n", ""),
    ],
)
def test_progress_is_what_takes_time(line: str, news: str) -> None:
    assert bootstrap.progress(line) == news


def test_help_and_mistakes_show_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as mistake:
        bootstrap.main(["tset"])
    assert mistake.value.code == 2
    assert "bootstrap.py run" in capsys.readouterr().err
    with pytest.raises(SystemExit) as asked:
        bootstrap.main(["--help"])
    assert asked.value.code == 0
    assert "bootstrap.py test" in capsys.readouterr().out


def test_a_failure_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(arguments: list[str]) -> None:
        raise bootstrap.Failed("No disk.")

    monkeypatch.setitem(bootstrap.COMMANDS, "run", fails)
    with pytest.raises(SystemExit) as failure:
        bootstrap.main(["run"])
    assert failure.value.code == "No disk."


# ------------------------------------------------------------------------------ small networks


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What would have been started."""
    made: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "log")
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: made.append(command))
    return made


def test_numba_is_only_taken_ready_made(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        bootstrap, "finished", lambda command, environ: (calls.append(command), (0, ""))[1]
    )
    bootstrap.install_fast({})
    assert "--only-binary=numba,llvmlite" in calls[0]
    assert calls[0][-1] == f"{bootstrap.CHECKOUT}[{bootstrap.FAST}]"
    assert capsys.readouterr().err == ""


def test_without_numba_it_goes_on_and_says_so(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = "ERROR: No matching distribution found for numba\n"
    monkeypatch.setattr(bootstrap, "finished", lambda command, environ: (1, output))
    bootstrap.install_fast({})
    told = capsys.readouterr().err
    assert told.startswith("Going on without Numba, so small networks train more slowly: No match")
    assert bootstrap.LOG.read_text() == output


def test_warming_is_a_module_that_there_is(calls: list[list[str]]) -> None:
    bootstrap.warm()
    assert calls == [[str(bootstrap.PYTHON), "-m", bootstrap.WARMING]]
    assert CHECKOUT.joinpath(*bootstrap.WARMING.split(".")).with_suffix(".py").is_file()


def test_before_the_first_window_no_more_is_compiled_than_most_need(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pip(command: list[str], environ: dict[str, str]) -> SimpleNamespace:
        return SimpleNamespace(stdout=(), wait=lambda: 0)

    monkeypatch.setattr(bootstrap, "started", pip)
    monkeypatch.setattr(bootstrap, "install_fast", lambda environ: None)
    bootstrap.install(("all",))
    assert [command[2:] for command in calls] == [[bootstrap.WARMING, "float64"]]


def test_tests_do_not_each_wait_for_it(
    calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "provide_libraries", lambda libraries: None)
    monkeypatch.setattr(bootstrap, "prepare", lambda extras: None)
    monkeypatch.setattr(bootstrap.os, "chdir", lambda place: None)
    monkeypatch.setattr(bootstrap, "hand_over", lambda *command: calls.append(list(command)))
    bootstrap.test(["-q"])
    assert [command[-1] for command in calls] == [bootstrap.WARMING, "-q"]
