"""The web server's settings: `gunicorn -c python:backoffice.gunicorn backoffice.wsgi`."""

import contextlib
import os
import socket
from time import monotonic

from gunicorn.workers.gthread import TConn, ThreadWorker

READ_PATIENCE = 20  # seconds for a client to hand its request over, headers and body
BUSY_PATIENCE = 3  # the same, while every thread is taken and others wait
PROXY_WORDS = ("X_", "SCRIPT_NAME", "PATH_INFO", "REMOTE_", "FORWARDED")


class Worker(ThreadWorker):
    """gthread, that a client who sends one byte a second cannot keep a thread of."""

    def init_process(self) -> None:
        self._reading: dict[TConn, float] = {}
        super().init_process()

    def handle(self, conn: TConn):
        self._reading[conn] = monotonic()
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    def notify(self) -> None:
        """Called every second: close the reading side of what is late; an answer under way still goes out."""
        super().notify()
        too_old = monotonic() - (READ_PATIENCE if len(self._reading) < self.cfg.threads else BUSY_PATIENCE)
        for conn, since in list(self._reading.items()):
            if since < too_old:
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)


def pre_request(_worker, request) -> None:
    """Let header names with an underscore through, as a provider sends one, but none that passes for a proxy's word."""
    request.headers = [
        (name, value) for name, value in request.headers if "_" not in name or not name.startswith(PROXY_WORDS)
    ]


bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = Worker
header_map = "dangerous"  # underscores are kept; pre_request takes the dangerous ones out
forwarder_headers = ""
secure_scheme_headers: dict[
    str, str
] = {}  # whether a proxy's word is believed is settled in one place: TRUSTED_PROXIES
timeout = 60  # a process whose main loop is stuck
graceful_timeout = 25
keepalive = 5
max_requests = 200_000  # then a fresh process, whatever has gathered in the old one
max_requests_jitter = 20_000
limit_request_line = 4_094
limit_request_fields = 60
accesslog = None  # the application writes one line a request, without callback tokens
loglevel = "warning"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # nosec B108: the heartbeat file, unlinked at once
