"""What a person may be told when the rules forbid what was asked."""


class DomainError(Exception):
    """A rule forbids it. The message is safe to show; `code` is the API's word, `field` names the input at fault."""

    code = "not_allowed"
    status = 422

    def __init__(self, message: str, *, code: str = "", field: str = "", **extra: object):
        super().__init__(message)
        self.message, self.field, self.extra = message, field, extra
        self.code = code or self.code


class IllegalTransition(DomainError):
    """The object's state does not allow the step."""

    code = "illegal_state"
    status = 409


class StillOpen(DomainError):
    """Another call for the same object has not ended; `extra["call"]` is its public id."""

    code = "call_still_open"
    status = 409


class KeyReused(DomainError):
    """An idempotency key came back with another request."""

    code = "idempotency_key_reused"
    status = 422
