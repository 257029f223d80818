"""Card secrets and keys are found nowhere: not in a table, a log line, the queue, the cache or on a page."""

import io
import json
import logging
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.mirror.tasks import drain_watches
from backoffice.outbox.models import Exchange
from backoffice.outbox.tasks import drain_outbox
from backoffice.providers.emulator.acts import tell_card
from cards.commands import issue_card
from cards.models import Bin, Card, CardOrder
from tests.settings import KEY, TOKEN
from wallets.models import Wallet
from webhooks.models import Delivery, Refusal
from webhooks.refusals import counter
from webhooks.tasks import process_deliveries

ADDRESS = f"/webhooks/openapi/{TOKEN}/"
# Recognisable, so that no number of ours is mistaken for one; what is cut is cut by the field's name.
CANARIES = {
    "a card number that passes Luhn": "4539578763621486",
    "a card number that fails Luhn": "907152573585214424064",
    "a CVV": "cvv-canary-973",
    "a PIN": "pin-canary-862913",
    "the account's key": KEY,
    "the callback token": TOKEN,
}
PAN, LONG_NUMBER, CVV, PIN, *_ = CANARIES.values()


@pytest.fixture
def printed():
    """What the process prints as its log: the real formatter, which cuts secrets last."""
    root, lines = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(root.handlers[0].formatter)
    root.addHandler(handler)
    yield lines.getvalue
    root.removeHandler(handler)


@pytest.fixture
def story(transactional_db, mirrored, actor, world, sweep):
    """A card issued through the real flow; its number, CVV and PIN at the provider are canaries."""

    def tell(number: str, key: str) -> Card:
        bin, wallet = Bin.objects.get(), Wallet.objects.get()
        issue_card(actor=actor, key=key, bin=bin, wallet=wallet, amount=Decimal(20), note="for the road")
        sweep()
        world.settle()
        card = list(world.cards.values())[-1]
        card.card_no, card.cvv, card.pin = number, CVV, PIN
        tell_card(world, card, "card_active")
        world.tick()
        sweep()
        return Card.objects.get(provider_id=card.card_id)

    return tell


