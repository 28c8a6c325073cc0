"""Settings, declared once.

A setting is a field of a frozen dataclass, declared with `setting(...)`: default, label, help
text, unit and range. The check when an object is made, the reader of experiment files, the
command line's `--set` and the widgets of the window all work from that one declaration.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar


class SettingError(ValueError):
    """A setting has a value it cannot have; the text is one sentence, `key` the dotted path."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.message = message
        self.key = key

    def under(self, parent: str) -> SettingError:
        """Return the same error seen from one level further out."""
        return SettingError(self.message, f"{parent}.{self.key}" if self.key else parent)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one field: how to name it, explain it and bound it.

    `zero` is what the value 0 is called where it is no number but a choice, such as "auto";
    `names` what values to choose from are called on a screen, where that is not their own name.
    """

    label: str
    help: str = ""
    unit: str = ""
    zero: str = ""
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    logarithmic: bool = False
    slider: tuple[float, float] | None = None
    registry: Registry[Any] | None = None
    names: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

    def broken_bound(self, value: float) -> str:
        """Return the expectation that `value` breaks ("above 0"), or nothing."""
        if self.above is not None and not value > self.above:
            return f"above {plain(self.above)}"
        if self.at_least is not None and not value >= self.at_least:
            return f"at least {plain(self.at_least)}"
        if self.below is not None and not value < self.below:
            return f"below {plain(self.below)}"
        if self.at_most is not None and not value <= self.at_most:
            return f"at most {plain(self.at_most)}"
        return ""


def plain(number: float) -> str:
    """A number in a sentence: with its thousands apart, not as a power of ten."""
    return f"{number:,.12g}"


def setting(default: Any, label: str, help: str = "", **declared: Any) -> Any:
    """Declare a dataclass field as a setting; `declared` are the other fields of `Setting`."""
    return dataclasses.field(
        default=default, metadata={"setting": Setting(label, help, **declared)}
    )


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field of a settings class, as readers and widgets need it."""

    name: str
    type: Any
    default: Any
    setting: Setting

    @property
    def choices(self) -> tuple[str, ...]:
        """The names to choose from: a Literal's values or a registry's kinds."""
        if self.setting.registry is not None:
            return tuple(self.setting.registry)
        if typing.get_origin(self.type) is typing.Literal:
            return typing.get_args(self.type)
        return ()


_fields: dict[type, dict[str, Field]] = {}


def fields_of(cls: type) -> dict[str, Field]:
    """The declared settings of a dataclass by name, in order of declaration."""
    if cls not in _fields:
        hints = typing.get_type_hints(cls)
        _fields[cls] = {
            f.name: Field(f.name, hints[f.name], f.default, f.metadata["setting"])
            for f in dataclasses.fields(cls)
            if "setting" in f.metadata
        }
    return _fields[cls]


@dataclass(frozen=True)
class Settings:
    """Base of all settings classes: every declared field is checked when an object is made.

    Raises SettingError, a ValueError, with one sentence that names the field.
    """

    def __post_init__(self) -> None:
        for name, declared in fields_of(type(self)).items():
            value = _checked(declared, getattr(self, name))
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Entry(Settings):
    """An entry of a registry, chosen by its `kind`."""

    kind: ClassVar[str] = ""
    label: ClassVar[str] = ""

    @property
    def constants(self) -> dict[str, float]:
        """What the symbols in the entry's formulas stand for, by their LaTeX: α, say, and 0.01."""
        return {}


E = TypeVar("E", bound=Entry)


