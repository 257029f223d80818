"""The papers say what is true: their words, states, faults, tests and links exist, and their examples run."""

import ast
import os
import re
import subprocess
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import TextChoices
from django.urls import reverse

from backoffice.outbox.models import Ask, Call
from backoffice.providers.openapi.client import OpenApiClient
from backoffice.providers.openapi.tables import PATHS
from cards.models import Card, CardOrder
from tests.architecture.sources import SOURCES, dotted_name
from tests.architecture.test_permissions import addresses

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEST_ID = re.compile(r"`(tests/[\w/]+\.py::\w+)`")


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, heads and rules left out."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for number, row in enumerate(cells) if not (set(row[0]) <= {"-"} or _is_head(cells, number))]


def _is_head(cells: list[list[str]], number: int) -> bool:
    return number + 1 < len(cells) and set(cells[number + 1][0]) <= {"-"} and bool(cells[number + 1][0])


@cache
def names_in(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def exists(test_id: str) -> bool:
    file, _, name = test_id.partition("::")
    return (ROOT / file).exists() and name in names_in(ROOT / file)


# --- what is named exists -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_every_test_that_a_paper_names_is_there(path: Path):
    text = path.read_text()
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (path.parent / link).exists()] == []
    assert [test_id for test_id in TEST_ID.findall(text) if not exists(test_id)] == []
    files = re.findall(
        r"`((?:backoffice|cards|wallets|webhooks|tests|tools|locale|docs)/[\w/.]+\.(?:py|md|toml))`", text
    )
    assert [file for file in files if not (ROOT / file).exists() and "<" not in file] == []


def test_every_decision_has_its_page():
    pages = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, 16)]
    for page in pages:
        parts = [line for line in page.read_text().splitlines() if line.startswith(("# ", "## ", "Tags: "))]
        assert [part.split()[0] if part.startswith("# ") else part.partition(":")[0] for part in parts] == [
            "#",
            "Tags",
            "## Why it came up",
            "## What we do",
            "## What it costs",
        ]
        assert f"({page.name})" in (ROOT / "docs" / "adr" / "README.md").read_text()


def test_every_fault_has_a_test_or_a_reason():
    found = {row[0]: row[2] for row in rows((ROOT / "docs" / "faults.md").read_text())}
    assert list(found) == [f"F{number}" for number in range(1, 63)]
    assert [fault for fault, cell in found.items() if not (TEST_ID.search(cell) or cell.startswith("not yet: "))] == []
    due = [*range(1, 11), *range(13, 39), *range(42, 52), 53, 55, 56, 58, 59, 62]
    assert [number for number in due if found[f"F{number}"].startswith("not yet")] == []


# --- the glossary ---------------------------------------------------------------------------------------------------


def states_of_the_product() -> dict[str, type[TextChoices]]:
    """Every TextChoices whose name ends in State, by its dotted name."""
    found = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name.endswith("State"):
                module = import_module(dotted_name(path))
                for holder in [module, *vars(module).values()]:
                    choices = getattr(holder, node.name, None)
                    if (
                        isinstance(choices, type)
                        and issubclass(choices, TextChoices)
                        and choices.__module__ == module.__name__
                    ):
                        found[f"{module.__name__}.{choices.__qualname__}"] = choices
    return found


def test_every_state_has_its_meaning_in_the_glossary():
    text = (ROOT / "docs" / "GLOSSARY.md").read_text()
    sections = {
        found[1]: found[2] for found in re.finditer(r"^### [^\n]*\(`([\w.]+)`\)\n(.*?)(?=^###|\Z)", text, re.M | re.S)
    }
    choices = states_of_the_product()
    assert set(sections) == set(choices)
    assert len(choices) >= 12
    for name, section in sections.items():
        told = [(row[0], row[1]) for row in rows(section)]
        assert told == [(f"`{state.value}`", str(state.label)) for state in choices[name]], name
        assert [row[2] for row in rows(section) if not row[2].endswith(".")] == []


# --- the provider's page --------------------------------------------------------------------------------------------


def provider_calls() -> list[list[str]]:
    return [row for row in rows((ROOT / "docs/providers/openapi.md").read_text()) if len(row) == 8 and row[0].isdigit()]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_call_of_the_provider_is_told_with_what_uses_it():
    calls = provider_calls()
    assert [row[0] for row in calls] == [str(number) for number in range(1, 40)]
    used = [row for row in calls if row[3] != "not yet"]
    assert {words(row[2])[0] for row in used} == set(PATHS.values())
    assert [row for row in used if not TEST_ID.search(row[7])] == []
    asked = [row for row in used if row[4] != "nobody yet"]
    assert [row for row in asked if not (row[4] and row[5] and row[6])] == []
    assert [row for row in calls if row[3] == "not yet" and any(row[4:])] == []


def test_what_the_providers_page_names_is_in_the_code():
    used = [row for row in provider_calls() if row[3] != "not yet"]
    methods = {method for row in used for method in words(row[3])}
    public = {name for name in dir(OpenApiClient) if not name.startswith("_")}
    assert methods == public
    screens = {screen for row in used for screen in words(row[5])}
    assert screens - addresses().keys() == set()
    routes = {re.sub(r"<[^>]+>", "{id}", str(pattern.pattern)) for pattern in addresses().values()}
    named = {endpoint.split("/", 1)[1] for row in used for endpoint in words(row[6])}
    assert named - routes == set()


# --- the README -----------------------------------------------------------------------------------------------------


def curl_examples() -> str:
    section = (ROOT / "README.md").read_text().split("## REST with curl")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S))


def run(script: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={"PATH": os.environ["PATH"], "no_proxy": "*", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_readmes_curl_examples_issue_one_card(transactional_db, live_server, mirrored, staff, world, sweep):
    key = StringIO()
    scopes = re.findall(r"--scope (\S+?)(?='|\s|$)", (ROOT / "README.md").read_text())
    call_command("create_api_key", owner=staff.username, name="curl", scope=scopes, stdout=key)
    environment = {"KEY": key.getvalue().strip(), "API": f"{live_server.url}/api/v1"}
    done = run(curl_examples(), **environment)
    assert (done.returncode, done.stderr) == (0, "")
    order, call = CardOrder.objects.get(), Call.objects.get()
    quote, *states = done.stdout.replace("}queued", "}\nqueued").splitlines()
    assert '"total":"26.50"' in quote.replace(" ", "")
    assert states == [call.state, order.state]
    assert (str(order.amount.normalize()), order.note) == ("25", "Ads")

    again = run(curl_examples(), **environment)
    assert again.returncode == 0
    assert (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (1, 1, 1)
    sweep()
    world.settle()
    sweep()
    assert Card.objects.get().merchant_ref == order.merchant_ref


def test_the_papers_name_commands_that_make_has():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    named = {name for path in DOCS for name in re.findall(r"(?:`|^)make (?:-s )?([a-z-]+)", path.read_text(), re.M)}
    assert named - targets == set()
    assert {"demo", "test"} <= named


def test_the_errors_page_is_what_the_api_shows(client, db):
    assert client.get(reverse("api-errors")).content.decode() == (ROOT / "docs" / "api-errors.md").read_text()
