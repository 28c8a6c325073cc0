"""What samples are drawn with."""

from __future__ import annotations

from typing import NamedTuple


class Tool(NamedTuple):
    """What the mouse does: its key, its name, its letter on the keyboard, and what it is for."""

    key: str
    name: str
    letter: str
    help: str


POINT = Tool("point", "Point", "P", "Click to put a point; it can be moved until it is let go")
BRUSH = Tool("brush", "Brush", "B", "Drag to spray points; size and density are set beside it")
ERASER = Tool("eraser", "Eraser", "E", "Drag over points to erase them; so does the right button")
TOOLS = (POINT, BRUSH, ERASER)