def everything_kept() -> str:
    """Every value of every table, the messages of the queue, and the cache."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            texts += [_text(value) for row in cursor.fetchall() for value in row]
    for folder in ("queue", "cache"):
        texts += [
            path.read_bytes().decode("latin-1") for path in Path(settings.VAR_DIR, folder).rglob("*") if path.is_file()
        ]
    return "\n".join(texts)


def _text(value) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def leaks(text: str) -> list[str]:
    return [name for name, canary in CANARIES.items() if canary in text or json.dumps(canary)[1:-1] in text]


def post(body: bytes | str):
    return Client(raise_request_exception=False).post(ADDRESS, data=body, content_type="application/json")


def secrets(**more) -> dict:
    return {"card_id": "cid_canary", "card_no": PAN, "cvv": CVV, "pin": PIN, "status": 2, "key": KEY, **more}


def notice(event: str, data: str, number: int) -> str:
    return json.dumps({"notify_id": f"canary{number}", "customer_id": 10001001, "event": event, "event_data": data})


def test_the_search_finds_what_is_there(db, world, printed, mirrored):
    """The other tests are worth what this one says."""
    logging.getLogger("tests").warning("a mark in the log")
    assert "a mark in the log" in printed()
    assert next(iter(world.wallets)) in everything_kept()
    assert leaks(f"x{PAN}x") == ["a card number that passes Luhn"]


@pytest.mark.parametrize("number", [PAN, LONG_NUMBER])
def test_a_cards_secrets_pass_through_and_stay_nowhere(story, world, printed, number):
    card = story(number, "canary")
    sent = json.dumps([callback.data for callback in world.callbacks], default=str)
    assert (number in sent, CVV in sent, PIN in sent) == (True, True, True)
    assert card.last4 == number[-4:]
    for task in (drain_outbox, drain_watches, process_deliveries):
        task.delay()
    assert leaks(everything_kept()) == []
    assert leaks(printed()) == []


def test_callbacks_of_every_shape_leave_no_secret(mirrored, world, printed, sweep):
    counter.forget()
    once = json.dumps(secrets())
    bodies = [
        notice("card.status.active", once, 1),
        notice("card.status.active", json.dumps(once), 2),  # encoded twice
        notice("card.status.active", json.dumps(json.dumps(once)), 3),
        notice("card.nobody.knows", once, 4),
        notice("card.status.active", json.dumps(secrets(deep={"deeper": [once]})), 5),
        json.dumps({"notify_id": "canary6", "customer_id": 10001001, "event": "card.status.active", **secrets()}),
        json.dumps([secrets()]),
        once,
        f"card_no={PAN}&cvv={CVV}&pin={PIN}",
        once[:-10],
        f'{{"notify_id": "{PAN}", "customer_id": 1, "event": "{PAN}", "event_data": "{PAN}"}}',
        "[" * 10_000 + once,
    ]
    statuses = {post(body).status_code for body in bodies}
    sweep()
    assert {status for status in statuses if status >= 500} == set()
    assert Delivery.objects.count() == 3
    assert set(Refusal.objects.values_list("reason", flat=True)) == {Refusal.Reason.MALFORMED, Refusal.Reason.FOREIGN}
    assert leaks(everything_kept()) == []
    assert leaks(printed()) == []


@pytest.mark.parametrize(
    "fault",
    ["unauthorized_401", "html_200", "truncated_json", "status_502", "wrong_types", "missing_fields", "reset_mid_body"],
)
def test_a_provider_that_misbehaves_makes_us_leave_no_secret(story, world, printed, sweep, fault):
    card = story(PAN, "canary")
    world.fail_next(fault, path="card/detail", times=3)
    tell_card(world, world.cards[card.provider_id], "card_active")
    world.tick()
    sweep()
    assert leaks(everything_kept()) == []
    assert leaks(printed()) == []


@pytest.fixture
def broken_save():
    """A bug of ours whose exception quotes all that it has in hand, raised when a row of that model is saved."""
    hooked = []

    def break_on(model) -> None:
        def raise_it(sender, instance, **_kwargs):
            raise RuntimeError(f"cannot save {secrets()} card_no={PAN} cvv: {CVV}, pin='{PIN}' key={KEY}")

        pre_save.connect(raise_it, sender=model, weak=False)
        hooked.append((raise_it, model))

    yield break_on
    for raise_it, model in hooked:
        pre_save.disconnect(raise_it, sender=model)


@pytest.mark.parametrize("model", [Card, JournalEntry, Exchange], ids=lambda model: model.__name__)
def test_an_exception_that_quotes_a_body_is_scrubbed_wherever_it_is_written(
    story, world, printed, sweep, broken_save: Callable, model
):
    card = story(PAN, "canary")
    broken_save(model)
    world.cards[card.provider_id].balance += 1
    tell_card(world, world.cards[card.provider_id], "card_active")
    world.tick()
    post(notice("card.status.active", json.dumps(secrets()), 1))
    sweep()
    assert "RuntimeError" in printed()
    assert leaks(everything_kept()) == []
    assert leaks(printed()) == []


def test_no_page_shows_a_secret(story, world, person):
    card = story(PAN, "canary")
    client = Client(raise_request_exception=False)
    client.force_login(person("finance manager"))
    order, delivery = CardOrder.objects.get(), Delivery.objects.order_by("-id").first()
    pages = [
        reverse("home"),
        reverse("cards:cards"),
        reverse("cards:card", args=[card.public_id]),
        reverse("cards:order", args=[order.public_id]),
        reverse("webhooks:delivery", args=[delivery.public_id]),
        reverse("mirror:accounts"),
        f"/api/v1/cards/{card.public_id}",
        "/api/v1/accounts",
    ]
    answers = {page: client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code != 200} == {}
    assert {page: found for page, answer in answers.items() if (found := leaks(answer.content.decode()))} == {}
