"""How long a claimed call belongs to its worker."""

from datetime import timedelta

LEASE = timedelta(seconds=90)
