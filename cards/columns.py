"""The lists of cards and orders: their columns, and what a view of them may keep."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.columns import Column
from backoffice.people.listings import Listing, add_listing
from cards.forms import CardFilter, OrderFilter

CREATED = Column(name="created", label=_("Created"), width="w-when", look="quiet", end=True, area="when", sorted=True)
CARDS = add_listing(
    Listing(
        slug="cards",
        label=_("Cards"),
        view="cards:cards",
        permission="cards.view_card",
        params=frozenset({"view", *CardFilter.base_fields}),
        columns=(
            Column(name="state", label=_("State"), width="w-words", area="state"),
            Column(name="card", label=_("Card"), width="w-key", area="key", key=True),
            Column(name="note", label=_("Label"), area="title"),
            Column(name="product", label=_("Product"), width="w-words", look="quiet", gives_way=3),
            Column(name="kind", label=_("Type"), width="w-word", look="quiet", gives_way=2),
            Column(name="mode", label=_("Mode"), width="w-word", look="quiet", gives_way=2),
            Column(name="account", label=_("Account"), width="w-words", look="quiet", gives_way=1),
            Column(name="balance", label=_("Available"), width="w-amount", end=True, area="amount"),
            Column(name="recharged", label=_("Recharged"), width="w-amount", look="quiet", end=True, gives_way=2),
            Column(name="as-of", label=_("Balance as of"), width="w-when", look="quiet", end=True, gives_way=1),
            Column(name="expiry", label=_("Expires"), width="w-word", look="quiet", spare=True),
            Column(name="their-number", label=_("Their number"), width="w-id", spare=True),
            Column(name="our-number", label=_("Our id"), width="w-id", spare=True),
            Column(name="activated", label=_("Activated"), width="w-when", look="quiet", end=True, spare=True),
            CREATED,
        ),
    )
)
ORDERS = add_listing(
    Listing(
        slug="orders",
        label=_("Orders"),
        view="cards:orders",
        permission="cards.view_cardorder",
        params=frozenset({"view", *OrderFilter.base_fields}),
        columns=(
            Column(name="state", label=_("State"), width="w-states", area="state"),
            Column(name="number", label=_("Our number"), width="w-id", area="key", key=True),
            Column(name="kind", label=_("Kind"), width="w-kind", gives_way=3),
            Column(name="card", label=_("Card"), area="title"),
            Column(name="their-number", label=_("Their number"), width="w-id", gives_way=0),
            Column(name="amount", label=_("Amount"), width="w-sum", end=True, area="amount"),
            Column(name="quoted", label=_("Fee quoted"), width="w-fee", look="quiet", end=True, gives_way=1),
            Column(name="fee", label=_("Fee charged"), width="w-fee", look="quiet", end=True, gives_way=2),
            Column(name="variance", label=_("Variance"), width="w-fee", end=True, gives_way=1),
            Column(name="total", label=_("Total"), width="w-sum", end=True, gives_way=2),
            Column(name="wallet", label=_("Wallet"), width="w-words", look="quiet", gives_way=0),
            Column(name="maker", label=_("Maker"), width="w-words", look="quiet", gives_way=1),
            Column(name="age", label=_("Under way"), width="w-word", look="quiet", end=True, gives_way=1),
            Column(name="ended", label=_("Ended"), width="w-when", look="quiet", end=True, gives_way=0),
            Column(name="reason", label=_("Reason"), width="w-terms", look="quiet", spare=True),
            Column(name="account", label=_("Account"), width="w-words", look="quiet", spare=True),
            CREATED,
        ),
    )
)
