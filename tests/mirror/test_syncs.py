"""A walk through a list goes on where it stopped, and writes nothing for what has not changed."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs, watches
from backoffice.mirror.models import SyncPage, SyncRun, Watch
from backoffice.providers.emulator.story import add_card
from cards.models import Card

LIST = "card/list"


@pytest.fixture
def many(world, account):
    """250 cards at the provider: three pages."""
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    for _ in range(250):
        add_card(world, app, bin_)
    return account


@pytest.fixture
def add(world):
    """One more card at the provider: the first of its list."""
    return lambda: add_card(world, next(iter(world.apps.values())), next(iter(world.bins.values())))


def walk(account) -> SyncRun:
    syncs.start_sync(account=account, kind="cards.card")
    syncs.continue_syncs(20)
    return SyncRun.objects.filter(kind="cards.card").latest("created_at")


def go_on(run: SyncRun) -> SyncRun:
    """The pause is over."""
    SyncRun.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    syncs.continue_syncs(20)
    run.refresh_from_db()
    return run


def long_known() -> None:
    """Nothing was heard of our cards for an hour: a walk that does not meet them may judge them."""
    Card.objects.update(observed_at=timezone.now() - timedelta(hours=1))


def pages(world) -> list[int]:
    return [request.body["page"] for request in world.requests if request.path.endswith(LIST)]


def versions() -> list[tuple]:
    """Where PostgreSQL keeps each row and who wrote it: one more version would be elsewhere."""
    columns = "id, ctid::text, xmin::text, xmax::text" if connection.vendor == "postgresql" else "*"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM cards_card ORDER BY id")  # noqa: S608
        return cursor.fetchall()


def test_a_walk_brings_every_card_page_by_page(many):
    run = walk(many)
    assert (run.state, run.seen, run.total, run.changed, run.next_page) == ("finished", 250, 250, 250, 4)
    assert Card.objects.count() == 250
    assert JournalEntry.objects.filter(verb="born").count() == 250
    assert SyncPage.objects.count() == 0


def test_a_walk_that_broke_off_goes_on_at_its_page_and_is_not_called_finished_before(many, world):
    world.fail_next("status_502", path=LIST, where={"page": 2})
    run = walk(many)
    assert (run.state, run.next_page, run.seen, run.problem != "") == ("running", 2, 100, True)
    go_on(run)
    assert (run.state, run.seen, Card.objects.count()) == ("finished", 250, 250)
    assert pages(world) == [1, 2, 2, 3]


def test_a_walk_that_breaks_off_again_and_again_fails_and_marks_nothing(many, world):
    walk(many)
    long_known()
    world.fail_next("status_502", path=LIST, times=100, where={"page": 3})
    run = walk(many)
    while run.state == "running":
        go_on(run)
    assert (run.state, run.seen, run.ended_at is not None) == ("failed", 200, True)
    assert Card.objects.exclude(missing_since=None).count() == 0


def test_a_second_walk_writes_no_row_and_no_line(many):
    walk(many)
    before, lines = versions(), JournalEntry.objects.count()
    run = walk(many)
    assert (run.state, run.seen, run.changed) == ("finished", 250, 0)
    assert versions() == before
    assert JournalEntry.objects.count() == lines


def test_what_has_changed_is_one_write_and_one_line_each(many, world):
    walk(many)
    changed = list(world.cards.values())[100:103]
    for card in changed:
        card.balance += 7
    before = dict(zip(Card.objects.order_by("id").values_list("provider_id", flat=True), versions(), strict=True))
    run = walk(many)
    after = dict(zip(Card.objects.order_by("id").values_list("provider_id", flat=True), versions(), strict=True))
    ids = {card.card_id for card in changed}
    assert {number for number in after if after[number] != before[number]} == ids
    assert (run.changed, Card.objects.filter(version=2).count()) == (3, 3)
    assert JournalEntry.objects.filter(verb="changed").count() == 3


def test_a_page_of_unchanged_cards_costs_the_same_few_queries_however_long_it_is(many, django_assert_max_num_queries):
    walk(many)
    run = syncs.start_sync(account=many, kind="cards.card")
    with django_assert_max_num_queries(75):  # three pages: claimed, asked, put on record, compared, kept
        syncs.continue_syncs(20)
    run.refresh_from_db()
    assert run.state == "finished"


def test_starting_twice_is_one_walk(many):
    first = syncs.start_sync(account=many, kind="cards.card")
    assert syncs.start_sync(account=many, kind="cards.card") == first


# --- lists that move -------------------------------------------------------------------------------------------------


def test_rows_that_come_while_we_page_cost_no_gap(many, world, add):
    world.fail_next("status_502", path=LIST, where={"page": 2})
    run = walk(many)
    for _ in range(3):
        add()
    go_on(run)
    assert (run.state, run.seen, Card.objects.count()) == ("finished", 253, 250)
    assert walk(many).changed == 3
    assert Card.objects.count() == 253


def test_rows_that_go_while_we_page_send_us_back_a_page_so_that_none_slips_through(many, world):
    world.fail_next("status_502", path=LIST, where={"page": 2})
    run = walk(many)
    newest = list(world.cards)[-3:]
    for card_id in newest:
        del world.cards[card_id]
    go_on(run)
    assert (run.state, pages(world)) == ("finished", [1, 2, 2, 1, 2, 3])
    assert set(Card.objects.values_list("provider_id", flat=True)) == {*world.cards, *newest}


def test_an_empty_page_in_the_middle_is_no_end_and_what_it_hid_is_seen_in_a_second_round(many, world):
    world.fail_next("empty_page", path=LIST, where={"page": 2})
    run = walk(many)
    assert (run.state, run.round, Card.objects.count()) == ("finished", 2, 250)
    assert pages(world) == [1, 2, 3, 1, 2, 3]


def test_a_list_that_always_hides_a_page_is_never_called_finished(many, world):
    world.fail_next("empty_page", path=LIST, times=10, where={"page": 2})
    run = walk(many)
    assert (run.state, run.problem) == ("failed", "the list tells of 250 rows and showed 150")


def test_a_list_that_goes_in_a_circle_is_left_after_three_equal_pages(many, world, add):
    for _ in range(400):
        add()
    world.fail_next("repeat_page", path=LIST, times=100)
    run = walk(many)
    assert (run.state, run.problem) == ("failed", "the list goes in a circle at page 4")
    assert (len(pages(world)), Card.objects.count()) == (4, 100)


# --- what is not in the list any more --------------------------------------------------------------------------------


def test_what_a_whole_walk_does_not_meet_is_marked_told_and_asked_about_and_never_deleted(many, world):
    walk(many)
    long_known()
    gone = list(world.cards)[5]
    del world.cards[gone]
    run = walk(many)
    assert (run.state, run.seen, run.missing, run.changed) == ("finished", 249, 1, 0)
    card = Card.objects.exclude(missing_since=None).get()
    assert (card.provider_id, Card.objects.count()) == (gone, 250)
    assert JournalEntry.objects.get(verb="missing").ref == card.ref
    assert Watch.objects.get(object_id=gone).why == "not in its list"
    assert walk(many).missing == 1
    assert JournalEntry.objects.filter(verb="missing").count() == 1


def test_a_card_that_vanished_is_an_alarm_in_the_log(many, world, caplog):
    walk(many)
    long_known()
    del world.cards[list(world.cards)[5]]
    walk(many)
    assert [record.levelname for record in caplog.records if "missing_from_list" in record.getMessage()] == ["ERROR"]


@pytest.mark.parametrize("road", ["list", "look"])
def test_what_is_seen_again_is_missing_no_more(many, world, road):
    walk(many)
    long_known()
    number = list(world.cards)[5]
    hidden = world.cards.pop(number)
    walk(many)
    world.cards[number] = hidden
    if road == "list":
        walk(many)
    else:
        Watch.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        watches.drain_watches(5)
    assert Card.objects.exclude(missing_since=None).count() == 0
    assert JournalEntry.objects.filter(verb="seen_again").count() == 1


def test_a_list_that_is_suddenly_empty_is_not_believed(many, world):
    walk(many)
    long_known()
    world.cards.clear()
    run = walk(many)
    assert (run.state, run.problem) == (
        "failed",
        "250 rows of 250 are not in the list any more: too many to believe it",
    )
    assert Card.objects.exclude(missing_since=None).count() == 0


def test_what_other_news_told_of_meanwhile_is_not_called_missing(many, world):
    walk(many)
    del world.cards[list(world.cards)[5]]
    assert walk(many).missing == 0


# --- what is due -----------------------------------------------------------------------------------------------------


def test_what_is_due_is_started_once_a_day_and_what_is_new_once_an_hour_with_an_overlap(many, world, add):
    kinds = len(syncs.kinds())
    assert syncs.start_due_syncs() == kinds
    assert syncs.start_due_syncs() == 0
    syncs.continue_syncs(20)
    assert syncs.start_due_syncs() == 0
    SyncRun.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    whole = SyncRun.objects.get(kind="cards.card")
    add()
    assert syncs.start_due_syncs() == 2  # cards and orders
    syncs.continue_syncs(20)
    recent = SyncRun.objects.exclude(since=None).get(kind="cards.card")
    assert (recent.state, recent.since) == ("finished", whole.created_at - timedelta(minutes=20))
    assert (recent.missing, Card.objects.count()) == (0, 251)
    asked = [request.body for request in world.requests if request.path.endswith(LIST)][-1]
    assert "start_time" in asked


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_waits_and_says_how_far_it_is_and_how_fast(many, capsys):
    call_command("sync", "--account", "main", "--kind", "cards.card", "--wait")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("main cards.card: finished, 250 of 250 seen, 250 new or changed, 0 missing, ")
    assert last.endswith(" rows/s")
    assert SyncRun.objects.count() == 1


def test_the_command_alone_only_starts_the_walks(many, capsys):
    call_command("sync")
    assert len(capsys.readouterr().out.splitlines()) == len(syncs.kinds())
    assert set(SyncRun.objects.values_list("state", flat=True)) == {"running"}


def test_the_command_fails_where_a_walk_does(many, world):
    world.fail_next("empty_page", path=LIST, times=10, where={"page": 2})
    with pytest.raises(CommandError, match="main cards.card: the list tells of 250 rows and showed 150"):
        call_command("sync", "--kind", "cards.card", "--wait")


def test_the_command_knows_no_account_that_is_not_in_the_file(account):
    with pytest.raises(CommandError, match="no account in the accounts file is called nobody"):
        call_command("sync", "--account", "nobody")
