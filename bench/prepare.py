"""Migrate and fill a database: `python -m bench.prepare [--rows N] [--far N]`; prints a session and cursors as JSON."""

import argparse
import json

import django

django.setup()

# ruff: noqa: E402
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client

from backoffice.accounts.models import Account
from backoffice.core.keyset import Cursor
from cards.models import Bin, Card, CardOrder
from wallets.models import Wallet

LAST4 = 20  # so many values in a thousand rows, and more of them in more: a page of them is full either way


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--far", type=int, default=0, help="how many rows on the distant page is")
    options = parser.parse_args()
    call_command("migrate_once", verbosity=0)
    print(json.dumps(with_rows(options.rows, options.far) if options.rows else {}))


def with_rows(rows: int, far: int) -> dict[str, str]:
    """Cards and orders of one merchant, a session of a person who may see them, and where the distant pages are."""
    account = Account.objects.get()
    wallet = Wallet.objects.create(account=account, provider_id="wid_1", state="normal", currency="USD", balance=5000)
    terms = {"fees": [], "limits_observed_at": account.created_at}
    bin_ = Bin.objects.create(
        account=account,
        provider_id="cpi_1",
        state="available",
        digits="493875",
        network="VISA",
        currency="USD",
        **terms,
    )
    person = get_user_model().objects.create_user("mei")
    person.groups.add(Group.objects.get(name="Finance manager"))
    common = {"account": account, "bin": bin_, "bin_provider_id": "cpi_1", "currency": "USD", "note": "Ads, Google"}
    card = Card.objects.create(**common, provider_id="cid_0", state="active", last4="0000", balance=100)
    order = CardOrder.objects.create(
        **common,
        merchant_ref="CI0",
        provider_id="ord_0",
        kind="issue",
        state="succeeded",
        wallet=wallet,
        amount=100,
        fee=1,
        total=101,
        quoted_fee=1,
        quoted_total=101,
        maker=person,
    )
    of4 = f"lpad(mod(n, {max(LAST4, rows // 100)})::text, 4, '0')"
    random_id = "substr(md5(n::text || random()::text), 1, 20)"
    older = "now() - n * interval '1 s'"
    fill(
        Card,
        card,
        rows,
        public_id=f"'crd_' || {random_id}",
        provider_id="'cid_' || n",
        merchant_ref="'CI' || n",
        last4=of4,
        state="(ARRAY['active', 'active', 'active', 'frozen', 'closed'])[mod(n, 5) + 1]",
        created_at=older,
    )
    fill(
        CardOrder,
        order,
        rows,
        public_id=f"'cor_' || {random_id}",
        provider_id="'ord_' || n",
        merchant_ref="'CI' || n",
        card_id=f"{card.pk} + n",
        state="(ARRAY['succeeded', 'succeeded', 'succeeded', 'failed', 'succeeded'])[mod(n, 5) + 1]",
        created_at=older,
    )
    client = Client()
    client.force_login(person)
    found = {"session": next(morsel.value for name, morsel in client.cookies.items() if "session" in name)}
    for model, name in ((Card, "cards"), (CardOrder, "orders")):
        row = model.objects.order_by("-created_at", "-id")[far]
        found[name] = Cursor(row.created_at, row.pk).text()
    return found


def fill(model, template, rows: int, **made: str) -> None:
    """Copy one row so many times in SQL; `made` has the expressions of the columns that differ, `n` counts."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(made.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, generate_series(1, %s) n WHERE t.id = %s",  # noqa: S608
            [rows - 1, template.pk],
        )
        cursor.execute(f"ANALYZE {table}")


if __name__ == "__main__":
    main()
