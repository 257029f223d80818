"""Every code that the API may answer with: its status, its title, and whether the same request may succeed later."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """`meaning` is a sentence of the docs; `retryable`: the same request may be sent again as it is."""

    status: int
    title: str
    meaning: str
    retryable: bool = False
    outcome: str = "not_executed"


CODES: dict[str, Code] = {
    # the request itself
    "malformed": Code(400, "Malformed request", "The body is not a JSON object in UTF-8, or holds what JSON forbids."),
    "invalid": Code(
        400, "Invalid request", "Fields or parameters are missing, unknown or of the wrong form; `errors` names each."
    ),
    "invalid_cursor": Code(400, "Invalid cursor", "The cursor is damaged; begin at the first page."),
    "idempotency_key_missing": Code(400, "Idempotency-Key missing", "Every write needs the header `Idempotency-Key`."),
    "idempotency_key_invalid": Code(
        400, "Idempotency-Key invalid", "The key has to be 1 to 255 printable ASCII characters."
    ),
    "unauthenticated": Code(
        401, "Not authenticated", "No valid API key came with the request, and nobody is signed in."
    ),
    "key_expired": Code(401, "API key expired", "The key is past its expiry date or was revoked."),
    "forbidden": Code(403, "Not permitted", "The key's scopes, or its owner's roles, do not include this."),
    "address_not_allowed": Code(403, "Address not allowed", "The key may not be used from this network address."),
    "csrf_failed": Code(403, "CSRF check failed", "A signed-in browser has to send its CSRF token with each write."),
    "not_found": Code(404, "Not found", "There is no such object, or this key may not see it."),
    "method_not_allowed": Code(
        405, "Method not allowed", "This address does not know the method; `Allow` lists those it knows."
    ),
    "not_acceptable": Code(406, "Not acceptable", "Answers are JSON; the header `Accept` excludes it."),
    "length_required": Code(411, "Length required", "A body needs its `Content-Length`; chunked ones are not read."),
    "too_large": Code(413, "Body too large", "The body is larger than 256 KiB."),
    "unsupported_media_type": Code(415, "Unsupported media type", "Bodies are `application/json`."),
    "too_many_requests": Code(
        429, "Too many requests", "The key's rate is used up; `Retry-After` says for how long.", retryable=True
    ),
    # idempotency
    "idempotency_key_reused": Code(
        422, "Idempotency-Key reused", "The key came before with another body. Nothing new was done."
    ),
    "idempotency_in_progress": Code(
        409,
        "Still being accepted",
        "A request with this key is being accepted right now; ask again.",
        retryable=True,
        outcome="unknown",
    ),
    # concurrency
    "precondition_missing": Code(
        428, "Precondition missing", "An edit needs the header `If-Match` with the version it was made from."
    ),
    "precondition_invalid": Code(
        400, "Precondition invalid", 'The header `If-Match` is one quoted version, as in `"3"`.'
    ),
    "version_conflict": Code(
        412, "Version conflict", "The object has changed since the version in `If-Match`; `current` is its version now."
    ),
    # states
    "illegal_state": Code(409, "State does not allow it", "The object's state does not allow this step."),
    "call_still_open": Code(409, "Call still open", "Another call for the same object has not ended; `call` names it."),
    # rules
    "not_allowed": Code(422, "Not allowed", "A rule forbids it; `detail` says which."),
    "reason_missing": Code(422, "Reason missing", "This step needs a reason."),
    "terms_unknown": Code(422, "Terms unknown", "Fees or limits of the BIN are not known yet, so there is no quote."),
    "wrong_wallet": Code(422, "Wrong wallet", "The wallet belongs to another account than the BIN."),
    "wallet_missing": Code(
        422, "Wallet missing", "No wallet was named, and the account has not exactly one that can pay in this currency."
    ),
    "wrong_currency": Code(422, "Wrong currency", "The BIN is paid from a wallet of another currency."),
    "too_many_decimals": Code(422, "Too many decimals", "The amount has more decimals than its currency."),
    "bin_unavailable": Code(422, "BIN unavailable", "The BIN makes no cards now."),
    "wallet_unavailable": Code(422, "Wallet unavailable", "The wallet cannot pay now."),
    "holder_missing": Code(422, "Card holder missing", "The BIN needs a card holder."),
    "holder_unavailable": Code(422, "Card holder unavailable", "The card holder is not on file at the provider."),
    "delivery_missing": Code(422, "Delivery address missing", "A physical card needs an address to be sent to."),
    "amount_outside_limits": Code(422, "Amount outside limits", "The amount is below or above what the BIN allows."),
    "balance_unknown": Code(422, "Balance unknown", "The wallet's balance was not told to us yet."),
    "insufficient_funds": Code(
        422, "Insufficient funds", "The wallet's free balance is less than the total; `missing` says by how much."
    ),
    "wrong_account": Code(422, "Wrong account", "The BIN belongs to another account than the rest of the request."),
    "quantity_outside_limits": Code(
        422, "Quantity outside limits", "Between 1 and 100 cards can be asked for at once."
    ),
    "not_ready": Code(409, "Not ready", "The export is still being written, has failed, or has expired."),
    "account_paused": Code(409, "Account paused", "Nothing is sent to it now, and a code or PIN cannot wait."),
    "same_again": Code(
        422,
        "Same again",
        "The same amount was put on this card within ten minutes, by `order`; `again` says that a second is meant.",
    ),
    "nothing_changed": Code(422, "Nothing changed", "The edit names no field."),
    "holder_in_use": Code(422, "Card holder in use", "Cards of this holder are open."),
    "purpose_missing": Code(422, "Purpose missing", "A look at what is sealed needs a purpose."),
    "reveal_budget_spent": Code(422, "Reveals used up", "This person has looked at as many cards today as allowed."),
    "card_limit": Code(422, "Card limit reached", "The BIN has as many cards as it may have."),
    "nothing_selected": Code(422, "Nothing selected", "A request for many rows names none."),
    "nothing_chosen": Code(422, "Nothing chosen", "No callback matches the filter."),
    "too_many_rows": Code(422, "Too many rows", "More rows were named than may be at once."),
    "too_many": Code(422, "Too many callbacks", "More callbacks match the filter than may be at once."),
    "gone": Code(422, "Gone", "The row is not here any more."),
    "name_taken": Code(422, "Name taken", "Another of the same kind has this name."),
    "too_long": Code(422, "Too long", "What was given is longer than can be kept."),
    "unknown_sync": Code(422, "Unknown list", "There is no list of this name to walk through."),
    # ours
    "unavailable": Code(
        503, "Unavailable", "The database is busy or away for a moment.", retryable=True, outcome="unknown"
    ),
    "internal_error": Code(
        500, "Internal error", "Our own fault; `request_id` finds it in our logs.", outcome="unknown"
    ),
}


def catalogue() -> str:
    """The page of the docs that lists them all."""
    lines = [
        "# API error codes",
        "",
        "Every error is a problem document (RFC 9457, `application/problem+json`). `code` is one of these;",
        "`outcome` says whether anything was done, `retryable` whether the same request, with the same",
        "`Idempotency-Key`, may be sent again as it is.",
        "",
        "| code | status | meaning | outcome | retryable |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{name}` | {code.status} | {code.meaning} | `{code.outcome}` | {'yes' if code.retryable else 'no'} |"
        for name, code in CODES.items()
    ]
    return "\n".join(lines) + "\n"
