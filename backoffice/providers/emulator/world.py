"""The provider's memory, shared by its calls, its callbacks and its controls."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import RLock
from typing import Any

from backoffice.providers.emulator import callbacks, settlement, state
from backoffice.providers.emulator.clock import Clock, stamp
from backoffice.providers.emulator.faults import NEVER_LEFT, Fault, Faults
from backoffice.providers.emulator.ids import Ids
from backoffice.providers.emulator.rows import App, Bin, Card, Holder, LateCall, Order, Trade, Wallet, WalletRow
from backoffice.providers.emulator.switches import Switches
from backoffice.providers.emulator.tables import Tables


@dataclass(kw_only=True)
class Request:
    """One request that reached the provider, without its key; `code` is None when it got no envelope."""

    at: str
    path: str
    call: str
    body: Any
    status: int = 0
    code: int | None = None
    fault: str = ""


class World:
    """Everything the emulated provider knows; `lock` guards it, and is never held while something is sent."""

    def __init__(
        self,
        *,
        now: datetime | None = None,
        seed: int | None = None,
        tables: Mapping[str, Any] | None = None,
        deliver: callbacks.Deliver | None = None,
        path: Path | None = None,
    ):
        self.lock = RLock()
        self.clock, self.ids = Clock(now), Ids(seed)
        self.tables = Tables.of(tables)
        self.deliver, self.path = deliver, path
        self.take_offline: Callable[[float], None] | None = None
        self.fill: Callable[[World], None] | None = None
        self.requests: list[Request] = []
        self.callbacks: list[callbacks.Sent] = []
        self.recent_calls: dict[str, list[tuple[datetime, bool]]] = {}
        self._faults = Faults()
        self.forget()

    def forget(self) -> None:
        """Drop all rows, letters and faults; accounts go too."""
        self.switches = Switches()
        self.apps: dict[str, App] = {}
        self.wallets: dict[str, Wallet] = {}
        self.wallet_rows: list[WalletRow] = []
        self.bins: dict[str, Bin] = {}
        self.holders: dict[str, Holder] = {}
        self.cards: dict[str, Card] = {}
        self.orders_by_id: dict[str, Order] = {}
        self.trades: list[Trade] = []
        self.letters: list[callbacks.Letter] = []
        self.late_calls: list[LateCall] = []
        self.faults = []
        self.requests.clear()
        self.callbacks.clear()
        self.recent_calls.clear()

    def reset(self) -> None:
        """Begin anew: forget everything, then fill the world as it was filled at the start."""
        with self.lock:
            self.forget()
            if self.fill:
                self.fill(self)
        self.save()

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, entries: Iterable[str | dict | Fault]) -> None:
        self._faults = Faults(entries)

    @property
    def orders(self) -> dict[str, Order]:
        """Accepted orders by the merchant's id, oldest first."""
        return {order.out_order_id: order for order in self.orders_by_id.values() if order.out_order_id}

    def now(self) -> datetime:
        return self.clock.now()

    def stamp(self) -> str:
        return stamp(self.now())

    def app(self, customer_id: int, app_id: int, key: str, **details: Any) -> App:
        """The application, made or changed."""
        with self.lock:
            app = App(customer_id=customer_id, app_id=app_id, key=key, **details)
            old = self.apps.get(app.owner)
            app.used_ids = old.used_ids if old else app.used_ids
            self.apps[app.owner] = app
            return app

    def fail_next(self, kind: str, path: str | None = None, times: int = 1, **details: Any) -> None:
        """Queue a fault; behind a real socket, one that refuses connections closes the door at once for `seconds`."""
        fault = Fault.of({"kind": kind, "path": path or "", "times": times, **details})
        if self.take_offline and fault.kind in NEVER_LEFT:
            self.take_offline(fault.seconds(5))
            return
        with self.lock:
            self.faults.append(fault)

    def emit(self, app: App, event: str, data: dict[str, Any]) -> None:
        """Queue a callback under the tag that the tables have for this event."""
        with self.lock:
            callbacks.write(self, app, self.tables.events[event], data)

    def send(self, app: App, tag: str, data: dict[str, Any]) -> None:
        """Queue a callback of any tag and content, also one that never happened."""
        with self.lock:
            callbacks.write(self, app, tag, data)

    def tick(self) -> None:
        """Do what is due by the clock: late calls, settlements, callbacks."""
        settlement.settle_due(self)
        if callbacks.send_due(self):
            self.save()

    def settle(self) -> None:
        """Finish every order under way, due or not, and send the callbacks that are due."""
        with self.lock:
            for order in self.orders_by_id.values():
                if order.status == "processing":
                    order.settle_at = self.now()
        self.tick()

    def advance(self, seconds: float | Decimal) -> None:
        """Move the clock forward, stopping wherever something is due on the way."""
        self.move_to(self.now() + timedelta(seconds=float(seconds)))

    def move_to(self, target: datetime) -> None:
        """Move the clock to a moment; forward, everything due on the way happens at its own time."""
        while (due := settlement.next_due(self)) and due <= target:
            if due > self.now():
                self.clock.set(due)
            self.tick()
        self.clock.set(target)
        self.tick()
        self.save()

    def save(self) -> None:
        """Write the state file, if there is one."""
        if self.path:
            state.save(self, self.path)
