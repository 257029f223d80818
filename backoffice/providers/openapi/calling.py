"""How any call of OPEN-API is made: credentials, pages, windows, echoes; and what is checked before it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from backoffice.core.money import exact
from backoffice.providers import exactjson
from backoffice.providers.config import AccountConfig
from backoffice.providers.discretion import NOTHING_PRIVATE, Discretion
from backoffice.providers.errors import Rejected
from backoffice.providers.http import Reply, Transport
from backoffice.providers.openapi import mapping
from backoffice.providers.openapi.answers import OUR_WORDS, data_of
from backoffice.providers.openapi.fields import Fields, fits, is_id, wire_time
from backoffice.providers.openapi.mapping import Reading
from backoffice.providers.openapi.tables import Tables
from backoffice.providers.snapshots import Page

T = TypeVar("T")

USUAL_PAGE, LONGEST_PAGE = 10, 100
NO_FILTERS: Mapping[str, str] = MappingProxyType({})


class Calling:
    """One account of ours at OPEN-API, and the ways to ask there."""

    def __init__(self, config: AccountConfig, transport: Transport):
        self.account = config.slug
        self._transport, self._zone = transport, config.zone
        self._tables: Tables = config.options["tables"]  # type: ignore[assignment]
        self._who = {name: config.options[name] for name in ("customer_id", "app_id")}
        self._key = config.secrets["key"]

    def _one(
        self,
        name: str,
        read: Callable[[Fields, Reading], T],
        *,
        reference: str = "",
        discretion: Discretion = NOTHING_PRIVATE,
        **asked: str,
    ) -> T:
        """The object of this id; an answer about another one is no answer."""
        require_ids(**asked)
        return self._call(name, echoing(read, **asked), asked, reference=reference, discretion=discretion)

    def _list(
        self,
        name: str,
        rows: str,
        read: Callable[[Fields, Reading], T],
        page: int,
        page_size: int | None,
        *,
        filters: Mapping[str, str] = NO_FILTERS,
        discretion: Discretion = NOTHING_PRIVATE,
    ) -> Page[T]:
        size = page_size or USUAL_PAGE
        if page < 1 or not 1 <= size <= LONGEST_PAGE:
            raise Rejected(f"pages count from 1 and have at most {LONGEST_PAGE} rows", code="page")

        def understand(data: Fields, reading: Reading) -> Page[T]:
            return mapping.page(data, rows, reading, read, asked=(page, size))

        return self._call(name, understand, {"page": page, "page_size": size, **filters}, discretion=discretion)

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
        discretion: Discretion = NOTHING_PRIVATE,
    ) -> T:
        def read(reply: Reply) -> T:
            reading = Reading(account=self.account, observed_at=reply.asked_at, zone=self._zone, tables=self._tables)
            return understand(data_of(reply, self._tables, discretion), reading)

        return self._transport.post(
            self._tables.paths[name].strip("/"),
            exactjson.dumps({**self._who, "key": self._key, **payload}),
            write=write,
            shown={**self._who, **payload},
            understand=read,
            reference=reference,
            discretion=discretion,
        )


def echoing(read: Callable[[Fields, Reading], T], **asked: str) -> Callable[[Fields, Reading], T]:
    """Read an answer only where it repeats these values."""

    def understand(data: Fields, reading: Reading) -> T:
        for field, value in asked.items():
            data.echo(field, value)
        return read(data, reading)

    return understand


def require_ids(**ids: object) -> None:
    """Under the wire's names; the refusal names our own."""
    for name, value in ids.items():
        if not is_id(value):
            raise Rejected(f"{name} is no id", code="id", fields={OUR_WORDS.get(name, name): "no id"})


def require_amount(amount: object, currency: str) -> None:
    """The last door before the wire: a positive Decimal that its currency can express."""
    good = isinstance(amount, Decimal) and fits(amount) and amount > 0 and exact(amount, currency)
    if not good:
        problem = "not an amount above zero with the decimals of its currency"
        raise Rejected(f"the amount is {problem}", code="amount", fields={"amount": problem})


def require_text(name: str, text: object, longest: int) -> None:
    if not isinstance(text, str) or len(text) > longest:
        raise Rejected(f"the {name} has at most {longest} characters", code=name, fields={name: "too long"})


def said(**fields: object) -> dict[str, object]:
    """The fields that are sent only where there is something to say."""
    return {name: value for name, value in fields.items() if value}
