"""One method per call of OPEN-API: our words in, a snapshot or a ProviderError out. Nothing is retried here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from backoffice.core.money import exact
from backoffice.providers import exactjson
from backoffice.providers.config import AccountConfig
from backoffice.providers.errors import NotFound, Rejected
from backoffice.providers.http import Reply, Transport
from backoffice.providers.openapi import mapping
from backoffice.providers.openapi.answers import data_of
from backoffice.providers.openapi.fields import Fields, fits, is_id, wire_time
from backoffice.providers.openapi.mapping import Reading
from backoffice.providers.openapi.tables import Tables
from backoffice.providers.snapshots import (
    BinFeesSnapshot,
    BinLimitsSnapshot,
    BinSnapshot,
    CardOrderSnapshot,
    CardSnapshot,
    Page,
    WalletSnapshot,
)

T = TypeVar("T")

USUAL_PAGE, LONGEST_PAGE = 10, 100
LONGEST_NOTE = 64
DELIVERY = ("name", "phone", "country", "state", "city", "address", "post_code")


class OpenApiClient:
    """A CardIssuer over one account of ours at OPEN-API."""

    def __init__(self, config: AccountConfig, transport: Transport):
        self.account = config.slug
        self._transport, self._zone = transport, config.zone
        self._tables: Tables = config.options["tables"]  # type: ignore[assignment]
        self._who = {name: config.options[name] for name in ("customer_id", "app_id")}
        self._key = config.secrets["key"]

    def wallets(self, page: int = 1, page_size: int | None = None) -> Page[WalletSnapshot]:
        return self._list("list_wallets", "wallet_list", mapping.wallet, page, page_size)

    def wallet(self, wallet_id: str) -> WalletSnapshot:
        return self._one("read_wallet", mapping.wallet, wallet_id=wallet_id)

    def bins(self, page: int = 1, page_size: int | None = None) -> Page[BinSnapshot]:
        return self._list("list_bins", "bin_list", mapping.bin_, page, page_size)

    def bin(self, bin_id: str) -> BinSnapshot:
        return self._one("read_bin", mapping.bin_, bin_id=bin_id)

    def bin_fees(self, bin_id: str) -> BinFeesSnapshot:
        return self._one("read_bin_fees", mapping.bin_fees, bin_id=bin_id)

    def bin_limits(self, bin_id: str) -> BinLimitsSnapshot:
        return self._one("read_bin_limits", mapping.bin_limits, bin_id=bin_id)

    def cards(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardSnapshot]:
        window = self._window(created_after, created_before)
        return self._list("list_cards", "card_list", mapping.card, page, page_size, **window)

    def card(self, card_id: str) -> CardSnapshot:
        return self._one("read_card", mapping.card, card_id=card_id)

    def card_orders(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardOrderSnapshot]:
        window = self._window(created_after, created_before)
        return self._list("list_orders", "order_list", mapping.card_order, page, page_size, **window)

    def card_order(self, order_id: str) -> CardOrderSnapshot:
        return self._one("read_order", mapping.card_order, order_id=order_id)

    def issue_card(
        self,
        *,
        merchant_ref: str,
        bin_id: str,
        wallet_id: str,
        amount: Decimal,
        holder_id: str = "",
        note: str = "",
        delivery: Mapping[str, str] | None = None,
        currency: str = "",
    ) -> CardOrderSnapshot:
        """Ask for a card; what cannot be right is refused here, before anything leaves."""
        _require_ids(out_order_id=merchant_ref, bin_id=bin_id, wallet_id=wallet_id)
        _require_amount(amount, currency)
        optional = _optional(holder_id, note, delivery)

        def understand(data: Fields, reading: Reading) -> CardOrderSnapshot:
            data.echo("out_order_id", merchant_ref)
            return mapping.opened(data, reading)

        return self._call(
            "open_card",
            understand,
            {"out_order_id": merchant_ref, "bin_id": bin_id, "wallet_id": wallet_id, "amount": amount, **optional},
            write=True,
            reference=merchant_ref,
        )

    def find_card_order(self, *, merchant_ref: str) -> CardOrderSnapshot | None:
        try:
            return self._one("read_order", mapping.card_order, reference=merchant_ref, out_order_id=merchant_ref)
        except NotFound:
            return None

    def _one(self, name: str, read: Callable[[Fields, Reading], T], *, reference: str = "", **asked: str) -> T:
        """The object of this id; an answer about another one is no answer."""
        _require_ids(**asked)

        def understand(data: Fields, reading: Reading) -> T:
            for field, value in asked.items():
                data.echo(field, value)
            return read(data, reading)

        return self._call(name, understand, asked, reference=reference)

    def _list(
        self,
        name: str,
        rows: str,
        read: Callable[[Fields, Reading], T],
        page: int,
        page_size: int | None,
        **filters: object,
    ) -> Page[T]:
        size = page_size or USUAL_PAGE
        if page < 1 or not 1 <= size <= LONGEST_PAGE:
            raise Rejected(f"pages count from 1 and have at most {LONGEST_PAGE} rows", code="page")

        def understand(data: Fields, reading: Reading) -> Page[T]:
            return mapping.page(data, rows, reading, read, asked=(page, size))

        return self._call(name, understand, {"page": page, "page_size": size, **filters})

    def _window(self, after: datetime | None, before: datetime | None) -> dict[str, str]:
        window = {}
        if after:
            window["start_time"] = wire_time(after, self._zone, up=False)
        if before:
            window["end_time"] = wire_time(before, self._zone, up=True)
        return window

    def _call(
        self,
        name: str,
        understand: Callable[[Fields, Reading], T],
        payload: Mapping[str, object],
        *,
        write: bool = False,
        reference: str = "",
    ) -> T:
        def read(reply: Reply) -> T:
            reading = Reading(account=self.account, observed_at=reply.asked_at, zone=self._zone, tables=self._tables)
            return understand(data_of(reply, self._tables), reading)

        return self._transport.post(
            self._tables.paths[name].strip("/"),
            exactjson.dumps({**self._who, "key": self._key, **payload}),
            write=write,
            shown={**self._who, **payload},
            understand=read,
            reference=reference,
        )


def _require_ids(**ids: object) -> None:
    for name, value in ids.items():
        if not is_id(value):
            raise Rejected(f"{name} is no id", code="id", fields={name: "no id"})


def _require_amount(amount: object, currency: str) -> None:
    """The last door before the wire: a positive Decimal that its currency can express."""
    good = isinstance(amount, Decimal) and fits(amount) and amount > 0 and exact(amount, currency)
    if not good:
        problem = "not an amount above zero with the decimals of its currency"
        raise Rejected(f"the amount is {problem}", code="amount", fields={"amount": problem})


def _optional(holder_id: object, note: object, delivery: object) -> dict[str, object]:
    """The fields that are sent only where there is something to say."""
    if holder_id:
        _require_ids(holder_id=holder_id)
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise Rejected(f"the note has at most {LONGEST_NOTE} characters", code="note", fields={"note": "too long"})
    address = dict(delivery) if isinstance(delivery, Mapping) else {}
    if (delivery and not address) or not all(
        name in DELIVERY and isinstance(text, str) for name, text in address.items()
    ):
        raise Rejected("the delivery address is not understood", code="delivery", fields={"delivery": "not understood"})
    given = {"holder_id": holder_id, "mark": note, "delivery": address}
    return {name: value for name, value in given.items() if value}
