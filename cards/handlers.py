"""How the outbox carries out what was asked for: send, look up, refuse, withdraw."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.registry import client_for
from backoffice.core.crash import crash_point
from backoffice.core.refs import ref_pk
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, retire
from backoffice.mirror.watches import ask
from backoffice.outbox.models import Call
from backoffice.outbox.registry import Contradicted, handles
from backoffice.providers.errors import Rejected
from backoffice.providers.snapshots import CardOrderSnapshot, OrderStatus
from cards.apply import apply_card_order
from cards.models import CardOrder
from cards.states import OrderState


@handles("cards.issue_card")
class IssueCard:
    """The opening of a card. Never sent twice: an unknown outcome is looked up by our reference."""

    label = _("Issue card")
    repeatable = False

    def send(self, call: Call) -> None:
        order = _order(call)
        asked = call.arguments | {"amount": Decimal(call.arguments["amount"])}
        snapshot = client_for(order.account).issue_card(
            merchant_ref=order.merchant_ref, currency=call.reserved_currency, **asked
        )
        crash_point("before_record")
        _apply(snapshot, Source.REPLY)
        _ask_wallet(order)

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


def _ask_wallet(order: CardOrder) -> None:
    """The hold ends with a balance that is younger than the call's end; a callback may have brought an older one."""
    ask(order.account, "wallets.wallet", order.wallet_provider_id, why="a call of it ended", after=5)


def _order(call: Call) -> CardOrder:
    return CardOrder.objects.select_related("account").get(pk=ref_pk(call.target))


def _apply(snapshot: CardOrderSnapshot, source: Source) -> None:
    row, applied = apply_card_order(snapshot, source=source)
    if applied is Applied.CONTRADICTED:
        raise Contradicted(row.break_reason if row else "the answer is about something else")
