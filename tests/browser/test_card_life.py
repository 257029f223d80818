"""A card's whole life by keyboard alone: issued, recharged, frozen, unfrozen, closed; every screen of it is sound."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from backoffice.mirror import syncs
from backoffice.outbox.models import Batch, Call
from backoffice.providers.emulator.story import add_bin, add_card, closing_fee
from cards.models import Bin, Card, CardOrder
from tests.browser import test_cards
from tests.browser.conftest import judge
from tests.browser.conftest import keep as keep_picture
from tests.cards import conftest as filling
from wallets.models import Wallet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

listed, worker = filling.listed, test_cards.worker  # fixtures
SECONDS = test_cards.SECONDS
MOST_TABS = 80
CUT_OFF = ("htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")  # a poll that a step to the next page cut off


def tab_to(page: Page, name: str, role: str = "") -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
              const at = document.activeElement
              const label = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent ?? ""
              return label.trim()
            }"""
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"{name} is not to be reached with Tab")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def go(page: Page, letter: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press(letter)


def test_a_cards_whole_life_by_keyboard_alone(page, sign_in, staff, worker, world):
    sign_in(staff)
    page.goto(reverse("home"))
    go(page, "c")
    page.wait_for_url("**/cards/")
    press(page, "Issue card")
    page.wait_for_url("**/cards/issue/")
    write(page, "First amount", "250.00")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("251.50 USD")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/cards/orders/cor_*/")
    expect(page.locator("#order-heading")).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(page.locator("#order-heading")).to_contain_text("Succeeded", timeout=SECONDS)
    expect(page.get_by_role("link", name="Open card")).to_be_visible(timeout=SECONDS)
    press(page, "Open card")
    page.wait_for_url("**/cards/crd_*/")
    card_page = page.url
    expect(page.locator("#card-heading")).to_contain_text("Active", timeout=SECONDS)

    press(page, "Recharge")
    page.wait_for_url("**/recharge/")
    write(page, "Amount", "100")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("101.00 USD")
    tab_to(page, "the card receives")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("100.00 USD")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("101.00 USD")
    press(page, "Recharge for 101.00 USD")
    page.wait_for_url("**/cards/orders/cor_*/")
    expect(page.locator("#order-heading")).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(page.locator("#order-heading")).to_contain_text("Succeeded", timeout=SECONDS)
    press(page, "Open card")
    page.wait_for_url(card_page)
    expect(page.locator(".figure")).to_contain_text("350.00 USD", timeout=SECONDS)

    press(page, "Freeze")
    dialog = page.get_by_role("dialog", name="Freeze ••")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert Call.objects.filter(operation="cards.freeze_card").count() == 0
    expect(page.get_by_role("link", name="Freeze", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("OPEN-API is asked to freeze it.")
    page.wait_for_load_state()
    loads = []
    page.on("load", lambda: loads.append(1))
    expect(page.locator("#card-heading")).to_contain_text("Frozen", timeout=SECONDS)
    expect(page.locator("#card-heading")).not_to_contain_text("since", timeout=SECONDS)
    expect(page.get_by_role("link", name="Unfreeze")).to_be_visible(timeout=SECONDS)
    press(page, "Unfreeze")
    expect(page.get_by_role("dialog", name="Unfreeze ••").get_by_role("button", name="Cancel")).to_be_focused()
    assert loads == []  # the page changed under the reader's eyes, its questions with it
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("OPEN-API is asked to unfreeze it.")
    expect(page.locator("#card-heading")).to_contain_text("Active", timeout=SECONDS)

    expect(page.get_by_role("link", name="Close", exact=True)).to_be_visible(timeout=SECONDS)
    press(page, "Close")
    dialog = page.get_by_role("dialog", name="Close ••")
    expect(dialog).to_contain_text("350.00 USD")
    digits = Card.objects.get().last4
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_label(f"Type {digits} to confirm")).to_be_focused()
    page.keyboard.type(digits)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/cards/orders/cor_*/")
    expect(page.locator("#order-heading")).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(page.locator("#order-heading")).to_contain_text("Succeeded", timeout=SECONDS)
    press(page, "Open card")
    page.wait_for_url(card_page)
    expect(page.locator("#card-heading")).to_contain_text("Closed", timeout=SECONDS)
    assert list(CardOrder.objects.order_by("id").values_list("kind", "state")) == [
        ("issue", "succeeded"),
        ("recharge", "succeeded"),
        ("close", "succeeded"),
    ]
    page.said[:] = [line for line in page.said if not line.startswith(CUT_OFF)]


def test_several_cards_end_under_the_readers_eyes(page, sign_in, staff, worker, world):
    sign_in(staff)
    page.goto(reverse("cards:issue_card"))
    page.get_by_label("First amount").fill("20")
    page.get_by_label("Number of cards").fill("4")
    page.get_by_role("button", name="Issue 4 cards for 86.00 USD").click()
    page.wait_for_url("**/cards/batches/bat_*/")
    expect(page.locator("#batch tbody")).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(page.locator("#batch .figure")).to_contain_text("4 of 4", timeout=SECONDS)
    expect(page.locator("#batch tbody a.plain")).to_have_count(4, timeout=SECONDS)
    assert (len(world.orders), Card.objects.count()) == (4, 4)


def test_a_quick_fill_keeps_what_was_typed(page, sign_in, staff, mirrored, world, listed):
    card = listed(1, balance=Decimal(120))[0]
    sign_in(staff)
    page.goto(reverse("cards:recharge_card", args=[card.public_id]))
    page.get_by_label("Note").fill("Travel")
    page.get_by_role("button", name="To 500.00").click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("380.00")
    expect(page.get_by_label("Note")).to_have_value("Travel")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("383.80 USD")
    assert CardOrder.objects.count() == 0


def test_a_life_works_without_a_script(new_context, live_server, staff, mirrored, sign_in, context, listed, sweep):
    card = listed(1, balance=Decimal(120))[0]
    plain = new_context(java_script_enabled=False)
    sign_in(staff)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(live_server.url + card.get_absolute_url())
    page.get_by_role("link", name="Recharge").click()
    page.get_by_role("button", name="To 500.00").click()
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("383.80 USD")
    page.get_by_role("button", name="Recharge for 383.80 USD").click()
    page.wait_for_url("**/cards/orders/cor_*/")
    page.goto(live_server.url + card.get_absolute_url())
    page.get_by_role("link", name="Freeze", exact=True).click()
    page.wait_for_url("**/freeze/")
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_url(live_server.url + card.get_absolute_url())
    expect(page.locator("#card-heading")).to_contain_text("Freezing since")


def test_every_screen_is_sound(sheet, look, page, sign_in, staff, mirrored, sweep, world):
    bin_ = next(iter(world.bins.values()))
    bin_.fees.append(closing_fee("2.00"))
    app = next(iter(world.apps.values()))
    add_card(world, app, bin_, balance=Decimal("1204.50"), status="active")
    plastic = add_card(world, app, add_bin(world, type="physical", bin="525847"), status="pending", use_at="")
    for kind in syncs.kinds():
        syncs.start_sync(account=mirrored, kind=kind)
    sweep()
    card = Card.objects.exclude(provider_id=plastic.card_id).get()
    pending = Card.objects.get(provider_id=plastic.card_id)
    sign_in(staff)
    look(card.get_absolute_url(), "life-card")
    for dialog in ("freeze-card", "close-card"):
        page.get_by_role("link", name=dialog.partition("-")[0].title(), exact=True).click()
        expect(page.locator(f"#{dialog}")).to_be_visible()
        judge(page)
        keep(page, f"life-dialog-{dialog}", sheet)
        page.keyboard.press("Escape")
    for name in ("recharge", "freeze", "close", "unfreeze"):
        look(reverse(f"cards:{name}_card", args=[card.public_id]), f"life-{name}")
    look(reverse("cards:activate_card", args=[pending.public_id]), "life-activate")
    look(pending.get_absolute_url(), "life-card-pending")
    recharge = reverse("cards:recharge_card", args=[card.public_id])
    look(f"{recharge}?amount=300&side=wallet", "life-recharge-quote")
    page.goto(reverse("cards:close_card", args=[card.public_id]))
    page.locator(".confirm .button--main").click()
    expect(page.get_by_role("alert")).to_be_focused()
    judge(page)
    keep(page, "life-close-wrong", sheet)
    _twice(page, recharge)
    judge(page)
    keep(page, "life-recharge-again", sheet)
    page.said.clear()  # the browser notes each 422 in its console
    world.fail_next("timeout", path="card/freeze")
    page.goto(reverse("cards:freeze_card", args=[card.public_id]))
    page.get_by_label("Reason").fill("lost in a taxi")
    page.locator(".confirm .button--main").click()
    look(card.get_absolute_url(), "life-card-freezing")
    sweep(1)
    look(card.get_absolute_url(), "life-card-doubt")
    sweep()
    world.fail_next("3003", path="card/unfreeze")
    page.goto(reverse("cards:unfreeze_card", args=[card.public_id]))
    page.locator(".confirm .button--main").click()
    sweep()
    look(card.get_absolute_url(), "life-card-refused")
    world.settle()
    sweep()
    page.goto(reverse("cards:close_card", args=[card.public_id]))
    page.get_by_label("Type").fill(card.last4)
    page.locator(".confirm .button--main").click()
    sweep(1)
    closing = CardOrder.objects.get(kind="close")
    look(closing.get_absolute_url(), "life-closing-order")
    look(card.get_absolute_url(), "life-card-closing")
    world.settle()
    sweep()
    look(closing.get_absolute_url(), "life-closed-order")
    look(card.get_absolute_url(), "life-card-closed")


def test_every_screen_of_a_batch_is_sound(sheet, look, page, sign_in, staff, mirrored, sweep, world):
    sign_in(staff)
    chosen = f"bin={Bin.objects.get().public_id}&wallet={Wallet.objects.get().public_id}"
    look(f"{reverse('cards:issue_card')}?amount=100&quantity=5&{chosen}", "life-issue-quote")
    world.fail_next("3003", path="card/order/open")
    page.get_by_role("button", name="Issue 5 cards for 507.50 USD").click()
    sweep()
    batch = Batch.objects.get()
    look(reverse("cards:batch", args=[batch.public_id]), "life-batch")
    world.settle()
    sweep()
    look(reverse("cards:batch", args=[batch.public_id]), "life-batch-ended")


def keep(page: Page, name: str, sheet: tuple[str, int, int]) -> None:
    keep_picture(page, f"{name}-{sheet[0]}-{sheet[1]}")


def _twice(page: Page, address: str) -> None:
    for _ in range(2):
        page.goto(f"{address}?amount=300")
        page.get_by_role("button", name="Recharge for").click()
        page.wait_for_load_state()
