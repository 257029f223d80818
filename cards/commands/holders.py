"""Commands about card holders: create, edit, delete. Who they are travels sealed."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice.accounts.models import Account
from backoffice.core.errors import DomainError, IllegalTransition
from backoffice.core.ids import new_reference
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.outbox.models import Call
from backoffice.outbox.queue import enqueue, once_per_key
from cards.models import Bin, Card, Holder
from cards.personal import sealed
from cards.states import CardState, HolderState

ENDED = {CardState.CLOSED, CardState.REPLACED}


@once_per_key
def create_holder(*, actor: Actor, key: str, account: Account, bin: Bin | None = None, fields: dict[str, Any]) -> Call:
    """Ask for a new card holder; `fields` are those of `cards.personal.FIELDS`."""
    if bin and bin.account_id != account.pk:
        raise DomainError(_("This BIN belongs to another account."), code="wrong_account", field="bin")
    personal = sealed(fields)
    holder = Holder.objects.create(
        account=account,
        merchant_ref=new_reference("HD"),
        bin=bin,
        bin_provider_id=bin.provider_id if bin else "",
        country=fields.get("country", ""),
        personal=personal,
        maker=actor.user,
    )
    record(holder, "cards.create_holder", source=Source.COMMAND, actor=actor)
    return enqueue(
        "cards.create_holder",
        holder,
        actor=actor,
        account=account,
        reference=holder.merchant_ref,
        bin_id=holder.bin_provider_id,
        sealed=personal,
    )


@once_per_key
def edit_holder(*, actor: Actor, key: str, holder: Holder, version: int, fields: dict[str, Any]) -> Call:
    """Ask for other personal data; only `fields` change, and the row only when the provider has them.

    `version` is that of the row the person saw: somebody else's edit in between is a conflict.
    """
    holder = _on_file(holder, _("edited"), version)
    if not fields:
        raise DomainError(_("Nothing was changed."), code="nothing_changed")
    record(holder, "cards.edit_holder", source=Source.COMMAND, actor=actor, fields=sorted(fields))
    return enqueue("cards.edit_holder", holder, actor=actor, account=holder.account, sealed=sealed(fields))


@once_per_key
def delete_holder(*, actor: Actor, key: str, holder: Holder, version: int | None = None) -> Call:
    """Ask for a holder to be deleted at the provider; the row stays, as cards and orders name it."""
    holder = _on_file(holder, _("deleted"), version)
    in_use = Card.objects.filter(holder=holder).exclude(state__in=ENDED).count()
    if in_use:
        raise DomainError(_("%(count)d cards of this holder are open.") % {"count": in_use}, code="holder_in_use")
    record(holder, "cards.delete_holder", source=Source.COMMAND, actor=actor)
    return enqueue("cards.delete_holder", holder, actor=actor, account=holder.account)


def _on_file(holder: Holder, deed: str, version: int | None) -> Holder:
    locked = Holder.objects.select_for_update(of=("self",)).select_related("account").get(pk=holder.pk)
    if version not in (None, locked.version):
        raise DomainError(
            _("Somebody changed this holder while you were looking at it."),
            code="version_conflict",
            current=locked.version,
        )
    if locked.state != HolderState.ACTIVE:
        raise IllegalTransition(
            _("This holder is %(state)s and cannot be %(deed)s.")
            % {"state": locked.get_state_display().lower(), "deed": deed}
        )
    return locked
