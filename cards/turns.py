"""The questions before a card is frozen, unfrozen, activated or closed: their words, forms and consequences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Fact
from backoffice.core.templatetags.ui import exact_time
from backoffice.outbox.models import Call
from cards import card_page, commands, fees
from cards.activation import activate_in_person
from cards.card_page import CardDeed, CardPage
from cards.life_forms import ActivateForm, CloseForm, KeyedForm, ReasonForm
from cards.models import Card, CardKind
from cards.presenting import CardRow, provider
from wallets.models import Wallet


@dataclass(frozen=True)
class Turn:
    """One question: which deed it is about, what it says, what it asks for, and the command that it leads to."""

    deed: CardDeed
    title: Promise  # with %(card)s
    button: Promise
    text: Callable[[Card], str]
    facts: Callable[[Card], list[Fact]]
    form: Callable[..., KeyedForm]
    command: Callable[..., Call]
    done: Promise  # with %(provider)s

    def title_of(self, card: Card) -> str:
        return str(self.title) % {"card": card}

    def done_for(self, card: Card) -> str:
        return str(self.done) % {"provider": provider(card.account)}


@dataclass(frozen=True)
class Asked:
    """A question drawn for one card: in a dialog, or on a page of its own."""

    turn: Turn
    card: Card
    form: KeyedForm
    key: str

    @property
    def id(self) -> str:
        return self.turn.deed.dialog

    @property
    def title(self) -> str:
        return self.turn.title_of(self.card)

    @property
    def text(self) -> str:
        return self.turn.text(self.card)

    @property
    def facts(self) -> list[Fact]:
        return self.turn.facts(self.card)

    @property
    def fields(self) -> list[forms.BoundField]:
        return self.form.visible_fields()

    @property
    def url(self) -> str:
        return self.turn.deed.url(self.card)

    @property
    def button(self) -> str:
        return str(self.turn.button)


def asked(turn: Turn, card: Card, key: str, data: Any = None) -> Asked:
    return Asked(turn, card, turn.form(data, card=card), key)


def dialogs(page: CardPage, user: Any, new_key: Callable[[], str]) -> list[Asked]:
    """The questions that this person can open from the card's page."""
    offered = [deed for deed in page.deeds(user) if deed.name in TURNS and not page.off(deed)]
    turns = (TURNS[deed.name] for deed in offered)
    card = page.card
    return [
        Asked(turn, card, turn.form(None, card=card, auto_id=f"{turn.deed.dialog}_%s"), new_key()) for turn in turns
    ]


# --- forms ------------------------------------------------------------------------------------------------------------


def _reason(data: Any = None, *, card: Card, **kwargs: Any) -> KeyedForm:
    return ReasonForm(data, **kwargs)


def _activation(data: Any = None, *, card: Card, **kwargs: Any) -> KeyedForm:
    """A virtual card has neither code nor PIN."""
    return (KeyedForm if _is_virtual(card) else ActivateForm)(data, **kwargs)


def _closing(data: Any = None, *, card: Card, **kwargs: Any) -> KeyedForm:
    return CloseForm(data, card=card, **kwargs)


def _is_virtual(card: Card) -> bool:
    return bool(card.bin and card.bin.kind == CardKind.VIRTUAL)


# --- commands ---------------------------------------------------------------------------------------------------------


def _close(*, digits: str, **given: Any) -> Call:
    return commands.close_card(**given)


# --- words ------------------------------------------------------------------------------------------------------------


def _freeze_text(card: Card) -> str:
    return _("Payments with it are refused until somebody unfreezes it. The balance stays.")


def _unfreeze_text(card: Card) -> str:
    return _("Payments with it are possible again as soon as %(provider)s has unfrozen it.") % {
        "provider": provider(card.account)
    }


def _activate_text(card: Card) -> str:
    name = {"provider": provider(card.account)}
    if _is_virtual(card):
        return _("Payments with it are possible as soon as %(provider)s has activated it.") % name
    return (
        _(
            "The code and the PIN go straight to %(provider)s and are kept nowhere here: should they not arrive, "
            "they are asked for again."
        )
        % name
    )


