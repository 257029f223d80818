"""The API's description and its pages, for people who are signed in and for keys."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from backoffice.core.api.views import Nowhere
from backoffice.core.problems import catalogue


@login_not_required
@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """Where the `type` of every problem document leads."""
    return HttpResponse(catalogue(), content_type="text/markdown; charset=utf-8")


# Swagger UI writes style attributes; scripts stay under the nonce rule
pages = csp_replace({"style-src": [SELF, UNSAFE_INLINE]})(
    login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))
)

routes = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", pages, name="api-docs"),
    path("errors", errors, name="api-errors"),
    re_path(r"^[\s\S]+$", Nowhere.as_view(), name="api-nowhere"),  # whatever characters are in it
]
