"""Every address of the back office. Callbacks first: theirs is the hot path."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from backoffice import health, provider_health, styleguide, theme, views
from backoffice.accounts.api import routes as account_routes
from backoffice.journal.api import routes as event_routes
from backoffice.outbox.api import routes as call_routes
from backoffice.people.docs import routes as doc_routes
from cards.api import routes as card_routes
from wallets.api import routes as wallet_routes
from webhooks.api import routes as delivery_routes

urlpatterns = [
    path("webhooks/", include("webhooks.receipt_urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
    path("", views.home, name="home"),
    path("cards/", include("cards.urls")),
    path("wallets/", include("wallets.urls")),
    path("calls/", include("backoffice.outbox.urls")),
    path("callbacks/", include("webhooks.urls")),
    path("accounts/", include("backoffice.mirror.urls")),
    path("exports/", include("backoffice.exports.urls")),
    path("health/", provider_health.provider_health, name="provider_health"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("language/", set_language, name="set_language"),
    path("theme/", theme.set_theme, name="set_theme"),
    path("", include("backoffice.people.urls")),
    path("account/password/reset/", views.no_such_page, name="account_reset_password"),  # nobody here sends mail
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path(
        "api/v1/",
        include([*card_routes, *wallet_routes, *call_routes, *delivery_routes, *event_routes, *account_routes]),
    ),
    path("api/", include(doc_routes)),
]

if settings.METRICS_TOKEN:
    from backoffice.metrics import metrics

    urlpatterns.insert(0, path("metrics", metrics, name="metrics"))

handler403 = "backoffice.views.forbidden"
handler404 = "backoffice.views.not_found"
handler500 = "backoffice.views.broken"