def _close_text(card: Card) -> str:
    return _(
        "It is closed for good: nobody can open it again. What is left on it goes back to the wallet, less the fee; "
        "payments that are still to be settled may take from it until then."
    )


def card_lines(card: Card) -> list[Fact]:
    row = CardRow(card)
    return [
        Fact(label=_("Card"), value=" ".join(word for word in (str(card), row.network, card.note) if word)),
        Fact(
            label=_("Available"), note=_as_of(card), amount=card.balance, currency=card.currency, value=_("not known")
        ),
    ]


def _as_of(card: Card) -> str:
    return _("as of %(time)s") % {"time": exact_time(card.observed_at)} if card.observed_at else ""


def close_lines(card: Card) -> list[Fact]:
    """What is at risk, what the closing costs, what comes back and where to."""
    fee = closing_fee(card)
    back = None if fee is None or card.balance is None else card.balance - fee
    none = _("not known")
    return [
        *card_lines(card)[:1],
        Fact(label=_("Balance at risk"), note=_as_of(card), amount=card.balance, currency=card.currency, value=none),
        Fact(label=_("Closing fee"), note=_("as the terms are now"), amount=fee, currency=card.currency, value=none),
        Fact(label=_("Comes back"), amount=back, currency=card.currency, value=none, total=True),
        Fact(label=_("To wallet"), value=_where_to(card)),
    ]


def closing_fee(card: Card) -> Decimal | None:
    """At most what is on the card; None where the terms or the balance are not known."""
    if card.balance is None or not (card.bin and card.bin.terms_known):
        return None
    lines = fees.fee_lines(card.bin.fees, fees.CLOSE)
    if any(fee.charge not in fees.COMPUTED for fee in lines):
        return None
    return min(sum((fee.on(card.balance, card.currency) for fee in lines), Decimal(0)), max(card.balance, Decimal(0)))


def _where_to(card: Card) -> str:
    found = list(Wallet.objects.filter(account=card.account_id, currency=card.currency).select_related("account")[:2])
    if len(found) == 1:
        return str(found[0])
    name = {"provider": provider(card.account), "currency": card.currency}
    return (
        _("the one that %(provider)s chooses, in %(currency)s") % name
        if found
        else _("none in %(currency)s is known here") % name
    )


def nothing_new(call: Call) -> str:
    return _("This form was sent before, at %(time)s. Nothing new was sent.") % {"time": exact_time(call.created_at)}


TURNS: Mapping[str, Turn] = {
    turn.deed.name: turn
    for turn in (
        Turn(
            deed=card_page.FREEZE,
            title=gettext_lazy("Freeze %(card)s"),
            button=gettext_lazy("Freeze"),
            text=_freeze_text,
            facts=card_lines,
            form=_reason,
            command=commands.freeze_card,
            done=gettext_lazy("%(provider)s is asked to freeze it. This page shows when it is frozen."),
        ),
        Turn(
            deed=card_page.UNFREEZE,
            title=gettext_lazy("Unfreeze %(card)s"),
            button=gettext_lazy("Unfreeze"),
            text=_unfreeze_text,
            facts=card_lines,
            form=_reason,
            command=commands.unfreeze_card,
            done=gettext_lazy("%(provider)s is asked to unfreeze it. This page shows when it is active."),
        ),
        Turn(
            deed=card_page.ACTIVATE,
            title=gettext_lazy("Activate %(card)s"),
            button=gettext_lazy("Activate"),
            text=_activate_text,
            facts=card_lines,
            form=_activation,
            command=activate_in_person,
            done=gettext_lazy("%(provider)s is asked to activate it. This page shows when it is active."),
        ),
        Turn(
            deed=card_page.CLOSE,
            title=gettext_lazy("Close %(card)s for good"),
            button=gettext_lazy("Close card"),
            text=_close_text,
            facts=close_lines,
            form=_closing,
            command=_close,
            done=gettext_lazy("%(provider)s is asked to close it. This page shows how far it is."),
        ),
    )
}
