"""How the progress of a call is shown: a badge of its own, beside the provider's state and never in place of it."""

from backoffice.core.parts import Badge
from backoffice.outbox.models import Call

ICONS = {
    Call.State.HELD: "user-round-check",
    Call.State.QUEUED: "clock",
    Call.State.CLAIMED: "loader",
    Call.State.UNCERTAIN: "circle-question-mark",
    Call.State.DONE: "circle-check",
    Call.State.REJECTED: "circle-x",
    Call.State.DEAD: "circle-alert",
    Call.State.WITHDRAWN: "circle-slash",
}


def state_badge(state: str, title: str = "") -> Badge:
    known = Call.State(state)
    return Badge(tone=Call.TONES[known], icon=ICONS[known], label=str(known.label), title=title)


def call_badge(call: Call) -> Badge:
    return state_badge(call.state, call.problem)
