"""Names say what is inside; a file that grew is split by noun."""

import re
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, name_of, nowhere, places

NOWHERE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "managers",
    "manager",
    "common",
    "base",
    "misc",
    "lib",
    "tools",
    "shared",
}
LONGEST = 300
LONG = {"backoffice/settings.py": "one module by decision; see ADR 0008"}
NEVER_SAY = re.compile(r"DTO|(?i:vendor|gateway|tenant|discrepanc|sandbox|mock|stub|remote_?id|external_?id)")


@nowhere
def test_a_file_is_called_after_what_it_holds(path: Path):
    parts = {path.stem, *(part for part in path.relative_to(ROOT).parts[:-1])}
    return parts & NOWHERE


@nowhere
def test_a_file_over_300_lines_is_split_by_noun(path: Path):
    lines = len(path.read_text().splitlines())
    return [f"{lines} lines"] if lines > LONGEST and name_of(path) not in LONG else []


@nowhere
def test_names_are_words_of_the_glossary(path: Path):
    defined = [getattr(place.node, "name", "") or "" for place in places(path)]
    return [name for name in defined if isinstance(name, str) and NEVER_SAY.search(name)]


def test_the_product_speaks_of_nothing_but_itself():
    kinds = {".py", ".html", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".po"}
    words = re.compile(r"/(?:root|Users)/\w|\bTODO\b|\bFIXME\b|\bXXX\b")
    rooms = [*PACKAGES, "templates", "static", "docs", "tools", "locale"]
    texts = [path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in kinds]
    texts += [path for path in ROOT.glob("*") if path.suffix in kinds or path.name in {"Makefile", "Dockerfile"}]
    assert [name_of(path) for path in texts if words.search(path.read_text())] == []
