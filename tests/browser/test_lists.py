"""Lists by hand and by keyboard: ticking, looking, columns, views, walking; single letters on and off."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.journal.record import Actor
from backoffice.outbox import bulk
from backoffice.outbox.models import Batch, Call
from backoffice.people.models import Preference, SavedView
from backoffice.people.preferences import SINGLE_KEYS
from cards.models import Card, CardOrder
from tests.browser.conftest import judge
from tests.cards import conftest as filling

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

listed, send, typed = filling.listed, filling.send, filling.typed  # fixtures
CARDS = reverse("cards:cards")
BAR = "[data-selection]"


@pytest.fixture
def at_cards(page, sign_in, staff, listed):
    """The list of six cards, newest first 0006 to 0001."""
    listed(6, note="Travel, Q4")
    sign_in(staff)
    page.goto(CARDS)
    return page


def ticked(page) -> list[str]:
    return page.locator("#rows tr:has(.check:checked) .table__link").all_inner_texts()


def focused(page) -> str:
    return page.evaluate("document.activeElement.innerText")


# --- the keyboard -----------------------------------------------------------------------------------------------------


def test_rows_are_moved_through_ticked_and_extended_by_keys(at_cards):
    page = at_cards
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert (focused(page), ticked(page)) == ("•• 0005", ["•• 0005"])
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("k")
    assert (focused(page), ticked(page)) == ("•• 0004", ["•• 0005", "•• 0004", "•• 0003"])
    expect(page.locator(BAR)).to_contain_text("3 selected")
    judge(page)
    page.keyboard.press("Escape")
    expect(page.locator(BAR)).to_be_hidden()
    assert ticked(page) == []


def test_the_rows_are_one_tab_stop(at_cards):
    page = at_cards
    page.locator("#find").focus()
    stops = []
    for _each in range(30):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("Boolean(document.activeElement.closest('#rows'))"))
    assert stops.count(True) == 1


def test_keys_go_to_places_and_open_what_is_there(at_cards):
    page = at_cards
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator(".filters .menu__body")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".filters .menu__body")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator("[data-picker]")).to_be_visible()
    judge(page)
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    expect(page.get_by_role("link", name="Rename, delete, share")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    judge(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(f"**{reverse('cards:orders')}")


def test_shift_f_shows_all_again(at_cards):
    page = at_cards
    page.goto(f"{CARDS}?view=active&currency=USD")
    page.keyboard.press("Shift+F")
    page.wait_for_url(f"**{CARDS}")


def test_no_single_key_starts_anything(at_cards):
    page = at_cards
    page.keyboard.press("j")
    page.keyboard.press("x")
    for key in "abcdehmnopqruwyzBCDGHILMNOPQRSTUVWXYZ0123456789":
        page.keyboard.press(key)
        if not page.url.endswith(CARDS):
            page.goto(CARDS)
    assert (Call.objects.count(), Batch.objects.count(), CardOrder.objects.count()) == (0, 0, 0)


def test_single_letters_do_nothing_where_they_are_switched_off_and_arrows_still_move(page, sign_in, staff, listed):
    listed(3)
    Preference.objects.create(person=staff, name=SINGLE_KEYS, value=False)
    sign_in(staff)
    page.goto(CARDS)
    for key in ("j", "x", "/", "?", "s", "["):
        page.keyboard.press(key)
    expect(page.locator("#keys-dialog")).to_be_hidden()
    assert ticked(page) == []
    page.locator("#rows .table__link").first.focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "•• 0002"
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()


def test_the_preference_is_set_on_its_page(page, sign_in, staff, listed, look):
    sign_in(staff)
    look(reverse("people:preferences"), "preferences")
    page.get_by_label("Single letters are commands").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")


# --- selection --------------------------------------------------------------------------------------------------------


def test_a_range_is_ticked_with_shift_and_frozen_after_a_question(at_cards, sweep):
    page = at_cards
    boxes = page.locator("#rows .check")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert ticked(page) == ["•• 0005", "•• 0004", "•• 0003", "•• 0002"]
    expect(page.locator(BAR)).to_contain_text("4 selected")
    page.locator(BAR).get_by_role("button", name="Freeze", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Freeze 4 cards")
    expect(page.get_by_role("link", name="Cancel")).to_be_focused()
    judge(page)
    page.get_by_role("button", name="Freeze 4 cards").click()
    page.wait_for_url("**/calls/batches/bat_*/")
    expect(page.locator("#batch-heading")).to_contain_text("Under way")
    bulk.work_batches()
    expect(page.locator("#batch")).to_contain_text("4 of 4", timeout=15_000)
    expect(page.locator("#batch-heading")).to_contain_text("All asked for")
    judge(page)
    assert Call.objects.count() == 4


def test_all_that_match_are_chosen_by_the_filter(at_cards):
    page = at_cards
    page.locator("[data-pick-all]").click()
    expect(page.locator(BAR)).to_contain_text("6 selected")
    page.get_by_label("All that match").check()
    expect(page.locator(BAR)).to_contain_text("All that match are selected: 6 cards")
    page.locator(BAR).get_by_role("button", name="Recharge").click()
    page.get_by_label("Each card receives").fill("20.00")
    page.get_by_role("button", name="Work out the cost").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recharge 6 cards")
    expect(page.locator(".facts__sum")).to_contain_text("USD")
    judge(page)
    page.get_by_role("button", name="Recharge 6 cards").click()
    page.wait_for_url("**/calls/batches/bat_*/")
    assert Batch.objects.get().size == 6


def test_ticks_outlive_what_a_poll_brings(page, sign_in, staff, mirrored, send, sweep):
    send()
    send()
    sign_in(staff)
    page.goto(reverse("cards:orders"))
    page.locator("#rows .check").first.click()
    sweep(1)
    expect(page.locator("#rows")).to_contain_text("Processing", timeout=15_000)
    expect(page.locator(BAR)).to_contain_text("1 selected")
    assert page.locator("#rows .check:checked").count() == 1


def test_selecting_works_without_a_script(new_context, live_server, staff, listed, sign_in, context):
    listed(2)
    plain = new_context(java_script_enabled=False)
    sign_in(staff)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(live_server.url + CARDS)
    page.get_by_label("Select •• 0002").check()
    page.get_by_role("button", name="Freeze", exact=True).click()
    page.get_by_role("button", name="Freeze 1 card").click()
    page.wait_for_url("**/calls/batches/bat_*/")
    page.goto(live_server.url + CARDS)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name="Available further to the front").click()
    expect(page.get_by_role("columnheader").nth(7)).to_have_text("Available")
    assert [item.target for item in Batch.objects.get().items.all()] == [Card.objects.get(last4="0002").ref]


# --- peek -------------------------------------------------------------------------------------------------------------


def test_a_row_is_looked_at_beside_the_list_and_arrows_walk(at_cards):
    page = at_cards
    peek = page.locator("#peek")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(peek).to_contain_text("•• 0006")
    expect(peek).to_contain_text("10.50 USD")
    judge(page)
    page.keyboard.press("ArrowDown")
    expect(peek).to_contain_text("•• 0005")
    peek.get_by_role("button", name="Next row").click()
    expect(peek).to_contain_text("•• 0004")
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    assert focused(page) == "•• 0004"


def test_the_mark_of_a_row_opens_it_too(at_cards):
    page = at_cards
    row = page.locator("#rows tr").nth(2)
    row.hover()
    row.get_by_role("button", name="Look at").click()
    expect(page.locator("#peek")).to_contain_text("•• 0004")
    page.get_by_role("button", name="Close", exact=True).click()
    assert focused(page) == "•• 0004"


def test_where_it_is_narrow_the_page_opens_instead(at_cards):
    page = at_cards
    page.set_viewport_size({"width": 1000, "height": 800})
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.wait_for_url("**/cards/crd_*/")


# --- columns, views, walking ------------------------------------------------------------------------------------------


def test_columns_are_moved_and_kept(at_cards):
    page = at_cards
    page.keyboard.press("s")
    page.get_by_role("button", name="Available further to the front").click()
    page.get_by_role("checkbox", name="Mode").uncheck()
    page.get_by_role("checkbox", name="Expires").check()
    page.locator(".picker__acts").get_by_role("button", name="Show").click()
    page.reload()
    heads = [text.strip() for text in page.locator("thead th").all_inner_texts()]
    assert "Mode" not in heads
    names = Preference.objects.get().value
    assert (names.index("balance") < names.index("account"), "mode" in names, names[-1]) == (True, False, "expiry")
    judge(page)
    page.keyboard.press("s")
    page.get_by_role("button", name="Back to the usual ones").click()
    expect(page.get_by_role("columnheader", name="Mode")).to_be_attached()


def test_a_filter_is_kept_as_a_tab(at_cards, look):
    page = at_cards
    page.goto(f"{CARDS}?state=active")
    page.keyboard.press("v")
    page.get_by_label("Name of this view").fill("Spending now")
    page.keyboard.press("Enter")
    expect(page.locator(".views__view[aria-current]")).to_have_text("Spending now")
    assert SavedView.objects.get().query == "state=active"
    look(reverse("people:views", args=["cards"]), "views")


def test_brackets_walk_through_the_list_one_came_from(at_cards):
    page = at_cards
    page.goto(f"{CARDS}?view=active")
    page.locator("#rows .table__link").nth(1).click()
    page.wait_for_url("**/cards/crd_*/")
    expect(page.locator(".crumbs__walk [rel=next]")).to_be_visible()
    page.keyboard.press("]")
    expect(page.locator("#card-heading")).to_contain_text("0004")
    expect(page.locator(".crumbs__walk [rel=prev]")).to_be_visible()
    page.keyboard.press("[")
    expect(page.locator("#card-heading")).to_contain_text("0005")
    expect(page.get_by_label("Breadcrumb").get_by_role("link", name="Cards")).to_have_attribute(
        "href", re.compile(r"\?view=active$")
    )


def test_lists_with_all_of_it_are_sound(sheet, look, page, sign_in, staff, listed, send, sweep):
    listed(5, note="差旅 · 上海")
    send()
    sweep()
    SavedView.objects.create(person=staff, listing="cards", name="Spending now", query="state=active")
    sign_in(staff)
    look(f"{CARDS}?state=active", "lists-cards")
    if sheet[1] > 1000:
        page.keyboard.press("j")
        for key in ("x", "Shift+J", "Shift+J", "Space"):
            page.keyboard.press(key)
        expect(page.locator("#peek")).to_contain_text("Available")
        judge(page)
    look(reverse("cards:orders"), "lists-orders")
    look(f"{reverse('cards:freeze_cards')}?view=active", "lists-bulk")
    look(f"{reverse('cards:close_cards')}?view=active", "lists-close")
    batch = bulk.start_batch(
        actor=Actor(staff), key="seen", command="cards.freeze_card", rows=[card.ref for card in Card.objects.all()]
    )
    bulk.work_batches()
    look(batch.get_absolute_url(), "lists-batch")
