"""The callbacks inbox in the desk."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.journal.record import Actor
from backoffice.mirror.models import Watch
from tests.conftest import CALLBACKS
from tests.troubles import Troubles
from webhooks.models import Delivery


@pytest.fixture
def developer(person):
    return person("developer")


@pytest.fixture
def troubles(world, mirrored, staff):
    return Troubles(world, Actor(staff))


@pytest.fixture
def desk(developer):
    client = Client()
    client.force_login(developer)
    return client


@pytest.fixture
def delivered(troubles, sweep):
    """An order that ended, told by callbacks that were answered."""
    troubles.under_way()
    troubles.world.settle()
    sweep()
    return Delivery.objects.filter(topic="card.order.success").get()


def test_the_inbox_tells_what_each_callback_brought_and_links_to_its_row(desk, delivered):
    page = desk.get(reverse("webhooks:deliveries")).content.decode()
    assert delivered.get_absolute_url() in page
    assert delivered.get_applied_display() in page
    assert "/cards/orders/cor_" in page


def test_a_callback_shows_its_body_what_was_checked_and_what_it_led_to(desk, delivered):
    page = desk.get(delivered.get_absolute_url()).content.decode()
    assert "none: this provider does not sign" in page
    assert "&quot;event&quot;: &quot;card.order.success&quot;" in page
    assert "the answer" in page or "was known already" in page


def test_callbacks_are_found_by_id_and_by_what_they_are_about(desk, delivered):
    address = reverse("webhooks:deliveries")
    for text in (delivered.public_id, delivered.delivery_id, delivered.object_id):
        assert delivered.get_absolute_url() in desk.get(address, {"q": text}).content.decode()
    assert "No callback matches" in desk.get(address, {"q": "nothing"}).content.decode()


def test_filters_are_chips_that_can_be_taken_off(desk, delivered):
    answer = desk.get(reverse("webhooks:deliveries"), {"topic": "card.order.success", "state": ["done", "dead"]})
    assert [(chip.property, chip.value, chip.remove_url) for chip in answer.context["form"].chips] == [
        ("State", "Done, Needs a person", "?topic=card.order.success"),
        ("Topic", "card.order.success", "?state=done&state=dead"),
    ]
    assert [shown.delivery for shown in answer.context["rows"]] == [delivered]


def test_what_is_not_understood_filters_nothing_and_breaks_nothing(desk, delivered):
    for query in ("state=strange", "since=never", "account=nobody", "cursor=x", "limit=-1", "view=none", "q=%00"):
        assert desk.get(f"{reverse('webhooks:deliveries')}?{query}").status_code == 200, query


def test_processing_again_asks_the_provider_and_changes_nothing_by_itself(desk, delivered, sweep, developer):
    address = reverse("webhooks:replay_delivery", args=[delivered.public_id])
    assert "no money moves" in desk.get(address).content.decode()
    for _ in range(2):
        assert desk.post(address)["Location"] == delivered.get_absolute_url()
    sweep()
    delivered.refresh_from_db()
    assert (delivered.state, delivered.applied) == ("done", "same")
    page = desk.get(delivered.get_absolute_url()).content.decode()
    assert "had it processed again" in page


def test_processing_again_is_for_who_may_replay(delivered, staff):
    client = Client()
    client.force_login(staff)
    address = reverse("webhooks:replay_delivery", args=[delivered.public_id])
    assert "Process again" not in client.get(delivered.get_absolute_url()).content.decode()
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)


def test_a_callback_about_what_the_provider_does_not_know_needs_a_person_and_says_why(desk, mirrored, sweep):
    data = json.dumps({"order_id": "ord_nobody", "app_id": 100001})
    message = {"notify_id": "odd", "customer_id": 10001001, "event": "card.order.success", "event_data": data}
    Client().post(CALLBACKS, data=json.dumps(message), content_type="application/json")
    sweep()
    Watch.objects.filter(object_id="ord_nobody").update(first_asked_at=timezone.now() - timedelta(days=2))
    sweep()
    row = Delivery.objects.get(delivery_id="odd")
    assert row.state == Delivery.State.DEAD
    answer = desk.get(reverse("webhooks:deliveries"), {"view": "needs-a-person"})
    assert [shown.delivery for shown in answer.context["rows"]] == [row]
    page = desk.get(row.get_absolute_url()).content.decode()
    assert ("The provider does not know this object" in page, "nav__count--act" in page) == (True, True)


def test_the_inbox_takes_as_many_queries_for_many_rows_as_for_few(desk, troubles, sweep, django_assert_max_num_queries):
    troubles.under_way()
    troubles.world.settle()
    sweep()
    desk.get(reverse("webhooks:deliveries"))
    with django_assert_max_num_queries(30) as few:
        desk.get(reverse("webhooks:deliveries"))
    for _ in range(3):
        troubles.under_way()
    troubles.world.settle()
    sweep()
    with django_assert_max_num_queries(30) as many:
        desk.get(reverse("webhooks:deliveries"))
    assert len(many) == len(few)


def test_without_callbacks_the_inbox_says_what_to_do(desk, account):
    assert "No callbacks yet" in desk.get(reverse("webhooks:deliveries")).content.decode()
