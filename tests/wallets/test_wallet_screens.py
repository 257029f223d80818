"""Wallets in the desk."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from backoffice.journal.record import Actor
from tests.troubles import Troubles
from wallets.models import Wallet


@pytest.fixture
def manager(person):
    return person("finance manager")


@pytest.fixture
def troubles(world, mirrored, manager):
    return Troubles(world, Actor(manager))


@pytest.fixture
def desk(manager):
    client = Client()
    client.force_login(manager)
    return client


def test_the_list_tells_balance_hold_and_what_is_free(desk, troubles):
    troubles.asked("100.00")
    answer = desk.get(reverse("wallets:wallets"))
    shown = answer.context["rows"][0]
    assert (shown.wallet.balance, shown.funds.reserved, shown.funds.free) == (
        Decimal(5000),
        Decimal("101.50"),
        Decimal("4898.50"),
    )
    assert [(total.amount, total.currency) for total in answer.context["sums"]] == [(Decimal(5000), "USD")]


def test_a_wallet_names_the_calls_that_hold_its_money_and_the_orders_it_pays(desk, troubles):
    call = troubles.asked("100.00")
    page = desk.get(Wallet.objects.get().get_absolute_url()).content.decode()
    assert call.get_absolute_url() in page
    assert "Latest orders" in page
    assert "4,898.50" in page


def test_calls_and_orders_are_left_out_for_who_may_not_see_them(troubles, django_user_model):
    call = troubles.asked()
    client = Client()
    user = django_user_model.objects.create_user("nobody")
    user.user_permissions.add(_permission("view_wallet"))
    client.force_login(user)
    page = client.get(Wallet.objects.get().get_absolute_url()).content.decode()
    assert (call.get_absolute_url() in page, "Latest orders" in page) == (False, False)


def test_without_wallets_the_list_says_where_they_come_from(desk, account):
    assert "No wallets yet" in desk.get(reverse("wallets:wallets")).content.decode()


def test_a_damaged_cursor_is_said_and_becomes_the_first_page(desk, troubles):
    page = desk.get(f"{reverse('wallets:wallets')}?cursor=damaged").content.decode()
    assert ("damaged" in page, "5,000.00" in page) == (True, True)


def test_a_wallet_that_is_not_there_is_not_found(desk, troubles):
    assert desk.get(reverse("wallets:wallet", args=["wal_nothing"])).status_code == 404


def _permission(codename: str):
    return Permission.objects.get(codename=codename)


def test_a_call_that_left_holds_until_the_balance_was_seen_after_it(desk, troubles):
    call = troubles.under_way("100.00")
    wallet = Wallet.objects.get()
    assert call.left_at > wallet.observed_at
    answer = desk.get(wallet.get_absolute_url())
    block = answer.context["blocks"][0]
    assert [(row.amount, row.url) for row in block.rows] == [(Decimal("101.50"), call.get_absolute_url())]
    assert "the balance was not seen since" in block.rows[0].text
    assert [total.amount for total in block.sums] == [answer.context["shown"].funds.reserved]


def test_many_holding_calls_are_counted_and_summed_and_the_oldest_listed(desk, troubles):
    for _ in range(22):
        troubles.asked("10.00")
    answer = desk.get(Wallet.objects.get().get_absolute_url())
    block = answer.context["blocks"][0]
    assert (block.count, len(block.rows), block.note) == (22, 20, "the oldest 20 are listed")
    assert block.sums[0].amount == answer.context["shown"].funds.reserved
