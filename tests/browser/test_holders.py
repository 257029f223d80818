"""Card holders by keyboard alone, and a card's number that goes by itself and does not come back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.mirror import syncs
from backoffice.providers.emulator.story import add_card
from cards.models import Card, Holder
from tests.browser.conftest import judge, keep
from tests.cards import test_holder_screens as screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

add, edit = screens.add, screens.edit  # fixtures
NUMBER = "4938751234567893"
PASSWORD = "pass-word-for-tests-1"


@pytest.fixture
def officer(person, sign_in):
    user = person("compliance")
    sign_in(user)
    return user


@pytest.fixture
def on_file(add, sweep, world, account):
    """Three holders: one with a card, one refused, one whose change is under way."""
    add()
    sweep()
    with_card = Holder.objects.get()
    app, bin_ = next(iter(world.apps.values())), next(iter(world.bins.values()))
    add_card(world, app, bin_, status="active", card_no=NUMBER, cvv="917", holder_id=with_card.provider_id)
    syncs.start_sync(account=account, kind="cards.card")
    sweep()
    add(first_name="Grace", last_name="Hopperova", post_code="SW1Y 4JH, and far beyond", country="FR")
    sweep()
    add(first_name="志远", last_name="陈", country="CN")
    sweep()
    return list(Holder.objects.order_by("id"))


@pytest.fixture
def card(on_file):
    return Card.objects.get()


def type_in(page, **values: str) -> None:
    """Fill in what has the focus, field by field, with Tab between."""
    for value in values.values():
        page.keyboard.type(value)
        page.keyboard.press("Tab")


def test_a_holder_is_added_edited_and_deleted_by_keyboard(page, officer, mirrored, sweep):
    page.goto(reverse("home"))
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/cards/holders/")
    page.get_by_role("link", name="Add holder").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cards/holders/new/")
    page.get_by_label("First name").focus()
    type_in(page, first_name="Ada", last_name="Byronova")
    page.get_by_label("Date of birth").fill("1990-12-10")
    page.get_by_label("Nationality").focus()
    type_in(page, nationality="gb", id_kind="Pass", id_number="P98765432")
    type_in(page, email="ada@example.com", phone_code="44", phone="7700900123")
    type_in(page, street="12 St James Square", city="London", region="London", post_code="SW1Y 4JH")
    page.keyboard.type("gb")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/cards/holders/hld_*/")
    expect(page.locator("#holder-heading")).to_contain_text("A•••• B••••")
    expect(page.locator("#holder-heading")).to_contain_text("Requested")
    sweep()
    expect(page.locator("#holder-heading")).to_contain_text("On file", timeout=15_000)

    page.get_by_role("link", name="Edit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cards/holders/hld_*/edit/")
    page.get_by_label("City").fill("Oxford")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/cards/holders/hld_*/")
    sweep()
    page.goto(page.url)

    page.get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    judge(page)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    sweep()
    expect(page.locator("#holder-heading")).to_contain_text("Deleted", timeout=15_000)


def reveal(page, card) -> None:
    page.goto(reverse("cards:reveal_card", args=[card.public_id]))
    page.get_by_label("What do you need it for?").fill("paying a supplier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/reauthenticate/**")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="4938 7512 3456 7893")).to_be_visible()
    page.wait_for_load_state()


def test_a_number_goes_after_its_time_and_no_way_leads_back(page, officer, card):
    page.clock.install()
    reveal(page, card)
    assert NUMBER not in page.url
    judge(page)
    keep(page, "card-revealed")
    page.clock.fast_forward(31_000)
    page.wait_for_url(f"**{card.get_absolute_url()}", timeout=10_000)  # long before the server's own time
    assert NUMBER not in page.content()
    page.go_back()
    page.wait_for_load_state()
    assert NUMBER not in page.content()
    assert "4938 7512" not in page.content()


def test_a_number_is_emptied_when_its_page_is_left(page, officer, card):
    reveal(page, card)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(page.locator("[data-shown]")).to_be_empty()


def test_two_presses_are_one_look(page, officer, card):
    reveal(page, card)
    page.goto(reverse("cards:reveal_card", args=[card.public_id]))
    page.get_by_label("What do you need it for?").fill("audit")
    page.get_by_role("button", name="Show number and CVV").dblclick()
    expect(page.get_by_role("button", name="4938 7512 3456 7893")).to_be_visible()
    expect(page.locator(".page")).to_contain_text("18 more cards within a day")


def test_without_a_script_a_number_leaves_too(new_context, live_server, officer, context, card):
    plain = new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(live_server.url + reverse("cards:reveal_card", args=[card.public_id]))
    page.get_by_label("What do you need it for?").fill("audit")
    page.get_by_role("button", name="Show number and CVV").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="4938 7512 3456 7893")).to_be_visible()
    page.wait_for_url(f"**{card.get_absolute_url()}", timeout=40_000)


def test_every_screen_is_sound(sheet, look, page, officer, browser_client, on_file, edit, card, sweep):
    with_card, refused, third = on_file
    look(reverse("cards:holders"), "holders")
    look(f"{reverse('cards:holders')}?view=gone", "holders-empty")
    look(with_card.get_absolute_url(), "holder")
    look(refused.get_absolute_url(), "holder-refused")
    look(reverse("cards:create_holder"), "holder-new")
    look(f"{reverse('cards:create_holder')}?again={refused.public_id}", "holder-again")
    look(reverse("cards:edit_holder", args=[with_card.public_id]), "holder-edit")
    look(reverse("cards:delete_holder", args=[third.public_id]), "holder-delete")
    look(reverse("cards:delete_holder", args=[with_card.public_id]), "holder-not-deleted")
    look(reverse("cards:unmask_holder", args=[third.public_id]), "holder-unmask")
    page.get_by_label("What do you need it for?").fill("sanctions hit")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_load_state()
    expect(page.locator("[data-shown]")).to_contain_text("志远")
    judge(page)
    keep(page, f"holder-unmasked-{sheet[0]}-{sheet[1]}")
    look(reverse("cards:reveal_card", args=[card.public_id]), "reveal")
    edit(third, city="Oxford")
    look(third.get_absolute_url(), "holder-pending")
    look(reverse("cards:holders"), "holders-pending")
    sweep()
    page.goto(reverse("cards:edit_holder", args=[third.public_id]))
    page.get_by_label("City").fill("Bath")
    third.refresh_from_db()
    edit(third, city="York")
    sweep()
    page.get_by_role("button", name="Send changes").click()
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Keep mine")).to_be_visible()
    judge(page)
    keep(page, f"holder-conflict-{sheet[0]}-{sheet[1]}")
    page.said[:] = [line for line in page.said if "409 (Conflict)" not in line]
