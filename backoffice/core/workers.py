"""How Celery's programs are started: here, in the demo and in containers alike."""

import sys

ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"  # in a container, a demo, a test
CELERY = (sys.executable, "-W", ROOT_IS_FINE, "-m", "celery", "-q", "-A", "backoffice.celery")
BEAT = (*CELERY, "beat", "--pidfile=")
QUEUES = "money,ingest,sync,export"


def worker(name: str, *, queues: str = QUEUES, processes: int = 2) -> tuple[str, ...]:
    """A worker's command line. Prefork: a pool of threads would not keep the time limits."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return (*CELERY, "worker", "-n", f"{name}@%h", "-Q", queues, "-P", "prefork", "-c", str(processes), *quiet)
