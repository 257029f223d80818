"""All news of card holders."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from backoffice.accounts.models import Account
from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, News, mirror_page
from backoffice.providers.snapshots import HolderSnapshot
from cards.apply.known import known
from cards.models import Bin, Card, Holder
from cards.personal import FIELDS, opened, sealed
from cards.states import HolderState


def apply_holder(snapshot: HolderSnapshot, *, source: Source) -> tuple[Holder | None, Applied]:
    """A holder exists or was deleted: the provider has no other word. What is said of the person is sealed."""
    return apply_holders([snapshot], source=source)[0]


@transaction.atomic
def apply_holders(snapshots: Sequence[HolderSnapshot], *, source: Source) -> list[tuple[Holder | None, Applied]]:
    """All of one account, as a page of a list has them."""
    if not snapshots:
        return []
    account = account_of(snapshots[0].account)
    bins = known(Bin, account, (snapshot.bin_id for snapshot in snapshots))
    theirs = known(Holder, account, (snapshot.holder_id for snapshot in snapshots))
    page = [
        _news(account, snapshot, bins.get(snapshot.bin_id), by_theirs=snapshot.holder_id in theirs)
        for snapshot in snapshots
    ]
    became = mirror_page(Holder, page, source=source)
    for row, applied in became:
        if row and applied in {Applied.BORN, Applied.MOVED}:
            Card.objects.filter(account=account, holder_provider_id=row.provider_id, holder=None).update(
                holder=row, version=F("version") + 1
            )
    return became


def _news(account: Account, snapshot: HolderSnapshot, bin: Bin | None, *, by_theirs: bool) -> News[Holder]:
    """By their number where we know it, else by ours: the answer to a creation, or a look for it."""
    ours = {"merchant_ref": snapshot.merchant_ref} if snapshot.merchant_ref and not by_theirs else None
    return News(
        snapshot=snapshot,
        key={"account": account} | (ours or {"provider_id": snapshot.holder_id}),
        state=HolderState.DELETED if snapshot.deleted else HolderState.ACTIVE,
        facts=lambda row: {
            "provider_id": snapshot.holder_id,
            "merchant_ref": snapshot.merchant_ref or None,
            "bin": bin,
            "bin_provider_id": snapshot.bin_id,
            "country": snapshot.country,
            "personal": _personal(row, snapshot),
        },
        birth={"created_at": snapshot.created_at} if snapshot.created_at else {},
        watch=("cards.holder", snapshot.holder_id),
    )


def _personal(before: Holder | None, snapshot: HolderSnapshot) -> str | None:
    """What is known now, sealed; None where nothing of it changed, as each sealing differs."""
    said = {name: getattr(snapshot, name) for name in FIELDS if getattr(snapshot, name) is not None}
    if not said:
        return None
    known_before = opened(before.personal) if before else {}
    merged = opened(sealed(known_before | said))
    return None if merged == known_before else sealed(merged)
