"""REST: BINs, cards and card orders."""

from cards.api import bins, cards, deeds, holders, orders

routes = [*bins.routes, *cards.routes, *deeds.routes, *orders.routes, *holders.routes]
