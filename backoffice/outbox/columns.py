"""The list of provider calls: its columns, and what a view of it may keep."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.columns import Column
from backoffice.outbox.forms import CallFilter
from backoffice.people.listings import Listing, add_listing

CALLS = add_listing(
    Listing(
        slug="calls",
        label=_("Provider calls"),
        view="outbox:calls",
        permission="outbox.view_call",
        params=frozenset({"view", *CallFilter.base_fields}),
        columns=(
            Column(name="state", label=_("State"), width="w-id", area="state"),
            Column(name="operation", label=_("Operation"), width="w-words", area="title", key=True),
            Column(name="about", label=_("About"), width="w-id", area="key"),
            Column(name="told", label=_("What happened"), look="quiet"),
            Column(name="maker", label=_("Asked for by"), width="w-words", gives_way=2),
            Column(name="account", label=_("Account"), width="w-words", look="quiet", gives_way=1),
            Column(name="tries", label=_("Tries"), width="w-number", look="quiet", end=True, gives_way=1),
            Column(name="amount", label=_("Amount"), width="w-amount", end=True, area="amount"),
            Column(name="reference", label=_("Reference"), width="w-id", spare=True),
            Column(name="our-number", label=_("Our id"), width="w-id", spare=True),
            Column(name="next", label=_("Next"), width="w-when", look="quiet", end=True, gives_way=2),
            Column(
                name="created", label=_("Created"), width="w-when", look="quiet", end=True, area="when", sorted=True
            ),
        ),
    )
)
