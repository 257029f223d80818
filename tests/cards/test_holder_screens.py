"""Card holders on screen: masked for everybody, written down for whoever looks, refused field by field."""

import re
import uuid

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.journal.models import JournalEntry
from backoffice.mirror import syncs
from backoffice.outbox.models import Call
from backoffice.providers.emulator.story import add_card
from cards.models import Card, Holder
from cards.personal import opened
from cards.states import HolderState

HOLDERS = reverse("cards:holders")
NEW = reverse("cards:create_holder")
ADA = {
    "first_name": "Ada",
    "last_name": "Byronova",
    "birthday": "1990-12-10",
    "nationality": "gb",
    "id_kind": "passport",
    "id_number": "P98765432",
    "email": "ada.byronova@example.com",
    "phone_code": "44",
    "phone": "7700900123",
    "street": "12 St James Square",
    "city": "London",
    "region": "London",
    "post_code": "SW1Y 4JH",
    "country": "GB",
}
SECRETS = ("Byronova", "7700900123", "P98765432", "St James Square", "1990-12-10")


def at(name: str, holder: Holder) -> str:
    return reverse(f"cards:{name}", args=[holder.public_id])


def seen(page: str) -> list[str]:
    return [secret for secret in SECRETS if secret in page]


@pytest.fixture
def add(browser_client, mirrored):
    """Send the form for a new holder: `add(city="Oxford")`."""

    def send(**changes):
        return browser_client.post(NEW, {"key": str(uuid.uuid4()), "account": "main", **ADA, **changes})

    return send


@pytest.fixture
def ada(add, sweep):
    add()
    sweep()
    return Holder.objects.get()


@pytest.fixture
def officer(person):
    client = Client()
    client.force_login(person("compliance"))
    return client


@pytest.fixture
def edit(browser_client):
    """Send the form of a change: `edit(ada, city="Oxford")`."""

    def send(holder: Holder, **changes):
        typed = {"key": str(uuid.uuid4()), "version": holder.version, **ADA, **changes}
        return browser_client.post(at("edit_holder", holder), typed)

    return send


@pytest.fixture
def with_card(ada, world, sweep, account):
    """The holder with an open card, as the provider tells of it."""
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    add_card(world, app, bin_, status="active", holder_id=ada.provider_id)
    syncs.start_sync(account=account, kind="cards.card")
    sweep()
    return ada


# --- creating ---------------------------------------------------------------------------------------------------------


def test_a_sent_form_is_one_call_and_leads_to_its_holder(add, world, sweep):
    answer = add()
    holder = Holder.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, holder.get_absolute_url())
    assert (holder.state, Call.objects.get().operation) == (HolderState.REQUESTED, "cards.create_holder")
    sweep()
    holder.refresh_from_db()
    assert (holder.state, next(iter(world.holders.values())).details["nationality"]) == (HolderState.ACTIVE, "GB")


def test_a_form_sent_twice_is_one_holder(add):
    key = str(uuid.uuid4())
    assert add(key=key)["Location"] == add(key=key)["Location"]
    again = add(key=key, city="Oxford")
    assert (again.status_code, Holder.objects.count()) == (422, 1)
    assert Holder.objects.get().get_absolute_url() in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"first_name": ""}, {"first_name": ["This field is required."]}),
        ({"nationality": "GBR"}, {"nationality": ["Enter the two letters of a country, such as GB."]}),
        ({"country": "4四"}, {"country": ["Enter the two letters of a country, such as GB."]}),
        ({"phone_code": "+44"}, {"phone_code": ["Enter digits alone, without a plus sign."]}),
        ({"birthday": "2999-01-01"}, {"birthday": ["Nobody who holds a card was born in that year."]}),
        ({"birthday": "1066-10-14"}, {"birthday": ["Nobody who holds a card was born in that year."]}),
        ({"id_number": ""}, {"id_number": ["Enter the number of the document."]}),
        ({"id_kind": ""}, {"id_kind": ["Choose what this is the number of."]}),
        ({"email": "ada"}, {"email": ["Enter a valid email address."]}),
        ({"account": "none"}, {"account": ["Choose one of the accounts."]}),
        ({"key": ""}, {"key": ["The form is incomplete. Load it again."]}),
    ],
)
def test_what_the_rules_forbid_is_said_at_its_field_and_what_was_typed_stays(add, changes, errors):
    answer = add(**changes)
    assert (answer.status_code, answer.context["form"].errors, Holder.objects.count()) == (422, errors, 0)
    assert 'value="12 St James Square"' in answer.content.decode()


