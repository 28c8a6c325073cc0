"""Samples from files of arrays: NumPy's .npz and .npy, and IDX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bpviz.datasets.arrays.idx import begins_like_idx, read_idx
from bpviz.datasets.arrays.numpy_files import NPY, Arrays, read_arrays
from bpviz.datasets.arrays.roles import Roles, found_roles, shape_of
from bpviz.datasets.arrays.samples import ArrayRules, ClassRule, dataset_of, picture_shape
from bpviz.datasets.dataset import DATASETS, Dataset
from bpviz.datasets.file_source import FileSource, FoundArray, Outline
from bpviz.datasets.tables.progress import GoesOn, portion, to_the_end
from bpviz.engine.settings import SettingError, Settings, setting

_CLASSES_HELP = "Whether targets are classes; auto: texts, and few different whole numbers"
_GREY_HELP = "Whether the bytes of pictures, 0 to 255, become 0 to 1"
_TEST_HELP = "Whether to test on the part that is kept for it, rather than on a share by chance"


@dataclass(frozen=True)
class _ArrayPath(Settings):
    path: str = setting("", "File", "The file: .npz or .npy")


@dataclass(frozen=True)
class _IdxPath(Settings):
    path: str = setting("", "Pictures", "The file of pictures, such as train-images-idx3-ubyte")


@DATASETS.register
@dataclass(frozen=True)
class ArrayFile(FileSource, _ArrayPath):
    """NumPy's arrays from a file: .npz with inputs and targets, .npy with the target last."""

    kind: ClassVar[str] = "arrays"
    label: ClassVar[str] = "NumPy arrays"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = {
        "test_fraction": 0.25,
        "scaling": "standardise",
        "missing": "mean",
        "scale_targets": True,
    }

    inputs: str = setting("", "Inputs", "The array of inputs; none: found by name and shape")
    targets: str = setting("", "Targets", "The array of targets; none: found by name and shape")
    test_inputs: str = setting("", "Test inputs", "The array of inputs for testing; none: found")
    test_targets: str = setting("", "Test targets", "The array of targets for testing; none: found")
    classes: ClassRule = setting("auto", "Classes", _CLASSES_HELP)
    grey: bool = setting(True, "Grey 0 to 1", _GREY_HELP)
    own_test: bool = setting(True, "Own test part", _TEST_HELP)

    @classmethod
    def reads(cls, name: str, start: bytes) -> bool:
        return name.endswith((".npz", ".npy")) or start.startswith(NPY)

    def outline(self) -> Outline:
        arrays = read_arrays(self.file, to_the_end, filled=False)
        if "" in arrays:
            table = arrays[""]
            is_grey = table.ndim == 2 and _is_grey(table[:, :-1])
            return Outline(idle=frozenset((*Roles._fields, "own_test", *["grey"] * (not is_grey))))
        found = [FoundArray(n, shape_of(a), str(a.dtype)) for n, a in arrays.items() if a.ndim]
        roles = _roles(self.file.name, arrays, self._said)
        idle = set()
        if not roles.inputs or not _is_grey(arrays[roles.inputs]):
            idle.add("grey")
        if not roles.test_inputs:
            idle.add("own_test")
        if len(arrays) < len(Roles._fields):
            idle |= {"test_inputs", "test_targets"}
        without = {n: self._said._replace(**{n: ""}) for n in Roles._fields}
        used = {n: getattr(_roles("", arrays, said), n) for n, said in without.items()}
        return Outline(tuple(found), used, frozenset(idle))

    @property
    def _said(self) -> Roles:
        return Roles(self.inputs, self.targets, self.test_inputs, self.test_targets)

    def read_anew(self, goes_on: GoesOn) -> Dataset:
        arrays = read_arrays(self.file, portion(goes_on, 0, 800))
        name = self.file.name
        if "" in arrays:
            return _of_one(arrays[""], ArrayRules(name, self.classes, self.grey))
        if _is_network(arrays):
            raise SettingError(
                "holds a trained network and no samples; import it by Import weights in the File "
                "menu, or by --import on the command line",
                name,
            )
        roles = found_roles(name, arrays, self._said)
        rules = ArrayRules(
            name,
            self.classes,
            self.grey,
            _names_in(arrays, ("class_names", "target_names", "label_names")),
            _names_in(arrays, ("input_names", "feature_names", "columns")),
        )
        test = None
        if roles.test_inputs and self.own_test:
            test = arrays[roles.test_inputs], arrays[roles.test_targets]
        made = dataset_of(arrays[roles.inputs], arrays[roles.targets], rules, test)
        targets = (roles.targets,) if len(made.target_names) == 1 else made.target_names
        used = f"Inputs are array {roles.inputs}, targets array {roles.targets}"
        tested = f"; {roles.test_inputs} and {roles.test_targets} are for testing" * (
            test is not None
        )
        return replace(made, target_names=targets, reports=(f"{used}{tested}.", *made.reports))


def _roles(name: str, arrays: Arrays, said: Roles) -> Roles:
    """What each array is for, as far as that can be told; "" where it cannot."""
    try:
        return found_roles(name, arrays, said)
    except SettingError:
        return Roles(*(said_name if said_name in arrays else "" for said_name in said))


