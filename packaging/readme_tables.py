"""Write the tables of algorithms, data and settings into README.md, from the registries.

    python packaging/readme_tables.py

What stands between `<!-- reference -->` and `<!-- /reference -->` is replaced. The tests fail
while README.md has other tables than this makes.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bpviz.experiments.reference import Article, chapters, setting_groups, settings_of

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- reference -->", "<!-- /reference -->"

GROUP_TITLES = {
    "": "The experiment itself",
    "data": "Data",
    "network": "Network",
    "network.layers": "Layers",
    "training": "Training",
}


def with_tables(text: str) -> str:
    """The text with fresh tables between the two marks. Raises ValueError without marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no {BEGIN} … {END} to write between")
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def tables() -> str:
    """All tables, each folded under its title."""
    parts = [
        folded(
            f"{chapter.title} (`{chapter.key}`)",
            table(("name", "what it is", "settings and their defaults"), map(row, found)),
        )
        for chapter in chapters()
        if (found := chapter.articles)
    ]
    for group in setting_groups():
        notes = settings_of(group)
        rows = [(f"`{note.name}`", note.sentence, f"`{note.default}`") for note in notes]
        title = f"Settings: {GROUP_TITLES.get(group, group)}"
        parts.append(folded(title, table(("key", "what it does", "default"), rows)))
    return "\n\n".join(parts)


def row(article: Article) -> tuple[str, str, str]:
    source = f" ({article.source})" if article.source else ""
    told = f"**{article.label}**: {article.first_sentence.rstrip('.')}{source}"
    settings = ", ".join(f"`{note.name}` {note.default}" for note in article.settings)
    return f"`{article.kind}`", told, settings


def folded(title: str, content: str) -> str:
    return f"<details><summary>{title.replace('`', '')}</summary>\n\n{content}\n\n</details>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(plain_cell, cells))} |" for cells in lines)


def plain_cell(text: str) -> str:
    """A cell's text; what Markdown would take for a mark is kept from it."""
    text = text.replace("\n", " ").replace("|", r"\|")
    return text if text.startswith("`") else text.replace("<", "&lt;")


def main() -> int:
    text = README.read_text(encoding="utf-8")
    try:
        fresh = with_tables(text)
    except ValueError as error:
        print(f"{README.name}: {error}", file=sys.stderr)
        return 1
    if fresh != text:
        README.write_text(fresh, encoding="utf-8", newline="\n")
        print(f"wrote {README}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
