"""Which client and which receiver belong to a provider, and who is told of every exchange."""

from collections.abc import Callable, Mapping
from datetime import datetime

from requests import Session

from backoffice.providers.config import AccountConfig
from backoffice.providers.http import ExchangeRecord, Transport
from backoffice.providers.openapi.client import OpenApiClient
from backoffice.providers.openapi.webhooks import OpenApiReceiver
from backoffice.providers.ports import CardIssuer, Receiver
from backoffice.providers.telling import own_time

Observer = Callable[[ExchangeRecord], None]

CLIENTS: Mapping[str, Callable[[AccountConfig, Transport], CardIssuer]] = {"openapi": OpenApiClient}
RECEIVERS: Mapping[str, Callable[[AccountConfig], Receiver]] = {"openapi": OpenApiReceiver}
_observers: list[Observer] = []


def build_client(
    config: AccountConfig,
    *,
    guard: Callable[[], None],
    pace: Callable[[bool], None],
    observe: Observer,
    clock: Callable[[], datetime] = own_time,
    session: Session | None = None,
) -> CardIssuer:
    """A client of this account.

    An exchange first calls `guard()` and `pace(write)`, at its end `observe(record)`; `clock()` is its moment.
    """
    transport = Transport(
        provider=config.provider,
        account=config.slug,
        base_url=config.base_url,
        timeout=config.timeout_s,
        guard=guard,
        pace=pace,
        observe=observe,
        clock=clock,
        session=session,
    )
    return CLIENTS[config.provider](config, transport)


def build_receiver(config: AccountConfig) -> Receiver:
    return RECEIVERS[config.provider](config)


def observe(function: Observer) -> Observer:
    """Call `function` with the record of every exchange from now on."""
    if function not in _observers:
        _observers.append(function)
    return function


def notify_observers(record: ExchangeRecord) -> None:
    for function in _observers:
        function(record)
