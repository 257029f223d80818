"""A card is asked for in a browser and becomes active under the reader's eyes; every screen of cards is sound."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.mirror import watches
from backoffice.outbox import drain as outbox
from backoffice.outbox.models import Ask
from cards.models import Bin, Card, CardOrder
from tests.browser.conftest import judge
from tests.cards import conftest as filling
from tests.conftest import make_due
from wallets.models import Wallet
from webhooks.services import process_deliveries

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

listed, send, typed = filling.listed, filling.send, filling.typed  # fixtures
SECONDS = 15_000  # what an eye may wait, with a busy machine's margin


@pytest.fixture
def worker(mirrored):
    """A worker beside the web server, until the test ends."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.3):
                make_due()
                outbox.drain(2)
                process_deliveries(2)
                watches.drain_watches(2)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def fill_in(page, amount: str, note: str) -> None:
    page.goto(reverse("cards:issue_card"))
    page.get_by_label("First amount").fill(amount)
    page.get_by_label("Label").fill(note)


def test_a_card_is_issued_and_becomes_active_without_a_reload(page, sign_in, staff, worker, world):
    sign_in(staff)
    fill_in(page, "250.00", "Ads, LinkedIn")
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("251.50 USD")
    expect(page.locator("#quote-rail")).to_contain_text("4,748.50 USD")
    page.get_by_role("button", name="Issue card for 251.50 USD").click()

    page.wait_for_url("**/cards/orders/cor_*/")
    address, loads = page.url, []
    page.on("load", lambda: loads.append(1))
    expect(page.locator("#order-heading")).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(page.locator("#order-heading")).to_contain_text("Succeeded", timeout=SECONDS)
    open_card = page.get_by_role("link", name="Open card")
    expect(open_card).to_be_visible(timeout=SECONDS)
    expect(page.locator("#order")).not_to_have_attribute("hx-trigger", "every 2s", timeout=SECONDS)
    assert (page.url, loads) == (address, [])

    open_card.click()
    expect(page.locator("#card-heading")).to_contain_text("Active")
    expect(page.locator(".figure")).to_contain_text("250.00 USD")
    assert (CardOrder.objects.count(), Card.objects.count(), len(world.orders)) == (1, 1, 1)


def test_a_row_of_the_list_changes_without_a_reload(page, sign_in, staff, worker, world, send):
    send(note="Hosting")
    sign_in(staff)
    page.goto(reverse("cards:orders"))
    row = page.locator("#rows tr")
    expect(row).to_contain_text("Processing", timeout=SECONDS)
    world.settle()
    expect(row).to_contain_text("Succeeded", timeout=SECONDS)
    expect(page.locator("#rows")).not_to_have_attribute("hx-trigger", "every 3s", timeout=SECONDS)


def test_twenty_clicks_are_one_card(page, sign_in, staff, mirrored):
    sign_in(staff)
    fill_in(page, "100.00", "")
    page.evaluate(
        """() => {
          const form = document.getElementById("issue")
          const body = () => new URLSearchParams(new FormData(form))
          return Promise.all(Array.from({length: 20}, () => fetch(form.action, {method: "POST", body: body()})))
        }"""
    )
    page.get_by_role("button", name="Issue card").click()
    page.wait_for_url("**/cards/orders/cor_*/")
    assert CardOrder.objects.count() == 1


def test_back_and_another_amount_send_nothing_new(page, sign_in, staff, mirrored):
    sign_in(staff)
    fill_in(page, "100.00", "Travel")
    page.get_by_role("button", name="Issue card").click()
    page.wait_for_url("**/cards/orders/cor_*/")
    page.goto(f"{reverse('cards:issue_card')}?key={_key_of_the_form()}&amount=200.00&bin={Bin.objects.get().public_id}")
    page.get_by_role("button", name="Issue card").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing new was sent")
    page.said.clear()  # the browser notes the 422 in its console
    assert CardOrder.objects.count() == 1


def test_a_wrong_amount_stays_and_is_explained(page, sign_in, staff, mirrored):
    sign_in(staff)
    fill_in(page, "1,000.00", "Travel")
    page.get_by_role("button", name="Issue card").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("First amount")).to_have_value("1,000.00")
    expect(page.get_by_label("Label")).to_have_value("Travel")
    page.said.clear()  # the browser notes the 422 in its console
    judge(page)


def test_it_works_without_a_script(new_context, live_server, staff, mirrored, sign_in, context):
    plain = new_context(java_script_enabled=False)
    sign_in(staff)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(live_server.url + reverse("cards:issue_card"))
    page.get_by_label("First amount").fill("100.00")
    page.get_by_role("button", name="Work out the cost").click()
    expect(page.locator("#quote-rail .quote__total")).to_contain_text("101.50 USD")
    page.get_by_role("button", name="Issue card for 101.50 USD").click()
    page.wait_for_url("**/cards/orders/cor_*/")
    page.goto(live_server.url + reverse("cards:orders"))
    page.get_by_role("link", name="Count and sums").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 order")


def test_every_screen_is_sound(sheet, look, sign_in, staff, mirrored, send, listed, sweep, world):
    world.faults = ["drop_request"]
    send(note="Trade fair, Lisboa")
    sweep(1)
    send(note="Ads, Meta")
    sweep()
    world.settle()
    sweep()
    listed(4, note="差旅 · 上海")
    CardOrder.objects.filter(card=None).update(created_at=Card.objects.first().created_at - timedelta(hours=1))
    sign_in(staff)
    for name in ("cards:cards", "cards:orders", "cards:bins", "cards:issue_card"):
        look(reverse(name), name.replace(":", "-"))
    chosen = f"bin={Bin.objects.get().public_id}&wallet={Wallet.objects.get().public_id}"
    look(f"{reverse('cards:issue_card')}?amount=100&{chosen}", "cards-issue-quote")
    look(f"{reverse('cards:cards')}?view=frozen&state=frozen&currency=EUR", "cards-empty")
    for number, order in enumerate(CardOrder.objects.order_by("id")):
        look(order.get_absolute_url(), f"order-{number}")
    look(Card.objects.exclude(bin=None).first().get_absolute_url(), "card")


def _key_of_the_form() -> uuid.UUID:
    return uuid.UUID(Ask.objects.get().key)
