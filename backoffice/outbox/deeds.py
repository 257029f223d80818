"""What a person may do with a call that did not end by itself: look it up, send it again, give it up."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from backoffice.core.parts import Action
from backoffice.outbox.models import Call


@dataclass(frozen=True)
class Deed:
    """One thing to do with a call: its command's name, its words, and the states that allow it."""

    name: str
    label: Promise
    icon: str
    states: frozenset[Call.State]
    title: Promise
    text: Promise
    button: Promise
    done: Promise
    unsent_too: bool = False

    @property
    def permission(self) -> str:
        return f"outbox.{self.name}"

    def fits(self, call: Call) -> bool:
        state = Call.State(call.state)
        return state in self.states or (self.unsent_too and state in UNSENT and not call.maybe_sent)

    def url(self, call: Call) -> str:
        return reverse(f"outbox:{self.name}", args=[call.public_id])


UNSENT = (Call.State.HELD, Call.State.QUEUED)
LOOK_UP = Deed(
    name="look_up_call",
    label=gettext_lazy("Look up now"),
    icon="search",
    states=frozenset({Call.State.UNCERTAIN, Call.State.DEAD}),
    title=gettext_lazy("Ask the provider now"),
    text=gettext_lazy("We ask the provider by our reference what became of it. Nothing is sent again, no money moves."),
    button=gettext_lazy("Look up now"),
    done=gettext_lazy("The provider is being asked. This page shows the answer."),
)
SEND_AGAIN = Deed(
    name="send_call_again",
    label=gettext_lazy("Send again"),
    icon="send",
    states=frozenset({Call.State.DEAD}),
    title=gettext_lazy("Send it once more"),
    text=gettext_lazy(
        "The same request is sent once more under the same reference. Do this only when you know that the provider did "
        "not carry it out: look for the reference in the provider's own console first."
    ),
    button=gettext_lazy("Send once more"),
    done=gettext_lazy("It is queued and will be sent once, under the same reference."),
)
GIVE_UP = Deed(
    name="give_up_call",
    label=gettext_lazy("Give up"),
    icon="circle-slash",
    states=frozenset({Call.State.DEAD}),
    title=gettext_lazy("Give it up"),
    text=gettext_lazy(
        "It will not be sent or looked up any more, and the money it holds becomes free. The reason is kept for ever."
    ),
    button=gettext_lazy("Give up"),
    done=gettext_lazy("It was given up."),
    unsent_too=True,
)
DEEDS = (LOOK_UP, SEND_AGAIN, GIVE_UP)


def actions(call: Call, user: Any) -> list[Action]:
    """What this person may do with this call now."""
    return [
        Action(label=str(deed.label), url=deed.url(call), icon=deed.icon)
        for deed in DEEDS
        if deed.fits(call) and user.has_perm(deed.permission)
    ]
