"""Thin entries. Writing may take as long as the database lets it: exports have a queue and a worker of their own."""

from celery import shared_task

from backoffice.exports import work
from backoffice.exports.commands import bell


@shared_task(soft_time_limit=1800, time_limit=1830)
def work_exports() -> None:
    work.work_exports()


@shared_task
def sweep_exports() -> None:
    work.sweep_exports()


bell.hang(work_exports.delay)
