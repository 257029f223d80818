"""Facts coming in. `mirror()` locks the row, weighs the news, takes or refuses it, and writes it down.

`mirror_page()` does the same for a page of a list, without a lock and without a write where nothing has changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from backoffice.journal.models import JournalEntry, Source
from backoffice.journal.record import line, record
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import ask
from backoffice.mirror.weighing import Applied, Facts, M, News, Weighed, as_kept, in_words, weigh
from backoffice.providers.snapshots import Snapshot

logger = structlog.get_logger(__name__)
__all__ = ["Applied", "News", "mirror", "mirror_page", "retire", "weigh"]


def mirror(
    model: type[M],
    snapshot: Snapshot,
    *,
    key: Mapping[str, Any],
    state: str | None,
    facts: Facts | Callable[[M | None], Facts],
    source: Source,
    birth: Mapping[str, Any] | None = None,
    may_be_born: bool = True,
    watch: tuple[str, str] | None = None,
) -> tuple[M | None, Applied]:
    """Let a snapshot change the row that `key` names; the arguments are those of `News`."""
    news: News[M] = News(
        snapshot=snapshot, key=key, state=state, facts=facts, birth=birth or {}, may_be_born=may_be_born, watch=watch
    )
    return mirror_page(model, [news], source=source)[0]


@transaction.atomic
def mirror_page(model: type[M], page: Sequence[News[M]], *, source: Source) -> list[tuple[M | None, Applied]]:
    """Let each piece of news change its row, in order.

    A list sync reads the rows first and locks those alone that have news: what is equal costs no lock and no write.
    """
    known = _found(model._default_manager.all(), page) if source is Source.SYNC else {}
    still = {
        index: (row, weighed.applied)
        for index, news in enumerate(page)
        if (row := known.get(_name(news))) and (weighed := weigh(row, news, source)).is_still
    }
    moving = [news for index, news in enumerate(page) if index not in still]
    locked = _found(model._default_manager.select_for_update(), moving) if moving else {}
    born = _bear_all(model, [news for news in moving if news.may_be_born and _name(news) not in locked], source)
    became: list[tuple[M | None, Applied]] = []
    for index, news in enumerate(page):
        if index in still:
            became.append(still[index])
            continue
        if row := born.pop(_name(news), None):
            locked[_name(news)] = row
            became.append((row, Applied.BORN))
            continue
        row, applied = _apply(model, locked.get(_name(news)), news, source)
        if row:
            locked[_name(news)] = row
        became.append((row, applied))
    return became


@transaction.atomic
def retire(row: Mirrored, state: str, *, why: str) -> None:
    """Our own ending of an operation that will not be sent: the one move that no provider's word stands behind."""
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    old = locked.state
    locked.require_step(state)
    locked.follow(state)
    locked.version += 1
    locked.save()
    record(locked, "moved", source=Source.SYSTEM, old=old, new=state, why=why)


def _name(news: News) -> tuple[str, Any]:
    return news.named


def _found(rows: QuerySet[M], page: Iterable[News[M]]) -> dict[tuple[str, Any], M]:
    """The rows that the news name, one query for each field that names any; always in the order of their ids."""
    wanted: dict[str, list[Any]] = {}
    account: Any = None
    for news in page:
        name, value = news.named
        account = news.key["account"]
        wanted.setdefault(name, []).append(value)
    found: dict[tuple[str, Any], M] = {}
    for name, values in wanted.items():
        for row in rows.filter(account=account, **{f"{name}__in": values}).order_by("pk"):
            row.account = account  # or each line in the journal would read it again
            found[name, getattr(row, name)] = row
    return found


def _apply(model: type[M], row: M | None, news: News[M], source: Source) -> tuple[M | None, Applied]:
    """The news of one row that is locked, or of one that we do not know."""
    if row is None:
        if not news.may_be_born:
            return None, Applied.UNWANTED
        try:
            with transaction.atomic():
                return _bear(model, [news], source)[0], Applied.BORN
        except IntegrityError:  # somebody else heard of it at the same moment
            row = model._default_manager.select_for_update().get(**news.key)
    weighed = weigh(row, news, source)
    if weighed.problem:
        _refuse(row, weighed.problem, source)
    elif weighed.ask_again and news.watch:
        ask(row.account, *news.watch, why="two answers of one moment")
    elif weighed.takes:
        _take(row, news, weighed, source)
    return row, weighed.applied


def _bear_all(model: type[M], page: Sequence[News[M]], source: Source) -> dict[tuple[str, Any], M]:
    """New rows at once, where there are several, and as long as nobody else makes one of them at the same moment."""
    names = [_name(news) for news in page]
    if len(page) < 2 or len(set(names)) < len(page):
        return {}
    try:
        with transaction.atomic():
            return dict(zip(names, _bear(model, page, source), strict=True))
    except IntegrityError:
        return {}


def _bear(model: type[M], page: Sequence[News[M]], source: Source) -> list[M]:
    rows = []
    for news in page:
        said = {name: value for name, value in news.facts_for(None).items() if value is not None}
        row = model(**{**news.key, **news.birth, **said, "state": news.state or model.transitions.unknown})
        row.observed_at, row.upstream = news.snapshot.observed_at, as_kept(news.snapshot.raw)
        rows.append(row)
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        model._default_manager.bulk_create(rows)
    for row, news in zip(rows, page, strict=True):
        if news.state is None:
            _alarm_unknown(row, source)
    JournalEntry.objects.bulk_create([line(row, "born", source=source, new=row.state) for row in rows])
    return rows


def _take(row: M, news: News[M], weighed: Weighed, source: Source) -> None:
    changed, old = weighed.changed, row.state
    before = {name: in_words(getattr(row, name), row) for name in changed}
    moved, was_missing = row.follow(news.state or old), row.missing_since
    for name, value in changed.items():
        setattr(row, name, value)
    row.upstream, row.observed_at, row.missing_since = weighed.upstream, news.snapshot.observed_at, None
    if moved or changed:
        row.version += 1
    if moved and old in row.breaks_when_left:
        _alarm_break(row, f"{old} here, but the provider says {row.state}", source)
    row.save()
    if news.state is None:
        _alarm_unknown(row, source)
    if was_missing:
        record(row, "seen_again", source=source)
    told = {
        name: ["••••", "••••"] if name in row.sealed_facts else [before[name], in_words(value, row)]
        for name, value in changed.items()
        if name not in row.quiet_facts
    }
    more: dict[str, Any] = {"changed": told} if told else {}
    if moved:
        record(row, "moved", source=source, old=old, new=row.state, **more)
    elif told:
        record(row, "changed", source=source, **more)


def _refuse(row: Mirrored, problem: str, source: Source) -> None:
    if row.break_reason != problem[:200]:
        row.break_reason = problem[:200]
        row.save(update_fields=["break_reason"])
        record(row, "news_refused", source=source, problem=problem)
    logger.error("news_refused", row=row.ref, problem=problem, source=str(source))


def _alarm_break(row: Mirrored, problem: str, source: Source) -> None:
    row.break_reason = problem[:200]
    record(row, "break_found", source=source, problem=problem)
    logger.error("break_found", row=row.ref, problem=problem, source=str(source))


def _alarm_unknown(row: Mirrored, source: Source) -> None:
    record(row, "unknown_word", source=source, word=row.word)
    logger.error("news_in_unknown_words", row=row.ref, word=row.word, source=str(source))
