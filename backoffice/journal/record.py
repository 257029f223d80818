"""Writing things down: who or what changed a row, when, on whose word."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from backoffice.core.middleware import current_request_id
from backoffice.core.refs import ref
from backoffice.journal.models import JournalEntry, Source


@dataclass(frozen=True)
class Actor:
    """Who asks: a person, in person (`via` "browser", "admin", "shell") or through an API key of theirs (its name)."""

    user: AbstractBaseUser
    via: str = "browser"
    api_key: int | None = None
    path: str = ""  # the API's: one idempotency key may serve at several addresses

    @property
    def scope(self) -> str:
        """Where idempotency keys of this actor are unique."""
        who = f"key:{self.api_key}" if self.api_key else f"user:{self.user.pk}"
        return f"{who} {self.path}" if self.path else who

    def may(self, permission: str) -> bool:
        return bool(self.user.is_active and self.user.has_perm(permission))  # type: ignore[attr-defined]


def record(
    row: Model | str,
    verb: str,
    *,
    source: Source,
    actor: Actor | None = None,
    account: str = "",
    old: str = "",
    new: str = "",
    delivery: str = "",
    **detail: object,
) -> JournalEntry:
    """Write one line about a row (or about the row of that ref)."""
    named = row if isinstance(row, str) else ref(row)
    slug = account or (getattr(getattr(row, "account", None), "slug", "") if not isinstance(row, str) else "")
    return JournalEntry.objects.create(
        ref=named,
        account=slug,
        verb=verb,
        source=source,
        actor=actor.user if actor else None,
        via=actor.via if actor else "",
        request_id=current_request_id(),
        old=old or "",
        new=new or "",
        delivery=delivery,
        detail=detail,
    )
