"""A caller of the API with a real key, made by the command that people use."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from cards.models import Bin
from wallets.models import Wallet

ALL = ("cards.view", "cards.issue_card", "wallets.view", "accounts.view", "outbox.view")
CARD_DEEDS = tuple(f"cards.{deed}_card" for deed in ("issue", "recharge", "freeze", "unfreeze", "activate", "close"))
HOLDER_DEEDS = tuple(f"cards.{deed}_holder" for deed in ("create", "edit", "delete"))
EVERY_SCOPE = (*ALL, *CARD_DEEDS, *HOLDER_DEEDS, "cards.unmask_holder", "webhooks.view", "journal.view")


class Caller:
    """A service: sends JSON with a key (none: ""), from an address if `extra` names one."""

    def __init__(self, key: str, **extra):
        self.key, self.extra = key, extra

    def get(self, path: str, headers: dict[str, str] | None = None):
        return Client().get(path, headers=self._who() | (headers or {}), **self.extra)

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **options):
        return Client().generic(method, path, headers=self._who() | (headers or {}), **options)

    def post(self, path: str, body, *, key: str = "", headers: dict[str, str] | None = None, form="application/json"):
        """`body`: what becomes JSON, or the bytes themselves."""
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        named = self._who() | ({"Idempotency-Key": key} if key else {}) | (headers or {})
        return Client().post(path, data=data, content_type=form, headers=named, **self.extra)

    def change(self, method: str, path: str, body=None, *, key: str = "", version: str = ""):
        """A PATCH or DELETE of the version that was seen."""
        named = {"Idempotency-Key": key} if key else {}
        named |= {"If-Match": version} if version else {}
        data = "" if body is None else json.dumps(body)
        return self.send(method, path, named, data=data, content_type="application/json")

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def make_key(owner: str, *scopes: str, name: str = "ERP", **options) -> str:
    out, err = StringIO(), StringIO()
    call_command("create_api_key", owner=owner, name=name, scope=list(scopes or ALL), stdout=out, stderr=err, **options)
    return out.getvalue().strip()


def problem(answer) -> dict:
    """The problem document, without what differs from run to run."""
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found.pop("request_id") == answer["X-Request-ID"]
    assert found.pop("type") == f"/api/errors#{found['code']}"
    assert found.pop("status") == answer.status_code
    return found


@pytest.fixture
def caller(staff):
    """A service with every scope that an operator's key can use."""
    return Caller(make_key(staff.username))


@pytest.fixture
def manager(person):
    """A service with every scope, of a finance manager."""
    return Caller(make_key(person("finance manager").username, *EVERY_SCOPE, name="Treasury"))


@pytest.fixture
def issued(caller, order_body, world, sweep):
    """One card, issued through the API and come alive; its order's id."""
    taken = caller.post("/api/v1/card-orders", order_body | {"note": "Ads in May"}, key="k1")
    assert taken.status_code == 202
    sweep()
    world.settle()
    sweep()
    return taken.json()["id"]


@pytest.fixture
def order_body(mirrored):
    """What issues a card from the emulated provider's BIN and wallet."""
    return {"bin_id": Bin.objects.get().public_id, "wallet_id": Wallet.objects.get().public_id, "amount": "15.00"}
