from django.db import connection, transaction


def require_no_transaction() -> None:
    """Raise if a transaction is open: a slow provider must never hold a lock of ours. Django tells test cases apart."""
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):
            return
