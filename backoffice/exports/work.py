"""Writing exports: claim one, write its file on a connection of its own, say how far it is, and clean up after all."""

import shutil
from datetime import timedelta
from time import monotonic

import structlog
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backoffice.core.crash import crash_point
from backoffice.core.errors import DomainError
from backoffice.exports.commands import MOST, bell, too_many
from backoffice.exports.lists import exportable_of, rows_of, written
from backoffice.exports.models import Export, folder
from backoffice.exports.reading import STATEMENT_SECONDS, heading_line, reader, write_csv
from backoffice.exports.sealing import SealedFile, new_key, sealed_key
from backoffice.exports.sheet import write_xlsx
from backoffice.journal.models import Source
from backoffice.journal.record import record

logger = structlog.get_logger(__name__)

SILENT = timedelta(seconds=STATEMENT_SECONDS + 30)  # the lease while the database, or the packing of a sheet, is silent
FLOWING = timedelta(seconds=60)  # the lease while rows come
TELL_EVERY = 1.0  # s
MOST_ATTEMPTS = 2  # the second one starts from scratch; there is no third
KEPT = timedelta(hours=24)
BOM = b"\xef\xbb\xbf"  # a spreadsheet takes a file without it for another encoding

State = Export.State


class Superseded(Exception):
    """Another worker took it over, or it is wanted no more."""


def work_exports() -> int:
    """Write one export, and ring for the next: each has a task, and its time limit, of its own."""
    export = _claim()
    if export is None:
        return 0
    _attempt(export)
    if _claimable().exists():
        bell.ring()
    return 1


def _claimable():
    over = Q(state=State.RUNNING, leased_until__lt=timezone.now())
    return Export.objects.filter(Q(state=State.QUEUED) | over)


@transaction.atomic(durable=True)
def _claim() -> Export | None:
    now = timezone.now()
    rows = _claimable().select_for_update(skip_locked=True, of=("self",)).select_related("person")
    for export in rows.order_by("created_at", "id")[:20]:
        if export.attempts >= MOST_ATTEMPTS:
            _end(export, State.FAILED, problem=_("Interrupted twice. Start it again; a narrower list is quicker."))
            continue
        changes = {
            "state": State.RUNNING,
            "attempts": export.attempts + 1,
            "rows": 0,
            "started_at": now,
            "leased_until": now + SILENT,
        }
        Export.objects.filter(pk=export.pk).update(**changes)
        for name, value in changes.items():
            setattr(export, name, value)
        return export
    return None


def _attempt(export: Export) -> None:
    started = monotonic()
    with translation.override(export.language):
        try:
            _write(export)
        except Superseded:
            logger.info("export_superseded", export=export.public_id, attempt=export.attempts)
            return
        except DomainError as exc:
            _end(export, State.FAILED, problem=exc.message)
        except Error as exc:  # the database: a statement that took too long, a connection that broke
            logger.warning("export_refused", export=export.public_id, problem=type(exc).__name__)
            problem = _("The database did not let us finish. Start it again; a narrower list is quicker.")
            _end(export, State.FAILED, problem=problem)
        except Exception:
            logger.exception("export_broke", export=export.public_id)
            _end(export, State.FAILED, problem=_("Something broke here. Nothing was written."))
    logger.info(
        "export_left",
        export=export.public_id,
        listing=export.listing,
        format=export.format,
        rows=export.rows,
        bytes=export.bytes,
        state=str(export.state),
        seconds=round(monotonic() - started, 3),
    )


def _write(export: Export) -> None:
    exportable = exportable_of(export.listing)
    if exportable is None or not export.person.has_perm(exportable.permission):
        raise DomainError(_("Who asked for it may not see this list any more."))
    rows = written(exportable, export.columns)
    queryset = rows_of(exportable, export.query, export.person)
    most, progress = MOST[Export.Format(export.format)], _Progress(export)
    key = new_key()
    file = SealedFile(export.path, key)
    try:
        with reader() as own:
            if export.format == Export.Format.XLSX:
                name = str(exportable.label)
                seen = write_xlsx(
                    own, queryset, rows, file, progress, most=most + 1, name=name, near=export.path, rest=progress.rest
                )
            else:
                file.write(BOM + heading_line(rows))
                seen = write_csv(own, queryset, rows, file.write, progress, most=most + 1)
        if seen > most:
            raise DomainError(too_many(most))
        file.close()
        export.rows, export.bytes, export.sealed_key = seen, file.size, sealed_key(key)
        crash_point("before_export_ends")
        _end(export, State.DONE)
    except BaseException:
        file.abandon()
        export.path.unlink(missing_ok=True)
        raise


class _Progress:
    """Says about once a second how many rows are written, and keeps the lease."""

    def __init__(self, export: Export):
        self._export, self._told = export, monotonic()

    def __call__(self, rows: int) -> None:
        crash_point("in_export")
        if monotonic() - self._told >= TELL_EVERY:
            self._told = monotonic()
            self._keep(FLOWING, rows=rows)

    def rest(self, rows: int) -> None:
        """All rows are there; what follows may take long without a word."""
        self._keep(SILENT, rows=rows)

    def _keep(self, lease: timedelta, **told: int) -> None:
        if not _mine(self._export).update(leased_until=timezone.now() + lease, **told):
            raise Superseded


def _mine(export: Export):
    """The row, while this attempt at it counts."""
    return Export.objects.filter(pk=export.pk, attempts=export.attempts, state=State.RUNNING)


@transaction.atomic
def _end(export: Export, state: str, *, problem: str = "") -> None:
    now = timezone.now()
    done = state == State.DONE
    told = {"rows": export.rows, "bytes": export.bytes, "sealed_key": export.sealed_key} if done else {}
    ends = {"state": state, "ended_at": now, "leased_until": None, "problem": problem[:200], **told}
    if not _mine(export).update(expires_at=now + KEPT if done else None, **ends):
        raise Superseded
    detail = {"rows": export.rows, "bytes": export.bytes} if done else {"problem": problem}
    record(export, "exports.finished" if done else "exports.failed", source=Source.SYSTEM, **detail)
    for name, value in ends.items():
        setattr(export, name, value)


# --- cleaning up ------------------------------------------------------------------------------------------------------


def sweep_exports() -> int:
    """Let go of what has expired, its key with it, and of files that belong to no export any more."""
    overdue = list(Export.objects.filter(state=State.DONE, expires_at__lte=timezone.now()))
    for export in overdue:
        export.path.unlink(missing_ok=True)
        with transaction.atomic():
            if Export.objects.filter(pk=export.pk, state=State.DONE).update(state=State.EXPIRED, sealed_key=""):
                record(export, "exports.expired", source=Source.SYSTEM)
    _remove_strays()
    return len(overdue)


def _remove_strays() -> None:
    """Files of attempts that died. What an attempt under way writes is its own."""
    found = list(folder().iterdir())  # first: an attempt is in its row before its file is here
    kept = Export.objects.filter(state__in=[State.RUNNING, State.DONE])
    names = {f"{public_id}.{attempts}" for public_id, attempts in kept.values_list("public_id", "attempts")}
    for path in found:
        if path.name.removesuffix(".sheet") not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
