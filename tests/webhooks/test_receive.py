"""The door for callbacks: what is kept, what is turned away, what is answered, and what none of it costs."""

import hashlib
import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from backoffice.mirror.models import Watch
from tests.settings import KEY, TOKEN
from tests.webhooks.sending import ACKNOWLEDGED, ADDRESS, code, envelope, fixture, post
from webhooks.models import Delivery, Refusal

pytestmark = pytest.mark.django_db


def test_a_callback_is_kept_and_acknowledged_in_the_providers_form(account):
    answer = post(fixture("webhook.card.order.success.open"), HTTP_USER_AGENT="open-api-notify/1.0")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.content) == json.loads(fixture("webhook.ack.success"))
    row = Delivery.objects.get()
    sent = json.loads(fixture("webhook.card.order.success.open"))
    order = json.loads(sent["event_data"])
    assert (row.account, row.delivery_id, row.topic) == (account, sent["notify_id"], "card.order.success")
    assert (row.state, row.tries, row.seen, row.signed, row.known, row.ours) == ("received", 0, 1, False, True, True)
    assert (row.hint_kind, row.hint_by, row.object_id) == ("cards.order", "merchant_ref", order["out_order_id"])
    assert (row.watch_kind, row.word, row.ref) == ("cards.order_ref", "succeeded", "")
    assert row.headers == {
        "content_type": "application/json",
        "user_agent": "open-api-notify/1.0",
        "sender": "127.0.0.1",
    }
    assert row.public_id.startswith("dlv_")
    assert row.due_at == row.received_at


def test_the_address_is_the_one_that_the_accounts_command_prints():
    assert reverse("receipt:receive", args=["openapi", TOKEN]) == ADDRESS


def test_a_receipt_is_one_query_and_a_repetition_two(account, django_assert_num_queries):
    body = fixture("webhook.card.status.freeze")
    with django_assert_num_queries(1):
        post(body)
    with django_assert_num_queries(2):
        assert post(body).status_code == 200
    assert (Delivery.objects.count(), Delivery.objects.get().seen) == (1, 2)


def test_a_receipt_sets_no_cookie_and_no_page_headers(account):
    answer = post(fixture("webhook.card.status.freeze"))
    assert answer.cookies == {}
    assert dict(answer.headers) == {"Content-Type": "application/json", "Content-Length": str(len(ACKNOWLEDGED))}


def test_a_callback_twice_is_acknowledged_twice_and_kept_once(account):
    body = fixture("webhook.card.status.active")
    assert [post(body).content.decode() for _ in range(2)] == [ACKNOWLEDGED] * 2
    row = Delivery.objects.get()
    assert row.seen == 2
    assert row.seen_at > row.received_at


def test_the_same_event_under_a_new_id_is_another_delivery(account):
    post(envelope("card.status.freeze", "a" * 25, card_id="cid_1"))
    post(envelope("card.status.freeze", "b" * 25, card_id="cid_1"))
    assert Delivery.objects.count() == 2


def test_a_repetition_wakes_what_is_still_open_and_leaves_alone_what_is_done(account):
    post(envelope("card.status.freeze", card_id="cid_1"))
    planned = Delivery.objects.get().due_at
    post(envelope("card.status.freeze", card_id="cid_1"))
    assert Delivery.objects.get().due_at > planned
    Delivery.objects.update(state="done", due_at=None)
    post(envelope("card.status.freeze", card_id="cid_1"))
    row = Delivery.objects.get()
    assert (row.state, row.due_at, row.seen) == ("done", None, 3)


def test_card_secrets_are_cut_before_anything_is_kept(account, world, card, turn, caplog):
    card.card_no, card.cvv, card.pin = "4539578763621486", "918", "40417"
    turn(card, "frozen")
    assert world.callbacks[-1].data["card_no"] == "4539578763621486"
    row = Delivery.objects.get()
    kept = json.loads(bytes(row.body))["event_data"]
    kept = json.loads(kept) if isinstance(kept, str) else kept
    assert kept["card_no"].endswith("1486")
    everything = " ".join(str(value) for value in Delivery.objects.values_list().get()) + bytes(row.body).decode()
    for secret in ("4539578763621486", '"918"', "918", "40417", KEY):
        assert secret not in everything.replace(row.public_id, "").replace(row.delivery_id, "")
        assert secret not in caplog.text


@pytest.mark.parametrize("planted", [
    {"note": "4539578763621486"},
    {"deep": [{"x": json.dumps({"cvv": "918", "pin": "40417"})}]},
    {"note": "907152573585214424064"},
    {"api_key": KEY},
])  # fmt: skip
def test_secrets_in_unexpected_places_are_cut_as_well(account, planted):
    assert code(post(envelope("card.status.freeze", card_id="cid_1", **planted))) == 0
    body = bytes(Delivery.objects.get().body).decode()
    for secret in ("4539578763621486", "918", "40417", "907152573585214424064", KEY):
        assert secret not in body.replace("7eb79b3ca3508a3d1c453cef3", "")


