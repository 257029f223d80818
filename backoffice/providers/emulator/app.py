"""The WSGI program: a request, the fault that awaits it, the work, the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import sleep
from typing import Any

from backoffice.providers.emulator import control, exact, openapi
from backoffice.providers.emulator.faults import (
    DOORS,
    DROPPED,
    NEVER_LEFT,
    PAGES,
    SPOILERS,
    Fault,
    TransportFault,
    spoil,
)
from backoffice.providers.emulator.world import Request, World

BIGGEST_BODY = 1024 * 1024
KEPT_REQUESTS = 20_000
HANG, LATER = 35, 90  # seconds, when a fault does not say
JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>\n"


@dataclass
class Reply:
    status: int
    body: bytes
    type: str = JSON
    head: dict[str, str] = field(default_factory=dict)
    code: int | None = None


def wsgi_app(world: World) -> Callable[[dict[str, Any], Callable], Iterable[bytes]]:
    """The emulator of a world; it raises TransportFault where no HTTP answer can say what happens."""

    def app(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), BIGGEST_BODY + 1))
        if path == "/_emu" or path.startswith("/_emu/"):
            status, kind, content, head = control.answer(world, method, path, environ.get("CONTENT_TYPE", ""), body)
            reply = Reply(status, content, kind, head)
        else:
            address, pause = environ.get("REMOTE_ADDR", "127.0.0.1"), environ.get("emulator.pause", sleep)
            reply = answer(world, method, path, body, address=address, pause=pause)
        head = {"Content-Type": reply.type, "Content-Length": str(len(reply.body)), **reply.head}
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(head.items()))
        return [reply.body]

    return app


def answer(world: World, method: str, path: str, body: bytes, *, address: str, pause: Callable[[float], None]) -> Reply:
    """Answer one request of the provider's own interface."""
    with world.lock:
        call = world.tables.call_at(path)
        given = _parse(body)
        fault = world.faults.take(path, call, given)
        if fault and fault.kind in NEVER_LEFT:
            raise TransportFault(fault.kind, seconds=fault.seconds(5))
        request = _record(world, path, call, given, fault)
        if not call or method != "POST" or len(body) > BIGGEST_BODY:
            request.status = 413 if len(body) > BIGGEST_BODY else 405 if call else 404
            return _page(request.status)
        envelope = _work(world, request, given, address, fault)
    if envelope and world.switches.before_reply:
        world.tick()
    reply = _reply(world, fault, envelope, pause)
    request.status, request.code = reply.status, reply.code
    return reply


def _record(world: World, path: str, call: str, given: Any, fault: Fault | None) -> Request:
    shown = {name: value for name, value in given.items() if name != "key"} if isinstance(given, dict) else None
    request = Request(at=world.stamp(), path=path, call=call, body=shown, fault=fault.kind if fault else "")
    world.requests.append(request)
    del world.requests[:-KEPT_REQUESTS]
    return request


def _work(world: World, request: Request, given: Any, address: str, fault: Fault | None) -> dict[str, Any] | None:
    """Carry the call out, now or later or not at all, as the fault wants it."""
    call, envelope = request.call, None
    if fault and fault.kind == "repeat_page":
        given = {**given, "page": 1}
    if fault is None or fault.works_first:
        envelope = openapi.answer(world, call, given, address=address)
        request.code = envelope["code"]
    elif fault.kind == "late_accept":
        openapi.postpone(world, call, given, address=address, seconds=fault.seconds(LATER))
    if openapi.CALLS[call].writes:
        world.save()
    return envelope


def _reply(world: World, fault: Fault | None, envelope: dict[str, Any] | None, pause: Callable[[float], None]) -> Reply:
    good = _json(envelope or {})
    if fault is None or fault.kind == "repeat_page":
        return good
    if fault.kind in DROPPED:
        raise _dropped(fault, good)
    if fault.kind in PAGES:
        return _broken(fault, good)
    if fault.kind in DOORS:
        return _door(fault)
    if fault.kind in SPOILERS:
        return _json({**envelope, "data": spoil(fault, envelope["data"])} if envelope else {})
    if fault.kind == "delay":
        pause(fault.seconds(1))
        return good
    return _refusal(world, fault)


def _dropped(fault: Fault, good: Reply) -> TransportFault:
    if fault.kind in {"timeout", "timeout_before", "late_accept"}:
        return TransportFault("hang", seconds=float(fault.details.get("hang", 0)) or _hang(fault))
    if fault.kind in {"reset_mid_body", "truncated_body"}:
        head = {"Content-Type": JSON, "Content-Length": str(len(good.body))}
        return TransportFault(fault.kind, head=head, body=good.body[: len(good.body) // 2])
    return TransportFault("dropped")


def _hang(fault: Fault) -> float:
    return HANG if fault.kind == "late_accept" else fault.seconds(HANG)


def _broken(fault: Fault, good: Reply) -> Reply:
    if fault.kind == "empty_200":
        return Reply(200, b"")
    if fault.kind == "html_200":
        return _page(200)
    if fault.kind == "truncated_json":
        return Reply(200, good.body[: max(1, len(good.body) // 2)])
    return _page(int(fault.kind.removeprefix("status_")))


def _door(fault: Fault) -> Reply:
    reply = _page(int(fault.kind.rpartition("_")[2]))
    if fault.kind == "throttle_429" and "retry_after" in fault.details:
        reply.head["Retry-After"] = str(fault.details["retry_after"])
    return reply


def _refusal(world: World, fault: Fault) -> Reply:
    code = world.tables.codes["not_found"] if fault.kind == "not_found" else int(fault.details["code"])
    name = next((name for name, number in world.tables.codes.items() if number == code), "")
    message = fault.details.get("message") or world.tables.messages.get(name, "unheard-of error")
    return _json({"code": code, "message": message, "data": fault.details.get("data", {})})


def _json(envelope: dict[str, Any]) -> Reply:
    return Reply(200, exact.dumps(envelope).encode(), code=envelope.get("code"))


def _page(status: int) -> Reply:
    return Reply(status, PAGE.format(f"{status} {HTTPStatus(status).phrase}").encode(), HTML)


def _parse(body: bytes) -> Any:
    try:
        return exact.loads(body)
    except ValueError:
        return None
