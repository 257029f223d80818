"""Lists as files: the rows, columns and words of the screen, harmless in a spreadsheet, kept a day for who may."""

import time
import uuid
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from backoffice.core.columns import picked
from backoffice.core.money import plain
from backoffice.core.sealed import Unreadable
from backoffice.exports import commands, reading, work
from backoffice.exports.lists import exportable_of, exportables, rows_of, written
from backoffice.exports.models import Export, folder
from backoffice.exports.tasks import sweep_exports, work_exports
from backoffice.journal.models import JournalEntry
from backoffice.people.listings import listing_of
from cards.commands import issue_card
from cards.models import Bin, Card
from cards.states import CardState
from tests.exports.conftest import read_csv
from wallets.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)

NASTY = [
    '=HYPERLINK("http://evil.test","x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\tTAB",
    "＝1+1",  # noqa: RUF001
    'He said "no", twice',
    "two\nlines",
    "two\r\nlines",
    "\u202eright to left",
    "' quoted already",
    "",
]
INERT = [f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "＝"} else text for text in NASTY]  # noqa: RUF001


def column(rows: list[list[str]], heading: str) -> list[str]:
    return [row[rows[0].index(heading)] for row in rows[1:]]


# --- what is in the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_text_that_a_spreadsheet_would_run_comes_back_as_harmless_text(format, written, listed):
    for text in NASTY:
        listed(1, note=text)
    assert column(written("cards", format=format), "Label")[::-1] == INERT


@pytest.fixture
def full(listed, actor, world, sweep):
    """Something on every list but that of holders: cards of all kinds of money, an order, its call and callbacks."""
    for text in NASTY:
        listed(1, note=text)
    for currency, balance in (("JPY", "1200"), ("KWD", "0.5"), ("USDT", "0.00000001"), ("", "3"), ("USD", "-0.10")):
        Card.objects.filter(pk=listed(1, balance=Decimal(balance))[0].pk).update(currency=currency)
    listed(1, balance=None, activated_at=None, last4="")
    issue_card(actor=actor, key="one", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(20))
    sweep()
    world.settle()
    sweep()
    issue_card(actor=actor, key="two", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(30))


def test_both_ways_of_writing_a_csv_make_the_same_bytes(full, person):
    """On PostgreSQL one of them is its COPY; on SQLite there is one way, and this says only that it works."""
    counts = {}
    for exportable in exportables():
        names, queryset = list(exportable.columns()), rows_of(exportable, "", person("viewer", exportable.slug))
        for chosen in (names, names[:1], names[1:2]):
            rows, made = written(exportable, chosen), []
            for way in (reading.iterated, reading.copied if connection.vendor == "postgresql" else reading.iterated):
                out = bytearray()
                with reading.reader() as own:
                    seen = way(own, reading.selected(queryset, rows, 100), rows, out.extend, lambda _rows: None)
                made.append((seen, bytes(out)))
            assert made[0] == made[1]
        counts[exportable.slug] = made[0][0]
    assert counts == {
        "cards": Card.objects.count(),
        "orders": 2,
        "holders": 0,
        "wallets": 1,
        "calls": 2,
        "callbacks": counts["callbacks"],
    }
    assert counts["callbacks"] > 0


def test_a_file_has_the_rows_columns_order_and_words_of_the_screen(full, written, viewer):
    for slug, query in (("cards", ""), ("cards", "view=active&q=0003"), ("orders", ""), ("orders", "state=succeeded")):
        exportable = exportable_of(slug)
        page = viewer.get(f"{reverse(exportable.view)}?{query}&limit=200")
        shown = [getattr(row, "card" if slug == "cards" else "order") for row in page.context["rows"]]
        rows = written(slug, query)
        assert column(rows, "State") == [row.get_state_display() for row in shown]
        created = [timezone.localtime(row.created_at).isoformat(timespec="seconds") for row in shown]
        assert column(rows, "Created (UTC)") == created
        name = "Available" if slug == "cards" else "Amount"
        amounts = [row.balance if slug == "cards" else row.amount for row in shown]
        texts = ["" if one is None else plain(one, row.currency) for one, row in zip(amounts, shown, strict=True)]
        assert column(rows, name) == texts
        assert column(rows, "Currency") == [row.currency for row in shown]
        assert len(rows) - 1 == len(shown) > 0


def test_the_columns_that_a_person_picked_are_the_ones_in_the_file(listed, written, viewer):
    listed(1)
    viewer.post(reverse("people:columns", args=["cards"]), {"pick": ["recharged", "card", "created", "balance"]})
    headings = ["Recharged", "Currency", "Card", "Network", "Created (UTC)", "Available"]
    assert written("cards")[0] == headings


