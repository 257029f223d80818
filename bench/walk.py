"""Walk through the list of cards once, in this process: `python -m bench.walk`; prints what it took as JSON."""

import json
import resource
from time import process_time

import django

django.setup()

# ruff: noqa: E402
from django.db import connection

from backoffice.accounts.models import Account
from backoffice.mirror.models import SyncRun
from backoffice.mirror.syncs import continue_syncs, start_sync

VERSIONS = "SELECT md5(string_agg(concat(ctid, xmin, xmax), ',' ORDER BY id)) FROM cards_card"


def main() -> None:
    cpu = process_time()
    before, lines = one(VERSIONS), one("SELECT count(*) FROM journal_journalentry")
    run = start_sync(account=Account.objects.get(), kind="cards.card")
    continue_syncs(3600, only=[run])
    run.refresh_from_db()
    if run.state != SyncRun.State.FINISHED:
        raise SystemExit(f"{run.state}: {run.problem}")
    cpu = process_time() - cpu
    told = {
        "seen": run.seen,
        "changed": run.changed,
        "rate": run.rate,
        "rate_by_cpu": run.seen / cpu,
        "rows_untouched": one(VERSIONS) == before,
        "lines": one("SELECT count(*) FROM journal_journalentry") - lines,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def one(query: str):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    main()
