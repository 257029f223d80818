"""Headless Chromium over the live server: nothing outside this machine, no word in the console, no fault for axe."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

LOCAL = {"127.0.0.1", "localhost", "[::1]", "::1"}
SHEETS = {
    "light-1440": ("light", 1440, 900),
    "dark-1440": ("dark", 1440, 900),
    "light-390": ("light", 390, 844),
    "dark-390": ("dark", 390, 844),
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """Addresses without a host are the live server's."""
    return live_server.url


@pytest.fixture(params=SHEETS, ids=str)
def sheet(request) -> tuple[str, int, int]:
    """Colour scheme, width and height: a test that asks for it runs in all four."""
    return SHEETS[request.param]


@pytest.fixture
def browser_context_args(browser_context_args, request):
    scheme, width, height = (
        request.getfixturevalue("sheet") if "sheet" in request.fixturenames else SHEETS["light-1440"]
    )
    return {
        **browser_context_args,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": height},
        "locale": "en",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def context(new_context) -> BrowserContext:
    """A browser that reaches this machine alone."""
    context = new_context()
    context.route("**/*", lambda route: route.continue_() if _is_local(route.request.url) else route.abort())
    return context


@pytest.fixture
def page(context):
    """A page of the live server; a warning or error in its console, a CSP break among them, fails the test."""
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.said = said
    yield page
    assert said == []


@pytest.fixture
def sign_in(context, live_server):
    """Give the browser the session of a person: `sign_in(staff)`."""

    def give(user) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return give


@pytest.fixture
def look(page, browser_context_args):
    """Open an address and judge the page; with PICTURES=folder keep what it looked like."""
    suffix = f"{browser_context_args['color_scheme']}-{browser_context_args['viewport']['width']}"

    def open_and_judge(address: str, name: str = "") -> Page:
        page.goto(address)
        judge(page)
        name = name or re.sub(r"\W+", "-", address).strip("-") or "home"
        keep(page, f"{name}-{suffix}")
        return page

    return open_and_judge


def keep(page: Page, name: str) -> None:
    """With PICTURES=folder, a picture of what is on the page now."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def judge(page: Page) -> None:
    """What holds for every page in every state: axe finds nothing, and nothing scrolls sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname in LOCAL
