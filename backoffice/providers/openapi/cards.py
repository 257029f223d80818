"""The calls about cards and their orders."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial

from backoffice.providers.discretion import NOTHING_PRIVATE, Discretion, values_of
from backoffice.providers.errors import NotFound, Rejected
from backoffice.providers.openapi import mapping, replies
from backoffice.providers.openapi.calling import Calling, echoing, require_amount, require_ids, require_text, said
from backoffice.providers.snapshots import CardOrderSnapshot, CardSecrets, CardSnapshot, CardStatusSnapshot, Page

LONGEST_NOTE, LONGEST_CODE, LONGEST_REASON = 64, 64, 200
DELIVERY = ("name", "phone", "country", "state", "city", "address", "post_code")
PIN = re.compile(r"[0-9]{6}")
TOLD_OF_REVEALED = frozenset({"customer_id", "app_id", "code", "message", "data", "card_id", "status"})


class Cards(Calling):
    """Cards and card orders of one account."""

    def cards(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardSnapshot]:
        window = self._window(created_after, created_before)
        return self._list("list_cards", "card_list", mapping.card, page, page_size, filters=window)

    def card(self, card_id: str) -> CardSnapshot:
        return self._one("read_card", mapping.card, card_id=card_id)

    def reveal_card(self, card_id: str) -> CardSecrets:
        """The secrets of a card, from the same call; of its answer next to nothing is put on the record."""
        discretion = Discretion(names=TOLD_OF_REVEALED)
        return self._one("read_card", replies.secrets, discretion=discretion, card_id=card_id)

    def activate_card(self, *, card_id: str, code: str = "", pin: str = "") -> CardStatusSnapshot:
        require_text("code", code, LONGEST_CODE)
        if pin and not (isinstance(pin, str) and PIN.fullmatch(pin)):
            raise Rejected("the PIN has six digits", code="pin", fields={"pin": "not six digits"})
        secrets = {"active_code": code, "pin": pin}
        return self._move("activate_card", card_id, Discretion(values=values_of(secrets)), **secrets)

    def freeze_card(self, *, card_id: str, reason: str = "") -> CardStatusSnapshot:
        require_text("reason", reason, LONGEST_REASON)
        return self._move("freeze_card", card_id, reason=reason)

    def unfreeze_card(self, *, card_id: str, reason: str = "") -> CardStatusSnapshot:
        require_text("reason", reason, LONGEST_REASON)
        return self._move("unfreeze_card", card_id, reason=reason)

    def close_card(self, *, merchant_ref: str, card_id: str, reason: str = "") -> CardOrderSnapshot:
        require_ids(out_order_id=merchant_ref, card_id=card_id)
        require_text("reason", reason, LONGEST_REASON)
        return self._call(
            "close_card",
            echoing(partial(replies.closing, merchant_ref=merchant_ref), card_id=card_id),
            {"card_id": card_id, "out_order_id": merchant_ref, **said(reason=reason)},
            write=True,
            reference=merchant_ref,
        )

    def card_orders(
        self,
        page: int = 1,
        page_size: int | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Page[CardOrderSnapshot]:
        window = self._window(created_after, created_before)
        return self._list("list_orders", "order_list", mapping.card_order, page, page_size, filters=window)

    def card_order(self, order_id: str) -> CardOrderSnapshot:
        return self._one("read_order", mapping.card_order, order_id=order_id)

    def find_card_order(self, *, merchant_ref: str) -> CardOrderSnapshot | None:
        try:
            return self._one("read_order", mapping.card_order, reference=merchant_ref, out_order_id=merchant_ref)
        except NotFound:
            return None

    def issue_card(
        self,
        *,
        merchant_ref: str,
        bin_id: str,
        wallet_id: str,
        amount: Decimal,
        holder_id: str = "",
        note: str = "",
        delivery: Mapping[str, str] | None = None,
        currency: str = "",
    ) -> CardOrderSnapshot:
        """Ask for a card; what cannot be right is refused here, before anything leaves."""
        require_ids(out_order_id=merchant_ref, bin_id=bin_id, wallet_id=wallet_id)
        require_amount(amount, currency)
        if holder_id:
            require_ids(holder_id=holder_id)
        require_text("note", note, LONGEST_NOTE)
        address = _address(delivery)
        optional = said(holder_id=holder_id, mark=note, delivery=address)
        return self._call(
            "open_card",
            echoing(replies.ordered, out_order_id=merchant_ref),
            {"out_order_id": merchant_ref, "bin_id": bin_id, "wallet_id": wallet_id, "amount": amount, **optional},
            write=True,
            reference=merchant_ref,
            discretion=Discretion(values=values_of(address)),
        )

    def recharge_card(
        self,
        *,
        merchant_ref: str,
        card_id: str,
        wallet_id: str,
        amount: Decimal,
        note: str = "",
        currency: str = "",
    ) -> CardOrderSnapshot:
        require_ids(out_order_id=merchant_ref, card_id=card_id, wallet_id=wallet_id)
        require_amount(amount, currency)
        require_text("note", note, LONGEST_NOTE)
        asked = {"out_order_id": merchant_ref, "card_id": card_id, "wallet_id": wallet_id, "amount": amount}
        return self._call(
            "recharge_card",
            echoing(replies.ordered, out_order_id=merchant_ref),
            asked | said(mark=note),
            write=True,
            reference=merchant_ref,
        )

    def _move(
        self, name: str, card_id: str, discretion: Discretion = NOTHING_PRIVATE, **optional: str
    ) -> CardStatusSnapshot:
        """A command that has no reference of its own: the card is its reference."""
        require_ids(card_id=card_id)
        return self._call(
            name,
            echoing(replies.card_status, card_id=card_id),
            {"card_id": card_id, **said(**optional)},
            write=True,
            reference=card_id,
            discretion=discretion,
        )


def _address(delivery: object) -> dict[str, str]:
    address = dict(delivery) if isinstance(delivery, Mapping) else {}
    if (delivery and not address) or not all(
        name in DELIVERY and isinstance(text, str) for name, text in address.items()
    ):
        raise Rejected("the delivery address is not understood", code="delivery", fields={"delivery": "not understood"})
    return address
