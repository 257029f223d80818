from celery import shared_task

from webhooks import services
from webhooks.refusals import forget_refusals


@shared_task
def process_deliveries() -> None:
    services.process_deliveries()


@shared_task
def forget_old_refusals() -> None:
    forget_refusals()


services.bell.hang(process_deliveries.delay)
