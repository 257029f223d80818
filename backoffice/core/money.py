"""Money is a Decimal with a currency beside it; nothing here rounds without saying so."""

from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Aggregate
from django.utils.translation import gettext_lazy as _
from iso4217 import Currency

MAX_DIGITS, MAX_PLACES = 24, 8
SQLITE_DIGITS = 15  # a SQLite number keeps no more
CRYPTO_DIGITS = {"USDT": 6, "USDC": 6, "BTC": 8, "ETH": 8, "TRX": 6}
ISO_DIGITS = {currency.code: currency.exponent for currency in Currency}


def digits(currency: str) -> int:
    """How many decimals an amount of this currency has: ISO 4217's, our short table's for crypto, else two."""
    return CRYPTO_DIGITS.get(currency, ISO_DIGITS.get(currency, 2) or 0)


def is_currency(code: str) -> bool:
    return code in ISO_DIGITS or code in CRYPTO_DIGITS


def exact(amount: Decimal, currency: str) -> bool:
    """Whether the amount can be written with the decimals of its currency."""
    return (
        amount == amount.quantize(Decimal(1).scaleb(-digits(currency)), context=None) if amount.is_finite() else False
    )


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up to the currency's decimals: for fees that are computed, never for what somebody stated."""
    return amount.quantize(Decimal(1).scaleb(-digits(currency)), rounding=ROUND_HALF_UP)


def plain(amount: Decimal, currency: str) -> str:
    """The amount as text with its currency's decimals, and more only where it has more: for wire and API."""
    places = max(digits(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{places}f}"


def parse_amount(text: str) -> Decimal:
    """A positive plain decimal in ASCII digits, or ValueError: no signs, exponents, separators or full-width digits."""
    whole, dot, part = text.partition(".")
    if not (text.isascii() and whole.isdigit() and (part.isdigit() if dot else True)):
        raise ValueError("not a plain decimal number")
    if len(whole) > MAX_DIGITS - MAX_PLACES or len(part) > MAX_PLACES:
        raise ValueError("too many digits")
    return Decimal(text)


class AmountField(models.DecimalField):
    """An exact amount, NUMERIC(24, 8). What the database would round is refused with a plain error."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": MAX_DIGITS, "decimal_places": MAX_PLACES} | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return name, path, args, kwargs

    def to_python(self, value):
        if isinstance(value, float):
            raise ValidationError(_("A money amount is never a float."), code="float")
        return super().to_python(value)

    def get_db_prep_save(self, value, connection):
        if hasattr(value, "as_sql"):
            return super().get_db_prep_save(value, connection)
        amount = self.to_python(value)
        if amount is not None:
            self._refuse_what_would_be_rounded(amount, connection)
        return super().get_db_prep_save(amount, connection)

    def _refuse_what_would_be_rounded(self, amount: Decimal, connection) -> None:
        if not amount.is_finite():
            raise ValidationError(_("A money amount is a finite number."), code="not_finite")
        _sign, figures, exponent = amount.normalize().as_tuple()
        if -int(exponent) > MAX_PLACES or len(figures) + int(exponent) > MAX_DIGITS - MAX_PLACES:
            raise ValidationError(_("This amount has too many digits to be kept exactly."), code="too_many_digits")
        if connection.vendor == "sqlite" and len(figures) > SQLITE_DIGITS:
            raise ValidationError(
                _("This database keeps 15 digits of an amount; use PostgreSQL for more."), code="too_many_digits"
            )


class _TotalField(AmountField):
    """An amount that no backend converts by way of a float."""

    def get_internal_type(self) -> str:
        return type(self).__name__


class ExactSum(Aggregate):
    """SUM that stays a Decimal: SQLite adds floats, so there a Python aggregate adds (`exact_sum_on_sqlite`)."""

    function = "SUM"
    name = "ExactSum"

    def __init__(self, expression, **extra):
        super().__init__(expression, output_field=_TotalField(), **extra)

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, function="EXACT_SUM", **context)

    def convert_value(self, value, expression, connection):
        return None if value is None else Decimal(value)


class _DecimalSum:
    def __init__(self):
        self.total: Decimal | None = None

    def step(self, value) -> None:
        if value is not None:
            self.total = (self.total or Decimal(0)) + Decimal(str(value))

    def finalize(self) -> str | None:
        return None if self.total is None else str(self.total)


def exact_sum_on_sqlite(connection, **_kwargs) -> None:
    """Register EXACT_SUM on each new SQLite connection."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("EXACT_SUM", 1, _DecimalSum)
