"""LaTeX as plain text, good enough to be read in a terminal."""

from __future__ import annotations

import re

_COMMANDS = {
    r"\tfrac12": "½",
    r"\cdot": "·",
    r"\times": "×",
    r"\partial": "∂",
    r"\varepsilon": "ε",
    r"\alpha": "α",
    r"\beta": "β",
    r"\Delta": "Δ",
    r"\lambda": "λ",
    r"\eta": "η",
    r"\delta": "δ",
    r"\sum": "Σ",
    r"\sqrt": "√",
    r"\ldots": "…",
    r"\,": " ",
    r"\quad": " ",
}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_COMPOSITE = re.compile(r"[-+−·× ]")


def plain(latex: str) -> str:
    """The formula in one line: fractions as a/b, with parentheses where they are needed."""
    text = latex.replace(r"\tfrac12", "½")
    while (at := re.search(r"\\t?frac", text)) is not None:
        top, rest = _argument(text[at.end() :])
        bottom, rest = _argument(rest)
        text = f"{text[: at.start()]}{_enclosed(plain(top))}/{_enclosed(plain(bottom))}{rest}"
    for command, word in _COMMANDS.items():
        text = text.replace(command, word)
    text = re.sub(r"\^([0-9])", lambda m: m[1].translate(_SUPERSCRIPTS), text)
    text = re.sub(r"\\(mathrm|text|hat|left|right|max|tanh|log)", _bare, text)
    text = re.sub(r"[{}\\]", "", text)
    text = re.sub(r"(?<=[0-9])_([0-9]+)", lambda m: m[1].translate(_SUBSCRIPTS), text)
    return " ".join(text.replace("-", "−").split())


def _bare(match: re.Match[str]) -> str:
    """A function keeps its name; what only says how to set a name goes."""
    return match[1] if match[1] in ("max", "tanh", "log") else ""


def _argument(text: str) -> tuple[str, str]:
    """The first argument of a command, and what follows it."""
    text = text.lstrip()
    if not text.startswith("{"):
        return text[:1], text[1:]
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return text[1:k], text[k + 1 :]
    return text[1:], ""


def _enclosed(text: str) -> str:
    return f"({text})" if _COMPOSITE.search(text) else text
