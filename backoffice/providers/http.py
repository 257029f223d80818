"""One HTTP exchange with a provider: guarded, paced, bounded, translated into our errors, and put on the record."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TypeVar

import requests
import structlog
from requests.structures import CaseInsensitiveDict
from urllib3 import exceptions as low

from backoffice.providers import exactjson
from backoffice.providers.discretion import NOTHING_PRIVATE, Discretion
from backoffice.providers.errors import Misconfigured, NotSent, OutcomeUnknown, ProviderError
from backoffice.providers.line import Line, NotingAdapter
from backoffice.providers.redaction import redacted
from backoffice.providers.telling import own_time, readable, shortened

logger = structlog.get_logger(__name__)
T = TypeVar("T")

DEADLINE_S = 30.0  # for one exchange as a whole, by our own clock
BIGGEST_ANSWER = 2 * 1024 * 1024
CHUNK = 64 * 1024
LONGEST_RETRY_AFTER_S = 3600.0
CONNECTING = (low.NewConnectionError, low.ConnectTimeoutError, low.SSLError)
UNSENDABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "merchant-back-office/1",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back with status 200: bytes that nobody has understood yet."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    asked_at: datetime

    @property
    def retry_after(self) -> float | None:
        return _retry_after(self.headers)

    def json(self) -> object:
        """The decoded body with exact numbers."""
        try:
            return exactjson.loads(self.body)
        except exactjson.NotJson as exc:
            raise OutcomeUnknown(f"the answer is {exc}" if self.body else "the answer is empty") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRecord:
    """What an exchange was and what became of it, without a secret in it."""

    account: str
    path: str
    write: bool
    asked_at: datetime
    seconds: float
    status: int | None  # None: no answer came
    provider_code: str
    outcome: str  # answered, or the `outcome` of the ProviderError
    problem: str
    request: dict = field(repr=False)
    response: dict | None = field(repr=False)


class Transport:
    """The one way out to a provider. Nothing is retried here, no redirect followed, no proxy taken from outside."""

    def __init__(
        self,
        *,
        provider: str,
        account: str,
        base_url: str,
        timeout: tuple[float, float],
        guard: Callable[[], None],
        pace: Callable[[bool], None],
        observe: Callable[[ExchangeRecord], None],
        clock: Callable[[], datetime] = own_time,
        session: requests.Session | None = None,
        deadline: float = DEADLINE_S,
    ):
        self.provider, self.account, self.base_url, self.timeout = provider, account, base_url.rstrip("/"), timeout
        self._guard, self._pace, self._observe, self._clock = guard, pace, observe, clock
        self._session = session or _own_session()
        self._session.trust_env = False
        self._deadline = max(deadline, 0.0)

    def post(
        self,
        path: str,
        body: bytes,
        *,
        write: bool,
        shown: Mapping[str, object],
        understand: Callable[[Reply], T],
        reference: str = "",
        discretion: Discretion = NOTHING_PRIVATE,
    ) -> T:
        """Send `body`, let `understand` make something of the answer; `shown` is what a record may tell of the request.

        `discretion` cuts from the record, of the request and of the answer, what is private in this exchange.

        Raises a ProviderError. Whatever happens after the first byte, there is a record and a line in the log.
        """
        self._guard()
        self._pace(write)
        exchange = _Exchange(
            path=path, write=write, reference=reference, shown=shown, discretion=discretion, asked_at=self._clock()
        )
        try:
            reply = self._send(exchange, path, body)
            answer = understand(reply)
        except ProviderError as exc:
            exchange.failed(str(exc), exc.code, exc.outcome)
            raise
        except BaseException as exc:
            exchange.failed(type(exc).__name__)
            raise
        finally:
            self._tell(exchange)
        return answer

    def _send(self, exchange: "_Exchange", path: str, body: bytes) -> Reply:
        with Line(self._deadline) as line:
            try:
                response = self._session.post(
                    f"{self.base_url}/{path}",
                    data=body,
                    headers=HEADERS,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    exchange.status = response.status_code
                    _require_good_status(response.status_code, response.headers)
                    exchange.body = self._read(response, line)
            except (OSError, low.HTTPError) as exc:  # all of requests' own are OSErrors
                raise self._translated(exc, line, answered=exchange.status is not None) from exc
        return Reply(response.status_code, exchange.body, CaseInsensitiveDict(response.headers), exchange.asked_at)

    def _read(self, response: requests.Response, line: Line) -> bytes:
        parts, size = [], 0
        for part in response.iter_content(CHUNK):
            parts.append(part)
            size += len(part)
            if size > BIGGEST_ANSWER:
                raise OutcomeUnknown("the answer is longer than 2 MiB")
            if line.is_late:
                raise OutcomeUnknown(_late(line))
        return b"".join(parts)

    def _translated(self, exc: Exception, line: Line, *, answered: bool) -> ProviderError:
        """What an exception of the transport means; in doubt, the provider may have acted."""
        if not answered and _of_tls(exc):
            logger.error("provider_tls_failed", provider=self.provider, account=self.account, problem=_kind(exc))
        left = line.left
        never_left = (_of_connecting(exc) if left is None else not left) and not answered
        if never_left:
            return NotSent(f"not connected: {_kind(exc)}")
        return OutcomeUnknown(_late(line) if line.is_late else f"no whole answer: {_kind(exc)}")

    def _tell(self, exchange: "_Exchange") -> None:
        record = exchange.record(self.account)
        logger.info(
            "provider_call",
            provider=self.provider,
            account=self.account,
            path=record.path,
            status=record.status,
            code=record.provider_code,
            seconds=round(record.seconds, 3),
            reference=exchange.reference,
            problem=record.problem,
        )
        try:
            self._observe(record)
        except Exception:  # the call was made: no trouble with the books may turn it into something unknown
            logger.exception("exchange_not_recorded", account=self.account, path=record.path)


class _Exchange:
    """One exchange under way."""

    def __init__(
        self,
        *,
        path: str,
        write: bool,
        reference: str,
        shown: Mapping[str, object],
        discretion: Discretion,
        asked_at: datetime,
    ):
        self.path, self.write, self.reference, self.shown, self.discretion = path, write, reference, shown, discretion
        self.asked_at, self.began = asked_at, monotonic()
        self.status: int | None = None
        self.body = b""
        self.problem = self.code = ""
        self.outcome = "answered"

    def failed(self, problem: str, code: str = "", outcome: str = "unknown") -> None:
        self.problem, self.code, self.outcome = problem, code, outcome

    def record(self, account: str) -> ExchangeRecord:
        answer = readable(self.body)
        code = self.code or (str(answer.get("code", ""))[:40] if isinstance(answer, dict) else "")
        return ExchangeRecord(
            account=account,
            path=self.path,
            write=self.write,
            asked_at=self.asked_at,
            seconds=monotonic() - self.began,
            status=self.status,
            provider_code=code,
            outcome=self.outcome,
            problem=self.discretion.text(self.problem),
            request=self.discretion.cut(redacted(self.shown)),
            response=None if answer is None else self.discretion.cut(redacted(shortened(answer))),
        )


class _Session(requests.Session):
    def get_redirect_target(self, resp) -> None:
        """Nowhere: even to name the next address requests would read the whole body first."""


def _own_session() -> requests.Session:
    session = _Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, NotingAdapter(max_retries=0))
    return session


def _require_good_status(status: int, headers: Mapping[str, str]) -> None:
    if status in {401, 403}:
        raise Misconfigured(f"answered {status}", code=f"http_{status}")
    if status == 429:
        raise NotSent("answered 429: too many requests", code="http_429", retry_after=_retry_after(headers))
    if status != 200:
        raise OutcomeUnknown(f"answered {status}", code=f"http_{status}")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number of them or from a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text)
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def _of_connecting(exc: Exception) -> bool:
    """Whether requests says that no connection came about, or refused to send what we gave it."""
    if isinstance(exc, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    if isinstance(exc, requests.ConnectionError):
        reason = getattr(exc.args[0], "reason", None) if exc.args else None
        return isinstance(reason, CONNECTING)
    return isinstance(exc, UNSENDABLE)


def _of_tls(exc: Exception) -> bool:
    return isinstance(exc, requests.exceptions.SSLError | low.SSLError | ssl.SSLError)


def _kind(exc: BaseException) -> str:
    """The class name of what lies at the bottom; never a text, as these quote addresses."""
    while isinstance(inner := getattr(exc, "reason", None) or next(iter(exc.args), None), Exception):
        exc = inner
    return type(exc).__name__


def _late(line: Line) -> str:
    return f"no whole answer within {line.seconds:g} seconds"
