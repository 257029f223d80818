from django.urls import path

from webhooks import screens

app_name = "webhooks"

urlpatterns = [
    path("", screens.delivery_list, name="deliveries"),
    path("<str:public_id>/", screens.delivery_detail, name="delivery"),
    path("<str:public_id>/replay/", screens.replay, name="replay_delivery"),
]
