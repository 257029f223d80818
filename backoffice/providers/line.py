"""The connection under one exchange: whether a byte of the request left, and a clock that cuts it."""

import os
import socket
from contextvars import ContextVar, Token
from threading import Lock, Timer
from time import monotonic

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Line:
    """Around one exchange. `left` is None where the adapter cannot tell.

    Time-outs of a socket start anew with each byte; the deadline does not.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.left: bool | None = None
        self._ends = monotonic() + seconds
        self._lock = Lock()
        self._handle: socket.socket | None = None
        self._cut = False
        self._timer = Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._token: Token | None = None

    @property
    def is_late(self) -> bool:
        return monotonic() >= self._ends

    def __enter__(self) -> "Line":
        self._token = _line.set(self)
        return self

    def __exit__(self, *_exc) -> None:
        if self._token:
            _line.reset(self._token)
        self._timer.cancel()
        with self._lock:
            if self._handle:
                self._handle.close()
            self._handle, self._cut = None, True

    def opening(self) -> None:
        """The request is about to be given to a connection."""
        self.left = False

    def leaving(self, sock: socket.socket) -> None:
        """The first byte is about to go out on this socket."""
        if self.left:
            return
        with self._lock:
            self._handle = socket.socket(fileno=os.dup(sock.fileno()))  # under TLS, so that only the line is cut
        self.left = True
        self._timer.start()

    def _hang_up(self) -> None:
        with self._lock:
            if self._handle and not self._cut:
                try:
                    self._handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # the other side was quicker


_line: ContextVar[Line | None] = ContextVar("line", default=None)


class _Plain(HTTPConnection):
    def send(self, data) -> None:
        _about_to_send(self)
        super().send(data)


class _Tls(HTTPSConnection):
    """Connected, with its handshake done, before anything is sent."""

    def send(self, data) -> None:
        _about_to_send(self)
        super().send(data)


def _about_to_send(connection: HTTPConnection) -> None:
    if connection.sock is None:
        connection.connect()
    line = _line.get()
    if line and connection.sock:
        line.leaving(connection.sock)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class NotingAdapter(HTTPAdapter):
    """requests' own adapter over connections that note what left."""

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def send(self, *args, **kwargs):
        if line := _line.get():
            line.opening()
        return super().send(*args, **kwargs)
