from celery import shared_task

from backoffice.core.crash import crash_point
from backoffice.outbox.drain import drain
from backoffice.outbox.queue import bell


@shared_task
def drain_outbox() -> None:
    if drain():
        crash_point("before_ack")


bell.hang(drain_outbox.delay)
