"""Carries a requests call straight into the emulator: the real client, no socket, the same failures."""

import io
from http.client import RemoteDisconnected
from socket import gaierror
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool
from urllib3 import exceptions as low
from urllib3.connection import HTTPConnection

from backoffice.providers.emulator.faults import TransportFault


class InProcess(BaseAdapter):
    """Mount it on a session: `session.mount("https://", InProcess(wsgi_app(world)))`."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None) -> requests.Response:
        """Answer the request, or raise what requests would have raised over a socket."""
        head: dict[str, Any] = {}

        def start_response(status, headers, exc_info=None):
            head.update(status=status, headers=headers)

        try:
            body = b"".join(self.app(_environ(request, _patience(timeout)), start_response))
        except TransportFault as fault:
            raise _as_seen_by_requests(fault, request) from fault
        return _response(request, head, body)


def _environ(request, patience: float | None) -> dict[str, Any]:
    url, body = urlsplit(request.url), request.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}

    def pause(seconds: float) -> None:
        if patience is not None and seconds > patience:
            raise TransportFault("hang", seconds=seconds)

    return headers | {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path),
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "emulator.pause": pause,
    }


def _patience(timeout: Any) -> float | None:
    return timeout[1] if isinstance(timeout, tuple) else timeout


def _response(request, head: dict[str, Any], body: bytes) -> requests.Response:
    response = requests.Response()
    status, _, reason = head["status"].partition(" ")
    response.status_code, response.reason = int(status), reason
    response.url, response.request = request.url, request
    response.headers, response.raw = CaseInsensitiveDict(head["headers"]), io.BytesIO(body)
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    return response


def _as_seen_by_requests(fault: TransportFault, request) -> requests.RequestException:
    """The exception, with the reason inside it that urllib3 gives, since clients tell failures apart by it."""
    host, port = urlsplit(request.url).hostname or "", urlsplit(request.url).port
    pool, connection = HTTPConnectionPool(host, port), HTTPConnection(host, port)

    def gave_up(reason: Exception) -> low.MaxRetryError:
        return low.MaxRetryError(pool, request.url, reason)

    if fault.kind == "hang":
        inner = low.ReadTimeoutError(pool, request.url, "Read timed out.")
        return requests.ReadTimeout(inner, request=request)
    if fault.kind == "connect_timeout":
        return requests.ConnectTimeout(gave_up(low.ConnectTimeoutError("connect timed out")), request=request)
    if fault.kind == "tls_error":
        return requests.exceptions.SSLError(gave_up(low.SSLError("certificate verify failed")), request=request)
    if fault.kind == "refuse_connection":
        refused = low.NewConnectionError(connection, "[Errno 111] Connection refused")
        return requests.ConnectionError(gave_up(refused), request=request)
    if fault.kind == "dns_failure":
        unknown = low.NameResolutionError(host, connection, gaierror("Name or service not known"))
        return requests.ConnectionError(gave_up(unknown), request=request)
    if fault.kind in {"reset_mid_body", "truncated_body"}:
        broken = low.ProtocolError("Connection broken", low.IncompleteRead(len(fault.body), len(fault.body)))
        return requests.exceptions.ChunkedEncodingError(broken, request=request)
    dropped = RemoteDisconnected("Remote end closed connection without response")
    return requests.ConnectionError(low.ProtocolError("Connection aborted.", dropped), request=request)
