"""What all tests share: an emulated provider behind the real client, people in every role, a worker by hand."""

import os
from datetime import timedelta

import pytest
import requests
import structlog
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from backoffice.accounts import registry
from backoffice.journal.record import Actor
from backoffice.mirror import syncs, watches
from backoffice.mirror.models import SyncRun, Watch
from backoffice.outbox import drain as outbox
from backoffice.outbox.models import Call
from backoffice.providers.emulator import InProcess, small_world, wsgi_app
from tests.settings import TOKEN
from webhooks.services import process_deliveries

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser tests' event loop

REQUIRED = os.environ.get("REQUIRE_SERVERS") == "1"  # where a missing server is a failure, not a skip


def pytest_collection_modifyitems(items):
    """What needs true concurrency runs on PostgreSQL only."""
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="needs true concurrency: set DATABASE_URL to a PostgreSQL")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


CALLBACKS = f"/webhooks/openapi/{TOKEN}/"


@pytest.fixture(autouse=True)
def _clean_process(request):
    """Nothing is remembered from another test: accounts, cache, bound log fields."""
    registry.forget()
    structlog.contextvars.clear_contextvars()
    cache.clear()


@pytest.fixture
def callbacks(client):
    """Where the emulator's callbacks go: into the receipt view, as a provider would post them."""

    def deliver(_url: str, body: bytes, headers) -> tuple[int, str]:
        answer = Client().post(CALLBACKS, data=body, content_type="application/json")
        return answer.status_code, answer.content.decode()

    return deliver


@pytest.fixture
def world(callbacks):
    """An emulated provider with one wallet of 5,000.00 USD and one virtual BIN; its callbacks reach our view."""
    return small_world(now=timezone.now(), seed=7, deliver=callbacks)


@pytest.fixture
def account(db, world):
    """Our account at the emulated provider, its client led into the emulator."""
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    registry.use_session("main", session)
    return registry.account_of("main")


@pytest.fixture
def mirrored(account, sweep):
    """The account with its wallets, BINs, cards and orders synced once."""
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    syncs.continue_syncs(10)
    sweep()
    return account


@pytest.fixture
def person(db):
    """Make a person in a role: `person("operator")`."""

    def make(role: str, name: str = ""):
        user = get_user_model().objects.create_user(name or role.replace(" ", "-"), password="pass-word-for-tests-1")
        user.groups.add(Group.objects.get(name__iexact=role))
        return user

    return make


@pytest.fixture
def staff(person):
    """A person who may issue cards."""
    return person("operator")


@pytest.fixture
def actor(staff):
    return Actor(staff)


@pytest.fixture
def browser_client(staff):
    """Django's client, signed in as the operator."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def drain():
    """Send and look up what is due, as a worker does."""
    return outbox.drain


@pytest.fixture
def sweep():
    """One round of everything a worker does, with all that waits made due: calls, deliveries, looks, walks."""

    def run(rounds: int = 3) -> None:
        for _ in range(rounds):
            make_due()
            outbox.drain(10)
            process_deliveries()
            watches.drain_watches(10)
            syncs.continue_syncs(10)

    return run


def make_due() -> None:
    """Move every waiting row's time to now, as if its pause had passed."""
    now = timezone.now()
    Call.objects.filter(state__in=["queued", "uncertain"]).update(due_at=now)
    Watch.objects.filter(due_at__isnull=False).update(due_at=now)
    SyncRun.objects.filter(state="running").update(due_at=now)
    later = now - timedelta(seconds=1)
    Call.objects.filter(state="claimed").update(leased_until=later)


@pytest.fixture
def make_calls_due():
    return make_due
