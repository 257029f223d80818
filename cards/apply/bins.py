"""All news of BINs."""

from django.db import transaction

from backoffice.accounts.registry import account_of
from backoffice.journal.models import Source
from backoffice.mirror.engine import Applied, mirror
from backoffice.mirror.watches import ask
from backoffice.providers.snapshots import BinFeesSnapshot, BinLimitsSnapshot, BinSnapshot, BinStatus
from cards import fees
from cards.models import Bin
from cards.states import BinState

BIN_STATE = {
    BinStatus.AVAILABLE: BinState.AVAILABLE,
    BinStatus.MAINTENANCE: BinState.MAINTENANCE,
    BinStatus.OFFLINE: BinState.OFFLINE,
}


@transaction.atomic
def apply_bin(snapshot: BinSnapshot, *, source: Source) -> tuple[Bin | None, Applied]:
    """A new BIN, or one that is back on sale, is asked for its fees and limits as well."""
    account = account_of(snapshot.account)
    row, applied = mirror(
        Bin,
        snapshot,
        key={"account": account, "provider_id": snapshot.bin_id},
        state=BIN_STATE.get(snapshot.status),
        facts={
            "word": snapshot.word,
            "digits": snapshot.digits,
            "name": snapshot.name,
            "network": snapshot.network,
            "country": snapshot.country,
            "currency": snapshot.currency,
            "kind": str(snapshot.kind),
            "mode": str(snapshot.mode),
            "needs_holder": snapshot.needs_holder,
            "notes": snapshot.notes,
        },
        source=source,
        watch=("cards.bin", snapshot.bin_id),
    )
    if row and (applied in {Applied.BORN, Applied.MOVED} or not row.terms_known):
        ask(account, "cards.bin", snapshot.bin_id, why="its terms")
    return row, applied


def apply_bin_terms(
    bin_snapshot: BinSnapshot, costs: BinFeesSnapshot, limits: BinLimitsSnapshot, *, source: Source
) -> tuple[Bin | None, Applied]:
    """The whole of a BIN, asked for in three questions that belong together."""
    return mirror(
        Bin,
        bin_snapshot,
        key={"account": account_of(bin_snapshot.account), "provider_id": bin_snapshot.bin_id},
        state=BIN_STATE.get(bin_snapshot.status),
        facts={
            "word": bin_snapshot.word,
            "kind": str(bin_snapshot.kind),
            "mode": str(bin_snapshot.mode),
            "needs_holder": bin_snapshot.needs_holder,
            "fees": fees.stored(costs.fees),
            "fees_observed_at": costs.observed_at,
            "limits_observed_at": limits.observed_at,
            "forbidden_countries": list(limits.forbidden_countries),
            "forbidden_mccs": list(limits.forbidden_mccs),
        }
        | {name: getattr(limits, name) for name in LIMITS},
        source=source,
    )


LIMITS = (
    "open_min",
    "open_max",
    "recharge_min",
    "recharge_max",
    "card_max_balance",
    "trade_single_max",
    "trade_day_max",
    "trade_month_max",
    "max_card_count",
)
