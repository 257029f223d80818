"""How orders on cards are carried out: issue, recharge, close. Money is never sent twice."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.registry import client_for
from backoffice.core.crash import crash_point
from backoffice.core.refs import ref_pk
from backoffice.core.sealed import unseal_fields
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, retire
from backoffice.mirror.watches import ask
from backoffice.outbox.models import Call
from backoffice.outbox.registry import Contradicted, handles
from backoffice.providers.errors import Rejected
from backoffice.providers.ports import CardIssuer
from backoffice.providers.snapshots import CardOrderSnapshot, OrderStatus
from cards.apply import apply_card_order
from cards.models import CardOrder
from cards.states import OrderState


class Ordering:
    """An order with a reference of ours: an unknown outcome is looked up by it, and never sent again by itself."""

    repeatable = False

    def send(self, call: Call, **_in_memory: str) -> None:
        order = _order(call)
        snapshot = self.ask(client_for(order.account), order, call)
        crash_point("before_record")
        _apply(snapshot, Source.REPLY)
        _ask_wallet(order)

    def ask(self, client: CardIssuer, order: CardOrder, call: Call) -> CardOrderSnapshot:
        """Make the one provider call of this operation."""
        raise TypeError(f"{type(self).__name__} asks for nothing")

    def look_up(self, call: Call) -> bool:
        order = _order(call)
        snapshot = client_for(order.account).find_card_order(merchant_ref=order.merchant_ref)
        if snapshot:
            _apply(snapshot, Source.LOOK)
            _ask_wallet(order)
        return snapshot is not None

    def refuse(self, call: Call, error: Rejected) -> None:
        order = _order(call)
        apply_card_order(
            CardOrderSnapshot(
                account=order.account.slug,
                observed_at=call.sent_at or timezone.now(),
                merchant_ref=order.merchant_ref,
                order_id="",
                status=OrderStatus.FAILED,
                reason=error.message,
            ),
            source=Source.REPLY,
        )

    def withdraw(self, call: Call, why: str) -> None:
        retire(_order(call), OrderState.WITHDRAWN, why=why)


@handles("cards.issue_card")
class IssueCard(Ordering):
    label = _("Issue card")

    def ask(self, client: CardIssuer, order: CardOrder, call: Call) -> CardOrderSnapshot:
        asked = _exact(call)
        if "sealed" in asked:
            asked["delivery"] = unseal_fields(asked.pop("sealed"))
        return client.issue_card(merchant_ref=order.merchant_ref, currency=call.reserved_currency, **asked)


@handles("cards.recharge_card")
class RechargeCard(Ordering):
    label = _("Recharge card")

    def ask(self, client: CardIssuer, order: CardOrder, call: Call) -> CardOrderSnapshot:
        return client.recharge_card(merchant_ref=order.merchant_ref, currency=call.reserved_currency, **_exact(call))


@handles("cards.close_card")
class CloseCard(Ordering):
    """The answer tells the card's state; the card is read again, as is the order."""

    label = _("Close card")

    def ask(self, client: CardIssuer, order: CardOrder, call: Call) -> CardOrderSnapshot:
        snapshot = client.close_card(merchant_ref=order.merchant_ref, **call.arguments)
        ask(order.account, "cards.card", order.card_provider_id, why="it is being closed")
        return snapshot


def _exact(call: Call) -> dict[str, Any]:
    return call.arguments | {"amount": Decimal(call.arguments["amount"])}


def _ask_wallet(order: CardOrder) -> None:
    """The hold ends with a balance that is younger than the call's end; a callback may have brought an older one."""
    if order.wallet_provider_id:
        ask(order.account, "wallets.wallet", order.wallet_provider_id, why="a call of it ended", after=5)


def _order(call: Call) -> CardOrder:
    return CardOrder.objects.select_related("account").get(pk=ref_pk(call.target))


def _apply(snapshot: CardOrderSnapshot, source: Source) -> None:
    row, applied = apply_card_order(snapshot, source=source)
    if applied is Applied.CONTRADICTED:
        raise Contradicted(row.break_reason if row else "the answer is about something else")
