"""From a list to its file: the key, the form, the page while a worker writes, the download."""

import csv
from pathlib import Path

import pytest
from django.urls import reverse

from backoffice.exports.models import Export
from backoffice.exports.tasks import work_exports
from tests.browser.conftest import judge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_a_list_is_exported_by_keyboard_and_downloaded(page, sign_in, mirrored, staff):
    sign_in(staff)
    page.goto(reverse("wallets:wallets"))
    page.keyboard.press("Shift+E")
    page.wait_for_url("**/exports/new/wallets/")
    judge(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/exports/exp_*/")
    page.get_by_text("Waits for a worker").wait_for()
    judge(page)
    work_exports()
    page.get_by_role("button", name="Download").wait_for()  # the page asked by itself
    judge(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    export = Export.objects.get()
    assert download.value.suggested_filename == export.file_name
    assert [row[rows[0].index("Balance")] for row in rows[1:]] == ["5000.00"]


def test_every_state_of_an_export_is_fit_to_be_seen(look, sign_in, mirrored, staff, sheet):
    sign_in(staff)
    made = {}
    for state in Export.State:
        made[state] = Export.objects.create(
            listing="cards",
            query="state=active&state=frozen",
            columns=["state"],
            language="en",
            person=staff,
            key=state,
            state=state,
            total=120_000,
            rows=40_000,
        )
    Export.objects.filter(state="failed").update(
        problem="Interrupted twice. Start it again; a narrower list is quicker."
    )
    look(reverse("exports:new", args=["cards"]) + "?state=active", "export-new")
    look(reverse("exports:exports"), "exports")
    look(reverse("cards:cards"), "export-button")
    for state, export in made.items():
        look(export.get_absolute_url(), f"export-{state}")
