"""README's tables are those of the registries."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bpviz.engine.optimizers import OPTIMIZERS, Momentum

CHECKOUT = Path(__file__).parents[3]


def load() -> ModuleType:
    path = CHECKOUT / "packaging" / "readme_tables.py"
    spec = importlib.util.spec_from_file_location("bpviz_readme_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = load()


def test_readme_is_up_to_date() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert tables.with_tables(text) == text, "run python packaging/readme_tables.py"


def test_every_row_has_as_many_cells_as_its_head() -> None:
    counts = set()
    for line in tables.tables().splitlines():
        if line.startswith("|"):
            counts.add(line.replace(r"\|", "").count("|"))
    assert counts == {4}


def test_what_stands_around_the_tables_stays() -> None:
    text = f"before\n{tables.BEGIN}\nstale words\n{tables.END}\nafter\n"
    fresh = tables.with_tables(text)
    assert fresh.startswith(f"before\n{tables.BEGIN}\n")
    assert fresh.endswith(f"{tables.END}\nafter\n")
    assert "stale words" not in fresh
    assert tables.with_tables(fresh) == fresh
    with pytest.raises(ValueError, match="no <!-- reference --> "):
        tables.with_tables("nothing")


def test_a_new_entry_is_in_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    new = type("New", (Momentum,), {"kind": "new", "label": "new one", "__doc__": "It is new."})
    monkeypatch.setitem(OPTIMIZERS._entries, "new", new)
    assert "| `new` | **new one**: It is new | `momentum` 0.9 |" in tables.tables()
