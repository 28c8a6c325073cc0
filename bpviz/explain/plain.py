"""LaTeX as plain text, good enough to be read in a terminal."""

from __future__ import annotations

import re

_COMMANDS = {
    r"\s*\\cdot\s*": "·",
    r"\s*\\times\s*": " × ",
    r"\\partial\s*": "∂",
    r"\\Delta\s*": "Δ",
    r"\\varepsilon": "ε",
    r"\\alpha": "α",
    r"\\beta": "β",
    r"\\lambda": "λ",
    r"\\eta": "η",
    r"\\delta": "δ",
    r"\\gamma": "γ",
    r"\\mu": "μ",
    r"\\sigma": "σ",
    r"\\pi": "π",
    r"\\sum": "Σ",
    r"\\prod\s*": "Π",
    r"\\lfloor\s*": "⌊",
    r"\\rfloor": "⌋",
    r"\s*\\sim\s*": " ∼ ",
    r"\s*\\leq\s*": " ≤ ",
    r"\s*\\geq\s*": " ≥ ",
    r"\\infty": "∞",
    r"\\ldots": "…",
    r"\\(,|quad)": " ",
    r"\\hat\s*\{?(\w)\}?": "\\1\N{COMBINING CIRCUMFLEX ACCENT}",
    # What only says how to set a name; other functions keep theirs.
    r"\\(mathrm|text|left|right)(?![A-Za-z])": "",
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWER = re.compile(r"\^(?:([0-9])|\{(-?[0-9]+)\})")
# An exponent of several terms: x^(γ−1). A sign before it is no second term.
_LONG_POWER = re.compile(r"\^\{([^{}]*[^{}(\s][-+][^{}]*)\}")
# w_{5} is w5, as elsewhere; the third unit of a layer h2 is h2₃.
_LONE_LETTER = re.compile(r"(?<![A-Za-z0-9_])([A-Za-z])_([0-9]+)")
_NUMBERED = re.compile(r"(?<=[0-9αβδεηλ])_([0-9]+)")
_COMPOSITE = re.compile(r"[-+−·× ]")


def plain(latex: str) -> str:
    """The formula in one line: fractions as a/b, with parentheses where they are needed."""
    text = re.sub(r"\\tfrac12\s*", "½", latex)
    while (at := re.search(r"\\t?frac(?![A-Za-z])", text)) is not None:
        top, rest = _argument(text[at.end() :])
        bottom, rest = _argument(rest)
        # 2/10 (a-b) could be read as 2/(10 (a-b)).
        times = "·" if rest.startswith(("(", r"\sum")) else ""
        text = f"{text[: at.start()]}{_enclosed(top)}/{_enclosed(bottom)}{times}{rest}"
    while (at := re.search(r"\\sqrt(?![A-Za-z])", text)) is not None:
        root, rest = _argument(text[at.end() :])
        inner = _enclosed(root)
        inner = f"({inner})" if "/" in inner and "(" not in inner else inner
        text = f"{text[: at.start()]}√{inner}{rest}"
    for command, word in _COMMANDS.items():
        text = re.sub(command, word, text)
    text = _POWER.sub(lambda m: (m[1] or m[2]).translate(_SUPERSCRIPTS), text)
    text = _LONG_POWER.sub(r"^(\1)", text)
    text = re.sub(r"[{}\\]", "", text)
    text = _LONE_LETTER.sub(r"\1\2", text)
    text = _NUMBERED.sub(lambda m: m[1].translate(_SUBSCRIPTS), text)
    return " ".join(text.replace("-", "−").split())


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


def _enclosed(latex: str) -> str:
    text = plain(latex)
    return f"({text})" if _COMPOSITE.search(text) else text
