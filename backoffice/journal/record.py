"""Writing things down: who or what changed a row, when, on whose word."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest

from backoffice.core.middleware import current_request_id
from backoffice.core.refs import ref
from backoffice.journal.models import JournalEntry, Source


@dataclass(frozen=True)
class Actor:
    """Who asks: a person, in person (`via` "browser", "admin", "shell") or through an API key of theirs (its name)."""

    user: User
    via: str = "browser"
    api_key: int | None = None
    path: str = ""  # the API's: one idempotency key may serve at several addresses

    @classmethod
    def of(cls, request: HttpRequest, *, via: str = "browser") -> "Actor":
        """The person who is signed in; PermissionError where nobody is, though no view should get that far."""
        if not isinstance(request.user, User):
            raise PermissionError("nobody is signed in")
        return cls(request.user, via=via)

    @property
    def scope(self) -> str:
        """Where idempotency keys of this actor are unique."""
        who = f"key:{self.api_key}" if self.api_key else f"user:{self.user.pk}"
        return f"{who} {self.path}" if self.path else who

    def may(self, permission: str) -> bool:
        return bool(self.user.is_active and self.user.has_perm(permission))


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
    entry = line(row, verb, source=source, actor=actor, account=account, old=old, new=new, delivery=delivery, **detail)
    entry.save(force_insert=True)
    return entry


def line(
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
    """The line, unwritten: for many that are written at once."""
    named = row if isinstance(row, str) else ref(row)
    slug = account or (getattr(getattr(row, "account", None), "slug", "") if not isinstance(row, str) else "")
    return JournalEntry(
        ref=named,
        account=slug,
        verb=verb,
        row_version=getattr(row, "version", None),
        source=source,
        actor=actor.user if actor else None,
        via=actor.via if actor else "",
        request_id=current_request_id(),
        old=old or "",
        new=new or "",
        delivery=delivery,
        detail=detail,
    )
