from celery import shared_task

from webhooks import replays, services
from webhooks.refusals import forget_refusals


@shared_task
def process_deliveries() -> None:
    services.process_deliveries()


@shared_task
def forget_old_refusals() -> None:
    forget_refusals()
    replays.forget_replays()


@shared_task
def continue_replays() -> None:
    replays.continue_replays()


services.bell.hang(process_deliveries.delay)
services.replay_bell.hang(continue_replays.delay)
