"""Two people, two workers, two pieces of news at the same moment: needs a database of true concurrency."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import requests
from django.db import connection
from django.utils import timezone

from backoffice.accounts import registry
from backoffice.core.errors import DomainError
from backoffice.journal.models import JournalEntry, Source
from backoffice.journal.record import Actor
from backoffice.mirror import syncs, watches
from backoffice.outbox import commands as calls
from backoffice.outbox.drain import drain
from backoffice.outbox.models import Call
from backoffice.providers.emulator import InProcess, small_world, wsgi_app
from backoffice.providers.snapshots import CardOrderSnapshot, OrderStatus
from cards import commands
from cards.apply import apply_card_order
from cards.models import Bin, CardOrder
from cards.states import OrderState
from wallets.models import Wallet
from wallets.queries import funds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 20


@pytest.fixture
def world(transactional_db):
    world = small_world(now=timezone.now(), seed=7, deliver=lambda *_: (200, '{"code":0}'))
    registry.write_account_rows()
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))
    registry.use_session("main", session)
    account = registry.account_of("main")
    for kind in syncs.kinds():
        syncs.start_sync(account=account, kind=kind)
    syncs.continue_syncs(10)
    watches.drain_watches(10)
    return world


@pytest.fixture
def operator(world, django_user_model):
    return django_user_model.objects.create_user("operator")


def at_once(work, times: int = AT_ONCE) -> list:
    """Start `work(number)` in so many threads at the same moment; what each returned or raised."""
    barrier = Barrier(times)

    def one(number: int):
        barrier.wait(10)
        try:
            return work(number)
        except DomainError as exc:
            return exc
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def issue(operator, amount: str, key: str = "") -> Call:
    return commands.issue_card(
        actor=Actor(operator),
        key=key or str(uuid.uuid4()),
        bin=Bin.objects.select_related("account").get(),
        wallet=Wallet.objects.get(),
        amount=Decimal(amount),
    )


def test_twenty_clicks_at_once_are_one_order(operator, world):
    became = at_once(lambda _n: issue(operator, "100", "one-key"))
    assert (len({call.pk for call in became}), CardOrder.objects.count()) == (1, 1)
    at_once(lambda _n: drain(5), 4)
    assert list(world.orders) == [CardOrder.objects.get().merchant_ref]


def test_twenty_requests_over_one_balance_never_promise_more_than_it(operator):
    became = at_once(lambda _n: issue(operator, "1000"))
    refused = [exc for exc in became if isinstance(exc, DomainError)]
    assert {exc.code for exc in refused} == {"insufficient_funds"}
    assert (len(refused), Call.objects.count()) == (AT_ONCE - 4, 4)
    assert funds(Wallet.objects.get()).free == Decimal(5000) - 4 * Decimal("1001.5")


def test_many_workers_send_each_call_once(operator, world):
    for _ in range(8):
        issue(operator, "10")
    at_once(lambda _n: drain(10), 6)
    assert sum(request.path.endswith("card/order/open") for request in world.requests) == 8
    assert set(Call.objects.values_list("state", "attempts")) == {("done", 1)}


def test_send_again_and_give_up_at_once_each_win_once_and_nothing_is_sent_after_giving_up(operator, world):
    call = issue(operator, "10")
    Call.objects.update(state=Call.State.DEAD, maybe_sent=True)
    acts = [
        lambda: calls.send_call_again(actor=Actor(operator), call=call),
        lambda: calls.give_up_call(actor=Actor(operator), call=call, reason="not needed"),
    ]
    became = at_once(lambda number: acts[number % 2](), 10)
    won = [number % 2 for number, one in enumerate(became) if not isinstance(one, DomainError)]
    assert sorted(won) in [[0], [1], [0, 1]]  # giving up a call that was queued again a moment ago is allowed
    drain(5)
    call.refresh_from_db()
    assert (call.state, len(world.orders)) in [
        (Call.State.DONE, int(1 not in won)),
        (Call.State.WITHDRAWN, 0),
    ]


def test_a_poll_and_a_callback_applied_at_once_leave_one_row_and_one_line(world):
    now = timezone.now() - timedelta(minutes=1)

    def news(_number: int):
        snapshot = CardOrderSnapshot(
            account="main", observed_at=now, merchant_ref="CI-elsewhere", order_id="ord_1", status=OrderStatus.SUCCEEDED
        )
        return apply_card_order(snapshot, source=Source.POLL)[1]

    at_once(news, 8)
    order = CardOrder.objects.get(merchant_ref="CI-elsewhere")
    assert (order.state, order.version) == (OrderState.SUCCEEDED, 1)
    assert JournalEntry.objects.filter(ref=order.ref, verb="born").count() == 1