def test_a_refused_holder_is_corrected_from_what_was_typed(add, browser_client, world, sweep):
    add(post_code="SW1Y 4JH, and far beyond")
    sweep()
    refused = Holder.objects.get()
    assert (refused.state, world.holders) == (HolderState.REFUSED, {})
    page = browser_client.get(refused.get_absolute_url())
    again = f"{NEW}?again={refused.public_id}"
    assert again in page.content.decode()
    assert [line.partition(":")[0] for line in page.context["refusal"].lines] == ["Post code"]
    assert seen(page.content.decode()) == []

    form = browser_client.get(again)
    assert form["Cache-Control"].count("no-store") == 1
    assert set(form.context["form"].errors) == {"post_code"}
    assert form.context["form"].errors["post_code"][0].startswith("Refused by the provider: ")
    assert 'value="Byronova"' in form.content.decode()
    assert form.context["form"]["key"].value() != ""

    add(post_code="SW1Y 4JH")
    sweep()
    assert sorted(Holder.objects.values_list("state", flat=True)) == ["active", "refused"]


def test_only_a_refused_holder_fills_the_form(ada, browser_client):
    assert seen(browser_client.get(f"{NEW}?again={ada.public_id}").content.decode()) == []


# --- looking ----------------------------------------------------------------------------------------------------------


def test_list_and_page_show_masks_alone(with_card, browser_client, officer):
    for client in (browser_client, officer):
        row = client.get(HOLDERS)
        page = client.get(with_card.get_absolute_url())
        assert "A•••• B••••" in row.content.decode()
        assert "a••••@example.com" in page.content.decode()
        assert seen(row.content.decode() + page.content.decode()) == []
    shown = row.context["rows"][0]
    assert (shown.active, shown.cards, shown.own) == (1, 1, None)
    assert Card.objects.get().get_absolute_url() in page.content.decode()


def test_a_page_of_holders_takes_as_many_queries_as_one(add, browser_client, sweep):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            browser_client.get(HOLDERS)
        return len(caught)

    add()
    sweep()
    one = queries()
    for _each in range(4):
        add()
    sweep()
    assert (queries(), Holder.objects.count()) == (one, 5)


def test_our_own_progress_stands_beside_the_state(ada, edit, browser_client, sweep):
    edit(ada, city="Oxford")
    row = browser_client.get(HOLDERS).context["rows"][0]
    assert (str(row.badge.label), str(row.own.label)) == ("On file", "Queued")
    page = browser_client.get(ada.get_absolute_url())
    assert page.context["pending"].sentence == "The request is on its way to the provider."
    mark = page.context["mark"]
    poll = {"HX-Request": "true"}
    assert browser_client.get(ada.get_absolute_url(), {"mark": mark}, headers=poll).status_code == 204
    sweep()
    assert browser_client.get(ada.get_absolute_url(), {"mark": mark}, headers=poll).status_code == 200


@pytest.mark.parametrize("field", ["public_id", "provider_id", "merchant_ref"])
def test_a_number_finds_its_holder_and_a_name_finds_none(ada, browser_client, field):
    found = browser_client.get(HOLDERS, {"q": getattr(ada, field)}).context["rows"]
    assert [row.holder for row in found] == [ada]
    assert browser_client.get(HOLDERS, {"q": "Byronova"}).context["rows"] == []


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"view": "on-file"}, 1),
        ({"view": "refused"}, 0),
        ({"state": "active"}, 1),
        ({"country": "gb"}, 1),
        ({"country": "FR"}, 0),
        ({"account": "main"}, 1),
        ({"until": "2001-01-01"}, 0),
    ],
)
def test_filters_narrow_the_list(ada, browser_client, asked, count):
    answer = browser_client.get(HOLDERS, asked)
    assert (len(answer.context["rows"]), answer.context["count"]) == (count, "1 holder" if count else "0 holders")


def test_pages_are_walked_by_their_cursor(add, browser_client, sweep):
    for _each in range(26):
        add()
    first = browser_client.get(HOLDERS, {"limit": "25"}).context["page"]
    assert (len(first.rows), bool(first.older)) == (25, True)
    second = browser_client.get(HOLDERS, {"limit": "25", "cursor": first.older}).context["page"]
    assert len(second.rows) == 1


def test_the_provider_is_asked_about_a_holder_now(ada, browser_client, world, sweep):
    sweep()
    next(iter(world.holders.values())).details["city"] = "Oxford"
    assert browser_client.post(at("ask_holder", ada))["Location"] == ada.get_absolute_url()
    sweep()
    ada.refresh_from_db()
    assert opened(ada.personal)["city"] == "Oxford"


