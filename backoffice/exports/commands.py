"""What a person may ask for: a list written out, and the file of it."""

from collections.abc import Iterator, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.core.bell import Bell
from backoffice.core.errors import DomainError, KeyReused
from backoffice.exports.lists import Exportable, rows_of
from backoffice.exports.models import Export
from backoffice.exports.sealing import opened_key, read_sealed
from backoffice.exports.sheet import SHEET_ROWS
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.providers.redaction import scrub

MOST_ROWS = 2_000_000
MOST_OPEN = 5  # of one person at a time
MOST = {Export.Format.CSV: MOST_ROWS, Export.Format.XLSX: min(MOST_ROWS, SHEET_ROWS)}

bell = Bell()


def start_export(
    *, actor: Actor, key: str, exportable: Exportable, query: str, columns: Sequence[str], format: str
) -> Export:
    """Promise a file of these rows; a worker writes it. The same key again is the same export."""
    asked = {"listing": exportable.slug, "query": query, "format": format}
    if earlier := _earlier(actor, key, asked):
        return earlier
    if scrub(query) != query:
        raise DomainError(_("The filter holds what may be a card number. Look for the last four digits."))
    if Export.objects.filter(person=actor.user.pk, state__in=Export.OPEN).count() >= MOST_OPEN:
        raise DomainError(_("%(most)d exports of yours are under way. Wait for one of them.") % {"most": MOST_OPEN})
    most = MOST[Export.Format(format)]
    total = rows_of(exportable, query, actor.user).order_by()[: most + 1].count()
    if total > most:
        raise DomainError(too_many(most))
    try:
        with transaction.atomic():
            export = Export.objects.create(
                person_id=actor.user.pk,
                key=key,
                columns=list(columns),
                language=get_language() or "en",
                total=total,
                **asked,
            )
            record(export, "exports.start_export", source=Source.COMMAND, actor=actor, total=total, **asked)
            transaction.on_commit(bell.ring, robust=True)
    except IntegrityError:
        if earlier := _earlier(actor, key, asked):
            return earlier  # the same form, sent twice at the same moment
        raise
    return export


def download_export(*, actor: Actor, export: Export) -> Iterator[bytes]:
    """The blocks of the file; that somebody took it is written down first."""
    if not export.is_ready:
        raise DomainError(_("This export is not there to be downloaded."), code="not_ready")
    blocks = read_sealed(export.path, opened_key(export.sealed_key))
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
        record(
            export, "exports.download_export", source=Source.COMMAND, actor=actor, rows=export.rows, bytes=export.bytes
        )
    return blocks


def too_many(most: int) -> str:
    return _("More than %(most)s rows: narrow the list, to some months for example.") % {"most": f"{most:,}"}


def _earlier(actor: Actor, key: str, asked: dict[str, str]) -> Export | None:
    earlier = Export.objects.filter(person=actor.user.pk, key=key).first()
    if earlier and any(getattr(earlier, name) != value for name, value in asked.items()):
        raise KeyReused(_("This form was already used for another export."))
    return earlier
