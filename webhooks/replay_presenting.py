"""How a replay is shown: what it is about, how far it is, and what each answer would change."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.parts import Badge, Fact
from backoffice.core.refs import ref_rows
from webhooks import queries
from webhooks.models import Delivery, Replay, ReplayItem
from webhooks.presenting import RESULTS

State = ReplayItem.State
BADGES = {
    Replay.State.COMPARING: ("busy", "loader"),
    Replay.State.COMPARED: ("warn", "git-compare"),
    Replay.State.RUNNING: ("busy", "loader"),
    Replay.State.DONE: ("good", "circle-check"),
}
ITEM_BADGES = {
    State.WAITING: ("busy", "clock"),
    State.UNCOMPARED: ("quiet", "circle-dashed"),
    State.NOTHING: ("quiet", "circle-slash"),
    State.FAILED: ("bad", "circle-x"),
    State.SKIPPED: ("warn", "circle-slash"),
}
WOULD = {
    Delivery.Applied.BORN: gettext_lazy("Would create a row"),
    Delivery.Applied.MOVED: gettext_lazy("Would change the state"),
    Delivery.Applied.CHANGED: gettext_lazy("Would change facts"),
    Delivery.Applied.SAME: gettext_lazy("Known already"),
    Delivery.Applied.STALE: gettext_lazy("Older than what we know"),
    Delivery.Applied.REFUSED: gettext_lazy("Would be refused: impossible step"),
    Delivery.Applied.CONTRADICTED: gettext_lazy("Would be refused: contradicts our request"),
    Delivery.Applied.UNWANTED: gettext_lazy("About nothing of ours"),
    Delivery.Applied.UNKNOWN_OBJECT: gettext_lazy("The provider does not know the object"),
}
NEWS = {Delivery.Applied.BORN, Delivery.Applied.MOVED, Delivery.Applied.CHANGED}


def badge(run: Replay) -> Badge:
    state = Replay.State(run.state)
    tone, icon = BADGES[state]
    return Badge(tone=tone, icon=icon, label=str(state.label))


@dataclass(frozen=True)
class ShownChange:
    label: str
    old: str
    new: str


@dataclass
class ShownObject:
    """One object that callbacks of a replay are about, with the difference between our row and the provider's word."""

    title: str
    url: str
    account: str
    badge: Badge
    changes: Sequence[ShownChange]
    problem: str = ""
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def newest(self) -> Delivery:
        return self.deliveries[0]

    @property
    def came(self) -> str:
        count = len(self.deliveries)
        return "" if count == 1 else ngettext("%(count)d callback", "%(count)d callbacks", count) % {"count": count}


def shown_objects(items: Sequence[ReplayItem]) -> list[ShownObject]:
    """Callbacks about one object with one answer are one entry, where the newest of them stands."""
    about = ref_rows(item.ref for item in items)
    found: dict[tuple, ShownObject] = {}
    for item in items:
        row = item.delivery
        key = (row.account_id, row.watch_kind, row.object_id or row.pk, item.state, item.applied)
        if key not in found:
            thing = about.get(item.ref)
            found[key] = ShownObject(
                title=str(thing) if thing else row.object_id or row.topic,
                url=getattr(thing, "get_absolute_url", str)(),
                account=str(row.account),
                badge=_item_badge(item),
                changes=[_change(item.model, *change) for change in item.changes],
                problem=_problem(item),
            )
        found[key].deliveries.append(row)
    return list(found.values())


def _item_badge(item: ReplayItem) -> Badge:
    state = State(item.state)
    if state == State.AGAIN:
        return Badge(tone="good", icon="circle-check", label=str(state.label))
    if item.applied and state != State.SKIPPED:
        applied = Delivery.Applied(item.applied)
        tone, icon = RESULTS.get(applied, ("busy", "git-compare") if applied in NEWS else ("quiet", "equal"))
        return Badge(tone=tone, icon=icon, label=str(WOULD[applied]))
    tone, icon = ITEM_BADGES.get(state, ("quiet", "circle-dashed"))
    return Badge(tone=tone, icon=icon, label=str(state.label))


def _problem(item: ReplayItem) -> str:
    if item.state == State.NOTHING and item.problem in Delivery.Ignored.values:
        return str(Delivery.Ignored(item.problem).label)
    return capfirst(item.problem)


def _change(model: str, name: str, old: str, new: str) -> ShownChange:
    """In people's words, as far as the model has words for the field and for its values."""
    try:
        column = apps.get_model(model)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return ShownChange(name, old, new)
    words = {str(value): str(label) for value, label in getattr(column, "flatchoices", None) or ()}
    label = capfirst(str(getattr(column, "verbose_name", name)))
    return ShownChange(label, words.get(old, old), words.get(new, new))


def facts(run: Replay, states: dict[str, int]) -> list[Fact]:
    total = sum(states.values())
    lines = [
        Fact(label=_("Callbacks"), value=f"{total:,}"),
        Fact(label=_("Chosen by"), value=filter_words(run.asked)),
        Fact(label=_("Asked for by"), value=_name(run.actor)),
        Fact(label=_("Created"), at=run.created_at),
    ]
    if run.released_by:
        lines += [
            Fact(label=_("Released by"), value=_name(run.released_by)),
            Fact(label=_("Released"), at=run.released_at),
            Fact(label=_("Ended"), at=run.ended_at),
            Fact(label=str(State.AGAIN.label), value=f"{states.get(State.AGAIN, 0):,}"),
            Fact(label=str(State.SKIPPED.label), value=f"{states.get(State.SKIPPED, 0):,}"),
        ]
    return lines


def result_facts(run: Replay, states: dict[str, int]) -> list[Fact]:
    told = [
        Fact(label=str(WOULD[Delivery.Applied(applied)]), value=f"{count:,}")
        for applied, count in sorted(queries.results_of(run).items())
    ]
    for state in (State.NOTHING, State.FAILED, State.UNCOMPARED):
        if count := states.get(state, 0):
            told.append(Fact(label=str(state.label), value=f"{count:,}"))
    return told


def filter_words(asked: str) -> str:
    """The filter of an address for reading: "topic=card.order.success, state=dead"."""
    pairs = [(key, value) for key, values in QueryDict(asked).lists() for value in values if value]
    return ", ".join(f"{key}={value}" for key, value in pairs) or _("everything")


def done_and_total(run: Replay, states: dict[str, int]) -> tuple[int, int]:
    total = sum(states.values())
    if run.state == Replay.State.COMPARING:
        compared = total - states.get(State.UNCOMPARED, 0)
        return compared - states.get(State.WAITING, 0), compared
    return sum(states.get(state, 0) for state in ReplayItem.ENDED), total


def _name(user) -> str:
    return user.get_full_name() or user.get_username()