@pytest.mark.parametrize("slug", ["cards", "orders"])
def test_every_column_of_a_list_has_something_to_write(slug, db):
    names = [column.name for column in picked(listing_of(slug).columns, [c.name for c in listing_of(slug).columns])]
    assert [name for name in names if not exportable_of(slug).columns().get(name)] == []


def test_headings_name_the_zone_and_times_have_its_offset(listed, written, settings):
    settings.TIME_ZONE = "Asia/Hong_Kong"
    card = listed(1)[0]
    rows = written("cards")
    with timezone.override("Asia/Hong_Kong"):
        made = timezone.localtime(card.created_at).isoformat(timespec="seconds")
    assert (column(rows, "Created (Asia/Hong_Kong)"), made[-6:]) == ([made], "+08:00")


def test_words_and_headings_are_in_the_language_of_who_asked(listed, ask, take, viewer):
    listed(1)
    viewer.cookies["django_language"] = "zh-hans"
    export = ask("cards")
    work_exports()
    export.refresh_from_db()
    assert export.language == "zh-hans"
    rows = read_csv(take(export))
    with translation.override("zh-hans"):
        assert (rows[0][0], rows[1][0]) == (gettext("State"), str(CardState.ACTIVE.label))


def test_an_amount_that_a_spreadsheet_cannot_keep_stays_text(listed, written, ask, take):
    most = Decimal("9999999999999.99") if connection.vendor == "postgresql" else Decimal("9999999999999.9")
    listed(1, balance=most)
    listed(1, balance=Decimal("10.5"))
    if connection.vendor == "postgresql":
        listed(1, balance=Decimal("1234567890123456.78"))
        assert column(written("cards", format="xlsx"), "Available") == ["1234567890123456.78", "10.50", f"{most:.2f}"]
    assert column(written("cards"), "Available")[-2:] == ["10.50", f"{most:.2f}"]


def test_nothing_of_a_person_stands_in_a_file_of_holders(db):
    labels = {cell.heading for cells in exportable_of("holders").columns().values() for cell in cells}
    assert labels == {
        "State",
        "Progress",
        "Our id",
        "Registered for",
        "Cards active",
        "Cards",
        "Their number",
        "Account",
        "Created (UTC)",
    }


# --- who gets it, and for how long ------------------------------------------------------------------------------------


def test_one_form_is_one_export_however_often_it_is_sent(listed, ask, viewer):
    listed(1)
    key = str(uuid.uuid4())
    assert ask("cards", "state=active", key=key) == ask("cards", "state=active", key=key)
    assert Export.objects.count() == 1
    answer = viewer.post(f"{reverse('exports:new', args=['cards'])}?state=frozen", {"key": key, "format": "csv"})
    assert (answer.status_code, Export.objects.count()) == (422, 1)


def test_a_file_is_its_makers_and_the_auditors_and_each_download_is_written_down(listed, ask, take, viewer, sign):
    listed(2)
    export = ask("cards")
    work_exports()
    other, auditor = sign("finance manager"), sign("auditor")
    for path in ("exports:export", "exports:download"):
        ways = (other.get, other.post) if path == "exports:download" else (other.get,)
        assert {way(reverse(path, args=[export.public_id])).status_code for way in ways} <= {403, 405}
    assert take(export) == take(export, client=auditor)
    assert list(JournalEntry.objects.filter(ref=export.ref).order_by("id").values_list("verb", "actor__username")) == [
        ("exports.start_export", "viewer"),
        ("exports.finished", None),
        ("exports.download_export", "viewer"),
        ("exports.download_export", "auditor"),
    ]
    finished = JournalEntry.objects.get(verb="exports.finished")
    export.refresh_from_db()
    assert finished.detail == {"rows": 2, "bytes": export.bytes}
    assert export.downloads == 2
    assert [row.export for row in auditor.get(reverse("exports:exports")).context["rows"]] == [export]
    assert other.get(reverse("exports:exports")).context["rows"] == []


def test_who_may_not_see_a_list_can_neither_export_it_nor_download_it_later(listed, ask, viewer, person):
    listed(1)
    export = ask("cards")
    viewer.user.groups.clear()
    work_exports()
    export.refresh_from_db()
    assert (export.state, export.problem) == ("failed", "Who asked for it may not see this list any more.")
    assert viewer.post(reverse("exports:download", args=[export.public_id])).status_code == 403
    assert viewer.get(reverse("exports:new", args=["cards"])).status_code == 403
    assert list(folder().iterdir()) == []


