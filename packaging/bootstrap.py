"""Run or test bpviz from a checkout, with nothing needed but Python.

    python3 packaging/bootstrap.py run [ARGUMENTS OF bpviz ...]
    python3 packaging/bootstrap.py test [ARGUMENTS OF pytest ...]
    python3 packaging/bootstrap.py install [EXTRA ...]

The environment is .venv in the checkout. A stamp in it says for what it was made; while the stamp
still fits, starting takes a moment. The stamp is empty until all is installed, so an interrupted
installation is known by it and made afresh.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "bpviz needs Python 3.11 or newer and this is Python {}.{}: start it with a newer one, "
        "such as python3.13.".format(*sys.version_info)
    )

import ctypes
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT = CHECKOUT / ".venv"
STAMP = ENVIRONMENT / "bpviz-ready.json"
LOG = ENVIRONMENT / "bpviz-install.log"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# What the installed environment depends on, besides Python and the place.
PROJECT_FILES = ("pyproject.toml", "setup.py")

# What a person gets who just wants to use it, and which extras bring others along.
RUN_EXTRAS = ("all",)
BRINGS = {"all": ("tables", "parquet", "export"), "test": ("all",), "dev": ("test",)}

# The extra that small networks are compiled with, and what compiles them, once; before the first
# window only for the number format that experiments have unless they say otherwise.
FAST = "fast"
WARMING = "bpviz.engine.compiled.warming"
USUAL_FORMAT = "float64"

# Ahead of the user's own pytest arguments, which win over these. -n 0 (or --pdb) is one process.
PYTEST_DEFAULTS = ("-n", "auto", "--maxprocesses", "4")

# Qt's wheels bring Qt, but not the system's libraries: the file that Qt loads -> Debian's package.
OFFSCREEN_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW_LIBRARIES = {
    **OFFSCREEN_LIBRARIES,
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

OFFSCREEN_COMMANDS = ("screenshot", "bench")
WINDOW_FILES = (".toml", ".bpviz")


class Failed(Exception):
    """One sentence for the user, who can act on it."""


# ---------------------------------------------------------------------------------- environment


@dataclass(frozen=True)
class Stamp:
    """What a ready environment was made for."""

    python: str
    checkout: str
    project: str
    extras: tuple[str, ...]


class Plan(Enum):
    """What it takes to get from the environment there is to the one that is wanted."""

    READY = "nothing"
    INSTALL = "install into it"
    REBUILD = "make it afresh"


def wanted_stamp(checkout: Path, extras: Iterable[str]) -> Stamp:
    digest = hashlib.sha256()
    for name in PROJECT_FILES:
        digest.update((checkout / name).read_bytes())
    return Stamp(
        python=f"{platform.python_version()} {platform.machine()}",
        checkout=str(checkout),
        project=digest.hexdigest(),
        extras=tuple(sorted(extras)),
    )


def read_stamp(path: Path) -> Stamp | None:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(**{**fields, "extras": tuple(fields["extras"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    path.write_text(json.dumps(asdict(stamp), indent=2) + "\n", encoding="utf-8")


def plan(found: Stamp | None, wanted: Stamp) -> Plan:
    if found is None or (found.python, found.checkout) != (wanted.python, wanted.checkout):
        return Plan.REBUILD
    if found.project != wanted.project or not set(wanted.extras) <= with_brought(found.extras):
        return Plan.INSTALL
    return Plan.READY


def with_brought(extras: Iterable[str]) -> set[str]:
    """These extras and all that they bring along."""
    return {name for extra in extras for name in (extra, *with_brought(BRINGS.get(extra, ())))}


def prepare(extras: Sequence[str]) -> None:
    """Make the environment, or as much of it as is missing."""
    wanted = wanted_stamp(CHECKOUT, extras)
    found = read_stamp(STAMP) if PYTHON.exists() else None
    step = plan(found, wanted)
    if step is Plan.READY:
        return
    check_writable(CHECKOUT)
    check_ours(ENVIRONMENT, STAMP)
    if step is Plan.REBUILD:
        check_modules(missing_modules(), linux_family())
        say(f"Making an environment in {ENVIRONMENT}.")
        make_environment()
    elif found is not None:
        # Extras that an earlier command asked for stay up to date with the project too.
        wanted = wanted_stamp(CHECKOUT, {*extras, *found.extras})
    STAMP.write_text("", encoding="utf-8")
    say("Installing bpviz and what it needs; this takes a minute or two, once.")
    install(wanted.extras)
    write_stamp(STAMP, wanted)


def check_writable(checkout: Path) -> None:
    if not os.access(checkout, os.W_OK):
        raise Failed(f"{checkout} cannot be written to: copy the checkout to a place of your own.")


def check_ours(environment: Path, stamp: Path) -> None:
    if environment.exists() and not stamp.exists():
        raise Failed(
            f"{environment} is there but was not made by this script: move it away, or start "
            "bpviz with it yourself."
        )


def missing_modules() -> list[str]:
    return [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]


def check_modules(missing: Sequence[str], family: str) -> None:
    if missing:
        raise Failed(
            f"This Python ({sys.executable}) cannot make environments without "
            f"{' and '.join(missing)}: {module_cure(family, sys.version_info[:2])}."
        )


def module_cure(family: str, version: tuple[int, int]) -> str:
    """What brings venv and ensurepip; only some Linux distributions split them off."""
    cures = {
        "debian": "run `{sudo}apt-get install python{major}.{minor}-venv` (or python3-full)",
        "fedora": "run `{sudo}dnf install python3-libs`",
        "suse": "run `{sudo}zypper install python3-base`",
        "alpine": "run `{sudo}apk add python3`",
    }
    cure = cures.get(family, "reinstall Python with its standard library complete")
    return cure.format(sudo=sudo(), major=version[0], minor=version[1])


def make_environment() -> None:
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    ENVIRONMENT.mkdir()
    STAMP.touch()
    # Started from inside the environment, Python would delete itself.
    base_python = getattr(sys, "_base_executable", sys.executable)
    status, output = finished([base_python, "-m", "venv", str(ENVIRONMENT)], os.environ)
    if status:
        raise Failed(f"No environment could be made in {ENVIRONMENT}: {gist(output)}.")


def install(extras: Sequence[str]) -> None:
    project = f"{CHECKOUT}[{','.join(extras)}]" if extras else str(CHECKOUT)
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--prefer-binary"]
    # A user's setting for the system's Python has no meaning inside an environment.
    environ = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    lines = []
    with LOG.open("w", encoding="utf-8") as log:
        pip = started([*command, "--editable", project], environ)
        for line in pip.stdout or ():
            log.write(line)
            lines.append(line)
            if news := progress(line):
                say(news)
    if pip.wait():
        raise Failed(f"pip could not install bpviz: {pip_reason(''.join(lines))} (see {LOG}).")
    if extras:
        install_fast(environ)
        warm(USUAL_FORMAT)


def install_fast(environ: Mapping[str, str]) -> None:
    """The compiler of small networks, where there is one for this Python; all works without."""
    needs = f"{CHECKOUT}[{FAST}]"
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--only-binary=numba,llvmlite"]
    status, output = finished([*command, "--editable", needs], environ)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(output)
    if status:
        say(
            f"Going on without Numba, so small networks train more slowly: {pip_reason(output)} "
            f"(see {LOG})."
        )


def warm(*formats: str) -> None:
    """Compile the engine for small networks, unless that was done; it says so itself.

    Without `formats` that is for all number formats, of which each takes its time.
    """
    # Where that fails, NumPy trains: nothing to stop for.
    subprocess.call([str(PYTHON), "-m", WARMING, *formats], cwd=CHECKOUT)


def pip_reason(output: str) -> str:
    # Without a network pip ends by complaining that there is no such package.
    if "Retrying (" in output and "(from versions: none)" in output:
        return "the package index cannot be reached"
    return gist(output)


def progress(line: str) -> str:
    """What of pip's chatter tells a person that it is still going on, and with what."""
    download = re.match(r"\s*Downloading ([^-\s/]+-[^-\s]+)\S* (\(.+\))", line)
    if download:
        return f"  downloading {download[1]} {download[2]}"
    return "  installing" if line.startswith("Installing collected packages") else ""


