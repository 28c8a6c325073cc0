"""What all sources that read a file have in common: its path, and samples that are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self

from bpviz.datasets.dataset import Dataset, DataSource
from bpviz.datasets.tables.progress import GoesOn, to_the_end
from bpviz.engine.settings import SettingError

# The samples of the files used last are kept: so many files, and so many bytes of all but one.
_MOST_KEPT, _MOST_BYTES = 4, 300_000_000


class FoundArray(NamedTuple):
    """An array in a file: its name, its shape such as "200 × 4", and the type of its numbers."""

    name: str
    shape: str
    type: str

    def __str__(self) -> str:
        return f"{self.name} ({self.shape})"


@dataclass(frozen=True)
class Outline:
    """What there is to choose from in a file.

    `used` tells by a setting's name which array is taken where it is left empty; `idle` are the
    settings that change nothing, as the file has nothing that they are about.
    """

    arrays: tuple[FoundArray, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FileSource(DataSource):
    """Samples from a file at `path`, a setting of the source's own.

    What was read is kept, until the file is another one.
    """

    if TYPE_CHECKING:
        path: str

    @classmethod
    def reads(cls, name: str, start: bytes) -> bool:
        """Whether a file is for this source, by its name in small letters and its first bytes."""
        return False

    @property
    def slow(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return Path(self.path).stem or self.kind

    @property
    def file(self) -> Path:
        """The file. Raises SettingError when none was chosen yet."""
        if not self.path:
            raise SettingError("no file was chosen yet", "path")
        return Path(self.path).expanduser()

    def files(self) -> tuple[Path, ...]:
        """All files that the samples come from."""
        return (self.file,)

    def state(self) -> object:
        """What tells whether the files are others than before; None when one is gone."""
        try:
            stats = [(str(path), path.stat()) for path in self.files()]
        except (OSError, ValueError):
            return None
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)

    def outline(self) -> Outline:
        """What there is to choose from in the file, found without reading all of it."""
        return Outline()

    def load(self, seed: int) -> Dataset:
        return self.read()

    def read(self, goes_on: GoesOn = to_the_end) -> Dataset:
        """The samples, with progress; `load` then has them at hand.

        Raises SettingError as `load` does, and Cancelled when `goes_on` says no.
        """
        _ = self.file
        dataset = _kept.get(self)
        if dataset is None:
            state = self.state()
            dataset = self.read_anew(goes_on)
            _kept.put(self, state, dataset)
        return dataset

    def read_anew(self, goes_on: GoesOn) -> Dataset:
        """The samples from the file itself, as `read` tells."""
        raise NotImplementedError

    def from_folder(self, folder: Path) -> Self:
        if not self.path or Path(self.path).expanduser().is_absolute():
            return self
        return replace(self, path=str(folder / self.path))

    def for_folder(self, folder: Path) -> Self:
        path = Path(self.path).expanduser().absolute()
        if not self.path:
            return self
        if path.is_relative_to(folder.absolute()):
            return replace(self, path=path.relative_to(folder.absolute()).as_posix())
        return replace(self, path=str(path))


def remember(source: FileSource, dataset: Dataset) -> None:
    """Keep samples that were just made from the source's file, so that `load` has them."""
    _kept.put(source, source.state(), dataset)


def read_only(dataset: Dataset) -> Dataset:
    """The dataset, of which one copy serves all callers."""
    for array in (dataset.inputs, dataset.targets, dataset.weights, dataset.test_part):
        if array is not None:
            array.flags.writeable = False
    return dataset


class _Kept:
    """The datasets of the files used last; one is given only while its file is unchanged."""

    def __init__(self) -> None:
        self._datasets: OrderedDict[FileSource, tuple[object, Dataset]] = OrderedDict()
        self._lock = Lock()

    def get(self, source: FileSource) -> Dataset | None:
        with self._lock:
            state, dataset = self._datasets.get(source, (None, None))
            if dataset is None or state is None or state != source.state():
                self._datasets.pop(source, None)
                return None
            self._datasets.move_to_end(source)
            return dataset

    def put(self, source: FileSource, state: object, dataset: Dataset) -> None:
        with self._lock:
            self._datasets[source] = (state, read_only(dataset))
            self._datasets.move_to_end(source)
            while len(self._datasets) > _MOST_KEPT or (
                len(self._datasets) > 1 and self._bytes() > _MOST_BYTES
            ):
                self._datasets.popitem(last=False)

    def _bytes(self) -> int:
        return sum(dataset.inputs.nbytes for _, dataset in self._datasets.values())


_kept = _Kept()
