"""What news means for a row: one set of rules, whoever brings it. Nothing is written here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from backoffice.core.errors import IllegalTransition
from backoffice.core.money import plain
from backoffice.journal.models import Source
from backoffice.mirror.models import Mirrored
from backoffice.providers.snapshots import Snapshot

M = TypeVar("M", bound=Mirrored)
Facts = Mapping[str, Any]


class Applied(StrEnum):
    """What became of one piece of news."""

    BORN = "born"
    MOVED = "moved"
    CHANGED = "changed"
    SAME = "same"
    STALE = "stale"
    REFUSED = "refused"
    CONTRADICTED = "contradicted"
    UNWANTED = "unwanted"  # a row that may not be born this way


@dataclass(frozen=True, slots=True, kw_only=True)
class News(Generic[M]):
    """What a snapshot says of the row that `key` names.

    `key` is the account and one field more. `state` None means a word we do not know: it moves nothing, is kept raw and
    raises an alarm. Facts that are None were not said; where they depend on what the row says already, they are a
    function of it. `birth` are fields that only a new row takes. `watch` is (kind, object id) to ask again where news
    of the same moment disagree.
    """

    snapshot: Snapshot
    key: Mapping[str, Any]
    state: str | None
    facts: Facts | Callable[[M | None], Facts]
    birth: Mapping[str, Any] = field(default_factory=dict)
    may_be_born: bool = True
    watch: tuple[str, str] | None = None

    @property
    def named(self) -> tuple[str, Any]:
        """The field, and its value, that names the row within its account."""
        return next((name, value) for name, value in self.key.items() if name != "account")

    def facts_for(self, row: M | None) -> Facts:
        return self.facts(row) if callable(self.facts) else self.facts


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a piece of news means for a row as it is; nothing is written yet."""

    applied: Applied
    problem: str = ""
    changed: Facts = field(default_factory=dict)
    upstream: Facts = field(default_factory=dict)
    ask_again: bool = False
    takes: bool = False

    @property
    def is_still(self) -> bool:
        """Nothing is to be written, and nobody to be asked."""
        return not (self.takes or self.ask_again or self.problem)


def weigh(row: M, news: News[M], source: Source) -> Weighed:
    """By the one set of rules, whoever asks: what the news means for the row. Changes nothing."""
    snapshot, state, old = news.snapshot, news.state, row.state
    if row.observed_at and snapshot.observed_at < row.observed_at:
        return Weighed(Applied.STALE)
    facts = news.facts_for(row)
    if problem := _contradiction(row, facts):
        return Weighed(Applied.CONTRADICTED, problem)
    if state and row.observed_at == snapshot.observed_at and state != old and row.transitions.path(state, old):
        # the same moment, two words: the later rank stays; where neither is later, ask again
        return Weighed(Applied.STALE, ask_again=bool(news.watch and row.transitions.path(old, state)))
    moves = bool(state) and state != old
    if moves:
        try:
            row.transitions.require_path(old, state or old)
        except IllegalTransition as exc:
            return Weighed(Applied.REFUSED, exc.message)
    changed = {name: value for name, value in facts.items() if value is not None and _differs(row, name, value)}
    # an answer that says less than the last one does not replace it
    upstream = {**row.upstream, **as_kept(snapshot.raw)}
    applied = Applied.MOVED if moves else Applied.CHANGED if changed else Applied.SAME
    # a list sync writes nothing for what has not changed
    same = applied is Applied.SAME and not row.missing_since and upstream == row.upstream
    return Weighed(applied, changed=changed, upstream=upstream, takes=not (same and source is Source.SYNC))


def _differs(row: Mirrored, name: str, value: Any) -> bool:
    """Another row is told by its id alone, so that it need not be read."""
    if isinstance(value, Model):
        return getattr(row, f"{name}_id") != value.pk
    return getattr(row, name) != value


def _contradiction(row: Mirrored, facts: Mapping[str, Any]) -> str:
    """What the news says against our own request, or against the amounts of a settled row; "" if nothing."""
    fixed = row.intended + (row.frozen_when_settled if row.is_settled else ())
    for name in fixed:
        ours, theirs = getattr(row, name), facts.get(name)
        if theirs is not None and ours not in (None, "") and ours != theirs:
            return f"{name}: ours {in_words(ours, row)}, theirs {in_words(theirs, row)}"
    return ""


def as_kept(raw: Mapping[str, Any]) -> dict[str, Any]:
    """As the database will give it back, so that equal answers are equal."""
    return json.loads(json.dumps(raw, cls=DjangoJSONEncoder))


def in_words(value: Any, row: Mirrored) -> str:
    """For people: an amount with its currency, where the row has one."""
    if not isinstance(value, Decimal):
        return str(value)
    currency = getattr(row, "currency", "")
    return f"{plain(value, currency)} {currency}".rstrip()
