from celery import shared_task

from backoffice.core.crash import crash_point
from backoffice.outbox import bulk
from backoffice.outbox.drain import drain
from backoffice.outbox.queue import bell


@shared_task
def drain_outbox() -> None:
    if drain():
        crash_point("before_ack")


@shared_task
def work_batches() -> None:
    bulk.work_batches()


bell.hang(drain_outbox.delay)
bulk.bell.hang(work_batches.delay)