# ---------------------------------------------------------------------------- system libraries


def libraries_for(
    action: str, arguments: Sequence[str], environ: Mapping[str, str]
) -> Mapping[str, str]:
    """The system libraries that this command is going to load."""
    if action == "test":
        return OFFSCREEN_LIBRARIES
    if action == "install":
        return {}
    command = next((word for word in arguments if not word.startswith("-")), None)
    if command in OFFSCREEN_COMMANDS:
        return OFFSCREEN_LIBRARIES
    if command is None and arguments:
        return {}
    if command in (None, "gui") or command.endswith(WINDOW_FILES):
        offscreen = environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal"))
        return OFFSCREEN_LIBRARIES if offscreen else WINDOW_LIBRARIES
    return {}


def loads(library: str) -> bool:
    # Qt asks the same loader, which also knows libraries that no package brought.
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(
    needed: Mapping[str, str], loads: Callable[[str], bool] = loads
) -> dict[str, str]:
    return {library: package for library, package in needed.items() if not loads(library)}


def linux_family() -> str:
    """The distribution's family as its os-release tells it, or an empty string."""
    if not sys.platform.startswith("linux"):
        return ""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    return family_of(release)


def family_of(release: Mapping[str, str]) -> str:
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    families = {"ubuntu": "debian", "rhel": "fedora", "opensuse": "suse", "sles": "suse"}
    known = {"debian", "fedora", "suse", "alpine"}
    return next((families.get(n, n) for n in names if families.get(n, n) in known), "")


