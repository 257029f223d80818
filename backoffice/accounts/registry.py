"""Which keys, which host: clients and receivers of our accounts, built from the accounts file once a process."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hmac import compare_digest
from pathlib import Path
from time import sleep

from django.conf import settings
from django.db import transaction

from backoffice.accounts.models import Account, Pace
from backoffice.core import clock
from backoffice.core.transactions import require_no_transaction
from backoffice.providers.config import AccountConfig, ConfigError, parse_account
from backoffice.providers.errors import NotSent
from backoffice.providers.registry import Session, build_client, build_receiver, notify_observers

PATIENCE = 5.0  # seconds that an exchange may wait for its turn
_sessions: dict[str, Session] = {}  # tests put sessions here that lead into the emulator


@cache
def configs() -> Mapping[str, AccountConfig]:
    """Every account of the accounts file by slug, in the file's order; ConfigError names file, account and field."""
    path = Path(settings.ACCOUNTS_FILE)
    try:
        tables = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigError(str(path), "", "", "the accounts file does not exist; copy accounts.example.toml") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(str(path), "", "", f"not readable as TOML: {exc}") from None
    if set(tables) == {"accounts"} and isinstance(tables["accounts"], dict):  # [accounts.main-cards] is as good
        tables = tables["accounts"]
    found = {slug: parse_account(slug, table, where=str(path)) for slug, table in tables.items()}
    tokens = [config.callback_token for config in found.values()]
    for slug, config in found.items():
        if tokens.count(config.callback_token) > 1:
            raise ConfigError(str(path), slug, "callback_token", "another account has the same")
    return found


def forget() -> None:
    """Read the accounts file anew at the next use."""
    configs.cache_clear()
    _client.cache_clear()
    _receiver.cache_clear()
    _row.cache_clear()
    _sessions.clear()


def use_session(slug: str, session: Session) -> None:
    """Let an account's client use this session; the tests' way into the emulator."""
    _sessions[slug] = session
    _client.cache_clear()


def config_of(account: Account) -> AccountConfig:
    if account.slug not in configs():
        raise ConfigError(str(settings.ACCOUNTS_FILE), account.slug, "", "the accounts file has no such account")
    return configs()[account.slug]


def client_for(account: Account):
    """The provider client of an account; every exchange of it is paced, guarded and recorded."""
    config_of(account)
    return _client(account.slug, account.pk)


def receiver_for(account: Account):
    config_of(account)
    return _receiver(account.slug)


def account_of(slug: str) -> Account:
    """The row of an account, kept for the process: what changes on it (pauses) must be read fresh elsewhere."""
    return _row(slug)


def account_by_token(provider: str, token: str) -> Account | None:
    """The account whose callback address ends so; compared in constant time."""
    hits = [
        config.slug
        for config in configs().values()
        if config.provider == provider and compare_digest(config.callback_token.encode(), token.encode())
    ]
    return account_of(hits[0]) if hits else None


def callback_path(config: AccountConfig) -> str:
    return f"/webhooks/{config.provider}/{config.callback_token}/"


def write_account_rows() -> list[Account]:
    """Make the rows of the accounts file; one that left the file is kept and marked."""
    rows = [
        Account.objects.update_or_create(
            slug=config.slug,
            defaults={
                "provider": config.provider,
                "title": config.title,
                "live": config.live,
                "timezone": config.timezone,
                "listed": True,
            },
        )[0]
        for config in configs().values()
    ]
    Account.objects.exclude(slug__in=[row.slug for row in rows]).update(listed=False)
    _row.cache_clear()
    return rows


@cache
def _client(slug: str, pk: int):
    config = configs()[slug]
    return build_client(
        config,
        guard=require_no_transaction,
        pace=lambda write: _wait_for_turn(pk, config, write=write),
        observe=notify_observers,
        clock=clock.now,
        session=_sessions.get(slug),
    )


@cache
def _receiver(slug: str):
    return build_receiver(configs()[slug])


@cache
def _row(slug: str) -> Account:
    return Account.objects.filter(slug=slug).first() or {row.slug: row for row in write_account_rows()}[slug]


def _wait_for_turn(pk: int, config: AccountConfig, *, write: bool) -> None:
    """Take the next free moment of the account and wait for it; too long a queue is NotSent."""
    limits = {"call": config.calls_per_s} | ({"write": config.writes_per_s} if write else {})
    wait = 0.0
    for kind, per_second in limits.items():
        if per_second:
            wait = max(wait, _take_turn(pk, kind, timedelta(seconds=1 / float(per_second))))
    if wait:
        sleep(wait)


@transaction.atomic
def _take_turn(pk: int, kind: str, gap: timedelta) -> float:
    now = clock.now()
    pace, _made = Pace.objects.select_for_update().get_or_create(account_id=pk, kind=kind, defaults={"next_at": now})
    turn = max(pace.next_at, now)
    wait = (turn - now).total_seconds()
    if wait > PATIENCE:
        raise NotSent(f"{kind}s wait for their turn", retry_after=wait)
    pace.next_at = turn + gap
    pace.save(update_fields=["next_at"])
    return wait
