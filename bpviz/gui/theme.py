"""Colours and measures of the window; every colour on the screen comes from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

# Sizes in device-independent pixels: text, secondary text, captions, headline figures.
TEXT = 13
SECONDARY = 12
CAPTION = 11
FIGURE = 16

# The grid: distances between things, and inside a control.
GAP = 8
HALF_GAP = 4
RADIUS = 8


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


def mix(a: str, b: str, t: float) -> str:
    """The colour a fraction `t` of the way from `a` to `b`, all #rrggbb."""
    pairs = [(int(a[k : k + 2], 16), int(b[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * t):02x}" for x, y in pairs)


def system_theme() -> Theme:
    """The theme that the desktop asks for; light where it does not say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def ui_font(scale: float = 1.0) -> QFont:
    """The platform's own interface font at our size, with digits of equal width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(round(TEXT * scale))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def palette(theme: Theme) -> QPalette:
    """The colours that Fusion paints with where the style sheet says nothing."""
    colors = QPalette()
    role = QPalette.ColorRole
    for name, value in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.grid,
        role.Text: theme.text,
        role.PlaceholderText: theme.secondary,
        role.Button: theme.card,
        role.ButtonText: theme.text,
        role.BrightText: theme.warning,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: mix(theme.card, theme.text, 0.04),
        role.Midlight: mix(theme.card, theme.text, 0.08),
        role.Mid: theme.border,
        role.Dark: mix(theme.border, theme.text, 0.3),
        role.Shadow: mix(theme.border, theme.text, 0.5),
    }.items():
        colors.setColor(name, QColor(value))
    faint = QColor(mix(theme.secondary, theme.card, 0.45))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        colors.setColor(QPalette.ColorGroup.Disabled, name, faint)
    colors.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    return colors


def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """The style sheet of the window; `scale` enlarges text, as for a projector.

    A widget chooses a variant by a dynamic property: a button's `kind` ("primary", "flat",
    "small"), a label's `role` ("secondary", "caption", "figure", "title", "error"), a frame's
    `role` ("card", "bar", "banner", "line"), a field's `error` (true).
    """
    values = {
        **dataclasses.asdict(theme),
        "hover": mix(theme.card, theme.text, 0.06),
        "pressed": mix(theme.card, theme.text, 0.12),
        "accent_hover": mix(theme.accent, theme.text, 0.15),
        "accent_pressed": mix(theme.accent, theme.text, 0.3),
        "accent_faint": mix(theme.card, theme.accent, 0.16),
        "faint": mix(theme.secondary, theme.card, 0.45),
        "handle": mix(theme.border, theme.text, 0.25),
        "size_text": round(TEXT * scale),
        "size_secondary": round(SECONDARY * scale),
        "size_caption": round(CAPTION * scale),
        "size_figure": round(FIGURE * scale),
    }
    icons = resources.files("bpviz.resources") / "icons"
    for name, file in {
        "chevron": f"chevron-{theme.name}.svg",
        "chevron_up": f"chevron-up-{theme.name}.svg",
        "check": "check.svg",
    }.items():
        values[name] = Path(str(icons / file)).as_posix()
    sheet = (resources.files("bpviz.resources") / "window.qss").read_text("utf-8")
    return Template(sheet).substitute(values)
