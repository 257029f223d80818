"""The admin: staff of the admin role look at everything, write nothing, and mend calls by the same commands."""

from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.accounts.models import Pace
from backoffice.admin import BackofficeAdminSite
from backoffice.core.admin import BoundedPaginator, ReadOnlyAdmin
from backoffice.exports.commands import start_export
from backoffice.exports.lists import exportable_of
from backoffice.journal.models import JournalEntry
from backoffice.journal.record import record
from backoffice.mirror.models import Beat, SyncPage, Watch
from backoffice.outbox.models import Batch, BatchItem, Call, Exchange
from backoffice.people.models import Preference, SavedView
from cards.commands import create_holder, issue_card
from cards.models import Bin, Card, CardOrder
from tests.architecture.sources import PACKAGES
from wallets.models import Wallet
from webhooks.commands import compare_deliveries
from webhooks.models import Delivery, Refusal

OURS = [model for model in admin.site._registry if model.__module__.split(".")[0] in PACKAGES]
READ_ONLY = [model for model in OURS if isinstance(admin.site._registry[model], ReadOnlyAdmin)]
# rows without news of their own: paces, what a walk has seen, a batch's lines, and what people keep for themselves
NOT_SHOWN = {Pace, SyncPage, BatchItem, Preference, SavedView}


@pytest.fixture
def administrator(person):
    """Staff in the admin role, who may also look at everything."""
    user = person("admin")
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


@pytest.fixture
def pages(administrator):
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def rows(mirrored, actor, world, sweep):
    """At least one row of every model, made by a card issued through the real flow, and one order in doubt."""
    wallet, bin = Wallet.objects.get(), Bin.objects.get()
    issue_card(actor=actor, key="one", bin=bin, wallet=wallet, amount=Decimal(20))
    sweep()
    world.settle()
    sweep()
    start_export(actor=actor, key="x", exportable=exportable_of("cards"), query="", columns=["card"], format="csv")
    call_command("create_api_key", owner=actor.user.username, name="ERP", scope=["cards.view"], stdout=StringIO())
    Beat.objects.update_or_create(name="canary", defaults={"at": timezone.now()})
    Batch.objects.create(operation="cards.issue_card", actor=actor.user)
    Refusal.objects.create(
        on=timezone.now().date(), provider="openapi", reason=Refusal.Reason.MALFORMED, source="127.0.0.1"
    )
    compare_deliveries(actor=actor, key="one", deliveries=Delivery.objects.all(), asked="")
    create_holder(actor=actor, key="holder", account=mirrored, fields={"first_name": "Ada", "country": "GB"})
    Watch.objects.get_or_create(account=mirrored, kind="cards.card", object_id="1")
    return {model: model._default_manager.order_by("-pk").first() for model in READ_ONLY}


