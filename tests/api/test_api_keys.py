"""Who gets in, and how far."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.outbox.models import Ask, Call
from backoffice.people.models import ApiKey
from cards.models import Bin, CardOrder
from tests.api.conftest import Caller, make_key, problem
from wallets.models import Wallet


@pytest.mark.parametrize("key", ["", "x", "abcdefgh.wrong", "ключ"])
def test_without_a_known_key_nobody_gets_in(db, key):
    answer = Caller(key.encode().decode("latin-1")).get("/api/v1/cards")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert problem(answer)["code"] == "unauthenticated"


def test_only_a_hash_of_the_key_is_kept(staff):
    secret = make_key(staff.username)
    row = ApiKey.objects.get()
    assert secret not in str(vars(row))
    assert secret.partition(".")[2] not in str(vars(row))
    assert row.hashed_key.startswith("sha512$$")


def test_an_expired_and_a_revoked_key_are_told_so(staff):
    key = make_key(staff.username, expires_days=1)
    assert Caller(key).get("/api/v1/cards").status_code == 200
    ApiKey.objects.update(expiry_date=timezone.now() - timedelta(seconds=1))
    assert problem(Caller(key).get("/api/v1/cards"))["code"] == "key_expired"
    ApiKey.objects.update(expiry_date=None, revoked=True)
    answer = Caller(key).get("/api/v1/cards")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_the_key_of_a_person_who_left_opens_nothing(staff, caller):
    get_user_model().objects.update(is_active=False)
    assert caller.get("/api/v1/cards").status_code == 401


@pytest.mark.parametrize(
    ("address", "status"), [("10.1.2.3", 200), ("10.2.0.1", 403), ("2001:db8::7", 200), ("::ffff:10.1.2.3", 200)]
)
def test_a_key_works_only_from_its_networks(staff, address, status):
    key = make_key(staff.username, ip=["10.1.0.0/16", "2001:db8::7"])
    answer = Caller(key, REMOTE_ADDR=address).get("/api/v1/cards")
    assert answer.status_code == status
    if status == 403:
        assert problem(answer)["code"] == "address_not_allowed"


def test_a_forwarded_address_counts_only_behind_our_own_proxy(staff, settings):
    caller = Caller(make_key(staff.username, ip=["10.1.2.3"]))
    pretended = {"X-Forwarded-For": "10.1.2.3"}
    assert caller.get("/api/v1/cards", pretended).status_code == 403
    settings.TRUSTED_PROXIES = 1
    assert caller.get("/api/v1/cards", {"X-Forwarded-For": "6.6.6.6, 10.1.2.3"}).status_code == 200
    assert caller.get("/api/v1/cards", {"X-Forwarded-For": "10.1.2.3, 6.6.6.6"}).status_code == 403


def test_a_key_does_only_what_its_scopes_name(mirrored, staff, order_body):
    reader = Caller(make_key(staff.username, "cards.view"))
    assert reader.get("/api/v1/cards").status_code == 200
    assert problem(reader.get("/api/v1/wallets"))["code"] == "forbidden"
    refused = reader.post("/api/v1/card-orders", order_body, key="k1")
    assert (refused.status_code, problem(refused)["code"]) == (403, "forbidden")
    assert (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (0, 0, 0)


def test_a_key_never_does_what_its_owner_may_not(person, order_body):
    viewer = person("viewer")
    caller = Caller(make_key(viewer.username, "cards.view", "cards.issue_card"))
    assert caller.get("/api/v1/cards").status_code == 200
    assert caller.post("/api/v1/card-orders", order_body, key="k1").status_code == 403
    assert CardOrder.objects.count() == 0
    viewer.groups.add(Group.objects.get(name="Operator"))
    assert caller.post("/api/v1/card-orders", order_body, key="k1").status_code == 202


def test_a_key_bound_to_an_account_sees_and_uses_no_other(mirrored, staff, order_body):
    other = Account.objects.create(slug="other", provider="openapi", title="Other company")
    wallet = Wallet.objects.create(account=other, provider_id="w2", currency="USD", balance=100)
    Bin.objects.create(account=other, provider_id="b2", currency="USD")
    bound, free = Caller(make_key(staff.username, account=["main"])), Caller(make_key(staff.username))

    assert [row["slug"] for row in bound.get("/api/v1/accounts").json()["results"]] == ["main"]
    assert {row["slug"] for row in free.get("/api/v1/accounts").json()["results"]} == {"main", "other"}
    for path in ("bins", "wallets"):
        assert {row["account"] for row in bound.get(f"/api/v1/{path}").json()["results"]} == {"main"}
        assert bound.get(f"/api/v1/{path}/count").json() == {"count": 1}
        assert free.get(f"/api/v1/{path}/count").json() == {"count": 2}
        assert bound.get(f"/api/v1/{path}?account=other").json()["results"] == []
    assert bound.get(f"/api/v1/wallets/{wallet.public_id}").status_code == 404
    assert bound.get("/api/v1/accounts/other").status_code == 404
    refused = bound.post("/api/v1/card-orders", order_body | {"wallet_id": wallet.public_id}, key="k1")
    assert problem(refused)["errors"] == [
        {"field": "wallet_id", "code": "does_not_exist", "detail": "There is no such object."}
    ]


def test_a_key_whose_account_is_gone_sees_nothing(mirrored, staff):
    bound = Caller(make_key(staff.username, account=["main"]))
    ApiKey.objects.update(allowed_accounts=["gone"])
    assert bound.get("/api/v1/wallets").json()["results"] == []


def test_the_last_use_is_noted_once_a_minute(staff, django_assert_num_queries):
    caller = Caller(make_key(staff.username))
    caller.get("/api/v1/accounts")
    first = ApiKey.objects.get().last_used_at
    assert timezone.now() - first < timedelta(seconds=5)
    caller.get("/api/v1/accounts")
    assert ApiKey.objects.get().last_used_at == first


def test_a_signed_in_person_reads_and_writes_only_with_the_csrf_token(staff, order_body):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)
    assert browser.get("/api/v1/cards").status_code == 200
    named = {"Idempotency-Key": "k1"}
    refused = browser.post("/api/v1/card-orders", order_body, content_type="application/json", headers=named)
    assert (refused.status_code, problem(refused)["code"]) == (403, "csrf_failed")
    assert CardOrder.objects.count() == 0

    page = browser.get("/api/docs/?script").content.decode()
    token = page.split('X-CSRFTOKEN"] = "')[1].split('"')[0]
    named["X-CSRFToken"] = token
    taken = browser.post("/api/v1/card-orders", order_body, content_type="application/json", headers=named)
    assert taken.status_code == 202
    assert Call.objects.get().via == "api docs"


def test_reads_and_writes_have_limits_of_their_own(staff, order_body, monkeypatch, time_machine):
    rates = {"read": "2/min", "write": "1/min"}
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.THROTTLE_RATES", rates)
    caller = Caller(make_key(staff.username))
    other = Caller(make_key(staff.username))
    time_machine.move_to(timezone.now().replace(second=10), tick=False)
    reads = [caller.get("/api/v1/cards") for _ in range(3)]
    assert [answer.status_code for answer in reads] == [200, 200, 429]
    assert [answer["RateLimit"].split(";t=")[0] for answer in reads] == ['"read";r=1', '"read";r=0', '"read";r=0']
    assert reads[2]["RateLimit-Policy"] == '"read";q=2;w=60'
    assert reads[2]["Retry-After"] == "50"
    refused = problem(reads[2])
    assert (refused["code"], refused["retryable"]) == ("too_many_requests", True)
    assert other.get("/api/v1/cards").status_code == 200
    writes = [caller.post("/api/v1/card-orders", order_body, key="k1").status_code for _ in range(2)]
    assert writes == [202, 429]
