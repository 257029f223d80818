"""The home screen: what waits for whom, only for who may see it, in a bounded number of queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.accounts.pauses import pause
from backoffice.journal.record import Actor
from backoffice.mirror import syncs
from backoffice.mirror.models import Beat, SyncRun
from backoffice.outbox.drain import drain
from backoffice.outbox.models import Call
from cards.models import CardOrder
from tests.troubles import OPEN, Troubles
from wallets.models import Wallet


@pytest.fixture
def manager(person):
    return person("finance manager")


@pytest.fixture
def troubles(world, mirrored, manager):
    return Troubles(world, Actor(manager))


@pytest.fixture
def home(manager):
    """What the manager sees, as the work queue and as a page."""
    return lambda: look_at_home(manager)


def look_at_home(user, **headers):
    client = Client()
    client.force_login(user)
    answer = client.get("/", **headers)
    assert answer.status_code == 200
    return answer


def blocks(answer) -> dict[str, int]:
    return {block.title: block.count for block in answer.context["work"].queues}


def test_each_trouble_is_in_its_block_and_leads_to_the_list_that_counts_the_same(troubles, home, manager, sweep):
    troubles.failed(sweep)
    troubles.dead()
    troubles.in_doubt()
    troubles.under_way()
    troubles.asked()
    answer = home()
    assert blocks(answer) == {
        "Needs a person": 1, "In doubt": 1, "To be sent": 1, "Under way": 1, "Failed today": 1
    }  # fmt: skip
    client = Client()
    client.force_login(manager)
    for block in answer.context["work"].queues:
        page = client.get(block.url)
        assert page.content.decode().count("table__link") == block.count, block.title


def test_an_order_that_the_provider_does_not_finish_becomes_stuck(troubles, home):
    call = troubles.under_way()
    old = timezone.now() - timedelta(hours=1)
    CardOrder.objects.filter(merchant_ref=call.reference).update(created_at=old)
    assert blocks(home()) == {"Stuck": 1}


def test_a_quiet_place_says_so_and_asks_no_more(troubles, home, sweep):
    troubles.under_way()
    troubles.world.settle()
    sweep()
    answer = home()
    assert blocks(answer) == {}
    page = answer.content.decode()
    assert ("Nothing waits for you" in page, "hx-trigger" in page) == (True, False)


def test_home_asks_for_itself_while_something_is_under_way(troubles, manager):
    troubles.in_doubt()
    part = look_at_home(manager, HTTP_HX_REQUEST="true").content.decode()
    assert ("<html" in part, 'hx-trigger="every 5s"' in part, 'id="work-rail" hx-swap-oob="true"' in part) == (
        False,
        True,
        True,
    )


def test_the_rail_tells_what_is_held_and_what_is_free(troubles, home):
    troubles.asked("100.00")
    shown = home().context["work"].wallets[0]
    assert (shown.wallet.balance, shown.funds.reserved, shown.funds.free) == (
        Decimal(5000),
        Decimal("101.50"),
        Decimal("4898.50"),
    )


def test_a_wallet_that_will_not_last_three_days_is_low(troubles, home, sweep):
    for _ in range(3):
        troubles.under_way("900.00")
    troubles.world.settle()
    sweep()
    cache.clear()
    assert blocks(home()) == {"Low wallets": 1}


def test_a_frozen_wallet_is_low_and_a_closed_one_is_not(troubles, home):
    Wallet.objects.update(state="frozen")
    assert blocks(home()) == {"Low wallets": 1}
    Wallet.objects.update(state="closed")
    assert blocks(home()) == {}


def test_first_steps_end_with_the_first_order(account, home, troubles):
    steps = home().context["work"].first_steps
    assert [(step.title, step.done) for step in steps] == [
        ("Connect a provider", True),
        ("Fetch what is there", True),
        ("Issue the first card", False),
    ]
    troubles.asked()
    assert home().context["work"].first_steps == []


def test_nobody_sees_a_block_without_its_permission(troubles, django_user_model):
    troubles.dead()
    answer = look_at_home(django_user_model.objects.create_user("nobody"))
    work = answer.context["work"]
    assert (work.queues, work.wallets, work.checks, work.first_steps) == ([], [], [], [])
    assert "36.50" not in answer.content.decode()


def test_home_takes_a_bounded_number_of_queries(troubles, manager, sweep, django_assert_max_num_queries):
    troubles.failed(sweep)
    troubles.dead()
    for _ in range(4):
        troubles.in_doubt()
    troubles.under_way()
    troubles.asked()
    client = Client()
    client.force_login(manager)
    client.get("/")
    with django_assert_max_num_queries(30):
        client.get("/")


def test_the_frame_says_test_live_or_both(troubles, home):
    assert 'data-mode="test"' in home().content.decode()
    Account.objects.create(slug="second", provider="openapi", title="Second", live=True)
    assert 'data-mode="mixed"' in home().content.decode()
    Account.objects.filter(slug="main").update(live=True)
    assert 'data-mode="live"' in home().content.decode()


def test_the_frame_tells_of_a_paused_account_an_absent_worker_and_a_silent_provider(troubles, home, account):
    Beat.objects.update_or_create(name="canary", defaults={"at": timezone.now()})
    assert "topbar__warn" not in home().content.decode()
    Beat.objects.update(at=timezone.now() - timedelta(minutes=4))
    assert "No worker since" in home().content.decode()
    troubles.world.fail_next("refuse_connection", path=OPEN, times=3)
    call = troubles.asked()
    for _ in range(3):
        Call.objects.filter(pk=call.pk).update(due_at=call.created_at)
        drain(5)
    assert "Main company does not answer since" in home().content.decode()
    pause(account, "the bank asked for it")
    page = home().content.decode()
    assert "Main company paused since" in page
    assert "the bank asked for it" in page


def test_the_navigation_counts_what_this_person_can_act_on(troubles, home, person):
    troubles.dead()
    assert "nav__count--act" in home().content.decode()
    assert "nav__count--act" not in look_at_home(person("viewer")).content.decode()


def test_sync_now_starts_every_list_once_and_shows_how_far_it_is(troubles, home, manager):
    client = Client()
    client.force_login(manager)
    for _ in range(2):
        answer = client.post(reverse("mirror:start_sync"), {"next": "/"})
        assert (answer.status_code, answer["Location"]) == (302, "/")
    assert SyncRun.objects.filter(state="running").count() == len(syncs.kinds())
    page = home().content.decode()
    assert ("<progress" in page, "every 5s" in page) == (True, True)


def test_after_sync_now_nobody_is_sent_elsewhere(troubles, manager):
    client = Client()
    client.force_login(manager)
    answer = client.post(reverse("mirror:start_sync"), {"next": "https://elsewhere.test/"})
    assert answer["Location"] == "/accounts/"


def test_an_account_is_paused_with_a_reason_and_resumed(troubles, manager, account):
    client = Client()
    client.force_login(manager)
    address = reverse("mirror:pause_account", args=["main"])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "quarter end"})
    account.refresh_from_db()
    assert (account.is_paused, account.paused_why) == (True, "quarter end")
    assert "quarter end" in client.get("/accounts/").content.decode()
    client.post(reverse("mirror:resume_account", args=["main"]))
    account.refresh_from_db()
    assert not account.is_paused


def test_error_pages_name_the_request(home, manager):
    client = Client()
    client.force_login(manager)
    missing = client.get("/nowhere/", HTTP_X_REQUEST_ID="req-of-a-test-1")
    assert (missing.status_code, missing["X-Request-ID"] in missing.content.decode()) == (404, True)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)
    refused = strict.post(reverse("mirror:start_sync"))
    assert (refused.status_code, "This form has expired" in refused.content.decode()) == (403, True)


def test_a_forgotten_password_is_no_page_as_nobody_here_sends_mail(client, db):
    assert client.get("/account/password/reset/").status_code == 404
    assert client.post("/account/password/reset/", {"email": "a@example.com"}).status_code == 404


# --- charts -----------------------------------------------------------------------------------------------------------


def charts(answer) -> dict[str, list[tuple[str, Decimal]]]:
    return {
        group.currency: [(chart.title, chart.total) for chart in group.charts]
        for group in answer.context["work"].activity.currencies
    }


def test_charts_tell_what_was_issued_and_what_failed_a_currency(troubles, home, sweep):
    troubles.under_way("100.00")
    troubles.under_way("50.00")
    troubles.world.settle()
    sweep()
    troubles.failed(sweep)
    cache.clear()
    assert charts(home()) == {"USD": [("2 cards issued", Decimal("150.00")), ("1 order failed", Decimal("45.13"))]}


def test_each_day_is_a_bar_and_the_longer_period_reaches_further_back(troubles, home, sweep, manager):
    troubles.under_way("100.00")
    troubles.world.settle()
    sweep()
    CardOrder.objects.update(created_at=timezone.now() - timedelta(days=20))
    cache.clear()
    assert charts(home()) == {}
    client = Client()
    client.force_login(manager)
    answer = client.get("/?days=30")
    chart = answer.context["work"].activity.currencies[0].charts[0]
    assert (len(chart.points), [amount for _day, amount in chart.points if amount]) == (30, [Decimal("100.00")])
    assert chart.points[9][1] == Decimal("100.00")
    assert "1 card issued in 30 days: 100.00 USD, today 0.00 USD so far" in answer.content.decode()
    assert client.get("/?days=9999").context["work"].activity.days == 14


def test_charts_are_for_who_may_see_orders(troubles, sweep, person):
    troubles.under_way()
    troubles.world.settle()
    sweep()
    nobody = person("admin")
    nobody.groups.clear()
    assert look_at_home(nobody).context["work"].activity is None
