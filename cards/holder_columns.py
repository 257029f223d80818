"""The list of card holders: its columns, and what a view of it may keep."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.columns import Column
from backoffice.people.listings import Listing, add_listing
from cards.columns import CREATED
from cards.holder_forms import HolderFilter

HOLDERS = add_listing(
    Listing(
        slug="holders",
        label=_("Holders"),
        view="cards:holders",
        permission="cards.view_holder",
        params=frozenset({"view", *HolderFilter.base_fields}),
        columns=(
            Column(name="state", label=_("State"), width="w-states", area="state"),
            Column(name="name", label=_("Name"), area="title", key=True),
            Column(name="country", label=_("Country"), width="w-word", look="quiet", area="key"),
            Column(name="product", label=_("Registered for"), width="w-words", look="quiet", gives_way=2),
            Column(name="cards", label=_("Cards active"), width="w-words", end=True, area="amount"),
            Column(name="account", label=_("Account"), width="w-words", look="quiet", gives_way=2),
            Column(name="their-number", label=_("Their number"), width="w-id", gives_way=0),
            Column(name="reference", label=_("Our reference"), width="w-id", spare=True),
            Column(name="our-number", label=_("Our id"), width="w-id", spare=True),
            Column(name="as-of", label=_("As of"), width="w-when", look="quiet", end=True, spare=True),
            CREATED,
        ),
    )
)
