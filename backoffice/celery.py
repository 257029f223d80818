"""The Celery app. Tasks only wake the sweeps: the promise to do the work is a database row."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from backoffice.core.logging import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
TRANSPORT_ALIASES["localfs"] = "backoffice.broker:Transport"

app = Celery("backoffice")
app.set_default()  # for threads too: they would publish through an app of no settings
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs) -> None:
    """Celery would set up its own handlers; ours stay."""
    configure_logging(settings.LOG_FORMAT, settings.LOG_LEVEL)


@worker_process_init.connect
def name_the_process(**_kwargs) -> None:
    os.environ["BACKOFFICE_PROCESS"] = f"worker-{os.getpid()}"


@worker_ready.connect
def begin_at_once(**_kwargs) -> None:
    """Show signs of life and start what was never synced now, not when beat's first turn comes."""
    for name in ("canary", "start_due_syncs"):
        app.send_task(f"backoffice.mirror.tasks.{name}")
