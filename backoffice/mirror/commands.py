"""What people may ask of the mirror."""

from django.db import transaction

from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.mirror.models import Mirrored
from backoffice.mirror.watches import ask


@transaction.atomic
def ask_now(*, actor: Actor, row: Mirrored, kind: str, object_id: str) -> None:
    """Ask the provider about a row as soon as a worker is free. A look is no promise: asking twice is asking once."""
    record(row, "mirror.ask_now", source=Source.COMMAND, actor=actor, kind=kind)
    ask(row.account, kind, object_id, why="a person asked")
