"""Who a card holder is, opened for one pair of eyes: with a purpose, and on the record."""

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from cards.models import Holder
from cards.personal import opened


@transaction.atomic
def unmask_holder(*, actor: Actor, holder: Holder, purpose: str) -> dict[str, str]:
    """What is known of a holder, in clear. Written down before it is opened, so that no look goes unseen."""
    if not purpose.strip():
        raise DomainError(_("Say what you need it for."), code="purpose_missing", field="purpose")
    record(holder, "cards.unmask_holder", source=Source.COMMAND, actor=actor, purpose=purpose.strip()[:200])
    return opened(holder.personal)
