from django.urls import path

from webhooks import replay_screens, screens

app_name = "webhooks"

urlpatterns = [
    path("", screens.delivery_list, name="deliveries"),
    path("replays/new/", replay_screens.new, name="replay_deliveries"),
    path("replays/<str:public_id>/", replay_screens.replay, name="replay"),
    path("<str:public_id>/", screens.delivery_detail, name="delivery"),
    path("<str:public_id>/replay/", screens.replay, name="replay_delivery"),
]
