"""A load generator in a process of its own: `python -m bench.load URL --at-once 8 --seconds 3`; prints JSON.

Raw sockets, as the client shares the machine with what it measures. Each request is a callback of its own; one
connection each, as a provider's callbacks come.
"""

import argparse
import asyncio
import json
import secrets
from time import perf_counter
from urllib.parse import urlsplit

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    "Content-Length: {length}\r\nConnection: {connection}\r\n\r\n"
)


async def client(url: str, until: float, tag: str, *, seconds: list[float], answers: dict[int, int]) -> None:
    address = urlsplit(url)
    reader = writer = None
    number = 0
    while (started := perf_counter()) < until:
        number += 1
        body = callback(f"{tag}{number}", number)
        head = HEAD.format(path=address.path, host=address.netloc, length=len(body), connection="keep-alive")
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(head.encode() + body)
            status, closes = await answer(reader)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            status, closes = 0, True
        seconds.append(perf_counter() - started)
        answers[status] = answers.get(status, 0) + 1
        if closes and writer:
            writer.close()
            reader = writer = None


async def answer(reader) -> tuple[int, bool]:
    """The status, and whether the server closes the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1]), b"connection: close" in head


def callback(notify_id: str, number: int) -> bytes:
    """An order's news in the provider's form, as long as a real one."""
    order = {
        "order_id": f"ord_{number % 50:013d}",
        "out_order_id": f"CI{number % 50:024d}",
        "app_id": 100001,
        "status": 2,
        "order_type": 1,
        "amount": 100.00,
        "fee": 1.50,
        "total_amount": 101.50,
        "currency": "USD",
        "mark": "Ads, Google",
        "create_at": "2026-03-02 10:00:00",
        "end_at": "2026-03-02 10:00:02",
    }
    body = {"notify_id": notify_id, "customer_id": 10001001, "event": "card.order.success"}
    return json.dumps({**body, "event_data": json.dumps(order)}).encode()


async def run(url: str, at_once: int, duration: float) -> dict:
    seconds: list[float] = []
    answers: dict[int, int] = {}
    started = perf_counter()
    tags = [secrets.token_hex(10) for _ in range(at_once)]
    clients = [client(url, started + duration, tag, seconds=seconds, answers=answers) for tag in tags]
    await asyncio.wait_for(asyncio.gather(*clients), duration + 60)
    took, seconds = perf_counter() - started, sorted(seconds)
    return {
        "per_second": len(seconds) / took,
        "p50_ms": seconds[len(seconds) // 2] * 1000,
        "p99_ms": seconds[int(len(seconds) * 0.99)] * 1000,
        "answers": answers,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(run(options.url, options.at_once, options.seconds))))


if __name__ == "__main__":
    main()
