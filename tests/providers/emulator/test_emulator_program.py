"""The emulator as a program: its start and end, its file, its controls and its page."""

import signal
import socket
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep

import pytest
import requests

from backoffice.providers.emulator import World, exact, state
from backoffice.providers.emulator.accounts import AccountsError, add_accounts
from backoffice.providers.emulator.server import Emulator
from backoffice.providers.emulator.story import small_world
from tests.providers.emulator.asking import START, WHO, Received, calling, session_into

ROOT = Path(__file__).parents[3]
ACCOUNTS = """
[main-cards]
provider = "openapi"
base_url = "http://127.0.0.1:9100"
customer_id = 10001001
app_id = 100001
key = "env:TEST_OPENAPI_KEY"
callback_token = "file:{token}"

[main-cards.tables.paths]
open_card = "order/create"

[wasabi]
provider = "wasabicard"
"""


@pytest.fixture
def program(tmp_path):
    """Start the program with arguments; answers the process and its address once it is ready."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "backoffice.providers.emulator", "--port", "0", *map(str, arguments)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        line = process.stdout.readline()
        assert line.startswith("READY http://127.0.0.1:")
        return process, line.split()[1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def control(url, name, **given):
    return requests.post(f"{url}/_emu/{name}", data=exact.dumps(given), timeout=5).json(parse_float=Decimal)


def test_the_program_starts_serves_and_ends_cleanly(program):
    process, url = program("--merchant")
    assert requests.post(f"{url}/open-api/v1/wallet/list", json=WHO, timeout=5).json()["data"]["total"] == 4
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert process.stderr.read() == ""


def test_a_port_in_use_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "backoffice.providers.emulator", "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"emulator: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_killed_program_finds_its_world_and_finishes_its_orders(program, tmp_path):
    file = tmp_path / "world.json"
    process, url = program("--merchant", "--state", file)
    bins = requests.post(f"{url}/open-api/v1/card/bin/list", json=WHO, timeout=5).json()["data"]["bin_list"]
    control(url, "switches", settle_after=3600)
    asked = {**WHO, "out_order_id": "o-1", "bin_id": bins[0]["bin_id"], "amount": 20}
    assert requests.post(f"{url}/open-api/v1/card/order/open", json=asked, timeout=5).json()["code"] == 0
    process.kill()
    process.wait(5)
    _, url = program("--merchant", "--state", file)
    detail = {**WHO, "out_order_id": "o-1"}
    assert requests.post(f"{url}/open-api/v1/card/order/detail", json=detail, timeout=5).json()["data"]["status"] == 1
    assert requests.post(f"{url}/open-api/v1/card/order/open", json=asked, timeout=5).json()["code"] == 3001
    control(url, "clock", advance=3600)
    assert requests.post(f"{url}/open-api/v1/card/order/detail", json=detail, timeout=5).json()["data"]["status"] == 2


def test_the_ticker_settles_and_sends_by_itself(received):
    world = small_world(deliver=received)
    world.switches.settle_after = Decimal("0.1")
    with Emulator(world) as emulator:
        call = calling(requests.Session(), f"{emulator.url}/open-api/v1/")
        call("card/order/open", out_order_id="o-1", bin_id=next(iter(world.bins)), amount=20)
        until = monotonic() + 5
        while len(received) < 4 and monotonic() < until:
            sleep(0.02)
    assert received.tags[2:] == ["card.order.success", "card.status.active"]


def test_starting_and_stopping_at_once_does_not_hang(world):
    for _ in range(5):
        Emulator(world).start().stop()


def test_a_world_comes_back_from_its_file_as_it_was(tmp_path):
    file, refusing = tmp_path / "world.json", Received()
    refusing.answer = (500, "")
    world = small_world(now=START, seed=7, deliver=refusing, path=file)
    call = calling(session_into(world), "https://provider.test/open-api/v1/")
    call("card/order/open", out_order_id="o-1", bin_id=next(iter(world.bins)), amount=Decimal("100.10"))
    world.fail_next("late_accept")
    with pytest.raises(requests.ReadTimeout):
        call("card/order/open", out_order_id="o-2", bin_id=next(iter(world.bins)), amount=50)
    world.tick()
    received = Received()
    again = World(deliver=received)
    assert state.load(again, file) is True
    for name in state.KEPT:
        assert getattr(again, name) == getattr(world, name)
    assert again.now() == START
    again.advance(100)
    assert [order.status for order in again.orders.values()] == ["success", "success"]
    assert {one["notify_id"] for one in refusing} < {one["notify_id"] for one in received}
    assert again.wallets == {
        wallet_id: wallet for wallet_id, wallet in again.wallets.items() if wallet.balance == Decimal("4846.90")
    }
    assert (file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o600, [file])


def test_a_moved_running_clock_stays_moved_after_a_restart(tmp_path):
    world = small_world(path=tmp_path / "world.json")
    world.advance(3 * 86400)
    again = World()
    state.load(again, world.path)
    assert (again.clock.offset, again.clock.standing) == (world.clock.offset, None)
    assert round(again.clock.offset / timedelta(days=1), 3) == 3


def test_a_world_without_a_file_stays_as_it_is(tmp_path):
    assert state.load(World(), tmp_path / "none.json") is False


def test_the_accounts_file_says_who_may_call_and_where_callbacks_go(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("t0ken\n")
    (tmp_path / "accounts.toml").write_text(ACCOUNTS.format(token=tmp_path / "token"))
    monkeypatch.setenv("TEST_OPENAPI_KEY", "k" * 32)
    world = World()
    slugs = add_accounts(world, tmp_path / "accounts.toml", callback_base="http://localhost:8000/")
    app = world.apps["10001001:100001"]
    assert (slugs, app.key) == (["main-cards"], "k" * 32)
    assert app.callback_url == "http://localhost:8000/webhooks/openapi/t0ken/"
    assert world.tables.paths["open_card"] == "order/create"
    assert "k" * 32 not in repr(app)


@pytest.mark.parametrize(("text", "message"), [
    (None, "No such file"), ("[x", "Expected"), ('[x]\nprovider = "openapi"\n', r"\[x\]: KeyError"),
    ('[x]\nprovider = "openapi"\nkey = "env:NOT_SET_ANYWHERE"\n', r"\[x\]: KeyError: 'NOT_SET_ANYWHERE'"),
])  # fmt: skip
def test_an_accounts_file_that_cannot_be_used_says_why(tmp_path, text, message):
    if text is not None:
        (tmp_path / "accounts.toml").write_text(text)
    with pytest.raises(AccountsError, match=message):
        add_accounts(World(), tmp_path / "accounts.toml", callback_base="")


def test_the_controls_change_the_world(world, server, received, opening):
    call = calling(requests.Session(), f"{server.url}/open-api/v1/")
    assert control(server.url, "faults", kind="1005", path="wallet/list")["faults"][0]["kind"] == "error_code"
    assert call("wallet/list")["code"] == 1005
    assert control(server.url, "switches", settle_after=60)["switches"]["settle_after"] == 60
    call("card/order/open", **opening)
    assert control(server.url, "settle", due=True) == {"ok": True}
    assert world.orders["o-1"].status == "processing"
    assert control(server.url, "clock", advance=60)["now"] == "2026-03-02 09:01:00"
    assert world.orders["o-1"].status == "success"
    assert control(server.url, "clock", set="2026-03-05T00:00:00Z")["now"] == "2026-03-05 00:00:00"
    wallet_id = next(iter(world.wallets))
    assert control(server.url, "act", act="deposit", wallet_id=wallet_id, amount="1.50") == {"ok": True}
    assert world.wallets[wallet_id].balance == Decimal(4900)
    received.clear()
    forged = {"out_order_id": "o-1", "event": "card.order.fail", "data": {"status": 3}}
    assert control(server.url, "send", **forged)["ok"] is True
    assert (received.tags, received[0]["event_data"]["status"]) == (["card.order.fail"], 3)
    control(server.url, "send", notify_id=received[0]["notify_id"])
    assert received[0] == received[1]
    control(server.url, "send", event="card.order.success", data={"anything": 1})
    assert received[2]["event_data"] == {"anything": 1}


def test_the_state_can_be_read_without_card_secrets(world, server, opening):
    call = calling(requests.Session(), f"{server.url}/open-api/v1/")
    call("card/order/open", **opening)
    control(server.url, "settle")
    text = requests.get(f"{server.url}/_emu/state", timeout=5).text
    seen, card = exact.loads(text), next(iter(world.cards.values()))
    assert (len(seen["orders"]), len(seen["cards"]), seen["requests"], len(seen["callbacks"])) == (1, 1, 1, 4)
    assert seen["cards"][0]["cvv"] == ""
    assert f'"cvv":"{card.cvv}"' not in text
    requested = requests.get(f"{server.url}/_emu/requests", timeout=5).text
    assert exact.loads(requested)["requests"][0]["body"] == {"customer_id": 10001001, "app_id": 100001, **opening}
    assert WHO["key"] not in text + requested


@pytest.mark.parametrize(("name", "given", "status"), [
    ("switches", {"colour": "red"}, 400), ("switches", {"shuffle": "maybe"}, 400), ("faults", {"kind": "coffee"}, 400),
    ("faults", {}, 200), ("act", {"act": "rob"}, 400), ("send", {"notify_id": "unknown"}, 400), ("nothing", {}, 404),
    ("clock", {"set": "noon"}, 400),
])  # fmt: skip
def test_a_control_that_cannot_be_understood_says_so(server, name, given, status):
    assert requests.post(f"{server.url}/_emu/{name}", data=exact.dumps(given), timeout=5).status_code == status


def test_the_page_shows_the_world_and_its_forms_work(world, server, opening):
    call = calling(requests.Session(), f"{server.url}/open-api/v1/")
    call("card/order/open", **opening | {"mark": "x"})
    posted = requests.post(f"{server.url}/_emu/settle", data={"any": ""}, timeout=5)
    assert (posted.history[0].status_code, posted.url) == (303, f"{server.url}/_emu/")
    assert world.orders["o-1"].status == "success"
    assert "<h2>Orders (1)</h2>" in posted.text
    assert "<script" not in posted.text
    values = {"kind": "status_503", "path": "card/list", "times": "2", "seconds": "", "code": ""}
    requests.post(f"{server.url}/_emu/faults", data=values, timeout=5)
    assert [(one.kind, one.path, one.times) for one in world.faults] == [("status_503", "card/list", 2)]
    requests.post(f"{server.url}/_emu/switches", data={"shuffle": "on", "duplicates": "2"}, timeout=5)
    assert (world.switches.shuffle, world.switches.duplicates) == (True, 2)


def test_what_a_merchant_writes_is_only_text_on_the_page(world, server, opening):
    world.send(next(iter(world.apps.values())), "<script>alert(1)</script>", {})
    assert "<script" not in requests.get(f"{server.url}/_emu/", timeout=5).text


def test_a_reset_begins_anew(world, server, opening):
    def fill(fresh):
        fresh.app(1, 2, "key")

    world.fill = fill
    control(server.url, "reset")
    assert (list(world.apps), world.wallets, world.orders) == (["1:2"], {}, {})


def test_the_program_needs_nothing_of_the_rest():
    code = (
        "import sys, backoffice.providers.emulator.__main__\n"
        "own = 'backoffice.providers.emulator'\n"
        "print(*sorted(n for n in sys.modules if n.startswith(('django', 'backoffice')) and not n.startswith(own)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    assert shown.stdout == "backoffice backoffice.providers\n"
