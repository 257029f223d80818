"""The question before a batch: what would be asked for, of which rows, why not of the others, and what it costs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.parts import Fact
from backoffice.core.templatetags.ui import money_text
from cards.bulk import rules
from cards.bulk.forms import BulkClose, BulkForm, BulkReason, BulkRecharge
from cards.bulk.rules import Sorted
from cards.models import Card, CardOrder
from cards.states import CardState
from wallets.queries import Funds, funds

SHOWN = 100  # rows of each kind that the question lists


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing to ask for over many rows; `operation` is its command and its permission."""

    name: str  # of its address
    operation: str
    listing: str
    label: Promise
    icon: str
    title: Promise  # with %(n)s
    text: Promise
    form: type[BulkForm]
    sort: Callable[[Sequence[Any], BulkForm], Sorted] | None = None  # none: it needs what is typed first

    @property
    def view(self) -> str:
        return f"cards:{self.name}"


FREEZE = Deed(
    name="freeze_cards",
    operation="cards.freeze_card",
    listing="cards",
    label=gettext_lazy("Freeze"),
    icon="snowflake",
    title=gettext_lazy("Freeze %(n)s"),
    text=gettext_lazy("Every payment with these cards is declined until they are unfrozen. Their money stays on them."),
    form=BulkReason,
    sort=lambda rows, _form: rules.to_turn(rows, CardState.FROZEN, {CardState.ACTIVE}),
)
UNFREEZE = Deed(
    name="unfreeze_cards",
    operation="cards.unfreeze_card",
    listing="cards",
    label=gettext_lazy("Unfreeze"),
    icon="sun",
    title=gettext_lazy("Unfreeze %(n)s"),
    text=gettext_lazy("These cards can be paid with again."),
    form=BulkReason,
    sort=lambda rows, _form: rules.to_turn(rows, CardState.ACTIVE, {CardState.FROZEN}),
)
RECHARGE = Deed(
    name="recharge_cards",
    operation="cards.recharge_card",
    listing="cards",
    label=gettext_lazy("Recharge"),
    icon="circle-plus",
    title=gettext_lazy("Recharge %(n)s"),
    text=gettext_lazy("Each card receives the same amount; its fee comes on top from the wallet."),
    form=BulkRecharge,
)
CLOSE = Deed(
    name="close_cards",
    operation="cards.close_card",
    listing="cards",
    label=gettext_lazy("Close"),
    icon="circle-slash",
    title=gettext_lazy("Close %(n)s for good"),
    text=gettext_lazy("What is left on them returns to the wallet, less the closing fee. None of them opens again."),
    form=BulkClose,
    sort=lambda rows, _form: rules.to_close(rows),
)
ASK_CARDS = Deed(
    name="ask_cards",
    operation="mirror.ask_now",
    listing="cards",
    label=gettext_lazy("Ask the provider"),
    icon="refresh-cw",
    title=gettext_lazy("Ask about %(n)s now"),
    text=gettext_lazy("The provider is asked how each of them is. Nothing changes there."),
    form=BulkForm,
    sort=lambda rows, _form: rules.to_ask(rows),
)
ASK_ORDERS = Deed(
    name="ask_orders",
    operation="mirror.ask_now",
    listing="orders",
    label=gettext_lazy("Ask the provider"),
    icon="refresh-cw",
    title=gettext_lazy("Ask about %(n)s now"),
    text=gettext_lazy("The provider is asked how each of them is. Nothing changes there."),
    form=BulkForm,
    sort=lambda rows, _form: rules.to_ask(rows),
)
LOOK_UP = Deed(
    name="look_up_orders",
    operation="outbox.look_up_call",
    listing="orders",
    label=gettext_lazy("Look up now"),
    icon="search",
    title=gettext_lazy("Look up the calls of %(n)s"),
    text=gettext_lazy("The provider is asked by our references what became of them. Nothing is sent again."),
    form=BulkForm,
    sort=lambda rows, _form: rules.to_look_up(rows),
)
DEEDS = (RECHARGE, FREEZE, UNFREEZE, CLOSE, ASK_CARDS, LOOK_UP, ASK_ORDERS)


