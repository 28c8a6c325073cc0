"""bpviz: watch a neural network learn by backpropagation, change it, and take the weights away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bpviz.model import Model, SettingError, load, network, open_experiment

__version__ = "0.1.0"

__all__ = ["Model", "SettingError", "load", "network", "open_experiment"]


def __getattr__(name: str) -> Any:
    # NumPy and the engine are loaded when something of them is first asked for.
    if name in __all__:
        from bpviz import model

        return getattr(model, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
