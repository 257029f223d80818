from django.urls import path

from backoffice.outbox import batch_views, exchange_views, views

app_name = "outbox"

urlpatterns = [
    path("", views.call_list, name="calls"),
    path("batches/<str:public_id>/", batch_views.batch, name="batch"),
    path("batches/<str:public_id>/stop/", batch_views.stop, name="stop_batch"),
    path("exchanges/", exchange_views.exchange_list, name="exchanges"),
    path("exchanges/<int:pk>/", exchange_views.exchange_detail, name="exchange"),
    path("<str:public_id>/", views.call_detail, name="call"),
    path("<str:public_id>/look-up/", views.look_up, name="look_up_call"),
    path("<str:public_id>/send-again/", views.send_again, name="send_call_again"),
    path("<str:public_id>/give-up/", views.give_up, name="give_up_call"),
]
