"""The home screen and what stands behind its numbers: calls, callbacks, wallets, accounts."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from backoffice.core.refs import ref_row
from backoffice.journal.record import Actor
from backoffice.mirror.models import SyncRun
from backoffice.outbox.models import Call, Exchange
from backoffice.providers.emulator import World
from backoffice.providers.emulator.merchant import seed_merchant
from tests.browser.conftest import judge, keep
from tests.troubles import Troubles
from wallets.models import Wallet
from webhooks.models import Delivery
from webhooks.tasks import continue_replays

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager(person, sign_in):
    user = person("finance manager", "hannah")
    user.first_name, user.last_name = "Hannah", "Wu"
    user.save()
    sign_in(user)
    return user


@pytest.fixture
def world(callbacks, request):
    """A merchant of two months; where only empty screens are looked at, nothing yet."""
    world = World(now=timezone.now(), seed=7, deliver=callbacks)
    if "busy_day" in request.fixturenames:
        seed_merchant(world)
    return world


@pytest.fixture
def busy_day(world, manager, mirrored, sweep):
    """A day on which most things went wrong once."""
    troubles = Troubles(world, Actor(manager))
    troubles.failed(sweep)
    troubles.refused()
    troubles.dead()
    troubles.in_doubt()
    troubles.under_way()
    troubles.asked()
    return troubles


def test_home_shows_what_waits_and_each_number_leads_to_its_list(sheet, look, busy_day):
    page = look("/", name="home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Work queue")
    for title in ("Needs a person", "In doubt", "To be sent", "Under way", "Failed today"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("link", name="Needs a person").click()
    expect(page.locator("tbody [role=row]")).to_have_count(1)
    judge(page)


def test_every_list_and_page_of_the_watch_is_sound(sheet, look, busy_day):
    dead = Call.objects.get(state=Call.State.DEAD)
    look("/calls/", name="calls")
    look(dead.get_absolute_url(), name="call-dead")
    look(f"{dead.get_absolute_url()}send-again/", name="call-send-again")
    look(f"{dead.get_absolute_url()}give-up/", name="call-give-up")
    look("/callbacks/", name="callbacks")
    look(Delivery.objects.order_by("-id").first().get_absolute_url(), name="callback")
    look("/wallets/", name="wallets")
    look(Wallet.objects.filter(currency="USD").order_by("-balance").first().get_absolute_url(), name="wallet")
    look("/accounts/", name="accounts")


def test_exchanges_health_and_a_replay_are_sound(sheet, look, busy_day, world, person, sign_in):
    page = look("/health/", name="health")
    expect(page.get_by_role("heading", name="Provider health")).to_be_visible()
    look("/calls/exchanges/", name="exchanges")
    look("/calls/exchanges/?view=refused", name="exchanges-refused")
    look(Exchange.objects.filter(is_write=True).first().get_absolute_url(), name="exchange")
    SyncRun.objects.filter(kind="cards.card").update(
        state="running", total=100_000, seen=42_000, next_page=421, ended_at=None
    )
    look("/accounts/", name="accounts-syncing")

    sign_in(person("developer"))
    told = Delivery.objects.filter(ref__startswith="cards.cardorder").order_by("-id").first()
    world.orders[ref_row(told.ref).merchant_ref].mark = "Changed at the provider"
    page = look(f"/callbacks/?about={told.object_id}", name="callbacks-filtered")
    page.get_by_role("link", name="Process these again").click()
    judge(page)
    keep(page, f"replay-new-{sheet[0]}-{sheet[1]}")
    page.get_by_role("button", name="Compare").click()
    continue_replays()
    expect(page.get_by_role("button", name=re.compile("^Process .* again$"))).to_be_visible()
    judge(page)
    keep(page, f"replay-compared-{sheet[0]}-{sheet[1]}")
    page.get_by_role("button", name=re.compile("^Process .* again$")).click()
    continue_replays()
    expect(page.locator("#replay-badge")).to_contain_text("Processed again")
    judge(page)
    keep(page, f"replay-done-{sheet[0]}-{sheet[1]}")


def test_empty_screens_say_what_comes_next(sheet, look, account, manager):
    for name, address in (("home", "/"), ("calls", "/calls/"), ("callbacks", "/callbacks/"), ("wallets", "/wallets/")):
        look(address, name=f"{name}-empty")
    look("/calls/?view=refused", name="calls-nothing-matches")
