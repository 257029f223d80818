"""How card holders are created, edited and deleted: the one place where personal data leaves its seal to go out."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.accounts.registry import client_for
from backoffice.core.crash import crash_point
from backoffice.core.refs import ref_pk
from backoffice.journal.models import Source
from backoffice.journal.record import record
from backoffice.mirror.engine import retire
from backoffice.mirror.watches import ask
from backoffice.outbox.models import Call
from backoffice.outbox.registry import handles
from backoffice.providers.errors import NotFound, Rejected
from backoffice.providers.snapshots import HolderSnapshot
from cards.apply import apply_holder
from cards.models import Holder
from cards.personal import for_provider, opened
from cards.states import HolderState


@handles("cards.create_holder")
class CreateHolder:
    """Never sent twice: an unknown outcome is looked up by our reference."""

    label = _("Create holder")
    repeatable = False

    def send(self, call: Call, **_in_memory: str) -> None:
        holder = _holder(call)
        fields = for_provider(call.arguments["sealed"])
        if bin_id := call.arguments.get("bin_id"):
            fields["bin_id"] = bin_id
        snapshot = client_for(holder.account).create_holder(merchant_ref=holder.merchant_ref, **fields)
        crash_point("before_record")
        apply_holder(snapshot, source=Source.REPLY)
        ask(holder.account, "cards.holder", snapshot.holder_id, why="it was created")

    def look_up(self, call: Call) -> bool:
        holder = _holder(call)
        snapshot = client_for(holder.account).find_holder(merchant_ref=holder.merchant_ref)
        if snapshot:
            apply_holder(snapshot, source=Source.LOOK)
        return snapshot is not None

    def refuse(self, call: Call, error: Rejected) -> None:
        retire(_holder(call), HolderState.REFUSED, why=error.message)

    def withdraw(self, call: Call, why: str) -> None:
        retire(_holder(call), HolderState.WITHDRAWN, why=why)


class OnFile:
    """A change of a holder that exists: the holder itself tells the outcome, and asking twice changes nothing."""

    repeatable = True

    def refuse(self, call: Call, error: Rejected) -> None:
        holder = _holder(call)
        record(holder, "refused", source=Source.REPLY, operation=call.operation, problem=error.message)
        ask(holder.account, "cards.holder", holder.provider_id, why="a change was refused")

    def withdraw(self, call: Call, why: str) -> None:
        holder = _holder(call)
        ask(holder.account, "cards.holder", holder.provider_id, why="a change was given up")


@handles("cards.edit_holder")
class EditHolder(OnFile):
    label = _("Edit holder")

    def send(self, call: Call, **_in_memory: str) -> None:
        holder = _holder(call)
        fields = for_provider(call.arguments["sealed"])
        client_for(holder.account).edit_holder(holder_id=holder.provider_id, **fields)
        crash_point("before_record")
        ask(holder.account, "cards.holder", holder.provider_id, why="it was edited")

    def look_up(self, call: Call) -> bool:
        holder = _holder(call)
        row, _applied = apply_holder(client_for(holder.account).holder(holder.provider_id), source=Source.LOOK)
        wanted = opened(call.arguments["sealed"])
        return row is not None and wanted.items() <= opened(row.personal).items()


@handles("cards.delete_holder")
class DeleteHolder(OnFile):
    label = _("Delete holder")

    def send(self, call: Call, **_in_memory: str) -> None:
        """A holder that the provider no longer knows is deleted, whoever did it."""
        holder = _holder(call)
        try:
            snapshot = client_for(holder.account).delete_holder(holder_id=holder.provider_id)
        except NotFound:
            snapshot = gone(holder)
        crash_point("before_record")
        apply_holder(snapshot, source=Source.REPLY)

    def look_up(self, call: Call) -> bool:
        holder = _holder(call)
        try:
            snapshot = client_for(holder.account).holder(holder.provider_id)
        except NotFound:
            snapshot = gone(holder)
        apply_holder(snapshot, source=Source.LOOK)
        return snapshot.deleted


def gone(holder: Holder) -> HolderSnapshot:
    return HolderSnapshot(
        account=holder.account.slug, observed_at=timezone.now(), holder_id=holder.provider_id, deleted=True
    )


def _holder(call: Call) -> Holder:
    return Holder.objects.select_related("account").get(pk=ref_pk(call.target))
