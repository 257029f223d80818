"""The provider was away and comes back: what waited leaves in the order of asking, at the account's pace."""

from time import monotonic

import pytest
import requests

from backoffice.accounts import registry
from backoffice.outbox.models import Call
from backoffice.providers.emulator import InProcess, wsgi_app
from tests.settings import ACCOUNTS

WAITING, PER_SECOND = 30, 20


@pytest.fixture
def paced(mirrored, world, settings, tmp_path):
    """So many writes a second are allowed."""
    file = tmp_path / "accounts.toml"
    file.write_text(ACCOUNTS.replace("writes_per_s = 0", f"writes_per_s = {PER_SECOND}"))
    settings.ACCOUNTS_FILE = str(file)
    registry.forget()
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    registry.use_session("main", session)


def test_what_waited_leaves_in_order_and_no_faster_than_the_account_may(
    paced, issue, world, drain, make_calls_due, opened
):
    """F58"""
    world.fail_next("refuse_connection", path="card/order/open", times=1_000)
    calls = [issue("10") for _ in range(WAITING)]
    drain(5)
    make_calls_due()
    drain(5)
    assert set(Call.objects.values_list("state", flat=True)) == {"queued"}
    assert Call.objects.filter(attempts__gt=0).count() == 1  # the oldest tells for all that the provider is away
    assert opened() == []

    world.faults = []
    make_calls_due()
    started = monotonic()
    assert drain(60) == WAITING
    assert monotonic() - started >= (WAITING - 1) / PER_SECOND
    assert opened() == [call.reference for call in calls]
    assert set(Call.objects.values_list("state", flat=True)) == {"done"}
