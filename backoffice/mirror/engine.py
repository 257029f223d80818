"""Facts coming in. `mirror()` locks the row, weighs the news, takes or refuses it, and writes it down."""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from backoffice.core.errors import IllegalTransition
from backoffice.core.money import plain
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import ask
from backoffice.providers.snapshots import Snapshot

logger = structlog.get_logger(__name__)
M = TypeVar("M", bound=Mirrored)


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


@transaction.atomic
def mirror(
    model: type[M],
    snapshot: Snapshot,
    *,
    key: Mapping[str, Any],
    state: str | None,
    facts: Mapping[str, Any],
    source: Source,
    birth: Mapping[str, Any] | None = None,
    may_be_born: bool = True,
    watch: tuple[str, str] | None = None,
) -> tuple[M | None, Applied]:
    """Let a snapshot change the row that `key` names.

    `state` None means a word we do not know: it moves nothing, is kept raw and raises an alarm. Facts that are None
    were not said. `birth` are fields that only a new row takes. `watch` is (kind, object id) to ask again where news of
    the same moment disagree.
    """
    rows = model._default_manager.select_for_update().filter(**key)
    row = rows.first()
    if row is None:
        if not may_be_born:
            return None, Applied.UNWANTED
        try:
            with transaction.atomic():
                return _bear(model, snapshot, {**key, **(birth or {})}, state, facts, source)
        except IntegrityError:  # somebody else heard of it at the same moment
            row = rows.get()
    if row.observed_at and snapshot.observed_at < row.observed_at:
        return row, Applied.STALE
    if problem := _contradiction(row, facts):
        return row, _refuse(row, problem, source, Applied.CONTRADICTED)
    old = row.state  # type: ignore[attr-defined]
    if state and row.observed_at == snapshot.observed_at and state != old and row.transitions.path(state, old):
        # the same moment, two words: the later rank stays; where neither is later, ask again
        if watch and row.transitions.path(old, state):
            ask(row.account, *watch, why="two answers of one moment")
        return row, Applied.STALE
    try:
        moved = row.follow(state or old)
    except IllegalTransition as exc:
        return row, _refuse(row, exc.message, source, Applied.REFUSED)
    return row, _take(row, snapshot, facts, source, old=old, moved=moved, unknown=state is None)


@transaction.atomic
def retire(row: Mirrored, state: str, *, why: str) -> None:
    """Our own ending of an operation that will not be sent: the one move that no provider's word stands behind."""
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    old = locked.state  # type: ignore[attr-defined]
    locked.require_step(state)
    locked.follow(state)
    locked.version += 1
    locked.save()
    record(locked, "moved", source=Source.SYSTEM, old=old, new=state, why=why)


def _bear(model, snapshot, fields, state, facts, source) -> tuple[Any, Applied]:
    said = {name: value for name, value in facts.items() if value is not None}
    row = model(**{**fields, **said, "state": state or model.transitions.unknown})
    row.observed_at, row.upstream = snapshot.observed_at, _plain(snapshot.raw)
    row.save(force_insert=True)
    if state is None:
        _alarm_unknown(row, source)
    record(row, "born", source=source, new=row.state)
    return row, Applied.BORN


def _take(row, snapshot, facts, source, *, old: str, moved: bool, unknown: bool) -> Applied:
    changed = {name: value for name, value in facts.items() if value is not None and getattr(row, name) != value}
    upstream = {
        **row.upstream,
        **_plain(snapshot.raw),
    }  # an answer that says less than the last one does not replace it
    if source is Source.SYNC and not moved and not changed and not row.missing_since and upstream == row.upstream:
        return Applied.SAME  # a list sync writes nothing for what has not changed
    before = {name: _text(getattr(row, name), row) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.upstream, row.observed_at, row.missing_since = upstream, snapshot.observed_at, None
    if moved or changed:
        row.version += 1
    if moved and old in row.breaks_when_left:
        _alarm_break(row, f"{old} here, but the provider says {row.state}", source)
    row.save()
    if unknown:
        _alarm_unknown(row, source)
    told = {name: [before[name], _text(value, row)] for name, value in changed.items() if name not in row.quiet_facts}
    if moved:
        record(row, "moved", source=source, old=old, new=row.state, **({"changed": told} if told else {}))
    elif told:
        record(row, "changed", source=source, changed=told)
    return Applied.MOVED if moved else Applied.CHANGED if changed else Applied.SAME


def _contradiction(row: Mirrored, facts: Mapping[str, Any]) -> str:
    """What the news says against our own request, or against the amounts of a settled row; "" if nothing."""
    fixed = row.intended + (row.frozen_when_settled if row.is_settled else ())
    for name in fixed:
        ours, theirs = getattr(row, name), facts.get(name)
        if theirs is not None and ours not in (None, "") and ours != theirs:
            return f"{name}: ours {_text(ours, row)}, theirs {_text(theirs, row)}"
    return ""


def _refuse(row: Mirrored, problem: str, source: Source, applied: Applied) -> Applied:
    if row.break_reason != problem[:200]:
        row.break_reason = problem[:200]
        row.save(update_fields=["break_reason"])
        record(row, "news_refused", source=source, problem=problem)
    logger.error("news_refused", row=row.ref, problem=problem, source=str(source))
    return applied


def _alarm_break(row: Mirrored, problem: str, source: Source) -> None:
    row.break_reason = problem[:200]
    record(row, "break_found", source=source, problem=problem)
    logger.error("break_found", row=row.ref, problem=problem, source=str(source))


def _alarm_unknown(row: Mirrored, source: Source) -> None:
    record(row, "unknown_word", source=source, word=row.word)
    logger.error("news_in_unknown_words", row=row.ref, word=row.word, source=str(source))


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """As the database will give it back, so that equal answers are equal."""
    return json.loads(json.dumps(raw, cls=DjangoJSONEncoder))


def _text(value: Any, row: Mirrored) -> str:
    """For people: an amount with its currency, where the row has one."""
    if not isinstance(value, Decimal):
        return str(value)
    currency = getattr(row, "currency", "")
    return f"{plain(value, currency)} {currency}".rstrip()