# --- changing ---------------------------------------------------------------------------------------------------------


def test_only_what_was_changed_is_sent(ada, edit, world, sweep):
    before = len(world.requests)
    assert edit(ada, city="Oxford")["Location"] == ada.get_absolute_url()
    sweep()
    sent = next(request for request in world.requests[before:] if request.path.endswith("holder/update"))
    assert {name: sent.body[name] for name in sent.body.keys() & ADA.keys()} == {"city": "Oxford"}
    ada.refresh_from_db()
    assert opened(ada.personal)["city"] == "Oxford"
    entry = JournalEntry.objects.get(verb="cards.edit_holder")
    assert entry.detail == {"fields": ["city"]}


def test_a_change_of_nothing_and_an_emptied_field_are_refused(ada, edit):
    assert edit(ada).context["form"].non_field_errors() == ["Nothing was changed."]
    emptied = edit(ada, id_kind="", id_number="")
    assert emptied.context["form"].errors == {
        name: ["This can be replaced, but not emptied."] for name in ("id_kind", "id_number")
    }
    assert Call.objects.filter(operation="cards.edit_holder").count() == 0


def test_an_edit_over_somebody_elses_shows_both_and_sends_nothing(ada, edit, world, sweep, browser_client):
    drawn = Holder.objects.get()
    edit(ada, city="Oxford")
    sweep()
    conflict = edit(drawn, street="1 High Street")
    assert (conflict.status_code, "no-store" in conflict["Cache-Control"]) == (409, True)
    differing = {fact.label: fact.value for fact in conflict.context["mine"] if fact.total}
    assert differing == {"Street and number": "1 High Street", "City": "London"}
    assert {fact.value for fact in conflict.context["theirs"] if fact.total} == {"12 St James Square", "Oxford"}
    assert Call.objects.filter(operation="cards.edit_holder").count() == 1
    kept = dict(conflict.context["kept"])
    keep = browser_client.post(
        at("edit_holder", ada), {**kept, "key": conflict.context["key"], "version": conflict.context["version"]}
    )
    assert keep["Location"] == ada.get_absolute_url()
    sweep()
    ada.refresh_from_db()
    assert {opened(ada.personal)[name] for name in ("street", "city")} == {"1 High Street", "London"}


def test_names_are_locked_while_a_card_is_open(with_card, edit, browser_client, sweep):
    form = browser_client.get(at("edit_holder", with_card)).context["form"]
    assert {name for name, field in form.fields.items() if field.disabled} == {"first_name", "last_name"}
    assert form["first_name"].help_text == "Locked while a card of this holder is open"
    assert edit(with_card, first_name="Augusta").context["form"].non_field_errors() == ["Nothing was changed."]


def test_a_refused_change_is_told_and_changes_nothing(ada, edit, browser_client, sweep):
    edit(ada, post_code="SW1Y 4JH, and far beyond")
    sweep()
    page = browser_client.get(ada.get_absolute_url())
    assert page.context["refusal"].title == "The provider refused the last change"
    assert [line.partition(":")[0] for line in page.context["refusal"].lines] == ["Post code"]
    ada.refresh_from_db()
    assert opened(ada.personal)["post_code"] == "SW1Y 4JH"
    assert "<b>edit_holder</b> was refused; nothing was changed" in page.content.decode()


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_holder_is_deleted_after_a_question(ada, browser_client, world, sweep):
    question = browser_client.get(at("delete_holder", ada))
    key = re.search(r'name="key" value="([^"]+)"', question.content.decode())[1]
    assert Call.objects.filter(operation="cards.delete_holder").count() == 0
    assert browser_client.post(at("delete_holder", ada), {"key": key})["Location"] == ada.get_absolute_url()
    sweep()
    ada.refresh_from_db()
    assert (ada.state, [row.deleted for row in world.holders.values()]) == (HolderState.DELETED, [True])
    page = browser_client.get(ada.get_absolute_url())
    assert [action.label for action in page.context["actions"] if action.label in {"Edit", "Delete"}] == []
    assert browser_client.get(at("edit_holder", ada)).context["why_not"].startswith("This holder is deleted")


