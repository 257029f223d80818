"""What a person keeps for themselves: columns, views, single keys; and how safe that is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.people.models import Preference, SavedView
from tests.cards import conftest as filling

listed, send, typed = filling.listed, filling.send, filling.typed  # fixtures
CARDS = reverse("cards:cards")
COLUMNS = reverse("people:columns", args=["cards"])
VIEWS = reverse("people:views", args=["cards"])


def heads(client: Client, **asked) -> list[str]:
    page = client.get(CARDS, asked).content.decode()
    page = page.partition("</thead>")[0]
    return [
        re.sub(r"<[^>]+>", "", head).strip()
        for head in re.findall(r"<th class=\"(?!table__pick).*?</th>", page, re.DOTALL)
    ]


def tabs(client: Client, **asked) -> list[tuple[str, bool]]:
    return [(str(view.label), view.current) for view in client.get(CARDS, asked).context["views"]]


@pytest.fixture
def desk(person):
    client = Client()
    client.force_login(person("finance manager"))
    return client


# --- columns ----------------------------------------------------------------------------------------------------------


def test_picked_columns_stand_in_their_order_for_that_person_alone(browser_client, desk, listed):
    listed(1)
    usual = heads(browser_client)
    assert (len(usual), usual[0], usual[-1]) == (11, "State", "Created")
    answer = browser_client.post(COLUMNS, {"pick": ["balance", "card", "expiry"], "next": f"{CARDS}?view=active"})
    assert (answer.status_code, answer["Location"]) == (302, f"{CARDS}?view=active")
    assert heads(browser_client) == ["Available", "Card", "Expires"]
    row = browser_client.get(CARDS).content.decode().split("<tbody")[1]
    assert row.index("10.50") < row.index('class="table__link"')
    assert heads(desk) == usual


def test_columns_go_back_to_the_usual_ones(browser_client, listed):
    listed(1)
    usual = heads(browser_client)
    browser_client.post(COLUMNS, {"pick": ["card"]})
    assert heads(browser_client) == ["Card"]
    browser_client.post(COLUMNS, {"pick": ["card"], "reset": "1"})
    assert (heads(browser_client), Preference.objects.count()) == (usual, 0)


def test_the_key_column_stays_and_what_is_unknown_is_left_out(browser_client, listed):
    listed(1)
    browser_client.post(COLUMNS, {"pick": ["note", "password", "note", "<b>"]})
    assert heads(browser_client) == ["Card", "Label"]
    assert Preference.objects.get().value == ["note"]


def test_without_a_script_an_arrow_moves_a_column(browser_client, listed):
    listed(1)
    browser_client.post(COLUMNS, {"pick": ["card", "note", "balance"], "up": "balance"})
    assert heads(browser_client) == ["Card", "Available", "Label"]
    browser_client.post(COLUMNS, {"pick": ["card", "balance", "note"], "down": "card"})
    assert heads(browser_client) == ["Available", "Card", "Label"]


def test_the_picker_leads_nowhere_else(browser_client, mirrored):
    for goal in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert browser_client.post(COLUMNS, {"pick": ["card"], "next": goal})["Location"] == CARDS


def test_an_unknown_list_is_not_found_and_a_closed_one_is_closed(person, mirrored):
    client, nobody = Client(), person("viewer")
    nobody.groups.clear()
    client.force_login(nobody)
    assert client.post(reverse("people:columns", args=["secrets"]), {"pick": ["card"]}).status_code == 404
    assert client.post(COLUMNS, {"pick": ["card"]}).status_code == 403
    assert client.get(VIEWS).status_code == 403


@pytest.mark.parametrize("noun", ["cards", "orders"])
def test_every_column_can_be_shown(browser_client, listed, send, sweep, noun):
    listed(1)
    send()
    sweep()
    address = reverse(f"cards:{noun}")
    names = [column.name for column in browser_client.get(address).context["shown"].listing.columns]
    browser_client.post(reverse("people:columns", args=[noun]), {"pick": names[::-1]})
    page = browser_client.get(address)
    assert [column.name for column in page.context["shown"].columns] == names[::-1]
    first = page.content.decode().split("<tbody")[1].partition("</tr>")[0]
    assert len(re.findall(r"<t[dh] ", first)) == len(names) + 1  # and the box to tick


# --- views ------------------------------------------------------------------------------------------------------------


def test_a_filter_is_kept_under_a_name_and_becomes_a_tab(browser_client, desk, listed):
    listed(1)
    answer = browser_client.post(VIEWS, {"name": "Frozen in dollars", "query": "state=frozen&currency=USD"})
    assert answer["Location"] == f"{CARDS}?currency=USD&state=frozen"
    assert tabs(browser_client, state="frozen", currency="USD")[-1] == ("Frozen in dollars", True)
    assert tabs(browser_client)[0] == ("All", True)
    assert [label for label, _current in tabs(desk)][-1] == "Closed"


def test_a_view_keeps_nothing_that_the_list_does_not_know(browser_client, mirrored):
    foreign = "state=frozen&cursor=abc&next=https://evil.example&limit=200&mark=1&csrfmiddlewaretoken=x&q=%00"
    browser_client.post(VIEWS, {"name": "Safe", "query": foreign})
    assert SavedView.objects.get().query == "state=frozen"
    browser_client.post(VIEWS, {"name": "Script", "query": 'q="><script>alert(1)</script>'})
    assert "<script>alert" not in browser_client.get(CARDS).content.decode()


def test_the_same_name_keeps_the_newer_filter(browser_client, mirrored):
    for query in ("state=frozen", "state=active"):
        browser_client.post(VIEWS, {"name": "Mine", "query": query})
    assert list(SavedView.objects.values_list("name", "query")) == [("Mine", "state=active")]


def test_a_view_without_a_name_is_refused_and_the_filter_is_not_lost(browser_client, mirrored):
    answer = browser_client.post(VIEWS, {"name": " ", "query": "state=frozen"})
    assert (answer.status_code, SavedView.objects.count()) == (422, 0)
    assert 'name="query" value="state=frozen"' in answer.content.decode()


def test_too_many_or_too_long_views_are_refused(browser_client, staff, mirrored):
    answer = browser_client.post(VIEWS, {"name": "Long", "query": f"q={'x' * 1200}"})
    assert (answer.status_code, SavedView.objects.count()) == (422, 0)
    SavedView.objects.bulk_create(SavedView(person=staff, listing="cards", name=f"{n}") for n in range(30))
    answer = browser_client.post(VIEWS, {"name": "One more", "query": ""})
    assert (answer.status_code, SavedView.objects.count()) == (422, 30)
    assert "30 views of a list are the most" in answer.content.decode()


def test_a_view_is_renamed_and_deleted_by_its_owner(browser_client, staff, mirrored):
    view = SavedView.objects.create(person=staff, listing="cards", name="Old")
    SavedView.objects.create(person=staff, listing="cards", name="Taken")
    browser_client.post(reverse("people:rename_view", args=[view.public_id]), {"name": "New"})
    assert [label for label, _current in tabs(browser_client)][-2:] == ["New", "Taken"]
    answer = browser_client.post(reverse("people:rename_view", args=[view.public_id]), {"name": "Taken"}, follow=True)
    assert "There is another view of this name." in answer.content.decode()
    browser_client.post(reverse("people:delete_view", args=[view.public_id]))
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Taken"]


def test_nobody_touches_the_views_of_another(browser_client, person, mirrored):
    other = SavedView.objects.create(person=person("viewer"), listing="cards", name="Theirs")
    doors = [reverse(f"people:{deed}_view", args=[other.public_id]) for deed in ("rename", "delete", "share")]
    assert [browser_client.post(door, {"name": "Mine"}).status_code for door in doors] == [404, 404, 403]
    other.refresh_from_db()
    assert (other.name, other.is_shared) == ("Theirs", False)


def test_a_view_is_shared_by_who_may_share_and_everybody_has_its_tab(browser_client, desk, mirrored):
    desk.post(VIEWS, {"name": "Month end", "query": "state=frozen"})
    view = SavedView.objects.get()
    share = reverse("people:share_view", args=[view.public_id])
    assert [label for label, _current in tabs(browser_client)][-1] == "Closed"
    desk.post(share, {"shared": "1"})
    assert [label for label, _current in tabs(browser_client)][-1] == "Month end"
    assert browser_client.post(reverse("people:delete_view", args=[view.public_id])).status_code == 403
    desk.post(share)
    assert [label for label, _current in tabs(browser_client)][-1] == "Closed"
    written = JournalEntry.objects.filter(verb="people.share_view").values_list("detail__shared", flat=True)
    assert list(written.order_by("id")) == [True, False]


# --- keys -------------------------------------------------------------------------------------------------------------


def test_single_letters_are_switched_off_for_one_person(browser_client, desk, mirrored):
    page = reverse("people:preferences")
    assert 'data-keys="off"' not in browser_client.get(CARDS).content.decode()
    browser_client.post(page, {})
    assert 'data-keys="off"' in browser_client.get(CARDS).content.decode()
    assert 'data-keys="off"' not in desk.get(CARDS).content.decode()
    browser_client.post(page, {"single_keys": "on"})
    assert 'data-keys="off"' not in browser_client.get(CARDS).content.decode()