@pytest.mark.parametrize("address", [
    f"/webhooks/openapi/{TOKEN[:-1]}x/",
    f"/webhooks/wasabicard/{TOKEN}/",
    "/webhooks/openapi/x/",
])  # fmt: skip
def test_an_unknown_address_is_404_and_keeps_nothing(account, address):
    answer = post(fixture("webhook.card.status.freeze"), address)
    assert (answer.status_code, answer.content) == (404, b"")
    assert Delivery.objects.count() == 0
    assert list(Refusal.objects.values_list("reason", "account", "source", "count")) == [
        ("unknown_address", "", "127.0.0.1", 1)
    ]


def test_an_address_without_its_last_slash_is_taken_and_never_redirected(account):
    answer = post(fixture("webhook.card.status.freeze"), ADDRESS.rstrip("/"))
    assert (answer.status_code, answer.content.decode()) == (200, ACKNOWLEDGED)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options", "patch"])
def test_only_post_is_taken(account, method):
    answer = getattr(Client(), method)(ADDRESS)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert Delivery.objects.count() == 0


def test_callbacks_need_no_csrf_token_and_no_https(account, settings):
    settings.SECURE_SSL_REDIRECT = True
    client = Client(enforce_csrf_checks=True)
    answer = client.post(ADDRESS, data=fixture("webhook.card.status.freeze"), content_type="application/json")
    assert answer.status_code == 200


def test_a_callback_of_another_customer_is_refused_in_the_providers_form(account):
    answer = post(envelope("card.status.freeze", customer_id=10001002, card_id="cid_1"))
    assert answer.status_code < 500
    assert code(answer) != 0
    assert Delivery.objects.count() == 0
    assert Refusal.objects.get().reason == "foreign"


NOT_EVENTS = {
    "empty": b"",
    "text": b"not json",
    "cut": b'{"notify_id":"a"',
    "array": b'[{"notify_id":"a"}]',
    "number": b"1",
    "null": b"null",
    "no fields": b"{}",
    "deep": b"[" * 10_000 + b"]" * 10_000,
    "deep object": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "not utf-8": b'{"notify_id":"\xff\xfe"}',
    "nan": envelope("card.status.freeze").replace("10001001", "NaN").encode(),
    "event is a number": envelope("x").replace('"x"', "7").encode(),
    "notify id is an object": b'{"notify_id":{},"customer_id":10001001,"event":"card.status.freeze","event_data":"{}"}',
}


@pytest.mark.parametrize("body", NOT_EVENTS.values(), ids=NOT_EVENTS)
def test_what_is_no_event_is_refused_with_a_code_and_only_counted(account, body):
    answer = post(body)
    assert answer.status_code < 500
    assert code(answer) != 0
    assert Delivery.objects.count() == 0
    assert Refusal.objects.get().reason == "malformed"


ODD_EVENTS = {
    "nul": envelope("card.status.freeze", card_id="cid_1", mark="a\x00b"),
    "nul in the topic": envelope("card.status.\x00", card_id="cid_1"),
    "lone surrogate": envelope("card.status.freeze", card_id="cid_1", mark="\ud800"),
    "surrogate as id": envelope("card.status.freeze", "\udfff", card_id="cid_1"),
    "huge number": envelope("card.status.freeze", card_id="cid_1", balance=7777).replace("7777", "1e400"),
    "key twice": envelope("card.status.freeze", card_id="cid_1").replace('{"notify_id"', '{"event": "x", "notify_id"'),
    "long id": envelope("card.status.freeze", "n" * 5000, card_id="cid_1"),
    "long topic": envelope("card.status." + "x" * 5000, card_id="cid_1"),
    "long object id": envelope("card.status.freeze", card_id="c" * 5000),
    "object id is a number": envelope("card.status.freeze", card_id=7),
    "object id is missing": envelope("card.status.freeze"),
    "object id is a path": envelope("card.status.freeze", card_id="../../etc"),
    "extra fields": envelope("card.status.freeze", card_id="cid_1", surprise={"a": [1, None]}),
    "card number as id": envelope("card.status.freeze", "4539578763621486", card_id="4539578763621486"),
}  # fmt: skip


@pytest.mark.parametrize("body", ODD_EVENTS.values(), ids=ODD_EVENTS)
def test_odd_events_never_break_the_receipt(account, body, sweep):
    answer = post(body)
    assert answer.status_code < 500
    kept = Delivery.objects.count()
    assert kept == (1 if code(answer) == 0 else 0)
    sweep(1)
    assert Delivery.objects.filter(state__in=["received", "processing"]).count() == 0
    assert Watch.objects.exclude(object_id__in=["cid_1", "7"]).filter(kind="cards.card").count() == 0
    assert "4539578763621486" not in str(list(Delivery.objects.values_list("delivery_id", "object_id", "topic")))


def test_content_may_come_as_an_object(account, world, card, turn):
    world.switches.object_data = True
    turn(card, "frozen")
    assert Delivery.objects.get().object_id == card.card_id


