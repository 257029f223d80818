"""One URL serves the page and its part; htmx asks for the part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_partial(request: HttpRequest) -> bool:
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


def render_page(request: HttpRequest, page: str, context: dict, *, partial: str, status: int = 200) -> HttpResponse:
    """The whole page for a browser, only `partial` for htmx."""
    response = render(request, partial if wants_partial(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
