"""F14, and the receipt over a real socket: too much, without a length, or a byte a second."""

import contextlib
import json
import socket
from time import monotonic, sleep

import psutil
import pytest

from tests.settings import TOKEN
from tests.webhooks.sending import ACKNOWLEDGED, envelope

PATH = f"/webhooks/openapi/{TOKEN}/"
TEN_MB = 10 * 1024 * 1024
KEPT = "SELECT delivery_id, state FROM webhooks_delivery ORDER BY id"


def opened(house, *headers: str) -> socket.socket:
    """A connection on which the head of a callback was sent."""
    connection = socket.create_connection(("127.0.0.1", house.web_port), timeout=40)
    head = ["POST " + PATH + " HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers, "", ""]
    connection.sendall("\r\n".join(head).encode())
    return connection


def pour(connection: socket.socket, piece: bytes, total: int) -> int:
    """Send so much of a piece again and again, as far as the other side takes it."""
    sent = 0
    with contextlib.suppress(OSError):
        while sent < total:
            connection.sendall(piece)
            sent += len(piece)
    return sent


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body; (0, b"") where the server hung up without a word."""
    received = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in received and (more := connection.recv(65_536)):
            received += more
    if not received:
        return 0, b""
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return int(head.split()[1]), body


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def memory(program) -> int:
    processes = psutil.Process(program.process.pid).children(recursive=True)
    return sum(process.memory_info().rss for process in processes)


def test_ten_megabytes_are_refused_by_their_length(house):
    with opened(house, f"Content-Length: {TEN_MB}") as connection:
        status, body = answer(connection)
    assert (status, json.loads(body)["code"]) == (413, 1)
    assert house.rows(KEPT) == []


def test_ten_megabytes_in_chunks_are_refused_while_they_come_and_leave_no_memory_behind(house):
    def send() -> tuple[int, bytes]:
        with opened(house, "Transfer-Encoding: chunked") as connection:
            pour(connection, chunk(b"x" * 65_536), TEN_MB)
            with contextlib.suppress(OSError):
                connection.sendall(b"0\r\n\r\n")
            return answer(connection)

    assert send()[0] == 413
    web = next(program for program in house.programs if program.log.name.startswith("web"))
    before = memory(web)
    statuses = [send()[0] for _ in range(10)]
    assert set(statuses) == {413}
    assert memory(web) - before < 10 * 2 * 1024 * 1024
    assert house.rows(KEPT) == []


def test_a_callback_in_chunks_is_taken(house):
    body = envelope("card.status.freeze", "n-chunked", card_id="cid_1").encode()
    with opened(house, "Transfer-Encoding: chunked") as connection:
        connection.sendall(chunk(body[:50]) + chunk(body[50:]) + chunk(b""))
        assert answer(connection) == (200, ACKNOWLEDGED.encode())
    assert house.rows(KEPT) == [("n-chunked", "received")]


def test_a_body_that_ends_early_is_refused_and_not_kept(house):
    body = envelope("card.status.freeze", "n-cut", card_id="cid_1").encode()
    with opened(house, f"Content-Length: {len(body) + 1}") as connection:
        connection.sendall(body)
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection)[0] in {0, 400}
    assert house.rows(KEPT) == []


@pytest.mark.slow
def test_one_byte_a_second_is_cut_and_holds_nobody_else_up(house):
    body = envelope("card.status.freeze", "n-slow", card_id="cid_1").encode()
    length = f"Content-Length: {len(body)}"
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(opened(house, length)) for _ in range(12)]
        started = monotonic()
        for index in range(30):
            if index == 3:
                asked = monotonic()
                assert house.callback("n-quick", order="CI1").status_code == 200
                assert monotonic() - asked < 5
            if not sum(pour(connection, body[index : index + 1], 1) for connection in slow):
                break
            sleep(1)
        assert monotonic() - started < 29
        assert {answer(connection)[0] for connection in slow} <= {0, 400}
    assert house.callback("n-after", order="CI1").status_code == 200
    assert [delivery_id for delivery_id, _state in house.rows(KEPT)] == ["n-quick", "n-after"]
