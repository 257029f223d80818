"""The list of callbacks: its columns, and what a view of it may keep."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.columns import Column
from backoffice.people.listings import Listing, add_listing
from webhooks.forms import DeliveryFilter

CALLBACKS = add_listing(
    Listing(
        slug="callbacks",
        label=_("Callbacks"),
        view="webhooks:deliveries",
        permission="webhooks.view_delivery",
        params=frozenset({"view", *DeliveryFilter.base_fields}),
        columns=(
            Column(name="state", label=_("Result"), width="w-terms", area="state"),
            Column(name="topic", label=_("Topic"), width="w-terms", area="title", key=True),
            Column(name="about", label=_("About"), area="key"),
            Column(name="account", label=_("Account"), width="w-words", look="quiet", gives_way=2),
            Column(name="checked", label=_("Checked"), width="w-terms", look="quiet", gives_way=1),
            Column(name="seen", label=_("Came"), width="w-number", look="quiet", end=True, gives_way=2),
            Column(name="tries", label=_("Tries"), width="w-number", look="quiet", end=True, gives_way=3),
            Column(name="latency", label=_("Answered in"), width="w-word", look="quiet", end=True, gives_way=3),
            Column(name="our-number", label=_("Our id"), width="w-id", spare=True),
            Column(
                name="received", label=_("Received"), width="w-when", look="quiet", end=True, area="when", sorted=True
            ),
        ),
    )
)
