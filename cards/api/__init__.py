"""REST: BINs, cards and card orders."""

from cards.api import bins, cards, orders

routes = [*bins.routes, *cards.routes, *orders.routes]