def changelist(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_every_model_of_ours_has_its_admin_page():
    ours = {model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES}
    assert ours - NOT_SHOWN - set(OURS) == set()
    assert set(OURS) == set(READ_ONLY)
    assert [model._meta.label for model in admin.site._registry if model not in OURS] == ["auth.User"]


def test_lists_and_pages_of_every_model_are_shown(pages, rows):
    assert [model.__name__ for model, row in rows.items() if row is None] == []
    answers = {
        url: pages.get(url).status_code for row in rows.values() for url in (changelist(type(row)), page_of(row))
    }
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_a_list_asks_the_same_few_questions_however_many_rows_it_has(pages, rows, actor, sweep):
    growing = [Card, CardOrder, Call, Delivery, Exchange, JournalEntry, Watch]
    before = {model.__name__: queries(pages, changelist(model)) for model in growing}
    for number in range(3):
        issue_card(
            actor=actor, key=f"more-{number}", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(20)
        )
    sweep()
    assert {model.__name__: queries(pages, changelist(model)) for model in growing} == before
    assert {name: count for name, count in before.items() if count > 8} == {}


def test_nothing_is_written_from_the_admin(pages, rows):
    for model, row in rows.items():
        before = list(model._default_manager.order_by("pk").values())
        fields = {field.name: "x" for field in model._meta.fields}
        delete = page_of(row).replace("/change/", "/delete/")
        answers = [
            pages.get(f"{changelist(model)}add/").status_code,
            pages.post(f"{changelist(model)}add/", fields).status_code,
            pages.post(page_of(row), fields).status_code,
            pages.post(delete, {"post": "yes"}).status_code,
        ]
        assert answers == [403, 403, 403, 403], model
        pages.post(changelist(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
        assert list(model._default_manager.order_by("pk").values()) == before


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_a_list_reads_no_whole_table(model):
    shown = admin.site._registry[model]
    assert shown.show_full_result_count is False
    assert issubclass(shown.paginator, BoundedPaginator)
    filters = [model._meta.get_field(name) for name in shown.list_filter]
    assert [str(f) for f in filters if not (f.choices or isinstance(f, models.BooleanField))] == []
    assert [name for name in shown.get_search_fields(None) if not name.endswith(("__exact", "__startswith"))] == []
    selected = shown.get_queryset(None).query.select_related or {}
    assert {field.name for field in model._meta.fields if field.is_relation} == set(selected)


def test_the_paginator_counts_no_further_than_pages_are_turned(db, account):
    class Small(BoundedPaginator):
        limit = 3

    for number in range(5):
        record(account, f"test-{number}", source="system")
    assert Small(JournalEntry.objects.filter(verb__startswith="test-").order_by("-id"), 2).count == 3
    assert Small(JournalEntry.objects.filter(verb="test-1").order_by("-id"), 2).count == 1
    assert Small(JournalEntry.objects.order_by("-id"), 2).count >= 3


def test_the_search_box_compares_ids_and_references_whole(pages, rows):
    order, card = CardOrder.objects.get(), Card.objects.get()
    found = {
        text: pages.get(changelist(model), {"q": text}).context["cl"].result_count
        for model, text in [
            (CardOrder, order.public_id),
            (CardOrder, order.merchant_ref),
            (CardOrder, order.provider_id),
            (CardOrder, order.merchant_ref[:-1]),
            (Card, card.last4),
        ]
    }
    assert found == {
        order.public_id: 1,
        order.merchant_ref: 1,
        order.provider_id: 1,
        order.merchant_ref[:-1]: 0,
        card.last4: 1,
    }


def test_a_page_tells_what_happened_to_its_row(pages, rows):
    order = CardOrder.objects.get()
    page = pages.get(page_of(order))
    assert [entry.verb for entry in page.context["journal"]] == list(
        JournalEntry.objects.filter(ref=order.ref).order_by("-created_at", "-id").values_list("verb", flat=True)
    )
    assert "cards.issue_card" in page.content.decode()


def test_a_page_links_to_the_screen_where_people_work(pages, rows):
    screens = {Card: "cards:card", CardOrder: "cards:order", Wallet: "wallets:wallet", Call: "outbox:call"}
    for model, screen in (screens | {Delivery: "webhooks:delivery"}).items():
        row = rows[model]
        assert f'href="{reverse(screen, args=[row.public_id])}"' in pages.get(page_of(row)).content.decode()


# --- who may enter --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["viewer", "operator", "approver", "finance manager", "compliance", "developer", "auditor"]
)
def test_staff_of_another_role_stay_outside(role, person):
    user = person(role)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(changelist(Call)).status_code == 302


def test_the_admin_role_without_staff_stays_outside(person):
    client = Client()
    client.force_login(person("admin"))
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:login")).status_code == 403


def test_signing_in_is_allauths_alone(client, db):
    answer = client.get(reverse("admin:login"))
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/admin/login/")
    posted = client.post(reverse("admin:login"), {"username": "a", "password": "b"})
    assert (posted.status_code, "_auth_user_id" in client.session) == (302, False)
    assert client.get(reverse("admin:index"))["Location"] == "/admin/login/?next=/admin/"


def test_a_password_is_changed_where_allauth_asks_again_who_one_is(pages):
    assert pages.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


def test_the_site_is_ours(pages, settings):
    assert isinstance(admin.site, BackofficeAdminSite)
    page = pages.get(reverse("admin:index"))
    text = page.content.decode()
    assert settings.MERCHANT_NAME in text
    assert "css/admin.css" in text
    assert "style=" not in text
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


# --- mending calls --------------------------------------------------------------------------------------------------


@pytest.fixture
def dead(mirrored, actor, world, drain, make_calls_due):
    """A call whose reply was lost and whose reference the provider does not know, look after look."""
    call = issue_card(actor=actor, key="dead", bin=Bin.objects.get(), wallet=Wallet.objects.get(), amount=Decimal(20))
    Call.objects.filter(pk=call.pk).update(state="dead", maybe_sent=True, left_at=timezone.now(), problem="not found")
    call.refresh_from_db()
    return call


def act(client: Client, call: Call, action: str, **more: str):
    return client.post(changelist(Call), {"action": action, "_selected_action": [call.pk], **more}, follow=True)


def allow(user, *codenames: str):
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def state_of(call: Call) -> str:
    return Call.objects.values_list("state", flat=True).get(pk=call.pk)


@pytest.mark.parametrize("action", ["look_up", "send_again", "give_up"])
def test_an_action_without_its_permission_does_nothing(action, pages, dead):
    written = JournalEntry.objects.count()
    act(pages, dead, action, reason="it is over")
    assert (state_of(dead), JournalEntry.objects.count()) == ("dead", written)


def test_look_up_now_makes_the_call_due(pages, administrator, dead):
    allow(administrator, "look_up_call")
    act(pages, dead, "look_up")
    assert state_of(dead) == "uncertain"
    entry = JournalEntry.objects.get(verb="outbox.look_up_call")
    assert (entry.actor, entry.via, entry.ref) == (administrator, "admin", dead.target)


def test_send_again_keeps_the_reference(pages, administrator, dead):
    allow(administrator, "send_call_again")
    act(pages, dead, "send_again")
    dead.refresh_from_db()
    assert (dead.state, dead.maybe_sent, dead.reference) == ("queued", False, CardOrder.objects.get().merchant_ref)


def test_giving_up_asks_for_a_reason_first(pages, administrator, dead):
    allow(administrator, "give_up_call")
    asked = act(pages, dead, "give_up")
    assert asked.templates[0].name == "admin/give_up.html"
    assert dead.public_id in asked.content.decode()
    act(pages, dead, "give_up", reason="  ")
    assert state_of(dead) == "dead"
    act(pages, dead, "give_up", reason="the provider confirmed by mail")
    assert state_of(dead) == "withdrawn"
    assert JournalEntry.objects.get(verb="outbox.give_up_call").detail["reason"] == "the provider confirmed by mail"


def test_what_a_rule_forbids_is_said_and_not_done(pages, administrator, rows):
    allow(administrator, "send_call_again")
    call = Call.objects.get(operation="cards.issue_card")
    answer = act(pages, call, "send_again")
    assert [str(message) for message in answer.context["messages"]] == [
        f"{call.public_id}: This call is done; that is not possible now."
    ]
