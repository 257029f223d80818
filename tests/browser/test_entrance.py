"""The pages outside the frame: the way in, and what is shown when something is wrong."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import judge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OWN_PAGES = (
    "/account/reauthenticate/",
    "/account/logout/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/add/",
    "/account/password/change/",
    "/account/sessions/",
)


def test_the_way_in_is_sound(sheet, look):
    page = look("/account/login/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_is_said_on_top_and_nothing_typed_is_lost(sheet, look, staff):
    page = look("/account/login/")
    page.get_by_label("Username or email").fill(staff.username)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Username or email")).to_have_value(staff.username)
    judge(page)


def test_a_person_signs_in_and_out(look, staff):
    page = look("/account/login/?next=/styleguide/")
    page.get_by_label("Username or email").fill(staff.username)
    page.get_by_label("Password").fill("pass-word-for-tests-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/styleguide/$"))
    look("/account/sessions/", name="account-sessions-signed-in")
    expect(page.get_by_role("row")).to_have_count(2)
    page.locator(".nav__person").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/account/login/"))


def test_the_pages_of_ones_own_account_are_sound(sheet, look, sign_in, staff):
    sign_in(staff)
    for address in OWN_PAGES:
        look(address)


def test_a_missing_page_says_so_and_gives_the_request_id(sheet, look, page, sign_in, staff):
    sign_in(staff)
    look("/nothing-here/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    expect(page.locator(".plain-page__foot [data-copy]")).to_have_text(re.compile("^[0-9a-f]{32}"))
    assert [line for line in page.said if "404" in line] == page.said  # the browser's own line about the answer
    page.said.clear()