def test_a_holder_with_open_cards_is_not_deleted(with_card, browser_client):
    said = "1 card of this holder is open. Close it first."
    delete = next(
        one for one in browser_client.get(with_card.get_absolute_url()).context["actions"] if one.label == "Delete"
    )
    assert delete.off == said
    assert browser_client.get(at("delete_holder", with_card)).context["why_not"] == said
    answer = browser_client.post(at("delete_holder", with_card), {"key": str(uuid.uuid4())})
    assert (answer.status_code, answer.context["why_not"]) == (409, "1 cards of this holder are open.")
    assert Call.objects.filter(operation="cards.delete_holder").count() == 0


# --- unmasking --------------------------------------------------------------------------------------------------------


def test_who_it_is_is_shown_once_with_a_purpose_and_written_down(ada, officer):
    asked = officer.get(at("unmask_holder", ada))
    assert seen(asked.content.decode()) == []
    key = asked.context["key"]
    shown = officer.post(at("unmask_holder", ada), {"key": key, "purpose": "sanctions hit"})
    assert (shown.status_code, seen(shown.content.decode())) == (200, list(SECRETS))
    assert "no-store" in shown["Cache-Control"]
    entry = JournalEntry.objects.get(verb="cards.unmask_holder")
    assert (entry.ref, entry.actor.get_username(), entry.detail) == (
        ada.ref,
        "compliance",
        {"purpose": "sanctions hit"},
    )
    again = officer.post(at("unmask_holder", ada), {"key": key, "purpose": "sanctions hit"})
    assert (again.status_code, seen(again.content.decode())) == (409, [])
    assert JournalEntry.objects.filter(verb="cards.unmask_holder").count() == 1
    assert "“sanctions hit”" in officer.get(ada.get_absolute_url()).content.decode()


def test_without_a_purpose_nobody_sees_who_it_is(ada, officer):
    answer = officer.post(at("unmask_holder", ada), {"key": str(uuid.uuid4()), "purpose": " "})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"purpose": ["Say what you need it for."]})
    assert JournalEntry.objects.filter(verb="cards.unmask_holder").count() == 0


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", set()),
        ("approver", set()),
        ("auditor", set()),
        ("operator", {"create_holder", "edit_holder", "delete_holder"}),
        ("compliance", {"create_holder", "edit_holder", "delete_holder", "unmask_holder"}),
        ("finance manager", {"create_holder", "edit_holder", "delete_holder", "unmask_holder"}),
    ],
)
def test_roles_see_what_they_may_do(ada, person, role, may):
    client = Client()
    client.force_login(person(role, name="somebody"))
    assert client.get(HOLDERS).status_code == 200
    doors = {name: at(name, ada) for name in ("edit_holder", "delete_holder", "unmask_holder")} | {"create_holder": NEW}
    assert {name for name, address in doors.items() if client.get(address).status_code == 200} == may
    labels = {action.label for action in client.get(ada.get_absolute_url()).context["actions"]}
    named = {"Edit": "edit_holder", "Delete": "delete_holder", "Show who it is": "unmask_holder"}
    assert {named[label] for label in labels & named.keys()} == may - {"create_holder"}


# --- naming a holder for a card ---------------------------------------------------------------------------------------


def test_the_form_for_a_card_offers_holders_on_file_and_understands_our_id(ada, browser_client, send):
    page = browser_client.get(reverse("cards:issue_card")).content.decode()
    assert f'<option value="{ada.provider_id}">A•••• B•••• · GB</option>' in page
    assert send(holder_id=ada.public_id).status_code == 302
    assert Call.objects.get(operation="cards.issue_card").arguments["holder_id"] == ada.provider_id


def test_a_deleted_holder_gets_no_card(ada, browser_client, send, sweep):
    browser_client.post(at("delete_holder", ada), {"key": str(uuid.uuid4())})
    sweep()
    assert send(holder_id=ada.provider_id).context["form"].errors == {"holder_id": ["This holder is deleted."]}
    assert ada.provider_id not in browser_client.get(reverse("cards:issue_card")).content.decode()


def test_the_admin_never_shows_who_it_is(ada, person):
    user = person("developer", "admin")
    user.is_staff = user.is_superuser = True
    user.save()
    user.groups.add(Group.objects.get(name="Admin"))
    client = Client()
    client.force_login(user)
    listed = client.get(reverse("admin:cards_holder_changelist"))
    page = client.get(reverse("admin:cards_holder_change", args=[ada.pk]))
    assert (listed.status_code, page.status_code) == (200, 200)
    assert ada.provider_id in page.content.decode()
    assert [word for word in (*SECRETS, ada.personal) if word in listed.content.decode() + page.content.decode()] == []
