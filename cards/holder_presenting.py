"""How card holders are shown: masked, with their state, their cards, and what a change of them came to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Action, Badge, Fact, Pending
from backoffice.outbox.badges import call_badge
from backoffice.outbox.journal_events import Words
from backoffice.outbox.models import Call
from cards import presenting
from cards.holder_forms import ID_KINDS, HolderForm
from cards.models import Holder
from cards.personal import DOTS, FIELDS, masked, masked_name
from cards.presenting import bin_words, person_name, provider
from cards.states import HOLDER_TONES, HolderState

ICONS = {
    HolderState.REQUESTED: "circle-dashed",
    HolderState.ACTIVE: "circle-check",
    HolderState.REFUSED: "circle-x",
    HolderState.DELETED: "trash-2",
    HolderState.WITHDRAWN: "circle-slash",
}
LABELS = {name: field.label for name, field in HolderForm.base_fields.items()}


def state_badge(state: str) -> Badge:
    known = HolderState(state)
    return Badge(tone=HOLDER_TONES[known], icon=ICONS[known], label=str(known.label))


def _badge(ref: str, state: str) -> Badge | None:
    of_holder = ref.partition(":")[0] == Holder._meta.label_lower
    return state_badge(state) if of_holder else presenting.WORDS.badge(ref, state)


WORDS = Words(
    badge=_badge,
    acts={
        "cards.create_holder": gettext_lazy("asked for a card holder"),
        "cards.edit_holder": gettext_lazy("asked for a change of the holder's data"),
        "cards.delete_holder": gettext_lazy("asked for the holder to be deleted"),
        "cards.unmask_holder": gettext_lazy("looked at who the holder is"),
    },
    facts={
        "provider_id": gettext_lazy("their number"),
        "bin": gettext_lazy("product"),
        "country": gettext_lazy("country"),
        "personal": gettext_lazy("personal data"),
    },
)


@dataclass(frozen=True)
class HolderRow:
    holder: Holder
    call: Call | None = None
    active: int = 0
    cards: int = 0

    @property
    def badge(self) -> Badge:
        return state_badge(self.holder.state)

    @property
    def own(self) -> Badge | None:
        """Our own progress, beside the state: the call that is open."""
        return call_badge(self.call) if self.call else None

    @property
    def name(self) -> str:
        return masked_name(self.holder.personal) or DOTS

    @property
    def product(self) -> str:
        return bin_words(self.holder.bin) or self.holder.bin_provider_id


# --- facts ------------------------------------------------------------------------------------------------------------


def holder_facts(row: HolderRow) -> list[Fact]:
    holder = row.holder
    return [
        Fact(label=_("Registered for"), value=row.product or _("any product")),
        Fact(label=_("Cards"), value=_("%(active)d active of %(cards)d") % {"active": row.active, "cards": row.cards}),
        Fact(label=_("Account"), value=f"{holder.account}, {provider(holder.account)}"),
        Fact(label=_("Maker"), value=person_name(holder.maker) if holder.maker else _("made at the provider")),
        Fact(label=_("Created"), at=holder.created_at),
        Fact(label=_("As of"), at=holder.observed_at),
    ]


def number_facts(holder: Holder) -> list[Fact]:
    return [
        Fact(label=_("Our id"), id=holder.public_id),
        Fact(label=_("Their number"), id=holder.provider_id),
        Fact(label=_("Our reference"), id=holder.merchant_ref),
    ]


def masked_facts(holder: Holder) -> list[Fact]:
    return person_facts(masked(holder.personal))


def person_facts(known: dict[str, str], *, other: dict[str, str] | None = None) -> list[Fact]:
    """What is known of a person, line by line; beside another version, what differs stands out."""
    return [
        Fact(
            label=str(LABELS[name]),
            value=said(name, known.get(name, "")),
            total=other is not None and known.get(name, "") != other.get(name, ""),
        )
        for name in FIELDS
    ]


def said(name: str, value: str) -> str:
    return str(ID_KINDS.get(value, value)) if name == "id_kind" else value


def consequence(row: HolderRow) -> list[Fact]:
    """What a question about a holder names."""
    return [
        Fact(label=_("Holder"), value=row.name),
        Fact(label=_("Account"), value=f"{row.holder.account}, {provider(row.holder.account)}"),
        Fact(label=_("Cards"), value=_("%(active)d active of %(cards)d") % {"active": row.active, "cards": row.cards}),
        Fact(label=_("Their number"), id=row.holder.provider_id),
    ]


# --- what became of the last request ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """What the provider said of the last request, field by field where it did."""

    title: str
    lines: list[str]


def refusal(call: Call | None) -> Refusal | None:
    if call is None or call.state != Call.State.REJECTED:
        return None
    lines = [f"{LABELS.get(name, name)}: {problem}" for name, problem in call.problem_fields.items()]
    titles = {
        "cards.create_holder": _("The provider refused this holder"),
        "cards.edit_holder": _("The provider refused the last change"),
        "cards.delete_holder": _("The provider refused to delete this holder"),
    }
    return Refusal(titles.get(call.operation, _("The provider refused")), lines or [call.problem])


def pending(call: Call | None, actions: list[Action]) -> Pending | None:
    """Why the last request has no outcome yet."""
    if call is None or not call.is_open:
        return None
    sentence, doing, can = {
        Call.State.UNCERTAIN: (
            _("The request may have reached the provider, but no clear answer came back."),
            _("We ask the provider what it has on file, and never make the same holder twice."),
            _("Wait, or ask now."),
        ),
        Call.State.DEAD: (
            _("We asked as often as makes sense. Now a person must decide."),
            _("Nothing more by ourselves."),
            _("Look into the provider's own console, then send it again or give it up."),
        ),
    }.get(
        Call.State(call.state),
        (
            _("The request is on its way to the provider."),
            _("A worker sends it as soon as it is due."),
            _("Nothing now; this takes seconds."),
        ),
    )
    known = [_("It is written down here and cannot get lost."), _("What is shown here is what the provider has.")]
    if call.problem:
        known.append(_("Last problem: %(problem)s") % {"problem": call.problem})
    return Pending(
        sentence=sentence,
        know=known,
        doing=[doing],
        can=[can],
        tone=call.tone,
        next_look=call.due_at if call.state == Call.State.UNCERTAIN else None,
        asked=call.looks,
        actions=actions,
    )
