"""Provider calls in the browser: lists, one call, and what a person may do with it."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.journal.record import Actor
from backoffice.outbox.models import Call
from cards.models import CardOrder
from tests.troubles import OPEN, Troubles

State = Call.State


@pytest.fixture
def manager(person):
    return person("finance manager")


@pytest.fixture
def troubles(world, mirrored, manager):
    return Troubles(world, Actor(manager))


@pytest.fixture
def desk(manager):
    client = Client()
    client.force_login(manager)
    return client


def the_page(desk, address: str, status: int = 200, **headers) -> str:
    answer = desk.get(address, **headers)
    assert answer.status_code == status
    return answer.content.decode()


def test_each_view_lists_its_calls_alone(desk, troubles):
    dead, doubt, refused, queued = troubles.dead(), troubles.in_doubt(), troubles.refused(), troubles.asked()
    address = reverse("outbox:calls")
    shown = {
        view: [
            call.public_id
            for call in (dead, doubt, refused, queued)
            if call.public_id in the_page(desk, f"{address}?view={view}")
        ]
        for view in ("", "needs-a-person", "in-doubt", "refused", "on-its-way")
    }
    assert shown == {
        "": [dead.public_id, doubt.public_id, refused.public_id, queued.public_id],
        "needs-a-person": [dead.public_id],
        "in-doubt": [doubt.public_id],
        "refused": [refused.public_id],
        "on-its-way": [queued.public_id],
    }


def test_a_call_is_found_by_its_id_and_by_our_reference(desk, troubles):
    first, second = troubles.asked(), troubles.asked()
    address = reverse("outbox:calls")
    for text in (first.public_id, first.reference):
        page = the_page(desk, f"{address}?q={text}")
        assert (first.public_id in page, f'id="{second.public_id}"' in page) == (True, False)
    assert "No call matches" in the_page(desk, f"{address}?q=nothing-of-the-kind")


def test_a_damaged_cursor_is_said_and_becomes_the_first_page(desk, troubles):
    call = troubles.asked()
    page = the_page(desk, f"{reverse('outbox:calls')}?cursor=%C3%A9damaged")
    assert "damaged" in page
    assert call.public_id in page


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(desk, troubles, django_assert_max_num_queries):
    troubles.asked()
    desk.get(reverse("outbox:calls"))
    with django_assert_max_num_queries(30) as few:
        desk.get(reverse("outbox:calls"))
    for _ in range(6):
        troubles.asked()
    with django_assert_max_num_queries(30) as many:
        desk.get(reverse("outbox:calls"))
    assert len(many) == len(few)


def test_a_part_is_answered_to_htmx_and_the_whole_page_to_a_browser(desk, troubles):
    call = troubles.asked()
    for address in (reverse("outbox:calls"), call.get_absolute_url()):
        assert "<html" in the_page(desk, address)
        assert "<html" not in the_page(desk, address, HTTP_HX_REQUEST="true")


def test_a_call_asks_for_itself_again_only_while_something_may_happen_to_it(desk, troubles):
    refused, doubt = troubles.refused(), troubles.in_doubt()
    assert "hx-trigger" not in the_page(desk, refused.get_absolute_url())
    assert "hx-trigger" in the_page(desk, doubt.get_absolute_url())


def test_raw_exchanges_are_for_who_may_see_them(troubles, person, desk):
    call = troubles.refused()
    operator = Client()
    operator.force_login(person("operator"))
    assert "Exchange card/order/open" in the_page(desk, call.get_absolute_url())
    assert "Exchange card/order/open" not in the_page(operator, call.get_absolute_url())


def test_sending_a_dead_call_again_sends_it_once_however_often_the_form_is_sent(desk, troubles, world, sweep):
    call = troubles.dead()
    address = reverse("outbox:send_call_again", args=[call.public_id])
    page = the_page(desk, address)
    assert (call.reference[:8] in page, "36.50" in page, "Main company" in page) == (True, True, True)
    for _ in range(3):
        answer = desk.post(address, {"key": "one-click"})
        assert (answer.status_code, answer["Location"]) == (302, call.get_absolute_url())
        sweep(1)
    call.refresh_from_db()
    assert call.state == State.DONE
    assert list(world.orders) == [call.reference]
    assert JournalEntry.objects.filter(verb="outbox.send_call_again").count() == 1


def test_an_old_form_does_not_send_a_call_that_died_once_more(desk, troubles, world):
    call = troubles.dead()
    address = reverse("outbox:send_call_again", args=[call.public_id])
    desk.post(address, {"key": "old-form"})
    Call.objects.filter(pk=call.pk).update(state=State.DEAD)
    desk.post(address, {"key": "old-form"})
    call.refresh_from_db()
    assert call.state == State.DEAD


def test_looking_up_asks_again_and_sends_nothing(desk, troubles, world, drain):
    call = troubles.in_doubt()
    before = sum(request.path.endswith(OPEN) for request in world.requests)
    desk.post(reverse("outbox:look_up_call", args=[call.public_id]), {"key": "look"})
    drain()
    call.refresh_from_db()
    assert (call.state, call.looks) == (State.UNCERTAIN, 1)
    assert sum(request.path.endswith(OPEN) for request in world.requests) == before


def test_giving_up_needs_a_reason_and_keeps_it(desk, troubles):
    call = troubles.dead()
    address = reverse("outbox:give_up_call", args=[call.public_id])
    refused = desk.post(address, {"key": "give-up", "reason": " "})
    assert refused.status_code == 422
    assert 'value="give-up"' in refused.content.decode()
    desk.post(address, {"key": "give-up", "reason": "Not in the provider's console"})
    call.refresh_from_db()
    assert (call.state, call.problem) == (State.WITHDRAWN, "Not in the provider's console")
    assert CardOrder.objects.get(merchant_ref=call.reference).state == "withdrawn"


def test_a_post_without_its_one_time_key_does_nothing(desk, troubles):
    call = troubles.dead()
    answer = desk.post(reverse("outbox:send_call_again", args=[call.public_id]))
    call.refresh_from_db()
    assert (answer.status_code, call.state) == (422, State.DEAD)


def test_what_the_state_forbids_is_said_in_place_of_the_question(desk, troubles):
    call = troubles.refused()
    address = reverse("outbox:send_call_again", args=[call.public_id])
    assert "that is not possible now" in the_page(desk, address)
    said = desk.post(address, {"key": "late"}, follow=True).content.decode()
    assert "that is not possible now" in said


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_may_not_mend_is_neither_offered_it_nor_let_in(troubles, person, role):
    call = troubles.dead()
    client = Client()
    client.force_login(person(role, f"only-{role}"))
    page = the_page(client, call.get_absolute_url())
    assert ("Send again" in page, "Give up" in page) == (False, False)
    for name in ("send_call_again", "give_up_call"):
        address = reverse(f"outbox:{name}", args=[call.public_id])
        assert (client.get(address).status_code, client.post(address, {"key": "k"}).status_code) == (403, 403)
    call.refresh_from_db()
    assert call.state == State.DEAD