def test_a_file_is_sealed_and_gone_after_a_day(listed, ask, take, viewer):
    listed(1, note="Ads, Google")
    export = ask("cards")
    work_exports()
    export.refresh_from_db()
    assert b"Ads, Google" in take(export)
    assert b"Ads" not in export.path.read_bytes()
    assert export.path.stat().st_mode & 0o777 == 0o600
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=True):
        late = viewer.post(reverse("exports:download", args=[export.public_id]))
        sweep_exports()
    assert late.status_code == 302
    export.refresh_from_db()
    assert (export.state, export.sealed_key, list(folder().iterdir())) == ("expired", "", [])


def test_a_file_that_was_changed_or_cut_off_is_not_handed_out(listed, ask, take):
    listed(1)
    export = ask("cards")
    work_exports()
    export.refresh_from_db()
    whole = export.path.read_bytes()
    for bad in (whole[:-1], whole[:20] + bytes([whole[20] ^ 1]) + whole[21:], b""):
        export.path.write_bytes(bad)
        with pytest.raises(Unreadable):
            take(export)


def test_too_many_rows_are_refused_before_anything_is_written(listed, viewer, monkeypatch):
    listed(3)
    monkeypatch.setitem(commands.MOST, "csv", 2)
    answer = viewer.post(reverse("exports:new", args=["cards"]), {"key": str(uuid.uuid4()), "format": "csv"})
    assert answer.status_code == 422
    assert "More than 2 rows: narrow the list" in answer.content.decode()
    assert Export.objects.count() == 0


def test_a_card_number_in_the_filter_is_refused_and_kept_nowhere(listed, viewer):
    listed(1)
    path = f"{reverse('exports:new', args=['cards'])}?q=4111111111111111"
    answer = viewer.post(path, {"key": str(uuid.uuid4()), "format": "csv"})
    assert (answer.status_code, Export.objects.count()) == (422, 0)


# --- interruptions ----------------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_leaves_an_export_that_starts_again_once(listed, ask, take, killed):
    listed(3)
    export = ask("cards")
    killed("before_export_ends")
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("running", 1)
    assert work_exports() is None
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("running", 1)  # the lease is not over yet
    Export.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    work_exports()
    export.refresh_from_db()
    assert (export.state, export.attempts, export.rows) == ("done", 2, 3)
    assert len(read_csv(take(export))) == 4
    sweep_exports()
    assert [path.name for path in folder().iterdir()] == [export.path.name]


def test_an_export_that_was_interrupted_twice_is_given_up(listed, ask):
    listed(1)
    export = ask("cards")
    Export.objects.update(state="running", attempts=2, leased_until=timezone.now() - timedelta(seconds=1))
    work_exports()
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("failed", 2)
    assert export.problem.startswith("Interrupted twice")


def test_an_attempt_that_was_taken_over_ends_without_a_file(listed, ask, monkeypatch):
    listed(1)
    export = ask("cards")
    taken = lambda export: Export.objects.filter(pk=export.pk).update(attempts=2)  # noqa: E731
    monkeypatch.setattr(work, "crash_point", lambda name: taken(export))
    work_exports()
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("running", 2)
    assert list(folder().iterdir()) == []


def test_a_browser_that_goes_away_closes_the_file(listed, ask, viewer):
    listed(1)
    export = ask("cards")
    work_exports()
    export.refresh_from_db()
    answer = viewer.post(reverse("exports:download", args=[export.public_id]))
    assert len(next(answer.streaming_content)) == export.bytes
    assert str(export.path) in open_files()
    answer.close()
    assert str(export.path) not in open_files()


@pytest.mark.postgres
def test_an_export_that_stops_half_way_leaves_nothing_running_in_the_database(listed, person):
    listed(1)
    many(60_000)
    exportable = exportable_of("cards")
    rows = written(exportable, list(exportable.columns()))

    class GoneError(Exception):
        pass

    def gone(_block) -> None:
        raise GoneError

    queryset = reading.selected(rows_of(exportable, "", person("viewer")), rows, 10**6)
    for way in (reading.copied, reading.iterated):
        with pytest.raises(GoneError), reading.reader() as own:
            way(own, queryset, rows, gone, print)
        assert backends() == 0


def many(count: int) -> None:
    """So many cards more, made by the database."""
    columns = [field.column for field in Card._meta.concrete_fields if not field.primary_key]
    made = {"public_id": "'crd_' || n", "provider_id": "'many_' || n"}
    values = ", ".join(made.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cards_card ({names}) SELECT {values} FROM cards_card t, generate_series(1, %s) n", [count]
        )


def backends() -> int:
    """Who else is at work in this database, after a moment to notice."""
    for _ in range(50):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' AND query LIKE '%cards_card%'"
            )
            found = cursor.fetchone()[0]
        if not found:
            return 0
        time.sleep(0.1)
    return found


def open_files() -> set[str]:
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(link.readlink()))
    return found
