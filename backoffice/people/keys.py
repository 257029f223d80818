"""Making API keys."""

import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from backoffice.accounts.models import Account
from backoffice.core.errors import DomainError
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.people.models import ApiKey
from backoffice.people.scopes import expanded

IN_PERSON = {"browser", "admin", "shell", "api docs"}  # what the journal says of a person without a key


@transaction.atomic
def create_api_key(
    *,
    actor: Actor | None,
    owner: AbstractBaseUser,
    name: str,
    scopes: Iterable[str],
    expires_days: int | None = None,
    ips: Iterable[str] = (),
    accounts: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """The row and the secret, which is nowhere kept and shown this once."""
    name = name.strip()
    if not (0 < len(name) <= 50 and name.isprintable()):
        raise DomainError("A key needs a name of 1 to 50 printable characters.")
    if name.lower() in IN_PERSON:
        raise DomainError(f"The journal calls something else {name!r}: a key needs another name.")
    if expires_days is not None and not 0 < expires_days <= 3660:
        raise DomainError("A key expires in 1 to 3660 days.")
    permissions = expanded(scopes)
    if not permissions:
        raise DomainError("A key needs at least one scope.")
    key, secret = ApiKey.objects.create_key(
        owner=owner,
        name=name,
        scopes=permissions,
        allowed_ips=[_network(ip) for ip in ips],
        allowed_accounts=_slugs(accounts),
        expiry_date=timezone.now() + timedelta(days=expires_days) if expires_days else None,
    )
    record(
        key,
        "people.create_api_key",
        source=Source.COMMAND if actor else Source.SYSTEM,
        actor=actor,
        name=name,
        owner=owner.get_username(),
        scopes=permissions,
    )
    return cast(ApiKey, key), secret


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise DomainError(f"{text!r} is no IP address or network.") from None


def _slugs(asked: Iterable[str]) -> list[str]:
    known = set(Account.objects.values_list("slug", flat=True))
    for slug in asked:
        if slug not in known:
            raise DomainError(f"There is no account {slug!r}. Known: {', '.join(sorted(known)) or 'none'}.")
    return sorted(set(asked))


@transaction.atomic
def revoke_api_key(*, actor: Actor, key: ApiKey) -> bool:
    """Let the key open nothing any more; whether it did until now."""
    revoked = ApiKey.objects.filter(pk=key.pk, revoked=False).update(revoked=True)
    if revoked:
        record(key, "people.revoke_api_key", source=Source.COMMAND, actor=actor, name=key.name)
    return bool(revoked)
