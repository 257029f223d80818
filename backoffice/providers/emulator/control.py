"""The controls under /_emu/: JSON for programs, the same as forms for people."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from backoffice.providers.emulator import acts, callbacks, exact, page, wire
from backoffice.providers.emulator.clock import moment
from backoffice.providers.emulator.rows import App
from backoffice.providers.emulator.world import World

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
Answer = tuple[int, str, bytes, dict[str, str]]


def answer(world: World, method: str, path: str, content_type: str, body: bytes) -> Answer:
    """Status, content type, body and further headers."""
    name = path.removeprefix("/_emu").strip("/")
    if method == "GET":
        return _read(world, name)
    is_form = content_type.startswith("application/x-www-form-urlencoded")
    try:
        given = dict(parse_qsl(body.decode())) if is_form else exact.loads(body or b"{}")
        change = CHANGES[name]
    except KeyError:
        return _json(404, {"error": f"no such control: {name}", "controls": list(CHANGES)})
    except ValueError:
        return _json(400, {"error": "body is neither JSON nor a form"})
    try:
        result = change(world, given)
    except (ValueError, KeyError, TypeError, ArithmeticError) as exc:
        return _json(400, {"error": f"{type(exc).__name__}: {exc}"})
    return (303, HTML, b"", {"Location": "/_emu/"}) if is_form else _json(200, {"ok": True, **(result or {})})


def state(world: World) -> dict[str, Any]:
    """What the page and GET /_emu/state show; card secrets stay out."""
    with world.lock:
        return {
            "now": world.stamp(),
            "switches": asdict(world.switches),
            "faults": [asdict(fault) for fault in world.faults],
            "apps": [{"customer_id": app.customer_id, "app_id": app.app_id} for app in world.apps.values()],
            "wallets": [wire.wallet(world, row) for row in world.wallets.values()],
            "bins": [wire.bin_(world, row) for row in world.bins.values()],
            "cards": [wire.card(world, row) | {"cvv": "", "pin": ""} for row in world.cards.values()],
            "orders": [wire.order(world, row) for row in world.orders_by_id.values()],
            "requests": len(world.requests),
            "late_calls": len(world.late_calls),
            "waiting": [_letter(one) for one in world.letters if one.state in {"waiting", "leaving"}],
            "callbacks": [_sent(one) for one in world.callbacks],
        }


def _read(world: World, name: str) -> Answer:
    if name == "":
        return 200, HTML, page.render(world, state(world)).encode(), {}
    if name == "state":
        return _json(200, state(world))
    if name == "requests":
        with world.lock:
            return _json(200, {"requests": [asdict(request) for request in world.requests]})
    return _json(404, {"error": f"nothing to read: {name}", "readable": ["", "state", "requests"]})


def _reset(world: World, given: dict[str, Any]) -> None:
    world.reset()


def _faults(world: World, given: dict[str, Any] | list) -> dict[str, Any]:
    if isinstance(given, dict) and given.pop("clear", None):
        world.faults = []
    for entry in given if isinstance(given, list) else [given] if given else []:
        details = {name: _plain(value) for name, value in entry.items() if value != ""}
        world.fail_next(str(details.pop("kind")), **{**details, "times": int(details.get("times", 1))})
    return {"faults": [asdict(fault) for fault in world.faults]}


def _clock(world: World, given: dict[str, Any]) -> dict[str, Any]:
    if given.get("set"):
        world.move_to(moment(str(given["set"])))
    if given.get("advance"):
        world.advance(Decimal(given["advance"]))
    return {"now": world.stamp()}


def _settle(world: World, given: dict[str, Any]) -> None:
    """All orders under way; with `due`, those alone whose time has come."""
    if given.get("due"):
        world.tick()
    else:
        world.settle()


def _switches(world: World, given: dict[str, Any]) -> dict[str, Any]:
    with world.lock:
        world.switches.turn(given)
        return {"switches": asdict(world.switches)}


def _send(world: World, given: dict[str, Any]) -> dict[str, Any]:
    """An old callback again by `notify_id`; or a new one: of an order, of a card, or of any `event` and `data`."""
    if given.get("notify_id"):
        callbacks.send_again(world, given["notify_id"])
    elif given.get("out_order_id"):
        order = world.orders[given["out_order_id"]]
        tag = given.get("event") or world.tables.events[acts.ORDER_EVENTS[order.status]]
        world.send(world.apps[order.owner], tag, wire.order(world, order) | _object(given))
    elif given.get("card_id"):
        card = world.cards[given["card_id"]]
        world.send(world.apps[card.owner], given["event"], wire.card(world, card) | _object(given))
    else:
        world.send(_app(world, given), given["event"], _object(given))
    world.tick()
    return {"callbacks": len(world.callbacks)}


def _act(world: World, given: dict[str, Any]) -> None:
    """Something the provider does by itself: `act` names it, the other fields say on what."""
    amount = {"amount": Decimal(given["amount"])} if given.get("amount") else {}
    target = {name: given[name] for name in ("wallet_id", "card_id") if given.get(name)}
    ACTS[given["act"]](world, **target, **amount)
    world.tick()


CHANGES: dict[str, Callable[[World, Any], dict[str, Any] | None]] = {
    "reset": _reset,
    "faults": _faults,
    "clock": _clock,
    "settle": _settle,
    "switches": _switches,
    "send": _send,
    "act": _act,
}
ACTS: dict[str, Callable] = {
    "deposit": acts.deposit,
    "freeze_wallet": acts.freeze_wallet,
    "unfreeze_wallet": acts.unfreeze_wallet,
    "report_lost": acts.report_lost,
    "replace_card": acts.replace_card,
    "spend": acts.spend,
}


def _app(world: World, given: dict[str, Any]) -> App:
    wanted = given.get("app_id")
    found = [app for app in world.apps.values() if wanted is None or app.app_id == int(wanted)]
    if not found:
        raise ValueError("no such app")
    return found[0]


def _object(given: dict[str, Any]) -> dict[str, Any]:
    data = given.get("data") or {}
    return exact.loads(data) if isinstance(data, str) else data


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 10 else value


def _letter(letter: callbacks.Letter) -> dict[str, Any]:
    return {
        "notify_id": letter.notify_id,
        "event": letter.event,
        "tries": letter.tries,
        "due": letter.due.isoformat() if letter.due else "",
    }


def _sent(sent: callbacks.Sent) -> dict[str, Any]:
    data = {name: value for name, value in sent.data.items() if name not in {"cvv", "pin"}}
    shown = {name: getattr(sent, name) for name in ("notify_id", "event", "at", "status", "answer", "acknowledged")}
    return {**shown, "data": data}


def _json(status: int, content: dict[str, Any]) -> Answer:
    return status, JSON, exact.dumps(content).encode(), {}
