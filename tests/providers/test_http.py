"""One exchange over real sockets: what each failure means, what bounds it, and what is put on the record."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic, sleep

import pytest
import requests
from structlog.testing import capture_logs

from backoffice.providers.errors import Misconfigured, NotSent, OutcomeUnknown, Rejected
from backoffice.providers.http import BIGGEST_ANSWER, Transport
from tests.providers.sockets import certificate, head, hear, serving

GOOD = b'{"code":0,"data":{"amount":0.10}}'
KEY = "ae9ae3f5ad284ef4836de18aa3d41c47"


class Calls(list):
    """What happened around an exchange, in order; and the records."""

    def __init__(self):
        super().__init__()
        self.records = []

    def guard(self):
        self.append("guard")

    def pace(self, write):
        self.append(("pace", write))

    def observe(self, record):
        self.append("observe")
        self.records.append(record)


@pytest.fixture
def around():
    return Calls()


def transport(around, base_url, **details):
    given = {"timeout": (1, 1), "deadline": 5} | details
    return Transport(
        provider="openapi",
        account="main",
        base_url=base_url,
        guard=around.guard,
        pace=around.pace,
        observe=around.observe,
        **given,
    )


def ask(way, *, understand=lambda reply: reply.json(), path="card/order/open", write=True):
    return way.post(
        path,
        b'{"key":"%s"}' % KEY.encode(),
        write=write,
        shown={"out_order_id": "o-1"},
        understand=understand,
        reference="o-1",
    )


def answering(body=GOOD, status="200 OK", **headers):
    def script(connection, heard):
        hear(connection, heard)
        connection.sendall(head(status, Content_Length=len(body), Connection="close", **headers) + body)

    return script


def outcome(around, script, **details):
    """The error of one exchange with a server that follows the script, and what the server heard."""
    with serving(script) as (port, heard):
        with pytest.raises((NotSent, OutcomeUnknown, Misconfigured)) as caught:
            ask(transport(around, f"http://127.0.0.1:{port}/open-api/v1", **details))
        return caught.value, heard


def test_an_answer_comes_back_with_exact_numbers_and_a_record(around):
    before = datetime.now(UTC)
    with serving(answering()) as (port, heard), capture_logs() as lines:
        answer = ask(transport(around, f"http://127.0.0.1:{port}/open-api/v1/"))
    assert str(answer["data"]["amount"]) == "0.10"
    assert around == ["guard", ("pace", True), "observe"]
    record = around.records[0]
    assert (record.account, record.path, record.write, record.status) == ("main", "card/order/open", True, 200)
    assert (record.provider_code, record.problem) == ("0", "")
    assert (record.request, record.response) == ({"out_order_id": "o-1"}, {"code": 0, "data": {"amount": "0.10"}})
    assert before <= record.asked_at <= datetime.now(UTC)
    assert 0 < record.seconds < 5
    first, body = heard[0]
    assert first.splitlines()[0] == "POST /open-api/v1/card/order/open HTTP/1.1"
    assert body == b'{"key":"ae9ae3f5ad284ef4836de18aa3d41c47"}'
    assert [
        (line["event"], line["provider"], line["account"], line["path"], line["status"], line["reference"])
        for line in lines
    ] == [("provider_call", "openapi", "main", "card/order/open", 200, "o-1")]
    assert KEY not in repr(lines) + repr(record) + repr(record.request) + repr(record.response)


def test_the_guard_stops_an_exchange_before_its_turn_is_taken(around):
    def guard():
        raise RuntimeError("a transaction is open")

    around.guard = guard
    with pytest.raises(RuntimeError):
        ask(transport(around, "http://127.0.0.1:9"))
    assert around == []


def test_no_turn_in_time_means_not_sent_and_no_exchange(around):
    def pace(write):
        raise NotSent("writes wait for their turn", retry_after=7)

    around.pace = pace
    with pytest.raises(NotSent) as caught:
        ask(transport(around, "http://127.0.0.1:9"))
    assert (caught.value.retry_after, around) == (7, ["guard"])


def test_a_closed_port_means_not_sent(around):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="^not connected: NewConnectionError$"):
        ask(transport(around, f"http://127.0.0.1:{port}"))
    assert [(record.status, record.response, record.problem) for record in around.records] == [
        (None, None, "not connected: NewConnectionError")
    ]


def test_an_unknown_name_means_not_sent(around):
    with pytest.raises(NotSent, match="^not connected: NameResolutionError$"):
        ask(transport(around, "http://nowhere.invalid"))


def test_an_address_that_cannot_be_called_means_not_sent(around):
    with pytest.raises(NotSent, match="^not connected: InvalidSchema$"):
        ask(transport(around, "gopher://127.0.0.1"))


def test_a_certificate_nobody_vouches_for_means_not_sent_and_raises_an_alarm(around, tmp_path):
    tls, _file = certificate(tmp_path)
    assert tls_problem(around, tls) == ["SSLCertVerificationError"]


def test_an_ended_certificate_means_not_sent(around, tmp_path, monkeypatch):
    tls, file = certificate(tmp_path, days=-1)
    assert tls_problem(around, tls, trusted=file) == ["SSLCertVerificationError"]


def test_a_certificate_of_another_host_means_not_sent(around, tmp_path):
    tls, file = certificate(tmp_path, host="elsewhere.test")
    assert tls_problem(around, tls, trusted=file) == ["SSLCertVerificationError"]


def tls_problem(around, tls, *, trusted=None):
    with serving(lambda connection, heard: hear(connection, heard), tls=tls) as (port, heard):
        way = transport(around, f"https://127.0.0.1:{port}")
        way._session.verify = str(trusted) if trusted else True
        with capture_logs() as lines, pytest.raises(NotSent, match="^not connected: SSLCertVerificationError$"):
            ask(way)
    assert heard == []
    return [line["problem"] for line in lines if line["event"] == "provider_tls_failed"]


def test_a_trusted_certificate_is_taken(around, tmp_path):
    tls, file = certificate(tmp_path)
    with serving(answering(), tls=tls) as (port, _heard):
        way = transport(around, f"https://127.0.0.1:{port}")
        way._session.verify = str(file)
        assert ask(way)["code"] == 0


def test_no_tls_where_tls_is_wanted_means_not_sent(around):
    def script(connection, heard):
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(script) as (port, _heard), pytest.raises(NotSent, match="^not connected: SSLError$"):
        ask(transport(around, f"https://127.0.0.1:{port}"))


def test_a_handshake_that_hangs_means_not_sent(around):
    with serving(lambda connection, heard: sleep(1)) as (port, _heard), pytest.raises(NotSent):
        ask(transport(around, f"https://127.0.0.1:{port}", timeout=(0.2, 0.2)))


def test_a_tls_line_that_breaks_after_the_request_means_unknown(around, tmp_path):
    tls, file = certificate(tmp_path)

    def script(connection, heard):
        hear(connection, heard)
        raw = socket.socket(fileno=connection.detach())
        raw.sendall(b"this is no TLS record")
        raw.close()

    with serving(script, tls=tls) as (port, heard):
        way = transport(around, f"https://127.0.0.1:{port}")
        way._session.verify = str(file)
        with pytest.raises(OutcomeUnknown):
            ask(way)
        assert len(heard) == 1


def test_a_silent_provider_means_unknown(around):
    def script(connection, heard):
        hear(connection, heard)
        sleep(0.6)

    error, heard = outcome(around, script, timeout=(1, 0.2))
    assert (type(error), str(error), len(heard)) == (OutcomeUnknown, "no whole answer: ReadTimeoutError", 1)


def test_a_line_that_closes_without_an_answer_means_unknown_and_is_not_tried_again(around):
    error, heard = outcome(around, lambda connection, heard: hear(connection, heard))
    assert (type(error), len(heard)) == (OutcomeUnknown, 1)


@pytest.mark.parametrize("sent", [b'{"code":', b""])
def test_an_answer_that_breaks_off_means_unknown(around, sent):
    def script(connection, heard):
        hear(connection, heard)
        connection.sendall(head(Content_Length=100) + sent)

    error, _heard = outcome(around, script)
    assert type(error) is OutcomeUnknown
    assert around.records[0].status == 200


def test_a_body_that_drips_is_cut_at_the_deadline(around):
    def script(connection, heard):
        hear(connection, heard)
        connection.sendall(head(Content_Length=100_000))
        for _ in range(100):
            connection.sendall(b" ")
            sleep(0.05)

    began = monotonic()
    error, _heard = outcome(around, script, deadline=0.5)
    assert (type(error), str(error)) == (OutcomeUnknown, "no whole answer within 0.5 seconds")
    assert monotonic() - began < 3


def test_a_head_that_drips_is_cut_at_the_deadline(around):
    def script(connection, heard):
        hear(connection, heard)
        for letter in "HTTP/1.1 200 OK\r\nX-Slow: " + 200 * "a":
            connection.sendall(letter.encode())
            sleep(0.05)

    began = monotonic()
    error, _heard = outcome(around, script, deadline=0.5)
    assert (type(error), str(error)) == (OutcomeUnknown, "no whole answer within 0.5 seconds")
    assert monotonic() - began < 3


@pytest.mark.parametrize("declared", [True, False])
def test_an_answer_beyond_the_cap_is_not_read_to_its_end(around, declared):
    def script(connection, heard):
        hear(connection, heard)
        connection.sendall(head(**({"Content_Length": 10**9} if declared else {"Connection": "close"})))
        for _ in range(200):
            connection.sendall(64 * 1024 * b" ")
            heard.append("part")

    error, heard = outcome(around, script)
    assert (type(error), str(error)) == (OutcomeUnknown, "the answer is longer than 2 MiB")
    assert len(heard) < 200
    assert BIGGEST_ANSWER == 2 * 1024 * 1024


def test_an_answer_at_the_cap_is_taken(around):
    body = GOOD + b" " * (BIGGEST_ANSWER - len(GOOD))
    with serving(answering(body)) as (port, _heard):
        assert ask(transport(around, f"http://127.0.0.1:{port}"))["code"] == 0


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the answer is empty"),
        (b"<html><h1>502</h1></html>", "the answer is not JSON"),
        (b'{"code":0,"da', "the answer is not JSON"),
        (b'{"code":NaN}', "the answer is not JSON"),
        (b"[" * 100_000, "the answer is nested too deeply"),
    ],
)
def test_a_body_that_is_no_json_means_unknown(around, body, problem):
    error, _heard = outcome(around, answering(body))
    assert (type(error), str(error)) == (OutcomeUnknown, problem)
    assert [(record.status, record.response) for record in around.records] == [(200, None)]


@pytest.mark.parametrize(
    "status", ["500 Oops", "502 Bad Gateway", "503 Unavailable", "504 Timeout", "404 Not Found", "204 No"]
)
def test_another_status_means_unknown(around, status):
    error, _heard = outcome(around, answering(b"<html>", status))
    assert (type(error), str(error), error.code) == (OutcomeUnknown, f"answered {status[:3]}", f"http_{status[:3]}")
    assert [(record.status, record.provider_code) for record in around.records] == [
        (int(status[:3]), f"http_{status[:3]}")
    ]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 Again"])
@pytest.mark.parametrize("target", ["/elsewhere", "http://"])
def test_a_redirect_is_not_followed(around, status, target):
    error, heard = outcome(around, answering(b"", status, Location=target))
    assert (type(error), len(heard)) == (OutcomeUnknown, 1)


@pytest.mark.parametrize("status", ["401 Who", "403 No"])
def test_a_refused_key_means_misconfigured(around, status):
    error, _heard = outcome(around, answering(b"", status))
    assert (type(error), error.code) == (Misconfigured, f"http_{status[:3]}")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [({}, None), ({"Retry_After": "7"}, 7.0), ({"Retry_After": "999999"}, 3600.0), ({"Retry_After": "soon"}, None)],
)
def test_throttled_means_not_sent_and_the_wait_is_kept(around, header, seconds):
    error, _heard = outcome(around, answering(b"", "429 Slow down", **header))
    assert (type(error), error.code, error.retry_after) == (NotSent, "http_429", seconds)


def test_a_wait_may_be_a_date(around):
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    error, _heard = outcome(around, answering(b"", "429 Slow down", Retry_After=at))
    assert 80 < error.retry_after <= 90


def test_no_proxy_and_no_password_are_taken_from_outside(around, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answering()) as (port, heard):
        assert ask(transport(around, f"http://127.0.0.1:{port}"))["code"] == 0
    assert "Authorization" not in heard[0][0]


def test_a_refusal_of_the_answer_is_on_the_record(around):
    def refuse(reply):
        raise Rejected("insufficient wallet balance", code="2003")

    with serving(answering(b'{"code":2003}')) as (port, _heard), pytest.raises(Rejected):
        ask(transport(around, f"http://127.0.0.1:{port}"), understand=refuse)
    record = around.records[0]
    assert (record.status, record.provider_code, record.problem) == (200, "2003", "insufficient wallet balance")


def test_a_bug_of_ours_is_on_the_record_too(around):
    with serving(answering()) as (port, _heard), pytest.raises(ZeroDivisionError):
        ask(transport(around, f"http://127.0.0.1:{port}"), understand=lambda reply: 1 / 0)
    assert [(record.status, record.problem) for record in around.records] == [(200, "ZeroDivisionError")]


def test_an_observer_that_fails_changes_nothing_of_the_call(around):
    def observe(record):
        raise OSError("the database is away")

    around.observe = observe
    with serving(answering()) as (port, _heard), capture_logs() as lines:
        assert ask(transport(around, f"http://127.0.0.1:{port}"))["code"] == 0
    assert [line["event"] for line in lines] == ["provider_call", "exchange_not_recorded"]


def test_a_session_of_the_caller_is_used_and_told_to_ignore_the_environment(around):
    session = requests.Session()
    transport(around, "http://127.0.0.1:9", session=session)
    assert session.trust_env is False