def provide_libraries(needed: Mapping[str, str]) -> None:
    missing = missing_libraries(needed) if sys.platform.startswith("linux") else {}
    if not missing:
        return
    packages = sorted(set(missing.values()))
    if linux_family() != "debian" or shutil.which("apt-get") is None:
        raise Failed(
            f"Qt needs system libraries that are missing here: {', '.join(missing)}; "
            "install the packages that bring them."
        )
    if not is_root():
        raise Failed(
            "Qt needs system libraries that are missing here; this line installs them: "
            + apt_line(packages)
        )
    say(f"Installing the system libraries that Qt needs: {', '.join(packages)}.")
    apt_install(packages)


def apt_line(packages: Sequence[str]) -> str:
    return f"{sudo()}apt-get install --no-install-recommends {' '.join(packages)}"


def apt_install(packages: Sequence[str]) -> None:
    # Package lists may be absent or old; where the update fails, the install says what is wrong.
    apt_get("update", "-qq")
    status, output = apt_get("install", "-y", "-qq", "--no-install-recommends", *packages)
    if status:
        raise Failed(f"apt-get could not install {' '.join(packages)}: {gist(output)}.")


def apt_get(*arguments: str) -> tuple[int, str]:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return finished(["apt-get", *arguments], environ)


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def sudo() -> str:
    return "" if is_root() else "sudo "


# ---------------------------------------------------------------------------------------- tools


def started(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """A tool at work, its output and its complaints in one stream."""
    return subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def finished(command: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str]:
    tool = started(command, environ)
    output, _ = tool.communicate()
    return tool.returncode, output


def gist(output: str) -> str:
    """The line of a tool's output that says what is wrong: its first error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|E|\w*Error): ", line)]
    line = errors[0] if errors else (lines[-1] if lines else "it gave no reason")
    return re.sub(r"^(ERROR|E|Error): ", "", line).rstrip(".")


# ------------------------------------------------------------------------------------- commands


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def hand_over(*command: str) -> NoReturn:
    """Become the command, so that signals and the exit status are its own."""
    words = [str(PYTHON), *command]
    if os.name == "nt":
        sys.exit(subprocess.call(words))
    os.execv(words[0], words)


def run(arguments: Sequence[str]) -> None:
    provide_libraries(libraries_for("run", arguments, os.environ))
    prepare(RUN_EXTRAS)
    hand_over("-m", "bpviz", *arguments)


def test(arguments: Sequence[str]) -> None:
    provide_libraries(libraries_for("test", arguments, os.environ))
    prepare(("test",))
    os.chdir(CHECKOUT)
    # Its sources may have changed since, and each of pytest's processes would wait for it.
    warm()
    hand_over("-m", "pytest", *PYTEST_DEFAULTS, *arguments)


def install_only(arguments: Sequence[str]) -> None:
    prepare(arguments)


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "run": run,
    "test": test,
    "install": install_only,
}


def main(arguments: Sequence[str]) -> None:
    if not arguments or arguments[0] not in COMMANDS:
        wants_help = arguments[:1] in (["-h"], ["--help"])
        print((__doc__ or "").strip(), file=sys.stdout if wants_help else sys.stderr)
        sys.exit(0 if wants_help else 2)
    try:
        COMMANDS[arguments[0]](arguments[1:])
    except Failed as failure:
        sys.exit(str(failure))
    except OSError as error:
        sys.exit(f"The bootstrap cannot go on: {error}.")
    except KeyboardInterrupt:
        sys.exit("Stopped; the same command starts again.")


if __name__ == "__main__":
    main(sys.argv[1:])
