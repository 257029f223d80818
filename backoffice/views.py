"""The home screen, and the pages that nobody asks for."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from backoffice import standing  # noqa: F401 (tells the frame how the place stands)
from backoffice.core.htmx import render_page
from backoffice.home import work_queue
from backoffice.home_charts import period


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for whom. Each block is loaded only for who may see it."""
    context = {"work": work_queue(request.user, period(request.GET.get("days", "")))}
    return render_page(request, "home.html", context, partial="home/_live.html")


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def no_such_page(request: HttpRequest) -> HttpResponse:
    """Stands before a library's page that this installation does not offer."""
    raise Http404


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """Drawn without a request: what failed may be what the frame would ask."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)
