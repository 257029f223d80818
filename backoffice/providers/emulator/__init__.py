"""An emulated provider: a WSGI program with a memory, a movable clock, faults to order and real callbacks.

It is built from the providers' contracts alone and knows nothing of our clients, so that a misreading shows up as a
disagreement between two readings.

In a test, without a socket::

    world = small_world(now=datetime(2026, 3, 2, tzinfo=UTC), deliver=sink)  # story.py; World() is an empty one
    session = requests.Session()
    session.mount("https://", InProcess(wsgi_app(world)))

    world.faults = ["lose_reply"]                                # or .append("timeout"), or
    world.fail_next("wrong_amount", path="card/order/detail", by=5)
    ...                                                          # the code under test calls the provider
    world.settle()                                               # every order ends, callbacks go to `sink`
    world.advance(60)                                            # retries, late calls, whatever was due on the way

    world.requests            # what arrived: path, call, body without the key, code
    world.orders["our-id"]    # by our id; status is "processing", "success" or "failed": our names, not their numbers
    world.cards               # and wallets, wallet_rows, bins, holders, trades: see rows.py; money is Decimal
    world.callbacks           # what was sent: event, data, status, answer, acknowledged
    world.switches.drop = 1   # how the provider behaves; all of switches.py

`sink` is any `callable(url, body, headers) -> (status, body)`; without one, callbacks are posted to the app's
`callback_url`. Without `now`, the clock runs with the real one; `advance` moves either. Nothing happens by itself but
in the server: `tick()` does what is due. `add_wallet`, `add_bin` and `add_card` of story.py and the acts of acts.py
(deposit, freeze_wallet, report_lost, replace_card, spend) put further things into a world.

Kinds of faults (faults.py), each with `path`, `times`, `where` (body fields, as in where={"page": 7}) and details:

- before anything arrives: refuse_connection, dns_failure, connect_timeout, tls_error (not in `world.requests`; behind a
  socket all four close the door for `seconds`)
- no answer: lose_reply, timeout, reset_mid_body, truncated_body (the work was done); drop_request, timeout_before (it
  was not); late_accept (it will be, `seconds` later)
- no envelope: status_500/502/503/504, empty_200, html_200, truncated_json (the work was done, unless when="before")
- turned away: throttle_429 (retry_after=…), unauthorized_401, forbidden_403
- refused: error_code (code=…), "1005" and any other code as a kind, not_found (not done, unless when="after")
- an answer with something wrong: wrong_amount, wrong_currency, wrong_card, wrong_order, wrong_holder, unknown_status,
  missing_fields, null_fields, extra_fields, wrong_types
- a list that misbehaves: empty_page, repeat_page (the first page again)
- delay (seconds=…)

Money ending in .13 or the mark `fail` lets an order fail; .99 answers a system error after doing the work. As a
program: `python -m backoffice.providers.emulator --help`; its controls are under /_emu/ (control.py).
"""

from backoffice.providers.emulator.adapter import InProcess
from backoffice.providers.emulator.app import wsgi_app
from backoffice.providers.emulator.faults import Fault
from backoffice.providers.emulator.story import small_world
from backoffice.providers.emulator.world import World

__all__ = ["Fault", "InProcess", "World", "small_world", "wsgi_app"]
