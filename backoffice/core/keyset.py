"""Keyset pages over (-created_at, -id): as quick on the last page as on the first, and stable while rows arrive."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from backoffice.core.errors import DomainError

SIZES = (25, 50, 100, 200)


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: `after` it (older) or `before` it (newer)."""

    created_at: datetime
    pk: int
    newer: bool = False

    def text(self) -> str:
        plain = f"{'n' if self.newer else 'o'}|{self.created_at.isoformat()}|{self.pk}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        try:
            side, at, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("|")
            created_at = parse_datetime(at)
            if side not in {"n", "o"} or created_at is None or created_at.tzinfo is None:
                raise ValueError
            return cls(created_at.astimezone(UTC), int(pk), side == "n")
        except (ValueError, OverflowError, binascii.Error, UnicodeDecodeError):
            raise DomainError(
                "This page address is damaged; start from the first page.", code="invalid_cursor"
            ) from None


@dataclass(frozen=True)
class Keyset:
    """One page: rows newest first, and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any]
    newer: str
    older: str
    size: int

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_size(params: Mapping[str, str], default: int = 50, most: int = 200) -> int:
    text = params.get("limit", "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 4 else default


def keyset_page(rows: QuerySet, params: Mapping[str, str], *, size: int | None = None) -> Keyset:
    """The page that `params["cursor"]` names, of `rows` in (-created_at, -id) order; two sides, one query."""
    size = size or page_size(params)
    cursor = Cursor.parse(params["cursor"]) if params.get("cursor") else None
    if cursor and cursor.newer:
        found = list(rows.filter(_beyond(cursor)).order_by("created_at", "id")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return _keyset(found, size, newer=more, older=True)
    found = list((rows.filter(_beyond(cursor)) if cursor else rows).order_by("-created_at", "-id")[: size + 1])
    more, found = len(found) > size, found[:size]
    return _keyset(found, size, newer=cursor is not None, older=more)


def _beyond(cursor: Cursor) -> Q:
    side = "gt" if cursor.newer else "lt"
    edge = "gte" if cursor.newer else "lte"
    # the redundant first bound lets the planner walk the composite index
    return Q(**{f"created_at__{edge}": cursor.created_at}) & (
        Q(**{f"created_at__{side}": cursor.created_at}) | Q(created_at=cursor.created_at, **{f"pk__{side}": cursor.pk})
    )


def _keyset(rows: list, size: int, *, newer: bool, older: bool) -> Keyset:
    return Keyset(
        rows,
        Cursor(rows[0].created_at, rows[0].pk, newer=True).text() if newer and rows else "",
        Cursor(rows[-1].created_at, rows[-1].pk).text() if older and rows else "",
        size,
    )