def deeds_for(user: Any, listing: str) -> list[Deed]:
    """What this person may ask for over rows of a list."""
    return [deed for deed in DEEDS if deed.listing == listing and user.has_perm(deed.operation)]


@dataclass(frozen=True)
class Preview:
    deed: Deed
    chosen: int
    sorted: Sorted
    facts: Sequence[Fact]
    off: str = ""  # why it cannot be asked for at all

    @property
    def count(self) -> int:
        return len(self.sorted.fit)

    @property
    def title(self) -> str:
        return str(self.deed.title) % {"n": count_words(self.deed, self.count or self.chosen)}

    @property
    def fit(self) -> list:
        return self.sorted.fit[:SHOWN]

    @property
    def unfit(self) -> list[tuple[Any, str]]:
        return self.sorted.unfit[:SHOWN]

    @property
    def more_fit(self) -> int:
        return max(len(self.sorted.fit) - SHOWN, 0)

    @property
    def more_unfit(self) -> int:
        return max(len(self.sorted.unfit) - SHOWN, 0)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason and how many rows have it, the commonest first."""
        return Counter(reason for _row, reason in self.sorted.unfit).most_common(8)

    def digest(self, form: BulkForm) -> str:
        """Changes when other rows, other values or another cost would be asked for than were shown."""
        rows = [row.pk for row in self.sorted.fit]
        costs = [(fact.label, fact.amount) for fact in self.facts if fact.amount is not None and fact.total]
        told = (self.deed.name, rows, sorted(form.priced.items()), costs)
        return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def count_words(deed: Deed, count: int) -> str:
    if deed.listing == "cards":
        return ngettext("%(n)s card", "%(n)s cards", count) % {"n": f"{count:,}"}
    return ngettext("%(n)s order", "%(n)s orders", count) % {"n": f"{count:,}"}


def preview(deed: Deed, rows: Sequence[Card | CardOrder], form: BulkForm) -> Preview:
    if deed is RECHARGE:
        return _recharges(rows, form)
    found = deed.sort(rows, form) if deed.sort else Sorted()
    return Preview(deed, len(rows), found, _balances(found) if deed is CLOSE else [])


def _recharges(rows: Sequence[Any], form: BulkForm) -> Preview:
    """Nothing fits before an amount and a wallet are known."""
    amount, wallet = _typed(form, "amount"), _typed(form, "wallet")
    if not amount or not wallet:
        return Preview(RECHARGE, len(rows), Sorted(), [])
    found = rules.to_recharge(rows, wallet, amount)
    money = funds(wallet)
    facts = [
        Fact(label=_("Cards receive"), amount=found.received, currency=wallet.currency),
        Fact(label=_("Fees"), amount=found.total - found.received, currency=wallet.currency),
        Fact(label=_("Total debit"), amount=found.total, currency=wallet.currency, total=True),
        Fact(label=_("Free in %(wallet)s now") % {"wallet": wallet}, amount=money.free, currency=wallet.currency),
        *_after(money, found.total, wallet.currency),
    ]
    return Preview(RECHARGE, len(rows), found.sorted, facts, _lacking(money, found.total, wallet.currency))


def _typed(form: BulkForm, name: str) -> Any:
    return form.cleaned_data.get(name) if form.is_bound and hasattr(form, "cleaned_data") else None


def _after(money: Funds, total: Decimal, currency: str) -> list[Fact]:
    return [] if money.free is None else [Fact(label=_("Free after"), amount=money.free - total, currency=currency)]


def _lacking(money: Funds, total: Decimal, currency: str) -> str:
    if money.free is None or money.free >= total:
        return ""
    return _("The wallet lacks %(missing)s for all of them.") % {"missing": money_text(total - money.free, currency)}


def _balances(found: Sorted) -> list[Fact]:
    """What is on the cards that would be closed, a currency."""
    sums: Counter[str] = Counter()
    for card in found.fit:
        sums[card.currency] += card.balance or Decimal(0)  # type: ignore[assignment]
    return [
        Fact(label=_("On these cards"), amount=Decimal(amount), currency=currency, total=True)
        for currency, amount in sorted(sums.items())
    ]
