"""One account of ours at a provider, as its TOML entry describes it; secrets have no repr and no way into a message."""

import difflib
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backoffice.providers.openapi.tables import Tables

Network = IPv4Network | IPv6Network
TOKEN = re.compile(r"[A-Za-z0-9_-]{24,128}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SECRET = re.compile(r"[!-~]{8,512}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LONGEST_TIMEOUT_S = 60
SLOWEST_PACE, FASTEST_PACE = 0.01, 1000  # exchanges a second


@dataclass(frozen=True, kw_only=True)
class AccountConfig:
    """Everything a client and a receiver need to know of one account."""

    slug: str
    provider: str
    title: str
    live: bool
    base_url: str
    timezone: str = "UTC"  # IANA name; the zone of the provider's times
    timeout_s: tuple[float, float] = (3, 20)  # connect, read
    calls_per_s: float = 10
    writes_per_s: float = 1
    callback_token: str = field(default="", repr=False)
    allowed_ips: tuple[Network, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class ConfigError(Exception):
    """One clear line: which file, account and field, and what is wrong with it; never the value of a secret."""

    def __init__(self, file: str, account: str, field: str, problem: str):
        self.file, self.account, self.field, self.problem = str(file), account, field, problem
        super().__init__(": ".join(part for part in (self.file, account, field, problem) if part))


@dataclass(frozen=True)
class _Provider:
    """What an account of one provider has beside what all have."""

    ids: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    tables: Callable[[Mapping], object] | None = None


PROVIDERS = {"openapi": _Provider(ids=("customer_id", "app_id"), secrets=("key",), tables=Tables.of)}
COMMON = (
    "provider",
    "title",
    "live",
    "base_url",
    "timezone",
    "timeout_s",
    "calls_per_s",
    "writes_per_s",
    "callback_token",
    "allowed_ips",
)


def parse_account(slug: str, table: object, *, where: str) -> AccountConfig:
    """One table of the accounts file, checked; ConfigError names file, account and field."""
    if not isinstance(table, Mapping):
        raise ConfigError(where, slug, "", "not a table; an account begins with a line like [main-cards]")
    entry = _Entry(slug, table, where)
    if not SLUG.fullmatch(slug):
        raise entry.error("", "an account's name: at most 40 small letters, digits, - and _, not beginning with - or _")
    name = entry.choice("provider", PROVIDERS)
    provider = PROVIDERS[name]
    entry.require_known((*COMMON, *provider.ids, *provider.secrets, *(["tables"] if provider.tables else [])))
    return AccountConfig(
        slug=slug,
        provider=name,
        title=entry.text("title", longest=80),
        live=entry.flag("live"),
        base_url=entry.address("base_url"),
        timezone=entry.zone("timezone"),
        timeout_s=entry.timeouts("timeout_s"),
        calls_per_s=entry.pace("calls_per_s", AccountConfig.calls_per_s),
        writes_per_s=entry.pace("writes_per_s", AccountConfig.writes_per_s),
        callback_token=entry.token("callback_token"),
        allowed_ips=entry.networks("allowed_ips"),
        secrets=MappingProxyType({field: entry.secret(field) for field in provider.secrets}),
        options=MappingProxyType(
            {field: entry.number(field) for field in provider.ids}
            | ({"tables": entry.tables("tables", provider.tables)} if provider.tables else {})
        ),
    )


class _Entry:
    """One account's table, read field by field."""

    def __init__(self, slug: str, table: Mapping[str, object], where: str):
        self.slug, self.table, self.where = slug, table, where

    def error(self, name: str, problem: str) -> ConfigError:
        return ConfigError(self.where, self.slug, name, problem)

    def require_known(self, known: Iterable[str]) -> None:
        known = tuple(known)
        for name in self.table:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                raise self.error(name, "no such field" + (f"; did you mean {close[0]}?" if close else ""))

    def required(self, name: str) -> object:
        if name not in self.table:
            raise self.error(name, "missing")
        return self.table[name]

    def choice(self, name: str, known: Iterable[str]) -> str:
        value = self.required(name)
        if not isinstance(value, str) or value not in known:
            raise self.error(name, f"not a provider that is known here ({', '.join(known)})")
        return value

    def text(self, name: str, *, longest: int) -> str:
        value = self.required(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
            raise self.error(name, f"a line of text of at most {longest} characters")
        return value.strip()

    def flag(self, name: str) -> bool:
        value = self.required(name)
        if not isinstance(value, bool):
            raise self.error(name, "true or false, without quotes")
        return value

    def number(self, name: str) -> int:
        value = self.resolved(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**18:
            raise self.error(name, "a whole number above zero")
        return value

    def secret(self, name: str) -> str:
        value = self.resolved(name)
        if not isinstance(value, str):
            raise self.error(name, "text, or where it stands: env:NAME or file:/path")
        if not SECRET.fullmatch(value):
            raise self.error(name, "8 to 512 characters without spaces")
        return value

    def token(self, name: str) -> str:
        value = self.resolved(name)
        if not isinstance(value, str) or not TOKEN.fullmatch(value):
            raise self.error(name, "24 to 128 letters, digits, - and _, so that nobody guesses the callback address")
        return value

    def resolved(self, name: str) -> object:
        """The value, or what stands in the environment or in a file."""
        value = self.required(name)
        if not isinstance(value, str):
            return value
        kind, _, place = value.partition(":")
        if kind == "env":
            return self._from_environment(name, place)
        return self._from_file(name, place) if kind == "file" else self._filled(name, value.strip(), "empty")

    def _from_environment(self, name: str, variable: str) -> str:
        if not VARIABLE.fullmatch(variable):  # may be a secret that was pasted here, so it is not repeated
            raise self.error(name, "env: is followed by the name of an environment variable, in capitals")
        return self._filled(
            name, os.environ.get(variable, "").strip(), f"the environment has no {variable}, or an empty one"
        )

    def _from_file(self, name: str, path: str) -> str:
        if not path.startswith("/"):
            raise self.error(name, "file: is followed by a whole path, from / on")
        try:
            text = Path(path).read_text().strip()
        except (OSError, ValueError) as exc:
            problem = exc.strerror if isinstance(exc, OSError) and exc.strerror else "not text"
            raise self.error(name, f"cannot read {path}: {problem}") from None
        return self._filled(name, text, f"{path} is empty")

    def _filled(self, name: str, value: str, problem: str) -> str:
        if not value:
            raise self.error(name, problem)
        return value

    def address(self, name: str) -> str:
        value = self.required(name)
        example = "https://api.example.com/open-api/v1"
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise self.error(name, f"an address such as {example}")
        try:
            url = urlsplit(value)
            _port = url.port
        except ValueError:
            raise self.error(name, f"not an address such as {example}") from None
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise self.error(name, f"begins with https:// (or http://) and a host, such as {example}")
        if url.username is not None or url.password is not None or "?" in value or "#" in value:
            raise self.error(name, "has no user, password, query or fragment")
        if not url.path.strip("/"):
            raise self.error(name, f"lacks its path; give the base address in full, such as {example}")
        return value.rstrip("/")

    def zone(self, name: str) -> str:
        value = self.table.get(name, AccountConfig.timezone)
        try:
            return ZoneInfo(value).key  # type: ignore[arg-type]
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            raise self.error(name, "not a time zone such as UTC or Asia/Shanghai") from None

    def timeouts(self, name: str) -> tuple[float, float]:
        value = self.table.get(name, list(AccountConfig.timeout_s))
        if not isinstance(value, list) or len(value) != 2 or not all(_is_number(part) for part in value):
            raise self.error(name, "two numbers of seconds: [connect, read]")
        connect, read = value
        if not (0 < connect <= LONGEST_TIMEOUT_S and 0 < read <= LONGEST_TIMEOUT_S):
            raise self.error(name, f"each above 0 and at most {LONGEST_TIMEOUT_S} seconds")
        return connect, read

    def pace(self, name: str, default: float) -> float:
        value = self.table.get(name, default)
        if not _is_number(value) or not 0 <= value <= FASTEST_PACE or 0 < value < SLOWEST_PACE:  # type: ignore[operator]
            raise self.error(name, f"a number from {SLOWEST_PACE} to {FASTEST_PACE}, or 0 for no pace of our own")
        return value  # type: ignore[return-value]

    def networks(self, name: str) -> tuple[Network, ...]:
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise self.error(name, 'a list of addresses or networks, such as ["203.0.113.7", "198.51.100.0/24"]')
        found = []
        for part in value:
            try:
                found.append(ip_network(part))
            except ValueError as exc:
                raise self.error(name, str(exc)) from None
        return tuple(found)

    def tables(self, name: str, read: Callable[[Mapping], object]) -> object:
        value = self.table.get(name, {})
        if not isinstance(value, Mapping):
            raise self.error(name, "a table")
        try:
            return read(value)
        except ValueError as exc:
            raise self.error(name, str(exc)) from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
