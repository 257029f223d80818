"""Asking for an export as a browser does, and a worker by hand."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
import uuid
import zipfile
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.exports.models import Export
from backoffice.exports.tasks import work_exports
from backoffice.journal.models import Source
from backoffice.providers.snapshots import CardSnapshot, CardStatus
from cards.apply import apply_card
from cards.models import Bin

START = timezone.now() - timedelta(days=1)
ESCAPED = re.compile("_x([0-9A-F]{4})_")  # how a workbook writes what XML cannot hold
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def sign(person):
    """A browser of somebody in a role: `sign("viewer")`."""

    def give(role: str, name: str = "") -> Client:
        client = Client()
        client.user = person(role, name)
        client.force_login(client.user)
        return client

    return give


@pytest.fixture
def viewer(sign):
    return sign("viewer")


@pytest.fixture
def ask(viewer):
    """Send the form of a list: `ask("cards", "state=frozen", format="xlsx")`; the export."""

    def send(slug: str, query: str = "", *, client: Client = viewer, format: str = "csv", key: str = "") -> Export:
        form = {"key": key or str(uuid.uuid4()), "format": format}
        answer = client.post(f"{reverse('exports:new', args=[slug])}?{query}", form)
        assert answer.status_code == 302, answer.content.decode()
        return Export.objects.get(public_id=answer["Location"].strip("/").split("/")[-1])

    return send


@pytest.fixture
def take(viewer):
    """Download an export; its bytes."""

    def get(export: Export, *, client: Client = viewer) -> bytes:
        answer = client.post(reverse("exports:download", args=[export.public_id]))
        assert answer.status_code == 200
        return b"".join(answer.streaming_content)

    return get


@pytest.fixture
def written(ask, take):
    """Ask, let a worker write, download; the rows of cells, the headings first."""

    def rows(slug: str, query: str = "", *, format: str = "csv") -> list[list[str]]:
        export = ask(slug, query, format=format)
        work_exports()
        return (read_csv if format == "csv" else read_xlsx)(take(export))

    return rows


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def read_xlsx(data: bytes) -> list[list[str]]:
    """Each cell's text as it stands in the file; a number is its digits, and what is left out is empty."""
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in root.iter(f"{SHEET}row"):
        cells: dict[int, str] = {}
        for cell in row.iter(f"{SHEET}c"):
            assert cell.find(f"{SHEET}f") is None
            text = "".join(cell.itertext())
            cells[column(cell.get("r"))] = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        rows.append([cells.get(number, "") for number in range(max(cells) + 1)])
    return rows


def column(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@pytest.fixture
def listed(mirrored):
    """Cards that the provider's list told of: `listed(3)`, `listed(1, note="Travel")`; oldest first."""
    made = 0

    def tell(count: int = 1, **facts) -> list:
        nonlocal made
        cards = []
        for _each in range(count):
            made += 1
            usual = {
                "status": CardStatus.ACTIVE,
                "bin_id": Bin.objects.get().provider_id,
                "last4": f"{made:04d}",
                "balance": Decimal("10.50"),
                "activated_at": START + timedelta(minutes=made),
            }
            told = usual | facts
            snapshot = CardSnapshot(
                account="main", observed_at=timezone.now(), card_id=f"cid_{made}", word=str(told["status"]), **told
            )
            cards.append(apply_card(snapshot, source=Source.SYNC)[0])
        return cards

    return tell


@pytest.fixture
def killed(tmp_path, settings):
    """Have a worker of its own write what waits, and be killed at a point, as by signal 9."""

    def die(point: str) -> None:
        code = "import django; django.setup(); from backoffice.exports.work import work_exports; work_exports()"
        database = str(connection.settings_dict["NAME"])
        address = f"sqlite:///{database}"
        if connection.vendor == "postgresql":
            address = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"
        place = {"VAR_DIR": str(tmp_path), "DATABASE_URL": address, "CRASH_AT": f"{point}:{tmp_path / 'died'}"}
        keys = {"SEAL_KEYS": ",".join(settings.SEAL_KEYS), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **keys, **place}, check=False)
        assert done.returncode == -signal.SIGKILL

    return die
