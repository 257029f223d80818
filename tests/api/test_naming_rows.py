"""How a body names a BIN, a wallet and an account: our ids, the provider's own, or what goes without saying."""

import pytest

from backoffice.accounts.models import Account
from backoffice.outbox.models import Ask, Call
from cards.models import Bin, CardOrder
from tests.api.conftest import Caller, make_key, problem
from wallets.models import Wallet

ORDERS, IDS = "/api/v1/card-orders", ("bin_id", "wallet_id")


@pytest.fixture
def other(mirrored):
    """A second account whose BIN has the same number at the provider, with a wallet of its own."""
    account = Account.objects.create(slug="other", provider="openapi", title="Other company")
    Bin.objects.create(account=account, provider_id=Bin.objects.get().provider_id, currency="USD")
    Wallet.objects.create(account=account, provider_id="w2", currency="USD", state="normal", balance=100)
    return account


def asked(caller, key="k1", **body):
    return caller.post(ORDERS, {"amount": "15.00"} | body, key=key)


def errors(answer) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in problem(answer)["errors"]]


def nothing_happened() -> bool:
    return (CardOrder.objects.count(), Call.objects.count(), Ask.objects.count()) == (0, 0, 0)


def test_the_providers_own_numbers_name_the_same_rows(caller, order_body):
    bin, wallet = Bin.objects.get(), Wallet.objects.get()
    ours = asked(caller, **order_body)
    theirs = asked(caller, bin_id=bin.provider_id, wallet_id=wallet.provider_id, account="main")
    assert (theirs.status_code, theirs["Idempotent-Replayed"]) == (202, "true")
    assert theirs.content == ours.content
    assert (ours.json()["bin_id"], ours.json()["wallet_id"]) == (bin.public_id, wallet.public_id)


def test_the_only_wallet_that_can_pay_goes_without_saying(caller, order_body):
    answer = asked(caller, bin_id=order_body["bin_id"])
    assert (answer.status_code, answer.json()["wallet_id"]) == (202, order_body["wallet_id"])


@pytest.mark.parametrize("change", [{"state": "frozen"}, {"currency": "EUR"}])
def test_without_a_wallet_that_can_pay_one_has_to_be_named(caller, order_body, change):
    Wallet.objects.update(**change)
    answer = asked(caller, bin_id=order_body["bin_id"])
    assert (answer.status_code, errors(answer)) == (422, [("wallet_id", "wallet_missing")])
    assert answer.json()["detail"] == "This account has no USD wallet that can pay."
    assert nothing_happened()


def test_of_two_wallets_that_can_pay_one_has_to_be_named(caller, order_body, mirrored):
    Wallet.objects.create(account=mirrored, provider_id="w3", currency="USD", state="normal", balance=100)
    answer = asked(caller, bin_id=order_body["bin_id"])
    assert (answer.status_code, errors(answer)) == (422, [("wallet_id", "wallet_missing")])
    assert answer.json()["detail"] == "This account has several USD wallets: say which one pays."
    assert nothing_happened()
    assert asked(caller, **order_body).status_code == 202


def test_a_number_that_two_accounts_know_needs_the_account(caller, order_body, other):
    number = Bin.objects.get(account__slug="main").provider_id
    answer = asked(caller, bin_id=number)
    assert (answer.status_code, errors(answer)) == (400, [("account", "required")])
    assert nothing_happened()
    found = asked(caller, bin_id=number, account="main").json()
    assert (found["account"], found["bin_id"], found["wallet_id"]) == ("main", *[order_body[n] for n in IDS])


def test_a_key_bound_to_one_account_means_that_account(staff, order_body, other):
    bound = Caller(make_key(staff.username, account=["main"]))
    number = Bin.objects.get(account__slug="main").provider_id
    assert asked(bound, bin_id=number).json()["account"] == "main"
    assert errors(asked(bound, "k2", bin_id=number, account="other")) == [("account", "does_not_exist")]


def test_a_bin_of_another_account_than_the_one_named_is_refused(caller, order_body, other):
    assert errors(asked(caller, **order_body | {"account": "other"})) == [("bin_id", "does_not_exist")]
    assert nothing_happened()


def test_a_wallet_of_another_account_is_refused(caller, order_body, other):
    theirs = Wallet.objects.get(account=other)
    answer = asked(caller, **order_body | {"wallet_id": theirs.public_id})
    assert (answer.status_code, errors(answer)) == (422, [("wallet_id", "wrong_wallet")])
    by_number = asked(caller, **order_body | {"wallet_id": theirs.provider_id})
    assert (by_number.status_code, errors(by_number)) == (400, [("wallet_id", "does_not_exist")])
    assert nothing_happened()


def test_what_a_rule_says_of_a_form_is_said_of_the_bodys_field(caller, order_body):
    Bin.objects.update(state="offline")
    answer = asked(caller, **order_body)
    assert (answer.status_code, errors(answer)) == (422, [("bin_id", "bin_unavailable")])
