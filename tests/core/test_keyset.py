"""Pages by keyset: every row once, both ways, while others arrive; a damaged cursor is a plain refusal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.core.errors import DomainError
from backoffice.core.keyset import keyset_page
from wallets.models import Wallet


@pytest.fixture
def rows(account):
    """25 wallets, five of each moment."""
    now = timezone.now()
    for number in range(25):
        at = now - timedelta(minutes=number // 5)
        Wallet.objects.create(account=account, provider_id=f"w{number}", currency="USD", created_at=at)
    return Wallet.objects.all()


def test_walking_older_then_newer_shows_every_row_once(rows):
    older, cursor = [], ""
    while True:
        page = keyset_page(rows, {"cursor": cursor}, size=10)
        older.append([row.pk for row in page])
        if not page.older:
            break
        cursor = page.older
    assert [len(pks) for pks in older] == [10, 10, 5]
    assert sum(older, []) == list(rows.order_by("-created_at", "-id").values_list("pk", flat=True))

    back = keyset_page(rows, {"cursor": page.newer}, size=10)
    assert [row.pk for row in back] == older[1]
    first = keyset_page(rows, {"cursor": back.newer}, size=10)
    assert ([row.pk for row in first], first.newer) == (older[0], "")


def test_a_row_that_arrives_between_pages_moves_nothing(rows, account):
    page = keyset_page(rows, {}, size=10)
    Wallet.objects.create(account=account, provider_id="new", currency="USD")
    following = keyset_page(rows, {"cursor": page.older}, size=10)
    assert not {row.pk for row in page} & {row.pk for row in following}


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "b3wyMDI2fDE", "\x00", "é" * 10, "b3x8MQ"])
def test_a_damaged_cursor_is_refused_in_words(rows, cursor):
    with pytest.raises(DomainError) as refused:
        keyset_page(rows, {"cursor": cursor})
    assert refused.value.code == "invalid_cursor"
