"""Colours and measures of the window; every colour on the screen comes from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """One set of colours, as #rrggbb. Orange and blue mean sign or output class, nothing else."""

    name: str
    window: str
    card: str
    border: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    grid: str
    violet: str
    magenta: str
    negative: str
    zero: str
    positive: str
    field: str
    warning: str


LIGHT = Theme(
    name="light",
    window="#f4f5f7",
    card="#ffffff",
    border="#d9dde3",
    text="#1c2430",
    secondary="#6b7684",
    accent="#0f766e",
    on_accent="#ffffff",
    grid="#eceff3",
    violet="#7a4fe0",
    magenta="#c2388a",
    negative="#f59322",
    zero="#e3e6ea",
    positive="#0877bd",
    field="#f4f5f7",
    warning="#b42318",
)

DARK = Theme(
    name="dark",
    window="#15181d",
    card="#1d2127",
    border="#323943",
    text="#e6eaf0",
    secondary="#93a0b0",
    accent="#2fb8a6",
    on_accent="#ffffff",
    grid="#2a3039",
    violet="#a58bff",
    magenta="#f272b6",
    negative="#f7a94b",
    zero="#3a414b",
    positive="#4aa8e8",
    field="#15181d",
    warning="#ff8a7a",
)

# More than two classes: Paul Tol's "muted" set and white's opposite, safe for colour-blind eyes.
CLASS_COLORS = (
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
    "#777777",
)