def test_a_body_that_says_it_is_too_large_is_refused_unread(account):
    answer = post(envelope("card.status.freeze", pad="x" * 1_048_576))
    assert answer.status_code == 413
    assert code(answer) != 0
    assert Delivery.objects.count() == 0
    refusal = Refusal.objects.get()
    assert (refusal.reason, refusal.sample["size"] > 1_048_576, "sha256" in refusal.sample) == (
        "too_large",
        True,
        False,
    )


def test_a_body_of_exactly_the_largest_size_is_taken(account):
    pad = 1_048_576 - len(envelope("card.status.freeze", card_id="cid_1", pad=""))
    assert code(post(envelope("card.status.freeze", card_id="cid_1", pad="x" * pad))) == 0


def test_a_topic_that_nobody_knows_is_kept_acknowledged_and_left_to_a_person(account, world, card, turn, caplog):
    world.switches.unknown_tag = True
    turn(card, "frozen")
    assert [sent.acknowledged for sent in world.callbacks] == [True, True]
    row = Delivery.objects.get(topic="card.rumour.heard")
    assert (row.state, row.ignored, row.known, row.due_at) == ("ignored", "unknown_topic", False, None)
    assert "webhook_ignored" in caplog.text


@pytest.mark.parametrize("name", ["webhook.payee.status.approved", "webhook.payment.status.success"])
def test_news_that_is_not_handled_yet_is_kept_and_shown_as_that(account, name):
    assert post(fixture(name)).content.decode() == ACKNOWLEDGED
    row = Delivery.objects.get()
    assert (row.state, row.ignored, row.known) == ("ignored", "not_handled", True)


def test_an_application_that_is_not_ours_is_kept_without_effect(account, sweep):
    assert post(fixture("webhook.card.status.active")).content.decode() == ACKNOWLEDGED
    row = Delivery.objects.get()
    assert (row.state, row.ignored, row.ours) == ("ignored", "not_ours", False)
    sweep(1)
    assert Watch.objects.count() == 0


def test_a_sender_outside_the_list_is_refused(account, accounts_file, settings):
    accounts_file(allowed_ips='["203.0.113.0/24", "2001:db8::/32"]')
    body = fixture("webhook.card.status.freeze")
    assert post(body).status_code == 403
    assert post(body, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 403
    assert (Delivery.objects.count(), Refusal.objects.get().reason) == (0, "not_allowed")
    assert post(body, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert post(body, REMOTE_ADDR="2001:db8::1").status_code == 200
    assert post(body, REMOTE_ADDR="::ffff:203.0.113.9").status_code == 200


def test_only_our_own_proxies_are_believed_about_the_sender(account, accounts_file, settings):
    accounts_file(allowed_ips='["203.0.113.0/24"]')
    settings.TRUSTED_PROXIES = 1
    body = fixture("webhook.card.status.freeze")
    assert post(body, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1").status_code == 403
    assert post(body, HTTP_X_FORWARDED_FOR="rubbish").status_code == 403
    assert post(body).status_code == 403
    assert post(body, HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9").status_code == 200
    settings.TRUSTED_PROXIES = 2
    assert post(body, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1").status_code == 200
    assert post(body, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 403


def test_a_flood_of_refused_callbacks_grows_the_database_by_little(account):
    for number in range(400):
        post(b"x" * 50_000, REMOTE_ADDR=f"198.51.{number % 2}.{number % 200}", HTTP_USER_AGENT="u" * 2000)
    rows = Refusal.objects.all()
    assert rows.count() <= 31
    assert all(len(json.dumps(row.sample)) < 1000 for row in rows)
    assert b"xxxx" not in json.dumps([row.sample for row in rows]).encode()


def test_many_refusals_of_one_sender_are_one_row(account):
    for _ in range(50):
        post(b"rubbish")
    assert Refusal.objects.get().count == 1
    assert Refusal.objects.get().sample == {
        "Content-Type": "application/json",
        "User-Agent": "",
        "size": 7,
        "sha256": hashlib.sha256(b"rubbish").hexdigest(),
    }


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_503_and_the_provider_sends_again(account, world, card, turn):
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "webhooks_delivery" RENAME TO "webhooks_delivery_away"')
    try:
        turn(card, "frozen")
        assert [(sent.status, sent.acknowledged) for sent in world.callbacks] == [(503, False)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "webhooks_delivery_away" RENAME TO "webhooks_delivery"')
    world.advance(60)
    assert [(sent.status, sent.acknowledged) for sent in world.callbacks][1:] == [(200, True)]
    assert Delivery.objects.get().seen == 1


def test_an_acknowledgement_that_got_lost_brings_the_same_callback_again(account, world, card, turn):
    world.switches.ignore_acks = 1
    turn(card, "frozen")
    world.advance(60)
    assert [sent.status for sent in world.callbacks] == [200, 200]
    assert (Delivery.objects.count(), Delivery.objects.get().seen) == (1, 2)
