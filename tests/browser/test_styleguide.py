"""The style guide holds every component: what is sound here is sound on the screens that are made of them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import judge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def guide(page, sign_in, staff):
    sign_in(staff)
    page.goto("/styleguide/")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return page


def test_every_component_is_sound_in_both_schemes_and_at_both_widths(sheet, look, sign_in, staff):
    sign_in(staff)
    page = look("/styleguide/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Style guide")


def test_it_speaks_chinese_without_scrolling_sideways(sheet, guide, context, live_server):
    context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": live_server.url}])
    guide.reload()
    expect(guide.locator("html")).to_have_attribute("lang", "zh-hans")
    judge(guide)


def test_nothing_scrolls_sideways_at_360_pixels(guide):
    guide.set_viewport_size({"width": 360, "height": 740})
    judge(guide)


def test_the_menus_of_a_narrow_window_are_sound_and_close_by_escape(sheet, guide):
    scheme, width, _height = sheet
    if width < 900:
        guide.get_by_role("button", name="Menu").click()
    guide.locator(".nav__person").click()
    expect(guide.get_by_role("button", name="Sign out")).to_be_visible()
    judge(guide)
    guide.keyboard.press("Escape")
    expect(guide.get_by_role("button", name="Sign out")).to_be_hidden()


def test_the_theme_that_a_person_picks_is_drawn_by_the_server(guide):
    guide.locator(".nav__person").click()
    guide.get_by_role("button", name="Dark").click()
    expect(guide.locator("html")).to_have_attribute("data-theme", "dark")
    expect(guide).to_have_url(re.compile("/styleguide/$"))


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(guide):
    guide.keyboard.press("?")
    keys = guide.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_visible()
    judge(guide)
    guide.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_j_and_k_walk_the_rows_and_stay_within_them(guide):
    rows = guide.locator("#main [data-row], #main .table__link")
    guide.keyboard.press("k")
    expect(rows.last).to_be_focused()
    guide.keyboard.press("j")
    expect(rows.last).to_be_focused()
    guide.keyboard.press("k")
    expect(rows.nth(rows.count() - 2)).to_be_focused()


def test_a_slash_goes_to_find_where_letters_are_letters_again(guide):
    guide.keyboard.press("/")
    find = guide.get_by_role("searchbox", name="Find in this list")
    expect(find).to_be_focused()
    guide.keyboard.type("gh?jk/")
    expect(find).to_have_value("gh?jk/")
    expect(guide.get_by_role("dialog")).to_have_count(0)
    guide.keyboard.press("Enter")
    expect(guide).to_have_url(re.compile(r"/styleguide/\?q=gh%3Fjk%2F$"))
    expect(find).to_have_value("gh?jk/")


def test_a_link_to_a_question_opens_it_over_the_page_with_the_focus_on_cancel(guide):
    guide.get_by_role("link", name="Freeze").click()
    question = guide.get_by_role("dialog", name="Freeze •• 4417")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    judge(guide)
    guide.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(guide).to_have_url(re.compile("/styleguide/$"))


def test_what_is_off_says_why_to_touch_too(guide):
    guide.get_by_text("Withdraw", exact=True).click()
    expect(guide.get_by_text("A recharge on this card is still open.")).to_be_visible()


def test_a_click_on_an_id_copies_the_whole_of_it(guide, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    guide.get_by_title("crd_7Kq2Wm4ZpT8sYcVn9fXb").click()
    expect(guide.get_by_title("crd_7Kq2Wm4ZpT8sYcVn9fXb")).to_have_attribute("data-copied", "")
    assert guide.evaluate("navigator.clipboard.readText()") == "crd_7Kq2Wm4ZpT8sYcVn9fXb"


def test_a_countdown_goes_on_from_what_the_server_drew(guide):
    left = guide.locator("time[data-left]").first
    before = left.text_content()
    expect(left).not_to_have_text(before, timeout=5000)
    expect(left).to_have_text(re.compile(r"^\d+ s$"))


def test_the_page_works_without_a_script(new_context, sign_in, staff, context):
    sign_in(staff)
    plain = new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto("/styleguide/")
    page.locator(".filters summary").click()
    page.get_by_label("State", exact=True).select_option("a")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"/styleguide/\?state=a&since=$"))
    expect(page.get_by_text("Keyboard", exact=True).first).to_be_hidden()


def test_htmx_shows_a_refused_form_and_keeps_the_page_when_the_server_fails(guide):
    ask = "address => void htmx.ajax('GET', address, {target: '#queue', swap: 'innerHTML'})"
    guide.route("**/refused/", lambda route: route.fulfill(status=422, body="refused, with its errors"))
    guide.route("**/broken/", lambda route: route.fulfill(status=500, body="a stack trace"))
    guide.evaluate(ask, "/refused/")
    expect(guide.locator("#queue")).to_have_text("refused, with its errors")
    with guide.expect_response("**/broken/"):
        guide.evaluate(ask, "/broken/")
    expect(guide.locator("#queue")).to_have_text("refused, with its errors")
    assert [line for line in guide.said if "422" in line or "500" in line] != []
    guide.said.clear()
