"""All news of cards."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from backoffice.accounts.models import Account
from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, News, mirror, mirror_page
from backoffice.mirror.watches import ask
from backoffice.providers.snapshots import CardSnapshot, CardStatus, CardStatusSnapshot
from cards.apply.known import FIRST_LOOK, known
from cards.models import Bin, Card, CardOrder, Holder
from cards.states import CardState

CARD_STATE = {
    CardStatus.PENDING: CardState.PENDING,
    CardStatus.ACTIVE: CardState.ACTIVE,
    CardStatus.FROZEN: CardState.FROZEN,
    CardStatus.CLOSING: CardState.CLOSING,
    CardStatus.CLOSED: CardState.CLOSED,
    CardStatus.LOST: CardState.LOST,
    CardStatus.REPLACED: CardState.REPLACED,
}


def apply_card(snapshot: CardSnapshot, *, source: Source) -> tuple[Card | None, Applied]:
    return apply_cards([snapshot], source=source)[0]


@transaction.atomic
def apply_cards(snapshots: Sequence[CardSnapshot], *, source: Source) -> list[tuple[Card | None, Applied]]:
    """All of one account, as a page of a list has them."""
    if not snapshots:
        return []
    account = account_of(snapshots[0].account)
    bins = known(Bin, account, (snapshot.bin_id for snapshot in snapshots))
    holders = known(Holder, account, (snapshot.holder_id for snapshot in snapshots))
    page = [
        _news(account, snapshot, bins.get(snapshot.bin_id), holders.get(snapshot.holder_id), source)
        for snapshot in snapshots
    ]
    became = mirror_page(Card, page, source=source)
    born = [row for row, applied in became if row and applied is Applied.BORN]
    _give_to_orders(account, born)
    for bin_id in sorted({card.bin_provider_id for card in born if card.bin_id is None} - {""}):
        ask(account, "cards.bin", bin_id, why="a card of it")
    for row, applied in became:
        if row and not row.is_settled and not (applied is Applied.SAME and source is Source.SYNC):
            ask(account, "cards.card", row.provider_id, why="not settled", after=FIRST_LOOK)
    return became


def _news(
    account: Account, snapshot: CardSnapshot, bin: Bin | None, holder: Holder | None, source: Source
) -> News[Card]:
    return News(
        snapshot=snapshot,
        key={"account": account, "provider_id": snapshot.card_id},
        state=CARD_STATE.get(snapshot.status),
        facts={
            "word": snapshot.word,
            "bin": bin,
            "bin_provider_id": snapshot.bin_id,
            "currency": bin.currency if bin else None,
            "holder": holder,
            "holder_provider_id": snapshot.holder_id,
            "order_provider_id": snapshot.order_id,
            "merchant_ref": snapshot.merchant_ref,
            "app_id": snapshot.app_id,
            "last4": snapshot.last4,
            "balance": snapshot.balance,
            "recharged": snapshot.recharged,
            "expiry": snapshot.expiry,
            "activated_at": snapshot.activated_at,
            "closing_at": snapshot.closing_at,
            "ended_at": snapshot.ended_at,
            "note": snapshot.note,
        },
        birth={"created_at": snapshot.activated_at} if source is Source.SYNC and snapshot.activated_at else {},
        watch=("cards.card", snapshot.card_id),
    )


def _give_to_orders(account: Account, born: Sequence[Card]) -> None:
    """Orders that knew their card by its number alone."""
    cards = {card.provider_id: card for card in born}
    waiting = CardOrder.objects.filter(account=account, card_provider_id__in=cards, card=None) if cards else ()
    for order in waiting:
        CardOrder.objects.filter(pk=order.pk).update(card=cards[order.card_provider_id], version=F("version") + 1)


def apply_card_status(snapshot: CardStatusSnapshot, *, source: Source) -> tuple[Card | None, Applied]:
    """The short answer to a freeze, an unfreeze or an activation: a state and nothing else."""
    return mirror(
        Card,
        snapshot,
        key={"account": account_of(snapshot.account), "provider_id": snapshot.card_id},
        state=CARD_STATE.get(snapshot.status),
        facts={"word": snapshot.word},
        source=source,
        may_be_born=False,
        watch=("cards.card", snapshot.card_id),
    )
