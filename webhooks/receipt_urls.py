"""The address that providers call; apart from the pages, as it must never move."""

from django.urls import path

from webhooks import receipt

app_name = "receipt"

urlpatterns = [
    path("<str:provider>/<str:token>/", receipt.receive, name="receive"),
]
