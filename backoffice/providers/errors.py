"""What went wrong with a provider. The class says what the caller must do; the text is safe to show and to log."""

from collections.abc import Mapping

from backoffice.providers.redaction import scrub

MAX_TEXT = 300


class ProviderError(Exception):
    """`message` never quotes a body, a key or an address with one in it; `code` is the provider's, ours, or empty."""

    code = ""
    outcome = "unknown"  # what an exchange that ended so is on the record as

    def __init__(self, message: str, *, code: str = ""):
        self.message = scrub(message)[:MAX_TEXT]
        self.code = scrub(code)[:64] or type(self).code
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class NotSent(ProviderError):
    """The provider never got it, or says that it did nothing: send the same again, later."""

    outcome = "not_sent"

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None):
        super().__init__(message, code=code)
        self.retry_after = retry_after  # seconds, where the provider named them


class OutcomeUnknown(ProviderError):
    """The provider may have acted: look up by our reference, never send again on a guess."""


class UsedBefore(OutcomeUnknown):
    """Our reference was used before: look up what became of it."""


class Rejected(ProviderError):
    """A refusal: nothing happened, and nothing will. `fields` names the inputs at fault, where that is known."""

    outcome = "refused"

    def __init__(self, message: str, *, code: str = "", fields: Mapping[str, str] | None = None):
        super().__init__(message, code=code)
        self.fields = {str(name): scrub(problem)[:MAX_TEXT] for name, problem in (fields or {}).items()}


class NotFound(Rejected):
    """The provider does not know the object. Right after a lost reply this proves nothing."""

    outcome = "not_found"


class Misconfigured(ProviderError):
    """Our key, address or application is refused: stop and tell a person."""

    outcome = "misconfigured"


class BadSignature(ProviderError):
    """The bytes are not what the provider signed, or nobody signed them."""


class BadMessage(ProviderError):
    """A callback whose shape is wrong. `code` says which kind of wrong."""

    code = "malformed"
