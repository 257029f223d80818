"""What the pages of one holder share: the holder, its crumbs, and why something cannot be done with it now."""

from typing import Any
from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.parts import View
from backoffice.outbox.models import Call
from cards import holder_presenting, presenting, queries
from cards.commands.holders import ENDED
from cards.holder_presenting import HolderRow
from cards.models import Holder


def holder_of(public_id: str) -> Holder:
    return get_object_or_404(queries.holders().select_related("maker"), public_id=public_id)


def row_of(holder: Holder, call: Call | None) -> HolderRow:
    counts = queries.card_counts([holder]).get(holder.pk, ())
    return HolderRow(holder, call if call and call.is_open else None, *counts)


def open_cards(holder: Holder) -> int:
    return holder.cards.exclude(state__in=ENDED).count()


def home() -> View:
    return View(label=_("Holders"), url=reverse("cards:holders"))


def crumbs(row: HolderRow, *, linked: bool = False) -> list[View]:
    return [home(), View(label=row.name, url=row.holder.get_absolute_url() if linked else "")]


# --- what cannot be done now, and what is asked before ----------------------------------------------------------------


def why_not_changed(row: HolderRow) -> str:
    return _("Another request for this holder is still under way.") if row.call else ""


def why_not_deleted(row: HolderRow) -> str:
    count = open_cards(row.holder)
    if count:
        return ngettext(
            "%(count)d card of this holder is open. Close it first.",
            "%(count)d cards of this holder are open. Close them first.",
            count,
        ) % {"count": count}
    return why_not_changed(row)


def question(row: HolderRow) -> dict[str, Any]:
    return {
        "title": _("Delete this holder at %(provider)s") % {"provider": presenting.provider(row.holder.account)},
        "text": _(
            "No card can be issued to this holder any more, and the provider does not give a deleted holder back. "
            "Cards that have ended keep their history here."
        ),
        "facts": holder_presenting.consequence(row),
        "action": reverse("cards:delete_holder", args=[row.holder.public_id]),
        "label": _("Delete holder"),
        "key": str(uuid4()),
    }
