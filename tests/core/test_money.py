"""Money is exact from the form to the database and back, or refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.money import ExactSum, digits, exact, parse_amount, plain, rounded
from wallets.models import Wallet

UNFIT = [
    *(
        "",
        " ",
        "-1",
        "+1",
        "1,000.00",
        "1.000,00",
        "1e5",
        "NaN",
        "Infinity",
        "-0",
        ".5",
        "5.",
        "1.2.3",
        "0x10",
        "1_000",
    ),
    *("１００", "٣", "1\u00a0000", "１.5", "1.123456789", "12345678901234567"),
]


@pytest.mark.parametrize("text", UNFIT)
def test_what_is_not_a_plain_decimal_is_refused(text):
    with pytest.raises(ValueError, match="not a plain decimal number|too many digits"):
        parse_amount(text)


@given(st.decimals(min_value=0, max_value=10**15, places=8, allow_nan=False, allow_infinity=False))
def test_plain_text_and_back_is_the_same_amount(amount):
    assert parse_amount(plain(amount, "USD")) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("12.34", "USD", True),
        ("12.345", "USD", False),
        ("0.0000001", "USD", False),
        ("100", "JPY", True),
        ("100.5", "JPY", False),
        ("1.234", "KWD", True),
        ("1.2345", "KWD", False),
        ("0.000001", "USDT", True),
        ("NaN", "USD", False),
        ("Infinity", "USD", False),
    ],
)
def test_an_amount_fits_its_currency_or_not(amount, currency, fits):
    assert exact(Decimal(amount), currency) is fits


def test_computed_fees_are_rounded_half_up_to_the_currencys_decimals():
    assert [rounded(Decimal("0.125"), code) for code in ("USD", "JPY", "KWD")] == [Decimal("0.13"), 0, Decimal("0.125")]
    assert [digits(code) for code in ("USD", "JPY", "KWD", "USDT", "???")] == [2, 0, 3, 6, 2]


@pytest.mark.parametrize("amount", ["0.1", "0.2", "1234567.89", "0.00000001", "9999999999.9999"])
def test_the_database_gives_back_what_it_got(account, amount):
    Wallet.objects.create(account=account, provider_id="w", currency="USD", balance=Decimal(amount))
    assert Wallet.objects.get().balance == Decimal(amount)


def test_a_float_or_what_would_be_rounded_is_refused(account):
    too_wide = [Decimal("12345678.12345678")] if connection.vendor == "sqlite" else []
    for amount in (0.1, Decimal("1e-9"), Decimal("12345678901234567"), Decimal("NaN"), *too_wide):
        with pytest.raises(ValidationError), transaction.atomic():
            Wallet.objects.create(account=account, provider_id="w", currency="USD", balance=amount)
    assert Wallet.objects.count() == 0


def test_sums_are_exact_on_both_databases(account):
    for number, amount in enumerate(["0.1", "0.2", "0.3", "1000000000.01"]):
        Wallet.objects.create(account=account, provider_id=f"w{number}", currency="USD", balance=Decimal(amount))
    assert Wallet.objects.aggregate(total=ExactSum("balance"))["total"] == Decimal("1000000000.61")
    assert Wallet.objects.none().aggregate(total=ExactSum("balance"))["total"] is None
