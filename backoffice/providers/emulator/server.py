"""The emulator behind a real socket: answers, hangs, cuts connections and closes its door as the faults want it."""

import contextlib
import logging
import os
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Event, Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from backoffice.providers.emulator.app import wsgi_app
from backoffice.providers.emulator.faults import TransportFault
from backoffice.providers.emulator.world import World

log = logging.getLogger(__name__)

TICK = 0.1  # seconds between two looks at the clock
POLL = 0.05  # seconds until a server notices that it shall leave
READ_PATIENCE = 30  # seconds for a client to send its request


class Emulator:
    """One world on one port, with a ticker that settles and sends; `start` returns at once, `stop` waits."""

    def __init__(self, world: World, *, host: str = "127.0.0.1", port: int = 0, ticks: bool = True):
        self.world, self.host, self.ticks = world, host, ticks
        self.stopping = Event()
        self._server = _Server((host, port), world, self.stopping)
        self.port = self._server.server_port
        self._offline_for = 0.0
        self._threads = [Thread(target=self._serve, daemon=True)]
        if ticks:
            self._threads.append(Thread(target=self._tick, daemon=True))
        world.take_offline = self.take_offline

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> "Emulator":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Close the door, end what hangs, and keep the world."""
        self.stopping.set()
        self.world.take_offline = None
        for thread in self._threads:
            thread.join(5)
        self._server.server_close()
        self.world.save()

    def take_offline(self, seconds: float) -> None:
        """Close the door at once, so that connections are truly refused, and open it again later."""
        self._offline_for = seconds
        self._server.leaving.set()
        self._server.socket.shutdown(socket.SHUT_RDWR)  # closing alone would wait for the thread that listens

    def __enter__(self) -> "Emulator":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            with contextlib.suppress(_Leave):
                self._server.serve_forever(POLL)
            self._server.server_close()
            if not self.stopping.wait(self._offline_for):
                self._server = _Server((self.host, self.port), self.world, self.stopping)

    def _tick(self) -> None:
        while not self.stopping.wait(TICK):
            try:
                self.world.tick()
            except Exception:
                log.exception("tick_failed")


class _Leave(Exception):
    """Ends a server's loop from inside."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], world: World, stopping: Event):
        self.app, self.stopping, self.leaving = wsgi_app(world), stopping, Event()
        super().__init__(address, _Handler)

    def service_actions(self) -> None:
        """Leave the loop when the emulator stops or closes its door."""
        if self.stopping.is_set() or self.leaving.is_set():
            raise _Leave

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()

    def handle_error(self, request, client_address) -> None:
        """A client that went away is no news."""


class _Handler(WSGIRequestHandler):
    timeout = READ_PATIENCE
    server: _Server

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536 or not self.parse_request():
            return
        stopping = self.server.stopping
        environ = self.get_environ() | {"wsgi.input": self.rfile, "emulator.pause": stopping.wait}
        try:
            body = b"".join(self.server.app(environ, self._start))
        except TransportFault as fault:
            self._fail(fault, stopping.wait)
        except Exception:
            log.exception("request_failed")
            self._start(f"500 {HTTPStatus(500).phrase}", [("Content-Length", "0")])
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args) -> None:
        """Say nothing: the world keeps its own list of requests."""

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info=None) -> None:
        number, _, reason = status.partition(" ")
        self.send_response(int(number), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _fail(self, fault: TransportFault, wait: Callable[[float], bool]) -> None:
        if fault.kind == "hang":
            wait(fault.seconds)
        elif fault.head:
            self._start("200 OK", list(fault.head.items()))
            self.wfile.write(fault.body)
            self.wfile.flush()
        if fault.kind == "reset_mid_body":
            wait(0.05)  # or the reset overtakes the half that was sent
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
        self.close_connection = True