def _is_grey(inputs: Any) -> bool:
    """Whether these are pictures of bytes."""
    return inputs.dtype == np.uint8 and picture_shape(inputs) is not None


def _is_network(arrays: Arrays) -> bool:
    """Whether these are the weights of a network that was exported."""
    about = arrays.get("about")
    described = about is not None and about.dtype.kind == "U" and not about.ndim
    return described and any(name.startswith("weights.") for name in arrays)


def _of_one(array: Any, rules: ArrayRules) -> Dataset:
    """The samples of a table whose last column is the target."""
    if array.ndim != 2 or array.shape[1] < 2:
        raise rules.error(
            f"holds one array of shape {shape_of(array)}, where a table with the target in its "
            "last column is expected"
        )
    return dataset_of(array[:, :-1], array[:, -1], rules, None)


def _names_in(arrays: Arrays, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The texts in the first array of these names."""
    for name in wanted:
        if name in arrays and arrays[name].ndim == 1 and arrays[name].dtype.kind == "U":
            return tuple(arrays[name].tolist())
    return ()


@DATASETS.register
@dataclass(frozen=True)
class IdxFile(FileSource, _IdxPath):
    """Pictures with labels from two IDX files, as MNIST comes (LeCun, Cortes & Burges 1998)."""

    kind: ClassVar[str] = "idx"
    label: ClassVar[str] = "IDX pictures"
    group: ClassVar[str] = "own"
    suggested: ClassVar[Mapping[str, Any]] = {"test_fraction": 0.2, "scaling": "none"}

    labels: str = setting("", "Labels", "The file of labels; none: found beside it by its name")
    grey: bool = setting(True, "Grey 0 to 1", _GREY_HELP)
    own_test: bool = setting(
        True, "Own test part", f"{_TEST_HELP}: for train-images… that is t10k-images… beside it"
    )

    @classmethod
    def reads(cls, name: str, start: bytes) -> bool:
        return begins_like_idx(start) or name.removesuffix(".gz").endswith(_ENDINGS)

    @property
    def name(self) -> str:
        name = Path(self.path).name.removesuffix(".gz")
        return next((name[: -len(e)] for e in _ENDINGS if name.endswith(e)), name) or self.kind

    def files(self) -> tuple[Path, ...]:
        labels = self._labels_of(self.file)
        test = self._test_files()
        return (self.file, *((labels,) if labels else ()), *(test or ()))

    def read_anew(self, goes_on: GoesOn) -> Dataset:
        path = self.file
        labels = self._labels_of(path)
        images = read_idx(path, portion(goes_on, 0, 600))
        if images.ndim < 2:
            raise SettingError("holds labels; choose the file of pictures beside it", path.name)
        if labels is None:
            wanted = _renamed(path.name, ("images", "labels"), ("idx3", "idx1"))
            expected = f"expected {wanted} beside it; " if wanted else ""
            raise SettingError(f"has no labels: {expected}name their file under labels", path.name)
        rules = ArrayRules(path.name, "yes", self.grey)
        test = None
        files = self._test_files()
        if files is not None:
            part = portion(goes_on, 600, 800)
            test = read_idx(files[0], part), read_idx(files[1], part)
        made = dataset_of(images, _classes(read_idx(labels, goes_on), labels), rules, test)
        used = f"Labels are those of {labels.name}"
        tested = f"; {files[0].name} is for testing" if files is not None else ""
        return replace(made, reports=(f"{used}{tested}.", *made.reports))

    def outline(self) -> Outline:
        has_test = replace(self, own_test=True)._test_files() is not None
        return Outline(idle=frozenset() if has_test else frozenset({"own_test"}))

    def _labels_of(self, images: Path) -> Path | None:
        if self.labels and images == self.file:
            labels = Path(self.labels).expanduser()
            return labels if labels.is_absolute() else images.parent / labels
        return _beside(images, _renamed(images.name, ("images", "labels"), ("idx3", "idx1")))

    def _test_files(self) -> tuple[Path, Path] | None:
        """Pictures and labels for testing, if they are kept beside those for training."""
        if not self.own_test or "train" not in self.file.name:
            return None
        for name in ("t10k", "test"):
            images = _beside(self.file, self.file.name.replace("train", name))
            labels = self._labels_of(images) if images is not None else None
            if images is not None and labels is not None:
                return images, labels
        return None


# Longer ones first.
_ENDINGS = (
    "-images-idx3-ubyte", "-images.idx3-ubyte", "-idx3-ubyte", ".idx3-ubyte", "-idx1-ubyte",
    ".idx1-ubyte", ".idx3", ".idx",
)  # fmt: skip


def _classes(labels: Any, path: Path) -> Any:
    if labels.ndim != 1:
        raise SettingError(
            "is no file of labels: those are numbers, one for each picture", path.name
        )
    return labels


def _renamed(name: str, *changes: tuple[str, str]) -> str:
    """The name with these words put in the place of others; "" when that changes nothing."""
    other = name
    for old, new in changes:
        other = other.replace(old, new)
    return other if other != name else ""


def _beside(path: Path, name: str) -> Path | None:
    """The file of this name in the same folder, packed or not."""
    if not name:
        return None
    bare = name.removesuffix(".gz")
    found = [path.parent / other for other in (name, bare, f"{bare}.gz")]
    return next((file for file in found if file.is_file()), None)
