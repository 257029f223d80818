"""How an exchange with a provider is shown, and how it could be repeated by hand without our secrets in it."""

import json
import shlex
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from backoffice.accounts.registry import configs
from backoffice.core.parts import Badge, Fact
from backoffice.outbox.models import Exchange
from backoffice.providers.config import ConfigError

Outcome = Exchange.Outcome
BADGES = {
    Outcome.ANSWERED: ("good", "circle-check"),
    Outcome.REFUSED: ("bad", "circle-x"),
    Outcome.NOT_FOUND: ("quiet", "circle-slash"),
    Outcome.NOT_SENT: ("warn", "circle-dashed"),
    Outcome.UNKNOWN: ("warn", "circle-question-mark"),
    Outcome.MISCONFIGURED: ("bad", "circle-alert"),
}


@dataclass(frozen=True)
class ShownExchange:
    """An exchange with the row that it was about; `about` is None where that is not known or gone."""

    exchange: Exchange
    about: Model | None

    @property
    def badge(self) -> Badge:
        outcome = Outcome(self.exchange.outcome)
        tone, icon = BADGES[outcome]
        return Badge(tone=tone, icon=icon, label=str(outcome.label), title=self.exchange.problem)

    @property
    def url(self) -> str:
        return self.exchange.get_absolute_url()

    @property
    def about_words(self) -> str:
        return str(self.about) if self.about else self.exchange.ref

    @property
    def about_url(self) -> str:
        return getattr(self.about, "get_absolute_url", str)()

    @property
    def took(self) -> str:
        return _("%(ms)s ms") % {"ms": f"{round(self.exchange.seconds * 1000):,}"}

    @property
    def does(self) -> str:
        return _("Write") if self.exchange.is_write else _("Read")

    @property
    def source(self) -> str:
        return self.exchange.get_source_display()


def facts(shown: ShownExchange) -> list[Fact]:
    exchange, call = shown.exchange, shown.exchange.call
    return [
        Fact(label=_("Account"), value=str(exchange.account)),
        Fact(label=_("Path"), value=exchange.path),
        Fact(label=_("What it does"), value=shown.does),
        Fact(label=_("About"), id=shown.about_words, url=shown.about_url),
        Fact(label=_("Call"), id=call.public_id if call else "", url=call.get_absolute_url() if call else ""),
        Fact(label=_("On whose word"), value=shown.source),
        Fact(label=_("Asked"), at=exchange.created_at),
        Fact(label=_("Took"), value=shown.took),
        Fact(label=_("HTTP status"), value=str(exchange.status or "")),
        Fact(label=_("Provider's code"), value=exchange.code),
        Fact(label=_("Problem"), value=exchange.problem),
        Fact(label=_("Request"), id=exchange.request_id),
    ]


def told(value: dict | None) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def as_curl(exchange: Exchange) -> str:
    """For a terminal. What was cut from our records is cut here as well: whoever repeats it fills in the secrets."""
    address = shlex.quote(f"{_host(exchange)}/{exchange.path}")
    body = shlex.quote(json.dumps(exchange.request, ensure_ascii=False))
    return f"curl -X POST {address} -H 'Content-Type: application/json' -d {body}"


def _host(exchange: Exchange) -> str:
    try:
        return configs()[exchange.account.slug].base_url.rstrip("/")
    except (KeyError, ConfigError):  # the account left the accounts file
        return "https://provider.invalid"