class Registry(Mapping[str, type[E]], Generic[E]):
    """The known entries of one kind of thing ("activation", "optimizer", …), by name."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, type[E]] = {}

    def register(self, cls: type[E]) -> type[E]:
        """Add an entry (used as a class decorator)."""
        if cls.kind in self._entries:
            raise ValueError(f"there are two of {self.noun} {cls.kind!r}")
        self._entries[cls.kind] = cls
        return cls

    def __getitem__(self, kind: str) -> type[E]:
        try:
            return self._entries[kind]
        except KeyError:
            known = ", ".join(self._entries)
            raise SettingError(f"{self.noun} must be one of {known}; got {kind!r}") from None

    def __contains__(self, kind: object) -> bool:
        return kind in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def make(self, value: Any) -> E:
        """An entry from its name, from a table with `kind`, or the entry itself."""
        if isinstance(value, str):
            return self[value]()
        if isinstance(value, Mapping):
            table = dict(value)
            kind = table.pop("kind", None)
            if not isinstance(kind, str):
                known = ", ".join(self._entries)
                raise SettingError(f"{self.noun} needs a kind, one of {known}")
            return from_dict(self[kind], table)
        if isinstance(value, Entry) and self._entries.get(value.kind) is type(value):
            return value
        known = ", ".join(self._entries)
        raise SettingError(f"{self.noun} must be one of {known}; got {value!r}")


def _checked(declared: Field, value: Any) -> Any:
    """`value` in the declared type and range, or a SettingError that names the field."""
    try:
        if declared.setting.registry is not None and _is_tuple(declared.type):
            if not isinstance(value, list | tuple):
                raise SettingError(f"must be a list, got {value!r}")
            return tuple(declared.setting.registry.make(item) for item in value)
        if declared.setting.registry is not None:
            return declared.setting.registry.make(value)
        return _converted(declared.type, declared.setting, value)
    except SettingError as error:
        if error.message.startswith("must "):
            raise SettingError(
                f"{declared.setting.label.lower()} {error.message}", declared.name
            ) from None
        raise error.under(declared.name) from None


def _is_tuple(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple


def _converted(kind: Any, rules: Setting, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        if value not in typing.get_args(kind):
            raise SettingError(
                f"must be one of {', '.join(map(str, typing.get_args(kind)))}; got {value!r}"
            )
        return value
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _converted(_not_none(kind), rules, value)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise SettingError(f"must be a list, got {value!r}")
        item = typing.get_args(kind)[0]
        return tuple(_converted(item, rules, v) for v in value)
    if kind in _CONVERTERS:
        return _CONVERTERS[kind](rules, value)
    if isinstance(kind, type) and issubclass(kind, Settings) and isinstance(value, Mapping):
        return from_dict(kind, value)
    if dataclasses.is_dataclass(kind) and not isinstance(value, typing.cast(type, kind)):
        raise SettingError(f"must be a {typing.cast(type, kind).__name__}, got {value!r}")
    return value


def _not_none(kind: Any) -> Any:
    return next(k for k in typing.get_args(kind) if k is not type(None))


def _number(rules: Setting, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise SettingError(f"must be a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise SettingError(f"must be a finite number, got {value!r}")
    return _bounded(rules, number)


def _whole_number(rules: Setting, value: Any) -> int:
    """TOML's 1e3 and a spin box's 10.0 are whole numbers; what a file cannot hold is not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or value != value // 1:
        raise SettingError(f"must be a whole number, got {value!r}")
    number = typing.cast(int, math.floor(value))
    if not -(2**63) <= number < 2**63:
        raise SettingError(f"must be a whole number of at most 64 bits, got {value!r}")
    return int(_bounded(rules, number))


def _bounded(rules: Setting, value: float) -> float:
    broken = rules.broken_bound(value)
    if broken:
        raise SettingError(f"must be {broken}, got {repr(value).removesuffix('.0')}")
    return value


def _instance(kind: type, name: str) -> Callable[[Setting, Any], Any]:
    def check(_rules: Setting, value: Any) -> Any:
        if not isinstance(value, kind):
            raise SettingError(f"must be {name}, got {value!r}")
        return value

    return check


_CONVERTERS: dict[Any, Callable[[Setting, Any], Any]] = {
    float: _number,
    int: _whole_number,
    bool: _instance(bool, "true or false"),
    str: _instance(str, "a text"),
}


S = TypeVar("S")


def from_dict(cls: type[S], table: Mapping[str, Any]) -> S:
    """Make a settings object from a table of plain values, as read from an experiment file.

    Raises SettingError naming the key when one is unknown or has a value it cannot have.
    """
    known = fields_of(cls)
    for key in table:
        if key not in known:
            raise SettingError(f"unknown key; expected one of {', '.join(known) or 'none'}", key)
    values = {}
    for key, value in table.items():
        nested = known[key].type
        if isinstance(value, Mapping) and dataclasses.is_dataclass(nested):
            if known[key].setting.registry is None:
                try:
                    value = from_dict(typing.cast(type, nested), value)
                except SettingError as error:
                    raise error.under(key) from None
        values[key] = value
    return cls(**values)


def with_value(settings: S, path: str, value: Any) -> S:
    """The settings with one of them changed, given by its dotted path ("optimizer.beta1").

    Raises SettingError when there is no such setting or it cannot have the value.
    """
    name, _, rest = path.partition(".")
    known = [f.name for f in dataclasses.fields(typing.cast(Any, settings))]
    if name not in known:
        expected = f"expected one of {', '.join(known)}" if known else "it has none"
        raise SettingError(f"there is no such setting; {expected}", name)
    if rest:
        present = getattr(settings, name)
        if not dataclasses.is_dataclass(present):
            raise SettingError("there is no such setting", path)
        try:
            value = with_value(present, rest, value)
        except SettingError as error:
            raise error.under(name) from None
    return typing.cast(S, dataclasses.replace(typing.cast(Any, settings), **{name: value}))


def to_dict(settings: Any) -> dict[str, Any]:
    """The settings that differ from their defaults as plain values: the inverse of `from_dict`."""
    table: dict[str, Any] = {}
    for name, declared in fields_of(type(settings)).items():
        value = getattr(settings, name)
        if value != declared.default:
            table[name] = to_plain(value)
    return table


def to_plain(value: Any) -> Any:
    """One value as TOML and JSON know it: an entry without settings is just its name."""
    if isinstance(value, Entry):
        settings = to_dict(value)
        return {"kind": value.kind, **settings} if settings else value.kind
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_dict(value)
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value
